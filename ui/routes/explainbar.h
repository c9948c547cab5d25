// A URL, a method and path, or a pasted curl line; the answer stands at the right while it is typed. Nothing is sent.
#pragma once

#include "gateway/api/api.h"

#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

class QLineEdit;

namespace gatehouse::ui {

class RunsLabel;
class Navigator;

class ExplainBar final : public QWidget {
    Q_OBJECT
public:
    ExplainBar(const api::Explain &explain, Navigator &navigator, QWidget *parent = nullptr);

    void setRequest(const QString &text);
    QLineEdit *line() const { return m_line; }
    // Asks again: the configuration changed.
    void refresh();
    const std::optional<observe::Explanation> &answer() const { return m_answer; }
    QSize sizeHint() const override;

Q_SIGNALS:
    void opened(const gatehouse::observe::Explanation &why); // Enter
    void answered(const gatehouse::observe::Explanation &why); // it changed
    void closed();                                           // Escape, or the text is gone

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void ask();
    void showAnswer();
    const api::Explain &m_explain;
    QLineEdit *m_line;
    RunsLabel *m_result;
    class Verdict;
    Verdict *m_verdict;
    QTimer m_delay;
    std::optional<observe::Explanation> m_answer;
};

} // namespace gatehouse::ui
