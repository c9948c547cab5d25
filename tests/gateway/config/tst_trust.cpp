// A stranger's workspace: what is granted is remembered by folder and words, what is not is held back and nothing else is.
#include "gateway/config/trust.h"
#include "gateway/policy/shapes.h"
#include "tests/support/support.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryDir>

#include <algorithm>

using namespace gatehouse;
using namespace gatehouse::config;

namespace {

const char *const stranger = R"(gatehouse: 1
name: shop
listeners:
  - name: main
    address: 127.0.0.1:0
  - name: open
    address: 0.0.0.0:0
    expose: true
  - name: keyed
    address: 127.0.0.1:0
    policies: [ tag ]
upstreams:
  - name: near
    endpoints: [ { url: "http://127.0.0.1:1" } ]
  - name: mixed
    endpoints: [ { url: "http://127.0.0.1:2" }, { url: "http://10.0.0.5:80" }, { url: "http://127.0.0.1:3" } ]
  - name: far
    endpoints: [ { url: "http://10.0.0.6:80" } ]
  - name: named
    endpoints: [ { url: "${env:TARGET}" } ]
consumers:
  - name: web
    api-keys: [ plain-key, "${secret:web-key}", "${secret:other-key}" ]
policies:
  - name: tag
    headers: { request: { set: { x-user: "${env:USER}" } } }
groups:
  - name: tagged
    prefix: /tagged
    policies: [ tag ]
routes:
  - { name: a-near, match: { exact: /near }, to: { upstream: near } }
  - { name: a-mixed, match: { exact: /mixed }, to: { upstream: mixed } }
  - { name: a-far, match: { exact: /far }, to: { upstream: far }, policies: [ { key-auth: {} } ] }
  - { name: a-named, match: { exact: /named }, to: { upstream: named } }
  - { name: a-tagged, group: tagged, match: { exact: /x }, to: { upstream: near } }
  - { name: a-header, match: { exact: /header }, rewrite: { headers: { set: { x: "${secret:web-key}" } } }, to: { upstream: near } }
  - { name: a-match, match: { hosts: [ "${env:NAME}" ] }, to: { upstream: near } }
  - { name: a-mock, match: { exact: /mock }, to: { mock: m } }
mocks:
  - name: m
    responses: [ { body: "hello ${env:USER}" } ]
settings:
  trusted-proxies: [ 127.0.0.1, "${env:PROXY}" ]
  recording: { redact: [ header.x-token ] }
)";

Resolved without(const Document &document, const std::set<std::string> &granted, const std::string &environment = {})
{
    ResolveOptions options;
    options.environment = environment;
    options.trusted = false;
    options.granted = [&](const std::string &wish) { return granted.contains(wish); };
    options.secrets = [](const std::string &name) { return std::optional("value of " + name); };
    options.variables = [](const std::string &name) { return std::optional<std::string>(name == "TARGET" ? "http://127.0.0.1:9" : name == "PROXY" ? "10.0.0.1" : "name.test"); };
    return resolve(document, options);
}

std::string said(const Problems &problems)
{
    std::string out;
    for (const Problem &problem : problems)
        out += problem.text() + "\n";
    return out;
}

std::set<std::string> wishes(const Document &document)
{
    std::set<std::string> out;
    for (const Wish &wish : trustWishes(document))
        out.insert(wish.what);
    return out;
}

} // namespace

class TestTrust : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { policy::registerShapes(); }

    void whatIsNotGrantedIsHeldBackAndNothingElse()
    {
        const auto document = Document::fromText(stranger);
        const Resolved resolved = without(*document, {});
        QVERIFY2(resolved.workspace, said(resolved.problems).c_str());
        const Workspace &shop = *resolved.workspace;
        QVERIFY(shop.listener("main"));
        QVERIFY(!shop.listener("open") && !shop.listener("keyed"));
        QCOMPARE(shop.upstream("near")->endpoints.size(), size_t(1));
        QCOMPARE(shop.upstream("mixed")->endpoints.size(), size_t(2));
        QCOMPARE(shop.upstream("mixed")->endpoints[1].url, std::string("http://127.0.0.1:3"));
        QVERIFY(shop.upstream("far")->endpoints.empty() && shop.upstream("named")->endpoints.empty());
        QCOMPARE(shop.consumer("web")->apiKeys.size(), size_t(1));
        QCOMPARE(shop.consumer("web")->apiKeys[0].value, std::string("plain-key"));
        QVERIFY(shop.mocks.empty() && shop.policies.empty());
        QCOMPARE(*shop.route("a-near")->to.upstream, std::string("near"));
        QCOMPARE(*shop.route("a-mixed")->to.upstream, std::string("mixed"));
        for (const char *held : {"a-far", "a-named", "a-tagged", "a-header", "a-mock"}) {
            const Route *route = shop.route(held);
            QVERIFY2(route && route->enabled && route->to.respond, held);
            QCOMPARE(route->to.respond->status, 503);
            QVERIFY(route->policies.empty());
        }
        QVERIFY(shop.route("a-far")->to.respond->body->find("sends requests to http://10.0.0.6:80") != std::string::npos);
        QVERIFY(!shop.route("a-match")->enabled);
        QCOMPARE(shop.settings.trustedProxies.size(), size_t(1));
        QCOMPARE(shop.settings.recording.redact.size(), size_t(1));
    }

    void eachPlaceSaysSo()
    {
        const auto document = Document::fromText(stranger);
        const Resolved resolved = without(*document, {});
        for (const Wish &wish : trustWishes(*document))
            QVERIFY2(std::any_of(resolved.problems.begin(), resolved.problems.end(), [&](const Problem &problem) {
                return problem.severity == Severity::Warning && problem.path == wish.at.path.text() && problem.message.find(wish.what) != std::string::npos;
            }), (wish.at.path.text() + ": " + wish.what).c_str());
        QVERIFY(!schema::hasErrors(resolved.problems));
    }

    // No value is looked up for what is not granted.
    void ungrantedIsNotEvenRead()
    {
        const auto document = Document::fromText(stranger);
        std::set<std::string> asked;
        ResolveOptions options;
        options.trusted = false;
        options.granted = [](const std::string &wish) { return wish == secretWish("other-key"); };
        options.secrets = [&](const std::string &name) { asked.insert(name); return std::optional<std::string>("v"); };
        options.variables = options.secrets;
        const Resolved resolved = resolve(*document, options);
        QVERIFY(resolved.workspace);
        QCOMPARE(asked, std::set<std::string>{"other-key"});
        QCOMPARE(resolved.workspace->consumer("web")->apiKeys.size(), size_t(2));
    }

    void grantedInFullIsTheSameAsTrusted()
    {
        const auto document = Document::fromText(stranger);
        const Resolved resolved = without(*document, wishes(*document));
        QVERIFY2(resolved.workspace, said(resolved.problems).c_str());
        QCOMPARE(said(resolved.problems), std::string());
        QCOMPARE(resolved.workspace->listeners.size(), size_t(3));
        QCOMPARE(resolved.workspace->consumer("web")->apiKeys.size(), size_t(3));
        QCOMPARE(resolved.workspace->settings.trustedProxies.size(), size_t(2));
    }

    // A variable of an environment that is made of one of the process taints what uses it.
    void throughAnEnvironment()
    {
        QTemporaryDir folder;
        QDir(folder.path()).mkpath(QStringLiteral("environments"));
        test::writeFile(folder.filePath(QStringLiteral("gatehouse.yaml")),
                        "gatehouse: 1\nlisteners:\n  - { name: main, address: \"127.0.0.1:0\" }\nroutes:\n"
                        "  - { name: a, match: { exact: /a }, to: { respond: { body: \"${who}\" } } }\n"
                        "  - { name: b, match: { exact: /b }, to: { respond: { body: \"${what}\" } } }\n");
        test::writeFile(folder.filePath(QStringLiteral("environments/local.yaml")), "who: \"${env:USER}\"\nwhat: fine\n");
        auto document = Document::open(folder.path().toStdString());
        QVERIFY(document.ok());
        const Resolved resolved = without(**document, {}, "local");
        QVERIFY2(resolved.workspace, said(resolved.problems).c_str());
        QCOMPARE(resolved.workspace->route("a")->to.respond->status, 503);
        QCOMPARE(*resolved.workspace->route("b")->to.respond->body, std::string("fine"));
    }

    void answersAreKeptByFolderAndWords()
    {
        using Answer = TrustStore::Answer;
        QTemporaryDir folder;
        const QString file = folder.path() + QStringLiteral("/own/trust.json");
        TrustStore store(file.toStdString());
        QCOMPARE(store.answer("/a", "x"), Answer::NotAsked);
        QVERIFY(store.grant("/a", {"x", "y"}).ok());
        QVERIFY(store.keepShut("/b", {"x"}).ok());
        const auto mode = QFileInfo(file).permissions();
        QVERIFY(!(mode & (QFileDevice::ReadGroup | QFileDevice::ReadOther | QFileDevice::WriteGroup | QFileDevice::WriteOther)));
        TrustStore again(file.toStdString());
        QCOMPARE(again.answer("/a", "x"), Answer::Granted);
        QCOMPARE(again.answer("/a", "z"), Answer::NotAsked); // a new wish asks again
        QCOMPARE(again.answer("/b", "x"), Answer::Shut);
        QCOMPARE(again.answer("/c", "x"), Answer::NotAsked); // another folder is another's
        QVERIFY(again.revoke("/a").ok());
        store.read();
        QCOMPARE(store.answer("/a", "x"), Answer::Shut);
        QVERIFY(store.grant("/b", {"x"}).ok());
        QCOMPARE(store.answer("/b", "x"), Answer::Granted);
        test::writeFile(file, "not json");
        store.read();
        QCOMPARE(store.answer("/b", "x"), Answer::NotAsked); // grants nothing
    }

    void missingSecretsAreToldEachOnce()
    {
        const auto document = Document::fromText("gatehouse: 1\nname: x\nlisteners:\n  - { name: main, address: \"127.0.0.1:0\" }\n"
                                                 "consumers:\n  - name: web\n    api-keys: [ \"${secret:one}\", \"${secret:two}\" ]\n");
        ResolveOptions options;
        options.whyNoSecret = [](const std::string &name) { return name == "two" ? std::string("the keychain is locked") : std::string(); };
        const std::string text = said(resolve(*document, options).problems);
        QVERIFY2(text.find("\"one\" is not set") != std::string::npos, text.c_str());
        QVERIFY2(text.find("api-keys[1]: the keychain is locked") != std::string::npos, text.c_str());
        QVERIFY2(text.find("twice") == std::string::npos, text.c_str());
    }
};

QTEST_GUILESS_MAIN(TestTrust)
#include "tst_trust.moc"
