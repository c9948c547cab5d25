// One response of a mock: status, latency, and its body, headers and condition behind tabs. Every edit goes through the session.
#pragma once

#include "ui/models/session.h"

#include <QtWidgets/QWidget>

class QLabel;
class QStackedWidget;
class QTabBar;
class QLineEdit;

namespace gatehouse::ui {

class CodeEditor;
class Editor;
class FieldError;
class LatencyEditor;
class RecordForm;
class Segments;

class ResponseEditor final : public QWidget {
    Q_OBJECT
public:
    // `at`: mocks[2].responses[0].
    ResponseEditor(Session &session, const config::Location &at, QWidget *parent);
    bool reveal(const schema::Path &path);
    int tab() const;
    void setTab(int tab);
    const config::Location &at() const { return m_at; }

private:
    enum BodyKind { Json, Text, File, Nothing };
    QWidget *buildBody();
    QWidget *buildCondition();
    void read();
    void readBody();
    void chooseBody(int kind);
    void bodyTyped();
    BodyKind bodyKind() const;
    config::Location below(const char *key) const { return {m_at.file, m_at.path / schema::Step(key), 0}; }
    Result<void> write(const char *key, schema::Node value, const QString &name);

    Session &m_session;
    config::Location m_at;
    QLineEdit *m_status;
    QLabel *m_reason;
    FieldError *m_statusError, *m_bodyError;
    LatencyEditor *m_latency;
    QTabBar *m_tabs;
    QStackedWidget *m_pages;
    Segments *m_kinds;
    QStackedWidget *m_bodies;
    CodeEditor *m_code;
    QLineEdit *m_file;
    Editor *m_headers;
    RecordForm *m_condition;
    bool m_writing = false;
};

} // namespace gatehouse::ui
