#include "gateway/observe/redaction.h"

#include "gateway/base/json.h"
#include "gateway/base/text.h"
#include "gateway/observe/redactionjson.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace gatehouse::observe {

namespace {

constexpr size_t longestName = 64;

// Lower case, without '-' and '_'.
std::string plain(std::string_view name)
{
    std::string out;
    for (const char c : name) {
        if (c != '-' && c != '_')
            out += lower(c);
    }
    return out;
}

// The same without allocating; longer names than any of ours give an empty view.
std::string_view plainInto(std::string_view name, std::array<char, longestName> &buffer)
{
    if (name.size() > buffer.size())
        return {};
    size_t size = 0;
    for (const char c : name) {
        if (c != '-' && c != '_')
            buffer[size++] = lower(c);
    }
    return {buffer.data(), size};
}

bool contains(const std::vector<std::string> &sorted, std::string_view name)
{
    const auto it = std::lower_bound(sorted.begin(), sorted.end(), name);
    return it != sorted.end() && *it == name;
}

void insert(std::vector<std::string> &sorted, std::string name)
{
    const auto it = std::lower_bound(sorted.begin(), sorted.end(), name);
    if (it == sorted.end() || *it != name)
        sorted.insert(it, std::move(name));
}

constexpr size_t tail(char last, char before)
{
    return static_cast<size_t>(static_cast<unsigned char>(last)) << 8 | static_cast<unsigned char>(before);
}

// Of a key as it stands before a quote or an equals sign.
size_t tailOf(std::string_view key) { return tail(key.back(), key.size() > 1 ? key[key.size() - 2] : '"'); }

// '_' for '-' is the same header to what stands behind a gateway.
bool isHeader(std::string_view name, std::string_view rule)
{
    return name.size() == rule.size() && std::equal(name.begin(), name.end(), rule.begin(), [](char a, char b) { return (a == '_' ? '-' : lower(a)) == b; });
}

// Without regard to case: the letters' sixth bit is left out.
size_t headerHash(std::string_view name)
{
    const auto first = static_cast<unsigned char>(name.front()) & 31u, last = static_cast<unsigned char>(name.back()) & 31u;
    return ((name.size() * 37) ^ (first << 6) ^ last) & 4095u;
}

// Where `wanted` stands among the 64 octets at `at`, a bit each.
uint64_t matches64(const char *at, char wanted)
{
#ifdef __SSE2__
    const __m128i all = _mm_set1_epi8(wanted);
    uint64_t bits = 0;
    for (int i = 3; i >= 0; --i) {
        const __m128i part = _mm_loadu_si128(reinterpret_cast<const __m128i *>(at + i * 16));
        bits = bits << 16 | static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(part, all)));
    }
    return bits;
#else
    uint64_t bits = 0;
    for (int i = 0; i < 64; ++i)
        bits |= uint64_t(at[i] == wanted) << i;
    return bits;
#endif
}

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

std::string percentDecoded(std::string_view text)
{
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hexDigit(text[i + 1]) >= 0 && hexDigit(text[i + 2]) >= 0) {
            out += static_cast<char>(hexDigit(text[i + 1]) * 16 + hexDigit(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string percentEncoded(std::string_view text)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (std::isalnum(octet) || c == '-' || c == '.' || c == '_' || c == '~')
            out += c;
        else
            out += {'%', digits[octet >> 4], digits[octet & 15]};
    }
    return out;
}

// What find_first_of does, without a call for each octet.
template <char... wanted>
size_t findAny(std::string_view text, size_t from = 0)
{
    while (from < text.size() && !((text[from] == wanted) || ...))
        ++from;
    return from;
}

constexpr std::string_view secretHeaders[] = {
    "x-api-key", "api-key", "apikey", "x-api-token", "x-auth-token", "x-auth-key", "x-access-token", "x-session-token", "x-id-token",
    "x-client-secret", "x-csrf-token", "x-xsrf-token", "x-amz-security-token", "x-goog-api-key", "x-goog-iam-authorization-token",
    "ocp-apim-subscription-key", "x-rapidapi-key", "x-functions-key", "x-gitlab-token", "private-token", "job-token", "x-vault-token",
    "x-consul-token", "x-github-token", "x-shopify-access-token", "x-figma-token", "dd-api-key", "dd-application-key", "circle-token",
    "x-apikey", "x-forwarded-access-token", "x-amzn-oidc-data", "x-amzn-oidc-accesstoken", "x-ms-token-aad-access-token", "x-ms-token-aad-id-token",
};
constexpr std::string_view urlHeaders[] = {"location", "referer", "content-location", "link", "refresh", "destination", "x-original-url", "x-original-uri",
                                           "x-rewrite-url", "x-forwarded-uri"};
// Wherever a name stands: JSON members, form fields, query keys. Anything that ends in "password" as well.
constexpr std::string_view secretMembers[] = {
    "password", "passwd", "pwd", "passphrase", "secret", "client_secret", "access_token", "refresh_token", "id_token", "token",
    "auth_token", "api_key", "api_secret", "api_token", "private_key", "secret_key", "secret_access_key", "access_key", "session_token",
    "client_assertion", "assertion", "code_verifier", "device_code", "subject_token", "actor_token", "authorization", "x_api_key",
    "bearer_token", "csrf_token", "webhook_secret", "signing_secret",
};
// Too common as members of JSON, but credentials in a query or a form.
constexpr std::string_view secretParameters[] = {
    "key", "code", "auth", "sig", "signature", "hmac", "jwt", "x_amz_signature", "x_amz_credential", "x_amz_security_token",
    "x_goog_signature", "x_goog_credential", "aws_access_key_id", "subscription_key", "sas_token",
};

// What may stand before credentials (RFC 9110 11.4) and is worth being seen; anything else may be a part of them.
constexpr std::string_view knownSchemes[] = {
    "basic", "bearer", "digest", "negotiate", "ntlm", "token", "apikey", "api-key", "key", "oauth", "dpop", "hmac", "hawk", "signature", "mutual",
    "hoba", "gnap", "vapid", "privatetoken", "scram-sha-1", "scram-sha-256", "aws4-hmac-sha256", "sharedkey", "sharedkeylite", "concealed",
};

std::string maskCredentials(std::string_view value)
{
    const auto space = value.find(' ');
    const auto scheme = value.substr(0, space);
    const bool known = space != std::string_view::npos
        && std::any_of(std::begin(knownSchemes), std::end(knownSchemes), [&](std::string_view one) { return equalsIgnoreCase(one, scheme); });
    return (known ? std::string(scheme) + " " : std::string()).append(redactedMark);
}

std::string maskCookies(std::string_view value)
{
    std::string out;
    for (const auto part : split(value, ';')) {
        const auto pair = trim(part);
        if (!out.empty())
            out += "; ";
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos)
            out.append(pair.substr(0, equals + 1));
        if (!pair.empty())
            out += redactedMark;
    }
    return out;
}

std::string maskSetCookie(std::string_view value)
{
    const auto end = std::min(value.find(';'), value.size());
    const auto equals = value.substr(0, end).find('=');
    std::string out(value.substr(0, equals == std::string_view::npos ? 0 : equals + 1));
    out += redactedMark;
    return out.append(value.substr(end));
}

} // namespace

Redactor::Redactor()
{
    addHeader("authorization", Rule::Scheme);
    addHeader("proxy-authorization", Rule::Scheme);
    addHeader("cookie", Rule::Cookie);
    addHeader("set-cookie", Rule::SetCookie);
    for (unsigned c = 0; c < 256; ++c) { // a separator among the last two: the name itself decides
        for (const char separator : {'-', '_'}) {
            m_tails.set(tail(separator, static_cast<char>(c)));
            m_tails.set(tail(static_cast<char>(c), separator));
        }
    }
    for (const auto name : secretHeaders)
        addHeader(name, Rule::Whole);
    for (const auto name : urlHeaders)
        addHeader(name, Rule::Url);
    for (const auto name : secretMembers) {
        insert(m_members, plain(name));
        addTail(name);
    }
    for (const auto name : secretParameters) {
        insert(m_parameters, plain(name));
        addTail(name);
    }
}

Result<std::shared_ptr<const Redactor>> Redactor::make(const std::vector<std::string> &extra, const std::vector<std::string> &values)
{
    std::shared_ptr<Redactor> made(new Redactor);
    for (const auto &value : values) {
        if (value.empty())
            continue;
        insert(made->m_values, value);
        insert(made->m_values, percentEncoded(value));
        const std::string quoted = json::quote(value);
        insert(made->m_values, quoted.substr(1, quoted.size() - 2));
    }
    std::stable_sort(made->m_values.begin(), made->m_values.end(), [](const auto &a, const auto &b) { return a.size() > b.size(); });
    for (const auto &entry : extra) {
        const auto dot = entry.find('.');
        const auto where = std::string_view(entry).substr(0, dot);
        const auto name = dot == std::string::npos ? std::string_view() : std::string_view(entry).substr(dot + 1);
        bool understood = !name.empty();
        if (where == "header") {
            made->addHeader(name, Rule::Whole);
        } else if (where == "query" || where == "form") {
            insert(made->m_parameters, plain(name));
            made->addTail(name);
        } else if (where == "json") {
            understood = understood && made->addPath(name);
        } else {
            understood = understood && where == "cookie"; // all cookies are masked
        }
        if (!understood)
            return Error::make(ErrorKind::BadInput, "Can't redact " + entry + ". Write header.NAME, query.NAME, form.NAME, cookie.NAME or json.PATH such as json.$.user.password.");
    }
    return std::shared_ptr<const Redactor>(std::move(made));
}

void Redactor::addHeader(std::string_view name, Rule rule)
{
    std::string key = lower(name);
    std::replace(key.begin(), key.end(), '_', '-');
    const auto found = std::find_if(m_headers.begin(), m_headers.end(), [&](const HeaderRule &r) { return r.name == key; });
    if (found != m_headers.end() || key.empty())
        return; // a rule that keeps more of the value for people is as safe
    m_headerMask.set(headerHash(key));
    m_headers.push_back({std::move(key), rule});
}

void Redactor::addTail(std::string_view name)
{
    const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
    for (const std::string &key : {lower(name), plain(name)}) {
        if (key.empty())
            continue;
        const char last = key.back(), before = key.size() > 1 ? key[key.size() - 2] : '"';
        for (const char l : {last, upper(last)}) {
            for (const char b : {before, upper(before)})
                m_tails.set(tail(l, b));
        }
    }
}

bool Redactor::addPath(std::string_view text)
{
    JsonPath path;
    if (!text.starts_with('$'))
        return false;
    text.remove_prefix(1);
    if (text.starts_with("..")) {
        path.anywhere = true;
        text.remove_prefix(1);
    }
    while (!text.empty()) {
        size_t end = 0;
        if (text.front() == '.') {
            end = std::min(text.find_first_of(".[", 1), text.size());
            if (end == 1)
                return false;
            path.steps.emplace_back(text.substr(1, end - 1));
        } else if (text.front() == '[') {
            end = text.find(']');
            if (end == std::string_view::npos)
                return false;
            auto inside = text.substr(1, end - 1);
            const bool quoted = inside.size() > 2 && (inside.front() == '\'' || inside.front() == '"') && inside.back() == inside.front();
            if (quoted)
                path.steps.emplace_back(inside.substr(1, inside.size() - 2));
            else if (inside == "*" || parseUnsigned(inside))
                path.steps.emplace_back("*");
            else
                return false;
            ++end;
        } else {
            return false;
        }
        text.remove_prefix(end);
    }
    if (path.steps.empty())
        return false;
    // What ends in an element is reached by walking, not by the name before a colon.
    m_anyMember = m_anyMember || path.steps.back() == "*";
    addTail(path.steps.back());
    m_paths.push_back(std::move(path));
    return true;
}

const Redactor::HeaderRule *Redactor::headerRule(std::string_view name) const
{
    if (name.empty())
        return nullptr;
    if (!m_headerMask.test(headerHash(name)))
        return nullptr;
    for (const auto &rule : m_headers) {
        if (isHeader(name, rule.name))
            return &rule;
    }
    return nullptr;
}

bool Redactor::hidesField(std::string_view name) const
{
    const auto *rule = headerRule(name);
    return rule && rule->rule != Rule::Url;
}

// After what is masked by its place: the values of secrets, wherever they are. `out` is the masked text when `masked`.
bool Redactor::values(bool masked, std::string_view text, std::string &out) const
{
    if (m_values.empty())
        return masked;
    std::string shown(masked ? std::string_view(out) : text);
    if (replaceAll(shown, m_values, redactedMark))
        masked = true;
    if (masked)
        out = std::move(shown);
    return masked;
}

bool Redactor::text(std::string_view text, std::string &out) const { return values(false, text, out); }

bool Redactor::field(std::string_view name, std::string_view value, std::string &out) const
{
    return values(fieldByName(name, value, out), value, out);
}

bool Redactor::query(std::string_view query, std::string &out) const { return values(parameters(query, out), query, out); }
bool Redactor::url(std::string_view url, std::string &out) const { return values(urlByName(url, out), url, out); }

bool Redactor::body(std::string_view contentType, std::string_view body, std::string &out) const
{
    return values(bodyByName(contentType, body, out), body, out);
}

bool Redactor::fieldByName(std::string_view name, std::string_view value, std::string &out) const
{
    const auto *rule = headerRule(name);
    if (!rule || value.empty())
        return false;
    switch (rule->rule) {
    case Rule::Whole:
        out = redactedMark;
        return true;
    case Rule::Scheme:
        out = maskCredentials(value);
        return true;
    case Rule::Cookie:
        out = maskCookies(value);
        return true;
    case Rule::SetCookie:
        out = maskSetCookie(value);
        return true;
    case Rule::Url:
        return url(value, out);
    }
    return false;
}

bool Redactor::secretMember(std::string_view key) const
{
    if (key.empty() || !m_tails.test(tailOf(key)))
        return false;
    constexpr std::string_view suffix = "password";
    if (key.size() >= suffix.size() && equalsIgnoreCase(key.substr(key.size() - suffix.size()), suffix))
        return true;
    std::array<char, longestName> buffer;
    return contains(m_members, plainInto(key, buffer));
}

bool Redactor::secretParameter(std::string_view key) const
{
    if (key.find('%') != std::string_view::npos) {
        const std::string decoded = percentDecoded(key);
        return decoded.find('%') == std::string::npos && secretParameter(decoded);
    }
    if (key.empty() || !m_tails.test(tailOf(key)))
        return false;
    std::array<char, longestName> buffer;
    return secretMember(key) || contains(m_parameters, plainInto(key, buffer));
}

bool Redactor::parameters(std::string_view query, std::string &out) const
{
    bool masked = false;
    size_t copied = 0;
    std::string nested;
    for (size_t at = 0; at < query.size();) {
        const auto end = findAny<'&', ';'>(query, at);
        const auto equals = query.substr(at, end - at).find('=');
        if (equals != std::string_view::npos) {
            const auto value = query.substr(at + equals + 1, end - at - equals - 1);
            const bool secret = secretParameter(query.substr(at, equals));
            if (secret || nestedUrl(value, nested)) {
                if (!masked)
                    out.clear();
                masked = true;
                out.append(query.substr(copied, at + equals + 1 - copied));
                out += secret ? redactedMark : std::string_view(nested);
                copied = end;
            }
        }
        at = end + 1;
    }
    if (masked)
        out.append(query.substr(std::min(copied, query.size())));
    return masked;
}

// A URL as a value: next=http://a:b@c/, next=/cb?code=…, redirect_uri=https%3A%2F%2Fapp.test%2Fcb%3Fcode%3D…
bool Redactor::nestedUrl(std::string_view value, std::string &out) const
{
    if (value.find("://") != std::string_view::npos || value.find('?') != std::string_view::npos)
        return urlByName(value, out);
    if (value.find("%3") == std::string_view::npos)
        return false;
    const std::string decoded = percentDecoded(value);
    std::string masked;
    if (decoded.find_first_of("?#@") == std::string::npos || !urlByName(decoded, masked))
        return false;
    out = percentEncoded(masked);
    return true;
}

bool Redactor::urlByName(std::string_view url, std::string &out) const
{
    const size_t first = findAny<'?', '#', '@'>(url);
    if (first == url.size())
        return false;
    bool masked = false;
    std::string result;
    size_t at = 0;
    const auto slashes = url.find("//");
    if (slashes < first && (slashes == 0 || url[slashes - 1] == ':' || url[slashes - 1] == ' ')) {
        const size_t start = slashes + 2;
        const auto authority = url.substr(start, findAny<'/', '?', '#', ' '>(url, start) - start);
        const auto host = authority.rfind('@');
        if (host != std::string_view::npos && host > 0) {
            // A name alone may be a token.
            const auto colon = authority.substr(0, host).find(':');
            result.append(url.substr(0, start + (colon == std::string_view::npos ? 0 : colon + 1))).append(redactedMark);
            at = start + host;
            masked = true;
        }
    }
    std::string part;
    while (at < url.size()) {
        const auto begin = findAny<'?', '#'>(url, at);
        if (begin == url.size())
            break;
        // What ends a query is the fragment, or the end of the text around the URL; a '?' in it may begin that of another.
        const auto end = findAny<'#', ' ', '>'>(url, begin + 1);
        result.append(url.substr(at, begin + 1 - at));
        const auto piece = url.substr(begin + 1, end - begin - 1);
        const bool hit = parameters(piece, part);
        result.append(hit ? std::string_view(part) : piece);
        masked = masked || hit;
        at = end;
    }
    if (masked) {
        result.append(url.substr(at));
        out = std::move(result);
    }
    return masked;
}

bool Redactor::secretPath(const std::vector<std::string> &path) const
{
    return std::any_of(m_paths.begin(), m_paths.end(), [&](const JsonPath &wanted) {
        const size_t size = wanted.steps.size();
        if (path.size() < size || (!wanted.anywhere && path.size() != size))
            return false;
        for (size_t i = 0; i < size; ++i) {
            const auto &step = wanted.steps[i];
            if (step != "*" && step != path[path.size() - size + i])
                return false;
        }
        return true;
    });
}

// Whether a walk is worth it. A key is what stands in quotes before a colon; escapes may hide one.
bool Redactor::mayHoldSecret(std::string_view json) const
{
    if (m_anyMember || json.find("\\u") != std::string_view::npos)
        return true;
    size_t at = 0;
    for (; at + 64 <= json.size(); at += 64) {
        for (uint64_t bits = matches64(json.data() + at, ':'); bits != 0; bits &= bits - 1) {
            if (secretColon(json, at + static_cast<size_t>(std::countr_zero(bits))))
                return true;
        }
    }
    for (; at < json.size(); ++at) {
        if (json[at] == ':' && secretColon(json, at))
            return true;
    }
    return false;
}

bool Redactor::secretColon(std::string_view json, size_t colon) const
{
    if (json.substr(colon + 1, 2) == "//") { // a URL, perhaps with a token in it
        const size_t end = findAny<'"', '=', '@'>(json, colon + 3);
        return end < json.size() && json[end] != '"';
    }
    size_t quote = colon; // after the closing quote
    while (quote > 0 && (json[quote - 1] == ' ' || json[quote - 1] == '\t' || json[quote - 1] == '\r' || json[quote - 1] == '\n'))
        --quote;
    if (quote < 3 || json[--quote] != '"')
        return false;
    if (json[quote - 1] == '\\')
        return true; // JSON inside a string
    if (!m_tails.test(tail(json[quote - 1], json[quote - 2])))
        return false;
    size_t start = quote;
    while (start > 0 && json[start - 1] != '"')
        --start;
    const auto key = json.substr(start, quote - start);
    if (key.find('\\') != std::string_view::npos || secretMember(key))
        return true;
    return std::any_of(m_paths.begin(), m_paths.end(), [&](const JsonPath &path) { return path.steps.back() == key; });
}

namespace {
// Of a part of a form: what its Content-Disposition calls it.
std::string_view partName(std::string_view fields)
{
    static constexpr std::string_view name = "name=";
    for (auto at = fields.begin(); at != fields.end();) {
        const auto found = std::search(at, fields.end(), name.begin(), name.end(), [](char a, char b) { return lower(a) == b; });
        if (found == fields.end())
            break;
        at = found + 1;
        const char before = found == fields.begin() ? ' ' : found[-1];
        if (before != ' ' && before != ';' && before != '\t') // filename=
            continue;
        auto text = fields.substr(static_cast<size_t>(found - fields.begin()) + name.size());
        return text.starts_with('"') ? text.substr(1, text.find('"', 1) - 1) : text.substr(0, text.find_first_of("; \r"));
    }
    return {};
}

bool looksLikeJson(std::string_view body)
{
    const auto start = body.find_first_not_of("\xEF\xBB\xBF \t\r\n");
    return start != std::string_view::npos && (body[start] == '{' || body[start] == '[');
}
} // namespace

bool Redactor::multipart(std::string_view body, std::string &out) const
{
    const auto line = body.find("\r\n");
    if (line == std::string_view::npos || !body.starts_with("--"))
        return false;
    const std::string delimiter = "\r\n" + std::string(body.substr(0, line));
    std::string result;
    size_t copied = 0;
    bool masked = false;
    for (size_t head = line; head != std::string_view::npos && head < body.size();) {
        const auto value = body.find("\r\n\r\n", head);
        if (value == std::string_view::npos)
            break;
        const auto end = std::min(body.find(delimiter, value + 2), body.size());
        const auto fields = body.substr(head, value - head);
        const auto content = end >= value + 4 ? body.substr(value + 4, end - value - 4) : std::string_view();
        std::string shown;
        if (!content.empty() && secretParameter(partName(fields)))
            shown = redactedMark;
        else if (!looksLikeJson(content) || !bodyByName("application/json", content, shown))
            shown.clear();
        if (!shown.empty()) {
            result.append(body.substr(copied, value + 4 - copied)).append(shown);
            copied = end;
            masked = true;
        }
        head = end + delimiter.size();
    }
    if (masked) {
        result.append(body.substr(copied));
        out = std::move(result);
    }
    return masked;
}

bool Redactor::bodyByName(std::string_view contentType, std::string_view body, std::string &out) const
{
    if (body.empty())
        return false;
    // Folded once, for all the words; a type is shorter than this, its parameters don't matter here.
    std::array<char, 80> folded;
    const size_t typeSize = std::min(contentType.size(), folded.size());
    std::transform(contentType.begin(), contentType.begin() + ptrdiff_t(typeSize), folded.begin(), [](char c) { return lower(c); });
    const auto has = [type = std::string_view(folded.data(), typeSize)](std::string_view word) { return type.find(word) != std::string_view::npos; };
    if (has("multipart/"))
        return multipart(body, out);
    if (has("x-www-form-urlencoded"))
        return parameters(body, out);
    if (looksLikeJson(body) || has("json") || has("event-stream"))
        return mayHoldSecret(body) && JsonWalk(*this, body).run(out);
    return contentType.empty() && parameters(body, out);
}

} // namespace gatehouse::observe
