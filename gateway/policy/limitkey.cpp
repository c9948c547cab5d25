#include "gateway/policy/limitkey.h"

#include "gateway/base/text.h"
#include "gateway/observe/redaction.h"
#include "gateway/policy/services.h"

#include <QtCore/QCryptographicHash>

#include <algorithm>
#include <array>

namespace gatehouse::policy {

namespace {
constexpr char separator = '\x1f';
constexpr std::string_view missing = "\x1e"; // can't come from a header; from elsewhere it makes the value long (see bounded())
constexpr size_t longest = 96;
} // namespace

Result<LimitKey> LimitKey::make(const std::vector<std::string> &by)
{
    LimitKey made;
    for (const auto &text : by) {
        auto part = schema::parseCountingKey(text);
        if (!part)
            return part.error();
        made.m_parts.push_back(std::move(*part));
    }
    return made;
}

namespace {
// A peer chooses what stands in a header: no key may grow without bound, nor hold what separates keys.
std::string_view bounded(std::string_view value, Arena &arena)
{
    if (value.size() <= longest && std::none_of(value.begin(), value.end(), [](char c) { return c == separator || c == missing[0]; }))
        return value;
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(QByteArrayView(value.data(), static_cast<qsizetype>(value.size())));
    std::string text(value.substr(0, 32));
    std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, '?');
    return arena.join({text, "#", hash.result().toHex().toStdString()});
}
} // namespace

std::string_view LimitKey::valueOf(const schema::Part &part, const RequestView &request, Arena &arena)
{
    const std::string_view value = sourceValue(part.source, part.text, request, arena);
    return value.data() ? bounded(value, arena) : missing;
}

std::string_view LimitKey::of(const RequestView &request, Arena &arena) const
{
    if (m_parts.empty())
        return "";
    if (m_parts.size() == 1)
        return valueOf(m_parts[0], request, arena);
    std::string_view key;
    for (size_t i = 0; i < m_parts.size(); ++i)
        key = i == 0 ? valueOf(m_parts[0], request, arena) : arena.join({key, std::string_view(&separator, 1), valueOf(m_parts[i], request, arena)});
    return key;
}

namespace {
// Whether what is counted by is a credential.
bool isCredential(const schema::Part &part)
{
    static const auto redactor = observe::Redactor::make().value();
    if (part.source == schema::Source::Header)
        return redactor->hidesField(part.text);
    return part.source == schema::Source::Cookie || (part.source == schema::Source::Query && redactor->hidesParameter(part.text));
}

// Tells one from another and is good for nothing else: not even the next start makes the same of it.
std::string mark(std::string_view value)
{
    static const std::array<std::byte, 16> salt = [] {
        std::array<std::byte, 16> random{};
        systemRandom().fill(random);
        return random;
    }();
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(QByteArrayView(reinterpret_cast<const char *>(salt.data()), salt.size()));
    hash.addData(QByteArrayView(value.data(), static_cast<qsizetype>(value.size())));
    return std::string(observe::redactedMark) + " #" + hash.result().toHex().left(6).toStdString();
}
} // namespace

std::string LimitKey::shown(std::string_view key) const
{
    const auto values = split(key, separator);
    std::string text;
    for (size_t i = 0; i < m_parts.size() && i < values.size(); ++i) {
        if (i)
            text += " + ";
        if (m_parts[i].source == schema::Source::Global)
            text += "everyone";
        else if (values[i] == missing)
            text += "without " + (m_parts[i].text.empty() ? schema::printCountingKey(m_parts[i]) : m_parts[i].text);
        else
            text += isCredential(m_parts[i]) ? mark(values[i]) : std::string(values[i]);
    }
    return text;
}

bool LimitKey::usesConsumer() const
{
    return std::any_of(m_parts.begin(), m_parts.end(), [](const schema::Part &part) { return part.source == schema::Source::Consumer; });
}

} // namespace gatehouse::policy
