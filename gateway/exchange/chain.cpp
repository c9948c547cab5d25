// The filters' part of an exchange: events go through them in order, answers in reverse; policy::Context is implemented here.
#include "gateway/exchange/exchange.h"
#include "gateway/exchange/turn.h"

#include "gateway/base/text.h"

namespace gatehouse::exchange {

using observe::StepVerdict;
using observe::Verdict;
using policy::Flow;

void Exchange::prepareChain()
{
    const auto &policies = m_binding->plan->policies;
    for (size_t i = 0; i < policies.size(); ++i) {
        Slot slot;
        slot.policy = &policies[i];
        slot.index = uint16_t(i);
        m_slots.push_back(slot);
    }
    m_responseFrom = int(m_slots.size()) - 1;
}

// The request's head has come to this policy: whether it runs is decided now, once.
bool Exchange::reach(Slot &slot)
{
    slot.reached = true;
    const auto note = [&](StepVerdict verdict) { stepOf(slot, false).verdict = verdict; };
    if (!slot.policy->enabled || !slot.policy->filter) {
        note(StepVerdict::Off);
        return false;
    }
    if (slot.policy->when && !slot.policy->when->matches(policy::viewOf(*this), m_arena)) {
        note(StepVerdict::Skipped);
        return false;
    }
    slot.filter = slot.policy->filter->make(m_arena);
    slot.interests = slot.policy->filter->interests();
    return true;
}

observe::StepRecord &Exchange::stepOf(Slot &slot, bool response)
{
    int16_t &index = slot.step[response];
    if (index < 0) {
        index = int16_t(m_steps.size());
        observe::StepRecord step;
        step.policy = slot.index;
        step.phase = response ? observe::Phase::Response : observe::Phase::Request;
        step.startMicros = sinceArrival();
        m_steps.push_back(step);
    }
    return m_steps[size_t(index)];
}

void Exchange::feed(Lane &lane, Event event, std::string_view piece, http::Fields *trailers, net::Lease *lease)
{
    if (lane.closed || m_state != State::Running)
        return;
    if (lane.event != Event::None) {
        // Behind a suspended one, or answered from within: it waits its turn.
        net::Hold hold;
        if (lease && !piece.empty()) {
            net::Piece kept = lease->keep(piece);
            piece = kept.data;
            hold = std::move(kept.hold);
        }
        lane.queue.push_back({event, piece, std::move(hold), trailers});
        return;
    }
    lane.event = event;
    lane.piece = piece;
    lane.trailers = trailers;
    lane.lease = lease;
    run(lane, firstOf(lane));
    lane.lease = nullptr;
    drainQueue(lane);
}

void Exchange::drainQueue(Lane &lane)
{
    while (lane.event == Event::None && !lane.closed && m_state == State::Running && lane.taken < lane.queue.size()) {
        Queued next = std::move(lane.queue[lane.taken++]);
        if (lane.taken == lane.queue.size()) {
            lane.queue.clear();
            lane.taken = 0;
        }
        lane.event = next.event;
        lane.piece = next.piece;
        lane.trailers = next.trailers;
        lane.hold = std::move(next.hold);
        run(lane, firstOf(lane));
    }
}

// From that filter to the end of the chain, and out of it.
void Exchange::run(Lane &lane, int from)
{
    lane.at = from;
    if (!pass(lane))
        return;
    through(lane);
    if (!lane.suspended) {
        lane.event = Event::None;
        lane.hold = {};
    }
}

bool Exchange::pass(Lane &lane)
{
    const int step = lane.response ? -1 : 1;
    const int end = lane.response ? -1 : int(m_slots.size());
    for (; lane.at != end; lane.at += step) {
        if (m_tunnel && lane.event != Event::Head)
            break; // octets of another protocol: no filter could read them
        Slot &slot = m_slots[size_t(lane.at)];
        if (!slot.reached && !lane.response && !reach(slot))
            continue;
        if (!slot.filter)
            continue;
        static constexpr uint32_t wanted[2][4] = {{0, policy::OnRequestHead, policy::OnRequestPiece, policy::OnRequestEnd},
                                                  {0, policy::OnResponseHead, policy::OnResponsePiece, policy::OnResponseEnd}};
        if (!(slot.interests & wanted[lane.response][size_t(lane.event)]))
            continue;
        if (!handle(lane, slot, call(lane, slot)))
            return false;
    }
    return true;
}

namespace {

http::RequestHead *copyOf(const http::RequestHead &head, Arena &arena)
{
    auto *copy = arena.make<http::RequestHead>(arena);
    const auto fields = [&] { return head.fields.clone(arena); };
    copy->method = head.method;
    copy->known = head.known;
    copy->target = head.target;
    copy->form = head.form;
    copy->path = head.path;
    copy->query = head.query;
    copy->hasQuery = head.hasQuery;
    copy->scheme = head.scheme;
    copy->authority = head.authority;
    copy->host = head.host;
    copy->port = head.port;
    copy->version = head.version;
    copy->fields = fields();
    copy->framing = head.framing;
    copy->length = head.length;
    copy->keepAlive = head.keepAlive;
    copy->expectContinue = head.expectContinue;
    copy->upgrade = head.upgrade;
    copy->raw = head.raw;
    return copy;
}

http::ResponseHead *copyOf(const http::ResponseHead &head, Arena &arena)
{
    auto *copy = arena.make<http::ResponseHead>(arena);
    copy->version = head.version;
    copy->status = head.status;
    copy->reason = head.reason;
    copy->fields = head.fields.clone(arena);
    copy->framing = head.framing;
    copy->length = head.length;
    copy->keepAlive = head.keepAlive;
    copy->upgrade = head.upgrade;
    copy->raw = head.raw;
    return copy;
}

} // namespace

Flow Exchange::call(Lane &lane, Slot &slot)
{
    m_current = &slot;
    m_currentLane = &lane;
    m_changed = false;
    // In shadow mode a filter decides on copies: what it does to them is seen by nobody.
    if (slot.policy->shadow) {
        m_shadowRequest = copyOf(*m_request, m_arena);
        m_shadowInfo = m_arena.make<policy::RequestInfo>(m_info);
        m_shadowResponse = m_response ? copyOf(*m_response, m_arena) : nullptr;
    }
    const bool first = lane.event == Event::Head || slot.step[lane.response] >= 0;
    const size_t index = first ? (stepOf(slot, lane.response), size_t(slot.step[lane.response])) : 0;
    const MonotonicTime before = now();
    m_turnTimed = false; // filters take time, and their steps say when
    std::string_view piece = lane.piece;
    Flow flow = Flow::Continue;
    switch (lane.event) {
    case Event::Head: flow = lane.response ? slot.filter->onResponseHead(*this) : slot.filter->onRequestHead(*this); break;
    case Event::Piece:
        flow = lane.response ? slot.filter->onResponsePiece(*this, piece) : slot.filter->onRequestPiece(*this, piece);
        break;
    case Event::End:
        flow = lane.response ? slot.filter->onResponseEnd(*this, *lane.trailers) : slot.filter->onRequestEnd(*this, *lane.trailers);
        break;
    case Event::None: break;
    }
    if (!slot.policy->shadow && (piece.data() != lane.piece.data() || piece.size() != lane.piece.size())) {
        lane.piece = piece;
        lane.lease = nullptr; // it is not of the reader's buffer any more
    }
    m_shadowRequest = nullptr;
    m_shadowInfo = nullptr;
    m_shadowResponse = nullptr;
    m_current = nullptr;
    if (first || slot.step[lane.response] >= 0) {
        observe::StepRecord &step = m_steps[first ? index : size_t(slot.step[lane.response])];
        m_turnTime = now();
        m_turnTimed = true;
        step.durationNanos += uint32_t((m_turnTime - before).count());
        if (m_changed && step.verdict == StepVerdict::Passed)
            step.verdict = StepVerdict::Acted;
    }
    return flow;
}

Flow Exchange::callResume(Lane &lane)
{
    Slot &slot = m_slots[size_t(lane.at)];
    m_current = &slot;
    m_currentLane = &lane;
    const Flow flow = slot.filter->onResume(*this);
    m_current = nullptr;
    return flow;
}

// What a filter said. False: the event goes no further, for now or for good.
bool Exchange::handle(Lane &lane, Slot &slot, Flow flow)
{
    if (flow == Flow::Continue)
        return m_state == State::Running && !lane.closed;
    if (slot.policy->shadow) {
        if (flow == Flow::Respond) {
            observe::StepRecord &step = stepOf(slot, lane.response);
            if (m_asked.status >= 400)
                step.verdict = StepVerdict::WouldRefuse;
        }
        return true;
    }
    if (flow == Flow::Suspend) {
        suspend(lane);
        return false;
    }
    observe::StepRecord &step = stepOf(slot, lane.response);
    if (step.verdict == StepVerdict::Passed || step.verdict == StepVerdict::Acted)
        step.verdict = m_asked.status >= 400 ? StepVerdict::Refused : StepVerdict::Answered;
    m_asked.verdict = step.verdict != StepVerdict::Refused && step.verdict != StepVerdict::FailedClosed ? Verdict::Local
        : slot.policy->limits ? Verdict::Throttled
                              : Verdict::Refused;
    const int from = lane.at - 1;
    stopDelivery();
    answer(m_asked, from);
    return false;
}

void Exchange::suspend(Lane &lane)
{
    lane.suspended = true;
    if (lane.event == Event::Piece && lane.lease && !lane.piece.empty()) {
        net::Piece kept = lane.lease->keep(lane.piece);
        lane.piece = kept.data;
        lane.hold = std::move(kept.hold);
    }
    lane.lease = nullptr;
}

void Exchange::through(Lane &lane)
{
    if (m_state != State::Running)
        return;
    if (lane.response)
        responseThrough(lane);
    else
        requestThrough(lane);
}

void Exchange::requestThrough(Lane &lane)
{
    switch (lane.event) {
    case Event::Head:
        lane.headThrough = true;
        if (!lane.buffering && !m_startAtEnd)
            return startTarget();
        // The body is wanted here, so it is asked for here.
        if (m_request->expectContinue && m_down && !lane.bytes) {
            http::ResponseHead go(m_arena);
            go.status = 100;
            m_continueSent = true;
            m_down->sendInterim(go);
            m_request->fields.remove("expect");
        }
        return;
    case Event::Piece:
        if (lane.buffering) {
            if (lane.buffer.size() + lane.piece.size() > lane.bufferLimit) {
                m_error = "body too large";
                return refuse(413, "The request's body is larger than a policy of this route takes in.", Verdict::Malformed, int(m_slots.size()) - 1);
            }
            if (!lane.buffer.append(lane.piece)) {
                m_error = "no memory for the body";
                refuse(503, "Too many bodies are held in memory at the moment.", Verdict::Failed, int(m_slots.size()) - 1);
            }
            return;
        }
        if (!m_startAtEnd)
            forwardPiece(lane.piece, lane.lease);
        return;
    case Event::End:
        lane.endThrough = true;
        if (lane.buffering || m_startAtEnd)
            return startTarget();
        return forwardEnd(lane.trailers);
    case Event::None: return;
    }
}

void Exchange::responseThrough(Lane &lane)
{
    const bool answersHead = m_request->known == http::Method::Head;
    switch (lane.event) {
    case Event::Head:
        lane.headThrough = true;
        m_policiesOutMicros = int32_t(sinceArrival());
        if (lane.buffering && !m_tunnel)
            return;
        m_headSent = true;
        if (m_down)
            m_down->sendHead(*m_response, answersHead);
        if (m_tunnel) [[unlikely]]
            openTunnel();
        return;
    case Event::Piece:
        if (lane.buffering && !m_tunnel) {
            if (lane.buffer.size() + lane.piece.size() > lane.bufferLimit) {
                // Past the filters: the one that buffers would take this answer in, too.
                m_error = "answer too large";
                stopDelivery();
                return refuse(502, "The answer's body is larger than a policy of this route takes in.", Verdict::Failed, -1);
            }
            if (!lane.buffer.append(lane.piece)) {
                m_error = "no memory for the answer";
                stopDelivery();
                refuse(503, "Too many bodies are held in memory at the moment.", Verdict::Failed, -1);
            }
            return;
        }
        if (m_down && !answersHead)
            m_down->sendPiece(lane.piece, lane.lease);
        return;
    case Event::End:
        lane.endThrough = true;
        if (m_tunnel) [[unlikely]]
            return tunnelSideEnded(lane);
        if (lane.buffering) {
            m_headSent = true;
            if (m_response->framing != http::Framing::None || lane.buffer.size()) {
                m_response->framing = http::Framing::Length;
                m_response->length = lane.buffer.size();
            }
            if (m_down) {
                m_down->sendHead(*m_response, answersHead);
                if (!answersHead)
                    m_down->sendPiece(lane.buffer.view(), nullptr);
            }
        }
        m_transferMicros = int32_t(sinceArrival());
        if (m_down)
            m_down->sendEnd(lane.trailers);
        return finish(m_verdict);
    case Event::None: return;
    }
}

// --- policy::Context ---

void Exchange::respond(uint16_t status, std::span<const http::Field> fields, std::string_view body)
{
    auto *copies = static_cast<http::Field *>(m_arena.allocate(sizeof(http::Field) * (fields.size() + 1), alignof(http::Field)));
    for (size_t i = 0; i < fields.size(); ++i)
        copies[i] = {m_arena.copy(fields[i].name), m_arena.copy(fields[i].value)};
    m_asked = {status, {copies, fields.size()}, m_arena.copy(body), Verdict::Local};
}

void Exchange::respondProblem(uint16_t status, std::string_view title, std::string_view detail, std::span<const http::Field> fields, std::string_view type)
{
    m_asked = problem(status, title, detail, type, fields);
}

void Exchange::buffer(uint64_t limit)
{
    if (m_current && m_current->policy->shadow)
        return; // it would hold back what it may not touch
    Lane &lane = *m_currentLane;
    lane.buffering = true;
    lane.bufferLimit = std::max(lane.bufferLimit, limit);
}

std::string_view Exchange::body() const { return m_currentLane ? m_currentLane->buffer.view() : std::string_view(); }

void Exchange::setBody(std::string_view body)
{
    if (m_current && m_current->policy->shadow)
        return;
    Lane &lane = *m_currentLane;
    lane.buffer.assign(m_arena.copy(body)); // it may be a part of what is there
    if (lane.response) {
        m_response->framing = http::Framing::Length;
        m_response->length = body.size();
        m_response->fields.set("Content-Length", std::to_string(body.size()));
    } else {
        m_request->framing = body.empty() ? http::Framing::None : http::Framing::Length;
        m_request->length = body.size();
        m_request->fields.set("Content-Length", std::to_string(body.size()));
    }
}

void Exchange::step(StepVerdict verdict, std::string_view detail)
{
    if (!m_current)
        return;
    observe::StepRecord &step = stepOf(*m_current, m_currentLane->response);
    step.verdict = m_current->policy->shadow && (verdict == StepVerdict::Refused || verdict == StepVerdict::FailedClosed) ? StepVerdict::WouldRefuse : verdict;
    step.detail = m_arena.copy(detail);
    if (verdict == StepVerdict::Delayed && m_verdict == Verdict::Allowed)
        m_verdict = Verdict::Delayed;
}

void Exchange::gauge(double level, double capacity, int64_t nextMicros)
{
    if (!m_current)
        return;
    observe::StepRecord &step = stepOf(*m_current, m_currentLane->response);
    step.level = level;
    step.capacity = capacity;
    step.nextMicros = nextMicros;
}

void Exchange::changed(std::string_view) { m_changed = true; }

} // namespace gatehouse::exchange
