// Who can reach it: addresses, the control socket, names that lead here, pages of other sites, circles.
#include "tests/security/attack.h"

#include <QtCore/QFileInfo>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace gatehouse::test;

namespace {

constexpr unsigned nobody = 65534;

// Connects as another user and asks for the status: what came back, or the error of connect().
struct Asked { int error = 0; std::string answer; };
Asked askAsAnother(const QString &socket)
{
    int pipes[2];
    if (pipe(pipes) != 0)
        return {errno, {}};
    const QByteArray path = QFile::encodeName(socket);
    const pid_t child = fork();
    if (child == 0) { // system calls only
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::copy(path.begin(), path.end(), address.sun_path);
        char octets[512];
        ssize_t size = 0;
        int code = 0;
        const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
        if (setgid(nobody) != 0 || setuid(nobody) != 0 || connect(descriptor, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) {
            code = errno;
        } else {
            static constexpr char ask[] = "{\"do\":\"status\"}\n";
            (void)!send(descriptor, ask, sizeof ask - 1, MSG_NOSIGNAL);
            size = recv(descriptor, octets, sizeof octets, 0);
        }
        if (size > 0)
            (void)!write(pipes[1], octets, size_t(size));
        _exit(code);
    }
    ::close(pipes[1]);
    Asked asked;
    char octets[512];
    for (ssize_t got; (got = read(pipes[0], octets, sizeof octets)) > 0;)
        asked.answer.append(octets, size_t(got));
    ::close(pipes[0]);
    int status = 0;
    waitpid(child, &status, 0);
    asked.error = WEXITSTATUS(status);
    return asked;
}

int openAsAnother(const QString &file)
{
    const QByteArray path = QFile::encodeName(file);
    const pid_t child = fork();
    if (child == 0)
        _exit(setgid(nobody) != 0 || setuid(nobody) != 0 || open(path.constData(), O_RDONLY) < 0 ? errno : 0);
    int status = 0;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

// "127.0.0.1:8080" of every TCP socket that a process listens on.
std::vector<std::string> listeningSockets(int64_t pid)
{
    std::vector<QByteArray> inodes;
    const QString process = QStringLiteral("/proc/%1/").arg(pid);
    for (const QFileInfo &entry : QDir(process + QStringLiteral("fd")).entryInfoList(QDir::Files | QDir::System | QDir::NoDotAndDotDot)) {
        char target[64] = {};
        if (readlink(QFile::encodeName(entry.filePath()).constData(), target, sizeof target - 1) > 0 && QByteArray(target).startsWith("socket:["))
            inodes.push_back(QByteArray(target).mid(8).chopped(1));
    }
    std::vector<std::string> found;
    for (const char *table : {"net/tcp", "net/tcp6"}) {
        QFile file(process + QLatin1String(table));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        for (const QByteArray &line : file.readAll().split('\n')) {
            const auto words = line.simplified().split(' ');
            if (words.size() > 9 && words[3] == "0A" && std::find(inodes.begin(), inodes.end(), words[9]) != inodes.end())
                found.push_back(words[1].split(':')[0].toStdString());
        }
    }
    return found;
}

const char *const answered = "routes:\n  - name: all\n    match: { prefix: / }\n    to: { respond: { status: 200, body: hello } }\n";

} // namespace

class TestReach : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void onlyLoopbackUnlessExposed_data()
    {
        QTest::addColumn<QString>("address");
        for (const char *address : {"0.0.0.0:0", "[::]:0", "10.1.2.3:8080", "[fd00::1]:8080", "[::ffff:10.1.2.3]:80", "192.168.0.1:0"})
            QTest::newRow(address) << QString::fromUtf8(address);
    }
    void onlyLoopbackUnlessExposed()
    {
        QFETCH(QString, address);
        QTemporaryDir folder;
        writeFile(folder.filePath(QStringLiteral("gatehouse.yaml")), "gatehouse: 1\nlisteners:\n  - name: main\n    address: \"" + address.toStdString() + "\"\n");
        const Ran ran = runCli({QStringLiteral("serve"), folder.path()});
        QCOMPARE(ran.code, 1);
        QVERIFY2(ran.err.contains("listeners[0].address") && ran.err.contains("expose: true"), ran.err.constData());
    }

    void exposureIsWarnedOf()
    {
        GatewayProcess gateway("gatehouse: 1\nlisteners:\n  - name: main\n    address: \"0.0.0.0:0\"\n    expose: true\n" + std::string(answered), {QStringLiteral("--trust")});
        QVERIFY2(holds(gateway.log(), " warning Listener main answers at http://0.0.0.0:"), gateway.log().c_str());
        QVERIFY2(holds(gateway.log(), "for other machines too"), gateway.log().c_str());
        GatewayProcess quiet(workspaceWith(answered));
        QVERIFY2(!holds(quiet.log(), "warning"), quiet.log().c_str());
    }

    void thereIsNoTcpAdminPort()
    {
        Watched watched(workspaceWith(answered));
        QCOMPARE(listeningSockets(watched.gateway().pid()), std::vector<std::string>{"0100007F"}); // the listener's, and no other
    }

    void controlSocketIsOursAlone()
    {
        Watched watched(workspaceWith(answered));
        const QByteArray path = QFile::encodeName(watched.socket());
        struct stat facts {};
        QCOMPARE(::stat(path.constData(), &facts), 0);
        QCOMPARE(int(facts.st_mode & 0777), 0600);
        if (geteuid() != 0)
            QSKIP("only root can be another user");
        QCOMPARE(::chmod(QFile::encodeName(watched.folder()).constData(), 0755), 0);
        QCOMPARE(askAsAnother(watched.socket()).error, EACCES);
        // Also where somebody has opened the door: the peer's user is looked at.
        QCOMPARE(::chmod(path.constData(), 0666), 0);
        const Asked asked = askAsAnother(watched.socket());
        QCOMPARE(asked.error, 0);
        QCOMPARE(asked.answer, std::string());
        QCOMPARE(runCli({QStringLiteral("ctl"), watched.socket(), QStringLiteral("status")}).code, 0);
    }

    void ownFilesAreOursAlone()
    {
        GatewayProcess gateway(workspaceWith(answered));
        const QString ready = gateway.top() + QStringLiteral("/ready.json");
        struct stat facts {};
        QCOMPARE(::stat(QFile::encodeName(ready).constData(), &facts), 0);
        QCOMPARE(int(facts.st_mode & 0777), 0600);
        if (geteuid() != 0)
            QSKIP("only root can be another user");
        QCOMPARE(::chmod(QFile::encodeName(gateway.top()).constData(), 0755), 0);
        QCOMPARE(openAsAnother(ready), EACCES);
    }

    void onlyKnownHostsAreAnswered_data()
    {
        QTest::addColumn<std::string>("host");
        QTest::addColumn<int>("status");
        const auto row = [](const char *host, int status) { QTest::newRow(host) << std::string(host) << status; };
        for (const char *host : {"localhost", "LOCALHOST", "localhost.", "localhost:9", "shop.localhost", "a.b.localhost", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:8080",
                                 "192.168.3.4", "shop.test", "SHOP.test:80", "group.test", "own.test", "x.wild.test", "127.0.0.1."})
            row(host, 200);
        for (const char *host : {"evil.test", "evil.test:80", "localhost.evil.test", "127.0.0.1.evil.test", "evil-localhost", "xlocalhost", "shop.test.evil.test", "xshop.test",
                                 "wild.test", "127.1", "2130706433", "0x7f000001", "shop.test.", "localhost..", "rebind.network"})
            row(host, 421);
        for (const char *host : {"a@localhost", "local host", "[::1", "127.0.0.1:99999"})
            row(host, 400);
    }
    void onlyKnownHostsAreAnswered()
    {
        QFETCH(std::string, host);
        QFETCH(int, status);
        if (!m_hosts)
            m_hosts = std::make_unique<Watched>(workspaceWith("groups:\n  - name: g\n    hosts: [ group.test ]\nroutes:\n  - name: named\n    match: { hosts: [ shop.test, \"*.wild.test\" ] }\n"
                                             "    to: { respond: { status: 200 } }\n  - name: all\n    match: { prefix: / }\n    to: { respond: { status: 200 } }\n",
                                             "    hosts: [ own.test ]\n"));
        Watched &watched = *m_hosts;
        const std::string answer = watched.ask("GET", "/", host);
        QCOMPARE(statusOf(answer), status);
        if (status == 421) {
            QVERIFY2(holds(answer, "hosts"), answer.c_str()); // what would be right
            QCOMPARE(watched.verdictOfLast(), std::string("refused: host"));
        }
        // The host of an absolute target is the one that counts.
        const std::string other = watched.raw("GET http://" + host + "/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        QCOMPARE(statusOf(other), status);
    }

    void pagesOfOtherSitesAreRefused_data()
    {
        QTest::addColumn<std::string>("method");
        QTest::addColumn<Headers>("headers");
        QTest::addColumn<bool>("refused");
        const auto row = [](const char *name, const char *method, Headers headers, bool refused) { QTest::newRow(name) << std::string(method) << std::move(headers) << refused; };
        for (const char *method : {"POST", "PUT", "PATCH", "DELETE", "PROPFIND"}) {
            QTest::newRow((std::string(method) + " by Sec-Fetch-Site").c_str()) << std::string(method) << Headers{{"Sec-Fetch-Site", "cross-site"}} << true;
            QTest::newRow((std::string(method) + " by Origin").c_str()) << std::string(method) << Headers{{"Origin", "https://evil.test"}} << true;
        }
        row("case", "POST", {{"sec-fetch-site", "CROSS-SITE"}}, true);
        row("says same-origin, is foreign", "POST", {{"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://evil.test"}}, true);
        row("null", "POST", {{"Origin", "null"}}, true);
        row("empty", "POST", {{"Origin", ""}}, true);
        row("a file", "POST", {{"Origin", "file://"}}, true);
        row("looks local", "POST", {{"Origin", "http://localhost.evil.test"}}, true);
        row("looks like loopback", "POST", {{"Origin", "http://127.0.0.1.evil.test"}}, true);
        row("user info", "POST", {{"Origin", "http://localhost@evil.test"}}, true);
        row("two in one", "POST", {{"Origin", "http://localhost, https://evil.test"}}, true);
        row("upgrade", "GET", {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}, {"Origin", "https://evil.test"}}, true);
        row("upgrade by Sec-Fetch-Site", "GET", {{"Connection", "upgrade"}, {"Upgrade", "websocket"}, {"Sec-Fetch-Site", "cross-site"}}, true);
        row("reading", "GET", {{"Origin", "https://evil.test"}, {"Sec-Fetch-Site", "cross-site"}}, false);
        row("local", "POST", {{"Origin", "http://localhost:3000"}}, false);
        row("local name", "POST", {{"Origin", "http://shop.localhost"}}, false);
        row("loopback", "POST", {{"Origin", "http://127.0.0.1:5173"}}, false);
        row("own", "POST", {{"Origin", "http://shop.test"}}, false);
        row("same-site", "POST", {{"Sec-Fetch-Site", "same-site"}}, false);
        row("no browser", "POST", {}, false);
    }
    void pagesOfOtherSitesAreRefused()
    {
        QFETCH(std::string, method);
        QFETCH(Headers, headers);
        QFETCH(bool, refused);
        if (!m_pages) {
            m_target = std::make_unique<Target>();
            m_pages = std::make_unique<Watched>(
                workspaceWith(upstreamAt(m_target->url()) + "routes:\n  - name: up\n    match: { hosts: [ shop.test ], prefix: / }\n    to: { upstream: up }\n"));
        }
        Target &target = *m_target;
        Watched &watched = *m_pages;
        const size_t before = target.seen().size();
        const std::string answer = watched.ask(method, "/", "shop.test", headers);
        QCOMPARE(statusOf(answer), refused ? 403 : 200);
        QCOMPARE(target.seen().size(), before + (refused ? 0 : 1));
        if (refused)
            QCOMPARE(watched.verdictOfLast(), std::string("refused: cross-site"));
    }

    void noPolicyOrMockSeesThem()
    {
        Watched watched(workspaceWith("mocks:\n  - name: m\n    mode: sequence\n    responses: [ { status: 201 }, { status: 202 } ]\nroutes:\n  - name: m\n    match: { prefix: / }\n"
                                      "    policies:\n      - rate-limit: { requests: 1, per: 1h }\n      - request-id: {}\n    to: { mock: m }\n"));
        for (int i = 0; i < 3; ++i) {
            const std::string answer = watched.ask("POST", "/", "localhost", {{"Origin", "https://evil.test"}});
            QCOMPARE(statusOf(answer), 403);
            QCOMPARE(fieldOf(answer, "x-request-id"), std::string());
        }
        QCOMPARE(statusOf(watched.ask("POST", "/", "localhost")), 201); // nothing was taken from the bucket, nothing from the sequence
        for (const QJsonObject &exchange : watched.exchanges())
            if (exchange.value(QLatin1String("status")).toInt() == 403)
                for (const QJsonValue &policy : exchange.value(QLatin1String("trace")).toObject().value(QLatin1String("policies")).toArray())
                    QCOMPARE(policy.toObject().value(QLatin1String("verdict")).toString(), QStringLiteral("not-reached"));
    }

    void corsLetsItsOriginsIn()
    {
        Target target;
        Watched watched(workspaceWith(upstreamAt(target.url())
                                      + "routes:\n  - name: shadow\n    match: { prefix: /shadow }\n    policies: [ { cors: { origins: [ \"https://app.test\" ], methods: [ POST ] }, mode: shadow } ]\n"
                                        "    to: { upstream: up }\n  - name: part\n    match: { prefix: /part }\n    policies:\n      - cors: { origins: [ \"https://app.test\" ], methods: [ POST ] }\n"
                                        "        when: { prefix: /part/open }\n    to: { upstream: up }\n  - name: up\n    match: { prefix: / }\n"
                                        "    policies: [ { cors: { origins: [ \"https://app.test\" ], methods: [ POST ] } } ]\n    to: { upstream: up }\n"));
        const Headers app{{"Origin", "https://app.test"}, {"Sec-Fetch-Site", "cross-site"}}, evil{{"Origin", "https://evil.test"}};
        QCOMPARE(statusOf(watched.ask("POST", "/", "localhost", app)), 200);
        QCOMPARE(statusOf(watched.ask("POST", "/", "localhost", evil)), 403);
        QCOMPARE(statusOf(watched.ask("POST", "/shadow", "localhost", app)), 403);    // decides nothing
        QCOMPARE(statusOf(watched.ask("POST", "/part/open", "localhost", app)), 200);
        QCOMPARE(statusOf(watched.ask("POST", "/part/shut", "localhost", app)), 403); // does not run there
        QCOMPARE(target.seen().size(), size_t(2));
    }

    void privateNetworkIsAnsweredByCorsAlone()
    {
        Target target;
        const auto cors = [](const char *name, const char *more) {
            return std::string("  - name: ") + name + "\n    match: { prefix: /" + name + " }\n    policies: [ { cors: { origins: [ \"https://app.test\" ], methods: [ POST ]" + more
                + " } } ]\n    to: { upstream: up }\n";
        };
        Watched watched(workspaceWith(upstreamAt(target.url()) + "routes:\n" + cors("yes", ", private-network: true") + cors("no", "")
                                      + "  - name: none\n    match: { prefix: /none }\n    to: { upstream: up }\n  - name: mocked\n    match: { prefix: /mocked }\n    to: { respond: { status: 200, headers: "
                                        "{ access-control-allow-private-network: \"true\" } } }\n"));
        const Headers ask{{"Origin", "https://app.test"}, {"Access-Control-Request-Method", "POST"}, {"Access-Control-Request-Private-Network", "true"}};
        const std::string yes = watched.ask("OPTIONS", "/yes", "localhost", ask);
        QCOMPARE(statusOf(yes), 204);
        QCOMPARE(fieldOf(yes, "access-control-allow-private-network"), std::string("true"));
        for (const char *path : {"/no", "/none", "/mocked"}) {
            const std::string answer = watched.ask("OPTIONS", path, "localhost", ask);
            QCOMPARE(statusOf(answer), 403);
            QCOMPARE(fieldOf(answer, "access-control-allow-private-network"), std::string());
        }
        QCOMPARE(target.seen().size(), size_t(0));
    }

    // Where no cors answers, a plain preflight is the upstream's business, but not who may come into this network.
    void upstreamsGiveNoPrivateNetwork()
    {
        FakeUpstream upstream([](Peer &peer, int) {
            while (!peer.readMessage().empty())
                peer.send("HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\naccess-control-allow-private-network: true\r\nAccess-Control-Allow-Methods: POST\r\n"
                          "Access-Control-Allow-Private-Network: true\r\n\r\n");
        });
        const std::string routes = upstreamAt(upstream.url())
            + "routes:\n  - name: shadow\n    match: { prefix: /shadow }\n    policies: [ { cors: { origins: [ \"http://localhost:3000\" ], methods: [ POST ], private-network: true }, mode: shadow } ]\n"
              "    to: { upstream: up }\n  - name: none\n    match: { prefix: / }\n    to: { upstream: up }\n";
        const auto answer = [](Watched &watched, const char *path, const char *origin, bool network) {
            Headers headers{{"Origin", origin}, {"Access-Control-Request-Method", "POST"}};
            if (network)
                headers.emplace_back("Access-Control-Request-Private-Network", "true");
            return watched.ask("OPTIONS", path, "localhost", headers);
        };
        Watched loopback(workspaceWith(routes));
        for (const char *path : {"/none", "/shadow"}) {
            QCOMPARE(statusOf(answer(loopback, path, "https://app.test", true)), 403); // of another site: not even asked
            for (const auto &[origin, network] : {std::pair("https://app.test", false), std::pair("http://localhost:3000", false), std::pair("http://localhost:3000", true)}) {
                const std::string got = answer(loopback, path, origin, network);
                QCOMPARE(statusOf(got), 204);
                QCOMPARE(fieldOf(got, "access-control-allow-private-network"), std::string());
                QCOMPARE(fieldOf(got, "access-control-allow-origin"), std::string("*"));
                QCOMPARE(fieldOf(got, "access-control-allow-methods"), std::string("POST"));
            }
        }
        Watched exposed("gatehouse: 1\nname: t\nlisteners:\n  - name: main\n    address: \"0.0.0.0:0\"\n    expose: true\n" + routes, {QStringLiteral("--trust")});
        const std::string got = answer(exposed, "/none", "https://app.test", true);
        QCOMPARE(statusOf(got), 204);
        QCOMPARE(fieldOf(got, "access-control-allow-private-network"), std::string());
        QCOMPARE(fieldOf(got, "access-control-allow-origin"), std::string("*"));
    }

    void ownViaIsALoop()
    {
        Target target;
        Watched watched(workspaceWith(upstreamAt(target.url()) + "routes:\n  - name: up\n    match: { prefix: / }\n    to: { upstream: up }\n"));
        QCOMPARE(statusOf(watched.ask("GET", "/", "localhost", {{"Via", "1.1 another"}})), 200);
        const std::string via = fieldOf(target.last(), "via");
        QVERIFY2(via.starts_with("1.1 another, 1.1 gatehouse-"), via.c_str());
        for (const Headers &headers : {Headers{{"Via", via}}, Headers{{"Via", "1.0 x"}, {"Via", via}}, Headers{{"VIA", "1.1 y, " + via + ", 1.1 z"}}}) {
            QCOMPARE(statusOf(watched.ask("GET", "/", "localhost", headers)), 508);
            QCOMPARE(watched.verdictOfLast(), std::string("loop"));
        }
        QCOMPARE(target.seen().size(), size_t(1));
    }

    void ownListenerIsRefusedAtLoad_data()
    {
        QTest::addColumn<QString>("listener");
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("own");
        const auto row = [](const char *listener, const char *host, bool own) { QTest::addRow("%s at %s", host, listener) << QString::fromUtf8(listener) << QString::fromUtf8(host) << own; };
        for (const char *host : {"127.0.0.1", "localhost", "LOCALHOST", "localhost.", "a.localhost", "127.1", "127.0.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "0.0.0.0", "0", "[::ffff:127.0.0.1]"})
            row("127.0.0.1", host, true);
        for (const char *host : {"[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "localhost"})
            row("[::1]", host, true);
        for (const char *host : {"127.0.0.1", "127.0.0.9", "localhost", "0.0.0.0"})
            row("0.0.0.0", host, true);
        for (const char *host : {"127.0.0.2", "[::1]", "shop.test", "10.0.0.1"})
            row("127.0.0.1", host, false);
        row("[::1]", "127.0.0.1", false);
    }
    void ownListenerIsRefusedAtLoad()
    {
        QFETCH(QString, listener);
        QFETCH(QString, host);
        QFETCH(bool, own);
        QTemporaryDir folder;
        const auto check = [&](const std::string &port) {
            writeFile(folder.filePath(QStringLiteral("gatehouse.yaml")),
                      "gatehouse: 1\nlisteners:\n  - name: main\n    address: \"" + listener.toStdString() + ":18437\"\n    expose: true\n" + upstreamAt("http://" + host.toStdString() + port)
                          + "routes:\n  - name: up\n    match: { prefix: / }\n    to: { upstream: up }\n");
            return runCli({QStringLiteral("check"), folder.path()});
        };
        const Ran same = check(":18437/base");
        QCOMPARE(same.code, own ? 1 : 0);
        if (own)
            QVERIFY2(same.out.contains("upstreams[0].endpoints[0]: ") && same.out.contains("leads back to the listener main"), same.out.constData());
        QCOMPARE(check(":18438").code, 0);
    }

    // The port was not known when the workspace was read; and a name may lead anywhere.
    void ownListenerFoundByNameIsRefused()
    {
        Watched watched(workspaceWith(answered), {QStringLiteral("--trust")}); // 127.1 and 0.0.0.0 ask for it
        const std::string port = std::to_string(watched.gateway().port());
        for (const char *host : {"localhost", "127.0.0.1", "0.0.0.0", "127.1", "ip4-loopback.localhost"}) {
            QVERIFY(watched.become(workspaceWith(upstreamAt("http://" + std::string(host) + ":" + port) + "routes:\n  - name: up\n    match: { prefix: / }\n    to: { upstream: up }\n")));
            QCOMPARE(statusOf(watched.ask("GET", "/", "localhost")), 508);
            QCOMPARE(watched.verdictOfLast(), std::string("loop"));
        }
        // It never came back: each of them is one exchange.
        int loops = 0;
        for (const QJsonObject &exchange : watched.exchanges())
            loops += exchange.value(QLatin1String("verdict")).toString() == QLatin1String("loop");
        QCOMPARE(loops, 5);
    }

private:
    std::unique_ptr<Target> m_target;
    std::unique_ptr<Watched> m_hosts, m_pages; // kept over the rows of one function
};

QTEST_GUILESS_MAIN(TestReach)
#include "tst_reach.moc"
