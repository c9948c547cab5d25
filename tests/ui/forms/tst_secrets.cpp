// Secrets in forms: masked until they are asked for, set where they are missing, and a keychain that is locked, absent or slow is a bar
// with its cause and its remedy. Nothing of it stops the window, and no value reaches a file.
#include "gateway/config/shapes.h"
#include "gateway/policy/shapes.h"
#include "tests/support/fakeapi.h"
#include "tests/support/grab.h"
#include "tests/support/support.h"
#include "ui/forms/recordform.h"
#include "ui/forms/scalareditors.h"
#include "ui/forms/secretrow.h"
#include "ui/models/session.h"
#include "ui/shell/theme.h"
#include "ui/shell/trustbar.h"
#include "ui/widgets/states.h"

#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>

using namespace gatehouse;
using gatehouse::test::waitFor;

namespace {

const char *const shop = "gatehouse: 1\nname: shop\nlisteners:\n  - { name: main, address: \"127.0.0.1:0\" }\n"
                         "consumers:\n  - name: web\n    api-keys: [ \"${secret:web-key}\", plain-key ]\n"
                         "routes:\n  - { name: a, to: { respond: { status: 200 } } }\n";

Error locked() { return Error::make(ErrorKind::NotAllowed, "The keychain is locked, so web-key can't be had. Unlock it and try again."); }

} // namespace

class TestSecrets : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    std::unique_ptr<test::FakeApi> m_fake;
    std::unique_ptr<ui::Session> m_session;
    std::unique_ptr<QWidget> m_window;
    ui::RecordForm *m_form = nullptr;
    ui::KeychainBar *m_bar = nullptr;

    QList<ui::TextEditor *> keys() const { return m_form->editorOf("api-keys")->findChildren<ui::TextEditor *>(); }
    QToolButton *eyeOf(ui::TextEditor *editor) const
    {
        for (QToolButton *button : editor->findChildren<QToolButton *>())
            if (button->accessibleName().startsWith(QLatin1String("Show")))
                return button;
        return nullptr;
    }
    bool resolvedInFull() const { return m_session->errorCount() == 0 && m_session->lastApplied().ok; }

    void open()
    {
        m_session = std::make_unique<ui::Session>(m_fake->api(), m_folder.filePath(QStringLiteral("state")));
        QString error;
        QVERIFY2(m_session->open(m_folder.filePath(QStringLiteral("shop")), &error), qPrintable(error));
        m_window = std::make_unique<QWidget>();
        m_window->resize(560, 420);
        auto *column = new QVBoxLayout(m_window.get());
        m_bar = new ui::KeychainBar(*m_session);
        column->addWidget(m_bar);
        const auto at = m_session->document().find("consumer", "web");
        QVERIFY(at);
        m_form = new ui::RecordForm(*m_session, *at, *config::consumerShape(), nullptr, m_window.get());
        m_form->follow();
        column->addWidget(m_form);
        column->addStretch();
        m_window->show();
        QCOMPARE(keys().size(), 2);
    }

private Q_SLOTS:
    void initTestCase()
    {
        policy::registerShapes();
        test::useDesignFont();
        ui::Theme::install(*qApp);
    }

    void init()
    {
        QDir(m_folder.path()).mkpath(QStringLiteral("shop"));
        test::writeFile(m_folder.filePath(QStringLiteral("shop/gatehouse.yaml")), shop);
        m_fake = std::make_unique<test::FakeApi>();
    }
    void cleanup()
    {
        m_window.reset();
        m_session.reset();
        m_fake.reset();
    }

    void literalsAreMaskedUntilAskedFor()
    {
        open();
        ui::TextEditor *plain = keys()[1];
        QCOMPARE(plain->line()->echoMode(), QLineEdit::Password);
        QToolButton *eye = eyeOf(plain);
        QVERIFY(eye && eye->isVisible());
        QVERIFY(eye->focusPolicy() & Qt::TabFocus);
        QTest::mouseClick(eye, Qt::LeftButton);
        QCOMPARE(plain->line()->echoMode(), QLineEdit::Normal);
        QTest::mouseClick(eye, Qt::LeftButton);
        QCOMPARE(plain->line()->echoMode(), QLineEdit::Password);
        // A reference says only a name.
        QCOMPARE(keys()[0]->line()->echoMode(), QLineEdit::Normal);
        QVERIFY(!eyeOf(keys()[0])->isVisible());
    }

    void aMissingOneIsSetWhereItIsMissing()
    {
        open();
        auto *row = keys()[0]->findChild<ui::SecretRow *>();
        QVERIFY(row);
        QVERIFY(waitFor("the command that sets it", [&] { return row->setButton()->isVisible(); }));
        QVERIFY(waitFor("the error", [this] { return m_session->errorCount() > 0; }));
        QVERIFY(!m_bar->isVisible()); // the keychain is well
        QVERIFY2(row->setButton()->text().startsWith(QLatin1String("Set web-key")), qPrintable(row->setButton()->text()));
        QTest::mouseClick(row->setButton(), Qt::LeftButton);
        QVERIFY(row->valueLine()->isVisible());
        QCOMPARE(QApplication::focusWidget(), row->valueLine());
        QCOMPARE(row->valueLine()->echoMode(), QLineEdit::Password);
        QTest::keyClicks(row->valueLine(), QStringLiteral("PLANTED value"));
        test::grab(*m_window, QStringLiteral("secret-set"));
        QTest::keyClick(row->valueLine(), Qt::Key_Return);
        QVERIFY(waitFor("the workspace to run with it", [this] { return resolvedInFull(); }));
        QCOMPARE(m_fake->secrets.values, (std::map<std::pair<std::string, std::string>, std::string>{{{"shop", "web-key"}, "PLANTED value"}}));
        QVERIFY(waitFor("the row to go", [&] { return !row->isVisible(); }));
        QVERIFY(row->valueLine()->text().isEmpty());
        QCOMPARE(m_fake->apply.applied.back()->consumer("web")->apiKeys.at(0).value, std::string("PLANTED value"));
        // Neither in the document nor in the journal of edits.
        QVERIFY(m_session->document().text("gatehouse.yaml").find("PLANTED") == std::string::npos);
        for (const QFileInfo &file : QDir(m_folder.filePath(QStringLiteral("state"))).entryInfoList(QDir::Files))
            QVERIFY(test::readFile(file.filePath()).find("PLANTED") == std::string::npos);
    }

    void whatTheKeychainRefusesIsSaid()
    {
        open();
        auto *row = keys()[0]->findChild<ui::SecretRow *>();
        QVERIFY(waitFor("the command that sets it", [&] { return row->setButton()->isVisible(); }));
        QTest::mouseClick(row->setButton(), Qt::LeftButton);
        m_fake->secrets.failure = locked();
        QTest::keyClicks(row->valueLine(), QStringLiteral("x"));
        QTest::mouseClick(row->keepButton(), Qt::LeftButton);
        QVERIFY(waitFor("the reason", [&] { return row->findChild<ui::FieldError *>()->text().contains(QLatin1String("The keychain is locked")); }));
        QCOMPARE(row->valueLine()->text(), QStringLiteral("x")); // not lost
        QVERIFY(row->valueLine()->isEnabled());
    }

    void lockedIsABarAndTryingAgainHelps()
    {
        m_fake->secrets.failure = locked();
        m_fake->secrets.values[{"shop", "web-key"}] = "s3cret";
        open();
        QVERIFY(waitFor("the bar", [this] { return m_bar->isVisible(); }));
        const auto *notice = m_bar->findChild<ui::NoticeBar *>();
        QCOMPARE(notice->title(), QStringLiteral("The keychain is locked"));
        QVERIFY2(notice->accessibleDescription().contains(QLatin1String("Unlock it")) && notice->accessibleDescription().contains(QLatin1String("web-key")), qPrintable(notice->accessibleDescription()));
        test::grab(*m_window, QStringLiteral("keychain-locked"));
        QVERIFY(waitFor("the reason at the field", [this] {
            for (const ui::FieldError *error : m_form->findChildren<ui::FieldError *>())
                if (error->isVisible() && error->text().contains(QLatin1String("The keychain is locked")))
                    return true;
            return false;
        }));
        m_fake->secrets.failure.reset();
        QTest::mouseClick(m_bar->findChild<QPushButton *>(), Qt::LeftButton);
        QVERIFY(waitFor("the workspace to run", [this] { return resolvedInFull(); }));
        QVERIFY(!m_bar->isVisible());
    }

    void absentIsABarToo()
    {
        m_fake->secrets.failure = Error::make(ErrorKind::System, "No keychain answers. Unlock or start it.");
        open();
        QVERIFY(waitFor("the bar", [this] { return m_bar->isVisible(); }));
        QCOMPARE(m_bar->findChild<ui::NoticeBar *>()->title(), QStringLiteral("There is no keychain"));
    }

    void aSlowOneHoldsNothingUp()
    {
        m_fake->secrets.values[{"shop", "web-key"}] = "s3cret";
        m_fake->secrets.delayMillis = 1500;
        open();
        QElapsedTimer since;
        since.start();
        qint64 gap = 0;
        QTimer frames;
        frames.setTimerType(Qt::PreciseTimer);
        connect(&frames, &QTimer::timeout, this, [&] { gap = std::max(gap, since.restart()); });
        frames.start(16);
        auto *row = keys()[0]->findChild<ui::SecretRow *>();
        QVERIFY(waitFor("that it is being asked", [&] {
            for (const QLabel *label : row->findChildren<QLabel *>())
                if (label->isVisible() && label->text() == QLatin1String("Asking the keychain for web-key"))
                    return true;
            return false;
        }));
        // Typing goes on meanwhile.
        keys()[1]->line()->end(false);
        QTest::keyClicks(keys()[1]->line(), QStringLiteral("x"));
        QVERIFY(m_session->document().text("gatehouse.yaml").find("plain-keyx") != std::string::npos);
        QVERIFY(waitFor("the workspace to run", [this] { return resolvedInFull(); }));
        qInfo("a keychain of 1500 ms: the longest gap of a 16 ms timer on the window's thread was %lld ms", static_cast<long long>(gap));
        QVERIFY2(gap < 1000, qPrintable(QString::number(gap)));
        QVERIFY(waitFor("the hint to go", [&] { return !row->isVisible(); }));
    }

    void anotherWorkspacesIsNotHad()
    {
        m_fake->secrets.values[{"bank", "web-key"}] = "another's";
        open();
        QVERIFY(waitFor("the answer", [this] { const auto *secret = m_session->secret("web-key"); return secret && secret->missing.has_value(); }));
        QCOMPARE(int(m_session->secret("web-key")->missing->kind), int(ErrorKind::NotFound));
        QVERIFY(waitFor("the error", [this] { return m_session->errorCount() > 0; }));
    }
};

QTEST_MAIN(TestSecrets)
#include "tst_secrets.moc"
