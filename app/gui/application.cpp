#include "app/gui/application.h"

#include "gateway/engine/control.h"
#include "ui/dashboard/dashboardpanel.h"
#include "ui/explorer/explorerpanel.h"
#include "ui/export/exportpanel.h"
#include "ui/mocks/mockspanel.h"
#include "ui/routes/routespanel.h"
#include "ui/settings/settingspanel.h"
#include "ui/shell/trustbar.h"
#include "ui/traffic/trafficpanel.h"
#include "ui/upstreams/upstreamspanel.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QSettings>
#include <QtCore/QStandardPaths>
#include <QtWidgets/QFileDialog>

namespace gatehouse::gui {

namespace {

constexpr int refreshMillis = 250;
constexpr int64_t drainMicros = 2'000'000;
constexpr int mostRecent = 10;

QString q(const std::string &text) { return QString::fromStdString(text); }
QString stateFolder() { return QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/journal"); }

// Beside the program where it was built, or where it is installed.
QString sampleFolder()
{
    const QString name = QStringLiteral("samples/mocks");
    const QString bin = QCoreApplication::applicationDirPath();
    for (const QString &candidate : {bin + QStringLiteral("/../share/gatehouse/") + name, bin + QStringLiteral("/../../../resources/") + name})
        if (QFileInfo::exists(candidate + QStringLiteral("/gatehouse.yaml")))
            return QDir::cleanPath(candidate);
    return {};
}

bool copyFolder(const QString &from, const QString &to)
{
    if (!QDir().mkpath(to))
        return false;
    for (const QFileInfo &entry : QDir(from).entryInfoList(QDir::Files | QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QString target = to + QLatin1Char('/') + entry.fileName();
        if (entry.isDir() ? !copyFolder(entry.filePath(), target) : !QFile::copy(entry.filePath(), target))
            return false;
        if (entry.isFile())
            QFile::setPermissions(target, QFile::ReadOwner | QFile::WriteOwner);
    }
    return true;
}

} // namespace

Application::Application(const engine::Options &options)
    : m_settingsFile(ui::MainWindow::defaultSettingsFile()), m_engine(options), m_api(m_engine.api()), m_session(m_api, stateFolder())
{
    m_session.setTrustStore(std::make_shared<config::TrustStore>(QFileInfo(m_settingsFile).absolutePath().toStdString() + "/trust.json"));
    m_window = std::make_unique<ui::MainWindow>(panels(), m_settingsFile);
    m_firstRun = new ui::FirstRun;
    m_window->setWelcome(m_firstRun);
    m_bars = std::make_unique<WorkspaceBars>(m_session, *m_window);
    auto *trust = new ui::TrustBar(m_session);
    m_window->addBanner(trust);
    m_window->addBanner(new ui::KeychainBar(m_session));
    connect(trust, &ui::TrustBar::placeActivated, m_window->navigator(), &ui::Navigator::go);
    connect(trust, &ui::TrustBar::failed, this, [this](const QString &text) { m_window->notify({ui::HueId::Server, tr("The answer is not kept"), text, {}}); });
    connectWindow();
    connectSession();
    connect(&m_refresh, &QTimer::timeout, this, [this] { refresh(); });
    m_refresh.start(refreshMillis);
    remember({});
}

Application::~Application()
{
    m_control.reset();
    m_bars.reset();
    m_window.reset(); // panels use the session and the engine
}

QList<ui::PanelInfo> Application::panels()
{
    return {ui::trafficPanel(m_api), ui::routesPanel(m_api, m_session), ui::upstreamsPanel(m_api, m_session), ui::mocksPanel(m_api, m_session),
            ui::dashboardPanel(m_api), ui::explorerPanel(m_api, m_session), ui::exportPanel(m_session), ui::settingsPanel(m_api, m_session, m_settingsFile)};
}

void Application::connectWindow()
{
    ui::MainWindow &window = *m_window;
    connect(&window, &ui::MainWindow::startRequested, this, [this] { startEngine(); });
    connect(&window, &ui::MainWindow::stopRequested, this, [this] { stopEngine(); });
    connect(&window, &ui::MainWindow::undoRequested, &m_session.undoStack(), &QUndoStack::undo);
    connect(&window, &ui::MainWindow::redoRequested, &m_session.undoStack(), &QUndoStack::redo);
    connect(&window, &ui::MainWindow::saveRequested, this, [this] { m_session.save(); });
    connect(&window, &ui::MainWindow::sampleRequested, this, [this] { openSample(); });
    connect(&window, &ui::MainWindow::environmentChosen, &m_session, &ui::Session::setEnvironment);
    connect(m_firstRun, &ui::FirstRun::sampleRequested, this, [this] { openSample(); });
    connect(m_firstRun, &ui::FirstRun::folderRequested, &window, &ui::MainWindow::openRequested);
    connect(&window, &ui::MainWindow::aboutToQuit, this, [this](bool *allowed) { *allowed = m_bars->mayClose(); });
    connect(&window, &ui::MainWindow::openRequested, this, [this](const QString &path) {
        const QString chosen = path.isEmpty() ? QFileDialog::getExistingDirectory(m_window.get(), tr("Open a workspace")) : path;
        if (!chosen.isEmpty())
            open(chosen);
    });
}

void Application::connectSession()
{
    connect(&m_session, &ui::Session::documentChanged, this, [this] { refresh(); });
    connect(&m_session.undoStack(), &QUndoStack::indexChanged, this, [this] { refresh(); }); // a step counts only after its change is told
    connect(&m_session, &ui::Session::problemsChanged, this, [this] { refresh(); });
    connect(&m_session, &ui::Session::dirtyChanged, this, [this] { refresh(); });
    connect(&m_session, &ui::Session::savingChanged, this, [this] { refresh(); });
    connect(&m_session, &ui::Session::applied, this, [this] {
        if (m_wanted && m_session.lastApplied().ok && m_api.apply.status().state != api::EngineState::Running)
            startEngine();
        refresh();
    });
}

void Application::openFirst(const QString &path)
{
    QSettings settings(m_settingsFile, QSettings::IniFormat);
    const QString last = settings.value(QStringLiteral("recent")).toStringList().value(0);
    if (!path.isEmpty())
        open(path);
    else if (!last.isEmpty() && QFileInfo::exists(last))
        open(last);
    refresh();
}

void Application::start(const QString &controlSocket)
{
    if (controlSocket.isEmpty())
        return;
    auto control = std::make_unique<engine::ControlServer>(
        m_api,
        engine::ControlHooks{[this](auto done) { reload(std::move(done)); }, [this] { m_window->close(); }});
    if (auto listening = control->listen(controlSocket.toStdString()); !listening)
        m_window->notify({ui::HueId::Server, tr("No control socket"), q(listening.error().text()), {}});
    m_control = std::move(control);
}

// By the control socket: answers when the engine has what is on disk now, or with what is wrong with it.
void Application::reload(std::function<void(api::Applied)> done)
{
    const auto refuse = [this, done](const std::string &why) {
        done({false, m_api.apply.status().revision, {{config::Severity::Error, {}, 0, 0, {}, why, {}}}});
    };
    if (!m_session.isOpen()) {
        refuse("No workspace is open.");
        return;
    }
    m_session.reload([this, done, refuse](const Result<void> &reloaded) {
        if (!reloaded) {
            refuse(reloaded.error().text());
            return;
        }
        auto once = std::make_shared<QMetaObject::Connection>();
        *once = connect(&m_session, &ui::Session::applied, this, [this, once, done] {
            disconnect(*once);
            done(m_session.lastApplied());
        });
    });
}

void Application::open(const QString &path)
{
    m_session.openLater(path, [this, path](const QString &error) {
        if (!error.isEmpty()) {
            m_window->notify({ui::HueId::Server, tr("%1 can't be opened").arg(path), error, {}});
            return;
        }
        m_wanted = true;
        remember(m_session.folder());
        refresh();
    });
}

void Application::openSample()
{
    const QString from = sampleFolder();
    const QString to = QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/sample");
    if (from.isEmpty() || (!QFileInfo::exists(to + QStringLiteral("/gatehouse.yaml")) && !copyFolder(from, to))) {
        m_window->notify({ui::HueId::Server, tr("The sample can't be copied to %1").arg(to), {}, {}});
        return;
    }
    open(to);
}

void Application::startEngine()
{
    m_wanted = true;
    m_api.apply.start([this](Result<void> started) {
        if (!started)
            m_window->notify({ui::HueId::Server, tr("The gateway did not start"), q(started.error().text()), {}});
        refresh();
    });
    refresh();
}

void Application::stopEngine()
{
    m_wanted = false;
    m_api.apply.stop(drainMicros, [this] { refresh(); });
    refresh();
}

void Application::refresh() { m_window->setState(shellState()); }

ui::ShellState Application::shellState() const
{
    ui::ShellState state;
    if (m_session.isOpen()) {
        state.workspace = m_session.name();
        state.workspacePath = m_session.folder();
        state.unsavedChanges = m_session.unsavedSteps();
        state.saving = m_session.saving();
        state.saveError = m_session.saveError() ? q(m_session.saveError()->text()) : QString();
        state.environment = m_session.environment();
        state.environments = m_session.environments();
    }
    engineState(state);
    const api::Live::Totals totals = m_api.live.totals();
    state.requestsPerSecond = totals.perSecond;
    state.p99 = totals.latency.count ? double(totals.latency.p99) * 1000 : -1;
    const api::RecorderState recorder = m_api.exchanges.recorder();
    state.recorded = qint64(recorder.recorded);
    state.bodiesDropped = qint64(recorder.droppedBodies);
    state.recorderBytes = qint64(recorder.bytes);
    state.recorderLimit = qint64(recorder.bytesMax);
    const QUndoStack &undo = const_cast<ui::Session &>(m_session).undoStack();
    state.undoText = undo.undoText();
    state.redoText = undo.redoText();
    for (const config::Problem &problem : m_session.problems()) {
        ui::Problem shown;
        shown.severity = problem.severity == config::Severity::Error ? ui::Problem::Severity::Error : ui::Problem::Severity::Warning;
        shown.text = q(problem.message);
        shown.where = q(problem.file);
        if (problem.line > 0)
            shown.where += QStringLiteral(":%1:%2").arg(problem.line).arg(problem.column);
        if (!problem.path.empty())
            shown.where += QStringLiteral(": ") + q(problem.path);
        shown.place = ui::placeOfPath(q(problem.path), q(problem.file));
        state.problems << shown;
    }
    std::stable_partition(state.problems.begin(), state.problems.end(), [](const ui::Problem &p) { return p.severity == ui::Problem::Severity::Error; });
    return state;
}

void Application::engineState(ui::ShellState &state) const
{
    using Engine = ui::ShellState::Engine;
    const api::Status status = m_api.apply.status();
    switch (status.state) {
    case api::EngineState::Stopped: state.engine = Engine::Stopped; break;
    case api::EngineState::Starting: state.engine = Engine::Starting; break;
    case api::EngineState::Draining:
    case api::EngineState::Running: state.engine = m_session.errorCount() > 0 || status.lastGood ? Engine::LastGood : Engine::Running; break;
    case api::EngineState::Failed: state.engine = Engine::Failed; break;
    }
    for (const api::ListenerState &listener : status.listeners) {
        state.addresses << q(listener.address);
        state.exposed = state.exposed || listener.exposed;
        if (status.state == api::EngineState::Failed && !listener.error.empty()) {
            state.engineText = q(listener.error).section(QLatin1Char('.'), 0, 0);
            state.engineDetail = listener.freePort ? tr("%1 Port %2 is free.").arg(q(listener.error)).arg(listener.freePort) : q(listener.error);
        }
    }
    const int held = m_session.isOpen() ? ui::trustLines(m_session, true).count : 0;
    if (held > 0 && state.engineDetail.isEmpty())
        state.engineDetail = tr("%n thing(s) held back until this folder is trusted.", nullptr, held);
    if (status.state == api::EngineState::Failed && state.engineText.isEmpty())
        state.engineText = q(status.error);
    state.revision = qint64(status.revision);
    state.appliedAt = status.appliedMicros / 1000;
}

void Application::remember(const QString &folder)
{
    QSettings settings(m_settingsFile, QSettings::IniFormat);
    QStringList recent = settings.value(QStringLiteral("recent")).toStringList();
    if (!folder.isEmpty()) {
        recent.removeAll(folder);
        recent.prepend(folder);
        recent = recent.mid(0, mostRecent);
        settings.setValue(QStringLiteral("recent"), recent);
    }
    QList<std::pair<QString, QString>> shown;
    QList<ui::FirstRun::Recent> offered;
    for (const QString &path : recent) {
        shown << std::pair(QFileInfo(path).fileName(), path);
        if (QFileInfo::exists(path))
            offered << ui::FirstRun::Recent{QFileInfo(path).fileName(), path};
    }
    m_window->setRecent(shown);
    m_firstRun->setRecent(offered);
}

} // namespace gatehouse::gui
