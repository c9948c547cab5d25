// Files of a workspace: confined to its folder, read whole, written so that a crash leaves the old or the new bytes.
#include "gateway/config/document.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

namespace gatehouse::config {
namespace {

Error systemError(const std::string &path, const char *what)
{
    const int code = errno;
    const ErrorKind kind = code == ENOENT ? ErrorKind::NotFound : code == EACCES || code == EPERM ? ErrorKind::NotAllowed : ErrorKind::System;
    return Error::make(kind, path + " can't be " + what + ": " + std::strerror(code));
}

class Descriptor {
public:
    explicit Descriptor(int fd) : m_fd(fd) { }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    ~Descriptor() { close(); }
    int get() const { return m_fd; }
    bool close()
    {
        const int fd = m_fd;
        m_fd = -1;
        return fd < 0 || ::close(fd) == 0;
    }

private:
    int m_fd;
};

bool writeAll(int fd, std::string_view content)
{
    while (!content.empty()) {
        const ssize_t count = ::write(fd, content.data(), content.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        content.remove_prefix(static_cast<size_t>(count));
    }
    return true;
}

} // namespace

Result<std::string> resolveInside(const std::string &folder, std::string_view file)
{
    std::error_code error;
    const std::filesystem::path root = std::filesystem::canonical(folder, error);
    if (error)
        return Error::make(ErrorKind::NotFound, folder + " is not there");
    const std::filesystem::path path = std::filesystem::canonical(root / std::filesystem::path(file), error);
    if (error)
        return Error::make(ErrorKind::NotFound, "is not there");
    const auto [end, unused] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
    if (end != root.end())
        return Error::make(ErrorKind::NotAllowed, "leads out of the workspace's folder");
    if (!std::filesystem::is_regular_file(path, error))
        return Error::make(ErrorKind::BadInput, "is not a file");
    return path.string();
}

namespace {
constexpr int readOnly = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

Result<std::string> readAll(const Descriptor &file, const std::string &path, size_t limit)
{
    struct stat facts {};
    if (file.get() < 0 || ::fstat(file.get(), &facts) != 0)
        return systemError(path, "read");
    if (!S_ISREG(facts.st_mode))
        return Error::make(ErrorKind::BadInput, path + " is not a file");
    std::string content;
    char buffer[65536];
    for (;;) {
        const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return systemError(path, "read");
        if (count == 0)
            return content;
        content.append(buffer, static_cast<size_t>(count));
        if (content.size() > limit)
            return Error::make(ErrorKind::TooLarge, path + " has more than " + std::to_string(limit >> 20) + " MiB");
    }
}

} // namespace

Result<std::string> readWholeFile(const std::string &path, size_t limit) { return readAll(Descriptor(::open(path.c_str(), readOnly)), path, limit); }

Result<std::string> readInside(const std::string &folder, std::string_view file, size_t limit)
{
    const auto path = resolveInside(folder, file);
    if (!path)
        return path;
    std::error_code error;
    const std::string root = std::filesystem::canonical(folder, error).string();
    const std::filesystem::path inside = std::filesystem::path(*path).lexically_relative(root);
    // Down from the folder without following a link: what was looked at just now may have become one since.
    auto at = std::make_unique<Descriptor>(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    for (auto step = inside.begin(); step != inside.end(); ++step) {
        const bool last = std::next(step) == inside.end();
        at = std::make_unique<Descriptor>(::openat(at->get(), step->c_str(), O_NOFOLLOW | (last ? readOnly : O_PATH | O_DIRECTORY | O_CLOEXEC)));
        if (at->get() < 0)
            return errno == ELOOP || errno == ENOTDIR ? Result<std::string>(Error::make(ErrorKind::NotAllowed, "became a link while it was read"))
                                                      : Result<std::string>(systemError(*path, "read"));
    }
    return readAll(*at, *path, limit);
}

Result<void> writeFileSafely(const std::string &given, std::string_view content, unsigned mode)
{
    std::error_code ignored;
    // A link stays a link: what it leads to is replaced.
    const auto real = std::filesystem::canonical(given, ignored);
    const std::string path = ignored ? given : real.string();
    const std::string folder = std::filesystem::path(path).parent_path().string();
    struct stat facts {};
    if (::stat(path.c_str(), &facts) == 0)
        mode = facts.st_mode & 07777;
    std::string temporary = path + ".XXXXXX";
    Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC)); // O_EXCL, 0600
    if (file.get() < 0)
        return systemError(path, "written");
    const bool written = writeAll(file.get(), content) && ::fchmod(file.get(), mode) == 0 && ::fsync(file.get()) == 0 && file.close()
        && ::rename(temporary.c_str(), path.c_str()) == 0;
    if (!written) {
        Error error = systemError(path, "written");
        ::unlink(temporary.c_str());
        return error;
    }
    const Descriptor directory(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0)
        return systemError(path, "made safe on disk");
    return {};
}

WrittenFiles writeFiles(const FileSet &set, bool overwrite, const FileWriter &writer)
{
    FileSet dirty{set.folder, {}, {}};
    std::copy_if(set.files.rbegin(), set.files.rend(), std::back_inserter(dirty.files), [](const FileText &one) { return one.dirty(); });
    if (!overwrite)
        for (const OutsideText &changed : readOutside(dirty))
            return {{}, Error::make(ErrorKind::InUse, changed.name + " was changed by another program since it was read")};
    WrittenFiles done;
    for (const FileText &one : dirty.files) {
        const auto path = resolveInside(set.folder, one.name);
        if (!path && path.error().kind != ErrorKind::NotFound) {
            done.error = Error::make(path.error().kind, one.name + ' ' + path.error().message);
            return done;
        }
        const std::string target = path ? *path : set.folder + '/' + one.name;
        if (auto wrote = writer ? writer(target, one.text) : writeFileSafely(target, one.text); !wrote) {
            done.error = wrote.error();
            return done;
        }
        done.names.push_back(one.name);
    }
    return done;
}

} // namespace gatehouse::config
