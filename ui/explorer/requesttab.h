// One request being made: method, URL, the line of its fate, query, headers, body; and the answer beside it. Keeps what was typed
// whatever becomes of the file.
#pragma once

#include "gateway/api/api.h"
#include "ui/explorer/savedrequest.h"
#include "ui/shell/navigator.h"

#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

class QComboBox;
class QLineEdit;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QTabBar;

namespace gatehouse::importers {
struct CurlRequest;
}

namespace gatehouse::ui {

class BodyViewer;
class CodeEditor;
class FieldError;
class LoadingLine;
class NoticeBar;
class RunsLabel;
class WhyView;

class RequestTab final : public QWidget {
    Q_OBJECT
public:
    RequestTab(api::Api api, Navigator &navigator, QWidget *parent);
    ~RequestTab() override;

    SavedRequest request() const;
    void setRequest(const SavedRequest &request, const QString &file); // as it stands in `file`; empty: in none
    // From a curl line, a URL or "GET /path". False, with the reason at the field, when it can't be read.
    bool fill(const QString &text);
    void setVariables(const Variables &variables);
    QString file() const { return m_file; }
    QString title() const;
    bool dirty() const;
    void saved(const QString &file);
    void showError(const QString &text); // at the URL

    void send();
    bool cancel(); // false: nothing was under way
    QString asCurl() const;         // for a tab to be made of
    QString asShellCommand() const; // for a person's terminal
    void focusUrl();

Q_SIGNALS:
    void changed(); // what is shown of it elsewhere
    void saveAsked();
    void answered(const QString &method, const QString &path, int status, qint64 durationMicros);

protected:
    bool event(QEvent *event) override;

private:
    importers::CurlRequest curl() const;
    QWidget *buildRequest();
    QWidget *buildResponse();
    void edited();
    void urlEdited();
    void readQuery();
    void queryEdited();
    void tintVariables();
    void askFate();
    void showAnswer(const api::Sent &sent);
    api::RequestSketch sketch(QStringList *missing = nullptr) const;
    bool throughGateway() const;

    api::Api m_api;
    Navigator &m_navigator;
    SavedRequest m_saved;
    QString m_file;
    Variables m_variables;
    QComboBox *m_method, *m_via;
    QLineEdit *m_url;
    QPushButton *m_send, *m_save;
    FieldError *m_error;
    RunsLabel *m_fate, *m_result;
    QTabBar *m_requestTabs, *m_responseTabs;
    QStackedWidget *m_requestPages, *m_responsePages;
    KeyValueTable *m_query, *m_headers, *m_answerHeaders;
    CodeEditor *m_body;
    BodyViewer *m_viewer;
    WhyView *m_why;
    NoticeBar *m_notice;
    LoadingLine *m_loading;
    QTimer m_delay;
    uint64_t m_sending = 0; // 0: nothing under way
    bool m_setting = false;
};

} // namespace gatehouse::ui
