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

    void theJournalOutlivesACrash()
    {
        Folder folder;
        QTemporaryDir state;
        const std::string stateFolder = state.filePath(QStringLiteral("journal")).toStdString();
        std::string edited;
        {
            const auto document = folder.open();
            auto journal = Journal::open(stateFolder, *document);
            QVERIFY(journal.ok());
            QVERIFY(journal->left().empty());
            for (const Patch &patch : {Patch::replace(entry, Path::of("routes[0].name"), Node::string("first")), Patch::remove(entry, Path::of("routes[1]"))}) {
                QVERIFY(document->apply(patch).ok());
                journal->append(patch);
            }
            QVERIFY(journal->flush().ok());
            edited = document->text(entry);
            // No save: the process ends here. What was being appended is torn.
        }
        const QString file = QDir(QString::fromStdString(stateFolder)).entryInfoList(QDir::Files).at(0).filePath();
        test::writeFile(file, test::readFile(file) + "[{\"op\": \"remo");
        {
            const auto document = folder.open();
            auto journal = Journal::open(stateFolder, *document);
            QVERIFY(journal.ok());
            QCOMPARE(journal->left().size(), size_t(2));
            QVERIFY(journal->restore(*document).ok());
            QCOMPARE(document->text(entry), edited);
            const auto second = Journal::open(stateFolder, *document);
            QVERIFY(!second.ok()); // one window at a time
            QVERIFY(document->save().ok());
            QVERIFY(journal->clear(*document).ok());
        }
        const auto document = folder.open();
        auto journal = Journal::open(stateFolder, *document);
        QVERIFY(journal.ok());
        QVERIFY(journal->left().empty());
        const Patch patch = Patch::replace(entry, Path::of("routes[0].name"), Node::string("third"));
        QVERIFY(document->apply(patch).ok());
        journal->append(patch);
        QVERIFY(journal->flush().ok());
        { auto gone = std::move(*journal); }
        folder.write("gatehouse.yaml", shop); // another text: the edits are not offered for it
        auto other = Journal::open(stateFolder, *folder.open());
        QVERIFY(other.ok());
        QVERIFY(other->left().empty());
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
