// Precedence, rule by rule, and an independent naive matcher that agrees with the router on random requests.
#include "tests/gateway/runtime/build.h"

#include <QtTest/QTest>

#ifndef Q_MOC_RUN
#include <random>
#include <regex>
#include <tuple>
#endif

using namespace gatehouse;
using namespace gatehouse::test;

namespace {

// Works from the records alone, asks every route in turn, and knows none of the runtime's classes.
class NaiveMatcher {
public:
    explicit NaiveMatcher(const config::Workspace &workspace) : m_workspace(workspace) { }
    std::string route(const Asked &asked) const
    {
        std::string best = "-";
        Key bestKey;
        for (size_t i = 0; i < m_workspace.routes.size(); ++i) {
            const auto &route = m_workspace.routes[i];
            Key key;
            if (route.enabled && matches(route, asked, key)) {
                std::get<8>(key) = static_cast<long>(i);
                if (best == "-" || key < bestKey) {
                    best = route.name;
                    bestKey = key;
                }
            }
        }
        return best;
    }

private:
    // Smaller is better: -priority, -host, path class, -literal, prefix, no method, -headers, -queries, order.
    using Key = std::tuple<long, long, long, long, long, long, long, long, long>;

    static bool wildcard(const std::string &host, const std::string &pattern)
    {
        return pattern[0] == '*' && host.length() > pattern.length() - 1
            && host.compare(host.length() - (pattern.length() - 1), std::string::npos, pattern, 1, std::string::npos) == 0;
    }
    static std::vector<std::string> pieces(const std::string &path)
    {
        std::vector<std::string> out;
        std::string piece;
        for (char c : path.substr(1) + "/")
            if (c == '/') {
                out.push_back(piece);
                piece.clear();
            } else {
                piece += c;
            }
        return out;
    }
    static bool fitsTemplate(const std::string &pattern, const std::string &path, long &literal)
    {
        const auto wanted = pieces(pattern), got = pieces(path);
        literal = 0;
        for (const auto &piece : wanted)
            if (piece.find('{') == std::string::npos)
                literal += 1 + static_cast<long>(piece.size());
        for (size_t i = 0; i < wanted.size(); ++i) {
            if (wanted[i].find("*}") != std::string::npos)
                return i < got.size();
            if (i >= got.size())
                return false;
            if (wanted[i].find(":int}") != std::string::npos) {
                if (!std::regex_match(got[i], std::regex("[0-9]+")))
                    return false;
            } else if (wanted[i].find('{') != std::string::npos) {
                if (got[i].empty())
                    return false;
            } else if (wanted[i] != got[i]) {
                return false;
            }
        }
        return wanted.size() == got.size();
    }
    static bool fitsPrefix(std::string prefix, const std::string &path)
    {
        if (prefix.back() == '/')
            prefix.pop_back();
        return path == prefix || path.rfind(prefix + "/", 0) == 0;
    }
    static bool fitsText(const config::TextMatch &match, const std::vector<std::string> &values)
    {
        bool ok = false;
        if (match.present)
            ok = *match.present != values.empty();
        else
            for (const auto &value : values)
                ok = ok || (match.equals ? value == *match.equals : match.prefix ? value.rfind(*match.prefix, 0) == 0 : std::regex_search(value, std::regex(*match.regex)));
        return ok != match.negate;
    }
    bool hostFits(const std::vector<std::string> &hosts, const std::string &host, long &rank) const
    {
        rank = hosts.empty() ? 0 : -1;
        for (const auto &pattern : hosts)
            if (pattern == host)
                rank = 1'000'000;
            else if (wildcard(host, pattern))
                rank = std::max(rank, static_cast<long>(pattern.size()));
        return rank >= 0;
    }
    bool matches(const config::Route &route, const Asked &asked, Key &key) const
    {
        const auto &m = route.match;
        std::string prefix;
        auto hosts = m.hosts;
        for (const auto &group : m_workspace.groups)
            if (group.name == route.group) {
                prefix = group.prefix;
                if (hosts.empty())
                    hosts = group.hosts;
            }
        long host = 0, pathClass = 3, literal = 0;
        bool isPrefix = false;
        if (!hostFits(hosts, std::string(asked.info.host), host))
            return false;
        const std::string path(asked.info.path);
        if (m.exact) {
            pathClass = 0;
            if (path != prefix + *m.exact)
                return false;
        } else if (m.path) {
            pathClass = 1;
            if (!fitsTemplate(prefix + m.path->pattern, path, literal))
                return false;
        } else if (m.regex) {
            pathClass = 2;
            if (!prefix.empty() && !fitsPrefix(prefix, path))
                return false;
            const std::string rest = path.substr(prefix.size());
            if (!std::regex_search(rest.empty() ? "/" : rest, std::regex(*m.regex)))
                return false;
        } else if (m.prefix || !prefix.empty()) {
            pathClass = 1;
            isPrefix = true;
            const std::string whole = prefix + m.prefix.value_or("/");
            literal = static_cast<long>(whole.size()) - (whole.back() == '/' ? 1 : 0);
            if (!fitsPrefix(whole, path))
                return false;
        }
        bool method = m.methods.empty();
        for (const auto &one : m.methods)
            method = method || one == asked.method || (one == "GET" && asked.method == "HEAD");
        if (!method)
            return false;
        for (const auto &[name, match] : m.headers) {
            std::vector<std::string> values;
            for (const auto &field : asked.fields)
                if (lower(field.name) == lower(name))
                    values.emplace_back(field.value);
            if (!fitsText(match, values))
                return false;
        }
        for (const auto &[name, match] : m.query) {
            std::vector<std::string> values;
            for (const auto &pair : pieces("/" + replaced(std::string(asked.info.query))))
                if (pair.substr(0, pair.find('=')) == name)
                    values.push_back(pair.find('=') == std::string::npos ? "" : pair.substr(pair.find('=') + 1));
            if (!fitsText(match, values))
                return false;
        }
        if (!m.client.empty() && !(m.client[0].text() == "10.0.0.0/8" && asked.info.clientText.substr(0, 3) == "10."))
            return false;
        key = {-route.priority, -host, pathClass, -literal, isPrefix, m.methods.empty(), -static_cast<long>(m.headers.size()),
               -static_cast<long>(m.query.size()), 0};
        return true;
    }
    static std::string replaced(std::string query)
    {
        std::replace(query.begin(), query.end(), '&', '/');
        return query;
    }
    const config::Workspace &m_workspace;
};

// Few words, so that many routes compete for a request.
class Dice {
public:
    explicit Dice(unsigned seed) : m_random(seed) { }
    bool oneIn(unsigned n) { return m_random() % n == 0; }
    template <typename T, size_t N>
    T pick(const T (&list)[N]) { return list[m_random() % N]; }
    unsigned below(unsigned n) { return static_cast<unsigned>(m_random() % n); }

    std::string path()
    {
        static const char *words[] = {"a", "b", "7", "42", "orders", ""};
        std::string out;
        for (unsigned i = 0, n = 1 + below(4); i < n; ++i)
            out += std::string("/") + pick(words);
        return out;
    }
    std::string pattern()
    {
        static const char *words[] = {"a", "b", "7", "orders", "{x}", "{n:int}"};
        std::string out;
        bool x = false, n = false;
        for (unsigned i = 0, count = 1 + below(3); i < count; ++i) {
            std::string word = pick(words);
            if ((word == "{x}" && std::exchange(x, true)) || (word == "{n:int}" && std::exchange(n, true)))
                word = "a";
            out += "/" + word;
        }
        return oneIn(4) ? out + "/{rest*}" : out;
    }
    config::TextMatch text()
    {
        config::TextMatch match;
        switch (below(4)) {
        case 0: match.present = oneIn(2); break;
        case 1: match.prefix = "1"; break;
        case 2: match.regex = "^[12]+$"; break;
        default: match.equals = oneIn(2) ? "1" : "2";
        }
        match.negate = oneIn(5);
        return match;
    }
    config::Condition condition()
    {
        static const char *hosts[] = {"a.test", "b.a.test", "*.test", "*.a.test", "c.b.a.test"};
        static const char *methods[] = {"GET", "POST", "HEAD"};
        static const char *regexes[] = {"^/a", "7$", "^/[ab]/[0-9]+", "orders"};
        config::Condition c;
        for (unsigned i = 0, n = oneIn(2) ? 0 : 1 + below(2); i < n; ++i)
            c.hosts.push_back(pick(hosts));
        switch (below(6)) {
        case 0: c.exact = path(); break;
        case 1: c.prefix = oneIn(5) ? "/" : path(); break;
        case 2: c.regex = pick(regexes); break;
        case 3: break;
        default: c.path = pathTemplate(pattern());
        }
        if (oneIn(3))
            c.methods.push_back(pick(methods));
        if (oneIn(4))
            c.headers.emplace_back("X-One", text());
        if (oneIn(6))
            c.headers.emplace_back("x-two", text());
        if (oneIn(4))
            c.query.emplace_back("q", text());
        if (oneIn(8))
            c.query.emplace_back("r", text());
        if (oneIn(10))
            c.client.push_back(*Cidr::parse("10.0.0.0/8"));
        return c;
    }
    config::Workspace routes()
    {
        config::Workspace made = workspace();
        config::Group plain, deep;
        plain.name = "plain";
        plain.hosts = {"*.a.test"};
        deep.name = "deep";
        deep.prefix = "/a";
        made.groups = {plain, deep};
        for (unsigned i = 0, n = 1 + below(40); i < n; ++i) {
            auto one = route("r" + std::to_string(i), condition());
            one.priority = oneIn(10) ? static_cast<int>(below(3)) - 1 : 0;
            one.group = oneIn(5) ? "plain" : oneIn(5) ? "deep" : "";
            one.enabled = !oneIn(15);
            made.routes.push_back(std::move(one));
        }
        return made;
    }
    Asked request()
    {
        static const char *hosts[] = {"a.test", "b.a.test", "c.b.a.test", "z.test", "test", "other"};
        static const char *methods[] = {"GET", "POST", "HEAD", "PUT"};
        static const char *values[] = {"1", "2", "12", "3"};
        std::vector<std::pair<std::string, std::string>> headers;
        if (oneIn(2))
            headers.emplace_back("x-one", pick(values));
        if (oneIn(3))
            headers.emplace_back("X-Two", pick(values));
        if (oneIn(8))
            headers.emplace_back("X-ONE", pick(values));
        std::string query;
        if (oneIn(2))
            query = std::string("?q=") + pick(values);
        if (oneIn(3))
            query += std::string(query.empty() ? "?" : "&") + "r=" + pick(values);
        return Asked(pick(methods), pick(hosts), path() + query, headers, oneIn(3) ? "10.1.2.3" : "127.0.0.1");
    }

private:
    std::mt19937 m_random;
};

} // namespace

class TestRouter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void agreesWithANaiveMatcher()
    {
        Runtime runtime;
        int matched = 0;
        for (unsigned set = 0; set < 400; ++set) {
            Dice dice(set + 1);
            const auto made = dice.routes();
            const NaiveMatcher naive(made);
            const auto snapshot = runtime.compile(made);
            QVERIFY2(snapshot, runtime.problems.c_str());
            const auto &router = *snapshot->listeners[0]->router;
            for (int i = 0; i < 250; ++i) {
                auto asked = dice.request();
                const std::string expected = naive.route(asked), actual = asked.routeIn(router);
                if (actual != expected)
                    QFAIL(qPrintable(QStringLiteral("set %1: %2 %3%4?%5: router %6, naive %7")
                                         .arg(set).arg(QString::fromStdString(asked.method), QString::fromUtf8(asked.info.host.data(), qsizetype(asked.info.host.size())),
                                              QString::fromUtf8(asked.info.path.data(), qsizetype(asked.info.path.size())),
                                              QString::fromUtf8(asked.info.query.data(), qsizetype(asked.info.query.size())),
                                              QString::fromStdString(actual), QString::fromStdString(expected))));
                matched += expected != "-";
                if (i % 25 == 0) { // what explains says the same as what routes
                    const auto candidates = router.explain(asked.view(), asked.arena);
                    QCOMPARE(!candidates.empty() && candidates[0].won ? candidates[0].route : std::string("-"), expected);
                }
            }
        }
        QVERIFY2(matched > 30'000, qPrintable(QString::number(matched))); // else the dice would prove nothing
    }

    void precedence_data()
    {
        QTest::addColumn<int>("rule");
        for (int i = 0; i < 9; ++i)
            QTest::addRow("rule %d", i) << i;
    }
    // In each: the second in the file wins, by this rule alone.
    void precedence()
    {
        QFETCH(int, rule);
        using observe::Precedence;
        config::Condition a, b;
        a.path = b.path = pathTemplate("/v1/{x}");
        Precedence by = Precedence::FileOrder;
        int priority = 0;
        switch (rule) {
        case 0: priority = 1; a.exact = "/v1/o"; a.path = {}; a.hosts = {"a.test"}; by = Precedence::Priority; break;
        case 1: b.hosts = {"a.test"}; a.hosts = {"*.test"}; a.exact = "/v1/o"; a.path = {}; by = Precedence::Host; break;
        case 2: b.hosts = {"*.test"}; a.exact = "/v1/o"; a.path = {}; by = Precedence::Host; break;
        case 3: b.exact = "/v1/o"; b.path = {}; a.methods = {"GET"}; by = Precedence::Path; break;
        case 4: b.path = pathTemplate("/v1/o"); a.methods = {"GET"}; by = Precedence::Path; break;
        case 5: a.prefix = "/v1"; a.path = {}; a.methods = {"GET"}; by = Precedence::Path; break;
        case 6: b.methods = {"GET"}; a.headers = {{"x", is("1")}}; by = Precedence::Method; break;
        case 7: b.headers = {{"x", is("1")}}; a.query = {{"q", is("1")}, {"r", present(false)}}; by = Precedence::HeaderCount; break;
        case 8: b.query = {{"q", is("1")}}; by = Precedence::QueryCount; break;
        }
        auto first = route("first", a), second = route("second", b);
        second.priority = priority;
        Runtime runtime;
        const auto snapshot = runtime.compile(workspace({first, second}));
        QVERIFY2(snapshot, runtime.problems.c_str());
        const auto &router = *snapshot->listeners[0]->router;
        Asked asked("GET", "a.test", "/v1/o?q=1", {{"x", "1"}});
        QCOMPARE(asked.routeIn(router), std::string("second"));
        const auto candidates = router.explain(asked.view(), asked.arena);
        QCOMPARE(candidates.size(), size_t(2));
        QVERIFY(candidates[0].won && candidates[1].matched);
        QCOMPARE(*candidates[0].decided, by);
        QCOMPARE(*candidates[1].decided, by);
        QCOMPARE(candidates[1].against, std::string("second"));
        QCOMPARE(router.order(), (std::vector<uint32_t>{1, 0}));
    }
    void fileOrderDecidesTies()
    {
        config::Condition c;
        c.prefix = "/";
        Runtime runtime;
        const auto snapshot = runtime.compile(workspace({route("one", c), route("two", c)}));
        Asked asked("GET", "x.localhost", "/");
        QCOMPARE(asked.routeIn(*snapshot->listeners[0]->router), std::string("one"));
    }
    void sayWhatFailedFirst()
    {
        config::Condition beta, plain, other;
        beta.path = plain.path = pathTemplate("/v1/orders/{id}");
        beta.headers = {{"x-beta", is("1")}};
        plain.methods = {"GET"};
        other.hosts = {"other.test"};
        Runtime runtime;
        const auto snapshot = runtime.compile(workspace({route("beta", beta), route("plain", plain), route("other", other)}));
        const auto &router = *snapshot->listeners[0]->router;
        Asked got("GET", "a.test", "/v1/orders/42");
        auto candidates = router.explain(got.view(), got.arena);
        QCOMPARE(candidates.size(), size_t(3));
        QCOMPARE(candidates[0].route, std::string("plain"));
        QCOMPARE(candidates[0].captures[0], (std::pair<std::string, std::string>("id", "42")));
        QCOMPARE(*candidates[0].decided, observe::Precedence::OnlyMatch);
        QCOMPARE(candidates[1].route, std::string("beta")); // nearer than the one whose host differs
        QCOMPARE(candidates[1].failed->condition, std::string("headers.x-beta"));
        QCOMPARE(candidates[1].failed->expected, std::string("1"));
        QVERIFY(!candidates[1].failed->actual);
        QCOMPARE(candidates[2].failed->condition, std::string("hosts"));
        using observe::Cell;
        QCOMPARE(candidates[2].cells[0], Cell::Failed);
        QCOMPARE(candidates[1].cells[1], Cell::Passed);
        QCOMPARE(candidates[1].cells[2], Cell::NoCondition);
        Asked put("PUT", "a.test", "/v1/orders/42", {{"x-beta", "2"}});
        candidates = router.explain(put.view(), put.arena);
        QCOMPARE(candidates[0].route, std::string("beta"));
        QCOMPARE(*candidates[0].failed->actual, std::string("2"));
        QCOMPARE(candidates[1].failed->condition, std::string("methods"));
        QCOMPARE(*candidates[1].failed->actual, std::string("PUT"));
    }
    void headIsAGet()
    {
        config::Condition c;
        c.methods = {"GET"};
        Runtime runtime;
        const auto snapshot = runtime.compile(workspace({route("get", c)}));
        QCOMPARE(Asked("HEAD", "a.test", "/").routeIn(*snapshot->listeners[0]->router), std::string("get"));
        QCOMPARE(Asked("get", "a.test", "/").routeIn(*snapshot->listeners[0]->router), std::string("-"));
    }
    void combinedConditions()
    {
        config::Condition inner, outer;
        inner.headers = {{"x-tenant", present(true)}};
        outer.negated = std::make_shared<config::Condition>(inner);
        config::Condition cookie, client;
        cookie.cookies = {{"beta", is("yes")}};
        client.client = {*Cidr::parse("10.0.0.0/8")};
        outer.any = {cookie, client};
        Runtime runtime;
        const auto snapshot = runtime.compile(workspace({route("r", outer)}));
        const auto &router = *snapshot->listeners[0]->router;
        QCOMPARE(Asked("GET", "a.test", "/", {{"cookie", "a=b; beta=yes"}}).routeIn(router), std::string("r"));
        QCOMPARE(Asked("GET", "a.test", "/", {}, "10.9.9.9").routeIn(router), std::string("r"));
        Asked neither("GET", "a.test", "/");
        QCOMPARE(neither.routeIn(router), std::string("-"));
        QCOMPARE(router.explain(neither.view(), neither.arena)[0].failed->condition, std::string("any"));
        Asked tenant("GET", "a.test", "/", {{"x-tenant", "t"}}, "10.9.9.9");
        QCOMPARE(tenant.routeIn(router), std::string("-"));
        QCOMPARE(router.explain(tenant.view(), tenant.arena)[0].failed->condition, std::string("not"));
    }
    void sharesAreSteadyAndOfTheirSize()
    {
        config::Condition c;
        c.share = 0.1;
        Runtime runtime;
        const auto snapshot = runtime.compile(workspace({route("canary", c)}));
        const auto &router = *snapshot->listeners[0]->router;
        int inside = 0;
        for (int i = 0; i < 10'000; ++i) {
            const std::string client = "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
            const std::string first = Asked("GET", "a.test", "/", {}, client).routeIn(router);
            QCOMPARE(Asked("GET", "a.test", "/other", {}, client).routeIn(router), first);
            inside += first == "canary";
        }
        QVERIFY2(inside > 850 && inside < 1150, qPrintable(QString::number(inside)));
    }
    void queryValuesAreDecoded()
    {
        config::Condition c;
        c.query = {{"full name", is("a b")}};
        Runtime runtime;
        const auto snapshot = runtime.compile(workspace({route("r", c)}));
        const auto &router = *snapshot->listeners[0]->router;
        QCOMPARE(Asked("GET", "a.test", "/?x=1&full+name=a%20b").routeIn(router), std::string("r"));
        QCOMPARE(Asked("GET", "a.test", "/?full+name=a%2520b").routeIn(router), std::string("-"));
    }
};

QTEST_GUILESS_MAIN(TestRouter)
#include "tst_router.moc"
