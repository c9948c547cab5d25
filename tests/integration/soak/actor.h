// One client of the soak test: asks for this and that on connections that it keeps or makes anew, and judges each answer.
#pragma once

#include "tests/integration/soak/wire.h"

#include <optional>

namespace gatehouse::soak {

// Where it finds the gateway.
struct Doors {
    uint16_t main = 0;
    std::atomic<uint16_t> extra{0}; // of the listener that comes and goes; 0: it is away
};

class Actor {
public:
    Actor(const Doors &doors, Ledger &ledger, uint64_t seed) : m_doors(doors), m_ledger(ledger), m_random(seed) { }
    void run(const std::atomic<bool> &stop);

private:
    // What is asked for.
    Ask ask(Kind kind, const std::string &path);
    Ask get(Kind kind = Kind::Get);
    Ask post(bool chunked);
    Ask fixed();
    size_t someSize();
    std::string someFraming();
    void regular();
    void pipelined();
    void http10();
    void upload();

    // Faults, in faults.cpp.
    void fault();
    Ask faulty(Kind kind, const char *what, std::vector<int> statuses);
    void resetsHead();
    void resetsBody();
    void resetsAnswer();
    void leaves();
    void malformed();
    void listenerGone();
    void upstreamAnswersEarly();

    // One exchange on the kept connection, or on one made for it.
    void exchange(Ask ask, bool slow = false);
    bool openConnection(); // false: the gateway has ended
    void dropConnection();
    void begin(const Ask &ask); // before it is sent
    void judge(const Ask &ask, const Answer &answer);
    void judgeContent(const Ask &ask, const Answer &answer);
    void afterwards(const Answer &answer);
    void wrong(const Ask &ask, const Answer *answer, const std::string &what);

    const Doors &m_doors;
    Ledger &m_ledger;
    Random m_random;
    test::Peer m_peer;
    uint64_t m_editionAsked = 0, m_editionSeen = 0; // known to run when it asked; the newest that this connection has shown
    uint64_t m_served = 0;                          // on this connection
};

} // namespace gatehouse::soak
