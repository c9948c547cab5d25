#include "tests/support/smuggling.h"

#include <QtCore/QByteArray>

#include <charconv>

namespace gatehouse::test {

namespace {

// What a gateway answers; stated here once more, so that a slip in the product's own table is seen.
int statusFor(const std::string &refusal)
{
    static const std::pair<const char *, int> others[] = {
        {"unknown-coding", 501}, {"connect-refused", 501}, {"method-too-long", 501}, {"unsupported-version", 505}, {"unknown-expectation", 417},
        {"head-too-large", 431}, {"too-many-fields", 431}, {"target-too-long", 414}, {"after-close", 0},
    };
    for (const auto &[code, status] : others)
        if (refusal == code)
            return status;
    return 400;
}

SmugglingCase make(const std::string &name, const std::string &octets, const std::string &says)
{
    SmugglingCase made;
    made.name = name;
    made.octets = octets;
    const auto [end, error] = std::from_chars(says.data(), says.data() + says.size(), made.messages);
    if (error != std::errc() || end != says.data() + says.size())
        made.refusal = says;
    return made;
}

} // namespace

std::string printable(std::string_view octets)
{
    return QByteArray(octets.data(), qsizetype(octets.size())).toPercentEncoding(" :;,=\"\\/()<>[]{}").toStdString();
}

SmugglingCase &SmugglingTable::request(const std::string &name, const std::string &octets, const std::string &says)
{
    m_to.push_back(make("request: " + name, octets, says));
    if (!m_to.back().refusal.empty())
        m_to.back().status = statusFor(m_to.back().refusal);
    return m_to.back();
}

SmugglingCase &SmugglingTable::answer(const std::string &name, const std::string &octets, const std::string &says)
{
    m_to.push_back(make("answer: " + name, octets, says));
    m_to.back().answer = true;
    return m_to.back();
}

void SmugglingTable::both(const std::string &name, const std::string &fields, const std::string &body, const std::string &says, bool inBody)
{
    request(name, "POST / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n" + body, says).inBody = inBody;
    answer(name, "HTTP/1.1 200 OK\r\n" + fields + "\r\n" + body, says).inBody = inBody;
}

const std::vector<SmugglingCase> &smugglingCases()
{
    static const std::vector<SmugglingCase> cases = [] {
        std::vector<SmugglingCase> made;
        addFramingCases(SmugglingTable(made));
        addRequestCases(SmugglingTable(made));
        addAnswerCases(SmugglingTable(made));
        return made;
    }();
    return cases;
}

} // namespace gatehouse::test
