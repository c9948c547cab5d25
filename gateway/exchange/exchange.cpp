#include "gateway/exchange/exchange.h"

#include "gateway/base/text.h"
#include "gateway/exchange/turn.h"
#include "gateway/runtime/crosssite.h"
#include "gateway/runtime/forward.h"

#include <algorithm>

namespace gatehouse::exchange {

using observe::TargetKind;
using observe::Verdict;

namespace {

constexpr size_t highWater = 256 * 1024; // queued towards one side before the other is not read any more

std::string_view lowered(std::string_view text, Arena &arena)
{
    if (std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
        return text;
    char *to = static_cast<char *>(arena.allocate(text.size(), 1));
    std::transform(text.begin(), text.end(), to, [](char c) { return lower(c); });
    return {to, text.size()};
}

} // namespace

void Exchange::Lane::reset(bool isResponse)
{
    response = isResponse;
    event = Event::None;
    at = 0;
    piece = {};
    trailers = nullptr;
    lease = nullptr;
    hold = {};
    suspended = closed = headThrough = endThrough = ended = buffering = false;
    queue.clear();
    taken = 0;
    bufferLimit = 0;
    buffer.reset();
    bytes = 0;
}

Exchange::Exchange(Environment &environment, uint32_t slot)
    : m_env(environment)
    , m_slot(slot)
    , m_in(environment.recorder.room())
    , m_out(environment.recorder.room())
    , m_call(*this)
    , m_requestBody(&environment.recorder.room())
    , m_responseBody(&environment.recorder.room())
{
    m_out.reset(true); // as reset() leaves it for the next: the first exchange is no other
}

Exchange::~Exchange() = default;

void Exchange::begin(Downstream &downstream, BoundPointer bound, std::shared_ptr<const BoundListener> listener)
{
    m_state = State::Reading;
    m_down = &downstream;
    m_bound = std::move(bound);
    m_listener = std::move(listener);
    m_turnTimed = false;
    m_started = turnTime();
}

// There is a request to tell of, whole or not: from here on it ends with a record.
void Exchange::arrived(http::RequestHead &head)
{
    m_state = State::Running;
    m_startedMicros = m_env.clock.wallMicros();
    m_id = m_env.recorder.nextId();
    m_env.metrics.started();
    m_request = &head;
    keepOriginal(head);
}

void Exchange::recycle()
{
    // Nothing may still point into the arena: filters and the plan go first.
    m_call.cancel();
    m_phaseTimer.cancel();
    m_totalTimer.cancel();
    m_tryTimer.cancel();
    ++m_generation;
    m_slots.clear();
    m_steps.clear();
    m_attempts.clear();
    m_fields.clear();
    dropHeldBody();
    m_in.reset(false);
    m_out.reset(true);
    m_requestBody.reset(0);
    m_responseBody.reset(0);
    m_arena.reset();
    m_binding.reset();
    m_listener.reset();
    m_bound.reset();
    m_state = State::Idle;
    m_down = nullptr;
    m_request = nullptr;
    m_response = nullptr;
    m_heldTrailers = nullptr;
    m_member = nullptr;
    m_current = nullptr;
    m_info = {};
    m_clientText = m_forwardedLine = m_error = {};
    m_responseIsLocal = m_headSent = m_continueSent = m_answered = m_holding = m_startAtEnd = false;
    m_requestSent = m_headForwarded = m_deliveryOver = m_replayed = m_staleTried = m_tryOpen = m_idleUnarmed = m_tunnel = false;
    m_forwarded = 0;
    m_responseFrom = -1;
    m_wait = Wait::None;
    m_retries = m_waited = 0;
    m_mockResponse = 0;
    m_verdict = Verdict::Allowed;
    m_published = 0;
    m_routeMicros = m_policiesInMicros = m_connectMicros = m_firstByteMicros = m_transferMicros = m_policiesOutMicros = -1;
}

MonotonicTime Exchange::turnTime()
{
    if (!m_turnTimed) {
        m_turnTimed = true;
        m_turnTime = m_env.clock.monotonic();
    }
    return m_turnTime;
}

uint32_t Exchange::sinceArrival()
{
    return uint32_t(std::chrono::duration_cast<std::chrono::microseconds>(turnTime() - m_started).count());
}

void Exchange::keepOriginal(const http::RequestHead &head)
{
    m_fields.assign(head.fields.begin(), head.fields.end());
    const Downstream::Client &client = m_down->client();
    m_clientText = m_arena.copy(client.text);
    m_info.client = client.ip;
    m_info.clientText = m_arena.copy(client.ipText);
    m_info.listener = m_listener->plan->name;
    m_info.scheme = "http";
    m_info.host = lowered(head.host, m_arena);
    m_info.port = head.port;
    m_info.query = m_sentQuery = head.query;
    m_info.path = m_sentPath = head.path;
}

void Exchange::requestHead(http::RequestHead &head)
{
    Turn turn(*this);
    arrived(head);
    const size_t kept = m_env.recorder.bodyLimit();
    m_responseBody.reset(kept);
    // Enough of it for another try, even where nothing is recorded.
    m_requestBody.reset(head.framing == http::Framing::None ? 0 : std::max<size_t>(kept, 64 * 1024));
    if (safeFrom(head))
        route();
}

// What is checked before any policy, mock or upstream sees the request. False: it has been answered.
bool Exchange::safeFrom(const http::RequestHead &head)
{
    if (hasOwnVia(head)) {
        refuse(508, "This request has passed through this gateway before: a route leads back to its own listener.", Verdict::Loop, -1);
        return false;
    }
    if (!m_listener->plan->expose && !m_info.host.empty() && m_info.host != m_listener->answeredFor && !m_listener->plan->answersFor(m_info.host)) {
        const std::string detail = "This listener does not answer for " + std::string(m_info.host) + ". Add it to a route's, group's or listener's hosts.";
        refuse(421, detail, Verdict::RefusedHost, -1);
        return false;
    }
    if (m_info.host != m_listener->answeredFor)
        m_listener->answeredFor = m_info.host;
    if (head.path != "*") {
        const auto path = http::normalisePath(head.path, m_bound->snapshot->settings.paths, m_arena);
        if (!path) {
            refuse(400, http::sentence(path.error()), Verdict::Malformed, -1);
            return false;
        }
        m_info.path = path.value();
    }
    return true;
}

bool Exchange::hasOwnVia(const http::RequestHead &head) const
{
    for (const http::Field *via = head.fields.find("via"); via; via = head.fields.find("via", via))
        if (via->value.find(m_env.pseudonym) != std::string_view::npos)
            return true;
    return false;
}

void Exchange::route()
{
    runtime::believe(*m_request, m_info, m_bound->snapshot->settings, m_down->client().ip);
    const policy::RequestView view{m_request->method, m_request->fields, m_info};
    const runtime::Match match = m_listener->plan->router->match(view, m_arena);
    m_binding = m_listener->of(match);
    m_info.captures = match.captures;
    m_info.route = m_binding->plan->name;
    m_routeMicros = int32_t(sinceArrival());
    if (runtime::isCrossSite(*m_request, view, *m_listener->plan, *m_binding->plan, m_arena))
        return refuse(403, "A page of another site made the browser send this request. Allow its origin with a cors or csrf policy.",
                      Verdict::RefusedCrossSite, -1);
    prepareChain();
    const TargetKind kind = m_binding->plan->target.kind;
    m_startAtEnd = kind == TargetKind::Mock || kind == TargetKind::Respond || kind == TargetKind::Redirect;
    if (m_binding->mock && m_binding->mock->needsBody()) {
        m_in.buffering = true;
        m_in.bufferLimit = 1024 * 1024;
    }
    feed(m_in, Event::Head, {}, nullptr, nullptr);
}

void Exchange::requestPiece(std::string_view piece, net::Lease *lease)
{
    Turn turn(*this);
    m_in.bytes += piece.size();
    if (m_state == State::Done || m_in.closed)
        return;
    m_requestBody.add(piece);
    feed(m_in, Event::Piece, piece, nullptr, lease);
}

void Exchange::requestEnd(http::Fields &trailers)
{
    Turn turn(*this);
    m_in.ended = true;
    if (m_state == State::Done || m_in.closed)
        return;
    if (!trailers.empty()) [[unlikely]]
        runtime::believeTrailers(trailers, m_bound->snapshot->settings, m_down->client().ip);
    feed(m_in, Event::End, {}, &trailers, nullptr);
}

void Exchange::requestRefused(const http::ParseError &error, http::RequestHead *head)
{
    Turn turn(*this);
    if (m_state == State::Done)
        return;
    if (m_state == State::Reading)
        arrived(head ? *head : *m_arena.make<http::RequestHead>(m_arena));
    m_error = error.code;
    stopDelivery();
    if (m_headSent) {
        m_down->cut();
        return finish(Verdict::Malformed);
    }
    refuse(uint16_t(error.status), error.sentence, Verdict::Malformed, -1);
}

void Exchange::requestTimedOut()
{
    Turn turn(*this);
    if (m_state == State::Done)
        return;
    if (m_state == State::Reading)
        arrived(*m_arena.make<http::RequestHead>(m_arena));
    stopDelivery();
    m_error = "client timeout";
    if (m_headSent) {
        m_down->cut();
        return finish(Verdict::Malformed);
    }
    refuse(408, "The request did not arrive in time.", Verdict::Malformed, -1);
}

void Exchange::connectionRefused(std::string_view code)
{
    Turn turn(*this);
    arrived(*m_arena.make<http::RequestHead>(m_arena));
    m_error = code;
    m_down->cut();
    finish(Verdict::Malformed);
}

void Exchange::clientGone(std::string_view why)
{
    m_down = nullptr;
    if (m_state == State::Reading)
        m_state = State::Done; // not even a head came: there is nothing to tell of
    if (m_state == State::Done)
        return;
    m_error = why;
    finish(Verdict::Cancelled);
}

void Exchange::downstreamDrained()
{
    if (m_state == State::Running) {
        Turn turn(*this); // updateFlow
        m_progress = turnTime();
    }
}

void Exchange::settle()
{
    m_requestBody.settle();
}

// The request is through its filters, wholly or so far that its target can begin.
void Exchange::startTarget()
{
    m_policiesInMicros = int32_t(sinceArrival());
    switch (m_binding->plan->target.kind) {
    case TargetKind::Upstream: return startDelivery();
    case TargetKind::Mock: return startMock();
    case TargetKind::Respond: return answerFixed();
    case TargetKind::Redirect: return answerRedirect();
    case TargetKind::None: break;
    }
    const int from = int(m_slots.size()) - 1;
    if (m_request->path == "*")
        return answer({204, {}, {}, Verdict::Local}, from);
    refuse(404, "No route matches this request.", Verdict::NoRoute, from);
}

// Reading on either side stops while the other can't keep up, or a filter has not decided.
void Exchange::updateFlow()
{
    if (m_state != State::Running || !m_down)
        return;
    const bool hold = (!m_in.ended || m_tunnel)
        && (m_in.suspended || !m_heldBody.empty() || m_heldSmall.size() || (m_call.active() && m_call.queued() > highWater)
            || (m_in.headThrough && !m_startAtEnd && !m_in.buffering && !m_headForwarded && !m_in.closed && m_in.bytes > 0));
    if (hold != m_holding) {
        m_holding = hold;
        m_down->holdRequest(hold);
    }
    if (!m_call.active())
        return;
    if (m_out.suspended || m_down->queued() > highWater)
        m_call.pause();
    else
        m_call.resume();
}

void Exchange::finish(Verdict verdict)
{
    if (m_state == State::Done)
        return;
    m_verdict = verdict;
    m_state = State::Done;
    m_in.closed = m_out.closed = true;
    stopDelivery();
    for (Slot &slot : m_slots)
        if (slot.filter && (slot.interests & policy::OnDone))
            slot.filter->onDone(*this);
    if (m_holding && m_down) {
        m_holding = false;
        m_down->holdRequest(false);
    }
    publish(observe::State::Final);
}

void Exchange::resumed(uint32_t generation)
{
    if (generation != m_generation || m_state != State::Running)
        return;
    Lane &lane = m_in.suspended ? m_in : m_out;
    if (!lane.suspended)
        return;
    Turn turn(*this);
    lane.suspended = false;
    if (handle(lane, m_slots[size_t(lane.at)], callResume(lane)))
        run(lane, lane.at + (lane.response ? -1 : 1));
    drainQueue(lane);
}

void Exchange::publishUnfinished()
{
    if (m_state != State::Running)
        return;
    m_turnTimed = false;
    const uint64_t seen = 1 + m_in.bytes + m_out.bytes + (uint64_t(m_attempts.size()) << 40) + (uint64_t(m_steps.size()) << 48) + (uint64_t(m_headSent) << 63);
    if (m_published == seen)
        return;
    publish(m_published ? observe::State::Updated : observe::State::Started);
    m_published = seen;
}

} // namespace gatehouse::exchange
