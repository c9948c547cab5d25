#include "tests/support/sampletraffic.h"
#include "ui/models/exchangemodel.h"
#include "ui/models/exchangetext.h"
#include "ui/models/format.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QLocale>
#include <QtTest/QTest>

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
        QVERIFY2(line.startsWith(QStringLiteral("curl -X POST 'http://127.0.0.1:8080/v1/orders' -H 'Host: api.shop.localhost'")), qPrintable(line));
        QVERIFY(line.endsWith(QStringLiteral("--data-binary 'it'\\''s'")));
        QVERIFY(!line.contains(QStringLiteral("Content-Length")));
    }
};

QTEST_GUILESS_MAIN(TestExchangeText)
#include "tst_exchangetext.moc"
