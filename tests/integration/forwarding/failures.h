// What can go wrong with one request, as rows: a scripted client, a scripted upstream, and what has to come of it. tst_failures.cpp
// runs them all at once against one gateway, each with a listener, an upstream and a route of its own by its name.
#pragma once

#include "tests/support/peers.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gatehouse::test {

// How the client's connection goes on after the answer.
enum class Ends : uint8_t {
    Keeps,  // another request on it is answered
    Closed, // by the gateway
    Reset,  // by the gateway, so that nobody takes a body that ends with it for whole
    Gone,   // the client itself went away
};

struct Got {
    std::string answer;
    Ends ends = Ends::Gone;
};

struct Client {
    Peer &peer;
    uint16_t port;
    std::string path;               // to ask for: the row's
    std::function<bool()> arrived;  // waits until the upstream has octets of a request
};

struct Failure {
    std::string name = {};
    std::string line = {};                                  // of README's table "When something fails"
    std::function<Got(Client)> client = {};                 // none: GET, and reads the answer
    std::function<void(Peer &)> upstream = {};              // what its first connection does once octets came; none, and later ones: answers
    bool atOnce = false;                                    // … without waiting for octets
    std::string limits = {}, listenerKeys = {}, upstreamKeys = {}, delivery = {}, to = {}; // of its listener, upstream, route
    std::string introduction = {};                          // what a connection to its listener has to begin with
    std::string endpoint = {};                              // none: the scripted upstream's
    std::shared_ptr<void> keeps = {};                       // what the endpoint needs

    int status = 0;                                         // 0: nothing comes
    std::string detail = {};                                // part of the problem's; none: the answer is not the gateway's own
    bool cut = false;                                       // the answer is seen to be incomplete
    Ends ends = Ends::Keeps;
    std::string verdict = {}, error = {};                   // in the record; no verdict: nothing is recorded
    std::string orError = {};                               // where the system decides which of two it is
    int tries = 1;
    int connections = 1;                                    // of the upstream, before the next request
    bool reused = false;                                    // whether the next request goes over the last of them
};

std::vector<Failure> clientFailures();
std::vector<Failure> upstreamFailures();
std::vector<Failure> retries();

// Sends, and reads one answer; tells whether the connection still serves.
Got ask(Client client, const std::string &octets);
// Sends, and reads up to the end of the connection.
Got untilEnd(Client client, const std::string &octets);
std::string getOf(const std::string &path);
std::string postOf(const std::string &path, size_t length); // the head alone
bool eventually(const std::function<bool()> &condition);    // any thread; false after ten seconds

} // namespace gatehouse::test
