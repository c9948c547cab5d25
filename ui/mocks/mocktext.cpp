#include "ui/mocks/mocktext.h"

#include "gateway/base/arena.h"
#include "gateway/http/message.h"
#include "gateway/http/target.h"
#include "gateway/http/writer.h"
#include "gateway/policy/condition.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QRegularExpression>
#include <QtCore/QStringList>

namespace gatehouse::ui {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("Mocks", text); }
QString q(const std::string &text) { return QString::fromStdString(text); }

QString listWords(const schema::Node &node)
{
    if (node.isScalar())
        return q(node.text);
    QStringList texts;
    for (const schema::Node &item : node.items)
        texts << q(item.text);
    return texts.join(QStringLiteral(", "));
}

// A condition on a text: "= 1", "contains x", "is there".
QString textWords(const schema::Node &node)
{
    if (node.isScalar())
        return QStringLiteral("= %1").arg(q(node.text));
    QStringList parts;
    bool negated = false;
    for (const schema::Member &member : node.members) {
        const std::string &key = member.key.text;
        if (key == "not")
            negated = member.value.text == "true";
        else if (key == "present")
            parts << (member.value.text == "false" ? tr("is absent") : tr("is there"));
        else if (key == "equals")
            parts << QStringLiteral("= %1").arg(q(member.value.text));
        else
            parts << QStringLiteral("%1 %2").arg(q(key), listWords(member.value));
    }
    const QString words = parts.join(QStringLiteral(" ") + tr("and") + QLatin1Char(' '));
    return negated ? tr("not %1").arg(words) : words;
}

QStringList mapWords(const QString &prefix, const schema::Node &map)
{
    QStringList words;
    for (const schema::Member &member : map.members)
        words << prefix + q(member.key.text) + QLatin1Char(' ') + textWords(member.value);
    return words;
}

QString nestedWords(const std::string &key, const schema::Node &node)
{
    if (key == "not")
        return tr("not (%1)").arg(conditionWords(&node));
    QStringList parts;
    for (const schema::Node &item : node.items)
        parts << conditionWords(&item);
    return QStringLiteral("(%1)").arg(parts.join(key == "any" ? QStringLiteral(" %1 ").arg(tr("or")) : QStringLiteral(", ")));
}

} // namespace

QString conditionWords(const schema::Node *when)
{
    QStringList words;
    if (!when || !when->isMap())
        return {};
    for (const schema::Member &member : when->members) {
        const std::string &key = member.key.text;
        const schema::Node &value = member.value;
        if (key == "path" && value.isMap())
            words << mapWords(QStringLiteral("path."), value);
        else if (key == "headers")
            words << mapWords(QStringLiteral("header."), value);
        else if (key == "query")
            words << mapWords(QStringLiteral("query."), value);
        else if (key == "cookies")
            words << mapWords(QStringLiteral("cookie."), value);
        else if (key == "body")
            words << QStringLiteral("body ") + textWords(value);
        else if (key == "methods")
            words << listWords(value);
        else if (key == "all" || key == "any" || key == "not")
            words << nestedWords(key, value);
        else
            words << q(key) + QLatin1Char(' ') + listWords(value);
    }
    return words.join(QStringLiteral(", "));
}

QString latencyWords(const schema::Node *latency)
{
    if (!latency)
        return {};
    // "800ms" of the file is a number with a unit here.
    const auto spaced = [](const std::string &text) {
        static const QRegularExpression amount(QStringLiteral("^([0-9.]+)([a-zµ]+)$"));
        return q(text).replace(amount, QStringLiteral("\\1\u00a0\\2"));
    };
    if (latency->isScalar())
        return spaced(latency->text);
    const auto part = [&](const char *key) {
        const schema::Node *node = latency->find(key);
        return node ? spaced(node->text) : QString();
    };
    const QString kind = part("distribution");
    if (kind == QLatin1String("lognormal"))
        return kind + QLatin1Char(' ') + part("median");
    if (kind == QLatin1String("normal"))
        return kind + QLatin1Char(' ') + part("mean");
    return kind + QLatin1Char(' ') + part("min") + QStringLiteral("–") + part("max");
}

QString reasonOf(int status)
{
    const std::string_view phrase = http::reasonPhrase(status);
    return QString::fromUtf8(phrase.data(), qsizetype(phrase.size()));
}

namespace {

policy::Condition::Options optionsOf(const config::Workspace &workspace)
{
    policy::Condition::Options options;
    options.paths.dotSegments = static_cast<http::PathRules::Dots>(workspace.settings.paths.dotSegments);
    options.paths.mergeSlashes = workspace.settings.paths.mergeSlashes;
    options.paths.encodedSlash = static_cast<http::PathRules::EncodedSlash>(workspace.settings.paths.encodedSlash);
    return options;
}

// The request as conditions look at it, over texts of its own.
class Asked {
public:
    Asked(const api::RequestSketch &request, const std::vector<std::pair<std::string, std::string>> &captures, const http::PathRules &paths)
        : m_fields(m_arena), m_body(request.body), m_method(request.method)
    {
        std::string_view rest = request.url;
        if (const size_t scheme = rest.find("://"); scheme != std::string_view::npos) {
            rest.remove_prefix(scheme + 3);
            const size_t slash = std::min(rest.find('/'), rest.size());
            m_host = std::string(rest.substr(0, slash));
            rest.remove_prefix(slash);
        }
        m_target = rest.empty() ? "/" : std::string(rest);
        const auto parts = http::splitTarget(m_target);
        m_path = std::string(http::normalisePath(parts.path, paths, m_arena).valueOr(parts.path));
        m_query = std::string(parts.query);
        for (const auto &[name, value] : request.headers)
            m_fields.add(name, value);
        if (m_host.empty())
            m_host = std::string(m_fields.value("host"));
        const auto authority = http::parseAuthority(m_host);
        m_info.host = authority ? authority->host : std::string_view("localhost");
        m_info.port = authority ? authority->port : uint16_t(0);
        m_info.scheme = "http";
        m_info.path = m_path;
        m_info.query = m_query;
        m_info.clientText = request.client;
        if (const auto client = IpAddress::parse(request.client))
            m_info.client = *client;
        for (const auto &[name, value] : captures)
            m_captures.emplace_back(name, value);
        m_info.captures = m_captures;
    }
    policy::RequestView view() const { return {m_method, m_fields, m_info, m_body}; }
    Arena &arena() { return m_arena; }

private:
    Arena m_arena{1024};
    http::Fields m_fields;
    std::string m_body, m_method, m_host, m_target, m_path, m_query;
    std::vector<std::pair<std::string_view, std::string_view>> m_captures;
    policy::RequestInfo m_info;
};

} // namespace

Result<std::vector<observe::Candidate>> candidatesOf(const config::Mock &mock, const config::Workspace &workspace, const api::RequestSketch &request,
                                                     const std::vector<std::pair<std::string, std::string>> &captures)
{
    const policy::Condition::Options options = optionsOf(workspace);
    Asked asked(request, captures, options.paths);
    std::vector<observe::Candidate> rows;
    bool won = false;
    for (const config::MockResponse &response : mock.responses) {
        observe::Candidate row;
        row.route = "responses[" + std::to_string(rows.size()) + "]";
        row.cells.fill(observe::Cell::NoCondition);
        if (response.when) {
            auto when = policy::Condition::make(*response.when, options);
            if (!when)
                return when.error();
            auto examined = (*when)->examine(asked.view(), asked.arena());
            row.cells = examined.cells;
            row.failed = std::move(examined.failed);
        }
        row.matched = !row.failed;
        row.won = row.matched && !won && mock.mode == config::MockMode::FirstMatch;
        won = won || row.won;
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace gatehouse::ui
