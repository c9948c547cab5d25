#include "ui/forms/secretrow.h"

#include "ui/forms/scalareditors.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/states.h"

#include <QtCore/QPointer>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QVBoxLayout>

namespace gatehouse::ui {

namespace {

constexpr int patienceMillis = 150;

// The first that the text refers to.
std::string secretIn(const QString &text)
{
    const QString head = QStringLiteral("${secret:");
    for (qsizetype at = text.indexOf(head); at >= 0; at = text.indexOf(head, at + 1)) {
        const qsizetype end = text.indexOf(QLatin1Char('}'), at);
        if (end > at && (at == 0 || text[at - 1] != QLatin1Char('$')))
            return text.mid(at + head.size(), end - at - head.size()).toStdString();
    }
    return {};
}

} // namespace

SecretRow::SecretRow(Session &session, QWidget *parent)
    : QWidget(parent), m_session(session), m_hint(new QLabel(this)), m_set(linkButton({}, this)), m_entry(new QWidget(this)),
      m_value(formLine({}, true, m_entry)), m_keep(button(tr("Keep in the keychain"), "primary", m_entry)), m_error(new FieldError(this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(scaled(4));
    m_hint->setFont(typeFont(Type::Hint));
    m_hint->setTextFormat(Qt::PlainText);
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    column->addWidget(m_hint);
    column->addWidget(m_set, 0, Qt::AlignLeading);
    auto *row = new QHBoxLayout(m_entry);
    row->setContentsMargins({});
    row->setSpacing(scaled(6));
    m_value->setEchoMode(QLineEdit::Password);
    row->addWidget(m_value, 1);
    row->addWidget(m_keep);
    QToolButton *away = iconButton(IconId::Close, tr("Leave it"), m_entry);
    row->addWidget(away);
    column->addWidget(m_entry);
    column->addWidget(m_error);
    m_patience.setSingleShot(true);
    m_patience.setInterval(patienceMillis);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        m_late = true;
        refresh();
    });
    connect(m_set, &QPushButton::clicked, this, [this] { open(true); });
    connect(away, &QToolButton::clicked, this, [this] { open(false); });
    connect(m_keep, &QPushButton::clicked, this, [this] { keep(); });
    connect(m_value, &QLineEdit::returnPressed, this, [this] { keep(); });
    connect(m_value, &QLineEdit::textEdited, this, [this](const QString &text) { m_keep->setEnabled(!text.isEmpty() && !m_busy); });
    connect(&session, &Session::secretsChanged, this, [this] { refresh(); });
    refresh();
}

void SecretRow::setText(const QString &text)
{
    const std::string name = secretIn(text);
    if (name != m_name) {
        m_name = name;
        m_open = false;
        m_error->setError({});
    }
    refresh();
}

void SecretRow::refresh()
{
    const Session::Secret *secret = m_name.empty() ? nullptr : m_session.secret(m_name);
    const QString name = QString::fromStdString(m_name);
    const bool waiting = secret && secret->waiting && !m_open;
    if (!waiting) {
        m_patience.stop();
        m_late = false;
    } else if (!m_late && !m_patience.isActive()) {
        m_patience.start();
    }
    const bool slow = waiting && m_late;
    m_hint->setText(tr("Asking the keychain for %1").arg(name));
    m_hint->setVisible(slow);
    const bool missing = secret && secret->missing && (secret->missing->kind == ErrorKind::NotFound || m_open);
    m_set->setText(tr("Set %1").arg(name) + QChar(0x2026));
    m_set->setVisible(missing && !m_open && !slow);
    m_entry->setVisible(missing && m_open);
    m_value->setAccessibleName(tr("Value of %1").arg(name));
    m_value->setPlaceholderText(m_value->accessibleName());
    m_value->setEnabled(!m_busy);
    m_keep->setEnabled(!m_busy && !m_value->text().isEmpty());
    setVisible(missing || slow || !m_error->text().isEmpty());
}

void SecretRow::open(bool open)
{
    m_open = open;
    m_value->clear();
    m_error->setError({});
    refresh();
    if (open)
        m_value->setFocus();
    else
        m_set->setFocus();
}

void SecretRow::keep()
{
    if (m_busy || m_value->text().isEmpty())
        return;
    m_busy = true;
    refresh();
    m_session.setSecret(m_name, m_value->text().toStdString(), [self = QPointer<SecretRow>(this)](const Result<void> &result) {
        if (!self)
            return;
        self->m_busy = false;
        if (result) {
            self->m_open = false;
            self->m_value->clear();
        }
        self->m_error->setError(result ? QString() : QString::fromStdString(result.error().text()));
        self->refresh();
    });
}

} // namespace gatehouse::ui
