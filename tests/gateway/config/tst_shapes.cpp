// The same questions to every shape of the workspace: round trip, valid defaults, constraints refused at their place, and a schema
// that takes what the reader takes.
#include "gateway/config/policykinds.h"
#include "gateway/config/shapes.h"
#include "gateway/policy/shapes.h"
#include "tests/gateway/config/schemavalidator.h"

#include <QtTest/QTest>

#include <map>
#include <set>

using namespace gatehouse;
using namespace gatehouse::schema;

namespace {

const std::vector<std::string> files{"gatehouse.yaml"};

Node sample(const Shape &shape, int depth = 0);

// A record with what it needs and, besides, `more`.
Node sampleRecord(const Shape &shape, const std::set<std::string> &more, int depth = 0)
{
    std::set<std::string> wanted = more;
    for (const Field &field : shape.fields())
        if (field.required)
            wanted.insert(field.key);
    for (const Constraint &constraint : shape.constraints()) {
        const bool there = std::any_of(constraint.keys.begin(), constraint.keys.end(), [&](const std::string &key) { return wanted.contains(key); });
        if (constraint.type == Constraint::Type::ExactlyOneOf && !there)
            for (const std::string &key : constraint.keys)
                if (shape.field(key) && !shape.field(key)->planned) {
                    wanted.insert(key);
                    break;
                }
    }
    Node node = Node::map();
    for (const Field &field : shape.fields())
        if (wanted.contains(field.key) && !field.planned)
            node.set(field.key, sample(*field.shape, depth + 1));
    return node;
}

Node sample(const Shape &shape, int depth)
{
    static const std::map<std::string, std::string> forms{{"origin", "https://a.test"}, {"method", "GET"}, {"counting-key", "header.x"}, {"failure", "reset"},
        {"address", "127.0.0.1:0"}, {"path", "/x"}, {"redaction", "header.x"}, {"host", "api.test"}};
    switch (shape.kind()) {
    case Kind::Boolean: return Node::scalar("true");
    case Kind::Integer: return Node::scalar(shape.low() && *shape.low() > -9e15 ? std::to_string(static_cast<int64_t>(*shape.low())) : "1");
    case Kind::Real: return Node::scalar("1.5");
    case Kind::Name: return Node::string("some-name");
    case Kind::Reference: return Node::string("some-name");
    case Kind::Duration: return Node::scalar("1500ms");
    case Kind::Size: return Node::scalar(printSize(static_cast<uint64_t>(*shape.high())));
    case Kind::Rate: return Node::scalar("1MiB/s");
    case Kind::Share: return Node::scalar("20%");
    case Kind::StatusRange: return Node::scalar("200-299");
    case Kind::Cidr: return Node::string("10.0.0.0/8");
    case Kind::Host: return Node::string("*.shop.test");
    case Kind::PathTemplate: return Node::string("/orders/{id}");
    case Kind::Regex: return Node::string("^a+$");
    case Kind::Url: return Node::string("http://127.0.0.1:1");
    case Kind::HeaderName: return Node::string("x-a");
    case Kind::Expression: return Node::string("a{path.id}");
    case Kind::Secret: return Node::string("${secret:a}");
    case Kind::File: return Node::string("a.json");
    case Kind::Enum: return Node::scalar(shape.options().back());
    case Kind::Any: return Node::map({{"a", Node::list({Node::scalar("1"), Node::string("1"), Node::scalar("null")})}});
    case Kind::Text: {
        const auto it = forms.find(shape.name());
        return Node::string(it == forms.end() ? "text" : it->second);
    }
    case Kind::List: return Node::list({sample(*shape.item(), depth + 1)});
    case Kind::Map: return Node::map({{shape.keyShape()->kind() == Kind::Text ? "name" : "x-a", sample(*shape.item(), depth + 1)}});
    case Kind::OneOf: {
        const Alternative &last = depth > 8 ? shape.alternatives().front() : shape.alternatives().back();
        Node node = sample(*last.shape, depth + 1);
        if (!shape.decidedBy().empty())
            node.set(shape.decidedBy(), Node::scalar(last.name));
        return node;
    }
    case Kind::Record: {
        const Node few = sampleRecord(shape, {}, depth);
        return !few.members.empty() || shape.name() == "headers" ? few : sampleRecord(shape, {shape.fields().front().key}, depth);
    }
    }
    return {};
}

// Every shape that can be reached from the workspace's, records by name once.
void walk(const Shape &shape, std::set<std::string> &seen, const std::function<void(const Shape &)> &visit)
{
    if (shape.kind() == Kind::Record && !seen.insert(shape.name()).second)
        return;
    visit(shape);
    for (const Field &field : shape.fields())
        if (field.shape)
            walk(*field.shape, seen, visit);
    if (shape.item())
        walk(*shape.item(), seen, visit);
    for (const Alternative &alternative : shape.alternatives())
        walk(*alternative.shape, seen, visit);
}

Problems problemsOf(const Shape &shape, const Node &node)
{
    Reader reader(files);
    shape.check(node, reader);
    return reader.problems;
}

std::string say(const Problems &problems)
{
    std::string out;
    for (const Problem &problem : problems)
        out += problem.text() + '\n';
    return out;
}

std::string show(const Node &node) { return json::write(test::asJson(node)); }

} // namespace

class TestShapes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        policy::registerShapes();
        std::set<std::string> seen;
        walk(*config::workspaceShape(), seen, [this](const Shape &shape) { m_all.push_back(&shape); });
        QVERIFY(seen.size() > 25);
        QVERIFY(seen.contains("rate-limit") && seen.contains("condition") && seen.contains("uniform"));
    }

    void defaultsAreValid()
    {
        for (const Shape *shape : m_all)
            for (const Field &field : shape->fields())
                if (field.defaultNode && !(field.defaultNode->isScalar() && field.defaultNode->text.empty()) && field.defaultNode->kind != NodeKind::Map) {
                    const Problems problems = problemsOf(*field.shape, *field.defaultNode);
                    const bool emptyOfRequired = field.defaultNode->isList() && field.defaultNode->items.empty();
                    QVERIFY2(problems.empty() || emptyOfRequired, (shape->name() + '.' + field.key + ": " + say(problems)).c_str());
                }
    }

    void samplesMakeTheRoundTrip()
    {
        for (const Shape *shape : m_all) {
            const Node node = sample(*shape);
            Reader reader(files);
            const auto value = shape->make(node, reader);
            QVERIFY2(reader.problems.empty(), (shape->name() + ": " + show(node) + '\n' + say(reader.problems)).c_str());
            const Node written = shape->writeMade(value.get());
            QVERIFY2(sameContent(written, shape->canonical(node)) || shape->same(written, node), (shape->name() + ": " + show(node) + " became " + show(written)).c_str());
            const auto again = shape->make(written, reader);
            QVERIFY(sameContent(shape->writeMade(again.get()), written));
        }
    }

    void everyFieldIsReadAndWritten()
    {
        for (const Shape *shape : m_all)
            for (const Field &field : shape->fields()) {
                if (field.planned || field.key == "distribution")
                    continue;
                std::set<std::string> keys{field.key};
                for (const Constraint &constraint : shape->constraints())
                    if (constraint.type == Constraint::Type::Requires && constraint.keys[0] == field.key)
                        keys.insert(constraint.keys.begin(), constraint.keys.end());
                Node node = sampleRecord(*shape, keys);
                if (shape->name() == "uniform" || shape->name() == "lognormal" || shape->name() == "normal")
                    node.set("distribution", Node::scalar(shape->name()));
                if (shape->name() == "uniform")
                    node.set("max", Node::scalar("9s"));
                Reader reader(files);
                const auto value = shape->make(node, reader);
                const bool alone = shape->name() == "text-match" || shape->name() == "cors"; // what they check together
                QVERIFY2(reader.problems.empty() || alone, (shape->name() + '.' + field.key + ": " + show(node) + '\n' + say(reader.problems)).c_str());
                if (reader.problems.empty())
                    QVERIFY2(sameContent(shape->writeMade(value.get()), shape->canonical(node)) || shape->same(shape->writeMade(value.get()), node), (shape->name() + '.' + field.key + ": " + show(node) + " became " + show(shape->writeMade(value.get()))).c_str());
            }
    }

    void plannedAndUnknownKeysAreTold()
    {
        for (const Shape *shape : m_all) {
            if (shape->kind() != Kind::Record)
                continue;
            for (const Field &field : shape->fields())
                if (field.planned) {
                    Node node = sampleRecord(*shape, {});
                    node.set(field.key, Node::scalar("x"));
                    const std::string text = say(problemsOf(*shape, node));
                    QVERIFY2(text.find('`' + field.key + "` is part of the format but not built yet in this version") != std::string::npos, text.c_str());
                }
            Node node = sampleRecord(*shape, {});
            node.set("zzzzzz", Node::scalar("x"));
            QVERIFY(say(problemsOf(*shape, node)).find("zzzzzz: `zzzzzz` is not a key of this place") != std::string::npos);
        }
    }

    void constraintsAreRefusedAtTheirPlace()
    {
        size_t tried = 0;
        for (const Shape *shape : m_all)
            for (const Constraint &constraint : shape->constraints()) {
                std::vector<std::string> keys;
                for (const std::string &key : constraint.keys)
                    if (!shape->field(key)->planned)
                        keys.push_back(key);
                Node node;
                std::string path;
                switch (constraint.type) {
                case Constraint::Type::ExactlyOneOf:
                    if (keys.size() < 2)
                        continue;
                    [[fallthrough]];
                case Constraint::Type::AtMostOneOf:
                    node = sampleRecord(*shape, {keys[0], keys[1]});
                    path = std::find_if(node.members.begin(), node.members.end(), [&](const Member &m) { return m.key.text == keys[1]; })->key.text;
                    break;
                case Constraint::Type::Requires:
                    node = sampleRecord(*shape, {keys[0]});
                    path = keys[0];
                    break;
                case Constraint::Type::Excludes:
                    node = sampleRecord(*shape, {keys[0], keys[1]});
                    path = keys[1];
                    break;
                case Constraint::Type::LessThan:
                case Constraint::Type::AtMost:
                    node = sampleRecord(*shape, {keys[0], keys[1]});
                    node.set(keys[0], Node::scalar("2h"));
                    path = keys[0];
                    break;
                }
                const Problems problems = problemsOf(*shape, node);
                QVERIFY2(std::any_of(problems.begin(), problems.end(), [&](const Problem &problem) { return problem.path == path; }),
                         (shape->name() + ": " + show(node) + ": " + path + " is not told: " + say(problems)).c_str());
                ++tried;
            }
        QVERIFY(tried >= 9);
    }

    void rangesAreKept()
    {
        size_t tried = 0;
        for (const Shape *shape : m_all) {
            if (shape->kind() != Kind::Integer || !shape->low() || *shape->low() < -9e15 || *shape->high() > 9e15)
                continue;
            const auto number = [](double value) { return std::to_string(static_cast<int64_t>(value)); };
            QCOMPARE(checkText(*shape, number(*shape->low())), std::string());
            QCOMPARE(checkText(*shape, number(*shape->high())), std::string());
            QVERIFY(checkText(*shape, number(*shape->low() - 1)).find("too small") != std::string::npos);
            QVERIFY(checkText(*shape, number(*shape->high() + 1)).find("too large") != std::string::npos);
            QVERIFY(!checkText(*shape, "x").empty());
            QCOMPARE(checkText(*shape, "${x}"), std::string());
            ++tried;
        }
        QVERIFY(tried >= 10);
    }

    void schemaTakesTheSamples()
    {
        for (const Shape *shape : m_all) {
            SchemaWriter writer;
            json::Value schema = writer.schemaOf(*shape);
            schema.set("$defs", writer.defs);
            const json::Value value = test::asJson(sample(*shape));
            if (schema.isObject())
                QVERIFY2(test::Validator(schema).valid(schema, value), (shape->name() + ": " + json::write(value) + '\n' + json::write(schema)).c_str());
        }
    }

    void fieldsAreFoundByPath()
    {
        const Shape &root = *config::workspaceShape();
        const auto kind = [&](const char *path) { return shapeAt(root, Path::of(path), nullptr) ? std::string(name(shapeAt(root, Path::of(path), nullptr)->kind())) : std::string(); };
        QCOMPARE(kind("routes[0].match.all[2].not.hosts[0]"), std::string("host"));
        QCOMPARE(kind("routes[0].policies[0].rate-limit.per"), std::string("duration"));
        QCOMPARE(kind("routes[0].match.headers[\"x.y\"].regex"), std::string("regex"));
        QCOMPARE(kind("routes[0].nothing"), std::string());
        QCOMPARE(kind("routes.name"), std::string());
    }

private:
    std::vector<const Shape *> m_all;
};

QTEST_GUILESS_MAIN(TestShapes)
#include "tst_shapes.moc"
