// What is recorded of an exchange holds no credential, wherever in it one stands: planted in each place, sent over real sockets, and
// looked for in all that the store keeps (bodies opened where they are compressed).
#include "gateway/observe/bodymask.h"
#include "tests/security/attack.h"
#include "tests/support/dataplane.h"

#include <zlib.h>

using namespace gatehouse;
using namespace gatehouse::test;

namespace {

const std::string planted = "PLANTED";

std::string packed(std::string_view text, int windowBits = MAX_WBITS + 16)
{
    std::string out(text.size() + 4096, '\0');
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
    stream.avail_in = uInt(text.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = uInt(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

// All that can be had out of it, to a bound.
std::string unpacked(std::string_view octets, int windowBits)
{
    std::string out;
    z_stream stream{};
    inflateInit2(&stream, windowBits);
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(octets.data()));
    stream.avail_in = uInt(octets.size());
    char part[65536];
    do {
        stream.next_out = reinterpret_cast<Bytef *>(part);
        stream.avail_out = sizeof part;
        const int result = inflate(&stream, Z_NO_FLUSH);
        out.append(part, sizeof part - stream.avail_out);
        if (result == Z_STREAM_END ? inflateReset(&stream) != Z_OK : result != Z_OK)
            break;
    } while (out.size() < (64u << 20) && (stream.avail_in || stream.avail_out == 0));
    inflateEnd(&stream);
    return out;
}

// Every text of it.
std::string allOf(const observe::StoredExchange &exchange)
{
    const observe::Row &row = exchange.row;
    std::string all;
    for (std::string_view text : {row.method, row.scheme, row.host, row.path, row.query, row.protocol, row.client, row.consumer, row.endpoint, row.error, row.contentType, row.targetName})
        all += std::string(text) + "\n";
    for (const observe::Message *message : {&exchange.request, &exchange.forwarded, &exchange.response}) {
        all += message->startLine + "\n";
        for (const auto &[name, value] : message->fields)
            all += name + ": " + value + "\n";
        const std::string body(message->body);
        all += body + "\n";
        for (const int bits : {MAX_WBITS + 32, -MAX_WBITS})
            all += unpacked(body, bits) + "\n";
    }
    for (const auto &step : exchange.steps)
        all += std::string(step.detail) + "\n";
    for (const auto &attempt : exchange.attempts)
        all += std::string(attempt.endpoint) + std::string(attempt.error) + std::string(attempt.why) + "\n";
    return all;
}

struct Sent {
    std::string target = "/";
    Headers headers;
    std::string body;
    std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
};

std::string answerOf(const std::string &body, const Headers &headers)
{
    std::string text = "HTTP/1.1 200 OK\r\n";
    for (const auto &[name, value] : headers)
        text += name + ": " + value + "\r\n";
    return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

const std::string jsonSecret = "{\"user\": \"ann\", \"password\": \"PLANTED\"}";

std::vector<std::pair<std::string, Sent>> places()
{
    std::vector<std::pair<std::string, Sent>> all;
    const auto field = [&](const char *name, const std::string &value) {
        Sent sent;
        sent.headers = {{name, value}};
        all.push_back({std::string(name) + ": " + value, sent});
    };
    const auto target = [&](const std::string &path) { Sent sent; sent.target = path; all.push_back({path, sent}); };
    const auto body = [&](const char *name, const char *type, const std::string &text, const char *encoding = "") {
        Sent sent;
        if (*type)
            sent.headers.push_back({"Content-Type", type});
        if (*encoding)
            sent.headers.push_back({"Content-Encoding", encoding});
        sent.body = text;
        all.push_back({std::string("request, ") + name, sent});
        Sent answered;
        answered.answer = answerOf(text, sent.headers);
        all.push_back({std::string("response, ") + name, answered});
    };
    const auto answerField = [&](const char *name, const std::string &value) { Sent sent; sent.answer = answerOf("", {{name, value}}); all.push_back({std::string("response ") + name + ": " + value, sent}); };

    field("Authorization", "Basic UExBTlRFRA==PLANTED");
    field("Authorization", "Bearer PLANTED");
    field("authorization", "PLANTED");
    field("AUTHORIZATION", "PLANTED and PLANTED");
    field("Proxy-Authorization", "Basic PLANTED");
    field("Cookie", "a=PLANTED; b=PLANTED");
    field("Cookie", "PLANTED");
    field("X-Api-Key", "PLANTED");
    field("x_api_key", "PLANTED");
    field("X-API_Key", "PLANTED");
    field("X-Auth-Token", "PLANTED");
    field("X-Vault-Token", "PLANTED");
    field("X-Amz-Security-Token", "PLANTED");
    field("Referer", "https://app.test/?token=PLANTED");
    field("Referer", "https://ann:PLANTED@app.test/");
    field("X-Original-URI", "/x?api_key=PLANTED");
    target("/?password=PLANTED");
    target("/?API_KEY=PLANTED&x=1");
    target("/?api%5Fkey=PLANTED");
    target("/?%61%63cess_t%6Fken=PLANTED");
    target("/?access_token=PLANTED?x");
    target("/?X-Amz-Signature=PLANTED;a=b");
    target("/?next=http://ann:PLANTED@app.test/");
    target("/?password=PLANTED&next=http://ann:PLANTED@app.test/");
    target("/?next=/cb?code=PLANTED");
    target("/?redirect_uri=https%3A%2F%2Fapp.test%2Fcb%3Fcode%3DPLANTED");
    answerField("Set-Cookie", "sid=PLANTED; Path=/; HttpOnly");
    answerField("Location", "https://app.test/cb?code=PLANTED");
    answerField("Location", "https://app.test/cb#access_token=PLANTED&token_type=bearer");
    answerField("Location", "https://PLANTED@app.test/");
    answerField("Location", "//ann:PLANTED@app.test/");
    answerField("Refresh", "0; url=https://app.test/?token=PLANTED");
    answerField("Link", "<https://app.test/?token=PLANTED>; rel=next");
    body("form", "application/x-www-form-urlencoded", "grant_type=password&client_secret=PLANTED&username=a");
    body("form, encoded name", "application/x-www-form-urlencoded", "client%5Fsecret=PLANTED");
    body("JSON", "application/json", jsonSecret);
    body("JSON, nested", "application/json", "{\"a\": {\"b\": [{\"c\": {\"refreshToken\": \"PLANTED\"}}]}}");
    body("JSON, a list", "application/json", "[[{\"apiKey\": [\"PLANTED\", {\"x\": \"PLANTED\"}]}]]");
    body("JSON, escaped name", "application/json", "{\"pass\\u0077ord\": \"PLANTED\"}");
    body("JSON in JSON", "application/json", "{\"body\": \"{\\\"token\\\": \\\"PLANTED\\\"}\"}");
    body("JSON, a URL", "application/json", "{\"next\": \"https://app.test/?access_token=PLANTED\", \"git\": \"https://PLANTED@git.test/x\"}");
    body("JSON, cut", "application/json", "{\"x\": 1, \"password\": \"PLANTED");
    body("JSON of another name", "application/vnd.shop+json", jsonSecret);
    body("JSON said to be text", "text/plain", jsonSecret);
    body("JSON without a type", "", jsonSecret);
    body("lines", "application/x-ndjson", "{\"a\": 1}\n" + jsonSecret + "\n");
    body("events", "text/event-stream", "data: " + jsonSecret + "\n\n");
    body("of a token endpoint", "application/json;charset=UTF-8", "{\"access_token\":\"PLANTED\",\"token_type\":\"Bearer\",\"expires_in\":3600,\"refresh_token\":\"PLANTED\",\"id_token\":\"PLANTED\"}");
    body("a problem", "application/problem+json", "{\"type\":\"about:blank\",\"title\":\"no\",\"token\":\"PLANTED\"}");
    body("multipart", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nPLANTED\r\n--b--\r\n");
    body("multipart, odd", "multipart/form-data; boundary=b", "--b\r\ncontent-disposition: form-data;NAME=password\r\n\r\nPLANTED\r\n--b--\r\n");
    body("multipart, JSON", "multipart/mixed; boundary=b", "--b\r\nContent-Type: application/json\r\n\r\n" + jsonSecret + "\r\n--b--\r\n");
    body("gzip", "application/json", packed(jsonSecret), "gzip");
    body("gzip, in capitals", "application/json", packed(jsonSecret), "GZIP");
    body("gzip, cut", "application/json", packed("{\"password\": \"PLANTED\", \"x\": \"" + std::string(5000, 'x') + "\"}").substr(0, 60), "gzip");
    body("gzip, two members", "application/json", packed("{\"a\": 1, \"pass") + packed("word\": \"PLANTED\"}"), "gzip");
    body("gzip of a form", "application/x-www-form-urlencoded", packed("client_secret=PLANTED"), "x-gzip");
    body("gzip, a secret behind a bomb", "application/json", packed("{\"x\": \"" + std::string(30 << 20, 'x') + "\", \"password\": \"PLANTED\"}"), "gzip");
    body("gzip, broken behind", "application/json", packed(jsonSecret) + "PLANTED", "gzip");
    body("deflate", "application/json", packed(jsonSecret, MAX_WBITS), "deflate");
    body("deflate without a frame", "application/json", packed(jsonSecret, -MAX_WBITS), "deflate");
    body("twice compressed", "application/json", packed(packed(jsonSecret)), "gzip, gzip");
    body("an encoding that can't be opened", "application/json", jsonSecret, "br");
    body("another", "application/json", jsonSecret, "zstd");
    return all;
}

} // namespace

class TestRecords : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void holdNoCredential_data()
    {
        QTest::addColumn<int>("place");
        m_places = places();
        for (size_t i = 0; i < m_places.size(); ++i)
            QTest::newRow(m_places[i].first.substr(0, 100).c_str()) << int(i);
    }
    void holdNoCredential()
    {
        QFETCH(int, place);
        const Sent &sent = m_places[size_t(place)].second;
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readMessage();
            peer.send(sent.answer);
        });
        DataPlane::Setup setup;
        setup.workspace.upstreams = {upstreamOf("up", {upstream.url()})};
        setup.routes = {toUpstream("up")};
        setup.settings.recording.bodies = 4 << 20;
        DataPlane plane(std::move(setup));
        plane.store.setLimits({256u << 20, 4u << 20});
        const std::string body = sent.body;
        const std::string method = body.empty() ? "GET" : "POST";
        const std::string answer = request(plane.port(), requestOf(method, sent.target, "localhost", sent.headers, body));
        QCOMPARE(statusOf(answer), 200);
        QVERIFY(bodyOf(answer) == bodyOf(sent.answer)); // to the client it goes as it came
        const std::string kept = allOf(plane.waitForFinal());
        QVERIFY2(!holds(kept, planted), kept.substr(0, 4000).c_str());
    }

    // What is no credential stays to be looked at: masking everything would pass the test above.
    void keepTheRest()
    {
        const std::string text = "{\"user\": \"ann\", \"password\": \"PLANTED\", \"items\": [1, 2, 3]}";
        FakeUpstream upstream([&](Peer &peer, int) {
            peer.readMessage();
            peer.send(answerOf(packed(text), {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}}));
        });
        DataPlane::Setup setup;
        setup.workspace.upstreams = {upstreamOf("up", {upstream.url()})};
        setup.routes = {toUpstream("up")};
        DataPlane plane(std::move(setup));
        request(plane.port(), requestOf("GET", "/orders?page=2&token=PLANTED", "localhost", {{"X-Trace", "abc"}, {"Authorization", "Bearer PLANTED"}}));
        const auto kept = plane.waitForFinal();
        QCOMPARE(kept.request.startLine, std::string("GET /orders?page=2&token=[redacted] HTTP/1.1"));
        QVERIFY(holds(allOf(kept), "X-Trace: abc") && holds(allOf(kept), "Authorization: Bearer [redacted]"));
        QCOMPARE(unpacked(kept.response.body, MAX_WBITS + 16), std::string("{\"user\": \"ann\", \"password\": \"[redacted]\", \"items\": [1, 2, 3]}"));
        QVERIFY(!kept.response.bodyCut);
    }

    void compressedBodiesWithoutCredentialsStay()
    {
        const auto redactor = observe::Redactor::make().value();
        std::string out;
        const std::string fine = packed("{\"user\": \"ann\"}");
        QCOMPARE(observe::maskBody(*redactor, "application/json", "gzip", fine, out), observe::BodyKept::AsItCame);
        QCOMPARE(observe::maskBody(*redactor, "application/json", "gzip", fine.substr(0, 12), out), observe::BodyKept::AsItCame);
        QCOMPARE(observe::maskBody(*redactor, "image/png", "br", "anything", out), observe::BodyKept::AsItCame);
        QCOMPARE(observe::maskBody(*redactor, "text/html", "br", "anything", out), observe::BodyKept::Cut);
        QCOMPARE(out, std::string());
    }

    // However much comes out of a few octets, as much as is said is looked at, and no more is kept.
    void bombsAreBounded()
    {
        const auto redactor = observe::Redactor::make().value();
        const std::string bomb = packed(std::string(200 << 20, 'x'));
        std::string out;
        QCOMPARE(observe::maskBody(*redactor, "application/json", "gzip", bomb, out), observe::BodyKept::Cut);
        const size_t most = std::min<size_t>(16 << 20, bomb.size() * 100);
        QCOMPARE(unpacked(out, MAX_WBITS + 16).size(), most);
        const std::string small = packed(std::string(1 << 20, 'x')); // 64 KiB in any case
        QCOMPARE(observe::maskBody(*redactor, "application/json", "gzip", small, out), observe::BodyKept::Cut);
        QCOMPARE(unpacked(out, MAX_WBITS + 16).size(), std::max<size_t>(64 << 10, small.size() * 100));
        QCOMPARE(observe::maskBody(*redactor, "application/json", "gzip", "not gzip at all", out), observe::BodyKept::Cut);
        QCOMPARE(unpacked(out, MAX_WBITS + 16), std::string());
    }

private:
    std::vector<std::pair<std::string, Sent>> m_places;
};

QTEST_GUILESS_MAIN(TestRecords)
#include "tst_records.moc"
