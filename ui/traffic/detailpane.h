// One exchange in full: what came, what went back, how long each part took, and why.
#pragma once

#include "gateway/api/api.h"
#include "ui/shell/navigator.h"

#include <QtWidgets/QWidget>

class QLabel;
class QStackedWidget;
class QTabBar;

namespace gatehouse::ui {

class BodyViewer;
class EmptyState;
class KeyValueTable;
class RunsLabel;
class WhyView;
class TimingView;

class DetailPane final : public QWidget {
    Q_OBJECT
public:
    enum Tab { Overview, Request, Response, Timing, Why };
    DetailPane(const api::Exchanges &exchanges, Navigator &navigator, QWidget *parent = nullptr);

    // 0: none is selected.
    void show(uint64_t id);
    void refresh();
    void setTab(int tab);
    int tab() const;
    const std::optional<api::ExchangeDetail> &detail() const { return m_detail; }

Q_SIGNALS:
    void copyRequested();
    void resendRequested();
    void pinRequested();

private:
    struct MessagePage {
        QLabel *line;
        KeyValueTable *fields;
        BodyViewer *body;
    };
    QWidget *buildMessage(MessagePage &page);
    void fill();
    void fillMessage(MessagePage &page, const observe::Message &message, const observe::Message *forwarded);

    const api::Exchanges &m_exchanges;
    uint64_t m_id = 0;
    std::optional<api::ExchangeDetail> m_detail;
    QStackedWidget *m_pages, *m_tabs;
    QTabBar *m_tabBar;
    RunsLabel *m_title, *m_figures;
    RunsLabel *m_overview;
    MessagePage m_request{}, m_response{};
    TimingView *m_timing;
    WhyView *m_why;
};

} // namespace gatehouse::ui
