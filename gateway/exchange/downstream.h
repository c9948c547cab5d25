// Where an exchange's answer goes: the client's side of it, whatever version of HTTP that speaks. One worker's thread.
#pragma once

#include "gateway/base/ip.h"
#include "gateway/http/message.h"
#include "gateway/net/loop.h"

#include <string>
#include <string_view>

namespace gatehouse::exchange {

class Downstream {
public:
    struct Client {
        IpAddress ip;                  // unspecified for a Unix socket
        std::string_view ipText, text; // "127.0.0.1", "127.0.0.1:52114"; live as long as the connection
        uint16_t port = 0;
        IpAddress local;               // where it connected to
        uint16_t localPort = 0;
    };
    virtual const Client &client() const = 0;

    // In order: interim heads, the head, pieces, the end. The framing that the client can read is chosen here. After a head of
    // Framing::Tunnel pieces go out as they are, sendEnd() ends only this direction, and what the client sends goes to
    // Exchange::tunnelPiece() and tunnelEnd().
    virtual void sendInterim(const http::ResponseHead &head) = 0;
    virtual void sendHead(http::ResponseHead &head, bool answersHead) = 0; // answersHead: the request was a HEAD
    virtual void sendPiece(std::string_view octets, net::Lease *lease) = 0; // lease: of the octets, when there is one
    virtual void sendEnd(const http::Fields *trailers) = 0;
    // What came behind the request already: of a tunnel, its first octets.
    virtual std::string takeRest() = 0;
    // The answer can't be completed: the client has to see that.
    virtual void cut() = 0;
    // What was sent may have been gathered; this hands it to the loop.
    virtual void flush() = 0;

    virtual size_t queued() const = 0;        // octets not yet taken by the system
    virtual void holdRequest(bool hold) = 0;  // stop or go on reading; a few pieces may still come
    // The last call of an exchange, from the end of its outermost function.
    virtual void exchangeDone() = 0;

protected:
    ~Downstream() = default;
};

} // namespace gatehouse::exchange
