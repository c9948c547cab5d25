// One exchange: head, and tabs Overview, Request, Response, Timing, Why. Asks the engine for it when it is shown, and again when it
// went on. GUI thread.
#pragma once

#include "gateway/api/api.h"
#include "ui/shell/navigator.h"

#include <QtWidgets/QWidget>

#include <functional>
#include <optional>

class QGridLayout;
class QLabel;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace gatehouse::ui {

class BodyViewer;
class KeyValueTable;
struct Run;
class RunsLabel;
class SentenceBox;
class Waterfall;
class WhyView;

class DetailPane final : public QWidget {
    Q_OBJECT
public:
    enum Tab { Overview, Request, Response, Timing, Why };
    explicit DetailPane(api::Api api, QWidget *parent = nullptr);

    void show(uint64_t id); // 0: none
    uint64_t shown() const { return m_id; }
    void refresh(); // the same exchange went on
    const std::optional<api::ExchangeDetail> &detail() const { return m_detail; }
    int tab() const;
    void setTab(int tab);
    void setTab(const QString &name); // "why", "timing", …
    void setPinned(bool pinned);
    WhyView *why() const { return m_why; }
    // How many of this one's route are recorded, and how many of those were faster; the owner knows the rows.
    std::function<std::pair<size_t, size_t>(const observe::Row &row)> rank;
    BodyViewer *responseBody() const { return m_responseBody; }

Q_SIGNALS:
    void placeActivated(const gatehouse::ui::Place &place);
    void replayRequested();
    void copyRequested();
    void pinRequested();
    void moreRequested(const QPoint &globalPos);

protected:
    void changeEvent(QEvent *event) override;

private:
    QWidget *buildHead();
    QWidget *buildOverview();
    QWidget *buildMessage(bool request);
    QWidget *buildTiming();
    QWidget *buildWhy();
    void fill();
    void fillHead();
    void fillOverview();
    void addFact(const QString &name, const Run &value);
    void fillMessage(bool request);
    void fillTiming();
    void fillWhy(bool today);
    void describeConfiguration(bool asked, bool answered);
    void pickOtherRoute(const QPoint &globalPos);

    api::Api m_api;
    uint64_t m_id = 0;
    std::optional<api::ExchangeDetail> m_detail;
    class Head;
    Head *m_head = nullptr;
    QToolButton *m_pin = nullptr;
    QTabBar *m_tabs = nullptr;
    QStackedWidget *m_pages = nullptr;
    QWidget *m_nothing = nullptr, *m_something = nullptr;
    SentenceBox *m_sentence = nullptr;
    QGridLayout *m_facts = nullptr;
    KeyValueTable *m_query = nullptr, *m_requestFields = nullptr, *m_responseFields = nullptr;
    QLabel *m_queryHead = nullptr, *m_requestLine = nullptr, *m_statusLine = nullptr;
    BodyViewer *m_requestBody = nullptr, *m_responseBody = nullptr;
    Waterfall *m_waterfall = nullptr;
    RunsLabel *m_timingNote = nullptr, *m_whyNote = nullptr;
    WhyView *m_why = nullptr;
    bool m_today = false;
};

} // namespace gatehouse::ui
