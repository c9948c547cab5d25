// A switched protocol (101, RFC 9110 7.8): octets both ways, each direction with its own end. Nothing in it is read by policies or
// kept by the recorder, which could not mask what it does not understand; how much went each way is told.
#include "gateway/exchange/exchange.h"
#include "gateway/exchange/turn.h"

namespace gatehouse::exchange {

using namespace std::chrono_literals;

namespace {
constexpr Duration silentFor = 1h; // both ways: a WebSocket may well be quiet for longer than any answer takes
}

// What the upstream switched to has to be what the client asked for, and the whole request has to be there: what follows it would be
// of the new protocol. False: the client has been told.
bool Exchange::mayTunnel(const http::ResponseHead &head)
{
    if (m_requestSent && http::wereAskedFor(head.upgrade, m_request->upgrade))
        return true;
    m_error = "unexpected-upgrade";
    endTry(false, m_error, false);
    m_call.cancel();
    fail(502, m_requestSent ? "The endpoint switched to a protocol that it was not asked for."
                            : "The endpoint switched protocols before it had the whole request.");
    return false;
}

void Exchange::openTunnel()
{
    if (!m_down)
        return;
    // The try has done what tries do; `total` was for the answer, which this is.
    endTry(true, {}, false);
    m_totalTimer.cancel();
    m_phaseTimer.cancel();
    m_idleUnarmed = false;
    m_call.openTunnel();
    m_wait = Wait::Tunnel;
    m_progress = turnTime();
    startTimer(m_phaseTimer, silentFor);
    if (const std::string first = m_down->takeRest(); !first.empty())
        tunnelPiece(first, nullptr);
}

void Exchange::tunnelPiece(std::string_view octets, net::Lease *lease)
{
    if (m_state != State::Running || m_in.closed)
        return;
    Turn turn(*this);
    m_in.bytes += octets.size();
    m_progress = turnTime();
    m_call.sendPiece(octets, lease);
}

void Exchange::tunnelEnd()
{
    if (m_state != State::Running || m_in.closed)
        return;
    Turn turn(*this);
    tunnelSideEnded(m_in);
}

// One direction has ended: the other side is told, and may go on.
void Exchange::tunnelSideEnded(Lane &lane)
{
    lane.closed = true;
    if (&lane == &m_in)
        m_call.endTunnel();
    else if (m_down)
        m_down->sendEnd(nullptr);
    if (!m_in.closed || !m_out.closed)
        return;
    m_transferMicros = int32_t(sinceArrival());
    m_call.leaveTunnel();
    finish(m_verdict);
}

void Exchange::tunnelExpired()
{
    const Duration left = m_progress + silentFor - turnTime();
    if (left > Duration::zero()) {
        m_wait = Wait::Tunnel;
        return startTimer(m_phaseTimer, left);
    }
    m_error = "idle timeout";
    fail(504, "Nothing was sent either way for an hour.");
}

} // namespace gatehouse::exchange
