// Everything paints, in light, dark and high contrast; with GATEHOUSE_GALLERY set the grabs are kept to be looked at.
#include "tests/ui/gallery/samples.h"
#include "ui/shell/commandpalette.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/popuplist.h"
#include "ui/shell/statusbar.h"
#include "ui/shell/theme.h"
#include "ui/widgets/flatbutton.h"

#include <QtCore/QDir>
#include <QtGui/QAction>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QMenu>

using namespace gatehouse::ui;

namespace {

// More than one colour, or nothing was painted.
bool paintsSomething(const QImage &image)
{
    const QRgb first = image.pixel(0, 0);
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            if (image.pixel(x, y) != first)
                return true;
    return false;
}

void keep(const QString &name, const char *theme, const QPixmap &pixmap)
{
    QVERIFY2(paintsSomething(pixmap.toImage()), qPrintable(name));
    const QString folder = qEnvironmentVariable("GATEHOUSE_GALLERY");
    if (folder.isEmpty())
        return;
    QDir().mkpath(folder);
    const QString file = QStringLiteral("%1/%2-%3%4.png")
                             .arg(folder, name, QLatin1String(theme),
                                 qApp->devicePixelRatio() > 1.5 ? QStringLiteral("-2x") : QString());
    QVERIFY2(pixmap.save(file), qPrintable(file));
}

} // namespace

class GalleryTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp); }

    void grabs_data()
    {
        QTest::addColumn<int>("choice");
        QTest::newRow("light") << int(ThemeChoice::Light);
        QTest::newRow("dark") << int(ThemeChoice::Dark);
        QTest::newRow("contrast") << int(ThemeChoice::HighContrast);
    }

    void grabs()
    {
        QFETCH(int, choice);
        const char *theme = QTest::currentDataTag();
        Theme::instance()->setChoice(static_cast<ThemeChoice>(choice));
        for (const auto &[name, widget] : samples::widgets()) {
            widget->show();
            QVERIFY(QTest::qWaitForWindowExposed(widget));
            keep(name, theme, widget->grab());
            delete widget;
        }
        MainWindow window(samples::panels(), {});
        window.setState(samples::shellState());
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        for (const PanelInfo &info : samples::panels())
            window.showPanel(info.id);
        window.showPanel(QLatin1String(panels::traffic));
        keep(QStringLiteral("shell"), theme, window.grab());
        grabMenu(window, theme);
        addNamedThings(window);
        window.openPalette(QStringLiteral("ord"));
        keep(QStringLiteral("palette"), theme, window.grab());
        window.commandPalette()->close();
        window.resize(960, 600);
        QTest::qWait(0);
        QCoreApplication::processEvents();
        keep(QStringLiteral("shell-small"), theme, window.grab());
    }

private:
    static void grabMenu(MainWindow &window, const char *theme)
    {
        QMenu menu(&window);
        for (QAction *action : window.actionTable()->all().mid(0, 6))
            menu.addAction(action);
        menu.addSeparator();
        QAction *checked = menu.addAction(QStringLiteral("Checked"));
        checked->setCheckable(true);
        checked->setChecked(true);
        menu.addMenu(QStringLiteral("More"))->addAction(QStringLiteral("Inside"));
        menu.popup(window.mapToGlobal(QPoint(100, 100)));
        menu.setActiveAction(checked);
        keep(QStringLiteral("menu"), theme, menu.grab());
        menu.close();
        QTest::mouseClick(window.statusStrip()->part(StatusBar::Part::Problems), Qt::LeftButton);
        auto *popup = window.findChild<PopupList *>();
        QVERIFY(popup->isVisible());
        keep(QStringLiteral("problems"), theme, popup->grab());
        popup->close();
    }
    static void addNamedThings(MainWindow &window)
    {
        const auto s = [](const char *text) { return QString::fromUtf8(text); };
        window.paletteProviders()->add(&window, [s] {
            return QList<PaletteItem>{ { s("Routes"), IconId::Route, s("get-order"),
                                           s("GET api.shop.localhost/v1/orders/{id} \u2192 orders"), s("402 req/s"), {},
                                           {}, false },
                { s("Routes"), IconId::Route, s("list-orders"), s("GET api.shop.localhost/v1/orders \u2192 orders"),
                    s("31 req/s"), {}, {}, false },
                { s("Routes"), IconId::Route, s("create-order"), s("POST api.shop.localhost/v1/orders \u2192 orders"),
                    s("4 req/s"), {}, {}, false },
                { s("Upstreams"), IconId::Layers, s("orders"), s("2 of 4 endpoints take requests"), s("round-robin"),
                    {}, {}, false },
                { s("Upstreams"), IconId::Layers, s("orders-next"), s("1 endpoint"), {}, {}, {}, false },
                { s("Requests"), IconId::Send, s("orders / Create order"), s("POST ${base}/v1/orders"), s("Explorer"),
                    {}, {}, false } };
        });
    }
};

QTEST_MAIN(GalleryTest)
#include "tst_gallery.moc"
