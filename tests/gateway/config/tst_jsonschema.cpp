// The JSON Schema is generated, committed, and agrees with the reader. GATEHOUSE_WRITE_GOLDENS=1 writes the file anew.
#include "gateway/config/resolve.h"
#include "gateway/config/shapes.h"
#include "gateway/policy/shapes.h"
#include "tests/gateway/config/schemavalidator.h"
#include "tests/support/support.h"

#include <QtCore/QDir>
#include <QtTest/QTest>

using namespace gatehouse;
using json::Value;
using test::asJson;
using test::Validator;

class TestJsonSchema : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { policy::registerShapes(); }

    void isWhatIsCommitted()
    {
        const std::string made = json::write(config::workspaceJsonSchema(), 2) + '\n';
        const QString file = test::sourceDir() + QStringLiteral("/resources/schema/gatehouse-1.schema.json");
        if (qEnvironmentVariableIsSet("GATEHOUSE_WRITE_GOLDENS"))
            test::writeFile(file, made);
        QVERIFY2(test::readFile(file) == made, "resources/schema/gatehouse-1.schema.json is not what the shapes make; write it anew with GATEHOUSE_WRITE_GOLDENS=1");
    }

    void agreesWithTheReader_data()
    {
        QTest::addColumn<QString>("folder");
        for (const char *group : {"/tests/data/workspaces/broken", "/tests/data/workspaces", "/resources/samples"}) {
            const QDir all(test::sourceDir() + QString::fromUtf8(group));
            for (const QString &name : all.entryList(QDir::Dirs | QDir::NoDotAndDotDot))
                if (QFile::exists(all.filePath(name) + QStringLiteral("/gatehouse.yaml")))
                    QTest::newRow(qPrintable(name)) << all.filePath(name);
        }
    }
    void agreesWithTheReader()
    {
        QFETCH(QString, folder);
        auto document = config::Document::open(folder.toStdString());
        QVERIFY(document.ok());
        const schema::Node *root = (*document)->root("gatehouse.yaml");
        if (!root)
            return; // not YAML: there is nothing for a schema to see
        const Value schema = config::workspaceJsonSchema();
        const bool schemaSays = Validator(schema).valid(schema, asJson(*root));
        const bool readerSays = !schema::hasErrors((*document)->problems());
        // What a JSON Schema can't say: names that must exist, files, order of values, what RE2 and hosts look like, addresses beyond loopback.
        static const std::vector<std::string> beyond{"duplicate-name", "exposed-without-saying", "port-too-large", "bad-template", "bad-regex", "unknown-upstream",
            "unknown-policy", "unknown-group", "bad-host", "bad-expression", "cors-credentials", "file-outside", "include-missing", "mock-latency", "empty-match",
            "address-of-a-host", "backoff-order", "bad-url", "bad-network", "counting-key", "method-in-small", "bad-header"};
        if (schemaSays == readerSays)
            return;
        QVERIFY2(schemaSays, "the schema refuses what the reader takes");
        const std::string name = QDir(folder).dirName().toStdString();
        QVERIFY2(std::find(beyond.begin(), beyond.end(), name) != beyond.end(), "the schema takes what the reader refuses");
    }
};

QTEST_GUILESS_MAIN(TestJsonSchema)
#include "tst_jsonschema.moc"
