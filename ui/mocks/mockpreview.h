// A request by hand against one mock: which response it gets and why, and the answer as it would be sent. Sends nothing.
#pragma once

#include "gateway/api/api.h"
#include "ui/shell/panel.h"

#include <QtCore/QTimer>

class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QVBoxLayout;

namespace gatehouse::ui {

class BodyViewer;
class FieldError;
class KeyValueTable;
class RunsLabel;
class Session;

class MockPreview final : public QWidget {
    Q_OBJECT
public:
    MockPreview(api::Api api, Session &session, Navigator &navigator, QWidget *parent);
    void setMock(const QString &name);
    void refresh(); // now; typing asks by itself

Q_SIGNALS:
    void answering(int response); // -1: none, or a matter of turn or chance

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    api::RequestSketch sketch() const;
    QString usualPath() const;
    void fromRecorded();
    void showRules(const std::vector<observe::Candidate> &rules);
    void showAnswer(int response);

    api::Api m_api;
    Session &m_session;
    Navigator &m_navigator;
    QString m_mock;
    QComboBox *m_method;
    QLineEdit *m_path;
    KeyValueTable *m_headers;
    QPlainTextEdit *m_body;
    QWidget *m_more;
    RunsLabel *m_where, *m_answer;
    FieldError *m_error;
    QVBoxLayout *m_rules;
    BodyViewer *m_viewer;
    QTimer m_delay;
};

} // namespace gatehouse::ui
