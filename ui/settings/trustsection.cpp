#include "ui/settings/trustsection.h"

#include "ui/models/session.h"
#include "ui/shell/navigator.h"
#include "ui/shell/theme.h"
#include "ui/shell/trustbar.h"
#include "ui/widgets/controls.h"

#include <QtCore/QCoreApplication>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>

namespace gatehouse::ui {

namespace {

class TrustSection final : public QWidget {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::TrustSection)

public:
    TrustSection(Session &session, Navigator *navigator, QWidget *parent)
        : QWidget(parent), m_session(session)
    {
        setObjectName(QStringLiteral("trustSection"));
        auto *column = new QVBoxLayout(this);
        column->setContentsMargins({});
        column->setSpacing(scaled(6));
        column->addWidget(label(tr("Trust"), Type::Section));
        m_state = label({}, Type::Control);
        column->addWidget(m_state);
        m_granted = list(navigator, column);
        m_heldHead = label(tr("Held back"), Type::Head);
        column->addWidget(m_heldHead);
        m_held = list(navigator, column);
        auto *row = new QHBoxLayout;
        row->setSpacing(scaled(8));
        m_trust = button(tr("Trust this folder"), "", this);
        m_revoke = button(tr("Take the trust back"), "", this);
        row->addWidget(m_trust);
        row->addWidget(m_revoke);
        row->addStretch();
        column->addLayout(row);
        connect(m_trust, &QPushButton::clicked, this, [this] { answer(m_session.trustFolder()); });
        connect(m_revoke, &QPushButton::clicked, this, [this] { answer(m_session.revokeTrust()); });
        connect(&session, &Session::trustChanged, this, [this] { read(); });
        read();
    }

private:
    QLabel *label(const QString &text, Type type)
    {
        auto *out = new QLabel(text, this);
        out->setFont(typeFont(type));
        out->setTextFormat(Qt::PlainText);
        out->setWordWrap(true);
        return out;
    }

    RunsLabel *list(Navigator *navigator, QVBoxLayout *column)
    {
        auto *runs = new RunsLabel(this);
        runs->setBaseFont(typeFont(Type::Control));
        runs->setFocusPolicy(Qt::TabFocus);
        connect(runs, &RunsLabel::placeActivated, navigator, &Navigator::go);
        column->addWidget(runs);
        return runs;
    }

    void answer(const Result<void> &result)
    {
        if (!result)
            m_state->setText(QString::fromStdString(result.error().text()));
    }

    void read()
    {
        const TrustLines granted = trustLines(m_session, false), held = trustLines(m_session, true);
        setVisible(granted.count + held.count > 0);
        m_state->setText(held.count == 0 ? tr("This folder is trusted with all it asks for:") : granted.count == 0 ? tr("This folder is not trusted.") : tr("This folder is trusted with:"));
        m_granted->setRuns(granted.runs);
        m_granted->setVisible(granted.count > 0);
        m_heldHead->setVisible(held.count > 0);
        m_held->setRuns(held.runs);
        m_held->setVisible(held.count > 0);
        m_trust->setVisible(held.count > 0);
        m_revoke->setVisible(granted.count > 0);
    }

    Session &m_session;
    QLabel *m_state, *m_heldHead;
    RunsLabel *m_granted, *m_held;
    QPushButton *m_trust, *m_revoke;
};

} // namespace

QWidget *makeTrustSection(Session &session, Navigator *navigator, QWidget *parent) { return new TrustSection(session, navigator, parent); }

} // namespace gatehouse::ui
