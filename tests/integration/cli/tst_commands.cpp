// Commands that end by themselves: exit codes, what goes to standard output and what to standard error, JSON shapes.
#include "tests/support/program.h"

#include <QtCore/QDir>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

using namespace gatehouse::test;

namespace {
const char *const workspace = "gatehouse: 1\nname: t\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\nroutes:\n  - name: item\n"
                              "    match: { path: \"/items/{id}\", methods: [ GET ] }\n    to: { respond: { status: 201 } }\n";
QStringList words(const char *line) { return QString::fromUtf8(line).split(QLatin1Char(' ')); }
} // namespace

class TestCommands : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(QDir(m_folder->path()).mkpath(QStringLiteral("w")));
        write(workspace);
    }

    void wrongUsage_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *line, const char *says) { QTest::newRow(line) << QString::fromUtf8(line) << QString::fromUtf8(says); };
        row("chek w", "Did you mean check?");
        row("--versoin", "Did you mean --version?");
        row("--hlep", "Did you mean --help?");
        row("--env local check w", "stands behind its command");
        row("--jsno check w", "Did you mean --json?");
        row("check", "Usage: gatehouse-cli check WORKSPACE");
        row("check w --jsn", "Did you mean --json?");
        row("check w w", "one word too many");
        row("check w --env", "wants a value");
        row("check w --strict --strict", "given twice");
        row("schema x", "one word too many");
        row("export w --to ngix --out o", "Did you mean nginx?");
        row("export w --to nginx --out o --fail-on bad", "approximated or unsupported");
        row("explain w", "behind --");
        row("serve w --drain abc", "not a duration");
        row("serve w --workers 0", "from 1 to 256");
        row("exchanges", "control socket");
        row("ctl s statsu", "Did you mean status?");
        row("ctl s endpoint a sideways", "out|in");
        row("secret frob x", "set, delete, list");
        row("help nope", "not a command");
    }
    void wrongUsage()
    {
        QFETCH(QString, line);
        QFETCH(QString, says);
        const Ran ran = run(line.split(QLatin1Char(' ')));
        QCOMPARE(ran.code, 2);
        QCOMPARE(ran.out, QByteArray());
        QVERIFY2(QString::fromUtf8(ran.err).contains(says), ran.err.constData());
    }

    void everyCommandHasHelp()
    {
        for (const char *command : {"serve", "check", "format", "explain", "export", "schema", "exchanges", "ctl", "secret"}) {
            const Ran ran = run({QStringLiteral("help"), QString::fromUtf8(command)});
            QCOMPARE(ran.code, 0);
            QVERIFY2(ran.out.startsWith("Usage: gatehouse-cli " + QByteArray(command)), ran.out.constData());
            QCOMPARE(run({QString::fromUtf8(command), QStringLiteral("--help")}).out, ran.out);
        }
    }

    void checkSaysWhereAndWhat()
    {
        QCOMPARE(run(words("check w")).code, 0);
        QCOMPARE(run(words("check w --json")).out, QByteArray("{\"ok\":true,\"problems\":[]}\n"));
        write(QByteArray(workspace).replace("address:", "adress:"));
        const Ran text = run(words("check w"));
        QCOMPARE(text.code, 1);
        QVERIFY2(text.out.contains("gatehouse.yaml:5:5: listeners[0].adress: "), text.out.constData());
        const Ran ran = run(words("check w --json"));
        QCOMPARE(ran.code, 1);
        QCOMPARE(ran.err, QByteArray());
        QCOMPARE(ran.json().object().value(QLatin1String("ok")), QJsonValue(false));
        QJsonObject found;
        for (const QJsonValue &problem : ran.json().object().value(QLatin1String("problems")).toArray())
            if (problem.toObject().value(QLatin1String("path")) == QLatin1String("listeners[0].adress"))
                found = problem.toObject();
        QCOMPARE(found.value(QLatin1String("severity")).toString(), QStringLiteral("error"));
        QCOMPARE(found.value(QLatin1String("file")).toString(), QStringLiteral("gatehouse.yaml"));
        QCOMPARE(found.value(QLatin1String("line")).toInt(), 5);
        QCOMPARE(found.value(QLatin1String("column")).toInt(), 5);
        QCOMPARE(found.value(QLatin1String("suggestion")).toString(), QStringLiteral("address"));
        const Ran missing = run(words("check nowhere --json"));
        QCOMPARE(missing.code, 1);
        QVERIFY(missing.json().object().value(QLatin1String("problems")).isArray());
    }

    void warningsAreErrorsWhenStrict()
    {
        write(QByteArray(workspace) + "  - name: twin\n    match: { path: \"/items/{other}\", methods: [ GET ] }\n    to: { respond: { status: 200 } }\n");
        const QByteArray line = "gatehouse.yaml:10:5: routes[1]: warning: ties with the route \"item\", which stands before it; file order decides\n";
        const Ran lenient = run(words("check w"));
        QCOMPARE(lenient.code, 0);
        QCOMPARE(lenient.out, line + "No errors, 1 warning.\n");
        const Ran strict = run(words("check w --strict"));
        QCOMPARE(strict.code, 1);
        QCOMPARE(strict.out, line);
        QCOMPARE(strict.err, QByteArray("gatehouse-cli: 1 error.\n"));
        const QJsonObject json = run(words("check w --strict --json")).json().object();
        QCOMPARE(json.value(QLatin1String("ok")), QJsonValue(false));
        QCOMPARE(json.value(QLatin1String("problems")).toArray().at(0).toObject().value(QLatin1String("severity")), QJsonValue(QStringLiteral("warning")));
        QCOMPARE(run(words("check w --json")).json().object().value(QLatin1String("ok")), QJsonValue(true));
    }

    void unknownEnvironmentSaysWhichThereAre()
    {
        QVERIFY(QDir(m_folder->path()).mkpath(QStringLiteral("w/environments")));
        write(QByteArray(workspace).replace("127.0.0.1:0", "\"127.0.0.1:${port}\"").replace("status: 201", "status: \"${status}\""));
        // Told once, at the first place that needs it.
        QCOMPARE(run(words("check w --env lokal")).out,
                 QByteArray("gatehouse.yaml:5:14: listeners[0].address: there is no environment \"lokal\"; it would stand in environments/lokal.yaml\n"));
        writeFile(m_folder->filePath(QStringLiteral("w/environments/local.yaml")), "port: 0\nstatus: 201\n");
        QCOMPARE(run(words("check w --env local")).code, 0);
        QCOMPARE(run(words("check w --env lokal")).out, QByteArray("gatehouse.yaml:5:14: listeners[0].address: there is no environment \"lokal\"; the only one is local\n"));
        writeFile(m_folder->filePath(QStringLiteral("w/environments/test.yaml")), "port: 0\nstatus: 202\n");
        const Ran ran = run(words("check w --env lokal --json"));
        QCOMPARE(ran.code, 1);
        const QJsonArray problems = ran.json().object().value(QLatin1String("problems")).toArray();
        QCOMPARE(problems.size(), 1);
        QCOMPARE(problems.at(0).toObject().value(QLatin1String("message")).toString(), QStringLiteral("there is no environment \"lokal\"; there are local, test"));
        QCOMPARE(problems.at(0).toObject().value(QLatin1String("suggestion")).toString(), QStringLiteral("local"));
        write(workspace); // nothing needs it
        QCOMPARE(run(words("check w --env lokal")).out, QByteArray("gatehouse.yaml:1:1: there is no environment \"lokal\"; there are local, test\n"));
    }

    void formatIsIdempotent()
    {
        QCOMPARE(run(words("format w --check")).code, 1);
        QCOMPARE(readFile(m_folder->filePath(QStringLiteral("w/gatehouse.yaml"))), std::string(workspace));
        QCOMPARE(run(words("format w")).code, 0);
        const std::string once = readFile(m_folder->filePath(QStringLiteral("w/gatehouse.yaml")));
        QCOMPARE(run(words("format w --check")).code, 0);
        QCOMPARE(run(words("format w --json")).out, QByteArray("{\"ok\":true,\"files\":[]}\n"));
        QCOMPARE(readFile(m_folder->filePath(QStringLiteral("w/gatehouse.yaml"))), once);
        QCOMPARE(run(words("check w")).code, 0);
    }

    void schemaIsTheOneInTheRepository()
    {
        const Ran ran = run({QStringLiteral("schema")});
        QCOMPARE(ran.code, 0);
        const std::string kept = readFile(sourceDir() + QStringLiteral("/resources/schema/gatehouse-1.schema.json"));
        QVERIFY(!ran.json().isNull());
        QCOMPARE(ran.json(), QJsonDocument::fromJson(QByteArray::fromStdString(kept)));
    }

    void exportListsItsTargets()
    {
        const Ran ran = run(words("export --list --json"));
        QCOMPARE(ran.code, 0);
        QCOMPARE(ran.json().array().at(0).toObject().value(QLatin1String("name")).toString(), QStringLiteral("nginx"));
    }

    void exportFailsOnWhatItWasTold()
    {
        // Every export to nginx has something near; a policy that only looks on is something that nginx can't do.
        const QByteArray shadow = QByteArray(workspace).replace("    to:", "    policies: [ { rate-limit: { requests: 1, per: 1s }, mode: shadow } ]\n    to:");
        write(workspace);
        const Ran near = run(words("export w --to nginx --out o"));
        QCOMPARE(near.code, 0);
        QVERIFY2(near.out.contains("approximated: "), near.out.constData());
        QVERIFY(!near.out.contains("unsupported: "));
        QCOMPARE(run(words("export w --to nginx --out o --fail-on unsupported")).code, 0);
        const Ran strict = run(words("export w --to nginx --out o --fail-on approximated"));
        QCOMPARE(strict.code, 1);
        QCOMPARE(strict.out, near.out);
        QVERIFY(QFile::exists(m_folder->filePath(QStringLiteral("o/nginx.conf")))); // written all the same
        write(shadow);
        const Ran missing = run(words("export w --to nginx --out o"));
        QCOMPARE(missing.code, 0);
        QVERIFY2(missing.out.contains("unsupported: ") && missing.out.contains("routes[0].policies[0]"), missing.out.constData());
        QCOMPARE(run(words("export w --to nginx --out o --fail-on unsupported")).code, 1);
        const Ran json = run(words("export w --to nginx --json --fail-on unsupported"));
        QCOMPARE(json.code, 1);
        QCOMPARE(json.json().object().value(QLatin1String("target")).toString(), QStringLiteral("nginx"));
        QStringList levels;
        for (const QJsonValue &finding : json.json().object().value(QLatin1String("findings")).toArray())
            levels << finding.toObject().value(QLatin1String("level")).toString();
        QVERIFY(levels.contains(QStringLiteral("unsupported")) && levels.contains(QStringLiteral("approximated")));
    }

    void explainHasItsShape()
    {
        const QJsonObject match = run(words("explain w --json -- curl http://127.0.0.1/items/42")).json().object();
        QCOMPARE(match.value(QLatin1String("route")).toString(), QStringLiteral("item"));
        QCOMPARE(match.value(QLatin1String("listener")).toString(), QStringLiteral("main"));
        const QJsonObject first = match.value(QLatin1String("candidates")).toArray().at(0).toObject();
        QCOMPARE(first.value(QLatin1String("matched")), QJsonValue(true));
        QCOMPARE(first.value(QLatin1String("captures")).toObject().value(QLatin1String("id")).toString(), QStringLiteral("42"));
        const Ran ran = run(words("explain w --json -- curl -X POST http://127.0.0.1/items/42"));
        QCOMPARE(ran.code, 0);
        const QJsonObject none = ran.json().object();
        QVERIFY(none.value(QLatin1String("route")).isNull());
        const QJsonObject failed = none.value(QLatin1String("candidates")).toArray().at(0).toObject().value(QLatin1String("failed")).toObject();
        QCOMPARE(failed.value(QLatin1String("condition")).toString(), QStringLiteral("methods"));
        QCOMPARE(failed.value(QLatin1String("actual")).toString(), QStringLiteral("POST"));
    }

private:
    void write(const QByteArray &text) { writeFile(m_folder->filePath(QStringLiteral("w/gatehouse.yaml")), text.toStdString()); }
    Ran run(const QStringList &arguments) { return runCli(arguments, m_folder->path()); }
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestCommands)
#include "tst_commands.moc"
