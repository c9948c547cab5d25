// Errors of a thing that no field of its form shows: a key that is not one of its place, a part that this version can't edit. Each with
// its place and its line of the file, and the ways to where it can be put right.
#pragma once

#include "gateway/config/document.h"

#include <QtWidgets/QWidget>

namespace gatehouse::ui {

class NoticeBar;

class UnplacedErrors final : public QWidget {
    Q_OBJECT
public:
    explicit UnplacedErrors(QWidget *parent = nullptr);
    // `owner`: the thing that they are errors of. Stands still where nothing changed: its commands may have the focus.
    void show(const config::Problems &errors, const config::Document &document, const schema::Path &owner);
    // Gives the focus to the first command of the error there; false: it is not here.
    bool reveal(const schema::Path &path);

Q_SIGNALS:
    void textRequested(const gatehouse::config::Problem &problem);
    void policyRequested(const gatehouse::config::Problem &problem);

private:
    void addNotice(const config::Problem &error, const config::Document &document, const schema::Path &owner);

    config::Problems m_errors;
    QStringList m_lines; // of the file, as they are shown
    std::vector<NoticeBar *> m_notices;
};

} // namespace gatehouse::ui
