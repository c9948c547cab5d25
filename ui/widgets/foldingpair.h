// Two regions side by side that become tabs of one place where the window is too narrow for both.
#pragma once

#include <QtWidgets/QWidget>

class QSplitter;
class QTabBar;

namespace gatehouse::ui {

class FoldingPair final : public QWidget {
    Q_OBJECT
public:
    static constexpr int narrowWindow = 1100; // pixels of the design

    // Takes both. Names are those of the tabs.
    FoldingPair(QWidget *first, const QString &firstName, QWidget *second, const QString &secondName, QWidget *parent = nullptr);
    QSplitter *splitter() const { return m_splitter; } // for sizes and their keeping
    bool isFolded() const { return m_folded; }
    // Makes sure that it can be seen: before it is given the focus.
    void bring(const QWidget *region);
    // Whether the second has anything to show now; where not, the first has the whole place.
    void setSecondUsed(bool used);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void fold();
    void showCurrent();

    QSplitter *m_splitter;
    QTabBar *m_tabs;
    bool m_folded = false, m_secondUsed = true;
};

} // namespace gatehouse::ui
