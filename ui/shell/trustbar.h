// Above the panels while a folder asks for what it may not have unasked: what that is, each with its place, and the one question.
// And while the keychain does not give what the workspace refers to: cause, consequence, remedy. Neither stops anything else.
#pragma once

#include "ui/widgets/runs.h"

#include <QtWidgets/QWidget>

class QLabel;
class QPushButton;
class QScrollArea;

namespace gatehouse::ui {

class NoticeBar;
class Session;

class TrustBar final : public QWidget {
    Q_OBJECT
public:
    TrustBar(Session &session, QWidget *parent = nullptr);

    const RunsLabel &list() const { return *m_list; }
    QPushButton *trustButton() const { return m_trust; }
    QPushButton *shutButton() const { return m_shut; }

Q_SIGNALS:
    void placeActivated(const gatehouse::ui::Place &place);
    void failed(const QString &text); // the answer could not be kept

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void show();
    void fit();

    Session &m_session;
    QLabel *m_title;
    QLabel *m_text;
    QScrollArea *m_scroll;
    RunsLabel *m_list;
    QPushButton *m_trust, *m_shut;
};

class KeychainBar final : public QWidget {
    Q_OBJECT
public:
    KeychainBar(Session &session, QWidget *parent = nullptr);

private:
    void show();

    Session &m_session;
    NoticeBar *m_notice;
};

// One line a wish: what it asks for, then where, as links.
struct TrustLines {
    Runs runs;
    int count = 0;
};
TrustLines trustLines(const Session &session, bool heldBack);

} // namespace gatehouse::ui
