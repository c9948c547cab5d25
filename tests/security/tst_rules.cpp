// Each sentence of the rules has an attack or says why it has none, and each attack belongs to a sentence.
#include "tests/support/support.h"

#include <QtCore/QDirIterator>
#include <QtCore/QRegularExpression>
#include <QtTest/QTest>

#include <map>
#include <set>

using namespace gatehouse::test;

namespace {

struct Rule { int line = 0; QString sentence, tests, absent; };

// section <tab> sentence <tab> tests ("-": none) <tab> why there is none, or what they leave out
QList<Rule> rules()
{
    QList<Rule> all;
    int line = 0;
    for (const QString &text : QString::fromStdString(readFile(dataDir() + QStringLiteral("/security/rules.tsv"))).split(QLatin1Char('\n'))) {
        ++line;
        if (text.isEmpty() || text.startsWith(QLatin1Char('#')))
            continue;
        const QStringList cells = text.split(QLatin1Char('\t'));
        all.push_back({line, cells.value(1), cells.value(2), cells.value(3)});
    }
    return all;
}

// The functions that Qt Test runs of a file.
std::set<QString> functionsOf(const QString &path)
{
    static const QRegularExpression function(QStringLiteral("^ +void (\\w+)\\(\\)"), QRegularExpression::MultilineOption);
    const QString text = QString::fromStdString(readFile(path));
    const qsizetype begin = text.indexOf(QLatin1String("private Q_SLOTS:")), end = text.indexOf(QLatin1String("\nprivate:"), begin);
    std::set<QString> found;
    for (auto match = function.globalMatch(begin < 0 ? QString() : text.mid(begin, end < 0 ? -1 : end - begin)); match.hasNext();) {
        const QString name = match.next().captured(1);
        if (!name.endsWith(QLatin1String("_data")) && !name.startsWith(QLatin1String("init")) && !name.startsWith(QLatin1String("cleanup")))
            found.insert(name);
    }
    return found;
}

// "tst_reach" -> all that are in files of that name.
const std::map<QString, std::set<QString>> &functions()
{
    static const auto all = [] {
        std::map<QString, std::set<QString>> found;
        QDirIterator files(sourceDir() + QStringLiteral("/tests"), {QStringLiteral("tst_*.cpp")}, QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) {
            const QString path = files.next();
            found[QFileInfo(path).baseName()].merge(functionsOf(path));
        }
        return found;
    }();
    return all;
}

bool exists(const QString &test)
{
    const QStringList parts = test.split(QLatin1String("::"));
    const auto file = functions().find(parts.value(0));
    return file != functions().end() && file->second.count(parts.value(1)) > 0;
}

} // namespace

class TestRules : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everySentenceHasItsAttack()
    {
        const auto all = rules();
        QVERIFY(all.size() > 40);
        for (const Rule &rule : all) {
            const QByteArray where = "rules.tsv:" + QByteArray::number(rule.line);
            QVERIFY2(!rule.sentence.isEmpty() && !rule.tests.isEmpty(), where.constData());
            QVERIFY2(rule.tests != QLatin1String("-") || rule.absent.size() > 10, (where + ": neither a test nor a reason").constData());
            if (rule.tests != QLatin1String("-"))
                for (const QString &test : rule.tests.split(QLatin1Char(' ')))
                    QVERIFY2(exists(test), (where + ": there is no " + test.toUtf8()).constData());
        }
    }

    void everyAttackBelongsToASentence()
    {
        std::set<QString> named;
        for (const Rule &rule : rules())
            for (const QString &test : rule.tests.split(QLatin1Char(' ')))
                named.insert(test);
        int count = 0;
        QDirIterator files(sourceDir() + QStringLiteral("/tests/security"), {QStringLiteral("tst_*.cpp")}, QDir::Files);
        while (files.hasNext()) {
            const QString path = files.next(), file = QFileInfo(path).baseName();
            if (file == QLatin1String("tst_rules"))
                continue;
            for (const QString &function : functionsOf(path)) {
                ++count;
                QVERIFY2(named.count(file + QStringLiteral("::") + function), qPrintable(file + QStringLiteral("::") + function));
            }
        }
        QVERIFY(count > 30);
    }

    // tests/security/mutate.py takes each defence away and sees its attack notice: both are where the mutations say.
    void everyMutationFitsTheTree()
    {
        const QString seen = QString::fromStdString(readFile(dataDir() + QStringLiteral("/security/mutations/results.tsv")));
        QDirIterator files(dataDir() + QStringLiteral("/security/mutations"), {QStringLiteral("*.mutation")}, QDir::Files);
        int count = 0;
        while (files.hasNext()) {
            const QString path = files.next();
            const QString text = QString::fromStdString(readFile(path));
            QVERIFY2(text.startsWith(QLatin1String("# ")), qPrintable(path));
            for (const QString &test : text.section(QLatin1Char('\n'), 0, 0).mid(2).split(QLatin1Char(' ')))
            {
                QVERIFY2(exists(test), qPrintable(path + QStringLiteral(": ") + test));
                QVERIFY2(seen.contains(QStringLiteral("\n%1 %2\tnoticed\t").arg(QFileInfo(path).baseName(), test)), qPrintable(path + QStringLiteral(": not seen to be noticed by ") + test));
            }
            const QString source = QString::fromStdString(readFile(sourceDir() + QLatin1Char('/') + text.section(QLatin1Char('\n'), 1, 1)));
            const QString defence = text.section(QLatin1String("<<<<\n"), 1).section(QLatin1String("\n====\n"), 0, 0);
            QVERIFY2(!defence.isEmpty() && source.count(defence) == 1, qPrintable(path + QStringLiteral(": ") + defence));
            ++count;
        }
        QVERIFY(count > 20);
    }
};

QTEST_GUILESS_MAIN(TestRules)
#include "tst_rules.moc"
