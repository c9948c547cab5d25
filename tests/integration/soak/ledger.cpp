#include "tests/integration/soak/ledger.h"

namespace gatehouse::soak {

namespace {

constexpr size_t wrongsKept = 20;
constexpr const char *names[] = {
    "get", "post", "post-chunked", "head", "pipelined", "http-1.0", "slow-reader", "upload", "mock", "fixed", "limited", "redirect", "new-connection",
    "client-resets-head", "client-resets-body", "client-resets-answer", "client-leaves", "client-malformed", "listener-gone",
    "refused", "one-of-two-refused", "upstream-resets", "upstream-ends", "upstream-garbage", "upstream-two-lengths", "upstream-stalls", "upstream-short",
    "upstream-cut", "upstream-stalls-midway", "upstream-says-more", "upstream-answers-early", "upstream-leaves", "upstream-leaves-post",
};
static_assert(std::size(names) == size_t(Kind::Count));

} // namespace

const char *nameOf(Kind kind) { return names[size_t(kind)]; }

uint64_t Ledger::exchanges() const
{
    uint64_t sum = 0;
    for (size_t kind = 0; kind < size_t(firstFault); ++kind)
        sum += m_done[kind];
    return sum;
}

uint64_t Ledger::faults() const
{
    uint64_t sum = 0;
    for (size_t kind = size_t(firstFault); kind < size_t(Kind::Count); ++kind)
        sum += m_done[kind];
    return sum;
}

void Ledger::wrong(const std::string &what)
{
    ++m_wrongs;
    const std::lock_guard lock(m_mutex);
    if (m_first.size() < wrongsKept)
        m_first.push_back(what);
}

std::vector<std::string> Ledger::firstWrongs() const
{
    const std::lock_guard lock(m_mutex);
    return m_first;
}

void Ledger::expect(Token token)
{
    Shard &shard = shardOf(token);
    const std::lock_guard lock(shard.mutex);
    shard.underWay[token] = 0;
}

void Ledger::arrived(Token token)
{
    Shard &shard = shardOf(token);
    const std::lock_guard lock(shard.mutex);
    // One that its client has given up may arrive late: only what is under way is counted.
    if (const auto at = shard.underWay.find(token); at != shard.underWay.end())
        ++at->second;
}

int Ledger::settle(Token token)
{
    Shard &shard = shardOf(token);
    const std::lock_guard lock(shard.mutex);
    const auto at = shard.underWay.find(token);
    const int count = at == shard.underWay.end() ? 0 : at->second;
    shard.underWay.erase(token);
    return count;
}

} // namespace gatehouse::soak
