#include "ui/widgets/bodyviewer.h"

#include "ui/shell/theme.h"
#include "ui/widgets/codeeditor.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/prettyjson.h"
#include "ui/widgets/states.h"

#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>

namespace gatehouse::ui {
namespace {

constexpr qsizetype pieceBytes = 512 << 10; // what one turn of the event loop lays out
constexpr size_t longestLine = 4000;

} // namespace

bool breakLongLines(std::string_view text, size_t most, size_t &column, std::string &out)
{
    bool broken = false;
    for (const char c : text) {
        if (c == '\n') {
            column = 0;
        } else if (++column > most && (static_cast<unsigned char>(c) & 0xC0) != 0x80) {
            out += '\n';
            column = 1;
            broken = true;
        }
        out += c;
    }
    return broken;
}

std::string hexLines(std::string_view octets, size_t offset)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (size_t line = 0; line < octets.size(); line += 16) {
        for (int shift = 28; shift >= 0; shift -= 4)
            out += digits[(offset + line) >> shift & 15];
        out += "  ";
        for (size_t i = 0; i < 16; ++i) {
            if (line + i < octets.size()) {
                const auto octet = static_cast<unsigned char>(octets[line + i]);
                out += digits[octet >> 4];
                out += digits[octet & 15];
            } else {
                out += "  ";
            }
            out += i == 7 ? "  " : " ";
        }
        out += ' ';
        for (size_t i = 0; i < 16 && line + i < octets.size(); ++i) {
            const char c = octets[line + i];
            out += c >= 0x20 && c < 0x7f ? c : '.';
        }
        out += '\n';
    }
    return out;
}

BodyViewer::BodyViewer(QWidget *parent)
    : QWidget(parent)
    , m_modes(new Segments({ tr("Pretty"), tr("Raw"), tr("Hex") }, this))
    , m_about(new QLabel(this))
    , m_loading(new LoadingLine(this))
    , m_editor(new CodeEditor(this))
    , m_timer(new QTimer(this))
{
    m_modes->setAccessibleName(tr("How the body is shown"));
    m_modes->setCurrent(0);
    m_about->setTextFormat(Qt::PlainText);
    m_about->setFont(typeFont(Type::Hint));
    m_about->setForegroundRole(QPalette::PlaceholderText);
    m_editor->setReadOnly(true);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(scaled(12), scaled(6), scaled(8), scaled(6));
    bar->addWidget(m_modes);
    bar->addSpacing(scaled(8));
    bar->addWidget(m_about, 1);
    QToolButton *wrap = iconButton(IconId::Text, tr("Wrap long lines"), this);
    wrap->setCheckable(true);
    QToolButton *search = iconButton(IconId::Search, tr("Find (Ctrl+F)"), this);
    QToolButton *copy = iconButton(IconId::Copy, tr("Copy the body as it was sent"), this);
    for (QToolButton *tool : { wrap, search, copy })
        bar->addWidget(tool);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(m_loading);
    column->addWidget(m_editor, 1);
    m_timer->setInterval(0);
    setFocusProxy(m_editor);
    connect(m_timer, &QTimer::timeout, this, &BodyViewer::loadPiece);
    connect(m_modes, &Segments::currentChanged, this, [this](int mode) { setMode(static_cast<Mode>(mode)); });
    connect(wrap, &QToolButton::toggled, m_editor, &CodeEditor::setWrapped);
    connect(search, &QToolButton::clicked, m_editor, &CodeEditor::openFind);
    connect(copy, &QToolButton::clicked, this,
        [this] { QGuiApplication::clipboard()->setText(QString::fromUtf8(m_body)); });
}

BodyViewer::~BodyViewer() = default;

void BodyViewer::setBody(const QByteArray &body, const QString &contentType, const QString &note)
{
    if (body == m_body && note == m_note && m_reason.isEmpty() && !m_body.isEmpty())
        return; // scroll and selection survive a refresh
    m_body = body;
    m_note = note;
    m_reason.clear();
    m_language = languageOf(contentType.toStdString());
    // A body that says nothing of itself but looks like JSON.
    if (const QByteArray start = body.left(64).trimmed();
        m_language == Language::Plain && (start.startsWith('{') || start.startsWith('[')))
        m_language = Language::Json;
    start();
}

void BodyViewer::clear(const QString &reason)
{
    m_body.clear();
    m_reason = reason;
    start();
}

void BodyViewer::setMode(Mode mode)
{
    if (mode == m_mode)
        return;
    m_mode = mode;
    m_modes->setCurrent(static_cast<int>(mode));
    start();
}

bool BodyViewer::isBinary() const { return m_body.left(4096).contains('\0'); }

void BodyViewer::start()
{
    m_source = m_body;
    m_at = m_column = 0;
    m_cut = m_notJson = false;
    const bool hex = m_mode == Mode::Hex || (m_mode == Mode::Pretty && isBinary());
    m_pretty =
        m_mode == Mode::Pretty && !hex && m_language == Language::Json ? std::make_unique<PrettyJson>() : nullptr;
    m_editor->setUtf8({});
    m_editor->setLanguage(hex ? Language::Plain : m_language);
    m_editor->setLineNumbers(!hex);
    m_filling = true;
    m_loading->start(tr("Laying out the body"));
    loadPiece();
}

void BodyViewer::loadPiece()
{
    const qsizetype left = m_source.size() - m_at;
    const bool hex = m_mode == Mode::Hex || (m_mode == Mode::Pretty && isBinary());
    const qsizetype take = qMin(left, hex ? pieceBytes / 4 : pieceBytes);
    appendPiece(std::string_view(m_source.constData() + m_at, static_cast<size_t>(take)));
    if (!m_filling)
        return; // fell back and began anew
    m_at += take;
    if (m_at < m_source.size()) {
        m_loading->setProgress(static_cast<double>(m_at) / static_cast<double>(m_source.size()),
            tr("%1 of %2").arg(formatBytes(m_at), formatBytes(m_source.size())));
        m_timer->start();
        return;
    }
    m_timer->stop();
    if (m_pretty && !m_source.isEmpty() && !m_pretty->finish()) {
        fallBackToRaw();
        return;
    }
    m_filling = false;
    m_loading->finish();
    describe();
    Q_EMIT loaded();
}

void BodyViewer::appendPiece(std::string_view piece)
{
    const bool hex = m_mode == Mode::Hex || (m_mode == Mode::Pretty && isBinary());
    if (hex) {
        m_editor->appendUtf8(hexLines(piece, static_cast<size_t>(m_at)));
        return;
    }
    std::string laidOut, cut;
    if (m_pretty && !m_pretty->feed(piece, laidOut)) {
        fallBackToRaw();
        return;
    }
    auto column = static_cast<size_t>(m_column);
    m_cut = breakLongLines(m_pretty ? std::string_view(laidOut) : piece, longestLine, column, cut) || m_cut;
    m_column = static_cast<qsizetype>(column);
    m_editor->appendUtf8(cut);
}

void BodyViewer::fallBackToRaw()
{
    m_pretty.reset();
    m_notJson = true;
    m_at = m_column = 0;
    m_cut = false;
    m_editor->setUtf8({});
    m_timer->start();
    m_filling = true;
    m_at = 0;
    loadPiece();
}

void BodyViewer::describe()
{
    QStringList words;
    if (!m_reason.isEmpty())
        words << m_reason;
    else if (m_body.isEmpty())
        words << tr("No body");
    else
        words << formatBytes(m_body.size());
    if (!m_note.isEmpty())
        words << m_note;
    if (m_notJson)
        words << tr("not whole JSON, shown as sent");
    if (m_cut)
        words << tr("long lines are broken to be shown");
    m_about->setText(words.join(QStringLiteral(", ")));
    m_editor->view()->setAccessibleName(tr("Body, %1").arg(m_about->text()));
}

} // namespace gatehouse::ui
