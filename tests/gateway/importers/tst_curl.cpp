#include "gateway/base/shell.h"
#include "gateway/importers/curl.h"

#include <QtCore/QProcess>
#include <QtTest/QTest>

#include <random>

using namespace gatehouse;
using namespace gatehouse::importers;

class TestCurl : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsWhatPeoplePaste()
    {
        const auto r = parseCurl("curl 'http://api.shop.localhost:8080/v1/orders?x=1' \\\n  -H 'X-Api-Key: k 1' -XPATCH --data-raw $'a\\'b\\n' --compressed -sk");
        QVERIFY2(r.ok(), r.ok() ? "" : r.error().message.c_str());
        QCOMPARE(r->method, std::string("PATCH"));
        QCOMPARE(r->url, std::string("http://api.shop.localhost:8080/v1/orders?x=1"));
        QCOMPARE(r->body, std::string("a'b\n"));
        QVERIFY(r->insecure);
        QCOMPARE(r->headers.at(0).first, std::string("X-Api-Key"));
        QCOMPARE(r->headers.at(0).second, std::string("k 1"));
        QCOMPARE(r->headers.at(2).second, std::string("application/x-www-form-urlencoded"));
    }
    void choosesTheMethodAsCurlDoes()
    {
        QCOMPARE(parseCurl("curl host/a")->method, std::string("GET"));
        QCOMPARE(parseCurl("curl host/a")->url, std::string("http://host/a"));
        QCOMPARE(parseCurl("curl -d a=1 -d b=2 host")->body, std::string("a=1&b=2"));
        QCOMPARE(parseCurl("curl -d a=1 host")->method, std::string("POST"));
        QCOMPARE(parseCurl("curl -I host")->method, std::string("HEAD"));
        const auto get = parseCurl("curl -G -d a=1 --data-urlencode 'b=x y' 'host/?c=2'");
        QCOMPARE(get->method, std::string("GET"));
        QCOMPARE(get->url, std::string("http://host/?c=2&a=1&b=x%20y"));
        const auto json = parseCurl("curl --json '{\"a\":1}' host");
        QCOMPARE(json->headers.at(0).second, std::string("application/json"));
        QCOMPARE(parseCurl("GET /v1/orders")->url, std::string("/v1/orders"));
        QCOMPARE(parseCurl("DELETE http://x/1")->method, std::string("DELETE"));
        QCOMPARE(parseCurl("curl -u me:secret host")->headers.at(0).second, std::string("Basic bWU6c2VjcmV0"));
    }
    void saysWhatIsWrong_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const char *line, const char *says) {
            QTest::newRow(name) << QString::fromUtf8(line) << QString::fromUtf8(says);
        };
        row("no URL", "curl -s", "There is no URL");
        row("open quote", "curl 'http://x", "The ' at character 6 is not closed");
        row("unknown option", "curl --hedaer x http://x", "Did you mean --header?");
        row("file", "curl -d @body.json http://x", "is not read here");
        row("value missing", "curl http://x -H", "-H wants a value");
        row("two URLs", "curl http://x http://y", "second URL");
        row("not carried", "curl --digest -u a:b http://x", "can't be carried");
    }
    void saysWhatIsWrong()
    {
        QFETCH(QString, line);
        QFETCH(QString, says);
        const auto r = parseCurl(line.toStdString());
        QVERIFY(!r.ok());
        QVERIFY2(QString::fromStdString(r.error().message).contains(says), r.error().message.c_str());
    }
    // Random words of every octet but NUL, through our quoting and bash's reading.
    void quotesSurviveBash()
    {
        std::mt19937 random(7);
        for (int round = 0; round < 40; ++round) {
            std::string word;
            for (int i = 0; i < 40; ++i)
                word += static_cast<char>(1 + random() % 255);
            QProcess bash;
            bash.start(QStringLiteral("bash"), {QStringLiteral("--noprofile"), QStringLiteral("--norc")});
            QVERIFY(bash.waitForStarted());
            bash.write(QByteArray::fromStdString("LC_ALL=C; printf '%s' " + quoteForShell(word) + "\n"));
            bash.closeWriteChannel();
            QVERIFY(bash.waitForFinished());
            QCOMPARE(bash.readAllStandardOutput().toStdString(), word);
            QCOMPARE(splitShellWords(quoteForShell(word))->at(0), word);
        }
    }
    void writesWhatItReads()
    {
        CurlRequest request;
        request.method = "PUT";
        request.url = "http://x/a?b=$HOME&c='d'";
        request.headers = {{"X-A", "1 \"2\""}, {"X-Empty", ""}, {"Content-Type", "text/plain"}};
        request.body = "line\nnext 'quoted' \\n";
        const auto back = parseCurl(toCurl(request));
        QVERIFY(back.ok());
        QCOMPARE(back->method, request.method);
        QCOMPARE(back->url, request.url);
        QVERIFY(back->headers == request.headers);
        QCOMPARE(back->body, request.body);
    }
};

QTEST_GUILESS_MAIN(TestCurl)
#include "tst_curl.moc"
