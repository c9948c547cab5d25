// Tests of the window read what people read: the plural forms of English come from its translation, in each of them.
#include <QtCore/QCoreApplication>
#include <QtCore/QTranslator>

namespace {

void loadPlurals()
{
    static QTranslator plurals;
    if (!plurals.load(QStringLiteral(":/i18n/gatehouse_en.qm")))
        qFatal("the English plural forms are not compiled in");
    QCoreApplication::installTranslator(&plurals);
}

} // namespace

Q_COREAPP_STARTUP_FUNCTION(loadPlurals)
