// What a panel is to the window. A panel is one folder of ui/; its public header declares `PanelInfo xxxPanel(…)`,
// which app/ puts into the table given to MainWindow. Panels never include each other: they ask the Navigator.
#pragma once

#include "ui/shell/navigator.h"
#include "ui/shell/tokens.h"
#include "ui/widgets/icons.h"

#include <QtCore/QList>
#include <QtCore/QVariant>
#include <QtWidgets/QWidget>

#include <functional>

namespace gatehouse::ui {

class Actions;
class PaletteProviders;

// What the window gives to each panel; the objects outlive it.
struct PanelContext {
    Navigator *navigator = nullptr;
    Actions *actions = nullptr;
    PaletteProviders *palette = nullptr; // to offer its named things in the command palette
};

// The mark on the rail: how many things need a person, in the hue of the worst. Nothing is shown for 0.
struct Badge {
    int count = 0;
    HueId hue = HueId::Client;
    QString meaning; // for the tooltip and a screen reader: "2 warnings"

    bool operator==(const Badge &) const = default;
};

class Panel : public QWidget {
    Q_OBJECT
public:
    explicit Panel(QWidget *parent = nullptr);

    // Brought forward: put the focus where work goes on. Called after each change to this panel.
    virtual void activate();
    // Goes to a place of this panel's; false when it no longer exists (the window then says so).
    virtual bool open(const Place &place);
    virtual void focusFilter() { } // Ctrl+F outside a text
    virtual void newItem() { } // Ctrl+N
    // Ctrl+E: the request that is selected, as text the Explain bar understands, and its exchange; empty: none.
    virtual QString selectedRequest(quint64 *exchange) const;
    // F8 and Shift+F8 (`direction` 1 and -1) within this panel: finding, held exchange. False: the window goes through
    // its list of problems.
    virtual bool nextProblem(int direction);
    // Escape: one level out. False: nothing was left to leave.
    virtual bool leave() { return false; }
    // For F6, in reading order; by default the panel alone.
    virtual QList<QWidget *> regions();

    // Splitters, columns, tabs, kept between sessions. Put every splitter and header in here under a name.
    virtual QVariantMap saveState() const { return {}; }
    virtual void restoreState(const QVariantMap &state);

    const Badge &badge() const { return m_badge; }

Q_SIGNALS:
    void badgeChanged();

protected:
    void setBadge(const Badge &badge);

private:
    Badge m_badge;
};

struct PanelInfo {
    QString id; // one of panels::
    QString title; // translated
    IconId icon;
    std::function<Panel *(const PanelContext &)> create; // called when first shown
};

} // namespace gatehouse::ui
