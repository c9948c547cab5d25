// What became of an exchange or of one policy in it. Enums only: words, icons and colours are chosen by those who show them.
#pragma once

#include <cstdint>
#include <string_view>

namespace gatehouse::observe {

// Of a whole exchange, the first that applies from the top.
enum class Verdict : uint8_t {
    Allowed,          // went to its target
    Refused,          // a policy said no (the steps say which)
    RefusedHost,      // 421: a loopback listener does not answer for this Host
    RefusedCrossSite, // 403: a foreign site's page made a browser send it
    Loop,             // 508: our own Via came back
    Malformed,        // not HTTP as the RFCs have it, or over a limit
    NoRoute,          // nothing matched
    Throttled,        // a rate or concurrency limit refused it
    Delayed,          // held back by a limit, then sent
    Mocked,           // answered by a mock
    Local,            // answered by respond or redirect, or by a policy's own answer (a preflight)
    Cached,           // answered from a cache
    Failed,           // the upstream gave no usable answer
    Cancelled,        // the client went away
};
std::string_view name(Verdict verdict); // "allowed", "refused", "refused: host", …; as the JSON of cli.md has it

// Of one policy at one place in the chain.
enum class StepVerdict : uint8_t {
    WouldRun,     // in an explanation without a real request
    Passed,       // looked and let go
    Acted,        // changed something and let go
    Refused,      // answered in the target's stead with a refusal
    Answered,     // answered in the target's stead, not a refusal (preflight, cache)
    Delayed,
    WouldRefuse,  // shadow mode: decided, did not act
    Skipped,      // its `when` did not hold
    Off,          // enabled: false
    NotReached,   // an earlier one answered
    FailedOpen,
    FailedClosed,
};
std::string_view name(StepVerdict verdict);

enum class TargetKind : uint8_t { None, Upstream, Mock, Respond, Redirect };
std::string_view name(TargetKind kind);

enum class StatusClass : uint8_t { InFlight, Success, Redirect, Client, Server, NoAnswer }; // 1xx/2xx are Success
constexpr StatusClass classOf(uint16_t status, bool done)
{
    if (status == 0)
        return done ? StatusClass::NoAnswer : StatusClass::InFlight;
    return status < 300 ? StatusClass::Success
        : status < 400  ? StatusClass::Redirect
        : status < 500  ? StatusClass::Client
                        : StatusClass::Server;
}

} // namespace gatehouse::observe
