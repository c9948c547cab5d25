#include "tests/support/sampletraffic.h"
#include "ui/models/exchangemodel.h"
#include "ui/models/exchangetext.h"
#include "ui/models/format.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QLocale>
#include <QtCore/QProcess>
#include <QtTest/QTest>

#include <algorithm>
#include <random>

using namespace gatehouse;
using ui::ExchangeModel;

class TestExchangeText : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void figures()
    {
        QCOMPARE(ui::durationText(90), QStringLiteral("90 µs"));
        QCOMPARE(ui::durationText(84'200), QStringLiteral("84 ms"));
        QCOMPARE(ui::durationText(1'380'000), QStringLiteral("1.38 s"));
        QCOMPARE(ui::durationText(999'600), QStringLiteral("1.00 s"));
        QCOMPARE(ui::exactDurationText(84'200), QStringLiteral("84.2 ms"));
        QCOMPARE(ui::nanosText(400), QStringLiteral("0.4 µs"));
        QCOMPARE(ui::nanosText(71'400), QStringLiteral("71 µs"));
        QCOMPARE(ui::sizeText(182), QStringLiteral("182 B"));
        QCOMPARE(ui::sizeText(6'042), QStringLiteral("5.9 KiB"));
        QCOMPARE(ui::sizeText(39'936), QStringLiteral("39 KiB"));
        QCOMPARE(ui::sizeText(uint64_t(1) << 31), QStringLiteral("2.0 GiB"));
        QCOMPARE(ui::countText(128'402), QStringLiteral("128,402"));
        QCOMPARE(ui::sinceArrivalText(20), QStringLiteral("0.02"));
        QCOMPARE(ui::sinceArrivalText(83'300), QStringLiteral("83.3"));
    }

    void cellsSayWhatTheyAre()
    {
        const auto rows = test::sampleRows(23);
        QCOMPARE(ui::spokenText(rows[3], ExchangeModel::Status),
                 QStringLiteral("429 Too Many Requests, refused by a limit, GET /v1/orders/4738, 90 µs"));
        QCOMPARE(ui::columnText(rows[10], ExchangeModel::Status), QStringLiteral("now"));
        QCOMPARE(ui::columnText(rows[10], ExchangeModel::Size), QStringLiteral("–"));
        QCOMPARE(ui::filterTerm(rows[3], ExchangeModel::Status), QStringLiteral("status:429"));
        QCOMPARE(ui::filterTerm(rows[3], ExchangeModel::Client), QStringLiteral("client:127.0.0.1"));
        QCOMPARE(ui::filterTerm(rows[3], ExchangeModel::Duration), QString());
    }

    void rowsAsText()
    {
        auto rows = test::sampleRows(2);
        rows[1].path = "/a|b,\"c\"";
        const std::vector<int> columns{ExchangeModel::Status, ExchangeModel::Path};
        QCOMPARE(ui::rowsAsText(rows, columns, ui::RowFormat::Markdown),
                 QStringLiteral("| Status | Path |\n| --- | --- |\n| 200 | /v1/orders/4711?expand=items |\n| 200 | /a\\|b,\"c\" |\n"));
        QCOMPARE(ui::rowsAsText(rows, columns, ui::RowFormat::Csv),
                 QStringLiteral("Status,Path\r\n200,/v1/orders/4711?expand=items\r\n200,\"/a|b,\"\"c\"\"\"\r\n"));
        const QJsonArray json = QJsonDocument::fromJson(ui::rowsAsText(rows, columns, ui::RowFormat::Json).toUtf8()).array();
        QCOMPARE(json.size(), qsizetype(2));
        QCOMPARE(json[0].toObject().value(QStringLiteral("url")).toString(), QStringLiteral("http://api.shop.localhost/v1/orders/4711?expand=items"));
    }

    void curlSendsTheSameRequest()
    {
        auto detail = test::sampleDetail(test::sampleRows(13)[12]);
        detail.request.body = "it's";
        const QString line = ui::asCurl(detail, QStringLiteral("http://127.0.0.1:8080"));
        QVERIFY2(line.startsWith(QStringLiteral("curl http://127.0.0.1:8080/v1/orders -H 'Host: api.shop.localhost'")), qPrintable(line));
        QVERIFY(line.endsWith(QStringLiteral("--data-raw 'it'\\''s'")));
        QVERIFY(!line.contains(QStringLiteral("Content-Length")));
    }

    // Whatever the network sent, pasted into bash: curl is called once, with these words and nothing else happens.
    void curlSurvivesBash()
    {
        std::string every;
        for (int octet = 1; octet < 256; ++octet)
            every += char(octet);
        auto detail = test::sampleDetail(test::sampleRows(1)[0]);
        const auto called = [&](const QString &line) {
            QProcess bash;
            bash.start(QStringLiteral("bash"), {QStringLiteral("--noprofile"), QStringLiteral("--norc")});
            bash.write("curl() { printf '%s\\0' \"$@\"; }\n" + line.toUtf8() + "\n");
            bash.closeWriteChannel();
            bash.waitForFinished();
            return bash.readAllStandardError().isEmpty() ? bash.readAllStandardOutput().split('\0') : QList<QByteArray>{bash.readAllStandardError()};
        };
        std::mt19937 random(11);
        for (int round = 0; round < 30; ++round) {
            std::string some = every;
            std::shuffle(some.begin(), some.end(), random);
            const std::string method = round % 2 ? "`id`$!'#&*|~^" : "PURGE"; // each is a method for HTTP
            const std::string path = "/" + some, name = "x-" + std::to_string(round), value = some, body = "@" + some;
            detail.row.method = method;
            detail.row.path = path;
            detail.row.query = "a={b}&c=[1-3]";
            detail.request.fields = {{name, value}, {"x-empty", ""}};
            detail.request.body = body;
            const auto words = called(ui::asShellCommand(detail, QStringLiteral("http://127.0.0.1:8080")));
            const QList<QByteArray> expected{"-X", QByteArray::fromStdString(method), "-g", QByteArray::fromStdString("http://127.0.0.1:8080" + path + "?a={b}&c=[1-3]"),
                                             "-H", QByteArray::fromStdString(name + ": " + value), "-H", "x-empty;", "--data-raw", QByteArray::fromStdString(body), ""};
            QCOMPARE(words, expected);
        }
    }

    // What no word can hold comes through a pipe.
    void aBodyWithNulArrivesWhole()
    {
        std::string body;
        for (int octet = 0; octet < 256; ++octet)
            body += char(octet);
        auto detail = test::sampleDetail(test::sampleRows(1)[0]);
        detail.row.method = "POST";
        detail.request.body = body;
        const QString line = ui::asShellCommand(detail, QStringLiteral("http://127.0.0.1:8080"));
        QProcess bash;
        bash.start(QStringLiteral("bash"), {QStringLiteral("--noprofile"), QStringLiteral("--norc")});
        bash.write("curl() { cat; }\n" + line.toUtf8() + "\n");
        bash.closeWriteChannel();
        bash.waitForFinished();
        QCOMPARE(bash.readAllStandardOutput(), QByteArray::fromStdString(body));
    }

    // A spreadsheet takes a cell that begins so for a formula.
    void csvIsNoFormula()
    {
        auto rows = test::sampleRows(1);
        const std::vector<int> columns{ExchangeModel::Path};
        for (const char *path : {"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"}) {
            rows[0].path = path;
            const QString cell = ui::rowsAsText(rows, columns, ui::RowFormat::Csv).section(QStringLiteral("\r\n"), 1, 1);
            QVERIFY2(cell.startsWith(QStringLiteral("\"'")), qPrintable(cell));
        }
    }
};

QTEST_GUILESS_MAIN(TestExchangeText)
#include "tst_exchangetext.moc"
