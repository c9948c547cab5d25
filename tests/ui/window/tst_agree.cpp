// What `gatehouse-cli explain` says, what the Explain bar of the window says, what the recorded exchange's Why says, and what really
// happened: the client's answer and what the backend saw. All of them agree, whatever becomes of the request.
#include "gateway/base/text.h"
#include "gateway/observe/explanationjson.h"
#include "tests/support/program.h"
#include "tests/ui/window/window.h"
#include "ui/routes/explainbar.h"
#include "ui/widgets/runs.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>

#include <algorithm>

using namespace gatehouse;
using gatehouse::test::waitFor;

namespace {

std::string workspaceFor(uint16_t backend)
{
    return R"(gatehouse: 1
name: shop
listeners:
  - name: main
    address: 127.0.0.1:0
upstreams:
  - name: orders
    endpoints: [ { url: "http:)" "/" "/127.0.0.1:" + std::to_string(backend) + R"(" } ]
consumers:
  - name: web-app
    api-keys: [ key-of-the-web-app ]
groups:
  - name: public
    prefix: /v1
routes:
  - name: get-order
    group: public
    match: { path: "/orders/{id:int}", methods: [ GET ] }
    rewrite: { path: "/orders/{path.id}/whole" }
    to: { upstream: orders }
  - name: get-order-beta
    group: public
    match: { path: "/orders/{id:int}", methods: [ GET ], headers: { x-beta: "1" } }
    policies: [ { headers: { request: { set: { x-way: beta }, remove: [ x-beta ] } } } ]
    to: { upstream: orders }
  - name: admin
    match: { hosts: [ admin.localhost ], prefix: / }
    to: { upstream: orders }
  - name: users
    match: { prefix: /api }
    rewrite: { strip-prefix: /api }
    to: { upstream: orders }
  - name: secure
    match: { prefix: /secure }
    policies: [ { key-auth: {} } ]
    to: { upstream: orders }
  - name: few
    match: { exact: /few }
    policies: [ { rate-limit: { requests: 1, per: 1h } } ]
    to: { upstream: orders }
  - name: inside
    match: { exact: /inside }
    policies: [ { ip-filter: { deny: [ 127.0.0.0/8 ] } } ]
    to: { upstream: orders }
  - name: legacy
    match: { prefix: /old }
    to: { redirect: { location: "/v2{path-rest}", status: 308 } }
  - name: hello
    match: { exact: /hello, methods: [ GET ] }
    to: { respond: { status: 203, body: hi } }
  - name: product
    match: { path: "/products/{sku}" }
    to: { mock: product }
  - name: turn
    match: { exact: /turn }
    to: { mock: turn }
mocks:
  - name: product
    responses:
      - { when: { path: { sku: missing } }, status: 404, json: { error: not found } }
      - { when: { headers: { x-chaos: "1" } }, status: 503 }
      - { when: { methods: [ GET ] }, status: 200, json: { name: lamp } }
  - name: turn
    mode: sequence
    responses: [ { status: 201 }, { status: 202 } ]
)";
}

struct Case {
    const char *name;
    std::string method, path;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string route; // empty: none
    int status;
    std::string refusedBy; // the policy's kind; empty: none
    std::string backend;   // the request line it sees; empty: it sees nothing
    bool asAfresh = true;  // the command line knows nothing of what has been counted: it says the same as the running engine
};

const std::vector<Case> cases{
    {"by path", "GET", "/v1/orders/42?x=1", {}, "get-order", 200, {}, "GET /orders/42/whole?x=1 HTTP/1.1"},
    {"by header", "GET", "/v1/orders/42", {{"X-Beta", "1"}}, "get-order-beta", 200, {}, "GET /v1/orders/42 HTTP/1.1"},
    {"by host", "GET", "/hello", {{"Host", "admin.localhost"}}, "admin", 200, {}, "GET /hello HTTP/1.1"},
    {"prefix stripped", "POST", "/api/users?page=2", {}, "users", 200, {}, "POST /users?page=2 HTTP/1.1"},
    {"no key", "GET", "/secure/a", {}, "secure", 401, "key-auth", {}},
    {"wrong key", "GET", "/secure/a", {{"X-Api-Key", "another"}}, "secure", 401, "key-auth", {}},
    {"right key", "GET", "/secure/a", {{"X-Api-Key", "key-of-the-web-app"}}, "secure", 200, {}, "GET /secure/a HTTP/1.1"},
    {"first of few", "GET", "/few", {}, "few", 200, {}, "GET /few HTTP/1.1"},
    {"one too many", "GET", "/few", {}, "few", 429, "rate-limit", {}, false},
    {"not from here", "GET", "/inside", {}, "inside", 403, "ip-filter", {}},
    {"redirect", "GET", "/old/things", {}, "legacy", 308, {}, {}},
    {"respond", "GET", "/hello", {}, "hello", 203, {}, {}},
    {"mock by path", "GET", "/products/missing", {}, "product", 404, {}, {}},
    {"mock by header", "GET", "/products/lamp", {{"X-Chaos", "1"}}, "product", 503, {}, {}},
    {"mock at last", "GET", "/products/lamp", {}, "product", 200, {}, {}},
    {"mock without response", "PUT", "/products/lamp", {}, "product", 404, {}, {}},
    {"first of a sequence", "GET", "/turn", {}, "turn", 201, {}, {}},
    {"second of a sequence", "GET", "/turn", {}, "turn", 202, {}, {}, false},
    {"no route", "GET", "/nowhere", {}, {}, 404, {}, {}},
    {"no such method", "DELETE", "/hello", {}, {}, 404, {}, {}},
    {"no such type", "GET", "/v1/orders/abc", {}, {}, 404, {}, {}},
    {"not this host", "GET", "/hello", {{"Host", "shop.test"}}, {}, 421, {}, {}},
};

QString q(const std::string &text) { return QString::fromStdString(text); }

// Fields as "name: value", without those that belong to one connection or name this instance.
QStringList comparable(const std::vector<std::pair<std::string, std::string>> &fields)
{
    QStringList lines;
    for (const auto &[name, value] : fields)
        if (const std::string key = lower(name); key != "via" && key != "connection")
            lines << q(key + ": " + value);
    lines.sort();
    return lines;
}

std::vector<std::pair<std::string, std::string>> fieldsOf(const std::string &message)
{
    std::vector<std::pair<std::string, std::string>> fields;
    const std::string head = message.substr(0, message.find("\r\n\r\n"));
    for (std::string_view line : split(head, '\n'))
        if (const size_t colon = line.find(": "); colon != std::string_view::npos)
            fields.emplace_back(line.substr(0, colon), line.substr(colon + 2, line.find('\r') - colon - 2));
    return fields;
}

QString winner(const std::vector<observe::Candidate> &rules)
{
    for (const observe::Candidate &rule : rules)
        if (rule.won)
            return q(rule.route);
    return {};
}

const observe::PolicyStep *refusing(const observe::Explanation &why)
{
    const auto at = std::find_if(why.policies.begin(), why.policies.end(), [](const observe::PolicyStep &step) { return step.verdict == observe::StepVerdict::Refused; });
    return at == why.policies.end() ? nullptr : &*at;
}

QJsonObject toQt(const observe::Explanation &why) { return QJsonDocument::fromJson(QByteArray::fromStdString(json::write(observe::explanationJson(why)))).object(); }

} // namespace

class TestAgree : public QObject {
    Q_OBJECT
private:
    test::FakeUpstream *m_self = nullptr;
    std::unique_ptr<test::FakeUpstream> m_backend;
    std::unique_ptr<test::WindowWithEngine> m_it;
    uint64_t m_position = 0;

    ui::ExplainBar *bar() { return m_it->window().currentPanel()->findChild<ui::ExplainBar *>(); }
    // The request as a curl line for this gateway.
    QStringList curl(const Case &c) const
    {
        QStringList words{QStringLiteral("curl"), QStringLiteral("-X"), q(c.method)};
        for (const auto &[name, value] : c.headers)
            words << QStringLiteral("-H") << q(name + ": " + value);
        return words << QStringLiteral("http://127.0.0.1:%1").arg(m_it->port()) + q(c.path);
    }
    std::string octets(const Case &c) const
    {
        std::string text = c.method + " " + c.path + " HTTP/1.1\r\n";
        const bool host = std::any_of(c.headers.begin(), c.headers.end(), [](const auto &field) { return field.first == "Host"; });
        if (!host)
            text += "Host: 127.0.0.1:" + std::to_string(m_it->port()) + "\r\n";
        for (const auto &[name, value] : c.headers)
            text += name + ": " + value + "\r\n";
        return text + "Connection: close\r\n\r\n";
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_backend = std::make_unique<test::FakeUpstream>(test::answering(m_self, "from the backend"));
        m_self = m_backend.get();
        m_it = std::make_unique<test::WindowWithEngine>(workspaceFor(m_backend->port()));
        QCOMPARE(m_it->session().errorCount(), 0);
    }
    void cleanupTestCase()
    {
        m_it.reset();
        m_backend.reset();
    }

    void allSayTheSame_data()
    {
        QTest::addColumn<int>("index");
        for (size_t i = 0; i < cases.size(); ++i)
            QTest::newRow(cases[i].name) << int(i);
    }
    void allSayTheSame()
    {
        QFETCH(int, index);
        const Case &c = cases[size_t(index)];
        // Asked in the window.
        QStringList quoted = curl(c);
        for (QString &word : quoted)
            if (word.contains(QLatin1Char(' ')) || word.contains(QLatin1Char('&')))
                word = QLatin1Char('\'') + word + QLatin1Char('\'');
        QLineEdit *line = bar()->line();
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, quoted.join(QLatin1Char(' ')));
        QTest::keyClick(line, Qt::Key_Return);
        QVERIFY2(bar()->answer().has_value(), qPrintable(line->text()));
        const observe::Explanation asked = *bar()->answer();
        QString shown;
        for (const ui::RunsLabel *label : bar()->findChildren<ui::RunsLabel *>())
            shown += ui::toPlainText(label->runs());
        // Asked on the command line, of the file.
        const test::Ran ran = test::runCli(QStringList{QStringLiteral("explain"), m_it->folder(), QStringLiteral("--json"), QStringLiteral("--")} + curl(c));
        QCOMPARE(ran.code, 0);
        const QJsonObject command = ran.json().object();
        // What happens.
        const size_t seenBefore = m_backend->noted().size();
        const std::string answer = test::request(m_it->port(), octets(c));
        std::optional<api::ExchangeDetail> recorded;
        QVERIFY(waitFor("the exchange to be recorded", [&] {
            const observe::ExchangePage page = m_it->api().exchanges.since(m_position, 1000);
            for (const observe::Row &row : page.rows)
                if (row.state == observe::State::Final)
                    recorded = m_it->api().exchanges.detail(row.id);
            m_position = page.next;
            return recorded.has_value();
        }));
        const std::vector<std::string> noted = m_backend->noted();

        QCOMPARE(test::statusOf(answer), c.status);
        QCOMPARE(int(recorded->row.status), c.status);
        QCOMPARE(int(recorded->why.status), c.status);
        if (!c.backend.empty())
            QCOMPARE(int(asked.status), 0); // the upstream's to say
        else
            QCOMPARE(int(asked.status), c.status);
        for (const observe::Explanation *why : {&asked, &std::as_const(recorded->why)}) {
            QCOMPARE(q(why->route.value_or(std::string())), q(c.route));
            QCOMPARE(q(refusing(*why) ? refusing(*why)->kind : std::string()), q(c.refusedBy));
        }
        QCOMPARE(q(std::string(observe::name(asked.verdict))), q(std::string(observe::name(recorded->why.verdict))));
        QCOMPARE(int(asked.target), int(recorded->why.target));
        QVERIFY2(shown.contains(!c.route.empty() ? q(c.route) : c.status == 421 ? QStringLiteral("does not answer for shop.test") : QStringLiteral("No route matches")), qPrintable(shown));
        if (!c.refusedBy.empty())
            QVERIFY2(shown.contains(QStringLiteral("refused by")), qPrintable(shown));

        // The candidates, conditions and captures are the same everywhere; and of the command line all the rest that nothing counts.
        const QJsonObject inWindow = toQt(asked), inTrace = toQt(recorded->why);
        QCOMPARE(inTrace.value(QLatin1String("candidates")), inWindow.value(QLatin1String("candidates")));
        for (const char *key : {"listener", "route", "candidates", "target", "request", "changes"})
            QCOMPARE(command.value(QLatin1String(key)), inWindow.value(QLatin1String(key)));
        if (c.asAfresh)
            for (const char *key : {"verdict", "status", "mock", "error"})
                QCOMPARE(command.value(QLatin1String(key)), inWindow.value(QLatin1String(key)));

        // Of a mock: its rules, and the response that was taken.
        QCOMPARE(winner(recorded->why.mockRules), winner(asked.mockRules));
        QCOMPARE(inTrace.value(QLatin1String("mock")), inWindow.value(QLatin1String("mock")));

        // What went out.
        if (c.backend.empty()) {
            QCOMPARE(noted.size(), seenBefore);
            QVERIFY(recorded->forwarded.startLine.empty());
        } else {
            QCOMPARE(noted.size(), seenBefore + 1);
            const std::string &seen = noted.back();
            QCOMPARE(q(seen.substr(0, seen.find("\r\n"))), q(c.backend));
            QCOMPARE(q(recorded->forwarded.startLine), q(c.backend));
            QCOMPARE(comparable(recorded->forwarded.fields), comparable(fieldsOf(seen)));
            QCOMPARE(comparable(asked.headers), comparable(fieldsOf(seen)));
            const std::string target = c.backend.substr(c.backend.find(' ') + 1, c.backend.rfind(' ') - c.backend.find(' ') - 1);
            QCOMPARE(q(asked.url), q("http://" + test::fieldOf(seen, "host") + target));
            QCOMPARE(q(recorded->why.url), q(asked.url));
            QVERIFY2(seen.find("key-of-the-web-app") == std::string::npos, seen.c_str());
        }
        if (asked.target == observe::TargetKind::Redirect)
            QCOMPARE(q(test::fieldOf(answer, "location")), q(asked.targetName));
    }
};

QTEST_MAIN(TestAgree)
#include "tst_agree.moc"
