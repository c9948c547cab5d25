#include "ui/models/trust.h"

#include <algorithm>

namespace gatehouse::ui {

void Trust::list(const config::Document &document)
{
    m_entries.clear();
    for (const config::Wish &wish : config::trustWishes(document)) {
        auto entry = std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry &known) { return known.what == wish.what; });
        if (entry == m_entries.end()) {
            State state = State::Granted;
            if (m_store)
                switch (m_store->answer(m_folder, wish.what)) {
                case config::TrustStore::Answer::NotAsked: state = m_foreign.contains(wish.what) ? State::Asked : State::Own; break;
                case config::TrustStore::Answer::Granted: break;
                case config::TrustStore::Answer::Shut: state = State::Shut; break;
                }
            entry = m_entries.insert(m_entries.end(), Entry{wish.what, {}, state});
        }
        entry->places.push_back(wish.at);
    }
}

std::set<std::string> Trust::known() const
{
    std::set<std::string> out;
    for (const Entry &entry : m_entries)
        out.insert(entry.what);
    return out;
}

void Trust::opened(const config::Document &document)
{
    m_folder = document.folder();
    m_entries.clear();
    m_foreign.clear();
    merged(document);
}

void Trust::merged(const config::Document &document)
{
    if (m_store)
        m_store->read(); // another window may have answered
    const std::set<std::string> before = known();
    for (const config::Wish &wish : config::trustWishes(document))
        if (!before.contains(wish.what))
            m_foreign.insert(wish.what);
    list(document);
}

void Trust::edited(const config::Document &document) { list(document); }

void Trust::saved()
{
    if (m_store)
        if (const auto own = words({State::Own}); !own.empty())
            (void)m_store->grant(m_folder, own); // not kept: it is asked next time
    for (Entry &entry : m_entries)
        if (entry.state == State::Own)
            entry.state = State::Granted;
}

std::vector<std::string> Trust::words(std::initializer_list<State> states) const
{
    std::vector<std::string> out;
    for (const Entry &entry : m_entries)
        if (std::find(states.begin(), states.end(), entry.state) != states.end())
            out.push_back(entry.what);
    return out;
}

Result<void> Trust::grantAll()
{
    const Result<void> result = m_store ? m_store->grant(m_folder, words({State::Asked, State::Shut, State::Own})) : Result<void>();
    for (Entry &entry : m_entries)
        entry.state = State::Granted;
    return result;
}

Result<void> Trust::keepShut()
{
    const Result<void> result = m_store ? m_store->keepShut(m_folder, words({State::Asked})) : Result<void>();
    for (Entry &entry : m_entries)
        if (entry.state == State::Asked)
            entry.state = State::Shut;
    return result;
}

Result<void> Trust::revoke()
{
    Result<void> result;
    if (m_store) {
        result = m_store->keepShut(m_folder, words({State::Asked, State::Granted, State::Own}));
        if (auto forgotten = m_store->revoke(m_folder); !forgotten)
            result = forgotten;
    }
    for (Entry &entry : m_entries)
        entry.state = State::Shut;
    return result;
}

bool Trust::holds(State state) const
{
    return std::any_of(m_entries.begin(), m_entries.end(), [&](const Entry &entry) { return entry.state == state; });
}

bool Trust::all() const { return !holds(State::Asked) && !holds(State::Shut); }

bool Trust::isGranted(const std::string &what) const { return granted().contains(what); }

std::set<std::string> Trust::granted() const
{
    std::set<std::string> out;
    for (const std::string &what : words({State::Granted, State::Own}))
        out.insert(what);
    return out;
}

} // namespace gatehouse::ui
