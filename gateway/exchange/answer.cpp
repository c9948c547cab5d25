// Answers that come from here: refusals, failures, mocks, fixed responses, redirects.
#include "gateway/exchange/exchange.h"
#include "gateway/exchange/turn.h"

#include "gateway/http/writer.h"
#include "gateway/runtime/forward.h"

#include <array>
#include <charconv>

namespace gatehouse::exchange {

using observe::Verdict;

namespace {

// As the inside of a JSON string. What is no UTF-8 is left to the caller: details are ours, or hosts and names that were checked.
void appendEscaped(std::string &to, std::string_view text)
{
    for (const char c : text) {
        switch (c) {
        case '"': to += "\\\""; break;
        case '\\': to += "\\\\"; break;
        case '\n': to += "\\n"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20) {
                static constexpr char digits[] = "0123456789abcdef";
                to += "\\u00";
                to += digits[(c >> 4) & 1];
                to += digits[c & 15];
            } else {
                to += c;
            }
        }
    }
}

std::span<const http::Field> viewsOf(const std::vector<std::pair<std::string, std::string>> &fields, Arena &arena)
{
    auto *views = static_cast<http::Field *>(arena.allocate(sizeof(http::Field) * (fields.size() + 1), alignof(http::Field)));
    for (size_t i = 0; i < fields.size(); ++i)
        views[i] = {fields[i].first, fields[i].second};
    return {views, fields.size()};
}

// A body that stands in the configuration: however many clients read it slowly, it is there once.
class PlanLease final : public net::Lease {
public:
    explicit PlanLease(const BindingPointer &owner)
        : m_owner(owner)
    {
    }
    net::Piece keep(std::string_view part) override { return {part, net::Hold(std::shared_ptr<const void>(m_owner))}; }

private:
    const BindingPointer &m_owner;
};

bool hasNoBody(uint16_t status) { return status < 200 || status == 204 || status == 304; }

} // namespace

// RFC 9457.
Exchange::Local Exchange::problem(uint16_t status, std::string_view title, std::string_view detail, std::string_view type,
                                  std::span<const http::Field> fields)
{
    std::string body = "{\"type\":\"";
    appendEscaped(body, type.empty() ? "about:blank" : type);
    body += "\",\"title\":\"";
    appendEscaped(body, title.empty() ? http::reasonPhrase(status) : title);
    body += "\",\"status\":" + std::to_string(status);
    if (!detail.empty()) {
        body += ",\"detail\":\"";
        appendEscaped(body, detail);
        body += '"';
    }
    body += "}\n";
    auto *all = static_cast<http::Field *>(m_arena.allocate(sizeof(http::Field) * (fields.size() + 1), alignof(http::Field)));
    all[0] = {"Content-Type", "application/problem+json"};
    for (size_t i = 0; i < fields.size(); ++i)
        all[i + 1] = {m_arena.copy(fields[i].name), m_arena.copy(fields[i].value)};
    return {status, {all, fields.size() + 1}, m_arena.copy(body), Verdict::Local};
}

void Exchange::refuse(uint16_t status, std::string_view detail, Verdict verdict, int from)
{
    Local local = problem(status, {}, detail, {}, {});
    local.verdict = verdict;
    answer(local, from);
}

// The local answer passes the filters from that one on, in reverse: of those that come before it in the chain.
void Exchange::answer(const Local &local, int from)
{
    m_in.closed = true; // what is left of the request is dropped
    m_in.suspended = false;
    m_verdict = local.verdict;
    if (m_headSent) {
        if (m_down)
            m_down->cut();
        return finish(Verdict::Failed);
    }
    const uint64_t before = m_out.bytes;
    m_out.reset(true);
    m_out.bytes = before;
    auto *head = m_arena.make<http::ResponseHead>(m_arena);
    head->status = local.status;
    for (const http::Field &field : local.fields)
        head->fields.add(field.name, field.value);
    if (hasNoBody(local.status)) {
        head->framing = http::Framing::None;
    } else {
        head->framing = http::Framing::Length;
        head->length = local.body.size();
        if (m_request->known == http::Method::Head) // the writer takes it from the fields there
            head->fields.set("Content-Length", std::to_string(local.body.size()));
    }
    m_response = head;
    m_responseIsLocal = true;
    m_responseFrom = from;
    const size_t kept = m_env.recorder.bodyLimit();
    m_responseBody.reset(kept);
    feed(m_out, Event::Head, {}, nullptr, nullptr);
    if (head != m_response)
        return; // a filter has put another answer in its place, which is under way or sent by now
    if (!hasNoBody(local.status) && !local.body.empty()) {
        m_out.bytes += local.body.size();
        m_responseBody.add(local.body);
        PlanLease lease(m_binding);
        feed(m_out, Event::Piece, local.body, nullptr, local.planned ? &lease : nullptr);
    }
    if (head == m_response)
        feed(m_out, Event::End, {}, m_arena.make<http::Fields>(m_arena), nullptr);
}

// The target gave no usable answer.
void Exchange::fail(uint16_t status, std::string_view detail)
{
    stopDelivery();
    if (m_headSent) {
        if (m_down)
            m_down->cut();
        return finish(Verdict::Failed);
    }
    refuse(status, detail, Verdict::Failed, int(m_slots.size()) - 1);
}

void Exchange::answerFixed()
{
    const runtime::FixedResponse &fixed = m_binding->plan->target.respond;
    answer({fixed.status, viewsOf(fixed.fields, m_arena), fixed.body, Verdict::Local, true}, int(m_slots.size()) - 1);
}

void Exchange::answerRedirect()
{
    const auto *fields = static_cast<http::Field *>(m_arena.allocate(sizeof(http::Field), alignof(http::Field)));
    const std::string_view location = runtime::redirectLocation(*m_binding->plan, policy::viewOf(*this), m_arena);
    new (const_cast<http::Field *>(fields)) http::Field{"Location", location};
    answer({m_binding->plan->target.redirectStatus, {fields, 1}, {}, Verdict::Local}, int(m_slots.size()) - 1);
}

void Exchange::startMock()
{
    const mock::MockPlan &mock = *m_binding->mock;
    const auto index = mock.choose({*m_request, m_info, m_in.buffer.view()}, m_env.services.random);
    if (!index)
        return refuse(404, "No response of mock " + mock.name() + " matches this request.", Verdict::Mocked, int(m_slots.size()) - 1);
    m_mockResponse = uint16_t(*index + 1);
    const Duration latency = mock.latency(*index, m_env.services.random);
    if (latency <= Duration::zero())
        return answerMock(*index);
    m_wait = Wait::MockLatency;
    startTimer(m_phaseTimer, latency);
}

void Exchange::answerMock(size_t index)
{
    const mock::Response &response = m_binding->mock->response(index);
    m_env.metrics.mockHit(m_binding->mockHits, index);
    answer({response.status, viewsOf(response.fields, m_arena), response.body, Verdict::Mocked, true}, int(m_slots.size()) - 1);
}

} // namespace gatehouse::exchange
