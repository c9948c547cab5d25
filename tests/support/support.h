// Where tests find things, and waiting that says what it waited for.
#pragma once

#include <QtCore/QString>
#include <QtTest/QTest>

#include <functional>
#include <string>

namespace gatehouse::test {

// The project's top folder, tests/data, the folder of the built programs.
QString sourceDir();
QString dataDir();
QString binDir();
// $GATEHOUSE_TEST_DATA, by default ../shared/data beside the project; empty where it is missing: skip then, and say so.
QString sharedDataDir();

std::string readFile(const QString &path);
void writeFile(const QString &path, std::string_view text);

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true; // what was freed is kept for a while, so memory in use tells nothing; and their runtime has to be loaded first
#else
inline constexpr bool sanitized = false;
#endif

// Runs the event loop until `condition` holds; false after `timeoutMs`, having printed what it waited for.
bool waitFor(const char *what, const std::function<bool()> &condition, int timeoutMs = 10000);
// Until `value` is the same, to `within`, in fifty looks in a row: for what has an end that nothing tells of. On a machine that is slow
// it may end too early, so it is for tests that only let a fault pass then.
bool waitUntilSettled(const char *what, const std::function<uint64_t()> &value, uint64_t within = 0);

// Any octets, different from those of another seed and from their neighbours: what is lost, doubled or moved shows.
std::string someOctets(size_t size, uint32_t seed);

} // namespace gatehouse::test
