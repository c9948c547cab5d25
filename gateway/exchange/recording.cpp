// What is told of an exchange: records, and the figures that go with a final one.
#include "gateway/exchange/exchange.h"

#include "gateway/config/records.h"
#include "gateway/http/writer.h"

namespace gatehouse::exchange {

namespace {

std::string_view protocolOf(http::Version version)
{
    switch (version) {
    case http::Version::Http10: return "HTTP/1.0";
    case http::Version::Http11: return "HTTP/1.1";
    case http::Version::Http2: return "HTTP/2";
    }
    return {};
}

std::string_view firstLine(std::string_view head) { return head.substr(0, head.find_first_of("\r\n")); }

} // namespace

void Exchange::fill(observe::Record &record)
{
    record.id = m_id;
    record.startedMicros = m_startedMicros;
    record.durationMicros = sinceArrival();
    const bool tunnel = m_response && m_response->framing == http::Framing::Tunnel;
    const uint32_t own = tunnel && m_firstByteMicros >= 0 ? uint32_t(m_firstByteMicros) : record.durationMicros;
    uint64_t elsewhere = 0;
    for (const observe::AttemptRecord &attempt : m_attempts)
        elsewhere += attempt.durationMicros + attempt.waitMicros;
    record.gatewayMicros = uint32_t(own - std::min<uint64_t>(elsewhere, own));
    record.routeMicros = m_routeMicros;
    record.policiesInMicros = m_policiesInMicros;
    record.connectMicros = m_connectMicros;
    record.firstByteMicros = m_firstByteMicros;
    record.transferMicros = m_transferMicros;
    record.policiesOutMicros = m_policiesOutMicros;
    record.verdict = m_verdict;
    record.method = m_request->method;
    record.scheme = m_info.scheme;
    record.host = m_info.host;
    record.path = m_sentPath;
    record.query = m_sentQuery;
    record.protocol = protocolOf(m_request->version);
    record.client = m_clientText;
    record.error = m_error;
    record.revision = m_bound->snapshot->revision;
    record.listener = m_listener->plan->interned;
    if (m_info.consumer)
        record.consumer = m_info.consumer->name;
    if (m_member)
        record.endpoint = m_member->endpoint->name;
    if (m_binding) {
        const runtime::RoutePlan &plan = *m_binding->plan;
        record.route = plan.interned;
        record.target = plan.target.kind;
        record.targetName = plan.target.interned;
        record.plan = std::shared_ptr<const void>(m_binding, &plan);
    }
    record.requestBytes = m_in.bytes;
    record.responseBytes = m_out.bytes;
    record.requestLine = firstLine(m_request->raw);
    record.mockResponse = m_mockResponse;
    record.steps = m_steps;
    record.attempts = m_attempts;
}

void Exchange::publish(observe::State state)
{
    observe::Record record;
    record.state = state;
    fill(record);
    record.requestFields = m_fields;
    record.forwardedLine = m_forwardedLine;
    if (!m_forwardedLine.empty())
        record.forwardedFields = {m_request->fields.begin(), m_request->fields.end()};
    const bool answered = m_response && m_headSent;
    if (answered) {
        record.status = uint16_t(m_response->status);
        record.responseFields = {m_response->fields.begin(), m_response->fields.end()};
        record.contentType = m_response->fields.value("content-type");
        char digits[3] = {char('0' + m_response->status / 100 % 10), char('0' + m_response->status / 10 % 10), char('0' + m_response->status % 10)};
        const std::string_view reason = m_response->reason.empty() ? http::reasonPhrase(m_response->status) : m_response->reason;
        record.statusLine = m_arena.join({"HTTP/1.1 ", {digits, 3}, " ", reason});
    }
    if (state == observe::State::Final) {
        record.requestBody = m_requestBody.view();
        record.responseBody = m_responseBody.view();
    }
    m_env.recorder.publish(record);
    if (state == observe::State::Final)
        m_env.metrics.finished(record, m_binding ? m_binding->route : 0, m_binding ? std::span<const observe::MetricId>(m_binding->policies) : std::span<const observe::MetricId>());
}

} // namespace gatehouse::exchange
