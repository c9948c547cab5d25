// The client's side of the wire: requests as octets, and answers read as strictly as they must be written.
#pragma once

#include "tests/integration/soak/ledger.h"
#include "tests/support/peers.h"

#include <string>
#include <utility>
#include <vector>

namespace gatehouse::soak {

struct Ask {
    enum class Framing : uint8_t { None, Length, Chunked, Trailers };
    Kind kind = Kind::Get;
    Token token = 0;
    std::string method = "GET", path, version = "1.1";
    std::vector<std::pair<std::string, std::string>> fields; // besides Host and those that every request of the test has
    std::string body;
    Framing framing = Framing::None;

    // What must come of it.
    std::vector<int> statuses{200};
    std::string wanted;    // the body, with 200
    bool trailers = false; // of the answer: its digest
    bool cutAllowed = false;
    bool local = false;    // no upstream sees it
    int arrivesMost = 1;   // at upstreams; 1: exactly once when it is answered with 200
};

std::string headOf(const Ask &ask);
// In chunks whose sizes, and extensions, come from `random`.
std::string bodyOf(const Ask &ask, Random &random);

struct Answer {
    int status = 0;     // 0: the connection ended before a head came
    std::string head, body, trailers;
    int interims = 0;
    bool whole = false; // to its end, by its framing
    bool closes = false; // says so
    std::string malformed; // what is wrong with how it is written; empty: nothing
    std::string field(const char *name) const { return test::fieldOf(head, name); }
};
// `slow`: with pauses, little by little.
Answer readAnswer(test::Peer &peer, bool toHead, bool http10, bool slow = false);
// Until a head that is final, or one of 100.
std::string readHead(test::Peer &peer, int &status, int &interims);

// Connected, or not open when nobody listens there. Sending gives up after half a minute.
test::Peer dial(uint16_t port);
void pause(int millis); // of a slow client

} // namespace gatehouse::soak
