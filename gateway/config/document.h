// The workspace as a person wrote it: the files of its folder with their places, and every edit to them. Nothing is expanded here.
#pragma once

#include "gateway/base/result.h"
#include "gateway/config/problem.h"
#include "gateway/schema/node.h"
#include "gateway/schema/patch.h"
#include "gateway/schema/shape.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::config {

// The files of a document as values, for a thread that may wait for the disk while the document is edited on.
struct FileText {
    std::string name;  // relative to the folder
    std::string text;  // as edited
    std::string saved; // as on disk when it was read or saved last
    bool dirty() const { return text != saved; }
};
struct FileSet {
    std::string folder;
    std::vector<FileText> files;            // the entry first
    std::vector<std::string> patterns = {}; // what other files of the workspace are called
};
// A file whose bytes on disk are no longer `saved`, or that is new: what they are now, or why they can't be read (NotFound: gone).
struct OutsideText {
    std::string name;
    Result<std::string> text;
};
struct WrittenFiles {
    std::vector<std::string> names; // those on disk now, also when a later one failed
    std::optional<Error> error;
};
using FileWriter = std::function<Result<void>(const std::string &path, std::string_view text)>;

// Where something stands: file relative to the folder, and the path inside it.
struct Location {
    std::string file;
    schema::Path path;
    uint32_t line = 0;
    bool operator==(const Location &) const = default;
};

// A named thing of the workspace, in order of files and of sections.
struct NamedThing {
    std::string kind; // "listener", "upstream", "consumer", "policy", "group", "route", "mock"
    std::string name;
    Location at; // of the record: routes[3]
};

// One thread: the window's, or the command's. Opening never fails on what the files hold: problems() tells, and a file that
// can't be read as YAML has no root until its text is mended.
class Document {
public:
    // A folder or its gatehouse.yaml (gatehouse.json where there is none). Errors: there is no such file, or it can't be read.
    static Result<std::unique_ptr<Document>> open(const std::string &folderOrFile);
    // A workspace that is not on disk: for tests and previews. Saving is refused.
    static std::unique_ptr<Document> fromText(std::string text, std::string folder = {});
    ~Document();

    const std::string &folder() const { return m_folder; } // absolute, links resolved; empty: not on disk
    const std::string &entry() const { return m_files.front().name; }
    // The entry, then included files by name, then environments/*.yaml.
    std::vector<std::string> files() const;
    const std::vector<std::string> &fileNames() const { return m_names; } // by Node::file
    std::vector<std::string> environments() const; // "local" of environments/local.yaml
    const schema::Node *root(std::string_view file) const; // null: no such file, or it can't be read as YAML
    std::string text(std::string_view file) const;
    std::string savedText(std::string_view file) const; // as on disk when it was read or saved last
    const schema::Node *at(const Location &location) const;
    const schema::Shape *shapeOf(std::string_view file) const; // of the file's root
    const schema::Shape *shapeAt(const Location &location) const;

    // Problems of the texts and of shapes, names and references; ${…} is taken as fine. Sorted by file and place.
    const Problems &problems() const;
    // Problems at `location` or below it.
    Problems problemsAt(const Location &location) const;
    // What is wrong with this text as the scalar at `location`, while it is typed; empty: nothing.
    std::string checkText(const Location &location, std::string_view text) const;

    std::vector<NamedThing> things(std::string_view kind = {}) const;
    std::optional<Location> find(std::string_view kind, std::string_view name) const;
    // Everywhere this name is referred to (not its definition).
    std::vector<Location> references(std::string_view kind, std::string_view name) const;

    // All or nothing; gives the patch that takes it back. Undo runs inverses in reverse order.
    Result<schema::Patch> apply(const schema::Patch &patch);
    // A new text for a file (the Text tab): the smallest splice. Empty where nothing differs.
    schema::Patch textPatch(std::string_view file, const std::string &text) const;
    // The definition and every reference. Errors: not a name, taken, not there.
    Result<schema::Patch> renamePatch(std::string_view kind, std::string_view from, std::string_view to) const;
    // A name that is free: "route-2".
    std::string freeName(std::string_view kind, std::string_view wish) const;
    uint64_t revision() const { return m_revision; } // counts edits

    bool dirty() const;
    std::vector<std::string> dirtyFiles() const;
    // Each dirty file: a temporary file beside it, written, fsynced, renamed over it, the folder fsynced; its mode is kept.
    // Errors: not on disk, changed outside since it was read (unless `overwrite`), the system said no.
    Result<void> save(bool overwrite = false);
    // The same in steps, where the disk may be slow: take the files, write or read them on another thread, then tell the
    // document. Edits made meanwhile stay unsaved edits.
    FileSet fileSet() const;
    void written(const FileSet &set, const std::vector<std::string> &names);
    // As reload(). `keepMine`: the edited texts stay as they are, as edits of what is on disk now.
    Result<void> takeOver(const std::vector<OutsideText> &changed, bool keepMine = false);
    // Files whose bytes on disk are no longer what was read or saved last, and such as `include` and convention name by now.
    std::vector<std::string> changedOutside() const;
    // Of these a change is seen when a file comes or goes: absolute, the workspace's own first.
    std::vector<std::string> foldersToWatch() const;
    // Takes over what is on disk. A file with unsaved edits is merged: the edit is kept where both changed different lines;
    // otherwise the error names the lines and nothing is changed. Undo patches made before no longer fit.
    Result<void> reload();
    // Drops unsaved edits.
    void revert();

private:
    struct File {
        std::string name;
        std::string text;
        std::string saved; // as on disk
        std::optional<schema::Node> root;
        Problems problems; // of reading the text
        bool onDisk = false;
        bool active = true; // false: an include that is no longer named
    };
    Document() = default;
    File *file(std::string_view name);
    const File *file(std::string_view name) const;
    void parse(File &file);
    void addFile(std::string name, std::string text, bool onDisk);
    void findIncludes();
    std::vector<const schema::Node *> includePatterns() const;
    void forget();
    Result<void> applyOne(const schema::Change &change, schema::Patch &inverse);
    struct Facts;
    const Facts &facts() const;

    std::string m_folder;
    std::vector<File> m_files;
    std::vector<std::string> m_names;
    Problems m_includeProblems;
    uint64_t m_revision = 0;
    mutable std::shared_ptr<const Facts> m_facts; // of this revision; null: not looked at yet
};

// The real path of `file` inside `folder` after links are resolved. Errors: not there, not a file, leads outside.
Result<std::string> resolveInside(const std::string &folder, std::string_view file);

// Any thread; they may wait for the disk as long as it likes.
std::vector<OutsideText> readOutside(const FileSet &set);
// The dirty files, the entry last. Errors: changed outside (unless `overwrite`), the system said no. `writer` empty: writeFileSafely.
WrittenFiles writeFiles(const FileSet &set, bool overwrite, const FileWriter &writer = {});
// Both changes of `base`, where they are in different lines; otherwise the lines of it that theirs changed too, from 1.
struct LineSpan {
    size_t first = 0, last = 0;
};
Result<std::string, LineSpan> mergeTexts(std::string_view base, std::string_view mine, std::string_view theirs);
// From one text to another: the smallest splice. Empty where nothing differs.
schema::Patch differencePatch(std::string_view file, const std::string &from, const std::string &to);

// All of a file of the workspace's, at most `limit` bytes; the same errors, also when a link is put in its way meanwhile.
Result<std::string> readInside(const std::string &folder, std::string_view file, size_t limit = 16u << 20);

// All of a file, at most `limit` bytes.
Result<std::string> readWholeFile(const std::string &path, size_t limit = 16u << 20);
// Temporary file (O_EXCL) in the same folder, fsync, rename, fsync of the folder; the mode of an existing file is kept.
Result<void> writeFileSafely(const std::string &path, std::string_view content, unsigned mode = 0644);

} // namespace gatehouse::config
