// What clients and upstreams do wrong, and the outcome that each of it has.
#include "tests/integration/soak/actor.h"

#include <array>

namespace gatehouse::soak {

using test::Peer;

namespace {

// Each is refused with 400, and its connection is closed.
constexpr std::array<std::string_view, 8> malformedRequests{
    "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
    "GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +3\r\n\r\nabc",
    "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
    "GET / HTTP/1.1\nHost: localhost\n\n",
    "\x16\x03\x01\x02no TLS here\r\n\r\n",
};

} // namespace

void Actor::fault()
{
    using Fault = void (Actor::*)();
    static constexpr Fault byClient[] = {&Actor::resetsHead, &Actor::resetsBody, &Actor::resetsAnswer, &Actor::leaves,
                                         &Actor::malformed, &Actor::listenerGone, &Actor::upstreamAnswersEarly};
    if (m_random.chance(3))
        return (this->*byClient[m_random.below(std::size(byClient))])();
    switch (m_random.below(14)) {
    case 0: {
        Ask refused = ask(Kind::Refused, "/refused/*");
        refused.statuses = {502};
        return exchange(std::move(refused));
    }
    case 1: {
        // Tried again at the other endpoint, as long as the budget for that lasts.
        Ask half = ask(Kind::OneOfTwoRefused, "/half/*/900/length");
        half.wanted = answerBody(half.token, 900);
        half.statuses = {200, 502};
        return exchange(std::move(half));
    }
    case 2: return exchange(faulty(Kind::UpstreamResets, "resets", {502}));
    case 3: return exchange(faulty(Kind::UpstreamEnds, "ends", {502}));
    case 4: return exchange(faulty(Kind::UpstreamGarbage, "garbage", {502}));
    case 5: return exchange(faulty(Kind::UpstreamTwoLengths, "two-lengths", {502}));
    case 6: return exchange(faulty(Kind::UpstreamStalls, "stalls", {504}));
    case 7: return exchange(faulty(Kind::UpstreamShort, "short", {200}));
    case 8: return exchange(faulty(Kind::UpstreamCut, "cut", {200, 502}));
    case 9: return exchange(faulty(Kind::UpstreamStallsMidway, "stalls-midway", {200}));
    case 10: return exchange(faulty(Kind::UpstreamSaysMore, "says-more", {200}));
    case 11:
    case 12: return exchange(faulty(Kind::UpstreamLeaves, "leaves", {200}));
    default: {
        // Not to be sent twice: lost with the connection, or answered.
        Ask leaves = faulty(Kind::UpstreamLeavesPost, "leaves", {200, 502});
        leaves.method = "POST";
        leaves.framing = Ask::Framing::Length;
        leaves.body = requestBody(leaves.token, m_random.below(5000));
        return exchange(std::move(leaves));
    }
    }
}

Ask Actor::faulty(Kind kind, const char *what, std::vector<int> statuses)
{
    const size_t size = m_random.between(2, m_random.chance(4) ? 300'000 : 3000);
    Ask asked = ask(kind, std::string("/fault/") + what + "/*/" + std::to_string(size));
    asked.statuses = std::move(statuses);
    asked.wanted = answerBody(asked.token, size);
    asked.cutAllowed = kind == Kind::UpstreamShort || kind == Kind::UpstreamCut || kind == Kind::UpstreamStallsMidway;
    // A GET whose kept connection ended before an answer is sent again, once: it may have been dead before.
    asked.arrivesMost = kind == Kind::UpstreamResets || kind == Kind::UpstreamEnds || kind == Kind::UpstreamCut ? 2 : 1;
    return asked;
}

void Actor::resetsHead()
{
    Peer peer = dial(m_doors.main);
    ++m_ledger.asked;
    const std::string head = headOf(get());
    peer.send(std::string_view(head).substr(0, m_random.below(head.size())));
    if (m_random.chance(2))
        peer.reset();
    m_ledger.done(Kind::ClientResetHead);
}

void Actor::resetsBody()
{
    Peer peer = dial(m_doors.main);
    const Ask asked = post(m_random.chance(2));
    ++m_ledger.asked;
    const std::string octets = headOf(asked) + bodyOf(asked, m_random);
    peer.send(std::string_view(octets).substr(0, octets.size() - m_random.between(1, std::min<size_t>(octets.size(), 2000))));
    if (m_random.chance(2))
        peer.reset();
    m_ledger.done(Kind::ClientResetBody);
}

void Actor::resetsAnswer()
{
    Peer peer = dial(m_doors.main);
    ++m_ledger.asked;
    peer.send(headOf(get(Kind::SlowReader)));
    peer.read(m_random.below(200'000));
    if (m_random.chance(2))
        peer.reset();
    m_ledger.done(Kind::ClientResetAnswer);
}

// Asks for much and is gone before anything comes.
void Actor::leaves()
{
    Peer peer = dial(m_doors.main);
    for (size_t count = m_random.between(1, 5); count > 0; --count) {
        ++m_ledger.asked;
        peer.send(headOf(get()));
    }
    if (m_random.chance(2))
        peer.reset();
    m_ledger.done(Kind::ClientLeaves);
}

void Actor::malformed()
{
    Peer peer = dial(m_doors.main);
    ++m_ledger.asked;
    const std::string_view octets = malformedRequests[m_random.below(malformedRequests.size())];
    peer.send(octets);
    const Answer answer = readAnswer(peer, false, false);
    if (!answer.status && m_ledger.ending)
        return;
    if (answer.status != 400 || !answer.whole || !answer.closes || !peer.closedByPeer())
        m_ledger.wrong("a malformed request was not refused and its connection closed, but got " + std::to_string(answer.status) + ": " + std::string(octets));
    else
        ++m_ledger.answers;
    m_ledger.done(Kind::ClientMalformed);
}

// A listener that is taken away lets go of its connections: an answer is whole, or there is none.
void Actor::listenerGone()
{
    const uint16_t port = m_doors.extra;
    Peer peer = port ? dial(port) : Peer();
    while (peer.isOpen() && m_doors.extra == port) {
        Ask asked = fixed();
        asked.cutAllowed = true;
        begin(asked);
        m_editionSeen = 0;
        peer.send(headOf(asked));
        const Answer answer = readAnswer(peer, false, false);
        judge(asked, answer);
        if (answer.status && !answer.whole)
            wrong(asked, &answer, "cut by a reload");
        if (!answer.status || answer.closes || m_random.chance(10))
            break;
    }
    m_editionSeen = 0;
    dropConnection();
    m_ledger.done(Kind::ListenerGone);
}

// Refused before its body is in: the answer is to be read, unless the upstream's end came first.
void Actor::upstreamAnswersEarly()
{
    dropConnection();
    Ask asked = faulty(Kind::UpstreamAnswersEarly, "early", {413, 502});
    asked.method = "POST";
    asked.framing = m_random.chance(2) ? Ask::Framing::Length : Ask::Framing::Chunked;
    asked.body = requestBody(asked.token, m_random.between(1000, 600'000));
    asked.cutAllowed = true;
    exchange(std::move(asked));
}

} // namespace gatehouse::soak
