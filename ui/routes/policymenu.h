// The policies that can be added, by what they are for, in a list that is searched as one types. Closes by itself.
#pragma once

#include "ui/widgets/icons.h"

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtWidgets/QFrame>

class QLineEdit;
class QListWidget;

namespace gatehouse::ui {

struct PolicyChoice {
    QString task;     // head of its group: "Protect"
    QString id, name; // "rate-limit", "Rate limit"; of a shared one its name, twice
    IconId icon = IconId::Bolt;
    bool shared = false;
};

class PolicyMenu final : public QFrame {
    Q_OBJECT
public:
    PolicyMenu(const QList<PolicyChoice> &choices, QWidget *parent);

Q_SIGNALS:
    void chosen(const QString &id, bool shared);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void fill(const QString &text);
    void take();
    void step(int direction);

    QList<PolicyChoice> m_choices;
    QLineEdit *m_find;
    QListWidget *m_list;
};

} // namespace gatehouse::ui
