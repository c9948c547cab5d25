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
    void reachesEveryListener_data()
    {
        QTest::addColumn<QString>("listener");
        for (const char *name : {"off", "accept", "require"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void reachesEveryListener()
    {
        QFETCH(QString, listener);
        QTemporaryDir folder;
        std::string text = "gatehouse: 1\nname: t\nlisteners:\n";
        for (const char *name : {"off", "accept", "require"})
            text += "  - name: " + std::string(name) + "\n    address: 127.0.0.1:0\n    proxy-protocol: " + name + "\n";
        test::writeFile(folder.filePath(QStringLiteral("gatehouse.yaml")), text + "routes:\n  - name: here\n    match: { prefix: / }\n    to: { respond: { status: 200, body: here } }\n");
        const auto document = config::Document::open(folder.path().toStdString());
        QVERIFY(document);
        const auto resolved = config::resolve(**document, {});
        QVERIFY(resolved.workspace);

        engine::Options options;
        options.workers = 1;
        options.keychain = false;
        engine::Engine engine(options);
        bool runs = false;
        engine.api().apply.apply(resolved.workspace, [&](const api::Applied &applied) {
            if (applied.ok)
                engine.api().apply.start([&](const Result<void> &started) { runs = started.ok(); });
        });
        QVERIFY(test::waitFor("the gateway to run", [&] { return runs; }));

        api::RequestSketch sketch;
        sketch.url = "/a";
        sketch.listener = listener.toStdString();
        std::optional<api::Sent> sent;
        engine.api().send.send(sketch, api::Send::Via::Gateway, [&](api::Sent result) { sent = std::move(result); });
        QVERIFY(test::waitFor("the answer", [&] { return sent.has_value(); }));
        QVERIFY2(sent->error.empty(), sent->error.c_str());
        QCOMPARE(sent->status, uint16_t(200));
        QCOMPARE(sent->response.body, std::string("here"));
        QVERIFY(sent->exchange != 0);
    }
};

QTEST_GUILESS_MAIN(TestSender)
#include "tst_sender.moc"
