// What is text without a widget: terms of a filter, colours of a line, JSON laid out, long lines, octets, differences,
// numbers.
#include "ui/shell/theme.h"
#include "ui/widgets/bodyviewer.h"
#include "ui/widgets/codeeditor.h"
#include "ui/widgets/diffview.h"
#include "ui/widgets/filterterms.h"
#include "ui/widgets/format.h"
#include "ui/widgets/highlight.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/prettyjson.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QLocale>
#include <QtGui/QPainter>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

using namespace gatehouse::ui;

namespace {

QString s(const char *text) { return QString::fromUtf8(text); }

// "key=Key "a"=String": the spans of a line in a readable form.
QString spansOf(Language language, std::string_view line)
{
    static constexpr const char *names[] = { "text", "key", "string", "number", "word", "note" };
    QStringList list;
    for (const Span &span : highlightLine(language, line))
        list << QString::fromUtf8(line.data() + span.begin, static_cast<qsizetype>(span.length)) + QLatin1Char('=')
                + QLatin1String(names[static_cast<int>(span.token)]);
    return list.join(QStringLiteral(" | "));
}

std::string pretty(std::string_view text, size_t piece, bool *whole = nullptr)
{
    PrettyJson json;
    std::string out;
    bool ok = true;
    for (size_t at = 0; ok && at < text.size(); at += piece)
        ok = json.feed(text.substr(at, piece), out);
    if (whole)
        *whole = ok && json.finish();
    return out;
}

} // namespace

class TextTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale::c());
        Theme::install(*qApp);
    }

    void termsAreCutOutsideQuotes()
    {
        QCOMPARE(splitTerms(s("  host:*.shop  -path:/health body:\"two \\\" words\" ")),
            (QStringList{ s("host:*.shop"), s("-path:/health"), s("body:\"two \\\" words\"") }));
        QCOMPARE(splitTerms(s("\"open end")), QStringList{ s("\"open end") });
        QVERIFY(isNegated(s("-path:/x")) && !isNegated(s("-")) && !isNegated(s("path")));
        QCOMPARE(negated(negated(s("a:b"))), s("a:b"));
        QCOMPARE(fieldOf(s("-status:5xx")), s("status"));
        QCOMPARE(fieldOf(s("\"a:b\"")), QString());
        for (const auto *value : { "plain", "two words", "quote\"d", "back\\slash", "" })
            QCOMPARE(splitTerms(makeTerm(s("f"), s(value))).size(), 1);
    }

    void linesAreColoured()
    {
        QCOMPARE(spansOf(Language::Json, "  \"a\": \"x\", \"b\": -1.5e3, \"c\": true"),
            s("\"a\"=key | \"x\"=string | \"b\"=key | -1.5e3=number | \"c\"=key | true=word"));
        QCOMPARE(
            spansOf(Language::Json, "\"t\": \"${tenant}x\""), s("\"t\"=key | \"=string | ${tenant}=word | x\"=string"));
        QCOMPARE(spansOf(Language::Json, "\"p\": {{faker.price}},"), s("\"p\"=key | {{faker.price}}=word"));
        QCOMPARE(spansOf(Language::Yaml, "  - name: get-order # the one"),
            s("name=key | get-order=string |  # the one=note"));
        QCOMPARE(spansOf(Language::Yaml, "port: 8080"), s("port=key | 8080=number"));
        QCOMPARE(spansOf(Language::Nginx, "    proxy_pass http://$up; # to it"),
            s("proxy_pass=key | $up=word | # to it=note"));
        QCOMPARE(spansOf(Language::Http, "x-beta: 1"), s("x-beta=key"));
        QCOMPARE(spansOf(Language::Plain, "a: 1 ${b}"), QString());
    }

    // Whatever the octets, spans stay inside the line, in order and apart.
    void noLineBreaksTheReader()
    {
        unsigned seed = 7;
        for (int round = 0; round < 4000; ++round) {
            std::string line;
            for (int i = 0; i < round % 40; ++i) {
                seed = seed * 1103515245U + 12345U;
                static constexpr char letters[] = "a1\"'\\{}[]$:#-</>= \t\xc3\xa9;,.";
                line += letters[(seed >> 16) % (sizeof letters - 1)];
            }
            for (const Language language :
                { Language::Json, Language::Yaml, Language::Nginx, Language::Http, Language::Xml, Language::Script }) {
                size_t end = 0;
                for (const Span &span : highlightLine(language, line)) {
                    QVERIFY(span.begin >= end && span.length > 0);
                    end = span.begin + span.length;
                    QVERIFY2(end <= line.size(), line.c_str());
                }
            }
        }
    }

    void jsonKeepsItsNumbersAndOrder()
    {
        const std::string text = "{\"b\":1.50,\"a\":[],\"a\":{\"x\":\"}\\\"{\"},\"n\":12345678901234567890}";
        bool whole = false;
        const std::string out = pretty(text, 3, &whole);
        QVERIFY(whole);
        QCOMPARE(QString::fromStdString(out),
            s("{\n  \"b\": 1.50,\n  \"a\": [],\n  \"a\": {\n    \"x\": \"}\\\"{\"\n  },\n  \"n\": "
              "12345678901234567890\n}"));
        QCOMPARE(pretty(text, text.size()), out);
        // Against Qt's own reader: the same value.
        QCOMPARE(QJsonDocument::fromJson(QByteArray::fromStdString(out)),
            QJsonDocument::fromJson(QByteArray::fromStdString(text)));
    }

    void whatIsNotJsonIsNotLaidOut()
    {
        for (const auto *text : { "{\"a\":1", "{]", "<html>", "{\"a\":\"x", "[1,,", "} ", "[1 2]", "[\"a\" \"b\"]",
                 "hello world", "{\"a\":1} x", "[{} {}]" }) {
            bool whole = true;
            pretty(text, 2, &whole);
            QVERIFY2(!whole, text);
        }
    }

    void longLinesAreCutBetweenCharacters()
    {
        size_t column = 0;
        std::string out;
        QVERIFY(breakLongLines("aaaa\xc3\xa9z\nbb", 4, column, out));
        QCOMPARE(out, std::string("aaaa\n\xc3\xa9z\nbb"));
        column = 0;
        out.clear();
        QVERIFY(!breakLongLines("ab\ncd", 4, column, out));
        QCOMPARE(out, std::string("ab\ncd"));
    }

    void octetsAreListed()
    {
        QCOMPARE(QString::fromStdString(hexLines(std::string_view("GET\0\xff", 5), 16)).simplified(),
            s("00000010 47 45 54 00 ff GET.."));
    }

    void aHugeBodyLoadsByPiece()
    {
        QByteArray body = "[";
        while (body.size() < 3 << 20)
            body += "{\"sku\":\"sku-8821\",\"qty\":2},";
        body.chop(1);
        body += ']';
        BodyViewer viewer;
        QSignalSpy loaded(&viewer, &BodyViewer::loaded);
        viewer.setBody(body, s("application/json"));
        QVERIFY(viewer.isLoading()); // it came back before it was done
        QVERIFY(loaded.wait(10000));
        QVERIFY(viewer.editor()->lineCount() > 100'000);
        viewer.setMode(BodyViewer::Mode::Raw);
        QTRY_VERIFY(!viewer.isLoading());
        QVERIFY(viewer.editor()->lengthInBytes() >= body.size());
    }

    void brokenJsonIsShownAsSent()
    {
        BodyViewer viewer;
        QSignalSpy loaded(&viewer, &BodyViewer::loaded);
        viewer.setBody("{\"a\": 1, oops", s("application/json"));
        if (loaded.isEmpty())
            QVERIFY(loaded.wait());
        QCOMPARE(viewer.editor()->text(), s("{\"a\": 1, oops"));
    }

    void theEditorTakesNoStepBackBehindItsText()
    {
        CodeEditor editor;
        QSignalSpy changed(&editor, &CodeEditor::textChanged);
        editor.setLanguage(Language::Yaml);
        editor.setText(s("a: 1\n"));
        QCOMPARE(changed.count(), 0);
        QTest::keyClicks(editor.view(), s("b"));
        QCOMPARE(editor.text(), s("ba: 1\n"));
        QCOMPARE(changed.count(), 1);
        QTest::keyClick(editor.view(), Qt::Key_Z, Qt::ControlModifier);
        QTest::keyClick(editor.view(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(editor.text(), s("a: 1\n"));
    }

    void differencesAreTheFewest()
    {
        const QStringList before{ s("GET /v1/orders"), s("host: a"), s("x: 1") },
            after{ s("GET /orders"), s("host: a"), s("x: 1"), s("y: 2") };
        const auto lines = diffLines(before, after);
        QCOMPARE(toText(lines), s("-GET /v1/orders\n+GET /orders\n host: a\n x: 1\n+y: 2\n"));
    }

    void numbersAreShort()
    {
        const QChar nbsp(QChar::Nbsp);
        QCOMPARE(formatBytes(182).replace(nbsp, QLatin1Char(' ')), s("182 B"));
        QCOMPARE(formatBytes(6042).replace(nbsp, QLatin1Char(' ')), s("5.9 KiB"));
        QCOMPARE(formatBytes(39 << 10).replace(nbsp, QLatin1Char(' ')), s("39 KiB"));
        QCOMPARE(formatDuration(90'000).replace(nbsp, QLatin1Char(' ')), s("90 \u00b5s"));
        QCOMPARE(formatDuration(41e6).replace(nbsp, QLatin1Char(' ')), s("41 ms"));
        QCOMPARE(formatDuration(1.38e9).replace(nbsp, QLatin1Char(' ')), s("1.38 s"));
        QCOMPARE(formatDuration(125e9).replace(nbsp, QLatin1Char(' ')), s("2 min 5 s"));
        QCOMPARE(formatDuration(-1), s("\u2013"));
        QCOMPARE(formatRate(4.24), s("4.2"));
        QCOMPARE(formatMoment(21'000, 0).replace(nbsp, QLatin1Char(' ')), s("in 21 s"));
        QCOMPARE(plainToolTip(s("a < b")), s("a < b"));
        QVERIFY(!plainToolTip(s("<b>bold</b>")).contains(s("<b>")));
    }

    void everyIconDrawsSomething()
    {
        for (int i = 0; i < static_cast<int>(IconId::Count); ++i) {
            for (const int size : { 16, 20 }) {
                QImage image(size, size, QImage::Format_ARGB32_Premultiplied);
                image.fill(Qt::transparent);
                QPainter painter(&image);
                paintIcon(&painter, QRectF(0, 0, size, size), static_cast<IconId>(i), Tokens::current().text);
                painter.end();
                int inked = 0;
                for (int y = 0; y < size; ++y)
                    for (int x = 0; x < size; ++x)
                        inked += qAlpha(image.pixel(x, y)) > 100;
                QVERIFY2(inked > 2, iconName(static_cast<IconId>(i)));
            }
        }
        QCOMPARE(policyIcon("rate-limit"), IconId::Gauge);
        QCOMPARE(policyIcon("something-new"), IconId::Bolt);
    }
};

QTEST_MAIN(TextTest)
#include "tst_text.moc"
