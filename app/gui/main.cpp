// gatehouse: the window.
#include "app/gui/application.h"
#include "app/gui/screenshots.h"
#include "gateway/policy/shapes.h"
#include "ui/settings/settingspanel.h"
#include "ui/shell/mainwindow.h"
#include "ui/shell/theme.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QLibraryInfo>
#include <QtCore/QTranslator>
#include <QtWidgets/QApplication>

int main(int argc, char **argv)
{
    // A worker under the glib dispatcher pays for each idle connection; the main thread keeps glib for the keychain.
    qputenv("QT_NO_THREADED_GLIB", "1");
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("gatehouse"));
    QApplication::setApplicationDisplayName(QStringLiteral("Gatehouse"));
    QApplication::setApplicationVersion(QStringLiteral(GATEHOUSE_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("net.gatehouse.Gatehouse"));

    QTranslator plurals, translator; // English needs its plural forms; the person's language comes before it
    if (plurals.load(QStringLiteral(":/i18n/gatehouse_en.qm")))
        QApplication::installTranslator(&plurals);
    if (QLocale().language() != QLocale::English && translator.load(QLocale(), QStringLiteral("gatehouse"), QStringLiteral("_"), QStringLiteral(":/i18n")))
        QApplication::installTranslator(&translator);

    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("An API gateway and API explorer for your own machine."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption control(QStringLiteral("control"), QStringLiteral("Offer the running engine on this Unix socket."), QStringLiteral("socket"));
    parser.addOption(control);
    const QCommandLineOption pictures(QStringLiteral("screenshots"), QStringLiteral("Take pictures of every panel into this folder, and quit."), QStringLiteral("folder"));
    const QCommandLineOption theme(QStringLiteral("theme"), QStringLiteral("light, dark or contrast, for this run."), QStringLiteral("theme"));
    const QCommandLineOption size(QStringLiteral("size"), QStringLiteral("The size of the pictures."), QStringLiteral("WIDTHxHEIGHT"), QStringLiteral("1280x800"));
    parser.addOption(pictures);
    parser.addOption(theme);
    parser.addOption(size);
    parser.addPositionalArgument(QStringLiteral("workspace"), QStringLiteral("A folder or its gatehouse.yaml."), QStringLiteral("[workspace]"));
    parser.process(application);

    gatehouse::policy::registerShapes();
    gatehouse::ui::Theme::install(application);
    gatehouse::ui::applyWindowSettings(gatehouse::ui::MainWindow::defaultSettingsFile());
    if (const QString name = parser.value(theme); !name.isEmpty())
        gatehouse::ui::Theme::instance()->setChoice(name == QLatin1String("dark")           ? gatehouse::ui::ThemeChoice::Dark
                                                        : name == QLatin1String("contrast") ? gatehouse::ui::ThemeChoice::HighContrast
                                                                                            : gatehouse::ui::ThemeChoice::Light);
    gatehouse::gui::Application gatehouse;
    gatehouse.window().show();
    gatehouse.openFirst(parser.positionalArguments().value(0));
    gatehouse.start(parser.value(control));
    std::unique_ptr<gatehouse::gui::Screenshots> screenshots;
    if (const QString folder = parser.value(pictures); !folder.isEmpty()) {
        const QString scale = gatehouse.window().devicePixelRatioF() > 1.5 ? QStringLiteral("-2x") : QString();
        screenshots = std::make_unique<gatehouse::gui::Screenshots>(gatehouse, folder, parser.value(theme) + scale,
                                                                               QSize(parser.value(size).section(QLatin1Char('x'), 0, 0).toInt(), parser.value(size).section(QLatin1Char('x'), 1).toInt()));
        screenshots->start();
    }
    return QApplication::exec();
}
