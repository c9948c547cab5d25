// The explorer's requests reach every listener, also one that lets nobody in without a PROXY header: they say that they speak for
// themselves, so that their exchange is found by their own address.
#include "gateway/config/document.h"
#include "gateway/config/resolve.h"
#include "gateway/engine/engine.h"
#include "gateway/policy/shapes.h"
#include "tests/support/support.h"

#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <optional>

using namespace gatehouse;

class TestSender : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { policy::registerShapes(); }
    void cleanup()
    {
        m_engine.reset();
        m_sent.reset();
    }
    void reachesEveryListener_data()
    {
        QTest::addColumn<QString>("listener");
        for (const char *name : {"off", "accept", "require"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void reachesEveryListener()
    {
        QFETCH(QString, listener);
        std::string listeners;
        for (const char *name : {"off", "accept", "require"})
            listeners += "  - name: " + std::string(name) + "\n    address: 127.0.0.1:0\n    proxy-protocol: " + name + "\n";
        run(listeners);
        send(listener.toStdString());
        QVERIFY2(m_sent->error.empty(), m_sent->error.c_str());
        QCOMPARE(m_sent->status, uint16_t(200));
        QCOMPARE(m_sent->response.body, std::string("here"));
        QVERIFY(m_sent->exchange != 0);
    }

    // It can't send there itself: it takes another listener where it may, and else says how it can be done.
    void aUnixSocketIsPassedBy()
    {
        run("  - name: socket\n    address: \"unix:" + socket() + "\"\n  - name: main\n    address: 127.0.0.1:0\n");
        send({});
        QVERIFY2(m_sent->error.empty(), m_sent->error.c_str());
        QCOMPARE(m_sent->response.body, std::string("here"));
        send("socket");
        QCOMPARE(m_sent->error, "Requests can't be sent from here to a listener at a Unix socket: curl --unix-socket " + socket() + " can.");
    }
    void aUnixSocketAlone()
    {
        run("  - name: socket\n    address: \"unix:" + socket() + "\"\n");
        send({});
        QVERIFY2(m_sent->error.find("--unix-socket " + socket()) != std::string::npos, m_sent->error.c_str());
    }

private:
    std::string socket() const { return m_folder.filePath(QStringLiteral("s.sock")).toStdString(); }
    void run(const std::string &listeners)
    {
        test::writeFile(m_folder.filePath(QStringLiteral("gatehouse.yaml")),
                        "gatehouse: 1\nname: t\nlisteners:\n" + listeners + "routes:\n  - name: here\n    match: { prefix: / }\n    to: { respond: { status: 200, body: here } }\n");
        const auto document = config::Document::open(m_folder.path().toStdString());
        QVERIFY(document);
        const auto resolved = config::resolve(**document, {});
        QVERIFY(resolved.workspace);
        engine::Options options;
        options.workers = 1;
        options.keychain = false;
        m_engine = std::make_unique<engine::Engine>(options);
        bool runs = false;
        m_engine->api().apply.apply(resolved.workspace, [&](const api::Applied &applied) {
            if (applied.ok)
                m_engine->api().apply.start([&](const Result<void> &started) { runs = started.ok(); });
        });
        QVERIFY(test::waitFor("the gateway to run", [&] { return runs; }));
    }
    void send(const std::string &listener)
    {
        m_sent.reset();
        api::RequestSketch sketch;
        sketch.url = "/a";
        sketch.listener = listener;
        m_engine->api().send.send(sketch, api::Send::Via::Gateway, [&](api::Sent result) { m_sent = std::move(result); });
        QVERIFY(test::waitFor("the answer", [&] { return m_sent.has_value(); }));
    }
    QTemporaryDir m_folder;
    std::unique_ptr<engine::Engine> m_engine;
    std::optional<api::Sent> m_sent;
};

QTEST_GUILESS_MAIN(TestSender)
#include "tst_sender.moc"
