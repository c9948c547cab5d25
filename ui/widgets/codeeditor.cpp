#include "ui/widgets/codeeditor.h"

#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"

// QScintilla's headers are written with Qt's keywords, which the project leaves off.
#define signals Q_SIGNALS
#define slots Q_SLOTS
#include <Qsci/qsciscintilla.h>
#undef signals
#undef slots

#include <QtCore/QSignalBlocker>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QApplication>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>

#include <algorithm>
#include <cctype>
#include <string>

namespace gatehouse::ui {
namespace {

using Base = QsciScintillaBase;

constexpr int numberMargin = 0, signMargin = 1;
constexpr int litMarker = 8; // 0 to 7 are the backgrounds of findings, one a hue; 16 to 23 their icons
constexpr int firstIconMarker = 16;
constexpr int mostColoured = 16 << 20; // bytes; a larger text is shown plain
constexpr int findIndicator = 8;
constexpr int twin = 16; // style s + twin looks like s

// Fonts for programming join "!=" into one sign, and Scintilla can't tell them not to. It lays runs of one style out by
// themselves, so neighbouring signs get the style and its twin in turn.
void partSigns(std::string_view text, std::string &styles)
{
    bool other = false;
    for (size_t i = 1; i < text.size(); ++i) {
        const auto isSign = [](char c) { return c > ' ' && c < 0x7f && !std::isalnum(static_cast<unsigned char>(c)); };
        other = isSign(text[i]) && isSign(text[i - 1]) && !other;
        if (other)
            styles[i] = static_cast<char>(styles[i] + twin);
    }
}

} // namespace

class CodeEditor::View final : public QsciScintilla {
public:
    using QsciScintilla::QsciScintilla;
    long send(unsigned int message, unsigned long w = 0, long l = 0) const { return SendScintilla(message, w, l); }
    long sendText(unsigned int message, unsigned long w, const char *text) const
    {
        return SendScintilla(message, w, text);
    }
    // Colours as Scintilla wants them.
    static long ink(const QColor &c) { return c.red() | c.green() << 8 | c.blue() << 16; }

    QList<LineFinding> findings;

protected:
    // The icons of findings are painted here: Scintilla's own pixmaps stand beside their place on screens of a higher ratio.
    void paintEvent(QPaintEvent *event) override
    {
        QsciScintilla::paintEvent(event);
        if (findings.isEmpty())
            return;
        const Tokens &t = Tokens::current();
        QPainter painter(viewport());
        const double size = scaled(14);
        for (const LineFinding &finding : findings) {
            const long start = send(Base::SCI_POSITIONFROMLINE, static_cast<unsigned long>(finding.line));
            const QRectF place(marginWidth(numberMargin), static_cast<double>(send(Base::SCI_POINTYFROMPOSITION, 0, start)),
                marginWidth(signMargin), static_cast<double>(send(Base::SCI_TEXTHEIGHT)));
            if (start < 0 || !place.intersects(QRectF(viewport()->rect())))
                continue;
            const Hue &hue = t.hue(finding.hue);
            painter.fillRect(place.adjusted(0, 0, 1, 0), hue.tint); // up to the text, which begins a pixel on
            const IconId icon = finding.hue == HueId::Server ? IconId::Error
                : finding.hue == HueId::Client               ? IconId::Warning
                                                             : IconId::Info;
            paintIcon(&painter, QRectF(place.center() - QPointF(size / 2, size / 2), QSizeF(size, size)), icon, hue.text);
        }
    }
};

CodeEditor::CodeEditor(QWidget *parent)
    : QWidget(parent)
    , m_view(new View(this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_view, 1);
    setFocusProxy(m_view);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setUtf8(true);
    m_view->setTabWidth(2);
    m_view->setIndentationsUseTabs(false);
    m_view->setAutoIndent(true);
    m_view->setEolMode(QsciScintilla::EolUnix);
    m_view->setMarginType(numberMargin, QsciScintilla::NumberMargin);
    m_view->setMarginType(signMargin, QsciScintilla::SymbolMargin);
    m_view->setMarginSensitivity(signMargin, true);
    m_view->setMarginMarkerMask(signMargin, 0xff << firstIconMarker);
    m_view->setMarginWidth(2, 0);
    m_view->send(Base::SCI_SETSCROLLWIDTHTRACKING, 1);
    m_view->send(Base::SCI_SETSCROLLWIDTH, 1);
    m_view->send(Base::SCI_SETEXTRAASCENT, 2);
    m_view->send(Base::SCI_SETEXTRADESCENT, 1);
    // What turns the writing stands as its name, like a control character, so that nobody reads another text than is there.
    static constexpr std::pair<const char *, const char *> turning[] = {
        { "\xd8\x9c", "ALM" }, { "\xe2\x80\x8e", "LRM" }, { "\xe2\x80\x8f", "RLM" }, { "\xe2\x80\xaa", "LRE" }, { "\xe2\x80\xab", "RLE" },
        { "\xe2\x80\xac", "PDF" }, { "\xe2\x80\xad", "LRO" }, { "\xe2\x80\xae", "RLO" }, { "\xe2\x81\xa6", "LRI" }, { "\xe2\x81\xa7", "RLI" },
        { "\xe2\x81\xa8", "FSI" }, { "\xe2\x81\xa9", "PDI" } };
    for (const auto &[character, name] : turning)
        m_view->SendScintilla(Base::SCI_SETREPRESENTATION, character, name);
    m_view->installEventFilter(this);
    connect(m_view, &QsciScintillaBase::SCN_STYLENEEDED, this, [this](int position) { styleTo(position); });
    connect(m_view, &QsciScintilla::textChanged, this, [this] {
        fitMargin();
        if (!m_setting)
            Q_EMIT textChanged();
    });
    connect(m_view, &QsciScintilla::cursorPositionChanged, this,
        [this](int line, int) { Q_EMIT caretMoved(line, caretOffset()); });
    connect(m_view, &QsciScintilla::marginClicked, this, [this](int, int line, Qt::KeyboardModifiers) {
        for (qsizetype i = 0; i < m_findings.size(); ++i)
            if (m_findings[i].line == line)
                Q_EMIT findingClicked(static_cast<int>(i));
    });
    if (Theme *theme = Theme::instance())
        connect(theme, &Theme::changed, this, &CodeEditor::applyColours);
    applyColours();
    setLanguage(Language::Plain);
}

CodeEditor::~CodeEditor() = default;

QWidget *CodeEditor::view() const { return m_view; }

void CodeEditor::applyColours()
{
    const Tokens &t = Tokens::current();
    const QFont f = typeFont(Type::Wire);
    const QColor ground = isReadOnly() ? t.surface : t.field;
    m_view->setFont(f);
    m_view->send(Base::SCI_STYLERESETDEFAULT);
    m_view->SendScintilla(
        Base::SCI_STYLESETFONT, static_cast<unsigned long>(Base::STYLE_DEFAULT), f.family().toUtf8().constData());
    m_view->send(Base::SCI_STYLESETSIZEFRACTIONAL, Base::STYLE_DEFAULT, qRound(f.pointSizeF() * 100));
    m_view->send(Base::SCI_STYLESETFORE, Base::STYLE_DEFAULT, View::ink(t.text));
    m_view->send(Base::SCI_STYLESETBACK, Base::STYLE_DEFAULT, View::ink(ground));
    m_view->send(Base::SCI_STYLECLEARALL);
    for (int token = 0; token <= static_cast<int>(Token::Note); ++token)
        for (const int style : { token, token + twin })
            m_view->send(Base::SCI_STYLESETFORE, static_cast<unsigned long>(style),
                View::ink(colorOf(static_cast<Token>(token))));
    m_view->setPaper(ground);
    m_view->setColor(t.text);
    m_view->setMarginsFont(typeFont(Type::WireSmall));
    m_view->setMarginsForegroundColor(t.text3);
    m_view->setMarginsBackgroundColor(ground);
    m_view->send(Base::SCI_SETMARGINBACKN, signMargin, View::ink(ground));
    m_view->setCaretForegroundColor(t.focus);
    m_view->setCaretWidth(2);
    m_view->setCaretLineVisible(m_caretLine);
    m_view->setCaretLineBackgroundColor(t.hover);
    m_view->setSelectionBackgroundColor(t.selected);
    m_view->setSelectionForegroundColor(t.text);
    m_view->setMatchedBraceBackgroundColor(t.accentTint);
    m_view->setMatchedBraceForegroundColor(t.accentText);
    m_view->setUnmatchedBraceForegroundColor(t.server.text);
    m_view->setBraceMatching(isReadOnly() ? QsciScintilla::NoBraceMatch : QsciScintilla::SloppyBraceMatch);
    m_view->send(Base::SCI_INDICSETSTYLE, findIndicator, Base::INDIC_ROUNDBOX);
    m_view->send(Base::SCI_INDICSETFORE, findIndicator, View::ink(t.client.fill));
    m_view->send(Base::SCI_INDICSETALPHA, findIndicator, 70);
    for (int hue = 0; hue <= static_cast<int>(HueId::None); ++hue) {
        m_view->markerDefine(QsciScintilla::Background, hue);
        m_view->setMarkerBackgroundColor(t.hue(static_cast<HueId>(hue)).tint, hue);
        m_view->markerDefine(QsciScintilla::Invisible, firstIconMarker + hue); // the view paints them
    }
    m_view->markerDefine(QsciScintilla::Background, litMarker);
    m_view->setMarkerBackgroundColor(t.hue(m_litHue).tint, litMarker);
    fitMargin();
    m_view->recolor();
}

void CodeEditor::setLanguage(Language language)
{
    m_language = language;
    m_view->send(Base::SCI_SETLEXER, Base::SCLEX_CONTAINER);
    m_view->send(Base::SCI_CLEARDOCUMENTSTYLE);
    m_view->send(Base::SCI_COLOURISE, 0, -1);
}

// Scintilla asks for the colours up to `position`; whole lines are done, so that a line is always read from its start.
void CodeEditor::styleTo(int position)
{
    const bool plain = lengthInBytes() > mostColoured;
    const long styled = m_view->send(Base::SCI_GETENDSTYLED);
    long line = m_view->send(Base::SCI_LINEFROMPOSITION, static_cast<unsigned long>(styled));
    const long begin = m_view->send(Base::SCI_POSITIONFROMLINE, static_cast<unsigned long>(line));
    m_view->send(Base::SCI_STARTSTYLING, static_cast<unsigned long>(begin), 0);
    if (plain) {
        m_view->send(Base::SCI_SETSTYLING, static_cast<unsigned long>(position - begin), 0);
        return;
    }
    std::string text, styles;
    for (long at = begin; at < position; ++line) {
        const long length = m_view->send(Base::SCI_LINELENGTH, static_cast<unsigned long>(line));
        if (length <= 0)
            break;
        text.resize(static_cast<size_t>(length));
        m_view->SendScintilla(Base::SCI_GETLINE, static_cast<unsigned long>(line), static_cast<void *>(text.data()));
        styles.assign(text.size(), '\0');
        for (const Span &span : highlightLine(m_language, text))
            std::fill_n(
                styles.begin() + static_cast<std::ptrdiff_t>(span.begin), span.length, static_cast<char>(span.token));
        partSigns(text, styles);
        m_view->sendText(Base::SCI_SETSTYLINGEX, styles.size(), styles.data());
        at += length;
    }
}

void CodeEditor::setText(const QString &text) { setUtf8(text.toStdString()); }

void CodeEditor::setUtf8(std::string_view text)
{
    m_setting = true;
    const bool readOnly = m_view->isReadOnly();
    m_view->setReadOnly(false);
    m_view->send(Base::SCI_SETUNDOCOLLECTION, 0);
    m_view->send(Base::SCI_CLEARALL);
    m_view->send(Base::SCI_ALLOCATE, text.size() + 1);
    m_view->sendText(Base::SCI_ADDTEXT, text.size(), text.data());
    m_view->send(Base::SCI_SETUNDOCOLLECTION, 1);
    m_view->send(Base::SCI_EMPTYUNDOBUFFER);
    m_view->send(Base::SCI_GOTOPOS, 0);
    m_view->setReadOnly(readOnly);
    m_setting = false;
    fitMargin();
}

void CodeEditor::appendUtf8(std::string_view text)
{
    m_setting = true;
    const bool readOnly = m_view->isReadOnly();
    m_view->setReadOnly(false);
    m_view->sendText(Base::SCI_APPENDTEXT, text.size(), text.data());
    m_view->send(Base::SCI_EMPTYUNDOBUFFER);
    m_view->setReadOnly(readOnly);
    m_setting = false;
}

QString CodeEditor::text() const { return m_view->text(); }
qsizetype CodeEditor::lengthInBytes() const { return m_view->send(Base::SCI_GETLENGTH); }

void CodeEditor::setReadOnly(bool readOnly)
{
    m_view->setReadOnly(readOnly);
    applyColours();
}

bool CodeEditor::isReadOnly() const { return m_view->isReadOnly(); }
void CodeEditor::setWrapped(bool wrapped)
{
    m_view->setWrapMode(wrapped ? QsciScintilla::WrapCharacter : QsciScintilla::WrapNone);
}

void CodeEditor::setLineNumbers(bool shown)
{
    m_numbers = shown;
    fitMargin();
}

void CodeEditor::setCaretLineShown(bool shown)
{
    m_caretLine = shown;
    m_view->setCaretLineVisible(shown);
}

void CodeEditor::fitMargin()
{
    const int digits = qMax(3, static_cast<int>(QString::number(m_view->lines() + 1).size()));
    m_view->setMarginWidth(numberMargin, m_numbers ? QString(digits + 2, QLatin1Char('9')) : QString());
    if (!m_numbers)
        m_view->setMarginWidth(numberMargin, scaled(8));
    m_view->setMarginWidth(signMargin, m_findings.isEmpty() ? scaled(8) : scaled(22));
}

void CodeEditor::setFindings(const QList<LineFinding> &findings)
{
    for (int hue = 0; hue <= static_cast<int>(HueId::None); ++hue) {
        m_view->markerDeleteAll(hue);
        m_view->markerDeleteAll(firstIconMarker + hue);
    }
    m_view->clearAnnotations();
    m_findings = findings;
    m_view->findings = findings;
    m_view->viewport()->update();
    QStringList words;
    for (const LineFinding &finding : findings) {
        m_view->markerAdd(finding.line, static_cast<int>(finding.hue));
        m_view->markerAdd(finding.line, firstIconMarker + static_cast<int>(finding.hue));
        words << tr("line %1: %2").arg(finding.line + 1).arg(finding.text);
    }
    m_view->setAccessibleDescription(words.join(QLatin1Char('\n')));
    fitMargin();
}

void CodeEditor::setLitLine(int line, HueId hue)
{
    m_litHue = hue;
    m_view->setMarkerBackgroundColor(Tokens::current().hue(hue).tint, litMarker);
    m_view->markerDeleteAll(litMarker);
    if (line >= 0)
        m_view->markerAdd(line, litMarker);
}

void CodeEditor::goToLine(int line, int column)
{
    m_view->setCursorPosition(line, column);
    m_view->ensureLineVisible(line);
    m_view->send(Base::SCI_VERTICALCENTRECARET);
}

int CodeEditor::caretLine() const
{
    int line = 0, column = 0;
    m_view->getCursorPosition(&line, &column);
    return line;
}

int CodeEditor::caretOffset() const { return static_cast<int>(m_view->send(Base::SCI_GETCURRENTPOS)); }
int CodeEditor::lineCount() const { return m_view->lines(); }

void CodeEditor::buildFind()
{
    m_findBar = new QWidget(this);
    auto *row = new QHBoxLayout(m_findBar);
    row->setContentsMargins(scaled(8), scaled(6), scaled(8), scaled(6));
    m_findField = new QLineEdit(m_findBar);
    m_findField->setPlaceholderText(tr("Find"));
    m_findField->setAccessibleName(tr("Find in the text"));
    m_findField->installEventFilter(this);
    m_findResult = new QLabel(m_findBar);
    m_findResult->setTextFormat(Qt::PlainText);
    row->addWidget(m_findField, 1);
    row->addWidget(m_findResult);
    QToolButton *previous = iconButton(IconId::ArrowUp, tr("Previous (Shift+Enter)"), m_findBar);
    QToolButton *next = iconButton(IconId::ArrowDown, tr("Next (Enter)"), m_findBar);
    QToolButton *closeButton = iconButton(IconId::Close, tr("Close (Escape)"), m_findBar);
    for (QToolButton *tool : { previous, next, closeButton })
        row->addWidget(tool);
    connect(m_findField, &QLineEdit::textChanged, this, [this] { find(true, true); });
    connect(previous, &QToolButton::clicked, this, [this] { find(false, false); });
    connect(next, &QToolButton::clicked, this, [this] { find(true, false); });
    connect(closeButton, &QToolButton::clicked, this, &CodeEditor::closeFind);
    layout()->addWidget(m_findBar);
}

void CodeEditor::openFind()
{
    if (!m_findBar)
        buildFind();
    m_findBar->show();
    if (const QString selected = m_view->selectedText(); !selected.isEmpty() && !selected.contains(QLatin1Char('\n')))
        m_findField->setText(selected);
    m_findField->setFocus(Qt::ShortcutFocusReason);
    m_findField->selectAll();
}

void CodeEditor::closeFind()
{
    m_findBar->hide();
    m_view->setFocus(Qt::OtherFocusReason);
}

void CodeEditor::find(bool forward, bool incremental)
{
    const QString wanted = m_findField->text();
    int line = -1, column = -1, endLine = 0, endColumn = 0;
    m_view->getSelection(&line, &column, &endLine, &endColumn);
    if (forward && !incremental && line >= 0) {
        line = endLine;
        column = endColumn;
    }
    const bool found =
        !wanted.isEmpty() && m_view->findFirst(wanted, false, false, false, true, forward, line, column, true);
    m_findResult->setText(wanted.isEmpty() || found ? QString() : tr("not there"));
    setError(m_findField, !wanted.isEmpty() && !found);
}

bool CodeEditor::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() != QEvent::ShortcutOverride && event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    auto *key = static_cast<QKeyEvent *>(event);
    if (watched == m_view && key->matches(QKeySequence::Find)) {
        // Taken before the window's own Ctrl+F sees it.
        event->accept();
        if (event->type() == QEvent::KeyPress)
            openFind();
        return true;
    }
    if (event->type() == QEvent::ShortcutOverride)
        return QWidget::eventFilter(watched, event);
    if (watched == m_view && m_view->isReadOnly() && (key->key() == Qt::Key_Tab || key->key() == Qt::Key_Backtab)) {
        focusNextPrevChild(key->key() == Qt::Key_Tab);
        return true;
    }
    if (watched == m_view && key->key() == Qt::Key_Escape && m_findBar && m_findBar->isVisible()) {
        closeFind();
        return true;
    }
    if (watched == m_view && complete && key->key() == Qt::Key_Space && key->modifiers() == Qt::ControlModifier) {
        const int at = caretOffset();
        const QString before = m_view->text(m_view->positionFromLineIndex(caretLine(), 0), at);
        const QStringList offers = complete(before);
        int typed = 0;
        while (typed < before.size()
            && (before[before.size() - 1 - typed].isLetterOrNumber()
                || QStringLiteral("._").contains(before[before.size() - 1 - typed])))
            ++typed;
        m_view->send(Base::SCI_AUTOCSETIGNORECASE, 1);
        m_view->sendText(
            Base::SCI_AUTOCSHOW, static_cast<unsigned long>(typed), offers.join(QLatin1Char(' ')).toUtf8().constData());
        return true;
    }
    if (watched == m_findField && key->key() == Qt::Key_Escape) {
        closeFind();
        return true;
    }
    if (watched == m_findField && (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter)) {
        find(!key->modifiers().testFlag(Qt::ShiftModifier), false);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void CodeEditor::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ApplicationFontChange)
        applyColours();
    QWidget::changeEvent(event);
}

} // namespace gatehouse::ui
