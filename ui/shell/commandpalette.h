// The command palette (Ctrl+K): a layer over the dimmed window with one field and one list. Enter opens, Tab lists what
// can be done with the item, `>` keeps actions only, a path or a curl line is explained. Escape gives the focus back.
#pragma once

#include "ui/shell/palette.h"

#include <QtCore/QPointer>
#include <QtWidgets/QWidget>

class QLineEdit;
class QListView;

namespace gatehouse::ui {

class PaletteModel;

class CommandPalette final : public QWidget {
    Q_OBJECT
public:
    // `host` is what is covered, normally the window's content.
    explicit CommandPalette(QWidget *host);

    // `collect` is called once per opening.
    void open(const std::function<QList<PaletteItem>()> &collect, const QString &text = {});
    void close();
    // Called with a path, URL or curl line that was entered.
    std::function<void(const QString &)> explain;

    QLineEdit *field() const { return m_field; }
    // The names shown, top to bottom, without heads: what tests and screen readers go through.
    QStringList shownNames() const;
    QString currentName() const;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void refresh();
    void place();
    void move(int step);
    void activate(int row);
    void enterCommands();
    bool leaveCommands();

    QPointer<QWidget> m_before;
    QWidget *m_box;
    QLineEdit *m_field;
    QListView *m_list;
    PaletteModel *m_model;
    QList<PaletteItem> m_items;
    std::optional<PaletteItem> m_opened; // the item whose commands are listed
    QString m_queryBefore;
};

bool looksLikeRequest(const QString &text); // "/path", "curl …", "https://…", "GET /path"

} // namespace gatehouse::ui
