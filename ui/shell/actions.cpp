#include "ui/shell/actions.h"

#include <QtCore/QHash>
#include <QtCore/QSettings>
#include <QtGui/QAction>
#include <QtWidgets/QWidget>

namespace gatehouse::ui {
namespace {

constexpr char groupProperty[] = "gatehouseGroup";
constexpr char defaultsProperty[] = "gatehouseDefaults";
constexpr char paletteProperty[] = "gatehouseInPalette";

QStringList toText(const QList<QKeySequence> &keys)
{
    QStringList list;
    for (const QKeySequence &key : keys)
        list << key.toString(QKeySequence::PortableText);
    return list;
}

QList<QKeySequence> fromText(const QStringList &list)
{
    QList<QKeySequence> keys;
    for (const QString &text : list)
        if (const QKeySequence key(text, QKeySequence::PortableText); !key.isEmpty())
            keys << key;
    return keys;
}

} // namespace

QAction *Actions::add(const ActionSpec &spec, QWidget *scope)
{
    Q_ASSERT_X(!find(spec.id), "Actions::add", qPrintable(spec.id));
    auto *action = new QAction(spec.text, scope);
    action->setObjectName(spec.id);
    action->setProperty(groupProperty, spec.group);
    action->setProperty(defaultsProperty, toText(spec.shortcuts));
    action->setProperty(paletteProperty, spec.inPalette);
    action->setCheckable(spec.checkable);
    if (spec.icon)
        action->setIcon(makeIcon(*spec.icon));
    action->setShortcutContext(scope->isWindow() ? Qt::WindowShortcut : Qt::WidgetWithChildrenShortcut);
    action->setShortcuts(m_chosen.contains(spec.id) ? m_chosen.value(spec.id) : spec.shortcuts);
    decorate(action);
    scope->addAction(action);
    if (spec.run)
        connect(action, &QAction::triggered, action, [run = spec.run] { run(); });
    connect(action, &QObject::destroyed, this, [this](QObject *gone) {
        m_actions.removeIf([gone](QAction *a) { return static_cast<QObject *>(a) == gone; });
        Q_EMIT changed();
    });
    m_actions << action;
    Q_EMIT changed();
    return action;
}

QAction *Actions::find(const QString &id) const
{
    for (QAction *action : m_actions)
        if (action->objectName() == id)
            return action;
    return nullptr;
}

QList<QAction *> Actions::all() const { return m_actions; }
QString Actions::groupOf(const QAction *action) { return action->property(groupProperty).toString(); }
bool Actions::inPalette(const QAction *action) { return action->property(paletteProperty).toBool(); }

// The tooltip carries the shortcut, as on every button that shows the action.
void Actions::decorate(QAction *action) const
{
    const QString plain = QString(action->text()).remove(QLatin1Char('&'));
    const QString keys = action->shortcut().toString(QKeySequence::NativeText);
    action->setToolTip(keys.isEmpty() ? plain : tr("%1 (%2)").arg(plain, keys));
}

void Actions::setShortcuts(const QString &id, const QList<QKeySequence> &shortcuts)
{
    if (shortcuts == defaultShortcuts(id))
        m_chosen.remove(id);
    else
        m_chosen.insert(id, shortcuts);
    if (QAction *action = find(id)) {
        action->setShortcuts(shortcuts);
        decorate(action);
    }
    Q_EMIT changed();
}

QList<QKeySequence> Actions::defaultShortcuts(const QString &id) const
{
    const QAction *action = find(id);
    return action ? fromText(action->property(defaultsProperty).toStringList()) : QList<QKeySequence>();
}

QAction *Actions::conflict(const QString &id, const QKeySequence &shortcut) const
{
    const QAction *self = find(id);
    const auto *scope = self ? qobject_cast<QWidget *>(self->parent()) : nullptr;
    for (QAction *other : m_actions) {
        const auto *area = qobject_cast<QWidget *>(other->parent());
        const bool overlaps =
            scope && area && (scope == area || scope->isAncestorOf(area) || area->isAncestorOf(scope));
        if (other != self && overlaps && other->shortcuts().contains(shortcut))
            return other;
    }
    return nullptr;
}

void Actions::load(QSettings &settings)
{
    settings.beginGroup(QStringLiteral("shortcuts"));
    for (const QString &id : settings.childKeys()) {
        const QList<QKeySequence> keys = fromText(settings.value(id).toStringList());
        m_chosen.insert(id, keys);
        if (find(id))
            setShortcuts(id, keys);
    }
    settings.endGroup();
}

void Actions::save(QSettings &settings) const
{
    settings.remove(QStringLiteral("shortcuts"));
    settings.beginGroup(QStringLiteral("shortcuts"));
    for (auto it = m_chosen.cbegin(); it != m_chosen.cend(); ++it)
        settings.setValue(it.key(), toText(it.value()));
    settings.endGroup();
}

} // namespace gatehouse::ui
