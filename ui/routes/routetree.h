// Everything that owns policies, and the shared policies, as a tree. Made from the document, with rates from the engine; what did
// not change keeps its place when either comes anew.
#pragma once

#include "gateway/api/api.h"
#include "ui/models/session.h"
#include "ui/shell/tokens.h"
#include "ui/widgets/icons.h"

#include <QtCore/QAbstractItemModel>

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
    RouteTreeModel(const api::Live &live, Session &session, QObject *parent);

    void setFilter(const QString &text);
    void refresh();      // from the document
    void refreshRates(); // from the engine
    QModelIndex find(OwnerKind kind, const QString &name) const;
    const RouteItem *at(const QModelIndex &index) const;
    // All routes, in file order within their groups.
    std::vector<const RouteItem *> routes() const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &) const override { return 1; }
    QVariant data(const QModelIndex &index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

Q_SIGNALS:
    void aboutToRebuild();
    void rebuilt();

private:
    std::unique_ptr<RouteItem> build() const;
    void addRoutes(RouteItem &root) const;
    void addOthers(RouteItem &root) const;
    std::unique_ptr<RouteItem> routeItem(const config::NamedThing &thing) const;
    void countProblems(RouteItem &item, const config::Location &at) const;
    bool passes(const RouteItem &item) const;
    QModelIndex indexOf(const RouteItem *item) const;

    const api::Live &m_live;
    Session &m_session;
    std::unique_ptr<RouteItem> m_root;
    QString m_filter;
};

} // namespace gatehouse::ui
Q_DECLARE_METATYPE(const gatehouse::ui::RouteItem *)
