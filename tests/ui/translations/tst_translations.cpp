// Every .ts file of the tree is compiled into the window.
#include "tests/support/support.h"

#include <QtCore/QDir>
#include <QtCore/QFile>

class TranslationsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyLanguageIsCompiledIn()
    {
        const QDir sources(gatehouse::test::sourceDir() + QStringLiteral("/translations"));
        const QStringList files = sources.entryList({ QStringLiteral("gatehouse_*.ts") });
        QVERIFY(files.contains(QStringLiteral("gatehouse_de.ts")));
        for (const QString &file : files) {
            QFile compiled(QStringLiteral(":/i18n/") + QString(file).replace(QStringLiteral(".ts"), QStringLiteral(".qm")));
            QVERIFY2(compiled.open(QIODevice::ReadOnly), qPrintable(compiled.fileName()));
            QVERIFY2(compiled.read(4) == QByteArray::fromHex("3cb86418"), "not a compiled translation");
        }
    }
};

QTEST_GUILESS_MAIN(TranslationsTest)
#include "tst_translations.moc"
