#include "ui/routes/chain.h"

#include "gateway/config/policykinds.h"
#include "ui/forms/editor.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

namespace gatehouse::ui {

namespace {

QString q(const std::string &text) { return QString::fromStdString(text); }

struct Chain {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::Chain)
};

QString textAt(const schema::Node *node, const char *key)
{
    const schema::Node *value = node ? node->find(key) : nullptr;
    if (!value)
        return {};
    if (value->isScalar())
        return q(value->text);
    QStringList items;
    for (const schema::Node &item : value->items)
        items << q(item.text);
    return items.join(QStringLiteral(", "));
}

PolicyEntryView viewOf(const config::Document &document, const config::Location &at, const QString &owner, OwnerKind ownerKind)
{
    PolicyEntryView view;
    view.at = at;
    view.owner = owner;
    view.ownerKind = ownerKind;
    const schema::Node *entry = document.at(at);
    config::Location from = at;
    if (entry && entry->isScalar()) {
        view.shared = view.title = q(entry->text);
        view.sharedUses = routesMeeting(document, entry->text);
        const auto shared = document.find("policy", entry->text);
        if (!shared)
            return view;
        from = *shared;
        entry = document.at(from);
    }
    for (const schema::Member &member : entry ? entry->members : std::vector<schema::Member>())
        if (config::policyKind(member.key.text)) {
            view.kind = member.key.text;
            view.record = {from.file, from.path / schema::Step(member.key.text), 0};
            view.summary = policySummary(view.kind, &member.value);
        }
    if (view.title.isEmpty())
        view.title = textAt(entry, "name");
    if (view.title.isEmpty())
        view.title = q(view.kind); // as Why and the tables name it
    view.enabled = textAt(entry, "enabled") != QLatin1String("false");
    view.shadow = textAt(entry, "mode") == QLatin1String("shadow");
    return view;
}

void addChain(std::vector<PolicyEntryView> &out, const config::Document &document, const char *kind, const QString &name, const QString &shownOwner, OwnerKind ownerKind)
{
    const auto owner = document.find(kind, name.toStdString());
    const schema::Node *node = owner ? document.at(*owner) : nullptr;
    const schema::Node *list = node ? node->find("policies") : nullptr;
    for (size_t i = 0; list && i < list->items.size(); ++i)
        out.push_back(viewOf(document, {owner->file, owner->path / schema::Step("policies") / schema::Step(i), 0}, shownOwner, ownerKind));
}

// "request sets x-shop; response sets x-served-by"
QString editsSummary(const schema::Node *record)
{
    QStringList parts;
    for (const char *side : {"request", "response"}) {
        const schema::Node *edits = record ? record->find(side) : nullptr;
        QStringList names;
        for (const schema::Member &member : edits ? edits->members : std::vector<schema::Member>()) {
            if (member.value.isScalar())
                names << q(member.value.text);
            for (const schema::Member &field : member.value.members)
                names << q(field.key.text);
            for (const schema::Node &item : member.value.items)
                names << q(item.text);
        }
        if (!names.isEmpty())
            parts << (side == std::string_view("request") ? Chain::tr("request: %1") : Chain::tr("response: %1")).arg(names.join(QStringLiteral(", ")));
    }
    return parts.join(QStringLiteral("; "));
}

} // namespace

int routesMeeting(const config::Document &document, const std::string &policy)
{
    const auto names = [&](const char *kind, const std::string &owner) {
        const auto at = document.find(kind, owner);
        const schema::Node *node = at ? document.at(*at) : nullptr;
        const schema::Node *list = node ? node->find("policies") : nullptr;
        return list && std::any_of(list->items.begin(), list->items.end(), [&](const schema::Node &entry) { return entry.isScalar() && entry.text == policy; });
    };
    const auto routes = document.things("route");
    for (const config::NamedThing &listener : document.things("listener"))
        if (names("listener", listener.name))
            return int(routes.size());
    return int(std::count_if(routes.begin(), routes.end(), [&](const config::NamedThing &route) {
        const schema::Node *node = document.at(route.at);
        const schema::Node *group = node ? node->find("group") : nullptr;
        return names("route", route.name) || (group && names("group", group->text));
    }));
}

QString policyKindName(const std::string &kind)
{
    static const std::pair<const char *, const char *> names[] = {
        {"rate-limit", QT_TRANSLATE_NOOP("policy", "Rate limit")}, {"key-auth", QT_TRANSLATE_NOOP("policy", "Key authentication")},
        {"ip-filter", QT_TRANSLATE_NOOP("policy", "IP filter")},   {"cors", QT_TRANSLATE_NOOP("policy", "CORS")},
        {"request-id", QT_TRANSLATE_NOOP("policy", "Request id")}, {"headers", QT_TRANSLATE_NOOP("policy", "Headers")},
    };
    for (const auto &[key, name] : names)
        if (kind == key)
            return QCoreApplication::translate("policy", name);
    return keyLabel(kind);
}

QString policySummary(const std::string &kind, const schema::Node *record)
{
    if (kind == "rate-limit") {
        QString text = Chain::tr("%1 per %2").arg(textAt(record, "requests"), textAt(record, "per"));
        if (const QString burst = textAt(record, "burst"); !burst.isEmpty())
            text += Chain::tr(", burst %1").arg(burst);
        if (const QString by = textAt(record, "by"); !by.isEmpty())
            text += Chain::tr(", by %1").arg(by);
        return text;
    }
    if (kind == "key-auth") {
        for (const char *place : {"query", "cookie"})
            if (const QString name = textAt(record, place); !name.isEmpty())
                return q(place) + QLatin1Char(' ') + name;
        const QString header = textAt(record, "header");
        return Chain::tr("header %1").arg(header.isEmpty() ? QStringLiteral("x-api-key") : header);
    }
    if (kind == "request-id") {
        const QString header = textAt(record, "header"), format = textAt(record, "format");
        return Chain::tr("sets %1, %2").arg(header.isEmpty() ? QStringLiteral("x-request-id") : header, format.isEmpty() ? QStringLiteral("uuid7") : format);
    }
    if (kind == "headers")
        return editsSummary(record);
    QStringList parts;
    for (const schema::Member &member : record ? record->members : std::vector<schema::Member>()) {
        const QString text = textAt(record, member.key.text.c_str());
        parts << (text.isEmpty() ? keyLabel(member.key.text).toLower() : keyLabel(member.key.text).toLower() + QLatin1Char(' ') + text);
    }
    return parts.isEmpty() ? Chain::tr("as usual") : parts.mid(0, 3).join(QStringLiteral(", "));
}

std::vector<PolicyEntryView> chainOf(const config::Document &document, OwnerKind kind, const QString &owner)
{
    std::vector<PolicyEntryView> out;
    if (kind == OwnerKind::SharedPolicy) {
        if (const auto at = document.find("policy", owner.toStdString())) {
            PolicyEntryView view = viewOf(document, *at, {}, OwnerKind::SharedPolicy);
            view.shared = owner;
            view.sharedUses = routesMeeting(document, owner.toStdString());
            out.push_back(std::move(view));
        }
        return out;
    }
    QString group;
    if (kind == OwnerKind::Route) {
        const auto at = document.find("route", owner.toStdString());
        group = textAt(at ? document.at(*at) : nullptr, "group");
    } else if (kind == OwnerKind::Group) {
        group = owner;
    }
    if (kind != OwnerKind::Listener)
        for (const config::NamedThing &listener : document.things("listener"))
            addChain(out, document, "listener", q(listener.name), q(listener.name), OwnerKind::Listener);
    if (!group.isEmpty())
        addChain(out, document, "group", group, kind == OwnerKind::Group ? QString() : group, OwnerKind::Group);
    if (kind == OwnerKind::Route || kind == OwnerKind::Listener)
        addChain(out, document, kindName(kind), owner, {}, kind);
    return out;
}

} // namespace gatehouse::ui
