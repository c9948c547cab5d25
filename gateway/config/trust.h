// What a person has granted to whose workspace (security.md, "Whose workspace is this"), and what a workspace is without what was
// not granted. The window's; the command line asks for --trust each time.
#pragma once

#include "gateway/config/records.h"
#include "gateway/config/resolve.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace gatehouse::config {

// One file for all folders, 0600: by folder, what it asked for and what was answered. A wish is its words ("reads the secret
// web-key"): the same wish at another place of the folder is not asked again, another wish is. One thread; several windows may use
// the same file, the file is read again before each change.
class TrustStore {
public:
    // Empty: nothing is kept beyond this object. A file that is missing or can't be read grants nothing.
    explicit TrustStore(std::string file = {});

    enum class Answer : uint8_t { NotAsked, Granted, Shut };
    Answer answer(const std::string &folder, const std::string &wish) const;
    // What was answered before about these wishes is replaced.
    Result<void> grant(const std::string &folder, const std::vector<std::string> &wishes);
    Result<void> keepShut(const std::string &folder, const std::vector<std::string> &wishes);
    // Forgets what was granted to the folder: it is kept shut from now on, without being asked again.
    Result<void> revoke(const std::string &folder);
    void read();

private:
    struct Folder {
        std::set<std::string> granted, shut;
    };
    template <typename Change>
    Result<void> change(const std::string &folder, Change change);

    std::string m_file;
    std::map<std::string, Folder> m_folders;
};

// Takes out of `workspace` what needs a wish that was not granted: an endpoint, a listener, a consumer's key. Routes that can't do
// without are answered with 503 and the wish's words, so that no other route takes their requests.
void withhold(Workspace &workspace, const std::vector<Wish> &wishes);

} // namespace gatehouse::config
