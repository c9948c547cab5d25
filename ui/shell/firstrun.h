// What the window shows while no workspace is open: what one is, the sample, a folder, and those opened of late.
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtWidgets/QWidget>

class QVBoxLayout;

namespace gatehouse::ui {

class FirstRun final : public QWidget {
    Q_OBJECT
public:
    struct Recent {
        QString name, folder;
    };
    explicit FirstRun(QWidget *parent = nullptr);
    void setRecent(const QList<Recent> &recent);

Q_SIGNALS:
    void sampleRequested();
    void folderRequested(const QString &folder); // empty: to be chosen

private:
    QWidget *m_list;
    QVBoxLayout *m_rows;
};

} // namespace gatehouse::ui
