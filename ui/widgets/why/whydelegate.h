// Draws the rows of an explanation on one spine: time in the margin, glyph, content. Measures are those of the design, scaled
// with the text.
#pragma once

#include "ui/widgets/why/whymodel.h"

#include <QtWidgets/QStyledItemDelegate>

#include <optional>

namespace gatehouse::ui {

class WhyDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    // The link below a point of the row, if there is one.
    std::optional<Run> linkAt(const QRect &row, const QModelIndex &index, const QPoint &point) const;

    void setSentenceHeight(int height) { m_sentenceHeight = height; }
    void setActionsHeight(int height) { m_actionsHeight = height; }
    void setHovered(const QModelIndex &index) { m_hovered = index; }

private:
    void paintSpine(QPainter *painter, const QRect &row, const WhyItem &item, const QModelIndex &index) const;
    void paintStage(QPainter *painter, const QRect &row, const WhyItem &item, bool folded) const;
    void paintMatrixHead(QPainter *painter, const QRect &row, bool asksOther) const;
    void paintCandidate(QPainter *painter, const QRect &row, const WhyItem &item, bool asksOther) const;
    void paintPolicy(QPainter *painter, const QRect &row, const WhyItem &item) const;
    void paintChange(QPainter *painter, const QRect &row, const WhyItem &item) const;
    void paintAttempt(QPainter *painter, const QRect &row, const WhyItem &item, const WhyModel &model) const;
    void paintNote(QPainter *painter, const QRect &row, const WhyItem &item) const;

    int m_sentenceHeight = 60, m_actionsHeight = 38;
    QPersistentModelIndex m_hovered;
};

} // namespace gatehouse::ui
