// What happened: exchanges by kind, what went wrong, and how often each request arrived at an upstream. Thread-safe.
#pragma once

#include "tests/integration/soak/content.h"

#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace gatehouse::soak {

enum class Kind : uint8_t {
    // A wrong or missing answer to any of these is a fault of the gateway's.
    Get, Post, PostChunked, Head, Pipelined, Http10, SlowReader, Upload, Mock, Fixed, Limited, Redirect, NewConnection,
    // Faults: done by the client, ...
    ClientResetHead, ClientResetBody, ClientResetAnswer, ClientLeaves, ClientMalformed, ListenerGone,
    // ... and by the upstream.
    Refused, OneOfTwoRefused, UpstreamResets, UpstreamEnds, UpstreamGarbage, UpstreamTwoLengths, UpstreamStalls, UpstreamShort, UpstreamCut,
    UpstreamStallsMidway, UpstreamSaysMore, UpstreamAnswersEarly, UpstreamLeaves, UpstreamLeavesPost,
    Count
};
constexpr Kind firstFault = Kind::ClientResetHead;
const char *nameOf(Kind kind);

class Ledger {
public:
    void done(Kind kind) { ++m_done[size_t(kind)]; }
    uint64_t count(Kind kind) const { return m_done[size_t(kind)]; }
    uint64_t exchanges() const; // all that are no faults
    uint64_t faults() const;
    // Something that must not be. The first are kept as they are, the others counted.
    void wrong(const std::string &what);
    uint64_t wrongs() const { return m_wrongs; }
    std::vector<std::string> firstWrongs() const;

    // A request that is under way, how often an upstream has seen it, and its end.
    void expect(Token token);
    void arrived(Token token);
    int settle(Token token);

    std::atomic<bool> ending{false};    // the gateway was told to stop: what it has not begun it need not answer
    std::atomic<uint64_t> edition{0};   // of the workspace: every worker is known to run this one or a newer one
    std::atomic<uint64_t> answers{0};   // whole ones that clients have read, of whatever kind
    std::atomic<uint64_t> asked{0};     // requests that clients sent, or began to
    std::atomic<uint64_t> limited{0};   // of Kind::Limited: were told to wait
    std::atomic<uint64_t> octets{0};    // of the bodies that clients have read

private:
    struct Shard {
        std::mutex mutex;
        std::unordered_map<Token, int> underWay; // guarded by mutex
    };
    Shard &shardOf(Token token) { return m_shards[token % m_shards.size()]; }

    std::array<std::atomic<uint64_t>, size_t(Kind::Count)> m_done{};
    std::array<Shard, 16> m_shards;
    mutable std::mutex m_mutex;
    std::vector<std::string> m_first; // guarded by m_mutex
    std::atomic<uint64_t> m_wrongs{0};
};

} // namespace gatehouse::soak
