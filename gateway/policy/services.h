// What a filter may ask of its surroundings, each as an interface so that tests put in their own.
#pragma once

#include "gateway/base/clock.h"
#include "gateway/base/result.h"
#include "gateway/policy/filter.h"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gatehouse::policy {

// State that outlives a reload, found by identity: owner + kind + name, or the ordinal among equals. Thread-safe.
class StateStore {
public:
    // The state kept under `identity` when it was made with the same fingerprint (of the settings that reset it), else a new one.
    template <typename T, typename Make>
    std::shared_ptr<T> acquire(const std::string &identity, const std::string &fingerprint, Make make)
    {
        const std::lock_guard lock(m_mutex);
        auto &slot = m_states[identity];
        if (auto kept = slot.state.lock(); kept && slot.fingerprint == fingerprint)
            return std::static_pointer_cast<T>(kept);
        std::shared_ptr<T> fresh = make();
        slot = {fingerprint, fresh};
        return fresh;
    }
    // A rename in the window: what was counted under `from` goes on under `to`.
    void alias(const std::string &from, const std::string &to)
    {
        const std::lock_guard lock(m_mutex);
        if (auto it = m_states.find(from); it != m_states.end())
            m_states[to] = it->second;
    }

private:
    struct Slot { std::string fingerprint; std::weak_ptr<void> state; };
    std::mutex m_mutex;
    std::unordered_map<std::string, Slot> m_states; // guarded by m_mutex; plans own the states
};

// Random octets good enough for ids and secrets. Thread-safe.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(std::span<std::byte> to) = 0;
};
Random &systemRandom();

// An upstream call of a filter's own (forward-auth, introspection). The answer comes on the same worker.
class Fetch {
public:
    struct Answer { uint16_t status = 0; std::vector<std::pair<std::string, std::string>> fields; std::string body; };
    virtual ~Fetch() = default;
    virtual void fetch(std::string_view method, std::string_view url, std::span<const http::Field> fields, std::string_view body,
                       Duration timeout, std::function<void(Result<Answer>)> done) const = 0;
};

// A small pool for what takes milliseconds of CPU (bcrypt, argon2). `done` runs on the calling worker.
class Blocking {
public:
    virtual ~Blocking() = default;
    virtual void run(std::function<void()> work, std::function<void()> done) const = 0;
};

// Resumes a suspended exchange on its worker; from any thread. A stale resumption is ignored.
class Resumer {
public:
    virtual ~Resumer() = default;
    virtual void resume(Resumption exchange) const = 0;
    // On the calling worker's timer wheel, then resumes. From the worker's thread.
    virtual void resumeAfter(Resumption exchange, Duration delay) const = 0;
};

// One per worker; outlives its exchanges.
struct Services {
    const Clock &clock;
    Random &random;
    const Fetch &fetch;
    const Blocking &blocking;
    const Resumer &resumer;
};

} // namespace gatehouse::policy
