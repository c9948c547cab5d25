// Pictures of every panel and of its states, from the open workspace under live traffic: for the README and for those who review
// how the window looks. Started by --screenshots FOLDER; quits when it is done.
#pragma once

#include "app/gui/application.h"

#include <QtCore/QObject>
#include <QtCore/QSize>
#include <QtCore/QTimer>

#include <functional>
#include <vector>

namespace gatehouse::gui {

class Screenshots final : public QObject {
    Q_OBJECT
public:
    // `suffix` ends the names of the files: "light", "dark-2x".
    Screenshots(Application &application, QString folder, QString suffix, QSize size, QObject *parent = nullptr);
    void start();

private:
    struct Step {
        QString picture; // empty: none is taken after it
        int millis;      // for what was done to show
        std::function<void()> act;
    };
    void plan();
    void planRoutes();
    void next();
    void sendTraffic();
    void openPanel(const char *panel);
    void send(const char *method, const char *url, bool withKey);
    void selectExchange(const QString &filter, const QString &tab = QStringLiteral("why"));

    Application &m_application;
    QString m_folder, m_suffix;
    QSize m_size;
    std::vector<Step> m_steps;
    size_t m_at = 0;
    QTimer m_traffic;
    int m_sent = 0;
};

} // namespace gatehouse::gui
