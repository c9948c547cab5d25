// PROXY headers with programs of others on either side: HAProxy in front and behind, nginx behind, as the operating system packages them.
#include "tests/support/gateway.h"
#include "tests/support/peers.h"
#include "tests/support/support.h"

#include <QtCore/QStandardPaths>
#include <QtTest/QTest>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace gatehouse::test;

namespace {

const std::string get = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";

// A connection from an address of its own: all of 127.0.0.0/8 is this machine.
struct Client {
    Client(const char *ip, uint16_t to)
    {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        ::inet_pton(AF_INET, ip, &address.sin_addr);
        socklen_t size = sizeof address;
        bool good = ::bind(fd, reinterpret_cast<const sockaddr *>(&address), size) == 0;
        sockaddr_in peer{};
        peer.sin_family = AF_INET;
        peer.sin_port = htons(to);
        peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        good = good && ::connect(fd, reinterpret_cast<const sockaddr *>(&peer), sizeof peer) == 0;
        good = good && ::getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size) == 0;
        if (!good)
            qWarning("no connection from %s to port %u", ip, to);
        name = std::string(ip) + ":" + std::to_string(ntohs(address.sin_port));
        peerEnd = Peer(fd);
    }
    std::string ask(std::string_view octets = get)
    {
        peerEnd.send(octets);
        return peerEnd.readMessage();
    }
    std::string name; // "127.0.0.9:52114"
    Peer peerEnd;
};

struct Process : QProcess {
    ~Process() override
    {
        terminate();
        if (!waitForFinished(5000))
            kill();
        waitForFinished();
    }
};

std::string workspace(const std::string &listener, const std::string &upstreamUrl, const std::string &upstream)
{
    return "gatehouse: 1\nname: t\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\n    proxy-protocol: " + listener + "\nupstreams:\n  - name: up\n    endpoints: [ { url: \"" + upstreamUrl
        + "\" } ]\n    proxy-protocol: " + upstream + "\nroutes:\n  - name: all\n    match: { prefix: / }\n    to: { upstream: up }\n";
}

std::string at(uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

} // namespace

class TestProxyProtocol : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void haproxyInFront_data()
    {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("sends");
        QTest::addColumn<QString>("listener");
        for (const char *listener : {"require", "accept"})
            for (const char *mode : {"tcp", "http"})
                for (const char *sends : {"send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id"})
                    QTest::addRow("%s, %s, %s", listener, mode, sends) << QString::fromLatin1(mode) << QString::fromLatin1(sends) << QString::fromLatin1(listener);
    }
    void haproxyInFront()
    {
        QFETCH(QString, mode);
        QFETCH(QString, sends);
        QFETCH(QString, listener);
        FakeUpstream *self = nullptr;
        FakeUpstream upstream(answering(self, "ok"));
        self = &upstream;
        GatewayProcess gateway(workspace(listener.toStdString(), upstream.url(), "off"));
        const uint16_t port = freePort();
        Process haproxy;
        if (!startHaproxy(haproxy, port, "frontend f\n  bind " + at(port) + "\n  unique-id-format %[uuid()]\n  default_backend b\nbackend b\n  server s " + at(gateway.port()) + " " + sends.toStdString() + "\n", mode.toStdString()))
            return;
        Client one("127.0.0.9", port), two("127.0.0.10", port);
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(statusOf(one.ask()), 200);
            QCOMPARE(fieldOf(upstream.noted().back(), "x-forwarded-for"), std::string("127.0.0.9"));
            QCOMPARE(statusOf(two.ask()), 200);
            QCOMPARE(fieldOf(upstream.noted().back(), "x-forwarded-for"), std::string("127.0.0.10"));
        }
        Peer plain = connectTo(gateway.port()); // without HAProxy
        plain.send(get);
        QCOMPARE(statusOf(plain.readMessage()), listener == QLatin1String("accept") ? 200 : 0);
    }

    // HAProxy's health checks come in its own name, which is said as LOCAL.
    void haproxyChecks()
    {
        FakeUpstream *self = nullptr;
        FakeUpstream upstream(answering(self, "ok"));
        self = &upstream;
        GatewayProcess gateway(workspace("require", upstream.url(), "off"));
        const uint16_t port = freePort();
        Process haproxy;
        if (!startHaproxy(haproxy, port, "frontend f\n  bind " + at(port) + "\n  default_backend b\nbackend b\n  option httpchk GET /health HTTP/1.1\\r\\nHost:\\ localhost\n  server s " + at(gateway.port())
                                             + " send-proxy-v2 check check-send-proxy inter 50ms fall 1 rise 1\n", "http"))
            return;
        QVERIFY(waitFor("checks to arrive", [&] { return upstream.noted().size() >= 3; }));
        QVERIFY(upstream.noted().back().starts_with("GET /health "));
        QCOMPARE(fieldOf(upstream.noted().back(), "x-forwarded-for"), std::string("127.0.0.1"));
        Client one("127.0.0.9", port);
        QCOMPARE(statusOf(one.ask()), 200); // the server is up to HAProxy
    }

    void nginxBehind_data() { versions(); }
    void nginxBehind()
    {
        QFETCH(QString, version);
        const uint16_t port = freePort();
        Process nginx;
        if (!startNginx(nginx, port))
            return;
        GatewayProcess gateway(workspace("off", "http://" + at(port), version.toStdString()));
        asksOfTwo(gateway.port());
    }

    void haproxyBehind_data() { versions(); }
    void haproxyBehind()
    {
        QFETCH(QString, version);
        const uint16_t port = freePort();
        Process haproxy;
        if (!startHaproxy(haproxy, port, "frontend f\n  bind " + at(port) + " accept-proxy\n  http-request return status 200 content-type text/plain lf-string \"%[src]:%[src_port] to %[dst]\"\n", "http"))
            return;
        GatewayProcess gateway(workspace("off", "http://" + at(port), version.toStdString()));
        asksOfTwo(gateway.port());
    }

    // HAProxy -> Gatehouse -> nginx: the last sees the first's client.
    void throughBoth_data() { versions(); }
    void throughBoth()
    {
        QFETCH(QString, version);
        const uint16_t behind = freePort(), front = freePort();
        Process nginx, haproxy;
        if (!startNginx(nginx, behind))
            return;
        GatewayProcess gateway(workspace("require", "http://" + at(behind), version.toStdString()));
        if (!startHaproxy(haproxy, front, "frontend f\n  bind " + at(front) + "\n  default_backend b\nbackend b\n  server s " + at(gateway.port()) + " send-proxy-v2\n", "tcp"))
            return;
        asksOfTwo(front);
    }

private:
    static void versions()
    {
        QTest::addColumn<QString>("version");
        QTest::newRow("v1") << QStringLiteral("v1");
        QTest::newRow("v2") << QStringLiteral("v2");
    }

    // Each is told who it is, each time.
    static void asksOfTwo(uint16_t port)
    {
        Client one("127.0.0.9", port), two("127.0.0.10", port), same("127.0.0.9", port);
        for (int i = 0; i < 3; ++i)
            for (Client *client : {&one, &two, &same}) {
                const std::string answer = client->ask();
                QCOMPARE(statusOf(answer), 200);
                QCOMPARE(bodyOf(answer), client->name + " to 127.0.0.1");
            }
    }

    static QString found(const QString &program)
    {
        const QString path = QStandardPaths::findExecutable(program, {QStringLiteral("/usr/sbin"), QStringLiteral("/usr/local/sbin"), QStringLiteral("/usr/bin")});
        if (path.isEmpty())
            [&] { QSKIP(qPrintable(program + QStringLiteral(" is not installed"))); }();
        return path;
    }

    bool startHaproxy(QProcess &process, uint16_t port, const std::string &sections, const std::string &mode)
    {
        const QString program = found(QStringLiteral("haproxy"));
        if (program.isEmpty())
            return false;
        const QString file = m_folder.filePath(QStringLiteral("haproxy-%1.cfg").arg(port));
        writeFile(file, "global\n  maxconn 100\ndefaults\n  mode " + mode + "\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n" + sections);
        return started(process, program, {QStringLiteral("-db"), QStringLiteral("-f"), file}, port);
    }

    // Answers with the client that the PROXY header names.
    bool startNginx(QProcess &process, uint16_t port)
    {
        const QString program = found(QStringLiteral("nginx"));
        if (program.isEmpty())
            return false;
        const std::string folder = m_folder.path().toStdString();
        const QString file = m_folder.filePath(QStringLiteral("nginx-%1.conf").arg(port));
        std::string paths;
        for (const char *kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
            paths += std::string(kind) + "_temp_path " + folder + "/" + kind + ";\n";
        writeFile(file, "daemon off;\nmaster_process off;\npid " + folder + "/pid;\nerror_log stderr;\nevents { }\nhttp {\naccess_log off;\n" + paths + "server {\nlisten " + at(port)
                            + " proxy_protocol;\nset_real_ip_from 127.0.0.0/8;\nreal_ip_header proxy_protocol;\n"
                              "location / { return 200 \"$remote_addr:$proxy_protocol_port to $proxy_protocol_server_addr\"; }\n}\n}\n");
        return started(process, program, {QStringLiteral("-p"), m_folder.path(), QStringLiteral("-c"), file, QStringLiteral("-e"), QStringLiteral("stderr")}, port);
    }

    static bool started(QProcess &process, const QString &program, const QStringList &arguments, uint16_t port)
    {
        const bool good = startProgram(process, program, arguments, port);
        [&] { QVERIFY2(good, qPrintable(program)); }();
        return good;
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestProxyProtocol)
#include "tst_proxyprotocol.moc"
