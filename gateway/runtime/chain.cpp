#include "gateway/runtime/chain.h"

#include <algorithm>
#include <map>

namespace gatehouse::runtime {

namespace {
using Owner = observe::PolicyStep::Owner;

std::vector<PlacedPolicy> placed(const std::vector<config::PolicyEntry> &entries, std::string_view kindOfOwner, const std::string &owner,
                                 Owner ownerKind, const schema::Path &ownerPath)
{
    std::vector<PlacedPolicy> chain;
    std::map<std::string, int> ordinals;
    for (size_t i = 0; i < entries.size(); ++i) {
        const auto &entry = entries[i];
        PlacedPolicy place{&entry, owner, ownerKind, ownerPath / "policies" / i, {}};
        if (!entry.reference.empty())
            place.identity = "policy:" + entry.reference;
        else
            place.identity = std::string(kindOfOwner) + ":" + owner + "/" + entry.kind
                + (entry.name.empty() ? "#" + std::to_string(ordinals[entry.kind]++) : "/" + entry.name);
        chain.push_back(std::move(place));
    }
    return chain;
}

// What an override replaces among those above: the same name when there is one, else the same kind.
bool replaces(const config::PolicyEntry &entry, const config::PolicyEntry &above, bool byName)
{
    return byName ? above.name == entry.name : above.kind == entry.kind;
}

void append(std::vector<PlacedPolicy> &chain, std::vector<PlacedPolicy> more)
{
    const size_t above = chain.size(); // only what other owners put there is replaced
    size_t left = above;
    for (auto &place : more) {
        const auto &entry = *place.entry;
        if (!entry.override) {
            chain.push_back(std::move(place));
            continue;
        }
        const auto begin = chain.begin(), end = chain.begin() + static_cast<ptrdiff_t>(left);
        const bool byName = !entry.name.empty() && std::any_of(begin, end, [&](const auto &p) { return replaces(entry, *p.entry, true); });
        const auto hit = [&](const PlacedPolicy &p) { return replaces(entry, *p.entry, byName); };
        const auto first = std::find_if(begin, end, hit);
        if (first == end) {
            chain.push_back(std::move(place));
            continue;
        }
        *first = std::move(place);
        const auto removed = std::remove_if(first + 1, end, hit);
        left -= static_cast<size_t>(end - removed);
        chain.erase(removed, end);
    }
}
} // namespace

std::vector<PlacedPolicy> chainOf(const config::Listener *listener, const config::Group *group, const config::Route *route)
{
    std::vector<PlacedPolicy> chain;
    if (listener)
        append(chain, placed(listener->policies, "listener", listener->name, Owner::Listener, listener->origin.path));
    if (group)
        append(chain, placed(group->policies, "group", group->name, Owner::Group, group->origin.path));
    if (route)
        append(chain, placed(route->policies, "route", route->name, Owner::Route, route->origin.path));
    return chain;
}

} // namespace gatehouse::runtime
