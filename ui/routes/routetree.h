// Everything that owns policies, and the shared policies, as a tree. Made from the document, with rates from the engine; what did
// not change keeps its place when either comes anew.
#pragma once

#include "gateway/api/api.h"
#include "ui/models/session.h"
#include "ui/shell/tokens.h"
#include "ui/widgets/icons.h"

#include <QtCore/QAbstractItemModel>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace gatehouse::ui {

enum class OwnerKind { Section, Group, Route, Listener, SharedPolicy, Consumer };
// "route", as the document names it; empty for a section.
const char *kindName(OwnerKind kind);

struct RouteItem {
    OwnerKind kind = OwnerKind::Section;
    QString name;    // of the thing, or the section's head
    QString detail;  // "api.shop.localhost/v1", "127.0.0.1:8080", "used by 8 routes"
    QString methods; // of a route: "GET", "*", "PUT PATCH"
    QString target;  // "upstream orders": what the table and the search see
    QString policies;
    QString match;   // "/orders/{id}", for the table
    IconId icon = IconId::Dot; // of a target that is unusual, or of the thing
    bool hasIcon = false;
    bool enabled = true;
    int errors = 0, warnings = 0;
    double perSecond = 0, errorsPerSecond = 0;
    std::vector<std::unique_ptr<RouteItem>> children;
    RouteItem *parent = nullptr;
};

class RouteTreeModel final : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Role { ItemRole = Qt::UserRole }; // const RouteItem *
    RouteTreeModel(const api::Api &api, Session &session, QObject *parent);

    void setFilter(const QString &text);
    void refresh();      // from the document
    void refreshRates(); // from the engine
    QModelIndex find(OwnerKind kind, const QString &name) const;
    const RouteItem *at(const QModelIndex &index) const;
    // All routes, in the order of match within their groups, and across them.
    std::vector<const RouteItem *> routes() const;
    std::vector<const RouteItem *> routesByMatch() const;
    // Those that are on and valid, in the order of match; also those that the filter hides. siblings(): which stand beside the route in
    // the tree, it among them.
    std::vector<api::RoutePlace> places() const;
    std::vector<api::RoutePlace> siblings(const QString &route) const;
    bool hasPlace(const QString &route) const { return m_places.contains(route.toStdString()); }
    // The route of this window that is being dragged; null: something else is.
    const RouteItem *carried(const QMimeData *data) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &) const override { return 1; }
    QVariant data(const QModelIndex &index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    // A route can be dropped between those that stand beside it; what that means is for dropped() to say.
    QStringList mimeTypes() const override;
    QMimeData *mimeData(const QModelIndexList &indexes) const override;
    bool canDropMimeData(const QMimeData *data, Qt::DropAction action, int row, int column, const QModelIndex &parent) const override;
    bool dropMimeData(const QMimeData *data, Qt::DropAction action, int row, int column, const QModelIndex &parent) override;
    Qt::DropActions supportedDropActions() const override { return Qt::MoveAction; }

Q_SIGNALS:
    // Between these two; one of them may be empty.
    void dropped(const QString &route, const QString &behind, const QString &before);
    void aboutToRebuild();
    void rebuilt();
    void readAgain(); // the items are the same, but for what they show

private:
    std::unique_ptr<RouteItem> build() const;
    void addRoutes(RouteItem &root) const;
    void addOthers(RouteItem &root) const;
    std::unique_ptr<RouteItem> routeItem(const config::NamedThing &thing) const;
    void countProblems(RouteItem &item, const config::Location &at) const;
    bool passes(const RouteItem &item) const;
    QModelIndex indexOf(const RouteItem *item) const;

    void readOrder();
    std::optional<api::RoutePlace> placeOf(const config::NamedThing &thing) const;
    std::vector<config::NamedThing> byMatch() const;

    const api::Live &m_live;
    const api::Explain &m_explain;
    Session &m_session;
    std::map<std::string, api::RoutePlace> m_places; // by route
    std::unique_ptr<RouteItem> m_root;
    QString m_filter;
};

} // namespace gatehouse::ui
Q_DECLARE_METATYPE(const gatehouse::ui::RouteItem *)
