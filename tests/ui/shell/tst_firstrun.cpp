// The page without a workspace: what it offers, by click and by key, and when the window shows it.
#include "ui/shell/firstrun.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/theme.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QPushButton>

using namespace gatehouse::ui;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

template <typename T>
T *withText(QWidget *in, const QString &text)
{
    for (T *widget : in->findChildren<T *>())
        if (widget->isVisible() && (widget->text() == text || widget->accessibleName() == text))
            return widget;
    return nullptr;
}

} // namespace

class FirstRunTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp); }

    void offersSampleFolderAndRecent()
    {
        FirstRun page;
        page.resize(1200, 700);
        page.setRecent({{s("shop"), s("/srv/shop")}, {s("billing"), s("/srv/billing")}});
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        QSignalSpy sample(&page, &FirstRun::sampleRequested), folder(&page, &FirstRun::folderRequested);
        QTest::mouseClick(withText<QPushButton>(&page, s("Open the sample")), Qt::LeftButton);
        QCOMPARE(sample.count(), 1);
        QTest::mouseClick(withText<QPushButton>(&page, s("Open a folder…")), Qt::LeftButton);
        QCOMPARE(folder.takeFirst().first().toString(), QString());
        auto *billing = withText<QAbstractButton>(&page, s("Open billing, /srv/billing"));
        QVERIFY(billing);
        billing->setFocus();
        QTest::keyClick(billing, Qt::Key_Space);
        QCOMPARE(folder.takeFirst().first().toString(), s("/srv/billing"));
        page.setRecent({});
        QVERIFY(!withText<QAbstractButton>(&page, s("Open shop, /srv/shop")));
    }

    void standsInPlaceOfPanelsOnly()
    {
        const auto panel = [](const PanelContext &) { return new Panel; };
        MainWindow window({{QLatin1String(panels::traffic), s("Traffic"), IconId::Traffic, panel}, {QLatin1String(panels::settings), s("Settings"), IconId::Settings, panel}}, {});
        auto *page = new FirstRun;
        window.setWelcome(page);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QVERIFY(page->isVisible());
        QTest::keyClick(&window, Qt::Key_Comma, Qt::ControlModifier);
        QVERIFY(!page->isVisible()); // the window's own settings need no workspace
        QTest::keyClick(&window, Qt::Key_1, Qt::ControlModifier);
        QVERIFY(page->isVisible());
        ShellState state;
        state.workspace = s("shop");
        window.setState(state);
        QVERIFY(!page->isVisible());
        QVERIFY(window.currentPanel()->isVisible());
    }
};

QTEST_MAIN(FirstRunTest)
#include "tst_firstrun.moc"
