#include "gateway/config/trust.h"

#include "gateway/base/json.h"
#include "gateway/base/text.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>

namespace gatehouse::config {

// ---- what was answered

TrustStore::TrustStore(std::string file) : m_file(std::move(file)) { read(); }

void TrustStore::read()
{
    if (m_file.empty())
        return;
    m_folders.clear();
    const auto text = readWholeFile(m_file);
    const auto root = text ? json::parse(*text) : json::parse("{}");
    if (!root)
        return;
    for (const json::Member &member : root->members) {
        Folder &folder = m_folders[member.key];
        for (auto [key, set] : {std::pair("granted", &folder.granted), std::pair("shut", &folder.shut)})
            if (const json::Value *list = member.value.find(key))
                for (const json::Value &wish : list->items)
                    set->emplace(wish.string());
    }
}

TrustStore::Answer TrustStore::answer(const std::string &folder, const std::string &wish) const
{
    const auto known = m_folders.find(folder);
    if (known == m_folders.end())
        return Answer::NotAsked;
    return known->second.granted.contains(wish) ? Answer::Granted : known->second.shut.contains(wish) ? Answer::Shut : Answer::NotAsked;
}

template <typename Change>
Result<void> TrustStore::change(const std::string &folder, Change change)
{
    read();
    change(m_folders[folder]);
    if (m_file.empty())
        return {};
    json::Value root = json::Value::object();
    for (const auto &[name, answers] : m_folders) {
        json::Value granted = json::Value::array(), shut = json::Value::array();
        for (const std::string &wish : answers.granted)
            granted.append(wish);
        for (const std::string &wish : answers.shut)
            shut.append(wish);
        root.set(name, json::Value::object({{"granted", std::move(granted)}, {"shut", std::move(shut)}}));
    }
    const std::string parent = m_file.substr(0, m_file.rfind('/'));
    (void)::mkdir(parent.c_str(), 0700); // there already, or the write below says why not
    return writeFileSafely(m_file, json::write(root, 2) + "\n", 0600);
}

Result<void> TrustStore::grant(const std::string &folder, const std::vector<std::string> &wishes)
{
    return change(folder, [&](Folder &answers) {
        for (const std::string &wish : wishes) {
            answers.granted.insert(wish);
            answers.shut.erase(wish);
        }
    });
}

Result<void> TrustStore::keepShut(const std::string &folder, const std::vector<std::string> &wishes)
{
    return change(folder, [&](Folder &answers) {
        for (const std::string &wish : wishes) {
            answers.shut.insert(wish);
            answers.granted.erase(wish);
        }
    });
}

Result<void> TrustStore::revoke(const std::string &folder)
{
    return change(folder, [](Folder &answers) {
        answers.shut.merge(answers.granted);
        answers.granted.clear();
    });
}

// ---- a workspace without what was not granted

namespace {

using schema::Path;
using schema::Step;

class Withholder {
public:
    explicit Withholder(Workspace &workspace) : m_workspace(workspace) { }

    void run(const std::vector<Wish> &wishes)
    {
        for (const Wish &wish : wishes)
            mark(wish);
        std::erase_if(m_workspace.listeners, [&](const Listener &listener) { return withheld(listener.origin) || policies(listener.policies); });
        for (const Group &group : m_workspace.groups)
            if (const std::string *why = whyOf(group.origin, group.policies))
                m_groups.emplace(group.name, *why);
        for (Upstream &upstream : m_workspace.upstreams)
            endpoints(upstream);
        for (Consumer &consumer : m_workspace.consumers)
            keys(consumer);
        for (const Mock &mock : m_workspace.mocks)
            if (const std::string *why = withheld(mock.origin))
                m_mocks.emplace(mock.name, *why);
        for (Route &route : m_workspace.routes)
            this->route(route);
        // Nothing refers to them any more but what is withheld itself.
        std::erase_if(m_workspace.policies, [&](const PolicyEntry &entry) { return withheld(entry.origin); });
        std::erase_if(m_workspace.mocks, [&](const Mock &mock) { return m_mocks.contains(mock.name); });
    }

private:
    using Place = std::pair<std::string, std::string>; // file, path of the record

    void mark(const Wish &wish)
    {
        const Path &path = wish.at.path;
        if (path.size() < 2 || path[0].isIndex() || !path[1].isIndex())
            return; // of the settings, which have their defaults
        const Place record{wish.at.file, Path{path[0], path[1]}.text()};
        const bool part = path.size() >= 4 && !path[2].isIndex() && path[3].isIndex() && (path[2].key() == "endpoints" || path[2].key() == "api-keys");
        if (part) {
            m_parts[record].insert(path[3].index());
            m_partWhy.emplace(record, wish.what);
        } else {
            m_records.emplace(record, wish.what);
        }
        if (path.size() > 2 && !path[2].isIndex() && (path[2].key() == "match" || path[2].key() == "hosts" || path[2].key() == "prefix"))
            m_matches.insert(record);
    }

    static Place placeOf(const Origin &origin) { return {origin.file, origin.path.text()}; }
    const std::string *withheld(const Origin &origin) const
    {
        const auto found = m_records.find(placeOf(origin));
        return found == m_records.end() ? nullptr : &found->second;
    }
    // Why these can't run: one of them is a shared policy that is withheld.
    const std::string *policies(const std::vector<PolicyEntry> &entries) const
    {
        for (const PolicyEntry &entry : entries)
            for (const PolicyEntry &shared : m_workspace.policies)
                if (!entry.reference.empty() && shared.name == entry.reference)
                    if (const std::string *why = withheld(shared.origin))
                        return why;
        return nullptr;
    }
    const std::string *whyOf(const Origin &origin, const std::vector<PolicyEntry> &entries) const
    {
        const std::string *why = withheld(origin);
        return why ? why : policies(entries);
    }

    template <typename T>
    static void takeOut(std::vector<T> &items, const std::set<size_t> &which)
    {
        for (auto at = which.rbegin(); at != which.rend(); ++at) // from the end: places before it stay
            if (*at < items.size())
                items.erase(items.begin() + std::ptrdiff_t(*at));
    }

    void endpoints(Upstream &upstream)
    {
        const auto parts = m_parts.find(placeOf(upstream.origin));
        if (parts != m_parts.end())
            takeOut(upstream.endpoints, parts->second);
        if (const std::string *why = withheld(upstream.origin)) {
            upstream.endpoints.clear();
            m_upstreams.emplace(upstream.name, *why);
        } else if (parts != m_parts.end() && upstream.endpoints.empty()) {
            m_upstreams.emplace(upstream.name, m_partWhy.at(parts->first));
        }
    }

    void keys(Consumer &consumer)
    {
        const auto parts = m_parts.find(placeOf(consumer.origin));
        if (parts != m_parts.end())
            takeOut(consumer.apiKeys, parts->second);
        if (withheld(consumer.origin))
            consumer.apiKeys.clear();
    }

    static const std::string *of(const std::map<std::string, std::string> &all, const std::optional<std::string> &name)
    {
        const auto found = name ? all.find(*name) : all.end();
        return found == all.end() ? nullptr : &found->second;
    }

    void route(Route &route)
    {
        const std::string *why = whyOf(route.origin, route.policies);
        if (const auto group = m_groups.find(route.group); !why && group != m_groups.end())
            why = &group->second;
        if (!why)
            why = of(m_upstreams, route.to.upstream);
        if (!why)
            why = of(m_mocks, route.to.mock);
        if (!why)
            return;
        const Group *group = m_workspace.group(route.group);
        if (m_matches.contains(placeOf(route.origin)) || (group && m_matches.contains(placeOf(group->origin)))) {
            route.enabled = false; // what it would match is not known: nothing can be kept for it
            route.match = {};
        }
        route.policies.clear();
        route.rewrite = {};
        route.to = {};
        Respond answer;
        answer.status = 503;
        answer.headers = {{"content-type", "text/plain; charset=utf-8"}};
        answer.body = "Not granted: the route " + route.name + " needs what its folder is not trusted with. It " + *why + ".\n";
        route.to.respond = std::move(answer);
    }

    Workspace &m_workspace;
    std::map<Place, std::string> m_records, m_partWhy; // why
    std::map<Place, std::set<size_t>> m_parts;         // endpoints or keys of a record
    std::set<Place> m_matches;
    std::map<std::string, std::string> m_groups, m_upstreams, m_mocks; // by name, why
};

} // namespace

void withhold(Workspace &workspace, const std::vector<Wish> &wishes) { Withholder(workspace).run(wishes); }

} // namespace gatehouse::config
