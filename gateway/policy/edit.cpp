#include "gateway/policy/edit.h"

#include "gateway/base/text.h"
#include "gateway/config/records.h"
#include "gateway/http/target.h"
#include "gateway/http/writer.h"

#include <algorithm>

namespace gatehouse::policy {

namespace {
// A sentence on why this field is not to be edited; empty: it is.
std::string refusal(std::string_view name, Edit::Of what)
{
    if (equalsIgnoreCase(name, "content-length") || equalsIgnoreCase(name, "transfer-encoding") || equalsIgnoreCase(name, "trailer")
        || http::isHopByHop(name))
        return "`" + std::string(name) + "` frames the message or belongs to one connection; Gatehouse writes it itself";
    if (what == Edit::Of::RequestHeaders && equalsIgnoreCase(name, "host"))
        return "`host` is set by `rewrite.host` or the upstream's `host`";
    return {};
}

std::string encoded(std::string_view name) { return http::percentEncode(name, http::Encode::QueryPart); }

struct QueryPair { std::string name, raw; }; // decoded name; the pair as it stands

std::vector<QueryPair> pairsOf(std::string_view query)
{
    std::vector<QueryPair> pairs;
    http::QueryReader reader(query);
    while (const auto pair = reader.next()) {
        std::string raw(pair->name);
        if (pair->hasValue)
            raw += "=" + std::string(pair->value);
        pairs.push_back({http::percentDecode(pair->name, true).value_or(std::string(pair->name)), std::move(raw)});
    }
    return pairs;
}
} // namespace

Result<Edit> Edit::make(const config::FieldEdits &edits, Of what)
{
    Edit made;
    std::string refused;
    const auto check = [&](std::string_view name) {
        if (what != Of::Query && refused.empty())
            refused = refusal(name, what);
    };
    for (auto [from, to] : {std::pair{&edits.set, &made.m_set}, std::pair{&edits.add, &made.m_add}})
        for (const auto &[name, text] : *from) {
            check(name);
            auto value = Expression::make(text);
            if (!value)
                return value.error();
            to->push_back({name, std::move(*value)});
        }
    for (const auto &name : edits.remove)
        check(name);
    for (const auto &[from, to] : edits.rename) {
        check(from);
        check(to);
    }
    if (!refused.empty())
        return Error::make(ErrorKind::BadInput, refused);
    made.m_remove = edits.remove;
    made.m_rename = edits.rename;
    return made;
}

bool Edit::usesConsumer() const
{
    const auto uses = [](const Value &value) { return value.value.usesConsumer(); };
    return std::any_of(m_set.begin(), m_set.end(), uses) || std::any_of(m_add.begin(), m_add.end(), uses);
}

bool Edit::apply(http::Fields &fields, const RequestView &request, const PathPattern *pattern) const
{
    if (empty())
        return false;
    Arena &arena = fields.arena();
    auto *values = static_cast<std::string_view *>(arena.allocate(sizeof(std::string_view) * (m_set.size() + m_add.size()), alignof(std::string_view)));
    size_t next = 0;
    for (const auto *list : {&m_set, &m_add})
        for (const Value &value : *list)
            new (values + next++) std::string_view(value.value.evaluate(request, Expression::For::Header, arena, pattern));
    bool changed = false;
    for (const auto &name : m_remove)
        changed = fields.remove(name) > 0 || changed;
    for (const auto &[from, to] : m_rename)
        changed = fields.rename(from, to) || changed;
    next = 0;
    for (const Value &value : m_set)
        changed = fields.set(value.name, values[next++]) || changed;
    for (const Value &value : m_add)
        changed = fields.add(value.name, values[next++]) || changed;
    return changed;
}

std::string_view Edit::apply(std::string_view query, const RequestView &request, Arena &arena, const PathPattern *pattern) const
{
    if (empty())
        return query;
    auto pairs = pairsOf(query);
    for (const auto &name : m_remove)
        std::erase_if(pairs, [&](const QueryPair &pair) { return pair.name == name; });
    for (const auto &[from, to] : m_rename)
        for (auto &pair : pairs)
            if (pair.name == from) {
                const size_t equals = pair.raw.find('=');
                pair = {to, encoded(to) + (equals == std::string::npos ? std::string() : pair.raw.substr(equals))};
            }
    const auto made = [&](const Value &value) {
        return encoded(value.name) + "=" + std::string(value.value.evaluate(request, Expression::For::Query, arena, pattern));
    };
    for (const Value &value : m_set) {
        const auto named = [&](const QueryPair &pair) { return pair.name == value.name; };
        const auto first = std::find_if(pairs.begin(), pairs.end(), named);
        if (first == pairs.end()) {
            pairs.push_back({value.name, made(value)});
            continue;
        }
        first->raw = made(value);
        pairs.erase(std::remove_if(first + 1, pairs.end(), named), pairs.end());
    }
    for (const Value &value : m_add)
        pairs.push_back({value.name, made(value)});
    std::string out;
    for (const auto &pair : pairs)
        out += (out.empty() ? "" : "&") + pair.raw;
    return arena.copy(out);
}

} // namespace gatehouse::policy
