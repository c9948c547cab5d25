// One policy of a chain: icon, name, owner, summary, what passed and what it stopped, grip and switch; open, its form.
#pragma once

#include "ui/routes/pipeline.h"

#include <QtCore/QPointer>
#include <QtWidgets/QFrame>

namespace gatehouse::ui {

class RecordForm;
class Switch;

class PolicyCard final : public QFrame {
    Q_OBJECT
public:
    PolicyCard(Pipeline &pipeline, Session &session, const PolicyEntryView &entry, bool locked, QWidget *parent);

    const PolicyEntryView &entry() const { return m_entry; }
    void setEntry(const PolicyEntryView &entry);
    void setOpen(bool open);
    bool isOpen() const { return m_form != nullptr; }
    bool isLocked() const { return m_locked; }
    void setLive(const api::PolicyLive *live);
    double stoppedPerSecond() const { return m_stopped; }
    double delayedPerSecond() const { return m_delayed; }
    RecordForm *form() const { return m_form; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void build();
    void showHead();
    void paintHead(QPainter *painter) const;
    void showGauges(const std::vector<observe::Gauge> &gauges);
    QRect gripRect() const;

    Pipeline &m_pipeline;
    Session &m_session;
    PolicyEntryView m_entry;
    bool m_locked;
    double m_passed = 0, m_stopped = 0, m_delayed = 0;
    bool m_known = false;
    Switch *m_switch = nullptr;
    QWidget *m_body = nullptr, *m_gaugeBox = nullptr;
    RecordForm *m_form = nullptr;
    QPoint m_pressed;
    bool m_dragging = false;
};

} // namespace gatehouse::ui
