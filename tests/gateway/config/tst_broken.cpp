// Every folder of tests/data/workspaces/broken is a workspace with a mistake, and what must be said about it, all at once.
// GATEHOUSE_WRITE_GOLDENS=1 writes expected.txt anew: look at the difference before committing it.
#include "gateway/config/resolve.h"
#include "gateway/policy/shapes.h"
#include "tests/support/support.h"

#include <QtCore/QDir>
#include <QtTest/QTest>

using namespace gatehouse;

class TestBroken : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { policy::registerShapes(); }
    void saysWhatIsWrong_data()
    {
        QTest::addColumn<QString>("folder");
        const QDir broken(test::dataDir() + QStringLiteral("/workspaces/broken"));
        const auto cases = broken.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        QVERIFY(cases.size() >= 40);
        for (const QString &name : cases)
            QTest::newRow(qPrintable(name)) << broken.filePath(name);
    }
    void saysWhatIsWrong()
    {
        QFETCH(QString, folder);
        auto document = config::Document::open(folder.toStdString());
        QVERIFY(document.ok());
        const config::Resolved resolved = config::resolve(**document);
        std::string said;
        for (const config::Problem &problem : resolved.problems)
            said += problem.text() + '\n';
        const QString golden = folder + QStringLiteral("/expected.txt");
        if (qEnvironmentVariableIsSet("GATEHOUSE_WRITE_GOLDENS"))
            test::writeFile(golden, said);
        QCOMPARE(QString::fromStdString(said), QString::fromStdString(test::readFile(golden)));
        QVERIFY(!said.empty());
        QCOMPARE(resolved.workspace == nullptr, schema::hasErrors(resolved.problems));
    }
};

QTEST_GUILESS_MAIN(TestBroken)
#include "tst_broken.moc"
