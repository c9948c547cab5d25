// Unsaved edits outlive a crash: each patch is appended to a file of its own and offered back on the next start.
#pragma once

#include "gateway/base/result.h"
#include "gateway/schema/patch.h"

#include <optional>
#include <string>
#include <vector>

namespace gatehouse::config {

class Document;

// One workspace's journal. Used from the document's thread. Patches reach the disk with flush(), which the owner calls at
// least every second while there are any.
class Journal {
public:
    // `stateFolder`: the caller's own (0700, made if missing). Errors: it can't be written.
    static Result<Journal> open(const std::string &stateFolder, const Document &document);
    Journal(Journal &&other) noexcept;
    Journal &operator=(Journal &&other) noexcept;
    ~Journal();

    // What was left by a run that did not end well, where the files are still those that it was made on; empty: nothing.
    const std::vector<schema::Patch> &left() const { return m_left; }
    // Runs what was left; nothing is changed where one patch does not fit.
    Result<void> restore(Document &document);

    void append(const schema::Patch &patch);
    Result<void> flush(); // writes and fdatasyncs what was appended; cheap when there is nothing
    // After saving or reverting: there is nothing unsaved any more.
    Result<void> clear(const Document &document);

private:
    Journal() = default;
    Result<void> begin(const Document &document);
    std::string m_path;
    std::string m_base; // digest of the saved texts that the patches are made on
    std::string m_pending;
    std::vector<schema::Patch> m_left;
    int m_file = -1;
};

} // namespace gatehouse::config
