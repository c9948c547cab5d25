#include "gateway/config/journal.h"

#include "gateway/base/json.h"

#include <QtCore/QCryptographicHash>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace gatehouse::config {
namespace {

std::string digest(std::initializer_list<std::string_view> parts)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (std::string_view part : parts) {
        const QByteArray size = QByteArray::number(static_cast<qulonglong>(part.size())) + ':';
        hash.addData(size);
        hash.addData(QByteArrayView(part.data(), static_cast<qsizetype>(part.size())));
    }
    return hash.result().toHex().left(32).toStdString();
}

std::string digestOf(std::string_view text) { return digest({text}); }

Error failed(const std::string &path) { return Error::make(ErrorKind::System, path + " can't be written: " + std::strerror(errno)); }

json::Value toJson(const LeftEdits &left)
{
    json::Value files = json::Value::array();
    for (const LeftText &one : left.files)
        files.append(json::Value::object({{"file", one.file}, {"base", one.base}, {"edited", one.edited}}));
    return json::Value::object({{"left", std::move(files)}, {"edits", static_cast<int64_t>(left.edits)}});
}

std::string textOf(const json::Value &value, std::string_view key)
{
    const json::Value *found = value.find(key);
    return found && found->isString() ? std::string(found->string()) : std::string();
}

// What the lines say, one after the other.
struct Reading {
    const Document &document;
    LeftEdits left;
    std::vector<std::pair<schema::Change, int>> changes; // and which patch they are of
    std::map<std::string, bool> fits;                    // by file: the changes were made on what is on disk now
    int patches = 0;
    schema::Patch last;

    std::string onDisk(const std::string &name) const
    {
        const auto files = document.files();
        if (std::find(files.begin(), files.end(), name) != files.end())
            return document.savedText(name);
        const auto path = resolveInside(document.folder(), name); // named by an edit that includes it
        auto text = path ? readWholeFile(*path) : path;
        return text ? std::move(*text) : std::string();
    }
    void base(const std::string &file, const std::string &wanted)
    {
        if (digestOf(onDisk(file)) == wanted) {
            std::erase_if(changes, [&](const auto &change) { return change.first.file == file; });
            fits[file] = true;
        } else {
            fits.emplace(file, false);
        }
    }
    bool patch(const json::Value &value)
    {
        auto read = schema::Patch::fromJson(value);
        if (!read)
            return false;
        if (!last.continues(*read)) // typing on is one edit
            ++patches;
        last = *read;
        for (schema::Change &change : read->changes)
            changes.emplace_back(std::move(change), patches);
        return true;
    }
    void leftEdits(const json::Value &value)
    {
        left = {};
        for (const json::Value &one : value.find("left")->items)
            left.files.push_back({textOf(one, "file"), textOf(one, "base"), textOf(one, "edited")});
        if (const json::Value *edits = value.find("edits"))
            left.edits = static_cast<int>(edits->integer());
    }
    bool restart(const json::Value &value)
    {
        changes.clear();
        fits.clear();
        if (const json::Value *keep = value.find("keep-left"); !keep || !keep->truth())
            left = {};
        for (const json::Value &one : value.find("restart")->items) {
            base(textOf(one, "file"), textOf(one, "base"));
            const json::Value *made = one.find("patch");
            if (!made || !patch(*made))
                return false;
        }
        return true;
    }
    bool line(const json::Value &value)
    {
        if (value.isArray())
            return patch(value);
        if (value.find("left") && value.find("left")->isArray())
            leftEdits(value);
        else if (value.find("restart") && value.find("restart")->isArray())
            return restart(value);
        else if (value.find("base"))
            base(textOf(value, "base"), textOf(value, "text"));
        else
            return false;
        return true;
    }
    // Runs what fits on a copy of the document, as far as it goes. False: there was nothing.
    bool take()
    {
        Document copy = document;
        std::set<int> counted;
        for (const auto &[change, number] : changes) {
            const auto at = fits.find(change.file);
            if (at == fits.end() || !at->second)
                continue;
            if (!copy.apply(schema::Patch{{change}}))
                break;
            counted.insert(number);
        }
        for (const FileText &one : copy.fileSet().files)
            if (one.dirty())
                left.files.push_back({one.name, one.saved, one.text});
        left.edits += copy.dirty() ? static_cast<int>(counted.size()) : 0;
        return copy.dirty();
    }
};

} // namespace

Journal::Journal(Journal &&other) noexcept { *this = std::move(other); }

Journal &Journal::operator=(Journal &&other) noexcept
{
    std::swap(m_path, other.m_path);
    std::swap(m_head, other.m_head);
    std::swap(m_pending, other.m_pending);
    std::swap(m_based, other.m_based);
    std::swap(m_left, other.m_left);
    std::swap(m_file, other.m_file);
    std::swap(m_size, other.m_size);
    return *this;
}

Journal::~Journal()
{
    if (m_file >= 0)
        ::close(m_file);
}

Result<Journal> Journal::open(const std::string &stateFolder, const Document &document)
{
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(stateFolder).parent_path(), error);
    if (::mkdir(stateFolder.c_str(), 0700) != 0 && errno != EEXIST)
        return failed(stateFolder);
    Journal journal;
    journal.m_path = stateFolder + "/edits-" + digest({document.folder(), document.entry()}) + ".jsonl";
    journal.m_head = json::write(json::Value::object({{"gatehouse-edits", 2}, {"folder", document.folder()}})) + '\n';
    journal.m_file = ::open(journal.m_path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (journal.m_file < 0)
        return failed(journal.m_path);
    if (::flock(journal.m_file, LOCK_EX | LOCK_NB) != 0)
        return Error::make(ErrorKind::InUse, "another window has unsaved edits of this workspace");
    auto text = readWholeFile(journal.m_path, 256u << 20);
    if (!text)
        return text.error();
    Reading reading{document, {}, {}, {}, 0, {}};
    const bool known = text->starts_with(journal.m_head);
    journal.m_size = known ? static_cast<int64_t>(journal.m_head.size()) : 0;
    for (size_t at = known ? journal.m_head.size() : text->size(), end; (end = text->find('\n', at)) != std::string::npos; at = end + 1) {
        const auto value = json::parse(std::string_view(*text).substr(at, end - at));
        if (!value || !reading.line(*value))
            break; // torn by a crash: it and what follows was never told to be safe
        journal.m_size = static_cast<int64_t>(end + 1);
    }
    const bool taken = reading.take();
    journal.m_left = std::move(reading.left);
    if (journal.m_left.files.empty()) {
        if (auto begun = journal.restart({}); !begun)
            return begun.error();
        return journal;
    }
    if (::ftruncate(journal.m_file, journal.m_size) != 0)
        return failed(journal.m_path);
    if (taken) { // from now on it stands on its own, whatever becomes of the files
        journal.m_pending = json::write(toJson(journal.m_left)) + '\n' + json::write(json::Value::object({{"restart", json::Value::array()}, {"keep-left", true}})) + '\n';
        if (auto kept = journal.flush(); !kept)
            return kept.error();
    }
    return journal;
}

void Journal::base(const std::string &file, std::string_view text)
{
    m_pending += json::write(json::Value::object({{"base", file}, {"text", digestOf(text)}})) + '\n';
    m_based.insert(file);
}

void Journal::append(const schema::Patch &patch, const FileSet &set)
{
    if (patch.empty())
        return;
    for (const schema::Change &change : patch.changes)
        if (!m_based.contains(change.file))
            for (const FileText &one : set.files)
                if (one.name == change.file)
                    base(one.name, one.saved);
    m_pending += json::write(patch.toJson()) + '\n';
}

void Journal::saving(const FileSet &set)
{
    for (const FileText &one : set.files)
        if (one.dirty())
            base(one.name, one.text);
}

Result<void> Journal::restart(const FileSet &set)
{
    m_pending.clear();
    m_based.clear();
    json::Value unsaved = json::Value::array();
    for (const FileText &one : set.files)
        if (one.dirty()) {
            unsaved.append(json::Value::object({{"file", one.name}, {"base", digestOf(one.saved)}, {"patch", differencePatch(one.name, one.saved, one.text).toJson()}}));
            m_based.insert(one.name);
        }
    if (m_based.empty() && m_left.files.empty()) {
        if (::ftruncate(m_file, 0) != 0)
            return failed(m_path);
        m_size = 0;
        m_pending = m_head;
    } else {
        m_pending = json::write(json::Value::object({{"restart", std::move(unsaved)}, {"keep-left", !m_left.files.empty()}})) + '\n';
    }
    return flush();
}

Result<void> Journal::flush()
{
    if (m_pending.empty())
        return {};
    std::string_view rest = m_pending;
    while (!rest.empty()) {
        const ssize_t count = ::write(m_file, rest.data(), rest.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0) {
            const Error error = failed(m_path);
            if (::ftruncate(m_file, m_size) != 0) // no half line before the next try
                return failed(m_path);
            return error;
        }
        rest.remove_prefix(static_cast<size_t>(count));
    }
    m_size += static_cast<int64_t>(m_pending.size());
    m_pending.clear();
    return ::fdatasync(m_file) == 0 ? Result<void>() : Result<void>(failed(m_path));
}

} // namespace gatehouse::config
