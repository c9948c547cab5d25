// Text made of runs: plain, strong, on the wire, links to places. Never markup, so nothing that came from the network
// can pretend to be anything. SentenceBox shows the "why, in a sentence, first"; paintRuns is for delegates.
#pragma once

#include "ui/shell/navigator.h"
#include "ui/shell/tokens.h"

#include <QtCore/QList>
#include <QtGui/QFont>
#include <QtWidgets/QWidget>

#include <optional>

class QPainter;
class QTextLayout;

namespace gatehouse::ui {

struct Run {
    enum class Style { Plain, Soft, Strong, Quiet, Wire, Link }; // Soft in text2, Quiet in text3
    QString text;
    Style style = Style::Plain;
    std::optional<HueId> hue; // text in the hue's colour
    Place place; // for Link
    QString command; // for Link: not a place but something the owner does; given to commandActivated
};
using Runs = QList<Run>;

Run plain(const QString &text);
Run strong(const QString &text);
Run soft(const QString &text);
Run quiet(const QString &text);
Run wire(const QString &text);
Run link(const QString &text, const Place &place);
Run commandLink(const QString &text, const QString &command);
Run inHue(Run run, HueId hue);

QString toPlainText(const Runs &runs);

// One line, elided at the end, on the baseline; returns the width used. `base` sets size and weight of plain runs.
qreal paintRuns(QPainter *painter, const QPointF &baseline, const Runs &runs, const QFont &base, qreal width);
// The font a run is set in, for those who measure.
QFont fontOfRun(const Run &run, const QFont &base);
// Which run lies at `x` from the start of the line, or -1.
int runAt(const Runs &runs, const QFont &base, qreal x);

// Wrapped runs as a label: links by pointer and by Tab and Enter, height for width, plain text to a screen reader.
class RunsLabel : public QWidget {
    Q_OBJECT
public:
    explicit RunsLabel(QWidget *parent = nullptr);
    ~RunsLabel() override;

    void setRuns(const Runs &runs); // "\n" in a plain run starts a line
    const Runs &runs() const { return m_runs; }
    void setBaseFont(const QFont &font);
    void setAlignment(Qt::Alignment alignment);

    QSize sizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

Q_SIGNALS:
    void placeActivated(const gatehouse::ui::Place &place);
    void commandActivated(const QString &command);

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void changeEvent(QEvent *event) override;
    bool focusNextPrevChild(bool next) override;
    virtual QMargins padding() const { return {}; }
    virtual void paintGround(QPainter &) { }

private:
    int layOut(QTextLayout &layout, int width) const;
    int runAtPoint(const QPoint &point) const;
    void activate(int run);
    int nextLink(int from, int step) const;

    Runs m_runs;
    QFont m_base;
    Qt::Alignment m_alignment = Qt::AlignLeading;
    int m_hovered = -1, m_focused = -1, m_pressed = -1;
};

// The box above an explanation: sunken, or in the tint of the verdict when refused or failed.
class SentenceBox final : public RunsLabel {
    Q_OBJECT
public:
    explicit SentenceBox(QWidget *parent = nullptr);
    void setTone(std::optional<HueId> tone);

protected:
    QMargins padding() const override;
    void paintGround(QPainter &painter) override;

private:
    std::optional<HueId> m_tone;
};

} // namespace gatehouse::ui
