#include "gateway/config/journal.h"

#include "gateway/config/document.h"

#include "gateway/base/text.h"

#include <QtCore/QCryptographicHash>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

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

// Of what is on disk: patches fit only the bytes that they were made on.
std::string baseOf(const Document &document)
{
    std::string all;
    for (const std::string &file : document.files())
        all = digest({all, file, document.savedText(file)});
    return all;
}

Error failed(const std::string &path) { return Error::make(ErrorKind::System, path + " can't be written: " + std::strerror(errno)); }

} // namespace

Journal::Journal(Journal &&other) noexcept { *this = std::move(other); }

Journal &Journal::operator=(Journal &&other) noexcept
{
    std::swap(m_path, other.m_path);
    std::swap(m_base, other.m_base);
    std::swap(m_pending, other.m_pending);
    std::swap(m_left, other.m_left);
    std::swap(m_file, other.m_file);
    return *this;
}

Journal::~Journal()
{
    if (m_file >= 0)
        ::close(m_file);
}

Result<Journal> Journal::open(const std::string &stateFolder, const Document &document)
{
    if (::mkdir(stateFolder.c_str(), 0700) != 0 && errno != EEXIST)
        return failed(stateFolder);
    Journal journal;
    journal.m_path = stateFolder + "/edits-" + digest({document.folder(), document.entry()}) + ".jsonl";
    journal.m_file = ::open(journal.m_path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (journal.m_file < 0)
        return failed(journal.m_path);
    if (::flock(journal.m_file, LOCK_EX | LOCK_NB) != 0)
        return Error::make(ErrorKind::InUse, "another window has unsaved edits of this workspace");
    journal.m_base = baseOf(document);
    auto text = readWholeFile(journal.m_path, 256u << 20);
    if (!text)
        return text.error();
    const auto lines = split(*text, '\n');
    const auto head = json::parse(lines[0]);
    const bool fits = head && head->find("base") && head->find("base")->string() == journal.m_base;
    // The last line may be torn; it ends what is believed.
    for (size_t i = 1; fits && i + 1 < lines.size(); ++i) {
        auto value = json::parse(lines[i]);
        auto patch = value ? schema::Patch::fromJson(*value) : Result<schema::Patch>(Error::make(ErrorKind::BadInput, {}));
        if (!patch)
            break;
        journal.m_left.push_back(std::move(*patch));
    }
    if (journal.m_left.empty())
        if (auto begun = journal.begin(document); !begun)
            return begun.error();
    return journal;
}

Result<void> Journal::begin(const Document &document)
{
    m_base = baseOf(document);
    m_pending.clear();
    if (::ftruncate(m_file, 0) != 0)
        return failed(m_path);
    m_pending = json::write(json::Value::object({{"gatehouse-edits", 1}, {"base", m_base}, {"folder", document.folder()}})) + '\n';
    return flush();
}

Result<void> Journal::restore(Document &document)
{
    if (baseOf(document) != m_base || document.dirty())
        return Error::make(ErrorKind::BadInput, "the files have changed since; these edits no longer fit");
    for (const schema::Patch &patch : m_left) {
        auto inverse = document.apply(patch);
        if (!inverse) {
            document.revert();
            return Error::make(ErrorKind::BadInput, "an edit no longer fits: " + inverse.error().message);
        }
    }
    m_left.clear(); // they stay in the file: they are unsaved still
    return {};
}

void Journal::append(const schema::Patch &patch)
{
    if (!patch.empty())
        m_pending += json::write(patch.toJson()) + '\n';
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
        if (count <= 0)
            return failed(m_path);
        rest.remove_prefix(static_cast<size_t>(count));
    }
    m_pending.clear();
    return ::fdatasync(m_file) == 0 ? Result<void>() : Result<void>(failed(m_path));
}

Result<void> Journal::clear(const Document &document)
{
    m_left.clear();
    return begin(document);
}

} // namespace gatehouse::config
