#include "tests/integration/soak/actor.h"

#include "gateway/base/text.h"

#include <algorithm>
#include <charconv>

namespace gatehouse::soak {

using test::Peer;

namespace {

constexpr size_t faultOneIn = 20;
constexpr size_t leavesOneIn = 40; // a connection is given up after that many exchanges
constexpr size_t pipelineMost = 8;

} // namespace

void Actor::run(const std::atomic<bool> &stop)
{
    while (!stop && openConnection()) {
        if (m_random.chance(faultOneIn))
            fault();
        else
            regular();
        if (m_random.chance(leavesOneIn))
            dropConnection();
    }
    dropConnection();
}

// --- what is asked for

Ask Actor::ask(Kind kind, const std::string &path)
{
    Ask ask;
    ask.kind = kind;
    ask.token = m_random.next();
    ask.path = path;
    if (const size_t at = path.find('*'); at != std::string::npos)
        ask.path.replace(at, 1, textOf(ask.token));
    return ask;
}

size_t Actor::someSize()
{
    const size_t kind = m_random.below(100);
    return kind < 8 ? m_random.below(3) : kind < 75 ? m_random.below(2000) : kind < 97 ? m_random.below(64 * 1024) : m_random.below(512 * 1024);
}

std::string Actor::someFraming()
{
    static const char *const framings[] = {"length", "length", "length", "length", "chunked", "chunked", "trailers", "hints", "close"};
    return framings[m_random.below(std::size(framings))];
}

Ask Actor::get(Kind kind)
{
    const size_t size = kind == Kind::SlowReader ? m_random.between(256 * 1024, 2 * 1024 * 1024) : someSize();
    const std::string framing = someFraming();
    Ask asked = ask(kind, "/up/*/" + std::to_string(size) + '/' + framing);
    asked.wanted = answerBody(asked.token, size);
    asked.trailers = framing == "trailers";
    return asked;
}

Ask Actor::post(bool chunked)
{
    const std::string framing = someFraming();
    Ask asked = ask(chunked ? Kind::PostChunked : Kind::Post, "/echo/*/0/" + framing);
    asked.method = m_random.chance(4) ? "PUT" : "POST";
    asked.framing = !chunked ? Ask::Framing::Length : m_random.chance(2) ? Ask::Framing::Chunked : Ask::Framing::Trailers;
    asked.body = requestBody(asked.token, someSize());
    asked.wanted = asked.body;
    asked.trailers = framing == "trailers";
    return asked;
}

Ask Actor::fixed()
{
    Ask asked = m_random.chance(2) ? ask(Kind::Fixed, "/fixed/*") : ask(Kind::Mock, "/mock/*");
    asked.local = true;
    return asked;
}

void Actor::regular()
{
    const size_t kind = m_random.below(100);
    if (kind < 30)
        return exchange(get());
    if (kind < 40)
        return exchange(post(false));
    if (kind < 50)
        return exchange(post(true));
    if (kind < 56) {
        Ask head = get(Kind::Head);
        head.method = "HEAD";
        return exchange(std::move(head));
    }
    if (kind < 63)
        return pipelined();
    if (kind < 68)
        return http10();
    if (kind < 69)
        return exchange(get(Kind::SlowReader), true);
    if (kind < 72)
        return upload();
    if (kind < 84)
        return exchange(fixed());
    if (kind < 90) {
        Ask limited = ask(Kind::Limited, "/limited/*");
        limited.local = true;
        limited.statuses = {200, 429};
        return exchange(std::move(limited));
    }
    if (kind < 94) {
        Ask redirect = ask(Kind::Redirect, "/moved/*/rest/of/it?x=1");
        redirect.local = true;
        redirect.statuses = {307};
        return exchange(std::move(redirect));
    }
    dropConnection();
    Ask alone = get(Kind::NewConnection);
    alone.fields.emplace_back("Connection", "close");
    exchange(std::move(alone));
}

// --- exchanges

bool Actor::openConnection()
{
    if (m_peer.isOpen()) {
        // Nobody asked for anything: neither octets nor the end may be there.
        if (!m_peer.hasOctets())
            return true;
        if (!m_ledger.ending)
            m_ledger.wrong("a kept connection ended, or spoke, between two exchanges, after " + std::to_string(m_served) + " of them");
        dropConnection();
    }
    m_peer = dial(m_doors.main);
    m_editionSeen = m_served = 0;
    if (!m_peer.isOpen() && !m_ledger.ending)
        m_ledger.wrong("the gateway can't be connected to");
    return m_peer.isOpen();
}

void Actor::dropConnection() { m_peer = Peer(); }

void Actor::begin(const Ask &ask)
{
    ++m_ledger.asked;
    m_editionAsked = m_ledger.edition;
    m_ledger.expect(ask.token);
}

void Actor::exchange(Ask ask, bool slow)
{
    openConnection();
    begin(ask);
    const std::string octets = headOf(ask) + bodyOf(ask, m_random);
    // Sometimes in two, at any place.
    const size_t cut = m_random.chance(10) ? m_random.below(octets.size()) : 0;
    const bool sent = m_peer.send(std::string_view(octets).substr(0, cut)) && m_peer.send(std::string_view(octets).substr(cut));
    const Answer answer = readAnswer(m_peer, ask.method == "HEAD", ask.version == "1.0", slow);
    if (!sent && !ask.cutAllowed && !m_ledger.ending)
        wrong(ask, &answer, "it could not be sent");
    judge(ask, answer);
    afterwards(answer);
}

void Actor::pipelined()
{
    openConnection();
    std::vector<Ask> asks;
    std::string octets;
    for (size_t count = m_random.between(2, pipelineMost); count > 0; --count) {
        asks.push_back(m_random.chance(3) ? fixed() : m_random.chance(4) ? post(m_random.chance(2)) : get());
        asks.back().kind = Kind::Pipelined;
        begin(asks.back());
        octets += headOf(asks.back()) + bodyOf(asks.back(), m_random);
    }
    // What is sent and what comes back may both be more than fits between: sent by another thread.
    bool sent = false;
    std::thread sender([&] { sent = m_peer.send(octets); });
    Answer answer;
    const uint64_t editionAsked = m_editionAsked;
    for (const Ask &ask : asks) {
        answer = readAnswer(m_peer, false, false);
        m_editionAsked = editionAsked;
        judge(ask, answer);
    }
    sender.join();
    if (!sent && !m_ledger.ending)
        m_ledger.wrong("a pipeline could not be sent");
    afterwards(answer);
}

void Actor::http10()
{
    Ask asked = get(Kind::Http10);
    asked.version = "1.0";
    if (m_random.chance(2))
        asked.fields.emplace_back("Connection", "keep-alive");
    asked.trailers = false; // HTTP/1.0 has none
    exchange(std::move(asked));
}

// Large ones, some of them slowly, some after having been told to go on.
void Actor::upload()
{
    openConnection();
    Ask asked = ask(Kind::Upload, "/sum/*");
    asked.method = "POST";
    asked.framing = m_random.chance(2) ? Ask::Framing::Length : Ask::Framing::Trailers;
    asked.body = requestBody(asked.token, m_random.between(100'000, 4'000'000));
    asked.wanted = textOf(digest(asked.body));
    const bool expects = m_random.chance(3), slow = m_random.chance(4);
    if (expects)
        asked.fields.emplace_back("Expect", "100-continue");
    begin(asked);
    m_peer.send(headOf(asked));
    if (expects) {
        int status = 0, interims = 0;
        const std::string head = readHead(m_peer, status, interims);
        if (status != 100 && !(head.empty() && m_ledger.ending))
            wrong(asked, nullptr, "it was not told to go on, but: " + escapeControls(head.substr(0, 100)));
    }
    const std::string octets = bodyOf(asked, m_random);
    bool sent = true;
    for (std::string_view rest = octets; !rest.empty() && sent;) {
        const size_t size = std::min(rest.size(), slow ? m_random.between(1, 128 * 1024) : rest.size());
        sent = m_peer.send(rest.substr(0, size));
        rest.remove_prefix(size);
        if (slow)
            pause(1);
    }
    const Answer answer = readAnswer(m_peer, false, false);
    judge(asked, answer);
    afterwards(answer);
}

// --- judgement

void Actor::wrong(const Ask &ask, const Answer *answer, const std::string &what)
{
    std::string text = std::string(nameOf(ask.kind)) + ' ' + ask.method + ' ' + ask.path + " (" + std::to_string(m_served)
        + " before it on this connection): " + what;
    if (answer)
        text += "; status " + std::to_string(answer->status) + ", " + std::to_string(answer->body.size()) + " octets" + (answer->whole ? "" : ", cut")
            + (answer->malformed.empty() ? "" : ", malformed: " + answer->malformed)
            + (answer->status >= 400 ? ", " + escapeControls(answer->body.substr(0, 200)) : "");
    m_ledger.wrong(text);
}

void Actor::judge(const Ask &ask, const Answer &answer)
{
    m_ledger.done(ask.kind);
    const int arrivals = m_ledger.settle(ask.token);
    ++m_served;
    if (answer.whole)
        ++m_ledger.answers;
    m_ledger.octets += answer.body.size();
    if (!answer.malformed.empty())
        return wrong(ask, &answer, "malformed");
    if (!answer.status && m_ledger.ending) {
        if (arrivals && ask.kind < firstFault)
            wrong(ask, &answer, "it was under way when the gateway was told to stop");
        return;
    }
    if (std::find(ask.statuses.begin(), ask.statuses.end(), answer.status) == ask.statuses.end() && !(ask.cutAllowed && !answer.status))
        return wrong(ask, &answer, "another status was wanted");
    if (!answer.whole && !ask.cutAllowed)
        return wrong(ask, &answer, "it is not whole");
    if (arrivals > ask.arrivesMost || (answer.status == 200 && answer.whole && arrivals == 0 && !ask.local))
        wrong(ask, &answer, "it arrived " + std::to_string(arrivals) + " times at an upstream");
    if (answer.status)
        judgeContent(ask, answer);
}

void Actor::judgeContent(const Ask &ask, const Answer &answer)
{
    // Each route of the workspace says whose answer it is, and which edition gave it: not one older than what was known to run.
    const std::string whose = answer.field("x-gate"), text = answer.field("x-edition");
    if (whose != textOf(ask.token))
        return wrong(ask, &answer, "the answer is for " + whose);
    uint64_t edition = 0;
    std::from_chars(text.data(), text.data() + text.size(), edition);
    if (edition < m_editionAsked || edition < m_editionSeen)
        wrong(ask, &answer, "edition " + text + " answered, when " + std::to_string(std::max(m_editionAsked, m_editionSeen)) + " ran already");
    m_editionSeen = std::max(m_editionSeen, edition);
    if (answer.status == 429)
        ++m_ledger.limited;
    if (answer.status == 307 && answer.field("location") != "/elsewhere/" + textOf(ask.token))
        wrong(ask, &answer, "it leads to " + answer.field("location"));
    if (answer.status != 200)
        return;
    if (!ask.local && answer.field("x-token") != textOf(ask.token))
        wrong(ask, &answer, "the upstream's answer is for " + answer.field("x-token"));
    const std::string wanted = ask.local ? "edition " + text + "\n" : ask.wanted;
    if (ask.method == "HEAD") {
        if (const std::string length = answer.field("content-length"); !length.empty() && length != std::to_string(wanted.size()))
            wrong(ask, &answer, "its length would be " + length);
    } else if (answer.whole || !std::string_view(wanted).starts_with(answer.body)) {
        if (const std::string parts = difference(answer.body, wanted); !parts.empty())
            wrong(ask, &answer, parts);
    }
    if (ask.trailers && answer.whole && ask.method != "HEAD" && test::fieldOf("\r\n" + answer.trailers, "x-sum") != textOf(digest(wanted)))
        wrong(ask, &answer, "its trailers are " + escapeControls(answer.trailers));
}

// Whether the connection goes on is the answer's to say.
void Actor::afterwards(const Answer &answer)
{
    if (!answer.whole || !answer.malformed.empty())
        return dropConnection();
    if (!answer.closes)
        return;
    if (!m_peer.closedByPeer())
        m_ledger.wrong("a connection that was to end did not, or octets came behind its last answer");
    dropConnection();
}

} // namespace gatehouse::soak
