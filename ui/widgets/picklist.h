// One of many names, found by typing: drops from where it is asked for. Up and Down choose, Enter and a click take, Escape closes.
#pragma once

#include <QtCore/QStringList>
#include <QtWidgets/QFrame>

class QLineEdit;
class QListWidget;

namespace gatehouse::ui {

class PickList final : public QFrame {
    Q_OBJECT
public:
    // `what` stands in the empty field: "Find a route". Deletes itself when it closes.
    PickList(const QString &what, const QStringList &names, QWidget *parent);
    void openAt(const QPoint &globalPos);
    QLineEdit *field() const { return m_field; }
    QListWidget *list() const { return m_list; }

Q_SIGNALS:
    void picked(const QString &name);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void narrow();
    void take();
    QStringList m_names;
    QLineEdit *m_field;
    QListWidget *m_list;
};

} // namespace gatehouse::ui
