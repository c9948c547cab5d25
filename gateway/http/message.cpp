#include "gateway/http/message.h"

#include "gateway/base/text.h"
#include "gateway/http/scan.h"

namespace gatehouse::http {

bool isToken(std::string_view text)
{
    const char *end = text.data() + text.size();
    return !text.empty() && scan::skip(text.data(), end, scan::Token) == end;
}

bool isFieldValue(std::string_view text)
{
    const char *end = text.data() + text.size();
    return text.empty()
        || (!scan::isSpace(text.front()) && !scan::isSpace(text.back()) && scan::findControl(text.data(), end) == end);
}

Fields &Fields::operator=(Fields &&other) noexcept
{
    std::swap(m_arena, other.m_arena);
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    std::swap(m_capacity, other.m_capacity);
    return *this;
}

void Fields::grow(uint32_t capacity)
{
    auto *data = static_cast<Field *>(m_arena->allocate(capacity * sizeof(Field), alignof(Field)));
    for (uint32_t i = 0; i < m_size; ++i)
        new (data + i) Field(m_data[i]);
    m_data = data;
    m_capacity = capacity;
}

const Field *Fields::find(std::string_view name, const Field *after) const
{
    for (const Field *field = after ? after + 1 : begin(); field < end(); ++field) {
        if (field->name.size() == name.size() && equalsIgnoreCase(field->name, name))
            return field;
    }
    return nullptr;
}

std::string_view Fields::value(std::string_view name) const
{
    const Field *field = find(name);
    return field ? field->value : std::string_view();
}

size_t Fields::count(std::string_view name) const
{
    size_t count = 0;
    for (const Field *field = find(name); field; field = find(name, field))
        ++count;
    return count;
}

std::string_view Fields::combined(std::string_view name) const
{
    const Field *first = find(name);
    if (!first)
        return {};
    size_t size = first->value.size();
    for (const Field *field = find(name, first); field; field = find(name, field))
        size += 2 + field->value.size();
    if (size == first->value.size())
        return first->value;
    char *const text = static_cast<char *>(m_arena->allocate(size, 1));
    char *at = text;
    for (const Field *field = first; field; field = find(name, field)) {
        if (field != first) {
            *at++ = ',';
            *at++ = ' ';
        }
        at += field->value.copy(at, field->value.size());
    }
    return {text, size};
}

bool Fields::add(std::string_view name, std::string_view value)
{
    if (!isToken(name) || !isFieldValue(value))
        return false;
    addChecked({m_arena->copy(name), m_arena->copy(value)});
    return true;
}

bool Fields::set(std::string_view name, std::string_view value)
{
    const Field *first = find(name);
    if (!first)
        return add(name, value);
    if (!isFieldValue(value))
        return false;
    const size_t index = size_t(first - m_data);
    m_data[index].value = m_arena->copy(value);
    uint32_t kept = uint32_t(index) + 1;
    for (uint32_t i = kept; i < m_size; ++i) {
        if (!equalsIgnoreCase(m_data[i].name, name))
            m_data[kept++] = m_data[i];
    }
    m_size = kept;
    return true;
}

size_t Fields::removeIf(bool (*condition)(const Field &, const void *), const void *context)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < m_size; ++i) {
        if (!condition(m_data[i], context))
            m_data[kept++] = m_data[i];
    }
    const size_t removed = m_size - kept;
    m_size = kept;
    return removed;
}

size_t Fields::remove(std::string_view name)
{
    return removeIf(
        [](const Field &field, const void *context) {
            return equalsIgnoreCase(field.name, *static_cast<const std::string_view *>(context));
        },
        &name);
}

bool Fields::rename(std::string_view from, std::string_view to)
{
    if (!isToken(to))
        return false;
    std::string_view copied;
    for (uint32_t i = 0; i < m_size; ++i) {
        if (!equalsIgnoreCase(m_data[i].name, from))
            continue;
        if (copied.empty())
            copied = m_arena->copy(to);
        m_data[i].name = copied;
    }
    return !copied.empty();
}

void Fields::rebase(const char *from, const char *to)
{
    for (uint32_t i = 0; i < m_size; ++i) {
        Field &field = m_data[i];
        field.name = {to + (field.name.data() - from), field.name.size()};
        field.value = {to + (field.value.data() - from), field.value.size()};
    }
}

Fields Fields::clone(Arena &arena) const
{
    Fields copy(arena);
    if (m_size) {
        copy.grow(m_size + 8); // a few are usually added to a clone
        std::memcpy(static_cast<void *>(copy.m_data), m_data, m_size * sizeof(Field));
        copy.m_size = m_size;
    }
    return copy;
}

Method knownMethod(std::string_view method)
{
    switch (method.size()) {
    case 3: return method == "GET" ? Method::Get : method == "PUT" ? Method::Put : Method::Other;
    case 4: return method == "POST" ? Method::Post : method == "HEAD" ? Method::Head : Method::Other;
    case 5: return method == "PATCH" ? Method::Patch : method == "TRACE" ? Method::Trace : Method::Other;
    case 6: return method == "DELETE" ? Method::Delete : Method::Other;
    case 7: return method == "OPTIONS" ? Method::Options : method == "CONNECT" ? Method::Connect : Method::Other;
    default: return Method::Other;
    }
}

bool isSafe(Method method)
{
    return method == Method::Get || method == Method::Head || method == Method::Options || method == Method::Trace;
}

bool isIdempotent(Method method)
{
    return isSafe(method) || method == Method::Put || method == Method::Delete;
}

bool isProtocolList(std::string_view text)
{
    while (true) {
        const size_t comma = text.find(',');
        const std::string_view element = text.substr(0, comma), protocol = scan::trimmed(element.data(), element.data() + element.size());
        const size_t slash = protocol.find('/');
        if (!isToken(protocol.substr(0, slash)) || (slash != std::string_view::npos && !isToken(protocol.substr(slash + 1))))
            return false;
        if (comma == std::string_view::npos)
            return true;
        text.remove_prefix(comma + 1);
    }
}

std::string_view tunnelledProtocols(std::string_view list, Arena &arena)
{
    std::string_view kept;
    scan::listElements(list, [&](std::string_view protocol) {
        const std::string_view name = protocol.substr(0, protocol.find('/'));
        if (scan::equalsName(name, "h2c") || scan::equalsName(name, "h2") || scan::equalsName(name, "http") || scan::equalsName(name, "tls"))
            return;
        kept = kept.empty() ? protocol : arena.join({kept, ", ", protocol});
    });
    return kept;
}

bool wereAskedFor(std::string_view answered, std::string_view asked)
{
    bool any = false, all = true;
    scan::listElements(answered, [&](std::string_view protocol) {
        bool found = false;
        scan::listElements(asked, [&](std::string_view other) { found = found || equalsIgnoreCase(protocol, other); });
        any = true;
        all = all && found;
    });
    return any && all;
}

bool RequestHead::upgradesToWebSocket() const
{
    bool found = false;
    scan::listElements(upgrade, [&](std::string_view protocol) { found = found || equalsIgnoreCase(protocol, "websocket"); });
    return found && known == Method::Get;
}

} // namespace gatehouse::http
