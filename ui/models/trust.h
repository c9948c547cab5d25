// What the open folder asks trust for, and what has become of each wish. What came with the folder's files is asked about; what a
// person writes in this window is theirs. GUI thread; of Session, which asks before a secret is read or anything is resolved.
#pragma once

#include "gateway/config/trust.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace gatehouse::ui {

class Trust {
public:
    enum class State : uint8_t {
        Asked,   // came with the files, and nobody has answered yet
        Shut,    // answered: not now
        Granted, // answered: trusted
        Own,     // written in this window
    };
    struct Entry {
        std::string what; // "reads the secret web-key"
        std::vector<config::Location> places;
        State state = State::Asked;
    };

    // Null: whatever is asked for is granted, and nothing is kept.
    void setStore(std::shared_ptr<config::TrustStore> store) { m_store = std::move(store); }

    void opened(const config::Document &document);
    // What of `document` was not in it before came from outside.
    void merged(const config::Document &document);
    void edited(const config::Document &document);
    // What is own has reached the files: it is not asked about when they are opened again.
    void saved();

    Result<void> grantAll();
    Result<void> keepShut();
    Result<void> revoke();

    const std::vector<Entry> &entries() const { return m_entries; } // in the order of the files
    bool all() const;                                               // nothing is held back
    bool holds(State state) const;
    std::set<std::string> granted() const;                          // words of what may be had
    bool isGranted(const std::string &what) const;

private:
    void list(const config::Document &document);
    std::set<std::string> known() const;
    std::vector<std::string> words(std::initializer_list<State> states) const;

    std::shared_ptr<config::TrustStore> m_store;
    std::string m_folder;
    std::set<std::string> m_foreign; // came with the files
    std::vector<Entry> m_entries;
};

} // namespace gatehouse::ui
