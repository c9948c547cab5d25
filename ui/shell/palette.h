// What the command palette offers, and how a query is matched. Panels register providers of their named things; the
// actions come from Actions. The widget is in commandpalette.h.
#pragma once

#include "ui/widgets/icons.h"

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QString>

#include <functional>
#include <optional>

namespace gatehouse::ui {

// One of the things that can be done with an item (Tab).
struct PaletteCommand {
    QString text;
    IconId icon = IconId::Bolt;
    QString shortcut;
    std::function<void()> run;
};

struct PaletteItem {
    QString group; // head it stands under: tr("Routes")
    IconId icon = IconId::Dot;
    QString name;
    QString detail; // what it is; searched too, at a lower rank
    QString state; // at the right: "402 req/s", a shortcut
    std::function<void()> open;
    QList<PaletteCommand> commands;
    bool isAction = false; // what `>` keeps
};

using PaletteProvider = std::function<QList<PaletteItem>()>;

class PaletteProviders final : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    // Asked for all it has each time the palette opens. Forgotten with `owner`.
    void add(QObject *owner, const PaletteProvider &provider);
    QList<PaletteItem> collect() const;

private:
    QList<std::pair<QObject *, PaletteProvider>> m_providers;
};

struct PaletteMatch {
    int score = 0; // higher is better
    QList<qsizetype> hits; // positions in the name that matched, ascending
};

// Every word of the query must occur in the name or the detail, as a run or as a sequence of letters; a run at the
// start of a word ranks highest. Letters' case does not matter.
std::optional<PaletteMatch> matchPalette(const QString &query, const QString &name, const QString &detail);

struct PaletteHit {
    PaletteItem item;
    PaletteMatch match;
};
// At most `limit`, groups in the order of `items` (one with the very name first), hits within a group by rank. An empty
// query keeps all, as given.
QList<PaletteHit> rankPalette(const QList<PaletteItem> &items, const QString &query, int limit);

} // namespace gatehouse::ui
