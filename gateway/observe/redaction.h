// Takes credentials out of what is recorded, before a record leaves its worker. What is masked: Authorization,
// Proxy-Authorization, Cookie and Set-Cookie (values), the usual API-key headers and query keys, OAuth's token parameters, JSON
// and form fields by name, URLs in all of these, whatever the workspace's recording.redact adds, and the values of its secrets
// wherever they stand. Names are compared without regard to case, '-' and '_': api-key, API_KEY and apiKey are the same.
#pragma once

#include "gateway/base/result.h"

#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::observe {

inline constexpr std::string_view redactedMark = "[redacted]";

// Immutable; any thread. The functions return true when something was masked and `out` holds the masked text (its old content is
// replaced); false: the text may be kept as it is, `out` is untouched. They never fail on odd or cut input: when in doubt, more
// is masked. Cheap when there is nothing to mask: a table look-up a field, one pass over a JSON or form body.
class Redactor {
public:
    // Entries: header.NAME, query.NAME, cookie.NAME (all cookies are masked anyway), form.NAME, json.PATH where PATH is a
    // JSONPath of member names: $.password, $.user.token, $..secret, $.items[*].key. Anything else is BadInput.
    // `values` are looked for in every text, as they are, percent-encoded, and as JSON writes them.
    static Result<std::shared_ptr<const Redactor>> make(const std::vector<std::string> &extra = {}, const std::vector<std::string> &values = {});

    bool field(std::string_view name, std::string_view value, std::string &out) const;
    // Of a URL's query, without '?'.
    bool query(std::string_view query, std::string &out) const;
    // Of a request target, URL or request line: its query, its fragment and user:password@.
    bool url(std::string_view url, std::string &out) const;
    bool body(std::string_view contentType, std::string_view body, std::string &out) const;
    // Of anything else: values only.
    bool text(std::string_view text, std::string &out) const;
    bool knowsValues() const { return !m_values.empty(); }
    // Whether what stands there is a credential whatever it says.
    bool hidesField(std::string_view name) const;
    bool hidesParameter(std::string_view name) const { return secretParameter(name); }

private:
    enum class Rule : uint8_t { Whole, Scheme, Cookie, SetCookie, Url };
    struct HeaderRule { std::string name; Rule rule; };
    struct JsonPath { bool anywhere = false; std::vector<std::string> steps; }; // "*" is any member or element
    class JsonWalk;

    Redactor();
    void addHeader(std::string_view name, Rule rule);
    void addTail(std::string_view name);
    bool addPath(std::string_view path);
    const HeaderRule *headerRule(std::string_view name) const;
    bool secretMember(std::string_view key) const;    // by name alone
    bool secretParameter(std::string_view key) const; // of a query or form, still percent-encoded
    bool secretPath(const std::vector<std::string> &path) const;
    bool mayHoldSecret(std::string_view json) const;
    bool secretColon(std::string_view json, size_t colon) const;
    bool multipart(std::string_view body, std::string &out) const;
    bool fieldByName(std::string_view name, std::string_view value, std::string &out) const;
    bool parameters(std::string_view query, std::string &out) const;
    bool nestedUrl(std::string_view value, std::string &out) const;
    bool urlByName(std::string_view url, std::string &out) const;
    bool bodyByName(std::string_view contentType, std::string_view body, std::string &out) const;
    bool values(bool masked, std::string_view text, std::string &out) const;

    std::vector<HeaderRule> m_headers;
    std::bitset<4096> m_headerMask;           // by length, first and last letter
    std::vector<std::string> m_members;       // sorted, plain(): secret wherever they stand
    std::vector<std::string> m_parameters;    // the same, in queries and forms only
    std::bitset<65536> m_tails;               // last two characters of all names, in any case: one look-up decides for nearly every key
    std::vector<JsonPath> m_paths;
    std::vector<std::string> m_values;        // the longest first
    bool m_anyMember = false;                 // a path ends in *: no short cut
};

} // namespace gatehouse::observe
