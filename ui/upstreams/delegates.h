// How upstreams and endpoints are drawn in their lists.
#pragma once

#include <QtWidgets/QStyledItemDelegate>

namespace gatehouse::ui {

struct EndpointRow;

// Two lines of 48: name and rate, a mark for each endpoint and one phrase.
class UpstreamDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

// Where the columns of an endpoint's row of 54 stand in a row that wide; the head paints with the same.
struct EndpointColumns {
    explicit EndpointColumns(int width);
    int mark, name, answers, share, inFlight, pool, latency, errors, button, end; // left edges; numbers end 12 before the next
};

class EndpointDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    bool editorEvent(QEvent *event, QAbstractItemModel *model, const QStyleOptionViewItem &option, const QModelIndex &index) override;

Q_SIGNALS:
    void toggled(int row); // Take out or Bring back

private:
    QRect buttonRect(const QRect &row) const;
};

// The names of the endpoints' columns, above their list.
class EndpointHead final : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace gatehouse::ui
