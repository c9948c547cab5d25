// Shapes of conditions, policies' places, edits of headers and queries.
#include "gateway/config/policykinds.h"
#include "gateway/config/shapes.h"

namespace gatehouse::config {

using namespace schema;

namespace {

struct Kinds {
    std::vector<PolicyKind> table;
    Ptr<PolicyEntry> entry, shared;
};
Kinds &kinds()
{
    static Kinds all;
    return all;
}

// All kinds of the format; those in the table are built.
constexpr const char *allKinds[] = {"rate-limit", "concurrency-limit", "quota", "bandwidth", "request-size", "key-auth", "basic-auth", "jwt",
    "oauth2-introspection", "oidc", "http-signature", "mtls", "forward-auth", "authorise", "ip-filter", "cors", "csrf", "security-headers",
    "user-agent", "cache", "compress", "decompress", "headers", "query", "json-body", "template-body", "validate", "version", "script", "fault",
    "request-id", "access-log", "any-of", "optional"};

Ptr<PathCondition> pathConditionShape()
{
    static const auto shape = oneOfTypes<PathCondition>("path-condition",
        {{"a path template", via<PathCondition, std::string>(pathTemplate(), [](std::string text, PathCondition &out) { out.pattern = std::move(text); }, [](const PathCondition &value) { return value.pattern; })},
         {"a map of captured names", via<PathCondition, Entries<TextMatch>>(map(text(1), textMatchShape()), [](Entries<TextMatch> captures, PathCondition &out) { out.captures = std::move(captures); }, [](const PathCondition &value) { return value.captures; })}},
        [](const PathCondition &value) { return value.pattern.empty() ? size_t(1) : size_t(0); });
    return shape;
}

} // namespace

void setPolicyKinds(std::vector<PolicyKind> table)
{
    kinds().table = std::move(table);
    kinds().entry = kinds().shared = nullptr;
    policyEntryShape(); // made here, so that any thread may ask for them later
    sharedPolicyShape();
}

const std::vector<PolicyKind> &policyKinds() { return kinds().table; }

const PolicyKind *policyKind(std::string_view name)
{
    for (const PolicyKind &kind : kinds().table)
        if (kind.name == name)
            return &kind;
    return nullptr;
}

std::vector<std::string> plannedPolicyKinds()
{
    std::vector<std::string> planned;
    for (const char *name : allKinds)
        if (!policyKind(name))
            planned.emplace_back(name);
    return planned;
}

Ptr<TextMatch> textMatchShape()
{
    static const auto full = record<TextMatch>("text-match",
        field("equals", &TextMatch::equals),
        field("prefix", &TextMatch::prefix),
        field("suffix", &TextMatch::suffix),
        field("contains", &TextMatch::contains),
        field("regex", &TextMatch::regex, regex()),
        field("one-of", &TextMatch::oneOf, list(text(), ListOptions{0, 10'000, true, true})),
        field("present", &TextMatch::present),
        field("not", &TextMatch::negate, help(QT_TRANSLATE_NOOP("shape", "Turns the answer round."))),
        check<TextMatch>([](const TextMatch &match, const Node &node, Reader &reader) {
            if (!match.equals && !match.prefix && !match.suffix && !match.contains && !match.regex && match.oneOf.empty() && !match.present)
                reader.error(node, "one of `equals`, `prefix`, `suffix`, `contains`, `regex`, `one-of` or `present` is missing");
        }));
    static const auto shape = oneOfTypes<TextMatch>("text-condition",
        {{"a text", via<TextMatch, std::string>(text(), [](std::string value, TextMatch &out) { out.equals = std::move(value); }, [](const TextMatch &value) { return value.equals.value_or(std::string()); }),
          QT_TRANSLATE_NOOP("shape", "is")},
         {"a map of keys", full, QT_TRANSLATE_NOOP("shape", "by rule")}},
        [](const TextMatch &m) {
            return m.equals && !m.prefix && !m.suffix && !m.contains && !m.regex && m.oneOf.empty() && !m.present && !m.negate ? size_t(0) : size_t(1);
        });
    return shape;
}

Ptr<Condition> conditionShape()
{
    static const auto inner = recursive<Condition>([]() -> const Typed<Condition> & { return *conditionShape(); });
    static const ListOptions some{0, 1000, true, true};
    static const auto shape = record<Condition>("condition",
        field("hosts", &Condition::hosts, list(host(), some), help(QT_TRANSLATE_NOOP("shape", "Host of the request; *.example.test takes every name below it."))),
        field("path", &Condition::path, pathConditionShape(), help(QT_TRANSLATE_NOOP("shape", "The whole path; {name} is one segment, {name*} the rest."))),
        field("prefix", &Condition::prefix, urlPath(), help(QT_TRANSLATE_NOOP("shape", "The path begins with this, up to a slash."))),
        field("exact", &Condition::exact, urlPath(), help(QT_TRANSLATE_NOOP("shape", "The path is this and nothing else."))),
        field("regex", &Condition::regex, regex(), help(QT_TRANSLATE_NOOP("shape", "The path matches this expression (RE2)."))),
        field("methods", &Condition::methods, list(method(), some)),
        field("headers", &Condition::headers, map(headerName(), textMatchShape())),
        field("query", &Condition::query, map(text(1), textMatchShape())),
        field("cookies", &Condition::cookies, map(headerName(), textMatchShape())),
        field("client", &Condition::client, list(cidr(), ListOptions{0, 10'000, true, true}), help(QT_TRANSLATE_NOOP("shape", "Address of the client."))),
        field("consumer", &Condition::consumer, list(reference("consumer"), some)),
        field("groups", &Condition::groups, list(plainName(), some), help(QT_TRANSLATE_NOOP("shape", "Groups of the consumer; one of them is enough."))),
        field("share", &Condition::share, share(), help(QT_TRANSLATE_NOOP("shape", "Only this share of requests."))),
        field("sticky", &Condition::sticky, countingKey(), advanced, help(QT_TRANSLATE_NOOP("shape", "What decides who belongs to the share."))),
        field("body", &Condition::body, textMatchShape()),
        field("all", &Condition::all, list(inner), advanced),
        field("any", &Condition::any, list(inner), advanced),
        field("not", &Condition::negated, inner, advanced),
        planned({"claims", "scopes"}),
        atMostOneOf({"path", "prefix", "exact", "regex"}),
        requires_("sticky", {"share"}));
    return shape;
}

namespace {
Ptr<FieldEdits> editsShape(const char *name, Ptr<std::string> key)
{
    return record<FieldEdits>(name,
        field("set", &FieldEdits::set, map(key, expression()), help(QT_TRANSLATE_NOOP("shape", "Replaces or adds."))),
        field("add", &FieldEdits::add, map(key, expression()), help(QT_TRANSLATE_NOOP("shape", "Adds one more."))),
        field("remove", &FieldEdits::remove, list(key, ListOptions{0, 1000, true, true})),
        field("rename", &FieldEdits::rename, map(key, key)));
}
} // namespace

Ptr<FieldEdits> headerEditsShape()
{
    static const auto shape = editsShape("header-edits", headerName());
    return shape;
}

Ptr<FieldEdits> queryEditsShape()
{
    static const auto shape = editsShape("query-edits", text(1));
    return shape;
}

namespace {

FieldSpec<PolicyEntry> kindField(const PolicyKind &kind)
{
    Field field;
    field.key = kind.name;
    field.shape = kind.shape;
    return customField<PolicyEntry>(std::move(field),
        [kind](const Node &node, PolicyEntry &out, Reader &reader) {
            const size_t before = reader.problems.size();
            out.kind = kind.name;
            out.record = kind.shape->make(node, reader);
            return reader.problems.size() == before;
        },
        [kind](const PolicyEntry &entry) -> std::optional<Node> {
            return entry.kind == kind.name ? std::optional(kind.shape->writeMade(entry.record.get())) : std::nullopt;
        });
}

Ptr<PolicyEntry> entryRecord(const char *name, bool shared)
{
    auto shape = std::make_shared<RecordShape<PolicyEntry>>(name);
    if (shared)
        shape->add(field("name", &PolicyEntry::name, definedName("policy"), required));
    else
        shape->add(field("name", &PolicyEntry::name, plainName(), advanced, help(QT_TRANSLATE_NOOP("shape", "Keeps counters when the order of entries changes."))));
    std::vector<std::string> names;
    for (const PolicyKind &kind : policyKinds()) {
        shape->add(kindField(kind));
        names.push_back(kind.name);
    }
    for (const std::string &kind : plannedPolicyKinds()) {
        shape->add(planned<PolicyEntry>(kind));
        names.push_back(kind);
    }
    shape->add(field("enabled", &PolicyEntry::enabled));
    shape->add(field("when", &PolicyEntry::when, conditionShape(), advanced, help(QT_TRANSLATE_NOOP("shape", "Runs only for these requests."))));
    shape->add(field("on-error", &PolicyEntry::onErrorWritten, oneOfNames<OnError>("on-error", {{"closed", OnError::Closed}, {"open", OnError::Open}}), advanced,
        defaultText(QT_TRANSLATE_NOOP("shape", "as the kind says")), help(QT_TRANSLATE_NOOP("shape", "Whether a request passes when the policy itself fails."))));
    shape->add(field("mode", &PolicyEntry::mode, oneOfNames<PolicyMode>("policy-mode", {{"enforce", PolicyMode::Enforce}, {"shadow", PolicyMode::Shadow}}), advanced,
        help(QT_TRANSLATE_NOOP("shape", "Shadow decides and records, but never acts."))));
    if (!shared)
        shape->add(field("override", &PolicyEntry::override, advanced, help(QT_TRANSLATE_NOOP("shape", "Replaces the same kind or name of the group or listener."))));
    shape->add(exactlyOneOf(std::move(names)));
    return shape;
}

} // namespace

Ptr<PolicyEntry> sharedPolicyShape()
{
    if (!kinds().shared)
        kinds().shared = entryRecord("shared-policy", true);
    return kinds().shared;
}

Ptr<PolicyEntry> policyEntryShape()
{
    if (!kinds().entry)
        kinds().entry = oneOfTypes<PolicyEntry>("policy-entry",
            {{"the name of a policy", via<PolicyEntry, std::string>(reference("policy"), [](std::string name, PolicyEntry &out) { out.reference = std::move(name); }, [](const PolicyEntry &entry) { return entry.reference; }),
              QT_TRANSLATE_NOOP("shape", "shared")},
             {"a map with one kind", entryRecord("policy", false), QT_TRANSLATE_NOOP("shape", "its own")}},
            [](const PolicyEntry &entry) { return entry.reference.empty() ? size_t(1) : size_t(0); });
    return kinds().entry;
}

} // namespace gatehouse::config
