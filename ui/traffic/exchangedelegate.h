// Draws all columns of the traffic table from one plain row. Texts are laid out once and kept, as static texts.
#pragma once

#include "ui/models/exchangemodel.h"
#include "ui/shell/tokens.h"
#include "ui/widgets/marks.h"

#include <QtCore/QCache>
#include <QtGui/QStaticText>
#include <QtWidgets/QStyledItemDelegate>

namespace gatehouse::ui {

class ExchangeDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    // After a change of fonts.
    void forget() { m_texts.clear(); }
    void setHoveredRow(int row) { m_hoveredRow = row; }

private:
    enum class Face : uint8_t { Text, Wire };
    struct Laid { QStaticText text; qreal width = 0; };
    const Laid &lay(Face face, const QString &text) const;
    // Draws and returns the width; what does not fit is elided.
    qreal draw(QPainter *painter, Face face, const QColor &color, qreal x, const QRect &cell, const QString &text, qreal room, Qt::TextElideMode mode = Qt::ElideRight) const;
    void drawRight(QPainter *painter, Face face, const QColor &color, const QRect &cell, const QString &text) const;
    void drawPair(QPainter *painter, const QRect &cell, const QString &first, const QColor &color, const QString &second, const QColor &quieter, Qt::TextElideMode mode) const;
    void paintStatus(QPainter *painter, const QRect &cell, const ExchangeRow &shown) const;
    void paintHost(QPainter *painter, const QRect &cell, const observe::Row &row) const;
    void paintPath(QPainter *painter, const QRect &cell, const observe::Row &row) const;
    void paintDuration(QPainter *painter, const QRect &cell, const observe::Row &row) const;

    mutable QCache<std::pair<int, QString>, Laid> m_texts{8192};
    int m_hoveredRow = -1;
};

Mark markOf(const observe::Row &row);
Verdict verdictOf(const observe::Row &row);

} // namespace gatehouse::ui
