// Below a field whose text refers to a secret: that it is asked for, or not set, and the way to set it there and then. The value goes
// to the keychain and nowhere else. Hidden while there is nothing to do.
#pragma once

#include "ui/models/session.h"

#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

class QLabel;
class QLineEdit;
class QPushButton;

namespace gatehouse::ui {

class FieldError;

class SecretRow final : public QWidget {
    Q_OBJECT
public:
    SecretRow(Session &session, QWidget *parent);
    // The field's text: ${secret:NAME} anywhere in it.
    void setText(const QString &text);

    QPushButton *setButton() const { return m_set; }
    QLineEdit *valueLine() const { return m_value; }
    QPushButton *keepButton() const { return m_keep; }

private:
    void refresh();
    void open(bool open);
    void keep();

    Session &m_session;
    std::string m_name; // of the secret; empty: the text refers to none
    QLabel *m_hint;
    QPushButton *m_set;
    QWidget *m_entry;
    QLineEdit *m_value;
    QPushButton *m_keep;
    FieldError *m_error;
    QTimer m_patience; // a keychain that answers at once shows nothing
    bool m_open = false, m_busy = false, m_late = false;
};


} // namespace gatehouse::ui
