// Rows where the upstream is what fails, and those where a try is made again.
#include "tests/integration/forwarding/failures.h"
#include "tests/support/deadend.h"

#include <atomic>

namespace gatehouse::test {

namespace {

enum class Then : uint8_t { Stalls, Closes, Resets, HalfCloses };

// Reads the request's head, says that, and then fails in that way.
auto says(const std::string &octets, Then then)
{
    return [octets, then](Peer &peer) {
        peer.readHead();
        peer.send(octets);
        switch (then) {
        case Then::Stalls: break;
        case Then::Closes: return peer.close();
        case Then::Resets: return peer.reset();
        case Then::HalfCloses: peer.shutdownSend(); break;
        }
        peer.readAll();
    };
}

Got cutGet(Client client) { return untilEnd(client, getOf(client.path)); }

const std::string okLength = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc";
const std::string okChunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc";
const std::string okWhole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain";
const std::string closed = "closed by the upstream", dropped = "dropped the connection before its answer was complete";

void connecting(std::vector<Failure> &rows)
{
    const auto add = [&](std::string name, std::string line, std::string endpoint, int status, std::string error, std::string detail, std::string delivery = {}) {
        Failure row{.name = "upstream-" + name, .line = std::move(line), .delivery = std::move(delivery), .endpoint = std::move(endpoint), .status = status, .detail = std::move(detail),
                    .verdict = "failed", .error = std::move(error), .connections = 0};
        rows.push_back(std::move(row));
    };
    const auto nobody = std::make_shared<DeadEnd>(false), full = std::make_shared<DeadEnd>(true);
    add("refuses", "refuses the connection", nobody->url(), 502, "refused", "can't be reached: refused");
    rows.back().keeps = nobody;
    add("has-no-socket", "has no socket file", "unix:/nowhere/at/all.sock", 502, "no such socket", "can't be reached: no such socket");
    add("takes-no-connection", "takes no connection, or its name is looked up too slowly", full->url(), 504, "connect timeout", "did not answer in time", "timeout: { connect: 300ms }");
    rows.back().keeps = full;
    add("has-no-address", "has a name that does not exist", "http://nowhere.invalid:9", 502, "no address for the name", "name has no address");
    add("is-looked-up-slowly", "takes no connection, or its name is looked up too slowly", "http://silent.test:9", 504, "connect timeout", "did not answer in time", "timeout: { connect: 300ms }");
    add("is-switched-off", "has no endpoint that is on", "http://127.0.0.1:9\", enabled: false, name: \"off", 503, "no endpoint", "is out or switched off");
    rows.back().tries = 0;
}

// In front of the answer's body: the client gets an answer of the gateway's.
void inTheHead(std::vector<Failure> &rows)
{
    const auto add = [&](std::string name, std::string line, std::function<void(Peer &)> upstream, int status, std::string error, std::string detail, std::string delivery = {}) {
        rows.push_back({.name = "upstream-" + name, .line = std::move(line), .upstream = std::move(upstream), .delivery = std::move(delivery), .status = status,
                        .detail = std::move(detail), .verdict = "failed", .error = std::move(error)});
    };
    const std::string half = "HTTP/1.1 200 OK\r\nConte", soon = "timeout: { response: 300ms }";
    add("silent", "is silent, or stalls in its head", says("", Then::Stalls), 504, "response timeout", "did not answer in time", soon);
    add("stalls-in-head", "is silent, or stalls in its head", says(half, Then::Stalls), 504, "response timeout", "did not answer in time", soon);
    add("takes-too-long-in-all", "takes longer than `total`", says("", Then::Stalls), 504, "total timeout", "did not answer in time", "timeout: { total: 300ms }");
    add("closes-at-once", "closes before or in its head", [](Peer &peer) { peer.close(); }, 502, closed, dropped);
    rows.back().atOnce = true;
    rows.back().orError = "reset"; // by the system, where the request was on its way
    add("closes-before-answer", "closes before or in its head", says("", Then::Closes), 502, closed, dropped);
    add("half-closes-before-answer", "closes before or in its head", says("", Then::HalfCloses), 502, closed, dropped);
    add("closes-in-head", "closes before or in its head", says(half, Then::Closes), 502, closed, dropped);
    add("resets-before-answer", "resets before or in its head", says("", Then::Resets), 502, "reset", dropped);
    add("resets-in-head", "resets before or in its head", says(half, Then::Resets), 502, "reset", dropped);
    add("garbage", "sends what is not HTTP", says("SSH-2.0-OpenSSH_9.2\r\n", Then::Stalls), 502, "bad-status-line", "not valid HTTP: bad-status-line");
    add("switches-unasked", "switches protocols unasked", says("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", Then::Stalls), 502, "unexpected-upgrade",
        "not valid HTTP: unexpected-upgrade");
    add("two-lengths", "sends an ambiguous head", says("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", Then::Stalls), 502, "several-lengths",
        "not valid HTTP: several-lengths");
    add("oversize-head", "sends too large a head", says("HTTP/1.1 200 OK\r\nX: " + std::string(70000, 'x') + "\r\n\r\n", Then::Stalls), 502, "head-too-large", "not valid HTTP: head-too-large");
    std::string interims;
    for (int i = 0; i < 17; ++i)
        interims += "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    add("too-many-interims", "sends too many interim answers", says(interims + okWhole, Then::Stalls), 502, "too-many-interim", "not valid HTTP: too-many-interim");
    rows.back().client = [](Client client) {
        client.peer.send(getOf(client.path));
        std::string head;
        while ((head = client.peer.readHead()).starts_with("HTTP/1.1 103")) { }
        client.peer.unread(head);
        return ask(client, "");
    };
    const auto told = std::make_shared<std::atomic<bool>>(false); // the client has its answer
    add("does-not-take-the-body", "does not read the request's body", [told](Peer &peer) { eventually([&] { return told->load(); }); peer.readAll(); }, 504, "idle timeout",
        "did not answer in time", "timeout: { idle: 300ms }");
    rows.back().ends = Ends::Closed;
    rows.back().client = [told](Client client) {
        const std::string piece(1 << 20, 'x');
        client.peer.send(postOf(client.path, 64 * piece.size()));
        for (int i = 0; i < 64 && !client.peer.hasOctets() && client.peer.send(piece); ++i) { }
        Got got = ask(client, "");
        *told = true;
        return got;
    };
}

// In its body: the client has the head already, so all it can be told is that the body is not whole.
void inTheBody(std::vector<Failure> &rows)
{
    const auto add = [&](std::string name, std::string line, std::string octets, Then then, std::string error, std::string delivery = {}) {
        rows.push_back({.name = "upstream-" + name, .line = std::move(line), .client = cutGet, .upstream = says(octets, then), .delivery = std::move(delivery), .status = 200, .cut = true,
                        .ends = Ends::Closed, .verdict = "failed", .error = std::move(error)});
    };
    for (const auto &[where, octets] : {std::pair("length", okLength), std::pair("chunk", okChunk)}) {
        add(std::string("closes-in-") + where, "closes in its body", octets, Then::Closes, closed);
        add(std::string("half-closes-in-") + where, "closes in its body", octets, Then::HalfCloses, closed);
        add(std::string("resets-in-") + where, "resets in its body", octets, Then::Resets, "reset");
        add(std::string("stalls-in-") + where, "stalls in its body", octets, Then::Stalls, "idle timeout", "timeout: { idle: 300ms }");
    }
    add("sends-a-broken-chunk", "sends a broken chunk", okChunk + "defgh\r\n", Then::Stalls, "bad-chunk-end");
    // HTTP/1.0 knows no chunks: its bodies end with the connection.
    add("resets-in-body-for-1.0", "resets in a body for an HTTP/1.0 client", {}, Then::Resets, "reset");
    const auto told = std::make_shared<std::atomic<bool>>(false); // the client has the head: a reset overtakes what is on its way
    rows.back().upstream = [told](Peer &peer) {
        peer.readHead();
        peer.send("HTTP/1.1 200 OK\r\n\r\nabc");
        eventually([&] { return told->load(); });
        peer.reset();
    };
    rows.back().client = [told](Client client) {
        client.peer.send("GET " + client.path + " HTTP/1.0\r\nHost: localhost\r\n\r\n");
        const std::string head = client.peer.readHead();
        *told = true;
        return Got{head, untilEnd(client, "").ends};
    };
    rows.back().ends = Ends::Reset;
}

// What it says at the wrong time: the client's answer is good, and the connection is not used again.
void atTheWrongTime(std::vector<Failure> &rows)
{
    const auto add = [&](std::string name, std::string line, std::function<void(Peer &)> upstream, int status = 200) {
        rows.push_back({.name = "upstream-" + name, .line = std::move(line), .upstream = std::move(upstream), .status = status, .verdict = "allowed"});
    };
    add("answers-twice", "sends an answer nobody asked for", says(okWhole + okWhole, Then::Stalls));
    add("answers-again-later", "sends an answer nobody asked for", [](Peer &peer) {
        peer.readHead();
        peer.send(okWhole);
        peer.send(okWhole); // in a segment of its own
        peer.readAll();
    });
    add("answers-early", "answers before it has read the body",
        says("HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge", Then::Stalls), 413);
    rows.back().client = [](Client client) { return ask(client, postOf(client.path, 100) + "abc"); };
    rows.back().ends = Ends::Closed;
}

// In a tunnel there is no head any more to say anything by.
void inTheTunnel(std::vector<Failure> &rows)
{
    const auto told = std::make_shared<std::atomic<bool>>(false); // the client has its octets: a reset overtakes what is on its way
    const auto tunnel = [told](Peer &peer, bool resets) {
        peer.readHead();
        peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
        peer.send(peer.read(5));
        if (!resets) {
            peer.readAll();
            return;
        }
        eventually([&] { return told->load(); });
        peer.reset();
    };
    const auto echo = [](Client client) {
        client.peer.send("GET " + client.path + " HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nhello");
        const std::string head = client.peer.readHead();
        return client.peer.read(5) == "hello" ? head : std::string();
    };
    rows.push_back({.name = "upstream-resets-the-tunnel", .line = "resets a tunnel",
                    .client = [=](Client client) {
                        const std::string head = echo(client);
                        *told = true;
                        return Got{head, untilEnd(client, "").ends};
                    },
                    .upstream = [=](Peer &peer) { tunnel(peer, true); }, .status = 101, .cut = true, .ends = Ends::Reset, .verdict = "failed", .error = "reset"});
    rows.push_back({.name = "client-resets-the-tunnel", .line = "goes away in a tunnel",
                    .client = [=](Client client) {
                        const std::string head = echo(client);
                        client.peer.reset();
                        return Got{head, Ends::Gone};
                    },
                    .upstream = [=](Peer &peer) { tunnel(peer, false); }, .status = 101, .cut = true, .ends = Ends::Gone, .verdict = "cancelled", .error = "client closed the connection"});
}

} // namespace

std::vector<Failure> upstreamFailures()
{
    std::vector<Failure> rows;
    connecting(rows);
    inTheHead(rows);
    inTheBody(rows);
    atTheWrongTime(rows);
    inTheTunnel(rows);
    // Its connection is taken by one request, another may wait for it, a third may not.
    rows.push_back({.name = "upstream-full",
                    .line = "has no connection free",
                    .client = [](Client client) {
                        Peer first = connectTo(client.port), second = connectTo(client.port);
                        first.send(getOf(client.path + "/held"));
                        second.send(getOf("/alive")); // it is accepted then, and what comes next is read in order
                        if (!client.arrived() || statusOf(second.readMessage()) != 200)
                            return Got{};
                        second.send(getOf(client.path + "/waits"));
                        if (ask(client, getOf("/alive")).ends != Ends::Keeps) // whatever the order of a turn, that has been read by now
                            return Got{};
                        const Got got = ask(client, getOf(client.path));
                        second.reset(); // before the first lets go of the connection that it waits for
                        return ask(client, getOf("/alive")).ends == Ends::Keeps ? got : Got{};
                    },
                    .upstream = says("", Then::Stalls),
                    .upstreamKeys = "connections: { max: 1, pending: 1 }",
                    .status = 503,
                    .detail = "Too many requests are waiting",
                    .verdict = "failed",
                    .error = "no connection free"});
    return rows;
}

std::vector<Failure> retries()
{
    std::vector<Failure> rows;
    const std::string again = "timeout: { response: 300ms }, retry: { times: 1, backoff: { base: 1ms } }";
    const auto add = [&](std::string name, std::string line, std::function<void(Peer &)> upstream, int status, std::string verdict, std::string error, int tries) {
        rows.push_back({.name = "retry-" + name, .line = std::move(line), .upstream = std::move(upstream), .delivery = again, .status = status, .verdict = std::move(verdict),
                        .error = std::move(error), .tries = tries, .connections = tries, .reused = tries > 1});
    };
    const auto post = [](Client client) { return ask(client, postOf(client.path, 2) + "hi"); };
    const std::string well = "fails before its answer, and `retry` allows another try";
    add("after-reset", well, says("", Then::Resets), 200, "allowed", "", 2);
    add("after-close-in-head", well, says("HTTP/1.1 200 OK\r\nConte", Then::Closes), 200, "allowed", "", 2);
    add("after-silence", well, says("", Then::Stalls), 200, "allowed", "", 2);
    add("never-of-a-post", "resets before or in its head", says("", Then::Resets), 502, "failed", "reset", 1);
    rows.back().client = post;
    rows.back().detail = dropped;
    add("never-of-garbage", "sends what is not HTTP", says("SSH-2.0-OpenSSH_9.2\r\n", Then::Stalls), 502, "failed", "bad-status-line", 1);
    rows.back().detail = "not valid HTTP";
    add("never-in-the-body", "resets in its body", says(okLength, Then::Resets), 200, "failed", "reset", 1);
    rows.back().client = cutGet;
    rows.back().cut = true;
    rows.back().ends = Ends::Closed;

    // Without `retry`: a kept connection that turns out to be closed is not the request's fault, unless it may have been acted upon.
    const auto stale = [](Peer &peer) {
        peer.readHead();
        peer.send(okWhole);
        if (!peer.readHead().empty())
            peer.reset();
    };
    const auto primed = [](std::function<std::string(const std::string &)> second) {
        return [second = std::move(second)](Client client) {
            client.peer.send(getOf(client.path + "/first"));
            return statusOf(client.peer.readMessage()) == 200 ? ask(client, second(client.path)) : Got{};
        };
    };
    rows.push_back({.name = "stale-get", .line = "resets a kept connection as a request comes (GET)", .client = primed([](const std::string &path) { return getOf(path); }), .upstream = stale,
                    .status = 200, .verdict = "allowed", .tries = 2, .connections = 2, .reused = true});
    rows.push_back({.name = "stale-post", .line = "resets a kept connection as a request comes (POST)",
                    .client = primed([](const std::string &path) { return postOf(path, 2) + "hi"; }), .upstream = stale, .status = 502, .detail = dropped, .verdict = "failed",
                    .error = "reset"});
    return rows;
}

} // namespace gatehouse::test
