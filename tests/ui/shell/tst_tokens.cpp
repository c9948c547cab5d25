// The tokens keep the contrasts the design promises, and nothing but the tokens names a colour.
#include "tests/support/support.h"
#include "ui/shell/tokens.h"

#include <QtCore/QDirIterator>
#include <QtCore/QRegularExpression>

using namespace gatehouse::ui;

namespace {

struct Named {
    const char *name;
    QColor color;
};

std::vector<Named> surfaces(const Tokens &t)
{
    return { { "frame", t.frame }, { "surface", t.surface }, { "sunken", t.sunken }, { "raised", t.raised },
        { "field", t.field }, { "hover", t.hover }, { "selected", t.selected }, { "selectedOff", t.selectedOff } };
}

std::vector<Named> grounds(const Tokens &t)
{
    auto list = surfaces(t);
    for (const Named &n : { Named{ "accentTint", t.accentTint }, { "okTint", t.ok.tint },
             { "redirectTint", t.redirect.tint }, { "clientTint", t.client.tint }, { "serverTint", t.server.tint },
             { "delayTint", t.delay.tint }, { "cacheTint", t.cache.tint }, { "mockTint", t.mock.tint },
             { "noneTint", t.none.tint }, { "diffAdded", t.diffAdded }, { "diffRemoved", t.diffRemoved } })
        list.push_back(n);
    return list;
}

void expect(const Named &ink, const Named &ground, double bound)
{
    const double ratio = contrastRatio(ink.color, ground.color);
    QVERIFY2(ratio >= bound,
        qPrintable(QStringLiteral("%1 on %2: %3, wanted %4")
                       .arg(QLatin1String(ink.name), QLatin1String(ground.name))
                       .arg(ratio, 0, 'f', 2)
                       .arg(bound)));
}

} // namespace

class TokensTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theRatioIsTheOneOfWcag()
    {
        QCOMPARE(qRound(contrastRatio(Qt::black, Qt::white) * 100), 2100);
        QCOMPARE(qRound(contrastRatio(QColor(0x77, 0x77, 0x77), Qt::white) * 100), 448);
    }

    void contrast_data()
    {
        QTest::addColumn<int>("scheme");
        QTest::newRow("light") << int(Scheme::Light);
        QTest::newRow("dark") << int(Scheme::Dark);
        QTest::newRow("high contrast light") << int(Scheme::HighContrastLight);
        QTest::newRow("high contrast dark") << int(Scheme::HighContrastDark);
    }

    void contrast()
    {
        QFETCH(int, scheme);
        const Tokens &t = Tokens::of(static_cast<Scheme>(scheme));
        const std::vector<Named> texts = { { "text", t.text }, { "text2", t.text2 }, { "text3", t.text3 },
            { "accentText", t.accentText }, { "synKey", t.synKey }, { "synString", t.synString },
            { "synNumber", t.synNumber }, { "synWord", t.synWord }, { "synNote", t.synNote }, { "ok", t.ok.text },
            { "redirect", t.redirect.text }, { "client", t.client.text }, { "server", t.server.text },
            { "delay", t.delay.text }, { "cache", t.cache.text }, { "mock", t.mock.text }, { "none", t.none.text } };
        for (const Named &ink : texts)
            for (const Named &ground : grounds(t))
                expect(ink, ground, 4.5);
        const std::vector<Named> fills = { { "ok", t.ok.fill }, { "redirect", t.redirect.fill },
            { "client", t.client.fill }, { "server", t.server.fill }, { "delay", t.delay.fill },
            { "cache", t.cache.fill }, { "mock", t.mock.fill }, { "none", t.none.fill }, { "control", t.control },
            { "focus", t.focus } };
        for (const Named &ink : fills)
            for (const Named &ground : surfaces(t))
                expect(ink, ground, 3);
        expect({ "onAccent", t.onAccent }, { "accent", t.accent }, 4.5);
        expect({ "seriesLow", t.seriesLow }, { "surface", t.surface }, 3);
        expect({ "seriesHigh", t.seriesHigh }, { "surface", t.surface }, 7);
        if (t.highContrast)
            expect({ "line2", t.line2 }, { "surface", t.surface }, 3);
    }

    void nothingElseNamesAColour()
    {
        static const QRegularExpression literal(QStringLiteral(
            "\"#[0-9A-Fa-f]{3,8}\"|QColor\\(\\s*\\d|QColor\\(\\s*\"|QColor::from|qRgba?\\(\\s*\\d|0x[0-9A-Fa-f]{6}\\b"
            "|Qt::(white|black|red|green|blue|cyan|magenta|yellow|gray|dark\\w+|light\\w+)\\b|setStyleSheet"));
        int files = 0;
        for (const auto *folder : { "/ui", "/app" }) {
            QDirIterator it(gatehouse::test::sourceDir() + QLatin1String(folder),
                { QStringLiteral("*.cpp"), QStringLiteral("*.h") }, QDir::Files, QDirIterator::Subdirectories);
            while (it.hasNext()) {
                const QString path = it.next();
                if (path.endsWith(QStringLiteral("ui/shell/tokens.cpp")))
                    continue;
                ++files;
                const QStringList lines =
                    QString::fromStdString(gatehouse::test::readFile(path)).split(QLatin1Char('\n'));
                for (qsizetype i = 0; i < lines.size(); ++i) {
                    const QString code = lines[i].section(QStringLiteral("//"), 0, 0);
                    QVERIFY2(!literal.match(code).hasMatch(),
                        qPrintable(QStringLiteral("%1:%2: %3").arg(path).arg(i + 1).arg(lines[i])));
                }
            }
        }
        QVERIFY(files >= 5);
    }
};

QTEST_GUILESS_MAIN(TokensTest)
#include "tst_tokens.moc"
