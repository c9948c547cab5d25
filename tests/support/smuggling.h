// Known ways to make two readers disagree about where a message ends, as one table for every test that plays them: on the parsers
// (tests/gateway/http), and through a gateway (tests/gateway/exchange). Each is refused with the stated code, or read as exactly the
// stated number of messages.
#pragma once

#include "gateway/http/message.h"

#include <string>
#include <vector>

namespace gatehouse::test {

struct SmugglingCase {
    std::string name, octets;
    bool answer = false;      // what an upstream sends; else what a client sends
    std::string refusal;      // the parser's code; empty: nothing of it is malformed
    size_t messages = 0;      // complete ones, before what is malformed if anything is
    bool inBody = false;      // the head before the malformed part was good: it may have gone on by then
    bool closes = false;      // requests: the message says that it is the last. Answers: the upstream closes behind the octets
    int status = 0;           // requests: of the gateway's answer to what it refuses; 0: it refuses nothing
    std::string target;       // requests: as the upstream gets it, where that differs from what was sent
    http::Method asked = http::Method::Get; // answers: of the request

    SmugglingCase &isInBody() { inBody = true; return *this; }
    SmugglingCase &isLast() { closes = true; return *this; }
    SmugglingCase &sentOnAs(std::string text) { target = std::move(text); return *this; }
    SmugglingCase &refusedBy(int gateway) { status = gateway; return *this; } // well-formed, and refused all the same
    SmugglingCase &to(http::Method method) { asked = method; return *this; }
    SmugglingCase &after(size_t good) { messages = good; return *this; }
};

// Stays the same for the whole run.
const std::vector<SmugglingCase> &smugglingCases();

// A request that hides behind another message: no upstream may ever see it where the client did not frame it.
inline const std::string hiddenRequest = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";

// Readable on one line, for names of tests.
std::string printable(std::string_view octets);

// Adds to the table; `says` is a refusal's code or a number of messages.
class SmugglingTable {
public:
    explicit SmugglingTable(std::vector<SmugglingCase> &to) : m_to(to) { }
    SmugglingCase &request(const std::string &name, const std::string &octets, const std::string &says);
    SmugglingCase &answer(const std::string &name, const std::string &octets, const std::string &says);
    // The same fields and body in a request and in an answer.
    void both(const std::string &name, const std::string &fields, const std::string &body, const std::string &says, bool inBody = false);

private:
    std::vector<SmugglingCase> &m_to;
};

// Parts of the table.
void addFramingCases(SmugglingTable table); // Transfer-Encoding, Content-Length, chunks: both directions
void addRequestCases(SmugglingTable table); // request lines, targets, hosts, fields, expectations, pipelines
void addAnswerCases(SmugglingTable table);  // status lines, interim answers, answers in answers

} // namespace gatehouse::test
