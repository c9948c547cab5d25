// Whole workspaces: the example of the format, the samples, environments, includes, variables, trust.
#include "gateway/config/format.h"
#include "gateway/config/resolve.h"
#include "gateway/policy/cors/record.h"
#include "gateway/policy/rate-limit/record.h"
#include "gateway/policy/shapes.h"
#include "gateway/schema/yaml.h"
#include "tests/support/support.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace gatehouse;
using namespace gatehouse::config;
using namespace std::chrono_literals;

namespace {
std::unique_ptr<Document> open(const QString &folder)
{
    auto document = Document::open(folder.toStdString());
    if (!document)
        qFatal("%s", document.error().text().c_str());
    return std::move(*document);
}

std::string said(const Problems &problems)
{
    std::string out;
    for (const Problem &problem : problems)
        out += problem.text() + '\n';
    return out;
}

ResolveOptions withSecrets()
{
    ResolveOptions options;
    options.secrets = [](const std::string &name) { return std::optional<std::string>("value of " + name); };
    return options;
}
} // namespace

class TestWorkspace : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { policy::registerShapes(); }

    void exampleLessWhatIsNotBuiltPasses()
    {
        const auto document = open(test::dataDir() + QStringLiteral("/workspaces/example"));
        QCOMPARE(said(document->problems()), std::string());
        const Resolved resolved = resolve(*document, withSecrets());
        QCOMPARE(said(resolved.problems), std::string());
        QVERIFY(resolved.workspace);
        const Workspace &shop = *resolved.workspace;
        QCOMPARE(shop.name, std::string("shop"));
        QCOMPARE(shop.listeners.at(0).address, std::string("127.0.0.1:8080"));
        QCOMPARE(shop.listeners.at(0).limits.idle, Duration(75s));
        QCOMPARE(shop.upstream("orders")->endpoints.at(1).weight, 2u);
        QCOMPARE(shop.upstream("orders")->connections.idle, Duration(60s));
        QCOMPARE(shop.consumer("web-app")->apiKeys.at(0).value, std::string("value of web-app-key"));
        QCOMPARE(shop.consumer("web-app")->apiKeys.at(0).written, std::string("${secret:web-app-key}"));
        const Route &get = *shop.route("get-order");
        QCOMPARE(get.match.path->pattern, std::string("/orders/{id}"));
        QCOMPARE(get.match.headers.at(1).second.regex.value(), std::string("^[a-z]+$"));
        QCOMPARE(get.match.headers.at(2).second.present.value(), false);
        QCOMPARE(get.policies.at(0).kind, std::string("key-auth"));
        QCOMPARE(get.policies.at(0).onError, OnError::Closed);
        QCOMPARE(get.origin.path.text(), std::string("routes[0]"));
        const PolicyEntry &burst = shop.group("public")->policies.at(0);
        QCOMPARE(burst.reference, std::string("burst"));
        QCOMPARE(burst.as<policy::RateLimit>().burst.value(), uint64_t(20));
        QCOMPARE(burst.onError, OnError::Open);
        const Delivery delivery = merged(shop.upstream("orders")->delivery, get.delivery);
        QCOMPARE(delivery.connect, Duration(2s));
        QCOMPARE(delivery.response, Duration(30s));
        QCOMPARE(delivery.times, 2u);
        QCOMPARE(delivery.failures.size(), size_t(4));
        QCOMPARE(delivery.budget, 0.2);
        QCOMPARE(shop.mock("product")->responses.at(0).when->path->captures.at(0).first, std::string("sku"));
        QCOMPARE(shop.mock("product")->responses.at(1).latency.type, Latency::Type::Lognormal);
        QCOMPARE(shop.route("legacy")->to.redirect->status, 308);
    }

    void exampleInFullNamesWhatIsNotBuilt()
    {
        const auto document = open(test::dataDir() + QStringLiteral("/workspaces/example-in-full"));
        const Resolved resolved = resolve(*document, withSecrets());
        QVERIFY(!resolved.workspace);
        std::vector<std::string> paths;
        for (const Problem &problem : resolved.problems) {
            QVERIFY2(problem.message.find("not built yet") != std::string::npos, problem.text().c_str());
            paths.push_back(problem.path);
        }
        const std::vector<std::string> expected{"listeners[1].tls", "upstreams[0].health", "upstreams[0].circuit-breaker", "upstreams[2].discover",
            "routes[0].policies[1].cache", "routes[1].to.split", "routes[1].to.mirror", "routes[4].to.compose", "mocks[0].responses[1].template"};
        QCOMPARE(paths, expected);
    }

    void samplesPass_data()
    {
        QTest::addColumn<QString>("folder");
        const QDir samples(test::sourceDir() + QStringLiteral("/resources/samples"));
        const auto names = samples.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        QVERIFY(!names.isEmpty());
        for (const QString &name : names)
            QTest::newRow(qPrintable(name)) << samples.filePath(name);
    }
    void samplesPass()
    {
        QFETCH(QString, folder);
        const auto document = open(folder);
        ResolveOptions options = withSecrets();
        const auto environments = document->environments();
        options.environment = environments.empty() ? std::string() : environments[0];
        const Resolved resolved = resolve(*document, options);
        QCOMPARE(said(resolved.problems), std::string());
        // The canonical form says the same, keeps every comment and is its own canonical form.
        const auto canonical = formatted(*document, document->entry());
        QVERIFY2(canonical.ok(), canonical.ok() ? "" : canonical.error().message.c_str());
        const std::string text = document->text(document->entry());
        QCOMPARE(std::count(canonical->begin(), canonical->end(), '#'), std::count(text.begin(), text.end(), '#'));
        const auto again = Document::fromText(*canonical);
        QCOMPARE(formatted(*again, "gatehouse.yaml").value(), *canonical);
    }

    void includesAndEnvironments()
    {
        QTemporaryDir folder;
        const auto write = [&](const char *name, const char *text) { test::writeFile(folder.filePath(QString::fromUtf8(name)), text); };
        QDir(folder.path()).mkpath(QStringLiteral("services"));
        QDir(folder.path()).mkpath(QStringLiteral("environments"));
        write("gatehouse.yaml", "gatehouse: 1\ninclude: services/*.yaml\nlisteners:\n  - name: main\n    address: 127.0.0.1:${port}\nroutes:\n  - name: a\n    to: { upstream: b }\n");
        write("services/b.yaml", "upstreams:\n  - name: b\n    endpoints: [ \"${env:GATEHOUSE_TEST_URL}\" ]\nroutes:\n  - name: c\n    match: { headers: { x: \"$${port}\" } }\n    to: { upstream: b }\n");
        write("environments/local.yaml", "port: 8081\n");
        write("environments/wrong.yaml", "port: many\n");
        const auto document = open(folder.path());
        QCOMPARE(document->files(), (std::vector<std::string>{"gatehouse.yaml", "services/b.yaml", "environments/local.yaml", "environments/wrong.yaml"}));
        QCOMPARE(said(document->problems()), std::string());
        ResolveOptions options;
        options.variables = [](const std::string &name) { return name == "GATEHOUSE_TEST_URL" ? std::optional<std::string>("http://127.0.0.1:1") : std::nullopt; };
        options.environment = "local";
        Resolved resolved = resolve(*document, options);
        QCOMPARE(said(resolved.problems), std::string());
        QCOMPARE(resolved.workspace->listeners[0].address, std::string("127.0.0.1:8081"));
        QCOMPARE(resolved.workspace->upstreams[0].endpoints[0].url, std::string("http://127.0.0.1:1"));
        QCOMPARE(resolved.workspace->routes[1].origin.file, std::string("services/b.yaml"));
        QCOMPARE(resolved.workspace->routes[1].match.headers[0].second.equals.value(), std::string("${port}"));
        options.environment = "wrong";
        QCOMPARE(said(resolve(*document, options).problems), std::string("gatehouse.yaml:5:14: listeners[0].address: \"127.0.0.1:${port}\" is not right here: the port is not a number from 0 to 65535\n"));
        options.environment = "lokal";
        QVERIFY(said(resolve(*document, options).problems).find("there is no environment \"lokal\"") != std::string::npos);
        options.environment = "local";
        options.trusted = false;
        QCOMPARE(said(resolve(*document, options).problems), std::string("services/b.yaml:3:1: upstreams[0].endpoints[0]: this workspace is not trusted, and here it reads the variable GATEHOUSE_TEST_URL of the process\n"
                                                                         "services/b.yaml:3:1: upstreams[0].endpoints[0]: this workspace is not trusted, and here it sends requests to where ${env:GATEHOUSE_TEST_URL} leads\n"));
    }

    void secretsNeverShow()
    {
        const auto document = Document::fromText("gatehouse: 1\nname: x\nlisteners:\n  - name: main\n    address: \"${secret:where}\"\n");
        QCOMPARE(secretNames(*document), std::vector<std::string>{"where"});
        const std::string text = said(resolve(*document, withSecrets()).problems);
        QVERIFY(text.find("value of") == std::string::npos);
        QVERIFY(text.find("${secret:where}") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestWorkspace)
#include "tst_workspace.moc"
