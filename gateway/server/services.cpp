#include "gateway/server/services.h"

#include "gateway/base/text.h"
#include "gateway/base/threadname.h"

#include <algorithm>
#include <unordered_map>

namespace gatehouse::server {

namespace {
constexpr size_t answerMost = 1024 * 1024; // of a filter's own call
}

struct WorkerFetch::State {
    upstream::Client &client;
    net::TimerWheel &wheel;
    upstream::Registry registry;
    std::unordered_map<std::string, std::shared_ptr<const upstream::Upstream>> places; // by scheme and authority
    std::vector<std::unique_ptr<Job>> jobs;
    std::vector<Job *> spare;
};

struct WorkerFetch::Job final : upstream::CallHandler {
    explicit Job(State &state)
        : state(state)
    {
    }
    void start(const std::shared_ptr<const upstream::Upstream> &place, Duration timeout)
    {
        using Start = upstream::Call::Start;
        if (timeout > Duration::zero())
            state.wheel.start(timer, timeout);
        switch (call.start(state.client, *place, place->members[0].endpoint, {head->known, false, false, 0, {}}, arena)) {
        case Start::Ready: return send();
        case Start::Waiting: return;
        case Start::Own: return end(Error::make(ErrorKind::NotAllowed, "The URL leads to a listener of this gateway."));
        case Start::Full: return end(Error::make(ErrorKind::NoEndpoint, "Too many calls are waiting.", Side::Gateway, true));
        }
    }
    void send()
    {
        if (call.sendHead(*head, body, false))
            call.sendEnd(nullptr);
        else
            end(Error::make(ErrorKind::BadInput, "The request can't be written."));
    }
    void onCallReady() override { send(); }
    void onCallHead(http::ResponseHead &got) override
    {
        if (got.interim())
            return;
        answer.status = uint16_t(got.status);
        for (const http::Field &field : got.fields)
            answer.fields.emplace_back(field.name, field.value);
    }
    void onCallPiece(std::string_view octets, net::Lease &) override
    {
        if (answer.body.size() + octets.size() > answerMost)
            return end(Error::make(ErrorKind::TooLarge, "The answer is too large.", Side::Upstream));
        answer.body.append(octets);
    }
    void onCallEnd(http::Fields &) override { end(std::move(answer)); }
    void onCallFailed(const upstream::Failure &failure) override
    {
        end(Error::make(failure.kind, std::string(failure.what), Side::Upstream, true));
    }
    void onCallWritable() override { }
    void onCallSettle() override { }
    void expired() { end(Error::make(ErrorKind::Timeout, "No answer in time.", Side::Upstream, true)); }
    void end(Result<Answer> result)
    {
        timer.cancel();
        call.cancel();
        auto tell = std::exchange(done, nullptr);
        answer = {};
        body.clear();
        head = nullptr;
        arena.reset();
        state.spare.push_back(this);
        if (tell)
            tell(std::move(result));
    }

    State &state;
    Arena arena;
    upstream::Call call{*this};
    net::MemberTimer<Job, &Job::expired> timer{this};
    http::RequestHead *head = nullptr;
    std::string body;
    Answer answer;
    std::function<void(Result<Answer>)> done;
};

WorkerFetch::WorkerFetch(upstream::Client &client, net::TimerWheel &wheel, observe::Metrics &metrics)
    : m_state(new State{client, wheel, upstream::Registry(metrics), {}, {}, {}})
{
}

WorkerFetch::~WorkerFetch() = default;

void WorkerFetch::fetch(std::string_view method, std::string_view url, std::span<const http::Field> fields, std::string_view body,
                        Duration timeout, std::function<void(Result<Answer>)> done) const
{
    State &state = *m_state;
    const size_t path = url.find('/', std::min(url.size(), url.find("://") + 3));
    const std::string base(url.substr(0, path));
    auto &place = state.places[base];
    if (!place) {
        auto acquired = state.registry.acquire({base, {{{}, base, 1, true}}, {}});
        if (!acquired)
            return done(acquired.error());
        place = std::move(*acquired);
    }
    if (state.spare.empty()) {
        state.jobs.push_back(std::make_unique<Job>(state));
        state.spare.push_back(state.jobs.back().get());
    }
    Job &job = *state.spare.back();
    state.spare.pop_back();
    job.head = job.arena.make<http::RequestHead>(job.arena);
    job.head->method = job.arena.copy(method);
    job.head->known = http::knownMethod(job.head->method);
    job.head->target = path == std::string_view::npos ? "/" : job.arena.copy(url.substr(path));
    job.head->fields.set("Host", place->members[0].endpoint->location.authority);
    for (const http::Field &field : fields)
        job.head->fields.add(field.name, field.value);
    job.body.assign(body);
    job.head->framing = body.empty() ? http::Framing::None : http::Framing::Length;
    job.head->length = body.size();
    job.done = std::move(done);
    job.start(place, timeout);
}

void Gate::open(Mailbox &mailbox)
{
    const std::lock_guard lock(m_mutex);
    m_mailbox = &mailbox;
}

void Gate::close()
{
    const std::lock_guard lock(m_mutex);
    m_mailbox = nullptr;
}

void Gate::post(Mailbox::Letter letter)
{
    const std::lock_guard lock(m_mutex);
    if (m_mailbox)
        m_mailbox->post(std::move(letter));
}

BlockingPool::BlockingPool(unsigned threads)
    : m_most(std::max(1u, threads))
{
}

BlockingPool::~BlockingPool()
{
    std::vector<std::jthread> threads;
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.clear();
        threads.swap(m_threads);
    }
    for (std::jthread &thread : threads)
        thread.request_stop();
}

void BlockingPool::run(std::function<void()> work)
{
    const std::lock_guard lock(m_mutex);
    m_jobs.push_back(std::move(work));
    if (m_threads.size() < m_most)
        m_threads.emplace_back([this](const std::stop_token &stop) { this->work(stop); });
    m_wake.notify_one();
}

void BlockingPool::work(const std::stop_token &stop)
{
    nameThread("blocking work");
    while (true) {
        std::function<void()> job;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return !m_jobs.empty(); }))
                return;
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
        }
        job();
    }
}

void WorkerBlocking::run(std::function<void()> work, std::function<void()> done) const
{
    m_pool.run([home = m_home, work = std::move(work), done = std::move(done)] {
        work();
        home->post(done);
    });
}

} // namespace gatehouse::server
