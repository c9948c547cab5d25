// The whole window with the real engine, on a workspace in a temporary folder, and what a person does there: what the tests of this
// folder share.
#pragma once

#include "app/gui/application.h"
#include "gateway/policy/shapes.h"
#include "tests/support/peers.h"
#include "tests/support/support.h"
#include "ui/forms/editor.h"
#include "ui/shell/theme.h"
#include "ui/shell/topbar.h"
#include "ui/widgets/states.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QLineEdit>

#include <cstdio>
#include <memory>
#include <string>

namespace gatehouse::test {

class WindowWithEngine {
public:
    // `name`: of the workspace's folder below the temporary one.
    explicit WindowWithEngine(std::string_view workspace, const QString &name = QStringLiteral("shop")) : m_name(name)
    {
        for (const char *name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"})
            qputenv(name, m_folder.filePath(QLatin1String(name)).toUtf8());
        policy::registerShapes();
        ui::Theme::install(*qApp);
        QDir().mkpath(folder());
        write(workspace);
        m_application = make();
        window().resize(1280, 800);
        window().show();
        m_application->openFirst(folder());
        if (!waitFor("the gateway to run", [this] { return running(); }))
            qFatal("the gateway does not run");
        window().showPanel(QLatin1String(ui::panels::routes));
    }
    static std::unique_ptr<gui::Application> make()
    {
        engine::Options options;
        options.workers = 1;
        options.keychain = false;
        return std::make_unique<gui::Application>(options);
    }

    QString base() const { return m_folder.path(); }
    QString folder() const { return m_folder.filePath(m_name); }
    QString file() const { return folder() + QStringLiteral("/gatehouse.yaml"); }
    gui::Application &application() { return *m_application; }
    ui::MainWindow &window() { return m_application->window(); }
    ui::Session &session() { return m_application->session(); }
    api::Api api() const { return m_application->api(); }
    std::string text() { return session().document().text("gatehouse.yaml"); }
    std::string onDisk() const { return readFile(file()); }
    uint64_t revision() const { return api().apply.status().revision; }
    bool running() const { return api().apply.status().state == api::EngineState::Running; }
    uint16_t port() const
    {
        const auto listeners = api().apply.status().listeners;
        return listeners.empty() ? uint16_t(0) : uint16_t(QString::fromStdString(listeners.front().address).section(QLatin1Char(':'), -1).toUInt());
    }
    // Over a real connection.
    std::string get(const std::string &path) const
    {
        return request(port(), "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }
    // As an editor saves: written beside, then renamed over it.
    void write(std::string_view text) const
    {
        const QString part = m_folder.filePath(QStringLiteral("part"));
        writeFile(part, text);
        if (std::rename(qPrintable(part), qPrintable(file())) != 0)
            qFatal("can't write the workspace");
    }

    QLineEdit *field(const QString &text)
    {
        for (QLineEdit *line : window().currentPanel()->findChildren<QLineEdit *>())
            if (line->isVisible() && line->text() == text)
                return line;
        return nullptr;
    }
    static void type(QLineEdit *line, const QString &text)
    {
        line->setFocus();
        line->selectAll();
        QTest::keyClicks(line, text);
    }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        window().activateWindow(); // a popup or another window may have been; shortcuts want it
        if (!QTest::qWaitForWindowActive(&window()))
            qWarning("the window is not active");
        QTest::keyClick(&window(), key, modifiers);
    }
    // F2, a name, Enter; false: there was no field for a name.
    bool rename(const QString &from, const QString &to)
    {
        QTest::keyClick(window().currentPanel(), Qt::Key_F2);
        auto *name = qobject_cast<QLineEdit *>(QApplication::focusWidget());
        if (!name || name->text() != from)
            return false;
        name->selectAll();
        QTest::keyClicks(name, to);
        QTest::keyClick(name, Qt::Key_Return);
        return true;
    }

    // The sentence that stands below this field in its form; empty: none.
    static QString errorBelow(const QWidget *field)
    {
        for (const QWidget *box = field; box; box = box->parentWidget()) {
            QString text;
            for (const ui::FieldError *error : box->findChildren<ui::FieldError *>())
                if (error->isVisible() && !error->text().isEmpty())
                    text = error->text();
            if (!text.isEmpty() || qobject_cast<const ui::Panel *>(box))
                return text;
        }
        return {};
    }

private:
    QTemporaryDir m_folder;
    QString m_name;
    std::unique_ptr<gui::Application> m_application;
};

} // namespace gatehouse::test
