// What a request meets: the policies of an owner as cards on a flow line whose width is the rate. Inherited ones are locked and
// lead to their owner; one card is open at a time and shows its form and live state. Cards move by their grip and by Alt+Up/Down.
#pragma once

#include "gateway/api/api.h"
#include "ui/models/session.h"
#include "ui/routes/routetree.h"
#include "ui/shell/navigator.h"

#include <QtWidgets/QScrollArea>

#include <vector>

class QLabel;
class QVBoxLayout;

namespace gatehouse::ui {

class PolicyCard;

// One entry as a card shows it.
struct PolicyEntryView {
    config::Location at;        // of the entry in its owner's list
    config::Location record;    // of the kind's record: in the entry, or in the shared policy
    std::string kind;           // empty: a reference that leads nowhere
    QString title;              // name, or the kind in words
    QString owner;              // "main"; empty: the owner that is shown
    OwnerKind ownerKind = OwnerKind::Route;
    QString shared;             // the shared policy's name; empty: its own
    int sharedUses = 0;
    bool enabled = true, shadow = false;
    QString summary;
    bool operator==(const PolicyEntryView &) const = default;
};

// The chain that a request of this owner meets: listener's, group's, own, in that order.
std::vector<PolicyEntryView> chainOf(const config::Document &document, OwnerKind kind, const QString &owner);
// "10 per 1s, burst 20": the settings that matter, in words.
QString policySummary(const std::string &kind, const schema::Node *record);
// "Rate limit" for "rate-limit".
QString policyKindName(const std::string &kind);

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
    bool isUsualOrder() const;

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
    QLabel *m_rate = nullptr, *m_targetRate = nullptr;
    int m_open = -1;
};

} // namespace gatehouse::ui
