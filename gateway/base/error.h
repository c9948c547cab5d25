// What an expected failure is. Exceptions are not used for these: they are values, returned in a Result.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace gatehouse {

// Kind decides the status code, the log line and the badge in the window; add one only when one of these differs.
enum class ErrorKind : uint8_t {
    BadInput,      // a document, command or message that can't be read
    NotFound,      // a file, name or exchange that is not there
    NotAllowed,    // by permission, trust or policy
    InUse,         // an address or lock that somebody else holds
    TooLarge,      // a limit was reached
    Malformed,     // a peer broke the protocol
    Refused,       // connection refused, or unreachable
    Resolve,       // a name has no address
    Reset,         // the peer dropped the connection
    Timeout,       // a deadline passed
    Cancelled,     // nobody waits for the result any more
    NoEndpoint,    // an upstream has none that may take the request
    System,        // the operating system said no; the message says what
    Internal,      // ours: a bug
};

// Whose doing it was.
enum class Side : uint8_t { Client, Upstream, Gateway };

// A value; cheap to move. Any thread.
struct Error {
    ErrorKind kind = ErrorKind::Internal;
    Side side = Side::Gateway;
    bool retry = false; // whether the same call may succeed when tried again at once
    std::string message; // one sentence that says what is wrong and, where known, what would be right
    std::shared_ptr<const Error> cause;

    static Error make(ErrorKind kind, std::string message, Side side = Side::Gateway, bool retry = false)
    {
        return Error{kind, side, retry, std::move(message), nullptr};
    }
    // The message followed by those of its causes, joined by ": ".
    std::string text() const;
};

// A stable lower-case name of the kind ("connect-failure" is not one: it is Refused); used in JSON and logs.
std::string_view name(ErrorKind kind);

} // namespace gatehouse
