// The bar at the top: menu, workspace, environment, engine, addresses, the field that opens the palette, undo, redo,
// notes.
#pragma once

#include "ui/shell/shellstate.h"

#include <QtWidgets/QWidget>

class QToolButton;

namespace gatehouse::ui {

class FlatButton;
class Actions;

class TopBar final : public QWidget {
    Q_OBJECT
public:
    TopBar(Actions *actions, QWidget *parent);
    void setState(const ShellState &state);
    QSize minimumSizeHint() const override { return { 400, height() }; }
    void setUnreadNotes(int count);
    void setMenuWidth(int width); // as wide as the rail below

    FlatButton *menuButton() const { return m_menu; }
    FlatButton *workspaceButton() const { return m_workspace; }
    FlatButton *environmentButton() const { return m_environment; }
    FlatButton *engineButton() const { return m_engine; }
    FlatButton *engineToggle() const { return m_toggle; }
    FlatButton *addressButton() const { return m_address; }
    FlatButton *moreAddresses() const { return m_more; }
    FlatButton *notesButton() const { return m_notes; }

Q_SIGNALS:
    void menuRequested();
    void workspaceRequested();
    void environmentRequested();
    void engineClicked();
    void engineToggled();
    void copyAddressRequested();
    void moreAddressesRequested();
    void paletteRequested();
    void notesRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    class SearchButton;
    FlatButton *m_menu, *m_workspace, *m_environment, *m_engine, *m_toggle, *m_address, *m_copy, *m_more, *m_notes;
    QWidget *m_engineGroup, *m_addressGroup, *m_separator;
    SearchButton *m_search;
    QToolButton *m_undo, *m_redo;
    Actions *m_actions;
};

// The word for the engine's state, never only a colour.
QString engineWord(const ShellState &state);

} // namespace gatehouse::ui
