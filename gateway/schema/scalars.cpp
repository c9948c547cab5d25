#include "gateway/schema/define.h"

#include "gateway/base/text.h"

#include <re2/re2.h>

#include <algorithm>

namespace gatehouse::schema {
namespace {

using json::Value;

// How a scalar may be written: text takes 1 and true as they stand; numbers and booleans are not quoted.
enum class Style : uint8_t { Text, Number };

template <typename T>
struct Rules {
    Kind kind;
    std::string name;
    std::string what; // "a duration such as 250ms, 5s"
    Style style = Style::Text;
    std::function<std::string(std::string_view, T &)> parse; // what is wrong, or empty; the text goes into the message before it
    std::function<std::string(const T &)> print;
    std::function<Value()> schema;
    std::string placeholder;
    std::optional<double> low, high;
    std::string refersTo;
    bool defines = false;
    bool isFile = false;
};

template <typename T>
class ScalarShape final : public Typed<T> {
public:
    explicit ScalarShape(Rules<T> rules) : Typed<T>(rules.kind, rules.name), m_rules(std::move(rules)) { }
    std::string placeholder() const override { return m_rules.placeholder; }
    std::optional<double> low() const override { return m_rules.low; }
    std::optional<double> high() const override { return m_rules.high; }
    const std::string &refersTo() const override { return m_rules.refersTo; }

    bool read(const Node &node, T &out, Reader &reader) const override
    {
        if (!detail::wantScalar(node, reader, m_rules.what))
            return false;
        if (reader.unknown(node))
            return true;
        if (m_rules.style == Style::Number && node.quoting != Quoting::Plain && node.written.empty()) {
            reader.error(node, Reader::shown(node) + " is text in quotes; expected " + m_rules.what + ", which has none");
            return false;
        }
        std::string wrong = m_rules.parse(node.text, out);
        if (wrong.empty() && m_rules.isFile && reader.checkFile)
            wrong = reader.checkFile(node.text);
        if (!wrong.empty()) {
            reader.error(node, Reader::shown(node) + ' ' + wrong);
            return false;
        }
        if (!m_rules.refersTo.empty())
            reader.use(node, m_rules.refersTo, m_rules.defines);
        if constexpr (std::is_same_v<T, Secret>)
            out.written = node.written.empty() ? node.text : node.written;
        return true;
    }
    Node write(const T &value) const override
    {
        return m_rules.style == Style::Text && m_rules.kind != Kind::Duration && m_rules.kind != Kind::Size ? Node::string(m_rules.print(value))
                                                                                                            : Node::scalar(m_rules.print(value));
    }
    Value jsonSchema(SchemaWriter &) const override { return m_rules.schema(); }

private:
    Rules<T> m_rules;
};

Value orExpanded(Value schema)
{
    return Value::object({{"anyOf", Value::array({std::move(schema), Value::object({{"type", "string"}, {"pattern", "\\$\\{"}})})}});
}

Value textSchema(std::string pattern = {})
{
    Value schema = Value::object({{"type", pattern.empty() ? Value::array({"string", "number", "boolean"}) : Value("string")}});
    if (!pattern.empty())
        schema.set("pattern", std::move(pattern));
    return schema;
}

Value patternSchema(std::string pattern) { return orExpanded(textSchema(std::move(pattern))); }

template <typename T>
Ptr<T> make(Rules<T> rules)
{
    return std::make_shared<ScalarShape<T>>(std::move(rules));
}

Rules<std::string> textRules(Kind kind, std::string name, std::string what, std::function<std::string(std::string_view)> check, std::string pattern)
{
    Rules<std::string> rules;
    rules.kind = kind;
    rules.name = std::move(name);
    rules.what = std::move(what);
    rules.parse = [check = std::move(check)](std::string_view text, std::string &out) {
        out = std::string(text);
        return check(text);
    };
    rules.print = [](const std::string &value) { return value; };
    rules.schema = [pattern = std::move(pattern)] { return pattern.empty() ? textSchema() : patternSchema(pattern); };
    return rules;
}

std::string checkName(std::string_view text)
{
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    const bool form = !text.empty() && text.size() <= 63 && good(text[0])
        && std::all_of(text.begin(), text.end(), [&](char c) { return good(c) || c == '-' || c == '_' || c == '.'; });
    return form ? std::string() : "is not a name: lower-case letters, digits, - _ and . , beginning with a letter or digit, at most 63";
}
const std::string namePattern = "^[a-z0-9][a-z0-9\\-_.]{0,62}$";

std::string checkHost(std::string_view text)
{
    std::string_view rest = text;
    if (rest.starts_with("*."))
        rest.remove_prefix(2);
    else if (IpAddress::parse(rest) || (rest.size() > 2 && rest.front() == '[' && rest.back() == ']' && IpAddress::parse(rest.substr(1, rest.size() - 2))))
        return {};
    if (rest.find(':') != std::string_view::npos)
        return "holds a port; hosts are compared without";
    if (rest.find('*') != std::string_view::npos)
        return "is not a host: * stands only in front, as in *.example.test";
    if (rest.empty() || rest.size() > 253)
        return "is not a host name";
    for (std::string_view label : split(rest, '.')) {
        const bool good = !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-'
            && std::all_of(label.begin(), label.end(), [](char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
        if (!good)
            return "is not a host name (letters, digits and -, labels parted by a point; other scripts in their xn-- form)";
    }
    return {};
}

std::string sentence(const Error &error) { return "is not right here: " + error.message; }

} // namespace

Ptr<bool> boolean()
{
    static const auto shape = make<bool>({Kind::Boolean, "boolean", "true or false", Style::Number,
        [](std::string_view text, bool &out) -> std::string {
            out = text == "true";
            if (out || text == "false")
                return {};
            return "is neither true nor false";
        },
        [](const bool &value) { return std::string(value ? "true" : "false"); },
        [] { return orExpanded(Value::object({{"type", "boolean"}})); }, {}, {}, {}, {}, false, false});
    return shape;
}

template <typename N>
Ptr<N> integer(double low, double high)
{
    const auto bound = [](double value) { return std::abs(value) < 9e15 ? std::to_string(static_cast<int64_t>(value)) : std::string(); };
    Rules<N> rules;
    rules.kind = Kind::Integer;
    rules.name = "integer";
    rules.what = "a whole number";
    rules.style = Style::Number;
    rules.low = low;
    rules.high = high;
    rules.parse = [=](std::string_view text, N &out) -> std::string {
        const auto value = parseInteger(text);
        if (!value)
            return "is not a whole number";
        if (static_cast<double>(*value) < low)
            return "is too small; the least is " + bound(low);
        if (static_cast<double>(*value) > high)
            return "is too large; the most is " + bound(high);
        out = static_cast<N>(*value);
        return {};
    };
    rules.print = [](const N &value) { return std::to_string(value); };
    rules.schema = [=] {
        Value schema = Value::object({{"type", "integer"}});
        if (std::abs(low) < 9e15)
            schema.set("minimum", static_cast<int64_t>(low));
        if (std::abs(high) < 9e15)
            schema.set("maximum", static_cast<int64_t>(high));
        return orExpanded(std::move(schema));
    };
    return make<N>(std::move(rules));
}
template Ptr<int> integer<int>(double, double);
template Ptr<unsigned> integer<unsigned>(double, double);
template Ptr<long> integer<long>(double, double);
template Ptr<unsigned long> integer<unsigned long>(double, double);
template Ptr<uint16_t> integer<uint16_t>(double, double);

Ptr<double> real(double low, double high)
{
    Rules<double> rules;
    rules.kind = Kind::Real;
    rules.name = "real";
    rules.what = "a number";
    rules.style = Style::Number;
    rules.low = low;
    rules.high = high;
    rules.parse = [=](std::string_view text, double &out) -> std::string {
        const auto value = parseReal(text);
        if (!value)
            return "is not a number";
        if (*value < low)
            return "is too small; the least is " + printReal(low);
        if (*value > high)
            return "is too large; the most is " + printReal(high);
        out = *value;
        return {};
    };
    rules.print = [](const double &value) { return printReal(value); };
    rules.schema = [=] {
        Value schema = Value::object({{"type", "number"}});
        if (low > -1e299)
            schema.set("minimum", low);
        if (high < 1e299)
            schema.set("maximum", high);
        return orExpanded(std::move(schema));
    };
    return make<double>(std::move(rules));
}

Ptr<std::string> text(size_t minLength, size_t maxLength)
{
    auto rules = textRules(Kind::Text, "text", "text", [=](std::string_view text) -> std::string {
        if (text.size() < minLength)
            return "is too short; at least " + std::to_string(minLength) + " bytes";
        return text.size() > maxLength ? "is too long; at most " + std::to_string(maxLength) + " bytes" : std::string();
    }, {});
    if (minLength > 0)
        rules.schema = [=] {
            Value schema = textSchema();
            schema.set("minLength", minLength);
            return schema;
        };
    return make<std::string>(std::move(rules));
}

Ptr<std::string> definedName(std::string kind)
{
    auto rules = textRules(Kind::Name, "name", "a name", checkName, namePattern);
    rules.refersTo = std::move(kind);
    rules.defines = true;
    return make<std::string>(std::move(rules));
}

Ptr<std::string> plainName() { return make<std::string>(textRules(Kind::Name, "name", "a name", checkName, namePattern)); }

Ptr<std::string> reference(std::string kind)
{
    auto rules = textRules(Kind::Reference, "reference", "the name of " + std::string(kind.find_first_of("aeiou") == 0 ? "an " : "a ") + kind, checkName, namePattern);
    rules.refersTo = std::move(kind);
    return make<std::string>(std::move(rules));
}

Ptr<Duration> duration(Duration low, Duration high)
{
    Rules<Duration> rules;
    rules.kind = Kind::Duration;
    rules.name = "duration";
    rules.what = "a duration such as 250ms, 5s, 2m, 1h";
    rules.placeholder = "250ms, 5s, 2m";
    rules.low = static_cast<double>(low.count()) / 1e9;
    rules.high = static_cast<double>(high.count()) / 1e9;
    rules.parse = [=](std::string_view text, Duration &out) -> std::string {
        const auto value = parseDuration(text);
        if (!value)
            return "is not a duration such as 250ms, 5s, 2m, 1h";
        if (*value < low)
            return "is too short; the least is " + printDuration(low);
        if (*value > high)
            return "is too long; the most is " + printDuration(high);
        out = *value;
        return {};
    };
    rules.print = [](const Duration &value) { return printDuration(value); };
    rules.schema = [=] {
        Value schema = patternSchema("^[0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h|d)$");
        if (low == Duration::zero())
            schema.find("anyOf")->append(Value::object({{"const", 0}}));
        return schema;
    };
    return make<Duration>(std::move(rules));
}

namespace {
Ptr<uint64_t> bytes(Kind kind, std::string what, uint64_t low, uint64_t high, std::string pattern,
                    std::function<std::optional<uint64_t>(std::string_view)> parse, std::function<std::string(uint64_t)> print)
{
    Rules<uint64_t> rules;
    rules.kind = kind;
    rules.name = std::string(name(kind));
    rules.placeholder = kind == Kind::Size ? "64KiB, 10MiB" : "1MiB/s";
    rules.what = what;
    rules.low = static_cast<double>(low);
    rules.high = static_cast<double>(high);
    rules.parse = [=](std::string_view text, uint64_t &out) -> std::string {
        const auto value = parse(text);
        if (!value)
            return "is not " + what;
        if (*value < low)
            return "is too small; the least is " + print(low);
        if (*value > high)
            return "is too large; the most is " + print(high);
        out = *value;
        return {};
    };
    rules.print = print;
    rules.schema = [=] {
        Value schema = patternSchema(pattern);
        if (kind == Kind::Size)
            schema.find("anyOf")->append(Value::object({{"type", "integer"}, {"minimum", low}}));
        return schema;
    };
    return make<uint64_t>(std::move(rules));
}
} // namespace

Ptr<uint64_t> size(uint64_t low, uint64_t high)
{
    return bytes(Kind::Size, "a size such as 64KiB, 10MiB", low, high, "^[0-9]+(\\.[0-9]+)?(B|[kK]B|KiB|MB|MiB|GB|GiB|TB|TiB)?$", parseSize, printSize);
}

Ptr<uint64_t> rate(uint64_t low, uint64_t high)
{
    return bytes(Kind::Rate, "a speed such as 1MiB/s", low, high, "^[0-9]+(\\.[0-9]+)?(B|[kK]B|KiB|MB|MiB|GB|GiB|TB|TiB)?/s$", parseRate, printRate);
}

Ptr<double> share()
{
    Rules<double> rules;
    rules.kind = Kind::Share;
    rules.name = "share";
    rules.what = "a share such as 20%";
    rules.placeholder = "20%";
    rules.low = 0;
    rules.high = 1;
    rules.parse = [](std::string_view text, double &out) -> std::string {
        const auto value = parseShare(text);
        out = value.value_or(0);
        return value ? std::string() : "is not a share from 0% to 100%, such as 20%";
    };
    rules.print = [](const double &value) { return printShare(value); };
    rules.schema = [] { return patternSchema("^(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?)%$"); };
    return make<double>(std::move(rules));
}

Ptr<StatusRange> statusRange()
{
    Rules<StatusRange> rules;
    rules.kind = Kind::StatusRange;
    rules.name = "status-range";
    rules.what = "a status such as 200 or 200-299";
    rules.placeholder = "200-299";
    rules.parse = [](std::string_view text, StatusRange &out) -> std::string {
        const auto value = parseStatusRange(text);
        out = value.value_or(StatusRange{});
        return value ? std::string() : "is not a status such as 200 or 200-299";
    };
    rules.print = [](const StatusRange &value) { return printStatusRange(value); };
    rules.schema = [] {
        Value schema = patternSchema("^[1-5][0-9]{2}(-[1-5][0-9]{2})?$");
        schema.find("anyOf")->append(Value::object({{"type", "integer"}, {"minimum", 100}, {"maximum", 599}}));
        return schema;
    };
    return make<StatusRange>(std::move(rules));
}

Ptr<Cidr> cidr()
{
    Rules<Cidr> rules;
    rules.kind = Kind::Cidr;
    rules.name = "cidr";
    rules.what = "an address or a network such as 10.0.0.0/8";
    rules.placeholder = "10.0.0.0/8";
    rules.parse = [](std::string_view text, Cidr &out) -> std::string {
        const auto value = Cidr::parse(text);
        out = value.value_or(Cidr{});
        return value ? std::string() : "is not an address or a network such as 10.0.0.0/8 or fd00::/8 (no bits set behind the prefix)";
    };
    rules.print = [](const Cidr &value) { return value.text(); };
    rules.schema = [] { return patternSchema("^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$"); };
    return make<Cidr>(std::move(rules));
}

Ptr<std::string> host()
{
    auto rules = textRules(Kind::Host, "host", "a host such as api.example.test or *.example.test", checkHost, {});
    rules.placeholder = "api.example.test";
    rules.parse = [](std::string_view text, std::string &out) {
        out = lower(text);
        return checkHost(text);
    };
    return make<std::string>(std::move(rules));
}

Ptr<std::string> pathTemplate()
{
    auto rules = textRules(Kind::PathTemplate, "path-template", "a path such as /orders/{id}", [](std::string_view text) {
        const auto segments = parsePathTemplate(text);
        return segments ? std::string() : sentence(segments.error());
    }, "^/[^?#\\s]*$");
    rules.placeholder = "/orders/{id}";
    return make<std::string>(std::move(rules));
}

Ptr<std::string> urlPath()
{
    return form("path", [](std::string_view text) -> std::string {
        if (text.empty() || text[0] != '/')
            return "is not a path: it begins with /";
        if (text.find_first_of("{}") != std::string_view::npos)
            return "holds a brace; only `path` takes {name}";
        const auto segments = parsePathTemplate(text);
        return segments ? std::string() : sentence(segments.error());
    }, "^/[^?#{}\\s]*$");
}

Ptr<std::string> regex()
{
    auto rules = textRules(Kind::Regex, "regex", "a regular expression (RE2)", [](std::string_view text) -> std::string {
        RE2::Options options;
        options.set_log_errors(false);
        const RE2 expression(re2::StringPiece(text.data(), text.size()), options);
        return expression.ok() ? std::string() : "is not a regular expression (RE2): " + escapeControls(expression.error());
    }, {});
    return make<std::string>(std::move(rules));
}

Ptr<std::string> url(std::vector<std::string> schemes)
{
    std::string pattern;
    bool sockets = false;
    for (const std::string &scheme : schemes) {
        if (scheme == "unix")
            sockets = true;
        else
            pattern += (pattern.empty() ? "" : "|") + scheme;
    }
    auto rules = textRules(Kind::Url, "url", "a URL such as http://127.0.0.1:9001", [schemes](std::string_view text) -> std::string {
        for (std::string_view later : {"https:", "h2c:"})
            if (text.starts_with(later) && std::find(schemes.begin(), schemes.end(), later.substr(0, later.size() - 1)) == schemes.end())
                return "is not usable here: " + notBuiltYet(std::string(later) + "//");
        const auto parts = parseUrl(text);
        if (!parts)
            return sentence(parts.error());
        if (std::find(schemes.begin(), schemes.end(), parts->scheme) == schemes.end())
            return "has a scheme that means nothing here; known: " + schemes.front() + "://";
        return {};
    }, sockets ? "^((" + pattern + ")://[^/?#@\\s]+|unix:/.+)" : "^(" + pattern + ")://[^/?#@\\s]+");
    rules.placeholder = "http://127.0.0.1:9001";
    return make<std::string>(std::move(rules));
}

Ptr<std::string> origin()
{
    return form("origin", [](std::string_view text) -> std::string {
        if (text == "*" || text == "null")
            return {};
        const auto parts = parseUrl(text);
        if (!parts || !parts->path.empty())
            return "is not an origin: scheme://host with a port where it is not the usual one, and nothing after it; or *";
        return {};
    }, "^(\\*|null|[a-zA-Z][a-zA-Z0-9+.\\-]*://[^/?#@\\s]+)$");
}

Ptr<std::string> headerName()
{
    return make<std::string>(textRules(Kind::HeaderName, "header-name", "a header name", [](std::string_view text) {
        return isToken(text) ? std::string() : "is not a header name (letters, digits and -)";
    }, "^[!#$%&'*+\\-.^_`|~0-9A-Za-z]+$"));
}

Ptr<std::string> headerValue()
{
    return form("header-value", [](std::string_view text) -> std::string {
        for (char c : text)
            if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F)
                return "holds a control character, which a header can't carry";
        return {};
    });
}

Ptr<std::string> method()
{
    return form("method", [](std::string_view text) -> std::string {
        static constexpr std::string_view known[] = {"get", "head", "post", "put", "patch", "delete", "options", "trace", "connect"};
        if (!isToken(text))
            return "is not a method such as GET";
        const std::string small = lower(text);
        if (std::find(std::begin(known), std::end(known), small) != std::end(known) && std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
            return "is not a method; they are written in capitals";
        return {};
    }, "^[!#$%&'*+\\-.^_`|~0-9A-Za-z]+$");
}

Ptr<std::string> address()
{
    auto shape = form("address", [](std::string_view text) -> std::string {
        const auto parts = parseAddress(text);
        return parts ? std::string() : sentence(parts.error());
    }, "^(unix:/.+|.+:[0-9]+)$");
    return shape;
}

Ptr<std::string> expression()
{
    auto rules = textRules(Kind::Expression, "expression", "text with {path.NAME} and the like", [](std::string_view text) {
        const auto parts = parseExpression(text);
        return parts ? std::string() : sentence(parts.error());
    }, {});
    rules.placeholder = "/orders/{path.id}";
    return make<std::string>(std::move(rules));
}

Ptr<Secret> secret()
{
    Rules<Secret> rules;
    rules.kind = Kind::Secret;
    rules.name = "secret";
    rules.what = "text, best ${secret:NAME}";
    rules.placeholder = "${secret:name}";
    rules.parse = [](std::string_view text, Secret &out) {
        out.value = std::string(text);
        return text.empty() ? std::string("is empty") : std::string();
    };
    rules.print = [](const Secret &value) { return value.written; };
    rules.schema = [] {
        Value schema = textSchema();
        schema.set("minLength", 1);
        return schema;
    };
    return make<Secret>(std::move(rules));
}

Ptr<std::string> file()
{
    auto rules = textRules(Kind::File, "file", "a file inside the workspace's folder", [](std::string_view text) -> std::string {
        if (text.empty())
            return "is not the name of a file";
        if (text.front() == '/')
            return "is not inside the workspace: name it from the workspace's folder on";
        for (std::string_view piece : split(text, '/'))
            if (piece == "..")
                return "leaves the workspace's folder";
        return text.find('\0') == std::string_view::npos ? std::string() : "holds a NUL";
    }, "^[^/]");
    rules.isFile = true;
    return make<std::string>(std::move(rules));
}

Ptr<std::string> countingKey()
{
    auto rules = textRules(Kind::Text, "counting-key", "client-ip, consumer, route, global, header.NAME, query.NAME, cookie.NAME or path.NAME", [](std::string_view text) {
        const auto part = parseCountingKey(text);
        return part ? std::string() : sentence(part.error());
    }, "^(client-ip|consumer|route|global|(header|query|cookie|path)\\..+)$");
    rules.placeholder = "client-ip, header.x-tenant";
    return make<std::string>(std::move(rules));
}

Ptr<std::string> form(std::string name, std::function<std::string(std::string_view)> check, std::string pattern)
{
    std::string what = (name.find_first_of("aeiou") == 0 ? "an " : "a ") + name;
    std::replace(what.begin(), what.end(), '-', ' ');
    return make<std::string>(textRules(Kind::Text, std::move(name), std::move(what), std::move(check), std::move(pattern)));
}

} // namespace gatehouse::schema
