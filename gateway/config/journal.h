// Unsaved edits outlive a crash: each patch is appended to a file of its own and offered back on the next start.
#pragma once

#include "gateway/base/result.h"
#include "gateway/config/document.h"
#include "gateway/schema/patch.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::config {

// What a run that did not end well left: by file, the text that its edits were made on and what they made of it.
struct LeftText {
    std::string file, base, edited;
};
struct LeftEdits {
    std::vector<LeftText> files; // a file may come twice: of two runs, neither answered
    int edits = 0;               // how many there were; 0: nothing was left
};

// One workspace's journal. One thread at a time, which may wait for the disk. The file only grows, by whole lines that each say
// everything of their step, until nothing is unsaved; so it holds after a crash at any byte.
class Journal {
public:
    // `stateFolder`: the caller's own (0700, made if missing). `document`: just read, without edits. Errors: it can't be written;
    // another program has it.
    static Result<Journal> open(const std::string &stateFolder, const Document &document);
    Journal(Journal &&other) noexcept;
    Journal &operator=(Journal &&other) noexcept;
    ~Journal();

    // It is kept, through any number of runs, until it is answered. Edits made meanwhile are kept beside it.
    const LeftEdits &left() const { return m_left; }
    void answered() { m_left = {}; } // on disk with the next restart()

    // `set`: what the files are with this patch; their saved texts are what a file's first patch is made on.
    void append(const schema::Patch &patch, const FileSet &set);
    // The dirty files of the set are about to be replaced: whichever of them are on disk after a crash, what was not saved fits.
    void saving(const FileSet &set);
    // The difference between text and saved is all there is unsaved now: after saving, reverting or reading again. Reaches the disk.
    Result<void> restart(const FileSet &set);
    Result<void> flush(); // writes and fdatasyncs what was appended; cheap when there is nothing

private:
    Journal() = default;
    void base(const std::string &file, std::string_view text);
    std::string m_path, m_head;
    std::string m_pending;
    std::set<std::string> m_based; // files whose patches have a text to stand on
    LeftEdits m_left;
    int m_file = -1;
    int64_t m_size = 0; // up to the last whole line
};

} // namespace gatehouse::config
