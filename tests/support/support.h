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

// Runs the event loop until `condition` holds; false after `timeoutMs`, having printed what it waited for.
bool waitFor(const char *what, const std::function<bool()> &condition, int timeoutMs = 10000);

} // namespace gatehouse::test
