// The explanation as a person reads it: sentence, bar, stages on their spine. Left and Right fold, Ctrl+C copies a stage (on the
// sentence: everything), Enter and a click on a name go there. Used by Traffic, Explain, Mocks and Explorer.
#pragma once

#include "ui/widgets/why/whymodel.h"

#include <QtWidgets/QTreeView>

namespace gatehouse::ui {

class SentenceBox;
class StackedBar;
class WhyDelegate;

class WhyView final : public QTreeView {
    Q_OBJECT
public:
    explicit WhyView(QWidget *parent = nullptr);

    void setExplanation(const observe::Explanation &why, const WhyMore &more = {});
    // Lists a route that a person asked for among the candidates, and goes to it.
    void addCandidate(const observe::Candidate &candidate);
    void clear();
    const WhyModel &whyModel() const { return *m_model; }
    // The height of all that is unfolded, for those who show it without scrolling.
    int contentHeight() const;

    // Puts the selected stage, or everything, on the clipboard.
    void copy() const;

Q_SIGNALS:
    void placeActivated(const gatehouse::ui::Place &place);
    void otherRouteWanted(const QPoint &globalPos); // where the list of routes may open

protected:
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void changeEvent(QEvent *event) override;
    void drawBranches(QPainter *, const QRect &, const QModelIndex &) const override { }
    void drawRow(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    void placeWidgets();
    QWidget *sentenceWidget();
    QWidget *timesWidget();
    QWidget *actionsWidget(const WhyItem &item);
    bool eventFilter(QObject *watched, QEvent *event) override;
    QRect wholeRow(const QModelIndex &index) const;
    std::optional<Run> linkAt(const QModelIndex &index, const QPoint &point) const;
    void follow(const Run &link, const QModelIndex &index);
    void measure();
    void fold();

    WhyModel *m_model;
    WhyDelegate *m_delegate;
    SentenceBox *m_sentence = nullptr; // owned by the view, remade with each explanation
    QWidget *m_actions = nullptr;      // the same; null: there are none
};

} // namespace gatehouse::ui
