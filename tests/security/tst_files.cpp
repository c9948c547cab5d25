// What it opens: files stay inside the workspace, and no text of a workspace or a peer takes more than its share.
#include "gateway/config/document.h"
#include "tests/security/attack.h"

#include <QtCore/QDirIterator>

#include <atomic>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

using namespace gatehouse;
using namespace gatehouse::test;

class TestFiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(QDir().mkpath(path("w/mocks")) && QDir().mkpath(path("outside/deep")) && QDir().mkpath(path("w-beside")));
        for (const char *file : {"outside/secret.yaml", "outside/deep/secret.yaml", "w-beside/secret.yaml"})
            writeFile(path(file), "routes:\n  - name: outside-route\n    match: { prefix: / }\n    to: { respond: { body: OUTSIDE } }\n");
        writeFile(path("w/mocks/inside.txt"), "inside");
        QVERIFY(QFile::link(path("outside/secret.yaml"), path("w/link.yaml")));
        QVERIFY(QFile::link(path("outside"), path("w/folder")));
        QVERIFY(QFile::link(path("w/link.yaml"), path("w/link-to-link.yaml")));
        QVERIFY(QFile::link(QStringLiteral(".."), path("w/up")));
        QVERIFY(QFile::link(QStringLiteral("inside.txt"), path("w/mocks/good-link.txt")));
    }

    void filesStayInside_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"../outside/secret.yaml", "mocks/../../outside/secret.yaml", "link.yaml", "link-to-link.yaml", "folder/secret.yaml", "folder/deep/secret.yaml", "up/outside/secret.yaml",
                                 "../w-beside/secret.yaml", "/etc/passwd", "./../outside/secret.yaml", "mocks/../link.yaml", "~/.ssh/id_rsa", "/dev/zero", "/proc/self/environ", "mocks", "."})
            QTest::newRow(name) << QString::fromUtf8(name);
    }
    void filesStayInside()
    {
        QFETCH(QString, name);
        const std::string quoted = "\"" + name.toStdString() + "\"";
        const std::pair<const char *, std::string> places[] = {
            {"routes[0].to.respond.file", "routes:\n  - name: a\n    match: { prefix: / }\n    to: { respond: { file: " + quoted + " } }\n"},
            {"mocks[0].responses[0].file", "mocks:\n  - name: m\n    responses: [ { file: " + quoted + " } ]\nroutes:\n  - name: a\n    match: { prefix: / }\n    to: { mock: m }\n"},
            {"include[0]", "include: [ " + quoted + " ]\n"},
        };
        for (const auto &[place, text] : places) {
            writeFile(path("w/gatehouse.yaml"), workspaceWith(text));
            const Ran checked = runCli({QStringLiteral("check"), path("w")});
            QCOMPARE(checked.code, 1);
            QVERIFY2(checked.out.contains("gatehouse.yaml:") && checked.out.contains(place), checked.out.constData());
            QVERIFY2(!checked.out.contains("OUTSIDE") && !checked.out.contains("outside-route") && !checked.out.contains("root:"), checked.out.constData());
            QCOMPARE(runCli({QStringLiteral("serve"), path("w")}).code, 1);
        }
    }
    void linksInsideAreFollowed()
    {
        GatewayProcess gateway(workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    to: { respond: { status: 200 } }\n"));
        writeFile(gateway.top() + QStringLiteral("/w/real.txt"), "inside");
        QVERIFY(QFile::link(QStringLiteral("real.txt"), gateway.top() + QStringLiteral("/w/link.txt")));
        gateway.rewrite(workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    to: { respond: { file: link.txt } }\n"));
        QVERIFY(waitFor("the new revision", [&] { return gateway.revisionsRun() > 0; }));
        QCOMPARE(bodyOf(request(gateway.port(), requestOf("GET", "/", "localhost"))), std::string("inside"));
    }
    void theEntryStaysInside()
    {
        QVERIFY(QFile::link(path("outside/secret.yaml"), path("w/gatehouse.yaml")));
        const Ran ran = runCli({QStringLiteral("check"), path("w")});
        QCOMPARE(ran.code, 1);
        const QByteArray told = ran.out + ran.err;
        QVERIFY2(told.contains("leads out of the workspace's folder"), told.constData());
        QVERIFY2(!told.contains("outside-route"), told.constData());
    }

    // A file that is a link the next moment, and a folder: what was looked at is what is opened.
    void noRaceLeadsOut_data()
    {
        QTest::addColumn<bool>("folders");
        QTest::newRow("a file") << false;
        QTest::newRow("its folder") << true;
    }
    void noRaceLeadsOut()
    {
        QFETCH(bool, folders);
        const QByteArray one = QFile::encodeName(path("w/race")), other = QFile::encodeName(path(folders ? "w/other" : "w/other"));
        if (folders) {
            QVERIFY(QDir().mkpath(path("w/race")));
            writeFile(path("w/race/secret.yaml"), "inside");
            QVERIFY(QFile::link(path("outside"), path("w/other")));
        } else {
            writeFile(path("w/race"), "inside");
            QVERIFY(QFile::link(path("outside/secret.yaml"), path("w/other")));
        }
        std::atomic<bool> ending{false};
        std::thread swapper([&] {
            while (!ending)
                syscall(SYS_renameat2, AT_FDCWD, one.constData(), AT_FDCWD, other.constData(), 2 /* RENAME_EXCHANGE */);
        });
        int inside = 0, refused = 0, outside = 0;
        for (int i = 0; i < 20'000; ++i) {
            const auto text = config::readInside(path("w").toStdString(), folders ? "race/secret.yaml" : "race");
            text ? (*text == "inside" ? ++inside : ++outside) : ++refused;
        }
        ending = true;
        swapper.join();
        QCOMPARE(outside, 0);
        QVERIFY2(inside > 0 && refused > 0, (std::to_string(inside) + " " + std::to_string(refused)).c_str()); // both happened: there was a race
    }

    void bombsAreToldWhereTheyStand_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<std::string>("text");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char *name, const char *file, std::string text, const char *says) { QTest::newRow(name) << QString::fromUtf8(file) << std::move(text) << QByteArray(says); };
        const char *const yaml = "gatehouse.yaml", *const json = "gatehouse.json";
        const std::string head = "gatehouse: 1\n";
        std::string laughs = head + "a0: &a0 [ x, x, x, x, x, x, x, x, x, x ]\n";
        for (int i = 1; i < 20; ++i) {
            const std::string before = "*a" + std::to_string(i - 1);
            laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [ " + before + ", " + before + ", " + before + ", " + before + ", " + before + ", " + before + ", " + before + ", " + before + " ]\n";
        }
        row("billion laughs", yaml, laughs, "aliases make more than 10000 values");
        std::string nested = head + "a: ";
        for (int i = 0; i < 60; ++i)
            nested += "&b" + std::to_string(i) + " [";
        nested += "x";
        for (int i = 0; i < 500'000; ++i)
            nested += ",x";
        row("anchor in anchor around a million", yaml, nested + std::string(60, ']') + "\n", "gatehouse.yaml:");
        row("an alias of itself", yaml, head + "a: &a [ *a ]\n", "is an alias of nothing");
        row("deep lists", yaml, head + "a: " + std::string(1'000'000, '['), "nested deeper than 64 levels");
        std::string deep;
        for (int i = 0; i < 2000; ++i)
            deep += std::string(size_t(i), ' ') + "a:\n";
        row("deep maps", yaml, deep, "nested deeper than 64 levels");
        std::string many = head + "a: [x";
        for (int i = 0; i < 4'000'000; ++i)
            many += ",x";
        row("millions of values", yaml, many + "]\n", "more than 1000000 values");
        row("too large a file", yaml, head + "#" + std::string(17 << 20, 'x'), "gatehouse.yaml has more than 16 MiB");
        std::string twice = head;
        for (int i = 0; i < 300'000; ++i)
            twice += "a: 1\n";
        row("the same key again and again", yaml, twice, "stands here twice");
        std::string unknown = head;
        for (int i = 0; i < (sanitized ? 10'000 : 50'000); ++i) // one error each: a sanitizer makes ten seconds of them
            unknown += "listener" + std::to_string(i) + ": 1\n";
        row("unknown keys again and again", yaml, unknown, "gatehouse.yaml:");
        row("tags", yaml, head + "name: !!python/object/apply:os.system [ id ]\n", "tags");
        row("a second document", yaml, head + "---\n" + head, "a second document begins here");
        row("deep JSON", json, std::string(1'000'000, '['), "gatehouse.json:1:");
        row("deep JSON maps", json, [] { std::string text; for (int i = 0; i < 200'000; ++i) text += "{\"a\":"; return text; }(), "gatehouse.json:1:");
        row("millions of JSON values", json, "{\"a\":[1" + [] { std::string text; for (int i = 0; i < 4'000'000; ++i) text += ",1"; return text; }() + "]}", "gatehouse.json:1:");
        row("a long number", json, "{\"gatehouse\":" + std::string(1'000'000, '9') + "}", "gatehouse.json:1:");
        row("not UTF-8", yaml, head + "name: \"\xc3\x28\"\n", "not well-formed UTF-8");
        row("control characters", yaml, head + "name: \"\x1b[31m\"\n", "a control character can't stand in YAML");
    }
    void bombsAreToldWhereTheyStand()
    {
        QFETCH(QString, file);
        QFETCH(std::string, text);
        QFETCH(QByteArray, says);
        writeFile(path("w/") + file, text);
        const Ran ran = runCli({QStringLiteral("check"), path("w")});
        QCOMPARE(ran.code, 1);
        const QByteArray told = ran.out + ran.err;
        QVERIFY2(told.contains(says) && (ran.out.startsWith(file.toUtf8() + ':') || ran.err.contains('/' + file.toUtf8() + ' ')), told.left(1000).constData());
        if (!sanitized) { // the largest of all children so far
            rusage usage{};
            getrusage(RUSAGE_CHILDREN, &usage);
            QVERIFY2(usage.ru_maxrss < 1536 * 1024, std::to_string(usage.ru_maxrss).c_str());
        }
    }

    // Backtracking would take 2^4000 steps: that they are answered at all shows that nothing backtracks.
    void regexesAreLinear()
    {
        std::string routes = "routes:\n";
        int number = 0;
        for (const char *pattern : {"^/(a+)+$", "^/(a|aa)+$", "^/(a|a?)+$", "^/(.*a){20}$", "^/([a-zA-Z]+)*$", "^/(a*)*b$"})
            routes += "  - name: r" + std::to_string(++number) + "\n    match: { regex: '" + pattern + "', headers: { x-a: { regex: '" + pattern + "' } } }\n    to: { respond: { status: 204 } }\n";
        GatewayProcess gateway(workspaceWith(routes + "  - name: h\n    match: { prefix: /h, headers: { x-a: { regex: '^(([a-z])+.)+[A-Z]([a-z])+$' } } }\n    to: { respond: { status: 204 } }\n"));
        const std::string long_(4000, 'a');
        QCOMPARE(statusOf(request(gateway.port(), requestOf("GET", "/" + long_ + "!", "localhost", {{"x-a", long_ + "!"}}))), 404);
        QCOMPARE(statusOf(request(gateway.port(), requestOf("GET", "/h", "localhost", {{"x-a", long_}}))), 404);
        for (const char *pattern : {"(", "(?=a)", "(a)\\\\1", "(?<!a)b", "((a{100}){100}){100}", "[z-a]"}) {
            writeFile(path("w/gatehouse.yaml"), workspaceWith("routes:\n  - name: a\n    match: { regex: \"" + std::string(pattern) + "\" }\n    to: { respond: { status: 200 } }\n"));
            const Ran ran = runCli({QStringLiteral("check"), path("w")});
            QCOMPARE(ran.code, 1);
            QVERIFY2(ran.out.contains("routes[0].match.regex"), ran.out.constData());
        }
    }
    void thereIsNoOtherRegexEngine()
    {
        int files = 0;
        for (const char *top : {"gateway", "app/headless"}) {
            QDirIterator sources(sourceDir() + QLatin1Char('/') + QLatin1String(top), {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files, QDirIterator::Subdirectories);
            while (sources.hasNext()) {
                const QString source = sources.next();
                const std::string text = readFile(source);
                ++files;
                for (const char *engine : {"std::regex", "QRegularExpression", "<regex.h>", "<regex>", "pcre"})
                    QVERIFY2(!holds(text, engine), qPrintable(source));
            }
        }
        QVERIFY(files > 100);
    }

    // A line copied from a page is no leave to read files or to send anything.
    void curlLinesReadNothing()
    {
        writeFile(path("w/gatehouse.yaml"), workspaceWith("routes:\n  - name: a\n    match: { prefix: / }\n    to: { respond: { status: 200 } }\n"));
        const QString secret = path("outside/secret.yaml");
        for (const QStringList &line : {QStringList{QStringLiteral("-d"), QLatin1Char('@') + secret}, {QStringLiteral("--data-binary"), QLatin1Char('@') + secret}, {QStringLiteral("-H"), QLatin1Char('@') + secret},
                                        {QStringLiteral("-K"), secret}, {QStringLiteral("-T"), secret}, {QStringLiteral("-F"), QStringLiteral("a=@") + secret}, {QStringLiteral("-b"), secret}}) {
            const Ran ran = runCli(QStringList{QStringLiteral("explain"), path("w"), QStringLiteral("--json"), QStringLiteral("--"), QStringLiteral("curl"), QStringLiteral("http://localhost/")} + line);
            QVERIFY2(!ran.out.contains("OUTSIDE") && !ran.err.contains("OUTSIDE"), ran.out.constData());
        }
    }

private:
    QString path(const char *name) const { return m_folder->filePath(QString::fromUtf8(name)); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestFiles)
#include "tst_files.moc"
