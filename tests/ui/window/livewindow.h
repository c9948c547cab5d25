// The whole window with the real engine on a workspace of its own, and hands to use it with.
#pragma once

#include "app/gui/application.h"
#include "gateway/policy/shapes.h"
#include "tests/support/support.h"
#include "ui/shell/noticearea.h"
#include "ui/shell/theme.h"
#include "ui/widgets/states.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>

#include <memory>
#include <string_view>

namespace gatehouse::test {

// Settings, journal and data of this process lie in its folder.
class LiveWindow {
public:
    explicit LiveWindow(std::string_view workspace)
    {
        for (const char *name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"})
            qputenv(name, (m_folder.path() + QLatin1Char('/') + QLatin1String(name)).toUtf8());
        policy::registerShapes();
        QApplication::setQuitOnLastWindowClosed(false); // a test closes windows and goes on
        if (!ui::Theme::instance())
            ui::Theme::install(*qApp);
        QDir().mkpath(folder());
        writeFile(file(), workspace);
        start();
    }
    // As if the program had been started; ends the one before.
    void start()
    {
        application.reset();
        engine::Options options;
        options.workers = 1;
        options.keychain = false;
        application = std::make_unique<gui::Application>(options);
        window().resize(1280, 800);
        window().show();
        window().activateWindow();
        application->openFirst(folder());
    }

    QString folder() const { return m_folder.path() + QStringLiteral("/shop"); }
    QString file() const { return folder() + QStringLiteral("/gatehouse.yaml"); }
    ui::MainWindow &window() { return application->window(); }
    ui::Session &session() { return application->session(); }
    bool running() { return application->api().apply.status().state == api::EngineState::Running; }
    uint64_t revision() { return application->api().apply.status().revision; }
    QString address() // of the first listener
    {
        const auto listeners = application->api().apply.status().listeners;
        return listeners.empty() ? QString() : QString::fromStdString(listeners.front().address);
    }

    // The field of the panel in front that says `text`.
    QLineEdit *field(const QString &text)
    {
        for (QLineEdit *line : window().currentPanel()->findChildren<QLineEdit *>())
            if (line->isVisible() && line->text() == text)
                return line;
        return nullptr;
    }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) { QTest::keyClick(&window(), key, modifiers); }
    QString barTitle(const char *id)
    {
        const ui::NoticeBar *bar = window().notices()->bar(QLatin1String(id));
        return bar && bar->isVisible() ? bar->title() : QString();
    }
    QPushButton *answer(const char *id, const QString &text)
    {
        if (const ui::NoticeBar *bar = window().notices()->bar(QLatin1String(id)))
            for (QPushButton *button : bar->commands())
                if (button->text() == text && button->isVisible())
                    return button;
        return nullptr;
    }

    std::unique_ptr<gui::Application> application;

private:
    QTemporaryDir m_folder;
};

} // namespace gatehouse::test
