#include "ui/routes/routetree.h"

#include "gateway/config/policykinds.h"
#include "ui/routes/chain.h"
#include "ui/widgets/format.h"

#include <QtCore/QMimeData>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>

namespace gatehouse::ui {

namespace {

QString q(const std::string &text) { return QString::fromStdString(text); }

QString textAt(const schema::Node *node, const char *key)
{
    const schema::Node *value = node ? node->find(key) : nullptr;
    return value && value->isScalar() ? q(value->text) : QString();
}

QStringList textsAt(const schema::Node *node, const char *key)
{
    QStringList out;
    if (const schema::Node *value = node ? node->find(key) : nullptr) {
        if (value->isScalar())
            out << q(value->text);
        for (const schema::Node &item : value->items)
            out << q(item.text);
    }
    return out;
}

QString pathOf(const schema::Node *match)
{
    for (const char *key : {"path", "exact", "regex"})
        if (const QString text = textAt(match, key); !text.isEmpty())
            return text;
    const QString prefix = textAt(match, "prefix");
    return prefix.isEmpty() ? QString() : prefix + (prefix.endsWith(QLatin1Char('/')) ? QStringLiteral("…") : QStringLiteral("/…"));
}

QString policiesOf(const schema::Node *owner)
{
    QStringList out;
    const schema::Node *list = owner ? owner->find("policies") : nullptr;
    if (!list)
        return {};
    for (const schema::Node &entry : list->items) {
        if (entry.isScalar()) {
            out << q(entry.text);
            continue;
        }
        for (const schema::Member &member : entry.members)
            if (config::policyKind(member.key.text))
                out << q(member.key.text);
    }
    return out.join(QStringLiteral(", "));
}

void describeTarget(RouteItem &item, const schema::Node *to)
{
    static constexpr struct { const char *key; IconId icon; } unusual[] = {{"mock", IconId::Braces}, {"respond", IconId::Text}, {"redirect", IconId::External}};
    if (const QString upstream = textAt(to, "upstream"); !upstream.isEmpty())
        item.target = upstream;
    for (const auto &kind : unusual)
        if (to && to->find(kind.key)) {
            item.icon = kind.icon;
            item.hasIcon = true;
            const QString name = textAt(to, kind.key);
            item.target = q(kind.key) + (name.isEmpty() ? QString() : QLatin1Char(' ') + name);
        }
}

bool sameShape(const RouteItem &a, const RouteItem &b)
{
    return a.kind == b.kind && a.name == b.name && a.children.size() == b.children.size()
        && std::equal(a.children.begin(), a.children.end(), b.children.begin(), [](const auto &x, const auto &y) { return sameShape(*x, *y); });
}

// Takes over what is shown; the items themselves, to which indexes point, stay.
void takeOver(RouteItem &into, RouteItem &from)
{
    for (size_t i = 0; i < into.children.size(); ++i)
        takeOver(*into.children[i], *from.children[i]);
    from.children = std::move(into.children);
    from.parent = into.parent;
    into = std::move(from);
    for (auto &child : into.children)
        child->parent = &into;
}

// Null: no route stands there.
const RouteItem *routeAt(const RouteItem &parent, int row)
{
    const RouteItem *item = row >= 0 && size_t(row) < parent.children.size() ? parent.children[size_t(row)].get() : nullptr;
    return item && item->kind == OwnerKind::Route ? item : nullptr;
}

RouteItem *add(RouteItem &parent, std::unique_ptr<RouteItem> child)
{
    child->parent = &parent;
    parent.children.push_back(std::move(child));
    return parent.children.back().get();
}

std::unique_ptr<RouteItem> section(const QString &head, const QString &detail = {})
{
    auto item = std::make_unique<RouteItem>();
    item->name = head;
    item->detail = detail;
    return item;
}

} // namespace

const char *kindName(OwnerKind kind)
{
    switch (kind) {
    case OwnerKind::Group: return "group";
    case OwnerKind::Route: return "route";
    case OwnerKind::Listener: return "listener";
    case OwnerKind::SharedPolicy: return "policy";
    case OwnerKind::Consumer: return "consumer";
    case OwnerKind::Section: break;
    }
    return "";
}

RouteTreeModel::RouteTreeModel(const api::Api &api, Session &session, QObject *parent)
    : QAbstractItemModel(parent), m_live(api.live), m_explain(api.explain), m_session(session), m_root(std::make_unique<RouteItem>())
{
    connect(&session, &Session::documentChanged, this, &RouteTreeModel::refresh);
    connect(&session, &Session::problemsChanged, this, &RouteTreeModel::refresh);
    connect(&session, &Session::applied, this, [this] {
        readOrder();
        refresh();
    });
    readOrder();
    refresh();
}

void RouteTreeModel::readOrder()
{
    m_places.clear();
    for (api::RoutePlace &place : m_explain.order())
        m_places[place.route] = std::move(place);
}

// What its match weighs is the engine's to say, and changes seldom; the priority is the document's, so that a move shows at once.
std::optional<api::RoutePlace> RouteTreeModel::placeOf(const config::NamedThing &thing) const
{
    const auto known = m_places.find(thing.name);
    if (known == m_places.end())
        return std::nullopt;
    api::RoutePlace place = known->second;
    const schema::Node *node = m_session.document().at(thing.at);
    bool valid = true;
    const QString written = textAt(node, "priority");
    const int priority = written.isEmpty() ? 0 : written.toInt(&valid);
    if (valid)
        place.priority = priority;
    return place;
}

// What is off, new or not valid yet stands behind the one that it follows in the file.
std::vector<config::NamedThing> RouteTreeModel::byMatch() const
{
    std::vector<config::NamedThing> routes = m_session.document().things("route");
    using Key = std::pair<int, size_t>;
    std::vector<std::pair<Key, config::NamedThing>> placed;
    Key last{std::numeric_limits<int>::min(), 0};
    for (config::NamedThing &thing : routes) {
        if (const auto place = placeOf(thing))
            last = {-place->priority, place->natural};
        placed.emplace_back(last, std::move(thing));
    }
    std::stable_sort(placed.begin(), placed.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    for (size_t i = 0; i < placed.size(); ++i)
        routes[i] = std::move(placed[i].second);
    return routes;
}

std::vector<api::RoutePlace> RouteTreeModel::places() const
{
    std::vector<api::RoutePlace> places;
    for (const config::NamedThing &thing : byMatch())
        if (auto place = placeOf(thing))
            places.push_back(std::move(*place));
    return places;
}

std::vector<api::RoutePlace> RouteTreeModel::siblings(const QString &route) const
{
    const config::Document &document = m_session.document();
    const auto groupOf = [&](const std::string &name) {
        const auto at = document.find("route", name);
        return textAt(at ? document.at(*at) : nullptr, "group");
    };
    const QString group = groupOf(route.toStdString());
    std::vector<api::RoutePlace> places = this->places();
    std::erase_if(places, [&](const api::RoutePlace &place) { return groupOf(place.route) != group; });
    return places;
}

void RouteTreeModel::setFilter(const QString &text)
{
    m_filter = text.trimmed();
    refresh();
}

void RouteTreeModel::countProblems(RouteItem &item, const config::Location &at) const
{
    for (const config::Problem &problem : m_session.problemsBelow(at))
        ++(problem.severity == config::Severity::Error ? item.errors : item.warnings);
}

std::unique_ptr<RouteItem> RouteTreeModel::routeItem(const config::NamedThing &thing) const
{
    const schema::Node *node = m_session.document().at(thing.at);
    const schema::Node *match = node ? node->find("match") : nullptr;
    auto item = std::make_unique<RouteItem>();
    item->kind = OwnerKind::Route;
    item->name = q(thing.name);
    const QStringList methods = textsAt(match, "methods");
    item->methods = methods.isEmpty() ? QStringLiteral("*") : methods.join(QLatin1Char(' '));
    item->match = textsAt(match, "hosts").join(QStringLiteral(", ")) + pathOf(match);
    item->enabled = textAt(node, "enabled") != QLatin1String("false");
    item->policies = policiesOf(node);
    describeTarget(*item, node ? node->find("to") : nullptr);
    countProblems(*item, thing.at);
    return item;
}

void RouteTreeModel::addRoutes(RouteItem &root) const
{
    const config::Document &document = m_session.document();
    RouteItem *routes = add(root, section(tr("Routes"), tr("req/s")));
    std::vector<std::pair<QString, RouteItem *>> groups;
    for (const config::NamedThing &thing : document.things("group")) {
        const schema::Node *node = document.at(thing.at);
        auto item = std::make_unique<RouteItem>();
        item->kind = OwnerKind::Group;
        item->name = q(thing.name);
        item->detail = textsAt(node, "hosts").join(QStringLiteral(", ")) + textAt(node, "prefix");
        countProblems(*item, thing.at);
        RouteItem *added = add(*routes, std::move(item));
        groups.emplace_back(added->name, added);
    }
    size_t ungrouped = 0;
    for (const config::NamedThing &thing : byMatch()) {
        auto item = routeItem(thing);
        const QString group = textAt(document.at(thing.at), "group");
        const auto at = std::find_if(groups.begin(), groups.end(), [&](const auto &g) { return g.first == group; });
        if (!passes(*item) && (at == groups.end() || !passes(*at->second)))
            continue;
        if (at != groups.end()) {
            add(*at->second, std::move(item));
            continue;
        }
        // Before the groups: below one it would look like a part of it.
        item->parent = routes;
        routes->children.insert(routes->children.begin() + std::ptrdiff_t(ungrouped++), std::move(item));
    }
    if (!m_filter.isEmpty())
        std::erase_if(routes->children, [this](const auto &child) { return child->kind == OwnerKind::Group && child->children.empty() && !passes(*child); });
}

void RouteTreeModel::addOthers(RouteItem &root) const
{
    const config::Document &document = m_session.document();
    static constexpr struct { OwnerKind kind; const char *head; IconId icon; } sections[] = {
        {OwnerKind::Listener, QT_TR_NOOP("Listeners"), IconId::Globe},
        {OwnerKind::SharedPolicy, QT_TR_NOOP("Shared policies"), IconId::Shield},
        {OwnerKind::Consumer, QT_TR_NOOP("Consumers"), IconId::Person},
    };
    for (const auto &wanted : sections) {
        auto head = section(tr(wanted.head));
        for (const config::NamedThing &thing : document.things(kindName(wanted.kind))) {
            const schema::Node *node = document.at(thing.at);
            auto item = std::make_unique<RouteItem>();
            item->kind = wanted.kind;
            item->name = q(thing.name);
            item->icon = wanted.icon;
            item->hasIcon = true;
            if (wanted.kind == OwnerKind::Listener)
                item->detail = textAt(node, "address");
            if (wanted.kind == OwnerKind::Consumer)
                item->detail = (textsAt(node, "groups") << tr("%n key(s)", nullptr, int(textsAt(node, "api-keys").size()))).join(QStringLiteral(", "));
            if (wanted.kind == OwnerKind::SharedPolicy) {
                item->detail = tr("used by %n route(s)", nullptr, routesMeeting(document, thing.name));
                for (const schema::Member &member : node ? node->members : std::vector<schema::Member>())
                    if (config::policyKind(member.key.text))
                        item->icon = policyIcon(member.key.text);
            }
            countProblems(*item, thing.at);
            if (passes(*item))
                add(*head, std::move(item));
        }
        if (!head->children.empty())
            add(root, std::move(head));
    }
}

bool RouteTreeModel::passes(const RouteItem &item) const
{
    if (m_filter.isEmpty())
        return true;
    for (const QString &text : {item.name, item.detail, item.methods, item.match, item.target, item.policies})
        if (text.contains(m_filter, Qt::CaseInsensitive))
            return true;
    return false;
}

std::unique_ptr<RouteItem> RouteTreeModel::build() const
{
    auto root = std::make_unique<RouteItem>();
    if (m_session.isOpen()) {
        addRoutes(*root);
        addOthers(*root);
    }
    return root;
}

void RouteTreeModel::refresh()
{
    auto fresh = build();
    if (sameShape(*m_root, *fresh)) {
        takeOver(*m_root, *fresh);
        refreshRates();
        Q_EMIT readAgain();
        return;
    }
    Q_EMIT aboutToRebuild();
    beginResetModel();
    m_root = std::move(fresh);
    endResetModel();
    refreshRates();
    Q_EMIT rebuilt();
}

void RouteTreeModel::refreshRates()
{
    std::map<QString, const api::RouteLive *> byName;
    const std::vector<api::RouteLive> live = m_live.routes();
    for (const api::RouteLive &route : live)
        byName[q(route.name)] = &route;
    const std::function<void(RouteItem &)> walk = [&](RouteItem &item) {
        if (item.kind == OwnerKind::Route) {
            const auto at = byName.find(item.name);
            item.perSecond = at == byName.end() ? 0 : at->second->perSecond;
            item.errorsPerSecond = at == byName.end() ? 0 : at->second->errorsPerSecond;
        }
        for (auto &child : item.children)
            walk(*child);
        if (!item.children.empty() && item.kind != OwnerKind::Route) {
            const QModelIndex first = indexOf(item.children.front().get()), last = indexOf(item.children.back().get());
            Q_EMIT dataChanged(first, last);
        }
    };
    walk(*m_root);
}

QModelIndex RouteTreeModel::indexOf(const RouteItem *item) const
{
    if (!item || !item->parent)
        return {};
    const auto &siblings = item->parent->children;
    const auto at = std::find_if(siblings.begin(), siblings.end(), [&](const auto &child) { return child.get() == item; });
    return createIndex(int(at - siblings.begin()), 0, const_cast<RouteItem *>(item));
}

QModelIndex RouteTreeModel::find(OwnerKind kind, const QString &name) const
{
    std::function<const RouteItem *(const RouteItem &)> search = [&](const RouteItem &item) -> const RouteItem * {
        if (item.kind == kind && item.name == name && item.parent)
            return &item;
        for (const auto &child : item.children)
            if (const RouteItem *found = search(*child))
                return found;
        return nullptr;
    };
    return indexOf(search(*m_root));
}

std::vector<const RouteItem *> RouteTreeModel::routes() const
{
    std::vector<const RouteItem *> out;
    const std::function<void(const RouteItem &)> walk = [&](const RouteItem &item) {
        if (item.kind == OwnerKind::Route)
            out.push_back(&item);
        for (const auto &child : item.children)
            walk(*child);
    };
    walk(*m_root);
    return out;
}

std::vector<const RouteItem *> RouteTreeModel::routesByMatch() const
{
    std::vector<const RouteItem *> out = routes();
    if (out.empty())
        return out;
    const std::vector<config::NamedThing> things = byMatch();
    std::map<QString, size_t> rank;
    for (size_t i = 0; i < things.size(); ++i)
        rank.emplace(q(things[i].name), i);
    std::stable_sort(out.begin(), out.end(), [&](const RouteItem *a, const RouteItem *b) { return rank[a->name] < rank[b->name]; });
    return out;
}

const RouteItem *RouteTreeModel::at(const QModelIndex &index) const { return index.isValid() ? static_cast<const RouteItem *>(index.internalPointer()) : nullptr; }

QModelIndex RouteTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    const RouteItem *item = parent.isValid() ? at(parent) : m_root.get();
    return row >= 0 && column == 0 && size_t(row) < item->children.size() ? createIndex(row, 0, item->children[size_t(row)].get()) : QModelIndex();
}

QModelIndex RouteTreeModel::parent(const QModelIndex &child) const
{
    const RouteItem *item = at(child);
    return item && item->parent != m_root.get() ? indexOf(item->parent) : QModelIndex();
}

int RouteTreeModel::rowCount(const QModelIndex &parent) const { return int((parent.isValid() ? at(parent) : m_root.get())->children.size()); }

Qt::ItemFlags RouteTreeModel::flags(const QModelIndex &index) const
{
    const RouteItem *item = at(index);
    if (!item)
        return Qt::NoItemFlags;
    Qt::ItemFlags flags = Qt::ItemIsEnabled;
    if (item->kind != OwnerKind::Section)
        flags |= Qt::ItemIsSelectable;
    if (item->kind == OwnerKind::Route && hasPlace(item->name)) // not one that is off or not valid
        flags |= Qt::ItemIsDragEnabled;
    if (item->kind == OwnerKind::Group || item->kind == OwnerKind::Section)
        flags |= Qt::ItemIsDropEnabled; // between what stands below it
    return flags;
}

QStringList RouteTreeModel::mimeTypes() const { return {QStringLiteral("application/x-gatehouse-route")}; }

QMimeData *RouteTreeModel::mimeData(const QModelIndexList &indexes) const
{
    const RouteItem *item = indexes.isEmpty() ? nullptr : at(indexes.first());
    if (!item || item->kind != OwnerKind::Route)
        return nullptr;
    auto *data = new QMimeData;
    // Of this window: another's route of that name is another route.
    data->setData(mimeTypes().first(), QByteArray::number(quintptr(this)) + ' ' + item->name.toUtf8());
    return data;
}

const RouteItem *RouteTreeModel::carried(const QMimeData *data) const
{
    const QByteArray text = data ? data->data(mimeTypes().first()) : QByteArray();
    const qsizetype space = text.indexOf(' ');
    if (space < 0 || text.left(space) != QByteArray::number(quintptr(this)))
        return nullptr;
    return at(find(OwnerKind::Route, QString::fromUtf8(text.mid(space + 1))));
}

bool RouteTreeModel::canDropMimeData(const QMimeData *data, Qt::DropAction, int row, int, const QModelIndex &parent) const
{
    const RouteItem *item = carried(data);
    if (!item || row < 0 || at(parent) != item->parent)
        return false;
    return routeAt(*item->parent, row - 1) || routeAt(*item->parent, row); // not between groups
}

bool RouteTreeModel::dropMimeData(const QMimeData *data, Qt::DropAction action, int row, int column, const QModelIndex &parent)
{
    if (!canDropMimeData(data, action, row, column, parent))
        return false;
    const RouteItem *item = carried(data);
    const auto nameAt = [&](int at) {
        const RouteItem *route = routeAt(*item->parent, at);
        return route ? route->name : QString();
    };
    Q_EMIT dropped(QString(item->name), nameAt(row - 1), nameAt(row));
    return false; // nothing is taken out of this model: it is made anew from the document
}

QVariant RouteTreeModel::data(const QModelIndex &index, int role) const
{
    const RouteItem *item = at(index);
    if (!item)
        return {};
    switch (role) {
    case Qt::DisplayRole: return item->name;
    case ItemRole: return QVariant::fromValue(item);
    case Qt::AccessibleTextRole: {
        QStringList parts{item->name, item->methods, item->detail, item->target};
        if (item->errors)
            parts << tr("%n error(s)", nullptr, item->errors);
        if (item->warnings)
            parts << tr("%n warning(s)", nullptr, item->warnings);
        if (!item->enabled)
            parts << tr("off");
        if (item->kind == OwnerKind::Route)
            parts << tr("%1 requests a second").arg(formatRate(item->perSecond));
        parts.removeAll(QString());
        return parts.join(QStringLiteral(", "));
    }
    default: return {};
    }
}

} // namespace gatehouse::ui
