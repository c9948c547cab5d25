// What the Routes panel does to the document, one undo step each.
#pragma once

#include "ui/models/session.h"
#include "ui/routes/routetree.h"

namespace gatehouse::ui {

class RouteEdits final {
public:
    explicit RouteEdits(Session &session) : m_session(session) { }

    // Each gives the name of what is new; empty: nothing was added. `group` may be empty.
    QString addRoute(const QString &group);
    QString addGroup();
    QString addListener();
    QString addSharedPolicy();
    QString addConsumer();
    QString duplicate(OwnerKind kind, const QString &name);
    void remove(OwnerKind kind, const QString &name);
    void toggleRoute(const QString &name);
    void addHost(const QString &listener, const QString &host); // nothing where it is named already
    // Sets priorities so that the route matches there: `wanted` is the order that is wanted, with it at `moved`.
    void setOrder(const std::vector<api::RoutePlace> &wanted, size_t moved);
    QString asYaml(OwnerKind kind, const QString &name) const;
    // A request that the route would take, as a curl line to start from; and in words: "GET /v1/orders/1 with x-beta: 1".
    QString exampleCurl(const QString &route) const;
    QString exampleWords(const QString &route) const;

private:
    struct Example {
        QString method, host, path;
        QStringList headers; // "x-beta: 1"
    };
    Example exampleOf(const QString &route) const;
    QString insert(const char *section, const char *kind, schema::Node value, const QString &wish);
    std::optional<config::Location> placeOf(OwnerKind kind, const QString &name) const;

    Session &m_session;
};

} // namespace gatehouse::ui
