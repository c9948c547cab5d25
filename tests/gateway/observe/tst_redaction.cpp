#include "gateway/observe/redaction.h"

#include <QtTest/QTest>

#include <random>

using namespace gatehouse;
using namespace gatehouse::observe;

class TestRedaction : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fields_data();
    void fields();
    void urls_data();
    void urls();
    void bodies_data();
    void bodies();
    void extraEntries();
    void refusesWhatItCantRead();
    void everyPlantedSecretGoes();
    void survivesAnything();

private:
    std::shared_ptr<const Redactor> m_redactor = Redactor::make().value();
};

void TestRedaction::fields_data()
{
    QTest::addColumn<std::string>("name");
    QTest::addColumn<std::string>("value");
    QTest::addColumn<std::string>("expected"); // empty: left as it is
    const auto row = [](const char *name, const char *value, const char *expected) {
        QTest::addRow("%s: %s", name, value) << std::string(name) << std::string(value) << std::string(expected);
    };
    row("Authorization", "Bearer s3cret", "Bearer [redacted]");
    row("authorization", "s3cret", "[redacted]");
    row("Proxy-Authorization", "Basic czNjcmV0", "Basic [redacted]");
    row("Cookie", "a=1; b=two=2;c", "a=[redacted]; b=[redacted]; [redacted]");
    row("Set-Cookie", "sid=s3cret; Path=/; HttpOnly", "sid=[redacted]; Path=/; HttpOnly");
    row("X-Api-Key", "s3cret", "[redacted]");
    row("Location", "https://app.test/cb?code=s3cret&state=7", "https://app.test/cb?code=[redacted]&state=7");
    row("Location", "https://app.test/cb#access_token=s3cret&token_type=bearer", "https://app.test/cb#access_token=[redacted]&token_type=bearer");
    row("Referer", "http://me:s3cret@host/x", "http://me:[redacted]@host/x");
    row("Host", "api.shop.localhost", "");
    row("Accept", "application/json", "");
    row("Location", "/v1/orders/42", "");
    row("X-Api-Keys", "none of ours", "");
}

void TestRedaction::fields()
{
    QFETCH(std::string, name);
    QFETCH(std::string, value);
    QFETCH(std::string, expected);
    std::string out = "untouched";
    QCOMPARE(m_redactor->field(name, value, out), !expected.empty());
    QCOMPARE(out, expected.empty() ? std::string("untouched") : expected);
}

void TestRedaction::urls_data()
{
    QTest::addColumn<std::string>("url");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char *url, const char *expected) { QTest::addRow("%s", url) << std::string(url) << std::string(expected); };
    row("GET /a?api_key=s3cret&x=1 HTTP/1.1", "GET /a?api_key=[redacted]&x=1 HTTP/1.1");
    row("GET /a?x=1&apiKey=s3cret HTTP/1.1", "GET /a?x=1&apiKey=[redacted] HTTP/1.1");
    row("/a?api%5Fkey=s3cret", "/a?api%5Fkey=[redacted]");
    row("/a?%70assword=s3cret;b=2", "/a?%70assword=[redacted];b=2");
    row("/a?X-Amz-Signature=s3cret", "/a?X-Amz-Signature=[redacted]");
    row("/a?key=s3cret", "/a?key=[redacted]");
    row("/a?access_token=", "/a?access_token=[redacted]");
    row("/a?keys=3&page=2", "");
    row("/a/b@c", "");
    row("/a", "");
}

void TestRedaction::urls()
{
    QFETCH(std::string, url);
    QFETCH(std::string, expected);
    std::string out;
    QCOMPARE(m_redactor->url(url, out), !expected.empty());
    QCOMPARE(out, expected);
}

void TestRedaction::bodies_data()
{
    QTest::addColumn<std::string>("type");
    QTest::addColumn<std::string>("body");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char *name, const char *type, const char *body, const char *expected) {
        QTest::newRow(name) << std::string(type) << std::string(body) << std::string(expected);
    };
    row("member", "application/json", R"({"user": "ann", "password": "s3cret"})", R"({"user": "ann", "password": "[redacted]"})");
    row("camel", "application/json", R"({"accessToken":"s3cret","n":1})", R"({"accessToken":"[redacted]","n":1})");
    row("suffix", "application/json", R"({"newPassword" : "s3cret"})", R"({"newPassword" : "[redacted]"})");
    row("number", "application/json", R"({"secret": 12345, "x": 1})", R"({"secret": "[redacted]", "x": 1})");
    row("object", "application/json", R"({"secret": {"a": ["}", 1]}, "x": 1})", R"({"secret": "[redacted]", "x": 1})");
    row("nested", "application/json", R"({"a": [{"token": "s3cret"}]})", R"({"a": [{"token": "[redacted]"}]})");
    row("escaped quote", "application/json", R"({"token": "a\"s3cret", "x": 1})", R"({"token": "[redacted]", "x": 1})");
    row("escaped name", "application/json", R"({"pass\u0077ord": "s3cret"})", R"({"pass\u0077ord": "[redacted]"})");
    row("in a string", "application/json", R"({"body": "{\"password\": \"s3cret\"}"})", R"({"body": "{\"password\": \"[redacted]\"}"})");
    row("cut", "application/json", R"({"x": 1, "password": "s3cr)", R"({"x": 1, "password": "[redacted]")");
    row("no type", "", R"({"password": "s3cret"})", R"({"password": "[redacted]"})");
    row("wrong type", "text/plain", R"( {"password": "s3cret"})", R"( {"password": "[redacted]"})");
    row("events", "text/event-stream", "data: {\"token\": \"s3cret\"}\n\n", "data: {\"token\": \"[redacted]\"}\n\n");
    row("form", "application/x-www-form-urlencoded", "grant_type=password&client_secret=s3cret&x=1", "grant_type=password&client_secret=[redacted]&x=1");
    row("multipart", "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nann\r\n--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\ns3cret\r\n--b--\r\n",
        "--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nann\r\n--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n[redacted]\r\n--b--\r\n");
    row("nothing", "application/json", R"({"user": "ann", "next_page": "abc", "description": "the password: none"})", "");
    row("text", "text/plain", "password: in prose stays", "");
}

void TestRedaction::bodies()
{
    QFETCH(std::string, type);
    QFETCH(std::string, body);
    QFETCH(std::string, expected);
    std::string out;
    QCOMPARE(m_redactor->body(type, body, out), !expected.empty());
    QCOMPARE(out, expected);
}

void TestRedaction::extraEntries()
{
    const auto made = Redactor::make({"header.x-token", "json.$.user.pin", "json.$..iban", "json.$.codes[*]", "query.sku", "cookie.sid"});
    QVERIFY(made.ok());
    const auto &redactor = *made.value();
    std::string out;
    QVERIFY(redactor.field("X-Token", "s3cret", out));
    QCOMPARE(out, std::string("[redacted]"));
    QVERIFY(redactor.query("sku=1&x=2", out));
    QCOMPARE(out, std::string("sku=[redacted]&x=2"));
    QVERIFY(redactor.body("application/json", R"({"pin": 1, "user": {"pin": 2}, "a": [{"iban": "x"}], "codes": ["a", 2]})", out));
    QCOMPARE(out, std::string(R"({"pin": 1, "user": {"pin": "[redacted]"}, "a": [{"iban": "[redacted]"}], "codes": ["[redacted]", "[redacted]"]})"));
}

void TestRedaction::refusesWhatItCantRead()
{
    for (const char *entry : {"x-token", "header.", "json.password", "json.$", "json.$.", "json.$.a[", "body.x", ""}) {
        const auto made = Redactor::make({entry});
        QVERIFY2(!made.ok(), entry);
        QCOMPARE(made.error().kind, ErrorKind::BadInput);
        QVERIFY(made.error().message.find(entry) != std::string::npos);
    }
}

// Random documents with secrets at known places: none of them may be left, and what is not secret must be.
void TestRedaction::everyPlantedSecretGoes()
{
    std::mt19937 random(7);
    const auto pick = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
    const char *const secret[] = {"password", "client_secret", "access-token", "apiKey", "refresh_token", "TOKEN"};
    const char *const open[] = {"name", "id", "tokens_used", "secretary", "pass", "keyboard"};
    for (int round = 0; round < 2000; ++round) {
        size_t kept = 0;
        const std::function<std::string(int, bool)> make = [&](int depth, bool hidden) -> std::string {
            const std::string space(pick(3), ' ');
            if (depth == 0 || pick(4) == 0) {
                if (hidden)
                    return pick(2) ? R"("PLANTED\"}]\\")" : R"({"x":["PLANTED"]})";
                ++kept;
                return "\"stays\"";
            }
            std::string out = "{";
            for (size_t i = 0, n = pick(4); i < n; ++i) {
                const bool hide = hidden || pick(3) == 0;
                out += (i ? "," : "") + space + '"' + (hide ? secret[pick(6)] : open[pick(6)]) + '"' + space + ":" + space;
                out += make(hidden || hide ? 0 : depth - 1, hide) + space;
            }
            return out + "}";
        };
        const std::string body = '[' + make(4, false) + ']';
        std::string out;
        const std::string &shown = m_redactor->body("application/json", body, out) ? out : body;
        QVERIFY2(shown.find("PLANTED") == std::string::npos, (body + "\n" + shown).c_str());
        size_t stays = 0;
        for (size_t at = shown.find("stays"); at != std::string::npos; at = shown.find("stays", at + 1))
            ++stays;
        QVERIFY2(stays == kept, (body + "\n" + shown).c_str());
    }
}

void TestRedaction::survivesAnything()
{
    const auto redactor = Redactor::make({"json.$.a[*].b", "json.$..c[*]"}).value();
    std::mt19937 random(11);
    const std::string alphabet = "{}[]\":,\\u0aptoken=&?#@;-% \n\x01\xff";
    std::string out;
    for (int round = 0; round < 20000; ++round) {
        std::string text(std::uniform_int_distribution<size_t>(0, 60)(random), ' ');
        for (char &c : text)
            c = alphabet[std::uniform_int_distribution<size_t>(0, alphabet.size() - 1)(random)];
        for (const char *type : {"application/json", "application/x-www-form-urlencoded", "multipart/form-data", ""})
            redactor->body(type, text, out);
        redactor->url(text, out);
        redactor->field("cookie", text, out);
        redactor->field("set-cookie", text, out);
        redactor->field("authorization", text, out);
    }
    QVERIFY(redactor->body("application/json", std::string(1'000'000, '['), out) == false);
}

QTEST_GUILESS_MAIN(TestRedaction)
#include "tst_redaction.moc"
