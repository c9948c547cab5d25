// Documents on disk: edits, renames, saving, changes from outside, the journal, files that must stay inside the folder.
#include "gateway/config/document.h"
#include "gateway/config/journal.h"
#include "gateway/config/resolve.h"
#include "gateway/policy/shapes.h"
#include "tests/support/support.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include <sys/resource.h>
#include <sys/stat.h>
#include <csignal>

using namespace gatehouse;
using namespace gatehouse::config;
using schema::Node;
using schema::Patch;
using schema::Path;

namespace {
const char *const shop = R"(gatehouse: 1
name: shop

upstreams:
  - name: orders   # named in two places
    endpoints:
      - url: http://127.0.0.1:9001

policies:
  - name: burst
    rate-limit: { requests: 10, per: 1s }

routes:
  - name: one
    policies: [ burst, { headers: {} } ]
    to: { upstream: orders }
  # two
  - name: two
    match: { methods: [ GET ] }
    to: { upstream: "orders" }
)";

class Folder {
public:
    Folder() { write("gatehouse.yaml", shop); }
    void write(const char *name, std::string_view text) { test::writeFile(path(name), text); }
    std::string read(const char *name) { return test::readFile(path(name)); }
    QString path(const char *name) const { return m_dir.filePath(QString::fromUtf8(name)); }
    std::unique_ptr<Document> open() const
    {
        auto document = Document::open(m_dir.path().toStdString());
        if (!document)
            qFatal("%s", document.error().text().c_str());
        return std::move(*document);
    }

private:
    QTemporaryDir m_dir;
};

const std::string entry = "gatehouse.yaml";

// Where journals stay when a run ends without a word.
class Crashes {
public:
    std::string folder() const { return m_dir.filePath(QStringLiteral("state/journal")).toStdString(); }
    QString file() const { return QDir(QString::fromStdString(folder())).entryInfoList(QDir::Files).at(0).filePath(); }
    Journal open(const Document &document) const
    {
        auto journal = Journal::open(folder(), document);
        if (!journal)
            qFatal("%s", journal.error().text().c_str());
        return std::move(journal).value();
    }

private:
    QTemporaryDir m_dir;
};

void edit(Document &document, Journal &journal, const Patch &patch)
{
    if (auto applied = document.apply(patch); !applied)
        qFatal("%s", applied.error().text().c_str());
    journal.append(patch, document.fileSet());
}
} // namespace

class TestDocument : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { policy::registerShapes(); }

    void renamesWithAllReferences()
    {
        const auto document = Document::fromText(shop);
        auto patch = document->renamePatch("upstream", "orders", "old-orders");
        QVERIFY(patch.ok());
        auto inverse = document->apply(*patch);
        QVERIFY(inverse.ok());
        std::string expected = shop;
        for (size_t at = 0; (at = expected.find("orders", at)) != std::string::npos; at += 10)
            expected.replace(at, 6, "old-orders");
        QCOMPARE(document->text(entry), expected);
        QVERIFY(document->problems().empty());
        QVERIFY(document->apply(*inverse).ok());
        QCOMPARE(document->text(entry), std::string(shop));
        QVERIFY(!document->dirty());
        QVERIFY(!document->renamePatch("route", "one", "two").ok());
        QVERIFY(!document->renamePatch("route", "one", "Two").ok());
        QVERIFY(!document->renamePatch("route", "none", "three").ok());
        QCOMPARE(document->freeName("route", "two"), std::string("two-2"));
    }

    void putsKeysInTheirOrder()
    {
        const auto document = Document::fromText(shop);
        QVERIFY(document->apply(Patch::replace(entry, Path::of("routes[1].match.path"), Node::string("/x/{id}"))).ok());
        QVERIFY(document->apply(Patch::replace(entry, Path::of("routes[0].enabled"), Node::scalar("false"))).ok());
        QVERIFY(document->text(entry).find("match: { path: \"/x/{id}\", methods: [ GET ] }") != std::string::npos);
        QVERIFY(document->text(entry).find("{ headers: {} } ]\n    enabled: false\n    to:") != std::string::npos);
        QVERIFY(document->apply(Patch::replace(entry, Path::of("settings.forwarded"), Node::scalar("both"))).ok());
        QVERIFY(document->text(entry).find("name: shop\n\nsettings: { forwarded: both }\n\nupstreams:") != std::string::npos);
    }

    void allOrNothing()
    {
        const auto document = Document::fromText(shop);
        Patch patch = Patch::replace(entry, Path::of("routes[0].name"), Node::string("x"));
        patch.add(Patch::remove(entry, Path::of("routes[7]")));
        QVERIFY(!document->apply(patch).ok());
        QCOMPARE(document->text(entry), std::string(shop));
    }

    void checksWhatIsTyped()
    {
        const auto document = Document::fromText(shop);
        const auto wrong = [&](const char *path, const char *text) { return document->checkText({entry, Path::of(path), 0}, text); };
        QCOMPARE(wrong("routes[0].name", "one"), std::string());
        QVERIFY(wrong("routes[0].name", "two").find("is taken") != std::string::npos);
        QVERIFY(wrong("routes[0].to.upstream", "ordrs").find("there is no upstream") != std::string::npos);
        QCOMPARE(wrong("policies[0].rate-limit.per", "${time}"), std::string());
        QCOMPARE(wrong("policies[0].rate-limit.per", "1 s"), std::string("\"1 s\" is not a duration such as 250ms, 5s, 2m, 1h"));
        QVERIFY(!wrong("policies[0].rate-limit.nothing", "1").empty());
    }

    void savesSafelyAndKeepsTheMode()
    {
        Folder folder;
        QVERIFY(::chmod(folder.path("gatehouse.yaml").toUtf8().constData(), 0640) == 0);
        const auto document = folder.open();
        QVERIFY(document->apply(Patch::replace(entry, Path::of("routes[0].name"), Node::string("first"))).ok());
        QVERIFY(document->dirty());
        QVERIFY(document->save().ok());
        QVERIFY(!document->dirty());
        QCOMPARE(folder.read("gatehouse.yaml"), document->text(entry));
        struct stat facts {};
        QVERIFY(::stat(folder.path("gatehouse.yaml").toUtf8().constData(), &facts) == 0);
        QCOMPARE(facts.st_mode & 07777u, 0640u);
        QCOMPARE(QDir(folder.path("")).entryList(QDir::Files | QDir::Hidden), QStringList{QStringLiteral("gatehouse.yaml")});
    }

    void aFailedSaveLosesNothing()
    {
        Folder folder;
        const auto document = folder.open();
        QVERIFY(document->apply(Patch::replace(entry, Path::of("routes[0].name"), Node::string("first"))).ok());
        // A full disk, as far as a process can tell.
        struct rlimit before {};
        QVERIFY(::getrlimit(RLIMIT_FSIZE, &before) == 0);
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        struct rlimit tight = before;
        tight.rlim_cur = 64;
        QVERIFY(::setrlimit(RLIMIT_FSIZE, &tight) == 0);
        const auto saved = document->save();
        QVERIFY(::setrlimit(RLIMIT_FSIZE, &before) == 0);
        std::signal(SIGXFSZ, handler);
        QVERIFY(!saved.ok());
        QVERIFY(document->dirty());
        QCOMPARE(folder.read("gatehouse.yaml"), std::string(shop));
        QCOMPARE(QDir(folder.path("")).entryList(QDir::Files | QDir::Hidden), QStringList{QStringLiteral("gatehouse.yaml")});
        QVERIFY(document->save().ok());
    }

    void mergesChangesFromOutside()
    {
        Folder folder;
        const auto document = folder.open();
        QVERIFY(document->apply(Patch::replace(entry, Path::of("routes[1].name"), Node::string("second"))).ok());
        std::string outside = shop;
        outside.replace(outside.find("requests: 10"), 12, "requests: 99");
        folder.write("gatehouse.yaml", outside);
        QCOMPARE(document->changedOutside(), std::vector<std::string>{entry});
        const auto refused = document->save();
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().kind, ErrorKind::InUse);
        QVERIFY(document->reload().ok());
        QVERIFY(document->text(entry).find("requests: 99") != std::string::npos);
        QVERIFY(document->text(entry).find("name: second") != std::string::npos);
        QVERIFY(document->save().ok());
        QVERIFY(document->apply(Patch::replace(entry, Path::of("routes[1].name"), Node::string("third"))).ok());
        std::string clash = folder.read("gatehouse.yaml");
        clash.replace(clash.find("name: second"), 12, "name: other");
        folder.write("gatehouse.yaml", clash);
        const auto merged = document->reload();
        QVERIFY(!merged.ok());
        QVERIFY(merged.error().message.find("line") != std::string::npos);
        QVERIFY(document->text(entry).find("name: third") != std::string::npos);
        document->revert();
        QVERIFY(!document->dirty());
    }

    void aBrokenTextIsMendedByText()
    {
        const auto document = Document::fromText(shop);
        const Patch broken = document->textPatch(entry, "gatehouse: [\n");
        auto inverse = document->apply(broken);
        QVERIFY(inverse.ok());
        QVERIFY(!document->root(entry));
        QVERIFY(!document->problems().empty());
        QVERIFY(!document->apply(Patch::remove(entry, Path::of("routes"))).ok());
        QVERIFY(document->apply(*inverse).ok());
        QCOMPARE(document->text(entry), std::string(shop));
    }

    // What a run leaves is offered until it is answered, whatever was torn at the end.
    void theJournalOutlivesACrash()
    {
        Folder folder;
        Crashes crashes;
        std::string edited;
        {
            const auto document = folder.open();
            Journal journal = crashes.open(*document);
            QCOMPARE(journal.left().edits, 0);
            edit(*document, journal, Patch::replace(entry, Path::of("routes[0].name"), Node::string("first")));
            edit(*document, journal, Patch::remove(entry, Path::of("routes[1]")));
            QVERIFY(journal.flush().ok());
            edited = document->text(entry);
        }
        test::writeFile(crashes.file(), test::readFile(crashes.file()) + "[{\"op\": \"remo");
        for (int run = 0; run < 2; ++run) { // not answered: offered again
            const auto document = folder.open();
            Journal journal = crashes.open(*document);
            QCOMPARE(journal.left().edits, 2);
            QCOMPARE(journal.left().files.at(0).edited, edited);
            QCOMPARE(journal.left().files.at(0).base, document->text(entry));
            QVERIFY(!Journal::open(crashes.folder(), *document).ok()); // one window at a time
        }
        {
            const auto document = folder.open();
            Journal journal = crashes.open(*document);
            journal.answered();
            QVERIFY(journal.restart(document->fileSet()).ok());
        }
        QCOMPARE(crashes.open(*folder.open()).left().edits, 0);
    }

    // Edits made before the offer is answered are kept beside it, and both come back.
    void editsBesideAnOfferAreKeptToo()
    {
        Folder folder;
        Crashes crashes;
        for (const char *to : {"routes[0].name", "routes[1].name"}) {
            const auto document = folder.open();
            Journal journal = crashes.open(*document);
            edit(*document, journal, Patch::replace(entry, Path::of(to), Node::string(to[7] == '0' ? "first" : "second")));
            QVERIFY(journal.flush().ok());
        }
        const auto document = folder.open();
        const LeftEdits left = crashes.open(*document).left();
        QCOMPARE(left.edits, 2);
        std::string text = document->text(entry);
        for (const LeftText &one : left.files) {
            const auto merged = mergeTexts(one.base, text, one.edited);
            QVERIFY(merged.ok());
            text = *merged;
        }
        QVERIFY2(text.find("name: first") != std::string::npos && text.find("name: second") != std::string::npos, text.c_str());
    }

    // Killed anywhere between the order to save and the note that it is done: what was not saved fits the file that is there.
    void aCrashWhileSavingLosesNothing_data()
    {
        QTest::addColumn<bool>("renamed");
        QTest::addColumn<bool>("noted");
        QTest::newRow("before the file is replaced") << false << false;
        QTest::newRow("after it is replaced") << true << false;
        QTest::newRow("after that is noted") << true << true;
    }
    void aCrashWhileSavingLosesNothing()
    {
        QFETCH(bool, renamed);
        QFETCH(bool, noted);
        Folder folder;
        Crashes crashes;
        std::string edited;
        {
            const auto document = folder.open();
            Journal journal = crashes.open(*document);
            edit(*document, journal, Patch::replace(entry, Path::of("routes[0].name"), Node::string("first")));
            const FileSet set = document->fileSet();
            journal.saving(set);
            QVERIFY(journal.flush().ok());
            edit(*document, journal, Patch::replace(entry, Path::of("routes[1].name"), Node::string("second"))); // typed on meanwhile
            QVERIFY(journal.flush().ok());
            edited = document->text(entry);
            if (renamed) {
                document->written(set, writeFiles(set, false).names);
                QCOMPARE(test::readFile(folder.path("gatehouse.yaml")), set.files[0].text);
            }
            if (noted)
                QVERIFY(journal.restart(document->fileSet()).ok());
        }
        const auto document = folder.open();
        const Journal journal = crashes.open(*document);
        QCOMPARE(journal.left().files.size(), size_t(1));
        QCOMPARE(journal.left().files[0].edited, edited);
        QCOMPARE(journal.left().edits, renamed ? 1 : 2);
    }

    // Patches stand on the bytes that they were made on; on others they are not offered.
    void anotherTextGetsNoOldEdits()
    {
        Folder folder;
        Crashes crashes;
        {
            const auto document = folder.open();
            Journal journal = crashes.open(*document);
            edit(*document, journal, Patch::replace(entry, Path::of("routes[0].name"), Node::string("third")));
            QVERIFY(journal.flush().ok());
        }
        folder.write("gatehouse.yaml", std::string(shop) + "# changed\n");
        QCOMPARE(crashes.open(*folder.open()).left().edits, 0);
    }

    // Each change as JSON must be whole characters.
    void differencesPartNoCharacter()
    {
        const std::string from = "name: gr\u00fcn\n", to = "name: gr\u00f6n\n";
        const Patch patch = differencePatch(entry, from, to);
        QCOMPARE(patch.changes.at(0).removed, std::string("\u00fc"));
        QCOMPARE(patch.changes.at(0).text, std::string("\u00f6"));
        QVERIFY(differencePatch(entry, to, to).empty());
    }

    void filesStayInTheFolder()
    {
        Folder folder;
        QTemporaryDir elsewhere;
        test::writeFile(elsewhere.filePath(QStringLiteral("secret.json")), "{}");
        QVERIFY(QFile::link(elsewhere.filePath(QStringLiteral("secret.json")), folder.path("link.json")));
        folder.write("inside.json", "{}");
        const std::string root = folder.path("").toStdString();
        QVERIFY(resolveInside(root, "inside.json").ok());
        QCOMPARE(resolveInside(root, "link.json").error().kind, ErrorKind::NotAllowed);
        QCOMPARE(resolveInside(root, "../../etc/passwd").ok(), false);
        QCOMPARE(resolveInside(root, elsewhere.filePath(QStringLiteral("secret.json")).toStdString()).error().kind, ErrorKind::NotAllowed);
        QCOMPARE(resolveInside(root, "nothing").error().kind, ErrorKind::NotFound);
        folder.write("gatehouse.yaml", "gatehouse: 1\ninclude: [ link.yaml ]\n");
        test::writeFile(elsewhere.filePath(QStringLiteral("x.yaml")), "routes: []\n");
        QVERIFY(QFile::link(elsewhere.filePath(QStringLiteral("x.yaml")), folder.path("link.yaml")));
        const auto document = folder.open();
        QCOMPARE(document->files(), std::vector<std::string>{entry});
        QCOMPARE(document->problems().at(0).text(), std::string("gatehouse.yaml:2:12: include[0]: link.yaml leads out of the workspace's folder"));
    }

    void findsThings()
    {
        const auto document = Document::fromText(shop);
        QCOMPARE(document->things("route").size(), size_t(2));
        QCOMPARE(document->find("route", "two")->path.text(), std::string("routes[1]"));
        QCOMPARE(document->references("upstream", "orders").size(), size_t(2));
        QCOMPARE(document->references("policy", "burst").at(0).path.text(), std::string("routes[0].policies[0]"));
    }
};

QTEST_GUILESS_MAIN(TestDocument)
#include "tst_document.moc"
