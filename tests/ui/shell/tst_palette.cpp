// Matching and ranking, and the palette as it is used: by keys.
#include "ui/shell/commandpalette.h"
#include "ui/shell/theme.h"

#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QLineEdit>

using namespace gatehouse::ui;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

} // namespace

class PaletteTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::install(*qApp); }

    void init()
    {
        m_opened.clear();
        m_host = std::make_unique<QWidget>();
        m_host->resize(1000, 700);
        auto *layout = new QVBoxLayout(m_host.get());
        m_field = new QLineEdit;
        layout->addWidget(m_field);
        m_palette = new CommandPalette(m_host.get());
        m_palette->explain = [this](const QString &request) { m_opened = s("explain ") + request; };
        m_host->show();
        m_host->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_host.get()));
        m_field->setFocus();
    }

    void aRunAtTheStartOfAWordRanksHighest()
    {
        const auto start = matchPalette(s("ord"), s("orders"), {});
        const auto word = matchPalette(s("ord"), s("get-order"), {});
        const auto inside = matchPalette(s("ord"), s("record"), {});
        const auto letters = matchPalette(s("gor"), s("get-order"), {});
        QVERIFY(start && word && inside && letters);
        QVERIFY(start->score > word->score);
        QVERIFY(word->score > inside->score);
        QVERIFY(inside->score > letters->score);
        QCOMPARE(word->hits, (QList<qsizetype>{ 4, 5, 6 }));
        QCOMPARE(letters->hits, (QList<qsizetype>{ 0, 4, 5 }));
        QVERIFY(!matchPalette(s("xyz"), s("get-order"), s("GET /v1/orders")));
        QVERIFY(matchPalette(s("get v1"), s("get-order"), s("GET /v1/orders")));
    }

    void typingFilters()
    {
        open();
        QCOMPARE(m_palette->shownNames().size(), 4);
        QTest::keyClicks(m_palette->field(), s("ord"));
        QCOMPARE(m_palette->shownNames(), (QStringList{ s("get-order"), s("orders") }));
        QCOMPARE(m_palette->currentName(), s("get-order"));
        QTest::keyClick(m_palette->field(), Qt::Key_Down);
        QCOMPARE(m_palette->currentName(), s("orders"));
        QTest::keyClick(m_palette->field(), Qt::Key_Return);
        QCOMPARE(m_opened, s("orders"));
        QVERIFY(!m_palette->isVisible());
    }

    void tabListsWhatCanBeDone()
    {
        open();
        QTest::keyClicks(m_palette->field(), s("get-order"));
        QTest::keyClick(m_palette->field(), Qt::Key_Tab);
        QCOMPARE(m_palette->shownNames(), (QStringList{ s("Open"), s("Show its traffic") }));
        QTest::keyClick(m_palette->field(), Qt::Key_Escape);
        QCOMPARE(m_palette->shownNames().first(), s("get-order"));
        QTest::keyClick(m_palette->field(), Qt::Key_Tab);
        QTest::keyClicks(m_palette->field(), s("traffic"));
        QTest::keyClick(m_palette->field(), Qt::Key_Return);
        QCOMPARE(m_opened, s("traffic of get-order"));
    }

    void anAngleKeepsActionsOnly()
    {
        open();
        QTest::keyClicks(m_palette->field(), s(">"));
        QCOMPARE(m_palette->shownNames(), (QStringList{ s("Light or dark") }));
    }

    void aPathIsExplained()
    {
        open();
        QTest::keyClicks(m_palette->field(), s("/v1/orders/1"));
        QTest::keyClick(m_palette->field(), Qt::Key_Return);
        QCOMPARE(m_opened, s("explain /v1/orders/1"));
        QVERIFY(looksLikeRequest(s("curl http://x/")));
        QVERIFY(looksLikeRequest(s("POST /v1")));
        QVERIFY(!looksLikeRequest(s("postman")));
    }

    void escapeGivesTheFocusBack()
    {
        open();
        QVERIFY(m_palette->field()->hasFocus());
        QTest::keyClick(m_palette->field(), Qt::Key_Escape);
        QVERIFY(!m_palette->isVisible());
        QVERIFY(m_field->hasFocus());
    }

private:
    void open()
    {
        m_palette->open([this] {
            const auto opens = [this](const char *what) { return [this, what] { m_opened = s(what); }; };
            return QList<PaletteItem>{
                { s("Routes"), IconId::Route, s("get-order"), s("GET /v1/orders/{id}"), s("402 req/s"),
                    opens("get-order"),
                    { { s("Open"), IconId::Route, {}, opens("get-order") },
                        { s("Show its traffic"), IconId::Traffic, {}, opens("traffic of get-order") } },
                    false },
                { s("Routes"), IconId::Route, s("users"), s("GET /v1/users"), {}, opens("users"), {}, false },
                { s("Upstreams"), IconId::Layers, s("orders"), s("2 endpoints"), {}, opens("orders"), {}, false },
                { s("Actions"), IconId::Moon, s("Light or dark"), s("View"), {}, opens("theme"), {}, true }
            };
        });
    }

    std::unique_ptr<QWidget> m_host;
    QLineEdit *m_field = nullptr;
    CommandPalette *m_palette = nullptr;
    QString m_opened;
};

QTEST_MAIN(PaletteTest)
#include "tst_palette.moc"
