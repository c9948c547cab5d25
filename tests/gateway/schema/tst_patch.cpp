// Edits of a commented file: only the bytes of what is named change, and undoing gives the first bytes back.
#include "gateway/schema/patch.h"
#include "gateway/schema/yaml.h"

#include <QtTest/QTest>

#include <random>

using namespace gatehouse;
using namespace gatehouse::schema;

namespace {

const std::string commented = R"(# Top of the file.
gatehouse: 1   # the version
name: 'shop'

# About listeners.
listeners:          # behind the key
  # about main
  - name: main      # a name
    address: 127.0.0.1:8080
    # about hosts
    hosts: [ "*.shop.test", api.shop.test ]  # two
  # about other
  # in two lines
  - name: other

    address: "127.0.0.1:8081"   # quoted

upstreams:
- name: orders      # an indentless list
  endpoints:
  - url: http://127.0.0.1:9001
    weight: 2
  - { url: "http://127.0.0.1:9002", weight: 1 }   # flow
  delivery: { timeout: { connect: 2s, response: 30s }, retry: { times: 2 } }

routes:
  - name: get-order
    match:
      path: "/orders/{id}"
      methods: [ GET ]
      headers: { x-beta: "1", x-tenant: { regex: "^[a-z]+$" } }
    # policies of it
    policies:
      - burst
      # one of its own
      - key-auth: { header: x-api-key }
      - cors:
          origins: [ "*" ]   # all
    to: { upstream: orders }
  - # a comment behind the dash
    name: text
    to:
      respond:
        status: 200
        body: |
          first line

          # no comment but text
          last line
  - name: gr\u00fc\u00dfe
    description: >-
      folded
      text
    to: { mock: empty }   # the last
mocks: []
# The end.
)";

struct Ground {
    std::string text;
    Node root;
};

Ground read(std::string text)
{
    auto root = parseYaml(text, 0, "gatehouse.yaml");
    if (!root)
        qFatal("%s", root.error()[0].text().c_str());
    return {std::move(text), std::move(*root)};
}

std::string splitEscapes(std::string text)
{
    for (size_t at; (at = text.find("\\u00")) != std::string::npos;)
        text.replace(at, 6, text[at + 4] == 'f' ? "\xC3\xBC" : "\xC3\x9F");
    return text;
}

void collect(const Node &node, Path path, std::vector<Path> &into)
{
    if (!path.empty())
        into.push_back(path);
    for (size_t i = 0; i < node.items.size(); ++i)
        collect(node.items[i], path / Step(i), into);
    for (const Member &member : node.members)
        collect(member.value, path / Step(member.key.text), into);
}

// Lines of both texts that differ, by their longest common beginning and end.
std::pair<size_t, size_t> changedLines(const std::string &a, const std::string &b)
{
    const auto lines = [](const std::string &text) { return std::count(text.begin(), text.end(), '\n'); };
    size_t front = 0, back = 0;
    const size_t most = std::min(a.size(), b.size());
    while (front < most && a[front] == b[front])
        ++front;
    while (back < most - front && a[a.size() - 1 - back] == b[b.size() - 1 - back])
        ++back;
    const size_t head = static_cast<size_t>(std::count(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(front), '\n'));
    const size_t tail = static_cast<size_t>(std::count(a.end() - static_cast<std::ptrdiff_t>(back), a.end(), '\n'));
    return {head, static_cast<size_t>(lines(a)) - tail};
}

Node randomValue(std::mt19937 &random, int depth = 0)
{
    static const char *texts[] = {"plain", "with: colon", "#hash", "1", "true", "", "{id}", "*.x", "two\nlines\n", "gr\xC3\xBC\xC3\x9F", "'quote'", "\"double\"", "a # b", "- dash", "\ttab", "null", "~", " lead", "trail ", "x\\y", "a, b", "key:", "@at", "%p", "?q", "[l]", "no", "0x1F", "1e3"};
    switch (random() % (depth > 2 ? 2 : 5)) {
    case 0: return Node::scalar(std::to_string(random() % 100));
    case 1: return Node::string(texts[random() % std::size(texts)]);
    case 2: {
        Node list = Node::list();
        for (size_t i = random() % 3; i > 0; --i)
            list.items.push_back(randomValue(random, depth + 1));
        return list;
    }
    default: {
        Node map = Node::map();
        for (size_t i = random() % 3; i > 0; --i)
            map.set(std::string(texts[random() % std::size(texts)]) + std::to_string(i), randomValue(random, depth + 1));
        return map;
    }
    }
}

} // namespace

class TestPatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void changesOnlyWhatIsNamed_data();
    void changesOnlyWhatIsNamed();
    void twoHundredRandomEdits_data();
    void twoHundredRandomEdits();
    void survivesAsJson();
    void refusesWhatIsNotThere();
    void editsJson();
};

void TestPatch::changesOnlyWhatIsNamed_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("patch");
    QTest::addColumn<QString>("after");
    const auto row = [](const char *name, const char *before, const Patch &patch, const char *after) {
        QTest::newRow(name) << QString::fromUtf8(before) << QString::fromStdString(json::write(patch.toJson())) << QString::fromUtf8(after);
    };
    const std::string f = "gatehouse.yaml";
    row("scalar", "a: 1 # c\nb: 2\n", Patch::replace(f, Path::of("a"), Node::scalar("3")), "a: 3 # c\nb: 2\n");
    row("keeps quotes", "a: 'x'\nb: \"y\"\n", Patch::replace(f, Path::of("a"), Node::string("it's")), "a: 'it''s'\nb: \"y\"\n");
    row("quotes what must be", "a: x\n", Patch::replace(f, Path::of("a"), Node::string("true")), "a: \"true\"\n");
    row("in a flow map", "a: { b: 1, c: x }\n", Patch::replace(f, Path::of("a.c"), Node::string("/o/{id}")), "a: { b: 1, c: \"/o/{id}\" }\n");
    row("empty value", "a:\nb: 2\n", Patch::replace(f, Path::of("a"), Node::scalar("3")), "a: 3\nb: 2\n");
    row("scalar to lines", "a: 1 # c\nb: 2\n", Patch::replace(f, Path::of("a"), Node::list({Node::map({{"x", Node::scalar("1")}})})), "a:\n  - x: 1 # c\nb: 2\n");
    row("lines to scalar", "a: # c\n  - 1\n  - 2\nb: 2\n", Patch::replace(f, Path::of("a"), Node::scalar("3")), "a: 3 # c\nb: 2\n");
    row("append to lines", "a:\n  - x # c\n# end\n", Patch::insert(f, Path::of("a[1]"), Node::string("y")), "a:\n  - x # c\n  - y\n# end\n");
    row("insert in front", "a:\n  # x's\n  - x\n", Patch::insert(f, Path::of("a[0]"), Node::string("y")), "a:\n  - y\n  # x's\n  - x\n");
    row("without a last line break", "a:\n  - x", Patch::insert(f, Path::of("a[1]"), Node::string("y")), "a:\n  - x\n  - y");
    row("append to flow", "a: [ x ]\n", Patch::insert(f, Path::of("a[1]"), Node::string("y, z")), "a: [ x, \"y, z\" ]\n");
    row("fill an empty list", "a: []\nb: 1\n", Patch::insert(f, Path::of("a[0]"), Node::map({{"x", Node::scalar("1")}})), "a:\n  - x: 1\nb: 1\n");
    row("new key", "a:\n  b: 1\nc: 2\n", Patch::insert(f, Path::of("a.d"), Node::scalar("3")), "a:\n  b: 1\n  d: 3\nc: 2\n");
    row("new section", "a: 1\n", Patch::insert(f, Path::of("b"), Node::list({Node::map({{"x", Node::scalar("1")}})})), "a: 1\n\nb:\n  - x: 1\n");
    row("maps on the way", "a: 1\n", Patch::replace(f, Path::of("b.c.d"), Node::scalar("1")), "a: 1\n\nb: { c: { d: 1 } }\n");
    row("remove an item", "a:\n  - x\n  # y's\n  # too\n  - y # yes\n  - z\n", Patch::remove(f, Path::of("a[1]")), "a:\n  - x\n  - z\n");
    row("remove the only item", "a: # c\n  - x\nb: 1\n", Patch::remove(f, Path::of("a[0]")), "a: [] # c\nb: 1\n");
    row("remove behind the dash", "a:\n  - x: 1\n    # y's\n    y: 2\n", Patch::remove(f, Path::of("a[0].x")), "a:\n  - # y's\n    y: 2\n");
    row("remove a key", "a: 1\n# b's\nb: 2\nc: 3\n", Patch::remove(f, Path::of("b")), "a: 1\nc: 3\n");
    row("remove in flow", "a: { b: 1, c: 2, d: 3 }\n", Patch::remove(f, Path::of("a.d")), "a: { b: 1, c: 2 }\n");
    row("remove first in flow", "a: [ 1, 2 ]\n", Patch::remove(f, Path::of("a[0]")), "a: [ 2 ]\n");
    row("move up", "a:\n  - x # 1\n  # y's\n  - y\n    # in y\n", Patch::move(f, Path::of("a[1]"), Path::of("a[0]")), "a:\n  # y's\n  - y\n  - x # 1\n    # in y\n");
    row("move down", "a:\n  # x's\n  - x: 1\n    z: 2\n  - y: 2\nb: 1\n", Patch::move(f, Path::of("a[0]"), Path::of("a[1]")), "a:\n  - y: 2\n  # x's\n  - x: 1\n    z: 2\nb: 1\n");
    row("move in flow", "a: [ x, 'y', z ]\n", Patch::move(f, Path::of("a[2]"), Path::of("a[0]")), "a: [ z, x, 'y' ]\n");
    row("rename a key", "a: { x-a: 1 } # c\n", Patch::move(f, Path::of("a.x-a"), Path::of("a.x-b")), "a: { x-b: 1 } # c\n");
    row("text of several lines", "a: x\nb: 1\n", Patch::replace(f, Path::of("a"), Node::string("one\ntwo\n")), "a: |\n  one\n  two\nb: 1\n");
    row("replace a literal", "a:\n  - b: |\n      x\n\n    c: 1\n", Patch::replace(f, Path::of("a[0].b"), Node::string("y")), "a:\n  - b: y\n\n    c: 1\n");
}

void TestPatch::changesOnlyWhatIsNamed()
{
    QFETCH(QString, before);
    QFETCH(QString, patch);
    QFETCH(QString, after);
    const Ground ground = read(before.toStdString());
    const auto value = json::parse(patch.toStdString());
    QVERIFY(value.ok());
    const auto parsed = Patch::fromJson(*value);
    QVERIFY(parsed.ok());
    auto result = applyChange(ground.text, ground.root, (*parsed).changes[0], nullptr, 0);
    QVERIFY2(result.ok(), result.ok() ? "" : result.error().message.c_str());
    QCOMPARE(QString::fromStdString(result->text), after);
    std::string text = result->text;
    Node root = result->root;
    for (const Change &change : result->inverse) {
        auto back = applyChange(text, root, change, nullptr, 0);
        QVERIFY(back.ok());
        text = back->text;
        root = back->root;
    }
    QCOMPARE(QString::fromStdString(text), before);
}

void TestPatch::twoHundredRandomEdits_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 5; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void TestPatch::twoHundredRandomEdits()
{
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    const std::string first = splitEscapes(commented);
    Ground now = read(first);
    std::vector<std::vector<Change>> undo;
    int done = 0;
    for (int round = 0; done < 200; ++round) {
        QVERIFY2(round < 2000, "too many edits were refused");
        std::vector<Path> paths;
        collect(now.root, {}, paths);
        if (paths.size() < 12) { // edits have eaten the file: begin again on the first text, keeping what is to be undone
            for (auto it = undo.rbegin(); it != undo.rend(); ++it)
                for (const Change &change : *it) {
                    auto back = applyChange(now.text, now.root, change, nullptr, 0);
                    QVERIFY(back.ok());
                    now = {back->text, back->root};
                }
            undo.clear();
            QCOMPARE(now.text, first);
            continue;
        }
        const Path path = paths[random() % paths.size()];
        Change change;
        change.file = "gatehouse.yaml";
        change.path = path;
        const Node &parent = *now.root.at(path.parent());
        switch (random() % 4) {
        case 0:
            change.op = Change::Op::Replace;
            change.value = now.root.at(path)->isScalar() ? Node::string("v" + std::to_string(random() % 1000)) : randomValue(random);
            break;
        case 1:
            change.op = Change::Op::Insert;
            change.path = path.parent() / (parent.isList() ? Step(random() % (parent.items.size() + 1)) : Step("new-" + std::to_string(random() % 100000)));
            change.value = randomValue(random);
            break;
        case 2:
            if (random() % 3) // removing eats the file
                continue;
            change.op = Change::Op::Remove;
            break;
        default:
            change.op = Change::Op::Move;
            change.to = path.parent() / (parent.isList() ? Step(random() % parent.items.size()) : Step("moved-" + std::to_string(random() % 100000)));
        }
        auto result = applyChange(now.text, now.root, change, nullptr, 0);
        if (!result) {
            Patch patch;
            patch.changes.push_back(change);
            QFAIL(qPrintable(QString::fromStdString(result.error().message + "\n" + json::write(patch.toJson()) + "\n" + now.text)));
        }
        // Bytes outside of the splices are those of before.
        std::string back = result->text;
        for (const Change &inverse : result->inverse)
            back.replace(inverse.offset, inverse.removed.size(), inverse.text);
        QCOMPARE(QString::fromStdString(back), QString::fromStdString(now.text));
        // A changed scalar changes its own lines only.
        // (The random value may be the one that stood there: then nothing may differ, and there are no lines to compare.)
        if (result->text != now.text && change.op == Change::Op::Replace && now.root.at(path)->isScalar() && !now.root.at(path)->isNull()) {
            const Node &old = *now.root.at(path);
            const auto [from, to] = changedLines(now.text, result->text);
            const size_t line = old.line - 1;
            const size_t lines = static_cast<size_t>(std::count(now.text.begin() + static_cast<std::ptrdiff_t>(old.span.begin), now.text.begin() + static_cast<std::ptrdiff_t>(old.span.end), '\n'));
            QVERIFY(from >= line && to <= line + lines + 1);
        }
        undo.push_back(result->inverse);
        now = {std::move(result->text), std::move(result->root)};
        ++done;
    }
    for (auto it = undo.rbegin(); it != undo.rend(); ++it)
        for (const Change &change : *it) {
            auto back = applyChange(now.text, now.root, change, nullptr, 0);
            QVERIFY(back.ok());
            now = {back->text, back->root};
        }
    QCOMPARE(QString::fromStdString(now.text), QString::fromStdString(first));
}

void TestPatch::survivesAsJson()
{
    Patch patch = Patch::insert("a.yaml", Path::of("routes[0]"), Node::map({{"name", Node::string("x")}, {"n", Node::scalar("1")}, {"l", Node::list({Node::string("1")})}}));
    patch.add(Patch::move("a.yaml", Path::of("a[\"x.y\"]"), Path::of("b")));
    patch.add(Patch::splice("b.yaml", 7, "old\n", "new"));
    const auto text = json::write(patch.toJson());
    const auto value = json::parse(text);
    QVERIFY(value.ok());
    const auto again = Patch::fromJson(*value);
    QVERIFY(again.ok());
    QCOMPARE(json::write((*again).toJson()), text);
    QVERIFY(sameValue((*again).changes[0].value, patch.changes[0].value));
    QVERIFY(!Patch::fromJson(json::Value("x")).ok());
    QVERIFY(!Patch::fromJson(json::Value::array({json::Value::object({{"op", "explode"}})})).ok());
}

void TestPatch::refusesWhatIsNotThere()
{
    const Ground ground = read("a: [ 1 ]\nb: { c: 1 }\n");
    for (const Patch &patch : {Patch::remove("x", Path::of("z")), Patch::insert("x", Path::of("a[5]"), Node::scalar("1")),
             Patch::insert("x", Path::of("b.c"), Node::scalar("2")), Patch::insert("x", Path::of("b[0]"), Node::scalar("2")),
             Patch::move("x", Path::of("b"), Path::of("a")), Patch::move("x", Path::of("b"), Path::of("b.c.d")), Patch::splice("x", 0, "other", "")})
        QVERIFY(!applyChange(ground.text, ground.root, patch.changes[0], nullptr, 0).ok());
}

void TestPatch::editsJson()
{
    const std::string text = "{\n  \"a\": [1, 2],\n  \"b\": {\"c\": \"x\"}\n}\n";
    auto root = parseJson(text, 0, "w.json");
    QVERIFY(root.ok());
    auto result = applyChange(text, *root, Patch::replace("w.json", Path::of("b.c"), Node::string("1")).changes[0], nullptr, 0);
    QVERIFY(result.ok());
    QCOMPARE(result->text, std::string("{\n  \"a\": [1, 2],\n  \"b\": {\"c\": \"1\"}\n}\n"));
    result = applyChange(text, *root, Patch::insert("w.json", Path::of("a[2]"), Node::map({{"k", Node::scalar("true")}})).changes[0], nullptr, 0);
    QVERIFY(result.ok());
    QCOMPARE(result->text, std::string("{\n  \"a\": [1, 2, {\"k\": true}],\n  \"b\": {\"c\": \"x\"}\n}\n"));
}

QTEST_GUILESS_MAIN(TestPatch)
#include "tst_patch.moc"
