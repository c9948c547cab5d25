// What a request meets: the policies of an owner as cards on a flow line whose width is the rate. Inherited ones are locked and
// lead to their owner; one card is open at a time and shows its form and live state. Cards move by their grip and by Alt+Up/Down.
#pragma once

#include "gateway/api/api.h"
#include "ui/models/session.h"
#include "ui/routes/chain.h"
#include "ui/shell/navigator.h"

#include <QtWidgets/QScrollArea>

#include <vector>

class QLabel;
class QVBoxLayout;

namespace gatehouse::ui {

class EndRow;
class PolicyCard;

class Pipeline final : public QScrollArea {
    Q_OBJECT
public:
    Pipeline(const api::Live &live, Session &session, Navigator &navigator, QWidget *parent = nullptr);

    void setOwner(OwnerKind kind, const QString &name);
    void refresh();
    void refreshLive();
    void openAddMenu();
    // Opens the card of the entry at this path and gives its field the focus.
    bool reveal(const config::Location &at);

protected:
    void changeEvent(QEvent *event) override;

private:
    friend class PolicyCard;
    void rebuild();
    void openCard(const PolicyCard *card);
    void insert(const QString &kindOrName, bool shared);
    void remove(const PolicyCard *card);
    void move(const PolicyCard *card, int step);
    void moveTo(const PolicyCard *card, int index);
    void setEnabled(const PolicyCard *card, bool on);
    void makeCopy(const PolicyCard *card);
    void usualOrder();
    std::optional<config::Location> ownList() const;
    int firstOwn() const;
    // The own entry that stands behind one it usually precedes; -1: none does.
    int firstMisplaced() const;
    void addOwnRow(QVBoxLayout *column);
    void addWarning(QVBoxLayout *column, int misplaced);
    QString arrivesFrom() const;

    const api::Live &m_live;
    Session &m_session;
    Navigator &m_navigator;
    OwnerKind m_kind = OwnerKind::Route;
    QString m_owner;
    std::vector<PolicyEntryView> m_entries;
    std::vector<PolicyCard *> m_cards;
    QWidget *m_page = nullptr;
    class Flow;
    Flow *m_flow = nullptr;
    EndRow *m_from = nullptr, *m_to = nullptr;
    int m_open = -1;
};

} // namespace gatehouse::ui
