#include "gateway/policy/key-auth/filter.h"

#include "gateway/config/records.h"
#include "gateway/http/message.h"
#include "gateway/http/target.h"
#include "gateway/policy/expression.h"
#include "gateway/policy/key-auth/record.h"

#include <QtCore/QCryptographicHash>

#include <array>
#include <cstring>
#include <unordered_map>

namespace gatehouse::policy {

namespace {
using Digest = std::array<uint8_t, 32>;

// Keys are found by their digest: how long that takes says nothing about how much of a key was guessed.
Digest digestOf(std::string_view key)
{
    Digest digest{};
    const QByteArray hash = QCryptographicHash::hash(QByteArrayView(key.data(), static_cast<qsizetype>(key.size())), QCryptographicHash::Sha256);
    std::memcpy(digest.data(), hash.constData(), digest.size());
    return digest;
}

struct DigestHash {
    size_t operator()(const Digest &digest) const
    {
        size_t value = 0;
        std::memcpy(&value, digest.data(), sizeof value);
        return value;
    }
};
struct ConstantTimeEqual {
    bool operator()(const Digest &a, const Digest &b) const
    {
        unsigned difference = 0;
        for (size_t i = 0; i < a.size(); ++i)
            difference |= static_cast<unsigned>(a[i] ^ b[i]);
        return difference == 0;
    }
};

enum class Place : uint8_t { Header, Query, Cookie };

std::string_view withoutParameter(std::string_view query, std::string_view name, Arena &arena)
{
    std::string out;
    http::QueryReader reader(query);
    while (const auto pair = reader.next()) {
        if (http::percentDecode(pair->name, true).value_or(std::string(pair->name)) == name)
            continue;
        out += out.empty() ? "" : "&";
        out += pair->name;
        if (pair->hasValue)
            (out += '=') += pair->value;
    }
    return arena.copy(out);
}

void removeCookie(http::Fields &fields, std::string_view name)
{
    std::string kept;
    for (const auto *field = fields.find("cookie"); field; field = fields.find("cookie", field)) {
        http::CookieReader reader(field->value);
        while (const auto pair = reader.next())
            if (pair->name != name)
                kept += (kept.empty() ? "" : "; ") + std::string(pair->name) + "=" + std::string(pair->value);
    }
    if (kept.empty())
        fields.remove("cookie");
    else
        fields.set("cookie", kept);
}

class KeyAuthConfig final : public FilterConfig {
public:
    KeyAuthConfig(const KeyAuth &record, const std::vector<config::Consumer> &consumers) : m_hide(record.hide)
    {
        m_place = record.query ? Place::Query : record.cookie ? Place::Cookie : Place::Header;
        m_name = record.query ? *record.query : record.cookie ? *record.cookie : record.header.value_or(defaultKeyHeader);
        for (const auto &consumer : consumers) {
            const auto kept = std::make_shared<const config::Consumer>(consumer);
            for (const auto &key : consumer.apiKeys)
                if (!key.value.empty())
                    m_consumers.emplace(digestOf(key.value), kept);
        }
    }
    uint32_t interests() const override { return OnRequestHead; }
    Filter *make(Arena &arena) const override;
    Flow preview(Context &context) const override { return decide(context); }

    Flow decide(Context &context) const
    {
        const auto source = m_place == Place::Header ? schema::Source::Header : m_place == Place::Query ? schema::Source::Query : schema::Source::Cookie;
        const std::string_view key = sourceValue(source, m_name, viewOf(context), context.arena());
        if (key.empty())
            return refuse(context, "no key in " + where());
        if (m_place == Place::Header && context.request().fields.count(m_name) > 1)
            return refuse(context, "more than one key in " + where());
        const auto found = m_consumers.find(digestOf(key));
        if (found == m_consumers.end())
            return refuse(context, "the key in " + where() + " is no consumer's");
        context.info().consumer = found->second.get();
        context.step(m_hide ? observe::StepVerdict::Acted : observe::StepVerdict::Passed, context.arena().join({"consumer ", found->second->name}));
        if (m_hide)
            hide(context);
        return Flow::Continue;
    }

private:
    std::string where() const
    {
        return m_place == Place::Header ? "header " + m_name : m_place == Place::Query ? "query parameter " + m_name : "cookie " + m_name;
    }
    Flow refuse(Context &context, const std::string &detail) const
    {
        context.step(observe::StepVerdict::Refused, detail);
        // RFC 9110 11.6.1 wants a challenge; there is no registered scheme for API keys.
        const http::Field challenge{"WWW-Authenticate", "ApiKey realm=\"gatehouse\""};
        context.respondProblem(401, "Unauthorized", "A valid API key is needed in " + where() + ".", {&challenge, 1});
        return Flow::Respond;
    }
    void hide(Context &context) const
    {
        auto &head = context.request();
        if (m_place == Place::Header) {
            head.fields.remove(m_name);
        } else if (m_place == Place::Cookie) {
            removeCookie(head.fields, m_name);
        } else {
            head.query = withoutParameter(head.query, m_name, context.arena());
            head.hasQuery = !head.query.empty();
            head.target = head.hasQuery ? context.arena().join({head.path, "?", head.query}) : head.path;
            context.info().query = head.query;
        }
        context.changed("key-auth, hide");
    }

    Place m_place = Place::Header;
    std::string m_name;
    bool m_hide;
    std::unordered_map<Digest, std::shared_ptr<const config::Consumer>, DigestHash, ConstantTimeEqual> m_consumers;
};

class KeyAuthFilter final : public Filter {
public:
    explicit KeyAuthFilter(const KeyAuthConfig &config) : m_config(config) { }
    Flow onRequestHead(Context &context) override { return m_config.decide(context); }

private:
    const KeyAuthConfig &m_config;
};

Filter *KeyAuthConfig::make(Arena &arena) const { return arena.make<KeyAuthFilter>(*this); }
} // namespace

Result<std::shared_ptr<const FilterConfig>> compileKeyAuth(const CompileContext &context)
{
    return std::shared_ptr<const FilterConfig>(std::make_shared<KeyAuthConfig>(context.entry.as<KeyAuth>(), context.workspace.consumers));
}

} // namespace gatehouse::policy
