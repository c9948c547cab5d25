#include "ui/routes/routeedits.h"

#include "gateway/schema/emit.h"
#include "ui/routes/routeorder.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QRegularExpression>

#include <algorithm>
#include <functional>

namespace gatehouse::ui {

namespace {

struct Step {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::RouteEdits)
};

std::string s(const QString &text) { return text.toStdString(); }
QString q(const std::string &text) { return QString::fromStdString(text); }

QString textAt(const schema::Node *node, const char *key)
{
    const schema::Node *value = node ? node->find(key) : nullptr;
    return value && value->isScalar() ? q(value->text) : QString();
}

QString firstAt(const schema::Node *node, const char *key)
{
    const schema::Node *value = node ? node->find(key) : nullptr;
    return !value ? QString() : value->isScalar() ? q(value->text) : value->items.empty() ? QString() : q(value->items.front().text);
}

// A value that the condition takes; none where it wants the thing to be absent, or is too special to guess.
std::optional<QString> valueFor(const schema::Node &condition)
{
    if (condition.isScalar())
        return q(condition.text);
    if (condition.find("not") || !condition.isMap())
        return {};
    if (const schema::Node *present = condition.find("present"))
        return present->text == "false" ? std::nullopt : std::optional(QStringLiteral("1"));
    for (const char *key : {"equals", "prefix", "suffix", "contains", "one-of"})
        if (const QString text = firstAt(&condition, key); !text.isEmpty())
            return text;
    return {};
}

} // namespace

std::optional<config::Location> RouteEdits::placeOf(OwnerKind kind, const QString &name) const
{
    return m_session.isOpen() && kind != OwnerKind::Section ? m_session.document().find(kindName(kind), s(name)) : std::nullopt;
}

QString RouteEdits::insert(const char *section, const char *kind, schema::Node value, const QString &wish)
{
    if (!m_session.isOpen())
        return {};
    const QString name = q(m_session.document().freeName(kind, s(wish)));
    value.members.insert(value.members.begin(), schema::Node::map({{"name", schema::Node::scalar(s(name))}}).members.front());
    const std::string file = m_session.document().entry();
    const schema::Path list{section};
    const schema::Node *node = m_session.document().at({file, list, 0});
    const schema::Patch patch = node && node->isList() ? schema::Patch::insert(file, list / schema::Step(node->items.size()), value)
                                                       : schema::Patch::replace(file, list, schema::Node::list({value}));
    if (!m_session.edit(patch, Step::tr("Add %1 %2").arg(QLatin1String(kind), name)))
        return {};
    m_session.commit();
    return name;
}

QString RouteEdits::addRoute(const QString &group)
{
    if (!m_session.isOpen())
        return {};
    const QString wish = q(m_session.document().freeName("route", "route"));
    const auto upstreams = m_session.document().things("upstream");
    schema::Node to = upstreams.empty() ? schema::Node::map({{"respond", schema::Node::map({{"status", schema::Node::scalar("200")}, {"body", schema::Node::string("Hello")}})}})
                                        : schema::Node::map({{"upstream", schema::Node::scalar(upstreams.front().name)}});
    to.flow = true;
    schema::Node match = schema::Node::map({{"path", schema::Node::string("/" + s(wish))}});
    match.flow = true;
    schema::Node value = schema::Node::map();
    if (!group.isEmpty())
        value.set("group", schema::Node::scalar(s(group)));
    value.set("match", std::move(match));
    value.set("to", std::move(to));
    return insert("routes", "route", std::move(value), wish);
}

QString RouteEdits::addGroup() { return insert("groups", "group", schema::Node::map({{"prefix", schema::Node::string("/v1")}}), QStringLiteral("group")); }
QString RouteEdits::addListener() { return insert("listeners", "listener", schema::Node::map({{"address", schema::Node::string("127.0.0.1:8081")}}), QStringLiteral("listener")); }
QString RouteEdits::addConsumer() { return insert("consumers", "consumer", schema::Node::map(), QStringLiteral("consumer")); }

QString RouteEdits::addSharedPolicy()
{
    schema::Node limit = schema::Node::map({{"requests", schema::Node::scalar("100")}, {"per", schema::Node::scalar("1s")}});
    limit.flow = true;
    return insert("policies", "policy", schema::Node::map({{"rate-limit", limit}}), QStringLiteral("limit"));
}

QString RouteEdits::duplicate(OwnerKind kind, const QString &name)
{
    const auto at = placeOf(kind, name);
    const schema::Node *node = at ? m_session.document().at(*at) : nullptr;
    if (!node)
        return {};
    const QString fresh = q(m_session.document().freeName(kindName(kind), s(name)));
    schema::Node copy = *node;
    copy.set("name", schema::Node::scalar(s(fresh)));
    const schema::Path next = at->path.parent() / schema::Step(at->path.last().index() + 1);
    if (!m_session.edit(schema::Patch::insert(at->file, next, copy), Step::tr("Duplicate %1").arg(name)))
        return {};
    m_session.commit();
    return fresh;
}

void RouteEdits::remove(OwnerKind kind, const QString &name)
{
    const auto at = placeOf(kind, name);
    if (!at)
        return;
    const schema::Node *list = m_session.document().at({at->file, at->path.parent(), 0});
    const schema::Path path = list && list->items.size() == 1 ? at->path.parent() : at->path;
    if (m_session.edit(schema::Patch::remove(at->file, path), Step::tr("Delete %1").arg(name)))
        m_session.commit();
}

void RouteEdits::toggleRoute(const QString &name)
{
    const auto at = placeOf(OwnerKind::Route, name);
    const schema::Node *node = at ? m_session.document().at(*at) : nullptr;
    if (!node)
        return;
    const bool off = textAt(node, "enabled") == QLatin1String("false");
    const schema::Path path = at->path / schema::Step("enabled");
    (void)m_session.edit(off ? schema::Patch::remove(at->file, path) : schema::Patch::replace(at->file, path, schema::Node::scalar("false")),
                         off ? Step::tr("Switch on %1").arg(name) : Step::tr("Switch off %1").arg(name));
    m_session.commit();
}

void RouteEdits::addHost(const QString &listener, const QString &host)
{
    const auto at = placeOf(OwnerKind::Listener, listener);
    if (!at)
        return;
    const schema::Path path = at->path / schema::Step("hosts");
    const schema::Node *hosts = m_session.document().at({at->file, path, 0});
    const schema::Node value = schema::Node::string(s(host));
    schema::Patch patch;
    if (hosts && hosts->isList() && !hosts->items.empty()) {
        if (std::any_of(hosts->items.begin(), hosts->items.end(), [&](const schema::Node &one) { return one.isScalar() && q(one.text).compare(host, Qt::CaseInsensitive) == 0; }))
            return;
        patch = schema::Patch::insert(at->file, path / schema::Step(hosts->items.size()), value);
    } else {
        schema::Node list = schema::Node::list({value});
        if (hosts && hosts->isScalar() && !hosts->text.empty())
            list.items.insert(list.items.begin(), *hosts);
        list.flow = true;
        patch = schema::Patch::replace(at->file, path, list);
    }
    if (m_session.edit(patch, Step::tr("Add %1 to the hosts of %2").arg(host, listener)))
        m_session.commit();
}

void RouteEdits::setOrder(const std::vector<api::RoutePlace> &wanted, size_t moved)
{
    const auto changes = prioritiesFor(wanted, moved);
    schema::Patch patch;
    for (const auto &[route, priority] : changes) {
        const auto at = placeOf(OwnerKind::Route, q(route));
        if (!at)
            return;
        const schema::Path path = at->path / schema::Step("priority");
        if (priority)
            patch.add(schema::Patch::replace(at->file, path, schema::Node::scalar(std::to_string(priority))));
        else if (m_session.document().at({at->file, path, 0}))
            patch.add(schema::Patch::remove(at->file, path));
    }
    if (patch.empty())
        return;
    const QString name = q(wanted[moved].route);
    QStringList set;
    for (const auto &[route, priority] : changes)
        set << Step::tr("priority %1 for %2").arg(priority).arg(q(route));
    const QString all = set.join(QStringLiteral(", "));
    const QString step = moved + 1 < wanted.size() ? Step::tr("%1 before %2: %3").arg(name, q(wanted[moved + 1].route), all)
                                                   : Step::tr("%1 behind %2: %3").arg(name, q(wanted[moved - 1].route), all);
    if (m_session.edit(patch, step))
        m_session.commit();
}

QString RouteEdits::asYaml(OwnerKind kind, const QString &name) const
{
    const auto at = placeOf(kind, name);
    const schema::Node *node = at ? m_session.document().at(*at) : nullptr;
    return node ? q(schema::emitDocument(*node)) : QString();
}

RouteEdits::Example RouteEdits::exampleOf(const QString &route) const
{
    Example out;
    const auto at = placeOf(OwnerKind::Route, route);
    const schema::Node *node = at ? m_session.document().at(*at) : nullptr;
    const schema::Node *match = node ? node->find("match") : nullptr;
    const auto groupAt = placeOf(OwnerKind::Group, textAt(node, "group"));
    const schema::Node *group = groupAt ? m_session.document().at(*groupAt) : nullptr;
    out.method = firstAt(match, "methods");
    if (out.method.isEmpty())
        out.method = QStringLiteral("GET");
    out.host = firstAt(match, "hosts").isEmpty() ? firstAt(group, "hosts") : firstAt(match, "hosts");
    out.host.replace(QLatin1Char('*'), QLatin1Char('x'));
    for (const char *key : {"path", "exact", "prefix"})
        if (out.path.isEmpty())
            out.path = textAt(match, key);
    out.path.replace(QRegularExpression(QStringLiteral("\\{[^}]*\\}")), QStringLiteral("1"));
    out.path = textAt(group, "prefix") + (out.path.isEmpty() ? QStringLiteral("/") : out.path);
    const auto each = [&](const char *key, const std::function<void(const QString &, const QString &)> &use) {
        const schema::Node *map = match ? match->find(key) : nullptr;
        for (const schema::Member &member : map ? map->members : std::vector<schema::Member>())
            if (const auto value = valueFor(member.value))
                use(q(member.key.text), *value);
    };
    each("headers", [&](const QString &name, const QString &value) { out.headers << name + QStringLiteral(": ") + value; });
    each("query", [&](const QString &name, const QString &value) { out.path += (out.path.contains(QLatin1Char('?')) ? QLatin1Char('&') : QLatin1Char('?')) + name + QLatin1Char('=') + value; });
    return out;
}

QString RouteEdits::exampleCurl(const QString &route) const
{
    const Example example = exampleOf(route);
    QString line = QStringLiteral("curl ");
    if (example.method != QLatin1String("GET"))
        line += QStringLiteral("-X %1 ").arg(example.method);
    line += QStringLiteral("http://") + (example.host.isEmpty() ? QStringLiteral("127.0.0.1") : example.host) + example.path;
    for (const QString &header : example.headers)
        line += QStringLiteral(" -H '%1'").arg(header);
    return line;
}

QString RouteEdits::exampleWords(const QString &route) const
{
    const Example example = exampleOf(route);
    const QString request = example.method + QLatin1Char(' ') + example.host + example.path;
    return example.headers.isEmpty() ? request : Step::tr("%1 with %2").arg(request, example.headers.join(QStringLiteral(", ")));
}

} // namespace gatehouse::ui
