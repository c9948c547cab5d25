// The policies that a request of an owner meets, as the document says them: what cards, the table of coverage and the tree show.
#pragma once

#include "gateway/config/document.h"
#include "ui/routes/routetree.h"

#include <QtCore/QString>

#include <string>
#include <vector>

namespace gatehouse::ui {

// One entry as a card shows it.
struct PolicyEntryView {
    config::Location at;        // of the entry in its owner's list
    config::Location record;    // of the kind's record: in the entry, or in the shared policy
    std::string kind;           // empty: a reference that leads nowhere
    QString title;              // name, or the kind in words
    QString owner;              // "main"; empty: the owner that is shown
    OwnerKind ownerKind = OwnerKind::Route;
    QString shared;             // the shared policy's name; empty: its own
    int sharedUses = 0;         // routes that meet the shared one
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
// How many routes meet this shared policy: their own chain names it, their group's or a listener's.
int routesMeeting(const config::Document &document, const std::string &policy);

} // namespace gatehouse::ui
