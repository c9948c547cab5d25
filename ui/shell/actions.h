// Named actions: what the menu, the command palette, the shortcut sheet and tooltips all read. An action has an id
// ("engine.start"), a text, a group and perhaps shortcuts, which a person can change.
#pragma once

#include "ui/widgets/icons.h"

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtGui/QKeySequence>

#include <functional>
#include <optional>

class QAction;
class QSettings;
class QWidget;

namespace gatehouse::ui {

struct ActionSpec {
    QString id; // "traffic.replay": the panel or "app", a dot, the verb
    QString text; // with mnemonic, as in a menu
    QString group; // head in menu and sheet: tr("Traffic")
    QList<QKeySequence> shortcuts;
    std::optional<IconId> icon;
    std::function<void()> run;
    bool checkable = false;
    bool inPalette = true;
};

class Actions final : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    // The shortcut acts while the focus is in `scope` (the window for global ones, a panel for its own). The action
    // belongs to the scope and dies with it. Two actions may share a shortcut where their scopes don't overlap.
    QAction *add(const ActionSpec &spec, QWidget *scope);
    QAction *find(const QString &id) const;
    QList<QAction *> all() const; // in the order they were added
    static QString groupOf(const QAction *action);
    static bool inPalette(const QAction *action);

    // A person's choice; an empty list takes the shortcut away.
    void setShortcuts(const QString &id, const QList<QKeySequence> &shortcuts);
    QList<QKeySequence> defaultShortcuts(const QString &id) const;
    // The action of an overlapping scope that already has it, or null.
    QAction *conflict(const QString &id, const QKeySequence &shortcut) const;
    void load(QSettings &settings); // also applied to actions added later
    void save(QSettings &settings) const; // only what differs from the defaults

Q_SIGNALS:
    void changed();

private:
    void decorate(QAction *action) const;

    QList<QAction *> m_actions;
    QHash<QString, QList<QKeySequence>> m_chosen;
};

} // namespace gatehouse::ui
