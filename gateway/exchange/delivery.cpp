// The call to the upstream: tries, deadlines, and what goes over between the two sides.
#include "gateway/exchange/exchange.h"
#include "gateway/exchange/turn.h"

#include "gateway/config/records.h"
#include "gateway/http/proxyprotocol.h"
#include "gateway/http/writer.h"
#include "gateway/runtime/forward.h"

#include <cmath>

namespace gatehouse::exchange {

using namespace std::chrono_literals;
using observe::Verdict;
using runtime::Delivery;

namespace {
constexpr Duration continueAfter = 1s; // an upstream that has not answered an Expect by then never will
}

void Exchange::startDelivery()
{
    const runtime::RoutePlan &plan = *m_binding->plan;
    m_env.client.budget(*m_binding->upstream).request();
    if (!chooseEndpoint(nullptr))
        return;
    if (m_in.buffering && (m_request->framing != http::Framing::None || m_in.buffer.size())) {
        m_request->framing = http::Framing::Length;
        m_request->length = m_in.buffer.size();
    }
    runtime::prepare(*m_request, {plan, m_bound->snapshot->settings, m_info, m_down->client().ip, m_down->client().ipText, m_env.pseudonym,
                                  m_member->endpoint->location.authority});
    m_request->keepAlive = true;
    m_target = m_request->target;
    if (plan.delivery.total > Duration::zero())
        startTimer(m_totalTimer, plan.delivery.total);
    startTry(false);
}

bool Exchange::chooseEndpoint(const upstream::Endpoint *not_)
{
    m_member = m_env.client.choose(m_binding->upstream, not_);
    if (m_member)
        return true;
    m_error = "no endpoint";
    fail(503, "Every endpoint of upstream " + m_binding->upstream->settings.name + " is out or switched off.");
    return false;
}

void Exchange::startTry(bool fresh)
{
    const runtime::RoutePlan &plan = *m_binding->plan;
    observe::AttemptRecord attempt;
    attempt.endpoint = m_member->endpoint->name;
    attempt.startMicros = sinceArrival();
    attempt.waitMicros = m_waited;
    m_attempts.push_back(attempt);
    m_tryOpen = true;
    m_headForwarded = m_requestSent = false;
    m_member->endpoint->countRequest(1);
    m_env.metrics.endpointStarted(m_member->endpoint->metric);
    if (plan.delivery.perTry > Duration::zero())
        startTimer(m_tryTimer, plan.delivery.perTry);
    upstream::Call::Request request{m_request->known, !m_request->upgrade.empty(), fresh, 0, {}};
    if (m_binding->upstream->settings.proxyProtocol != config::ProxyOut::Off)
        request.introduction = introduction();
    switch (m_call.start(m_env.client, *m_binding->upstream, m_member->endpoint, request, m_arena)) {
    case upstream::Call::Start::Ready: return sendRequest();
    case upstream::Call::Start::Waiting: break;
    case upstream::Call::Start::Own: return leadsBack();
    case upstream::Call::Start::Full:
        m_error = "no connection free";
        endTry(false, m_error, false);
        return fail(503, "Too many requests are waiting for a connection to " + m_member->endpoint->name + '.');
    }
    m_wait = Wait::Connect;
    if (plan.delivery.connect > Duration::zero())
        startTimer(m_phaseTimer, plan.delivery.connect);
}

// The connection to the client as its other end sees it, or as a proxy in front has named it; not what the request's fields say.
std::string_view Exchange::introduction()
{
    const Downstream::Client &client = m_down->client();
    const auto header = http::ProxyHeader::of(client.ip, client.port, client.local, client.localPort);
    const bool line = m_binding->upstream->settings.proxyProtocol == config::ProxyOut::V1;
    char octets[http::proxyHeaderMost];
    return m_arena.copy({octets, http::writeProxyHeader(octets, header, line ? http::ProxyVersion::V1 : http::ProxyVersion::V2)});
}

void Exchange::onCallReady()
{
    Turn turn(*this);
    m_phaseTimer.cancel();
    observe::AttemptRecord &attempt = m_attempts.back();
    attempt.connectMicros = m_call.reused() ? -1 : int32_t(sinceArrival() - attempt.startMicros);
    if (m_connectMicros < 0)
        m_connectMicros = attempt.connectMicros;
    sendRequest();
}

void Exchange::sendRequest()
{
    if (m_binding->plan->hostMode == runtime::RoutePlan::Host::Upstream && m_binding->plan->rewrite.host.empty() && m_attempts.size() > 1)
        m_request->fields.set("Host", m_member->endpoint->location.authority);
    const std::string &base = m_member->endpoint->location.base;
    m_request->target = base.empty() || !m_target.starts_with('/') ? m_target : m_arena.join({base, m_target});
    m_forwardedLine = m_arena.join({m_request->method, " ", m_request->target, " HTTP/1.1"});
    const bool whole = m_in.buffering || (m_in.endThrough && m_request->framing != http::Framing::Chunked);
    std::string_view body;
    if (m_in.buffering)
        body = m_in.buffer.view();
    else if (m_replayed)
        body = m_requestBody.view();
    const bool more = m_request->framing != http::Framing::None && !whole;
    m_headForwarded = true;
    if (!m_call.sendHead(*m_request, body, more)) {
        m_error = "request can't be written";
        return fail(500, "The request as it was rewritten is not valid HTTP.");
    }
    m_forwarded = body.size();
    if (m_heldSmall.size())
        m_heldBody.push_back(net::toPiece(std::move(m_heldSmall)));
    for (net::Piece &piece : m_heldBody) {
        m_forwarded += piece.data.size();
        m_call.sendPiece(std::move(piece));
    }
    dropHeldBody();
    if (m_in.buffering || m_in.endThrough || m_request->framing == http::Framing::None)
        return forwardEnd(m_heldTrailers);
    m_progress = turnTime();
    m_wait = m_request->expectContinue && !m_continueSent && !m_in.bytes ? Wait::Continue : Wait::Idle;
    const Duration wait = m_wait == Wait::Continue ? continueAfter : m_binding->plan->delivery.idle;
    if (wait > Duration::zero())
        startTimer(m_phaseTimer, wait);
}

void Exchange::forwardPiece(std::string_view piece, net::Lease *lease)
{
    if (m_deliveryOver || piece.empty())
        return;
    if (m_headForwarded && m_call.ready()) {
        m_forwarded += piece.size();
        return m_call.sendPiece(piece, lease);
    }
    if (m_replayed)
        return; // it is in what will be sent again
    holdBody(piece, lease);
}

// Until the upstream's connection is there. A few octets are copied: they must not keep a whole read buffer each.
void Exchange::holdBody(std::string_view piece, net::Lease *lease)
{
    if (m_heldSmall.append(piece))
        return;
    if (m_heldSmall.size())
        m_heldBody.push_back(net::toPiece(std::move(m_heldSmall)));
    m_heldSmall = {};
    if (lease && piece.size() > net::copyAtMost) {
        m_heldBody.push_back(lease->keep(piece));
        return;
    }
    m_heldSmall = m_env.loop.block(piece.size());
    m_heldSmall.append(piece);
}

void Exchange::dropHeldBody()
{
    m_heldBody.clear();
    m_heldSmall = {};
}

void Exchange::forwardEnd(http::Fields *trailers)
{
    m_heldTrailers = trailers;
    if (m_deliveryOver || m_requestSent || !m_headForwarded || !m_call.ready())
        return;
    if (m_request->framing == http::Framing::Length && m_forwarded != m_request->length) {
        // Else the upstream would read the next request as the rest of this one.
        m_error = "body length changed";
        return fail(500, "A policy changed the length of the request's body without saying so.");
    }
    m_requestSent = true;
    m_call.sendEnd(trailers);
    if (m_answered)
        return;
    m_wait = Wait::Response;
    m_phaseTimer.cancel();
    if (const Duration wait = m_binding->plan->delivery.response; wait > Duration::zero())
        startTimer(m_phaseTimer, wait);
}

void Exchange::onCallHead(http::ResponseHead &head)
{
    Turn turn(*this, Turn::Ends::Gather);
    if (head.interim()) {
        if (!m_down || m_request->version == http::Version::Http10)
            return;
        if (head.status == 100) {
            if (m_continueSent || !m_request->expectContinue)
                return;
            m_continueSent = true;
            m_progress = turnTime();
        }
        http::removeHopByHop(head.fields);
        return m_down->sendInterim(head);
    }
    if (head.framing == http::Framing::Tunnel && !mayTunnel(head)) [[unlikely]]
        return;
    const uint32_t at = sinceArrival();
    m_attempts.back().status = uint16_t(head.status);
    std::string_view why;
    if (m_binding->plan->delivery.retriesStatus(head.status) && mayTryAgain(Delivery::Failure(0), false, why)) {
        endTry(false, {}, true);
        m_call.cancel();
        return again(false, why);
    }
    m_answered = true;
    m_firstByteMicros = int32_t(at);
    m_wait = Wait::Idle;
    m_progress = turnTime();
    m_tryTimer.cancel();
    if (const Duration idle = m_binding->plan->delivery.idle; idle > Duration::zero())
        m_idleUnarmed = true; // most answers end in the same turn: see onCallSettle
    http::removeHopByHop(head.fields);
    if (m_request->known == http::Method::Options) // whether pages of elsewhere may come here is not the upstream's to say: cors does
        head.fields.remove("Access-Control-Allow-Private-Network");
    m_response = &head;
    m_responseIsLocal = false;
    m_responseFrom = int(m_slots.size()) - 1;
    m_tunnel = head.framing == http::Framing::Tunnel;
    feed(m_out, Event::Head, {}, nullptr, nullptr);
}

void Exchange::onCallPiece(std::string_view octets, net::Lease &lease)
{
    Turn turn(*this, Turn::Ends::Gather);
    m_out.bytes += octets.size();
    if (!m_tunnel)
        m_responseBody.add(octets);
    feed(m_out, Event::Piece, octets, nullptr, &lease);
}

void Exchange::onCallSettle()
{
    Turn turn(*this);
    m_responseBody.settle();
    if (!m_answered || m_deliveryOver)
        return;
    m_progress = turnTime();
    if (m_idleUnarmed) {
        m_idleUnarmed = false;
        startTimer(m_phaseTimer, m_binding->plan->delivery.idle);
    }
}

void Exchange::onCallEnd(http::Fields &trailers)
{
    Turn turn(*this);
    if (m_tunnel) [[unlikely]]
        return feed(m_out, Event::End, {}, &trailers, nullptr);
    m_deliveryOver = true;
    m_phaseTimer.cancel();
    m_totalTimer.cancel();
    m_tryTimer.cancel();
    endTry(m_attempts.back().status < 500, {}, false);
    // An early answer: what is still to come of the request has nowhere to go.
    if (!m_in.ended)
        m_in.closed = true;
    feed(m_out, Event::End, {}, &trailers, nullptr);
}

void Exchange::onCallFailed(const upstream::Failure &failure)
{
    Turn turn(*this);
    endTry(false, failure.what, false);
    m_error = m_arena.copy(failure.what);
    m_phaseTimer.cancel();
    m_tryTimer.cancel();
    if (failure.kind == ErrorKind::NotAllowed)
        return leadsBack();
    std::string_view why;
    const bool stale = failure.reused && !failure.answered && failure.kind == ErrorKind::Reset;
    const Delivery::Failure kind = failure.connected ? Delivery::Reset : Delivery::ConnectFailure;
    if (!m_answered && failure.kind != ErrorKind::Malformed && mayTryAgain(kind, stale, why))
        return again(stale, why);
    const std::string &name = m_binding->upstream->settings.name;
    const std::string where = " (" + m_member->endpoint->name + " of upstream " + name + ").";
    switch (failure.kind) {
    case ErrorKind::Resolve: return fail(502, "The endpoint's name has no address" + where);
    case ErrorKind::Refused: return fail(502, "The endpoint can't be reached: " + std::string(failure.what) + where);
    case ErrorKind::System: return fail(503, "This gateway can't open a connection: " + std::string(failure.what) + where);
    case ErrorKind::Malformed: return fail(502, "The endpoint's answer is not valid HTTP: " + std::string(failure.what) + where);
    default: return fail(502, "The endpoint dropped the connection before its answer was complete" + where);
    }
}

void Exchange::onCallWritable()
{
    if (m_state != State::Running)
        return;
    Turn turn(*this); // updateFlow
    m_progress = turnTime();
}

// What names did not show when the workspace was read: the endpoint is one of our own listeners.
void Exchange::leadsBack()
{
    m_error = "own listener";
    endTry(false, m_error, false);
    stopDelivery();
    refuse(508, "The endpoint " + m_member->endpoint->name + " of upstream " + m_binding->upstream->settings.name + " is a listener of this gateway.",
           Verdict::Loop, int(m_slots.size()) - 1);
}

// What has to be sent again in another try, if all of it is still there.
bool Exchange::replayable() const
{
    if (m_in.buffering || m_request->framing == http::Framing::None)
        return true;
    return !(m_binding->plan->interests & policy::OnRequestPiece) && m_requestBody.whole();
}

bool Exchange::mayTryAgain(Delivery::Failure kind, bool stale, std::string_view &why)
{
    const Delivery &delivery = m_binding->plan->delivery;
    if (m_headSent || !m_down || m_in.suspended || !replayable())
        return false;
    const bool nothingSent = kind == Delivery::ConnectFailure;
    // A kept connection that the upstream closed while we wrote: no failure of its, and not counted as one. Where it had closed before
    // anything left, the request may have any method (RFC 9112 9.3.1).
    if (stale && !m_staleTried && (nothingSent || http::isIdempotent(m_request->known))) {
        m_staleTried = true;
        why = m_arena.join({m_request->method, ", kept connection was closed"});
        return true;
    }
    if (!delivery.retries || m_retries >= delivery.times || !delivery.maySendAgain(m_request->method) || (kind && !(delivery.failures & kind)))
        return false;
    upstream::RetryBudget &budget = m_env.client.budget(*m_binding->upstream);
    if (!budget.allow(delivery.budget, turnTime()))
        return false;
    why = m_arena.join({m_request->method, nothingSent ? ", nothing sent" : ", idempotent", ", retry budget ",
                        m_arena.copy(std::to_string(budget.percent())), "% of ", m_arena.copy(std::to_string(std::lround(delivery.budget * 100))), "%"});
    return true;
}

void Exchange::again(bool stale, std::string_view why)
{
    const Delivery &delivery = m_binding->plan->delivery;
    m_attempts.back().abandoned = true;
    m_attempts.back().why = why;
    m_error = {};
    dropHeldBody();
    m_replayed = true;
    m_headForwarded = m_requestSent = m_answered = false;
    if (!chooseEndpoint(stale ? nullptr : m_member->endpoint.get()))
        return;
    if (stale) {
        m_waited = 0;
        return startTry(true);
    }
    Duration wait = std::min(delivery.backoffMax, delivery.backoffBase * (int64_t(1) << std::min<uint32_t>(m_retries, 20)));
    ++m_retries;
    if (delivery.jitter && wait > Duration::zero()) {
        uint32_t random = 0;
        m_env.services.random.fill(std::as_writable_bytes(std::span(&random, 1)));
        wait = Duration(int64_t(double(wait.count()) * (double(random) / double(UINT32_MAX))));
    }
    m_waited = sinceArrival();
    m_wait = Wait::Backoff;
    startTimer(m_phaseTimer, wait);
}

void Exchange::endTry(bool good, std::string_view error, bool abandoned)
{
    if (!m_tryOpen)
        return;
    m_tryOpen = false;
    observe::AttemptRecord &attempt = m_attempts.back();
    attempt.durationMicros = sinceArrival() - attempt.startMicros;
    attempt.error = m_arena.copy(error);
    attempt.abandoned = abandoned;
    m_member->endpoint->countRequest(-1);
    m_env.metrics.endpointFinished(m_member->endpoint->metric, good, attempt.durationMicros, attempt.error);
}

void Exchange::stopDelivery()
{
    m_phaseTimer.cancel();
    m_totalTimer.cancel();
    m_tryTimer.cancel();
    m_deliveryOver = true;
    m_tunnel = false;
    dropHeldBody();
    endTry(false, m_error.empty() ? std::string_view("cancelled") : m_error, true);
    m_call.cancel();
}

void Exchange::phaseExpired()
{
    Turn turn(*this);
    const Delivery &delivery = m_binding->plan->delivery;
    switch (std::exchange(m_wait, Wait::None)) {
    case Wait::Connect: return timedOut("connect timeout", true);
    case Wait::Response: return timedOut("response timeout", true);
    case Wait::Backoff: m_waited = sinceArrival() - m_waited; return startTry(false);
    case Wait::MockLatency: return answerMock(size_t(m_mockResponse - 1));
    case Wait::Continue:
        if (!m_continueSent && m_down) {
            http::ResponseHead go(m_arena);
            go.status = 100;
            m_continueSent = true;
            m_down->sendInterim(go);
        }
        m_wait = Wait::Idle;
        if (delivery.idle > Duration::zero())
            startTimer(m_phaseTimer, delivery.idle);
        return;
    case Wait::Idle: {
        m_wait = Wait::Idle;
        // While the client is what holds things up, the upstream is not to blame; the connection watches the client.
        const bool clientsTurn = m_answered ? m_down && m_down->queued() > 0 : m_call.queued() == 0;
        if (clientsTurn)
            m_progress = turnTime();
        const Duration left = m_progress + delivery.idle - turnTime();
        if (left > Duration::zero())
            return startTimer(m_phaseTimer, left);
        m_wait = Wait::None;
        return timedOut("idle timeout", true);
    }
    case Wait::Tunnel: return tunnelExpired();
    case Wait::None: return;
    }
}

void Exchange::totalExpired()
{
    Turn turn(*this);
    timedOut("total timeout", false);
}

void Exchange::perTryExpired()
{
    Turn turn(*this);
    timedOut("try timeout", true);
}

void Exchange::timedOut(std::string_view what, bool retry)
{
    m_phaseTimer.cancel();
    m_tryTimer.cancel();
    m_wait = Wait::None;
    endTry(false, what, false);
    m_call.cancel();
    m_error = what;
    std::string_view why;
    if (retry && !m_answered && mayTryAgain(Delivery::Timeout, false, why))
        return again(false, why);
    fail(504, "The endpoint did not answer in time: " + std::string(what) + " (" + m_member->endpoint->name + " of upstream "
                  + m_binding->upstream->settings.name + ").");
}

} // namespace gatehouse::exchange
