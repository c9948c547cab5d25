#include "gateway/config/document.h"
#include "gateway/config/resolve.h"
#include "gateway/exporters/exporter.h"
#include "gateway/policy/shapes.h"
#include "tests/gateway/exporters/nginxgrammar.h"
#include "tests/support/support.h"

#include <QtCore/QDir>
#include <QtCore/QProcess>
#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <algorithm>
#include <random>

using namespace gatehouse;

class TestNginxExport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { policy::registerShapes(); }
    void goldens_data() { cases(); }
    void goldens();
    void nginxAcceptsIt_data() { cases(); }
    void nginxAcceptsIt();
    void findingsStandOnTheirLines_data() { cases(); }
    void findingsStandOnTheirLines();
    void secretsStayHome();
    void hostileStringsComeBack();
    void largeBodiesComeBack();
    void saysWhatCantRun();

private:
    static void cases();
};

namespace {
QString folderOf(const QString &name) { return test::dataDir() + QStringLiteral("/exporters/nginx/") + name; }

std::shared_ptr<const config::Workspace> load(const QString &folder)
{
    const auto document = config::Document::open(folder.toStdString());
    if (!document)
        return nullptr;
    config::ResolveOptions options;
    options.secrets = [](const std::string &) { return std::optional<std::string>("PLANTED-secret"); };
    const auto resolved = config::resolve(**document, options);
    for (const auto &problem : resolved.problems)
        qWarning("%u: %s: %s", problem.line, problem.path.c_str(), problem.message.c_str());
    return resolved.workspace;
}

exporters::Export exported(const config::Workspace &workspace)
{
    auto made = exporters::find("nginx")->run(workspace);
    if (!made)
        qFatal("%s", made.error().message.c_str());
    return std::move(made).value();
}

// As a person would start it, in a folder of its own: whether nginx takes it, and what it says.
std::pair<bool, QByteArray> nginxTakes(const exporters::Export &made)
{
    QTemporaryDir folder;
    for (const auto &file : made.files) {
        std::string text = file.text;
        if (const auto at = text.find("http {\n"); at != std::string::npos) { // may not write to the system's folders
            std::string paths;
            for (const char *kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
                paths += std::string(kind) + "_temp_path " + folder.path().toStdString() + "/" + kind + ";\n";
            text.insert(at + 7, paths);
        }
        test::writeFile(folder.filePath(QString::fromStdString(file.name)), text);
    }
    QProcess nginx;
    nginx.setProcessChannelMode(QProcess::MergedChannels);
    nginx.start(QStringLiteral("nginx"), {QStringLiteral("-t"), QStringLiteral("-p"), folder.path(), QStringLiteral("-c"), QStringLiteral("nginx.conf"),
                                          QStringLiteral("-g"), QStringLiteral("pid %1/pid; error_log stderr;").arg(folder.path())});
    nginx.waitForFinished();
    return {nginx.exitStatus() == QProcess::NormalExit && nginx.exitCode() == 0, nginx.readAll()};
}

// What a value says once variables are put in: only those that stand for pieces of text.
std::string meant(std::string value, const std::vector<test::Directive> &around)
{
    for (const auto &directive : around) {
        if (directive.words[0] != "set")
            continue;
        const std::string reference = "${" + directive.words[1].substr(1) + "}";
        if (const auto at = value.find(reference); at != std::string::npos)
            value.replace(at, reference.size(), directive.words[2]);
    }
    for (size_t at; (at = value.find("${gh_dollar}")) != std::string::npos;)
        value.replace(at, 12, "$");
    return value;
}

const test::Directive *findWord(const std::vector<test::Directive> &all, const std::function<bool(const test::Directive &)> &is, const std::vector<test::Directive> **around)
{
    for (const auto &directive : all) {
        if (is(directive)) {
            *around = &all;
            return &directive;
        }
        if (const auto *inner = findWord(directive.block, is, around))
            return inner;
    }
    return nullptr;
}
} // namespace

void TestNginxExport::cases()
{
    QTest::addColumn<QString>("name");
    for (const QString &name : QDir(folderOf({})).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
        QTest::newRow(qPrintable(name)) << name;
}

// GATEHOUSE_UPDATE_GOLDENS=1 writes them anew; read the difference before committing it.
void TestNginxExport::goldens()
{
    QFETCH(QString, name);
    const auto workspace = load(folderOf(name));
    QVERIFY(workspace);
    const auto made = exported(*workspace);
    const std::string findings = json::write(exporters::exportJson(*exporters::find("nginx"), made), 2) + "\n";
    const auto compare = [&](const QString &file, const std::string &text) {
        const QString path = folderOf(name) + QLatin1Char('/') + file;
        if (qEnvironmentVariableIsSet("GATEHOUSE_UPDATE_GOLDENS"))
            test::writeFile(path, text);
        QCOMPARE(QString::fromStdString(text), QString::fromStdString(test::readFile(path)));
    };
    compare(QStringLiteral("nginx.conf"), made.files[0].text);
    compare(QStringLiteral("findings.json"), findings);
    QCOMPARE(exported(*workspace).files[0].text, made.files[0].text);
}

void TestNginxExport::nginxAcceptsIt()
{
    QFETCH(QString, name);
    if (QStandardPaths::findExecutable(QStringLiteral("nginx")).isEmpty() && !QFile::exists(QStringLiteral("/usr/sbin/nginx")))
        QSKIP("nginx is not installed");
    const auto workspace = load(folderOf(name));
    QVERIFY(workspace);
    const auto [ok, said] = nginxTakes(exported(*workspace));
    QVERIFY2(ok, said.constData());
}

void TestNginxExport::findingsStandOnTheirLines()
{
    QFETCH(QString, name);
    const auto workspace = load(folderOf(name));
    QVERIFY(workspace);
    const auto made = exported(*workspace);
    const auto lines = std::count(made.files[0].text.begin(), made.files[0].text.end(), '\n');
    uint32_t last = 0;
    for (const auto &finding : made.findings) {
        QVERIFY(finding.line >= last && finding.line > 0 && finding.line <= lines);
        QVERIFY(!finding.where.empty() && !finding.feature.empty() && !finding.message.empty());
        QVERIFY2(finding.level == exporters::Level::Exact || !finding.remedy.empty(), finding.message.c_str());
        QCOMPARE(finding.file, std::string("nginx.conf"));
        last = finding.line;
    }
    QVERIFY(test::NginxGrammar::parse(made.files[0].text).has_value());
}

void TestNginxExport::secretsStayHome()
{
    const auto workspace = load(folderOf(QStringLiteral("shop")));
    QVERIFY(workspace);
    const auto made = exported(*workspace);
    QCOMPARE(made.files.size(), 2u);
    for (const auto &file : made.files)
        QVERIFY2(file.text.find("PLANTED") == std::string::npos, file.name.c_str());
    QVERIFY(made.files[1].text.find("web-app") != std::string::npos);
    QVERIFY(std::any_of(made.findings.begin(), made.findings.end(), [](const auto &finding) { return finding.feature == "key-auth.keys" && finding.level == exporters::Level::Approximated; }));
}

// Random texts of the worst characters, wherever a text can stand: the structure stays, and the text comes back.
void TestNginxExport::hostileStringsComeBack()
{
    std::mt19937 random(5);
    const std::string worst = "\"'\\;{}#$ \n\t\rab~^*%@=\x01\xc3\xa9";
    const auto text = [&] {
        std::string out;
        for (size_t i = 0, n = random() % 24; i < n; ++i)
            out += worst[random() % worst.size()];
        return out;
    };
    const auto shapeOf = [](const std::vector<test::Directive> &all) {
        std::string shape;
        const std::function<void(const std::vector<test::Directive> &)> walk = [&](const auto &list) {
            for (const auto &directive : list) {
                shape += directive.words[0] == "\"\"" || directive.words[0].starts_with("~") ? "key" : directive.words[0];
                shape += directive.hasBlock ? "{" : ";";
                walk(directive.block);
                shape += directive.hasBlock ? "}" : "";
            }
        };
        walk(all);
        return shape;
    };
    const auto workspaceWith = [](const std::string &text, const std::string &header) {
        config::Workspace workspace;
        workspace.name = text;
        config::Listener listener;
        listener.name = "main";
        listener.address = "127.0.0.1:8080";
        workspace.listeners = {listener};
        config::Route route;
        route.name = "one";
        route.match.exact = "/" + std::string("x");
        route.match.headers.emplace_back("x-a", config::TextMatch());
        route.match.headers[0].second.equals = text;
        route.match.query.emplace_back(text + "q", config::TextMatch());
        route.match.query[0].second.contains = text;
        route.description = text;
        route.to.respond.emplace();
        route.to.respond->body = text;
        route.to.respond->headers = {{"x-b", header}};
        workspace.routes = {route};
        return workspace;
    };
    const auto plain = test::NginxGrammar::parse(exported(workspaceWith("plain", "plain")).files[0].text);
    QVERIFY(plain);
    for (int round = 0; round < 300; ++round) {
        const std::string hostile = text();
        std::string header;
        for (const char c : hostile)
            header += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        const auto made = exported(workspaceWith(hostile, header));
        const auto parsed = test::NginxGrammar::parse(made.files[0].text);
        QVERIFY2(parsed.has_value(), made.files[0].text.c_str());
        QCOMPARE(QString::fromStdString(shapeOf(*parsed)), QString::fromStdString(shapeOf(*plain)));
        const std::vector<test::Directive> *around = nullptr;
        const auto *answer = findWord(*parsed, [](const test::Directive &d) { return d.words[0] == "return" && d.words[1] == "200"; }, &around);
        QVERIFY(answer && answer->words.size() == 3);
        QCOMPARE(meant(answer->words[2], *around), hostile);
        const auto *given = findWord(*parsed, [](const test::Directive &d) { return d.words[0] == "add_header" && d.words[1] == "x-b"; }, &around);
        QVERIFY(given);
        QCOMPARE(meant(given->words[2], {}), header);
        if (round % 25 == 0) {
            const auto [ok, said] = nginxTakes(made);
            QVERIFY2(ok || said.isEmpty(), said.constData());
        }
    }
}

void TestNginxExport::largeBodiesComeBack()
{
    auto workspace = *load(folderOf(QStringLiteral("conditions")));
    std::string body;
    for (int i = 0; body.size() < 30'000; ++i)
        body += "line " + std::to_string(i) + " \"$host\" {é}\n";
    workspace.routes[0].to.respond->body = body;
    const auto made = exported(workspace);
    const auto parsed = test::NginxGrammar::parse(made.files[0].text);
    QVERIFY(parsed.has_value());
    const std::vector<test::Directive> *around = nullptr;
    const auto *answer = findWord(*parsed, [](const test::Directive &d) { return d.words[0] == "return" && d.words.size() == 3 && d.words[2].starts_with("${gh_l0r0_text0}"); }, &around);
    QVERIFY(answer);
    QVERIFY(meant(answer->words[2], *around) == body);
    workspace.routes[0].to.respond->body = std::string("a\0b", 3);
    const auto withNul = exported(workspace);
    QVERIFY(std::any_of(withNul.findings.begin(), withNul.findings.end(), [](const auto &f) { return f.level == exporters::Level::Unsupported && f.message.find("NUL") != std::string::npos; }));
}

void TestNginxExport::saysWhatCantRun()
{
    auto workspace = *load(folderOf(QStringLiteral("conditions")));
    workspace.routes[0].match.exact.reset();
    workspace.routes[0].match.regex = "(";
    const auto refused = exporters::find("nginx")->run(workspace);
    QVERIFY(!refused.ok());
    QVERIFY2(refused.error().message.find("routes[0]") != std::string::npos, refused.error().message.c_str());
    QVERIFY(!exporters::find("none"));
}

QTEST_GUILESS_MAIN(TestNginxExport)
#include "tst_nginx.moc"
