// The table of exchanges: columns that a person chooses, orders and sizes; follows the newest until somebody scrolls up or
// selects, then counts what comes.
#pragma once

#include "ui/models/exchangemodel.h"

#include <QtWidgets/QTableView>

class QPushButton;

namespace gatehouse::ui {

class ExchangeDelegate;

class ExchangeTable final : public QTableView {
    Q_OBJECT
public:
    explicit ExchangeTable(ExchangeModel &model, QWidget *parent = nullptr);

    bool follows() const { return m_follow; }
    void setFollow(bool follow);
    int unseen() const { return m_unseen; }
    // Of the current row; 0: none.
    uint64_t currentId() const;
    void selectId(uint64_t id);
    std::vector<observe::Row> selectedRows() const; // in the order of the table
    std::vector<int> visibleColumns() const;        // as they stand, left to right

    QByteArray saveColumns() const;
    bool restoreColumns(const QByteArray &state);
    void chooseColumns(const QPoint &globalPos);

Q_SIGNALS:
    void followChanged(bool follow);
    void currentIdChanged(quint64 id);
    void opened(); // Enter: into the detail
    void left();   // Escape

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;
    void rowsAboutToBeRemoved(const QModelIndex &parent, int start, int end) override;

private:
    void defaultColumns();
    void measure();
    void clickHeader(int section);
    void showFooter();
    void letGo();
    void hover(int row);

    ExchangeModel &m_model;
    ExchangeDelegate *m_delegate;
    QPushButton *m_footer;
    bool m_follow = true;
    int m_unseen = 0;
    int m_hovered = -1;
};

} // namespace gatehouse::ui
