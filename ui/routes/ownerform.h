// The form of whatever is selected in the tree: a route by its sections, everything else by its shape. Name as a heading (F2),
// state in words, at the head warnings and the errors that no field shows.
#pragma once

#include "ui/forms/recordform.h"
#include "ui/routes/routeedits.h"
#include "ui/routes/routetree.h"
#include "ui/shell/navigator.h"

#include <QtCore/QPointer>
#include <QtWidgets/QScrollArea>

class QLabel;
class QLineEdit;
class QStackedWidget;
class QTabBar;
class QVBoxLayout;

namespace gatehouse::ui {

class CodeEditor;
class FieldError;
class NoticeBar;
class RunsLabel;
class UnplacedErrors;

class OwnerForm final : public QWidget {
    Q_OBJECT
public:
    OwnerForm(api::Api api, Session &session, Navigator &navigator, QWidget *parent = nullptr);
    // Figures of the target, once a second.
    void refreshLive() { showHints(); }

    void setOwner(OwnerKind kind, const QString &name);
    OwnerKind kind() const { return m_kind; }
    const QString &name() const { return m_name; }
    void startRename();
    bool reveal(const config::Location &at);
    std::optional<config::Location> place() const;

Q_SIGNALS:
    void renamed(const QString &to);
    void duplicateRequested();
    void deleteRequested();
    void explainRequested(); // with an example of this route
    void priorityRequested();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void build();
    void buildHead(QVBoxLayout *layout, QWidget *page);
    void buildRoute(QVBoxLayout *layout, QWidget *page, const config::Location &at);
    RecordForm *addSection(QVBoxLayout *layout, QWidget *page, const QString &title, const config::Location &at, const schema::Shape &shape, const QString &add);
    void finishRename();
    void showState();
    void showWarning(const config::Problem &problem);
    void placeErrors();
    void placeErrorsLater();
    void goToText(const config::Problem &problem);
    void showTextErrors();
    void showHints();
    void addInherited(QVBoxLayout *layout, QWidget *page);
    void showText();
    void readText();
    void textEdited();

    Session &m_session;
    Navigator &m_navigator;
    OwnerKind m_kind = OwnerKind::Section;
    QString m_name;
    QScrollArea *m_scroll;
    QStackedWidget *m_pages;
    QTabBar *m_tabs;
    CodeEditor *m_text;
    FieldError *m_textError;
    QString m_refused; // why the text as it is typed is not the document's; empty: it is
    bool m_placing = false;
    QPointer<QStackedWidget> m_heading;
    QPointer<QLabel> m_nameLabel;
    QPointer<RunsLabel> m_state;
    QPointer<QLineEdit> m_nameLine;
    QPointer<QLabel> m_nameError;
    QPointer<NoticeBar> m_warning;
    QPointer<UnplacedErrors> m_unplaced;
    QPointer<FieldError> m_targetError;
    QPointer<RunsLabel> m_targetHint;
    QPointer<RecordForm> m_match;
    std::vector<QPointer<RunsLabel>> m_inherited; // of Match, of Delivery
    std::vector<QPointer<Editor>> m_forms;
    api::Api m_api;
    RouteEdits m_edits;
};

} // namespace gatehouse::ui
