// One request and its answer, from the first octet to the record: the state machine of the data plane.
//
//   head -> checks -> route -> filters -> target -> filters in reverse -> client          exchange.cpp, chain.cpp
//                                         |- upstream: tries and deadlines                delivery.cpp
//                                         |    '- 101: octets both ways                   tunnel.cpp
//                                         '- mock, respond, redirect, refusals            answer.cpp
//   finish() is the one end of every exchange; it emits exactly one Final record          recording.cpp
//
// One worker's thread. Objects are pooled (see exchanges.h). Every public function and callback is a Turn: what it sent is flushed
// and the connection told that the exchange is over when the outermost one returns, so nothing here is re-entered half-way.
#pragma once

#include "gateway/exchange/binding.h"
#include "gateway/exchange/capture.h"
#include "gateway/exchange/downstream.h"
#include "gateway/exchange/environment.h"
#include "gateway/http/parser.h"

#include <array>
#include <vector>

namespace gatehouse::exchange {

class Exchange final : private policy::Context, private upstream::CallHandler {
public:
    Exchange(Environment &environment, uint32_t slot);
    ~Exchange();

    // --- for the connection. The parser takes its memory from arena(), which lives until recycle().
    void begin(Downstream &downstream, BoundPointer bound, std::shared_ptr<const BoundListener> listener);
    Arena &memory() { return m_arena; }
    void requestHead(http::RequestHead &head);
    void requestPiece(std::string_view piece, net::Lease *lease);
    void requestEnd(http::Fields &trailers);
    void requestRefused(const http::ParseError &error, http::RequestHead *head); // head: as far as it was read; may be null
    void requestTimedOut();   // the client stopped in the middle
    void connectionRefused(std::string_view code); // it did not begin with the PROXY header it should: there is no HTTP to answer in
    void tunnelPiece(std::string_view octets, net::Lease *lease); // once a head of Framing::Tunnel was sent
    void tunnelEnd();         // the client sends nothing more
    void clientGone(std::string_view why = "client closed the connection"); // static
    void downstreamDrained(); // what was queued fell to the low-water mark
    void settle();            // the buffer that pieces were in is about to change
    void recycle();           // the connection is through with it
    bool done() const { return m_state == State::Done; }
    bool answering() const { return m_headSent; }

    // --- for the pool
    uint32_t slot() const { return m_slot; }
    uint32_t generation() const { return m_generation; }
    void resumed(uint32_t generation);
    bool startedBefore(MonotonicTime time) const { return m_started < time; }
    void publishUnfinished(); // as it stands, when that has changed since the last time
    Exchange *next = nullptr, *previous = nullptr; // among those in flight

private:
    enum class State : uint8_t { Idle, Reading, Running, Done };
    enum class Event : uint8_t { None, Head, Piece, End };
    struct Queued { Event event; std::string_view piece; net::Hold hold; http::Fields *trailers; };
    // One direction's way through the filters. The event under way is finished before the next is looked at.
    struct Lane {
        explicit Lane(observe::ExchangeStore::Room &room) : buffer(&room) { }
        bool response = false;
        Event event = Event::None;    // under way; not None while suspended
        int at = 0;                   // the filter it is with
        std::string_view piece;
        http::Fields *trailers = nullptr;
        net::Lease *lease = nullptr;  // of the piece, only within the turn it came in
        net::Hold hold;               // of the piece, later
        bool suspended = false, closed = false, headThrough = false, endThrough = false, ended = false;
        std::vector<Queued> queue;
        size_t taken = 0;             // of the queue
        bool buffering = false;
        uint64_t bufferLimit = 0;
        Octets buffer;
        uint64_t bytes = 0;           // of the body as it came
        void reset(bool isResponse);
    };
    struct Slot {
        const runtime::PlannedPolicy *policy = nullptr;
        policy::Filter *filter = nullptr;
        uint32_t interests = 0;
        uint16_t index = 0;
        int16_t step[2] = {-1, -1};   // in m_steps, request and response
        bool reached = false;
    };
    struct Local {
        uint16_t status = 0;
        std::span<const http::Field> fields;
        std::string_view body;
        observe::Verdict verdict = observe::Verdict::Local;
        bool planned = false;         // the body stands in the plan, which the binding keeps
    };
    class Turn;

    // exchange.cpp
    void route();
    bool safeFrom(const http::RequestHead &head);
    bool hasOwnVia(const http::RequestHead &head) const;
    void arrived(http::RequestHead &head);
    void keepOriginal(const http::RequestHead &head);
    void startTarget();
    void finish(observe::Verdict verdict);
    void updateFlow();
    MonotonicTime turnTime();     // now, asked once a turn: most of what happens in one is no further apart than the clock's own cost
    uint32_t sinceArrival();
    void startTimer(net::Timer &timer, Duration after) { m_env.wheel.startAt(timer, turnTime() + after); }

    // chain.cpp
    void prepareChain();
    void feed(Lane &lane, Event event, std::string_view piece, http::Fields *trailers, net::Lease *lease);
    void run(Lane &lane, int from);
    bool pass(Lane &lane);
    bool handle(Lane &lane, Slot &slot, policy::Flow flow);
    bool reach(Slot &slot);
    policy::Flow call(Lane &lane, Slot &slot);
    policy::Flow callResume(Lane &lane);
    void suspend(Lane &lane);
    void drainQueue(Lane &lane);
    void through(Lane &lane);
    void requestThrough(Lane &lane);
    void responseThrough(Lane &lane);
    observe::StepRecord &stepOf(Slot &slot, bool response);
    int firstOf(const Lane &lane) const { return lane.response ? m_responseFrom : 0; }

    // answer.cpp
    void answer(const Local &local, int from);
    void refuse(uint16_t status, std::string_view detail, observe::Verdict verdict, int from);
    Local problem(uint16_t status, std::string_view title, std::string_view detail, std::string_view type, std::span<const http::Field> fields);
    void startMock();
    void answerMock(size_t index);
    void answerFixed();
    void answerRedirect();
    void fail(uint16_t status, std::string_view detail);

    // delivery.cpp
    void startDelivery();
    bool chooseEndpoint(const upstream::Endpoint *not_);
    void startTry(bool fresh);
    std::string_view introduction();
    void sendRequest();
    void forwardPiece(std::string_view piece, net::Lease *lease);
    void holdBody(std::string_view piece, net::Lease *lease);
    void dropHeldBody();
    void forwardEnd(http::Fields *trailers);
    void leadsBack();
    bool replayable() const;
    bool mayTryAgain(runtime::Delivery::Failure kind, bool stale, std::string_view &why);
    void again(bool stale, std::string_view why);
    void endTry(bool good, std::string_view error, bool abandoned);
    void stopDelivery();
    void phaseExpired();
    void totalExpired();
    void perTryExpired();
    void timedOut(std::string_view what, bool retry);
    void onCallReady() override;
    void onCallHead(http::ResponseHead &head) override;
    void onCallPiece(std::string_view octets, net::Lease &lease) override;
    void onCallEnd(http::Fields &trailers) override;
    void onCallFailed(const upstream::Failure &failure) override;
    void onCallWritable() override;
    void onCallSettle() override;

    // tunnel.cpp
    bool mayTunnel(const http::ResponseHead &head);
    void openTunnel();
    void tunnelExpired();
    void tunnelSideEnded(Lane &lane);

    // recording.cpp
    void publish(observe::State state);
    void fill(observe::Record &record);

    // policy::Context
    Arena &arena() override { return m_arena; }
    MonotonicTime now() const override { return m_env.clock.monotonic(); }
    const policy::Services &services() const override { return m_env.services; }
    http::RequestHead &request() override { return m_shadowRequest ? *m_shadowRequest : *m_request; }
    policy::RequestInfo &info() override { return m_shadowInfo ? *m_shadowInfo : m_info; }
    http::ResponseHead &response() override { return m_shadowResponse ? *m_shadowResponse : *m_response; }
    bool responseIsLocal() const override { return m_responseIsLocal; }
    void respond(uint16_t status, std::span<const http::Field> fields, std::string_view body) override;
    void respondProblem(uint16_t status, std::string_view title, std::string_view detail, std::span<const http::Field> fields,
                        std::string_view type) override;
    void buffer(uint64_t limit) override;
    std::string_view body() const override;
    void setBody(std::string_view body) override;
    void step(observe::StepVerdict verdict, std::string_view detail) override;
    void gauge(double level, double capacity, int64_t nextMicros) override;
    void changed(std::string_view setting) override;
    policy::Resumption resumption() const override { return {m_env.worker, m_slot, m_generation}; }

    Environment &m_env;
    const uint32_t m_slot;
    uint32_t m_generation = 0;
    State m_state = State::Idle;
    uint8_t m_depth = 0;
    Arena m_arena{16 * 1024};

    Downstream *m_down = nullptr;    // null: the client is gone
    BoundPointer m_bound;
    std::shared_ptr<const BoundListener> m_listener;
    BindingPointer m_binding;
    http::RequestHead *m_request = nullptr;
    http::ResponseHead *m_response = nullptr;
    policy::RequestInfo m_info;
    std::string_view m_clientText;
    bool m_responseIsLocal = false, m_headSent = false, m_continueSent = false, m_answered = false, m_holding = false, m_startAtEnd = false;

    std::vector<Slot> m_slots;
    int m_responseFrom = -1;         // the filter that sees the answer first
    Lane m_in, m_out;
    Slot *m_current = nullptr;       // inside a filter's call
    Lane *m_currentLane = nullptr;
    bool m_changed = false;
    Local m_asked;                   // by respond()
    http::RequestHead *m_shadowRequest = nullptr;
    http::ResponseHead *m_shadowResponse = nullptr;
    policy::RequestInfo *m_shadowInfo = nullptr;
    std::vector<observe::StepRecord> m_steps;

    // Delivery.
    upstream::Call m_call;
    const upstream::Upstream::Member *m_member = nullptr;
    std::vector<observe::AttemptRecord> m_attempts;
    std::string_view m_sentPath, m_sentQuery; // as they came, for the record
    std::string_view m_target;       // as rewritten, before an endpoint's base path
    std::vector<net::Piece> m_heldBody; // came before the connection was there
    net::Block m_heldSmall;             // behind those: small pieces together
    http::Fields *m_heldTrailers = nullptr;
    MonotonicTime m_progress;        // of the body, either way
    enum class Wait : uint8_t { None, Connect, Response, Idle, Backoff, MockLatency, Continue, Tunnel };
    Wait m_wait = Wait::None;
    uint32_t m_retries = 0, m_waited = 0;
    bool m_requestSent = false, m_headForwarded = false, m_deliveryOver = false, m_replayed = false, m_staleTried = false;
    bool m_tryOpen = false, m_idleUnarmed = false;
    bool m_tunnel = false;           // the upstream has switched protocols; m_call stays after the try has ended
    uint64_t m_forwarded = 0;        // octets of the body, in this try
    uint16_t m_mockResponse = 0;     // from 1; 0: none is chosen
    net::MemberTimer<Exchange, &Exchange::phaseExpired> m_phaseTimer{this};
    net::MemberTimer<Exchange, &Exchange::totalExpired> m_totalTimer{this};
    net::MemberTimer<Exchange, &Exchange::perTryExpired> m_tryTimer{this};

    // Recording.
    Capture m_requestBody, m_responseBody;
    std::vector<observe::FieldView> m_fields; // as they came
    std::string_view m_forwardedLine;
    std::string_view m_error;
    observe::Verdict m_verdict = observe::Verdict::Allowed;
    uint64_t m_id = 0, m_published = 0;
    int64_t m_startedMicros = 0;
    MonotonicTime m_started, m_turnTime;
    bool m_turnTimed = false;        // m_turnTime is this turn's
    int32_t m_routeMicros = -1, m_policiesInMicros = -1, m_connectMicros = -1, m_firstByteMicros = -1, m_transferMicros = -1, m_policiesOutMicros = -1;
};

} // namespace gatehouse::exchange
