#include "ui/shell/trustbar.h"

#include "ui/models/session.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/states.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>

namespace gatehouse::ui {

namespace {

constexpr double mostListHeight = 132; // about six wishes; the others scroll

struct Words {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::TrustBar)
};

QString q(const std::string &text) { return QString::fromStdString(text); }

QLabel *wrapped(Type type, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setFont(typeFont(type));
    return label;
}

} // namespace

TrustLines trustLines(const Session &session, bool heldBack)
{
    TrustLines lines;
    for (const Trust::Entry &entry : session.trust().entries()) {
        const bool held = entry.state == Trust::State::Asked || entry.state == Trust::State::Shut;
        if (held != heldBack || entry.places.empty())
            continue;
        if (lines.count++ > 0)
            lines.runs << plain(QStringLiteral("\n"));
        const auto placeOf = [](const config::Location &at) { return placeOfPath(q(at.path.text()), q(at.file)); };
        QString what = q(entry.what);
        what[0] = what[0].toUpper();
        lines.runs << link(what, placeOf(entry.places.front()));
        for (const config::Location &at : entry.places)
            lines.runs << quiet(QStringLiteral("   ")) << link(Words::tr("%1:%2", "file, line").arg(q(at.file)).arg(at.line), placeOf(at));
    }
    return lines;
}

TrustBar::TrustBar(Session &session, QWidget *parent)
    : QWidget(parent)
    , m_session(session)
    , m_title(wrapped(Type::Section, this))
    , m_text(wrapped(Type::Control, this))
    , m_scroll(new QScrollArea(this))
    , m_list(new RunsLabel)
    , m_trust(button(tr("Trust this folder"), "primary", this))
    , m_shut(button(tr("Keep it shut"), "", this))
{
    setObjectName(QStringLiteral("trustBar"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(scaled(52), scaled(12), scaled(16), scaled(12));
    column->setSpacing(scaled(6));
    column->addWidget(m_title);
    column->addWidget(m_text);
    m_list->setBaseFont(typeFont(Type::Control));
    m_list->setFocusPolicy(Qt::TabFocus);
    m_scroll->setWidget(m_list);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->setAutoFillBackground(false);
    m_list->setAutoFillBackground(false);
    column->addWidget(m_scroll);
    auto *row = new QHBoxLayout;
    row->setSpacing(scaled(8));
    row->addWidget(m_trust);
    row->addWidget(m_shut);
    row->addStretch();
    column->addSpacing(scaled(2));
    column->addLayout(row);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    connect(m_list, &RunsLabel::placeActivated, this, &TrustBar::placeActivated);
    const auto told = [this](const Result<void> &result) {
        if (!result)
            Q_EMIT failed(q(result.error().text()));
    };
    connect(m_trust, &QPushButton::clicked, this, [this, told] { told(m_session.trustFolder()); });
    connect(m_shut, &QPushButton::clicked, this, [this, told] { told(m_session.keepShut()); });
    connect(&session, &Session::trustChanged, this, [this] { show(); });
    show();
}

void TrustBar::show()
{
    const bool asks = m_session.isOpen() && m_session.trust().holds(Trust::State::Asked);
    if (asks) {
        const bool more = m_session.trust().holds(Trust::State::Granted);
        m_title->setText(more ? tr("%1 asks for more than it did. Trust it with this?").arg(m_session.name()) : tr("Trust %1?").arg(m_session.name()));
        m_text->setText(tr("What is listed here is held back until you decide; everything else runs. Trust a folder when you know who wrote it."));
        m_list->setRuns(trustLines(m_session, true).runs);
        setAccessibleName(m_title->text());
        setAccessibleDescription(toPlainText(m_list->runs()));
        fit();
    }
    setVisible(asks);
}

// The list takes what it needs, up to a bound; beyond it scrolls.
void TrustBar::fit()
{
    const int width = std::max(scaled(200), this->width() - scaled(52) - scaled(16) - scaled(12));
    const int height = m_list->heightForWidth(width);
    m_list->setFixedSize(width, height);
    m_scroll->setFixedHeight(std::min(height + 2, scaled(mostListHeight)));
}

void TrustBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fit();
}

void TrustBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ApplicationFontChange) {
        m_title->setFont(typeFont(Type::Section));
        m_text->setFont(typeFont(Type::Control));
        m_list->setBaseFont(typeFont(Type::Control));
        fit();
    }
    QWidget::changeEvent(event);
}

void TrustBar::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    const Hue &hue = t.hue(HueId::Client);
    QPainter painter(this);
    painter.fillRect(rect(), t.highContrast ? t.surface : hue.tint);
    painter.fillRect(QRect(0, height() - 1, width(), 1), t.highContrast ? hue.fill : t.line);
    const int size = scaled(20);
    const QRect place(scaled(18), m_title->y() + (m_title->fontMetrics().height() - size) / 2, size, size);
    paintIcon(&painter, layoutDirection() == Qt::RightToLeft ? place.translated(width() - size - 2 * scaled(18), 0) : place, IconId::Lock, hue.text);
}

KeychainBar::KeychainBar(Session &session, QWidget *parent)
    : QWidget(parent)
    , m_session(session)
    , m_notice(new NoticeBar(HueId::Server, this))
{
    setObjectName(QStringLiteral("keychainBar"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(scaled(12), scaled(8), scaled(12), scaled(8));
    column->addWidget(m_notice);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    connect(m_notice->addCommand(tr("Try again")), &QPushButton::clicked, this, [this] { m_session.retrySecrets(); });
    connect(&session, &Session::secretsChanged, this, [this] { show(); });
    show();
}

void KeychainBar::show()
{
    const Error *cause = nullptr;
    QStringList names;
    for (const Session::Secret &secret : m_session.secrets()) {
        if (!secret.missing || secret.missing->kind == ErrorKind::NotFound)
            continue; // told where it is missing, and set there
        cause = &*secret.missing;
        names << q(secret.name);
    }
    setVisible(cause != nullptr);
    if (!cause)
        return;
    const QString title = cause->kind == ErrorKind::Timeout ? tr("The keychain does not answer")
        : cause->kind == ErrorKind::NotAllowed              ? tr("The keychain is locked")
                                                            : tr("There is no keychain");
    Runs detail{plain(q(cause->text()))};
    detail << plain(QStringLiteral("\n"))
           << plain(tr("Not to be had: %1. The last good version of the workspace runs on, or none where there was none.").arg(names.join(QStringLiteral(", "))));
    m_notice->setNotice(title, detail);
}

} // namespace gatehouse::ui
