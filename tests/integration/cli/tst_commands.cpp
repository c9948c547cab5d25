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
