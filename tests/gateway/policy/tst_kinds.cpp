// What must hold for each kind of policy, whatever it does.
#include "tests/gateway/policy/fakecontext.h"
#include "gateway/config/policykinds.h"
#include "gateway/policy/shapes.h"
#include "gateway/schema/node.h"

#include <QtTest/QTest>

#ifndef Q_MOC_RUN
#include <map>
#endif

using namespace gatehouse;
using namespace gatehouse::policy;
using namespace gatehouse::test;
using schema::Node;

namespace {
// The least that each kind needs; a new kind without required fields needs no entry.
Node leastOf(const Kind &kind)
{
    static const std::map<std::string_view, Node> least{
        {"rate-limit", Node::map({{"requests", Node::scalar("10")}, {"per", Node::scalar("1s")}})},
        {"cors", Node::map({{"origins", Node::list({Node::scalar("https://shop.test")})}})},
        {"ip-filter", Node::map({{"deny", Node::list({Node::scalar("10.0.0.0/8")})}})},
        {"headers", Node::map({{"request", Node::map({{"set", Node::map({{"x-a", Node::scalar("1")}})}})}})},
    };
    const auto it = least.find(kind.name);
    return it == least.end() ? Node::map() : it->second;
}
} // namespace

class TestKinds : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { registerShapes(); }
    void all_data()
    {
        QTest::addColumn<int>("index");
        for (size_t i = 0; i < kinds().size(); ++i)
            QTest::newRow(std::string(kinds()[i].name).c_str()) << int(i);
    }
    void all()
    {
        QFETCH(int, index);
        const Kind &kind = kinds()[static_cast<size_t>(index)];
        QVERIFY(!kind.why.empty());
        QCOMPARE(find(kind.name), &kind);
        const auto *registered = config::policyKind(kind.name);
        QVERIFY(registered);
        QCOMPARE(registered->closedOnError, kind.authenticates);

        // Round trip: what is read is written the same.
        const std::vector<std::string> files{"gatehouse.yaml"};
        schema::Reader reader(files);
        const auto shape = kind.shape();
        const Node written = leastOf(kind);
        const auto record = shape->make(written, reader);
        for (const auto &problem : reader.problems)
            QFAIL(problem.text().c_str());
        QVERIFY(shape->same(shape->writeMade(record.get()), written));
        schema::Reader unknown(files);
        Node wrong = written;
        wrong.set("no-such-key", Node::scalar("1"));
        shape->check(wrong, unknown);
        QVERIFY(schema::hasErrors(unknown.problems));

        // Compiles, and lets itself be previewed without saying that it did anything to anybody.
        config::Workspace workspace;
        config::PolicyEntry entry;
        entry.kind = kind.name;
        entry.record = record;
        StateStore states;
        FakeClock clock;
        const auto compiled = kind.compile({workspace, entry, "test/" + entry.kind, states, clock});
        QVERIFY2(compiled, compiled ? "" : compiled.error().message.c_str());
        QVERIFY((*compiled)->interests() != 0);
        FakeContext context(clock, "/a?b=c", {{"accept", "*/*"}});
        (*compiled)->preview(context);
        Filter *filter = (*compiled)->make(context.arena());
        QVERIFY(filter);
        filter->onRequestHead(context);
        filter->onResponseHead(context);
        filter->onDone(context);
    }
};

QTEST_GUILESS_MAIN(TestKinds)
#include "tst_kinds.moc"
