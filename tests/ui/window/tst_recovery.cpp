// Killed at any moment, the window loses no saved workspace, and of unsaved edits no more than the last second.
#include "gateway/policy/shapes.h"
#include "tests/support/fakeapi.h"
#include "tests/support/support.h"
#include "ui/models/session.h"

#include <QtCore/QDir>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>

#include <csignal>
#include <cstdio>
#include <functional>
#include <unistd.h>

using namespace gatehouse;
using gatehouse::test::waitFor;

namespace {

const char *const workspace = "# by hand\ngatehouse: 1\nname: shop\nlisteners:\n  - name: main\n    address: 127.0.0.1:0\nroutes:\n  - name: a\n    match: { exact: /a }\n    to: { respond: { status: 200 } }\n";

schema::Patch setStatus(int status)
{
    return schema::Patch::replace("gatehouse.yaml", schema::Path::of("routes[0].to.respond.status"), schema::Node::scalar(std::to_string(status)));
}

// The part that is killed. "edit": one edit, then a line once it must have reached the disk. "save": edits and saves for ever.
int child(QApplication &application, const QString &what, const QString &folder)
{
    policy::registerShapes();
    test::FakeApi fake;
    ui::Session session(fake.api(), folder + QStringLiteral("/state"));
    QString error;
    if (!session.open(folder + QStringLiteral("/shop"), &error))
        return 1;
    int status = 200;
    std::function<void()> editAndSave = [&] {
        status = status == 200 ? 299 : 200;
        (void)session.edit(setStatus(status), QStringLiteral("edit"));
        session.save();
    };
    if (what == QLatin1String("edit")) {
        (void)session.edit(setStatus(207), QStringLiteral("edit"));
        QTimer::singleShot(1000, [] {
            std::puts("a second has passed");
            std::fflush(stdout);
        });
    } else {
        QObject::connect(&session, &ui::Session::saved, &session, [&] {
            std::puts("saved");
            std::fflush(stdout);
            QTimer::singleShot(0, &session, editAndSave);
        });
        editAndSave();
    }
    return application.exec();
}

} // namespace

class TestRecovery : public QObject {
    Q_OBJECT
private:
    QString m_program = QCoreApplication::applicationFilePath();

private Q_SLOTS:
    void initTestCase() { policy::registerShapes(); }

    void unsavedEditsAreOfferedBack()
    {
        QTemporaryDir folder;
        QDir().mkpath(folder.path() + QStringLiteral("/shop"));
        test::writeFile(folder.path() + QStringLiteral("/shop/gatehouse.yaml"), workspace);
        QProcess process;
        process.start(m_program, {QStringLiteral("--child"), QStringLiteral("edit"), folder.path()});
        QVERIFY(waitFor("the edit to be a second old", [&] { return process.canReadLine(); }));
        ::kill(pid_t(process.processId()), SIGKILL);
        QVERIFY(process.waitForFinished());
        QCOMPARE(test::readFile(folder.path() + QStringLiteral("/shop/gatehouse.yaml")), std::string(workspace));

        test::FakeApi fake;
        ui::Session session(fake.api(), folder.path() + QStringLiteral("/state"));
        QString error;
        QVERIFY2(session.open(folder.path() + QStringLiteral("/shop"), &error), qPrintable(error));
        QVERIFY(waitFor("the edit to be offered", [&] { return session.recoverable() == 1; }));
        QVERIFY(session.recover().ok());
        QCOMPARE(session.recoverable(), 0);
        QVERIFY(session.document().text("gatehouse.yaml").find("status: 207") != std::string::npos);
        QVERIFY(session.dirty());
        session.undoStack().undo(); // a step like any other
        QVERIFY(!session.dirty());
        session.undoStack().redo();
        session.save();
        QVERIFY(waitFor("the save", [&] { return !session.dirty() && !session.saving(); }));
        QVERIFY(!session.saveError());
    }

    void savedFileIsAlwaysAWholeOne()
    {
        QTemporaryDir folder;
        QDir().mkpath(folder.path() + QStringLiteral("/shop"));
        const QString file = folder.path() + QStringLiteral("/shop/gatehouse.yaml");
        test::writeFile(file, workspace);
        std::string other = workspace;
        other.replace(other.find("200"), 3, "299");
        for (int round = 0; round < 8; ++round) {
            QProcess process;
            process.start(m_program, {QStringLiteral("--child"), QStringLiteral("save"), folder.path()});
            for (int saves = 0; saves <= round * 3; ++saves)
                QVERIFY(waitFor("the next save", [&] { return process.canReadLine() && !process.readLine().isEmpty(); }));
            ::kill(pid_t(process.processId()), SIGKILL);
            QVERIFY(process.waitForFinished());
            const std::string now = test::readFile(file);
            QVERIFY2(now == workspace || now == other, now.c_str());
        }
    }
};

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    const QStringList arguments = QApplication::arguments();
    if (arguments.value(1) == QLatin1String("--child"))
        return child(application, arguments.value(2), arguments.value(3));
    TestRecovery test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_recovery.moc"
