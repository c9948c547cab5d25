// gatehouse-cli serve: runs the gateway until it is told to stop.
#include "app/headless/signals.h"
#include "app/headless/workspace.h"
#include "gateway/base/text.h"
#include "gateway/engine/control.h"
#include "gateway/engine/engine.h"
#include "gateway/engine/secretstore.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileSystemWatcher>
#include <QtCore/QTimer>

#include <cstdio>
#include <unistd.h>

namespace gatehouse::headless {

namespace {

constexpr int changeSettlesMillis = 150;

// What happens, a line each on standard error.
class Log {
public:
    explicit Log(bool json) : m_json(json) { }
    void line(const char *level, const std::string &message) const
    {
        const std::string time = isoTime(systemClock().wallMicros());
        if (m_json)
            std::fprintf(stderr, "%s\n", json::write(json::Value::object({{"time", time}, {"level", level}, {"message", message}})).c_str());
        else
            std::fprintf(stderr, "%s %s %s\n", time.c_str(), level, escapeControls(message).c_str());
    }
    void info(const std::string &message) const { line("info", message); }
    void error(const std::string &message) const { line("error", message); }
    void problems(const config::Problems &problems) const
    {
        for (const config::Problem &problem : problems)
            line(problem.severity == config::Severity::Error ? "error" : "warning", problem.text());
    }

private:
    bool m_json;
};

class Server final : public QObject {
public:
    Server(const Arguments &arguments, std::unique_ptr<config::Document> document, const engine::Options &options)
        : m_arguments(arguments), m_log(arguments.value("--log-format") == "json"), m_document(std::move(document)), m_engine(options), m_api(m_engine.api())
    {
        m_settle.setSingleShot(true);
        m_settle.setInterval(changeSettlesMillis);
        connect(&m_settle, &QTimer::timeout, this, [this] { changedOutside(); });
        connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_settle, qOverload<>(&QTimer::start));
        connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_settle, qOverload<>(&QTimer::start));
        connect(&m_signals, &Signals::received, this, [this](int signal) { signalled(signal); });
    }

    int run()
    {
        if (m_arguments.has("--control")) {
            m_control = std::make_unique<engine::ControlServer>(
                m_api, engine::ControlHooks{[this](auto done) { reload(std::move(done)); }, [this] { stop(); }});
            if (auto listening = m_control->listen(m_arguments.value("--control")); !listening) {
                fail(listening.error().text(), {});
                return Bad;
            }
        }
        load([this](api::Applied applied) { loaded(applied); });
        const int code = QCoreApplication::exec();
        if (m_announced) // another's is left alone when this one never ran
            unlink(m_arguments.value("--ready-file").c_str());
        return code;
    }

private:
    // Secrets first, then all or nothing.
    void load(std::function<void(api::Applied)> done)
    {
        // A changed file may ask for more than was granted at the start: then it is refused like any other mistake.
        const bool trusted = m_arguments.has("--trust");
        const auto names = trusted ? config::secretNames(*m_document) : std::vector<std::string>();
        m_engine.secrets().fetch(config::workspaceName(*m_document), {names.begin(), names.end()}, [this, trusted, done = std::move(done)](engine::SecretStore::Fetched secrets) {
            config::ResolveOptions options;
            options.trusted = trusted;
            options.environment = m_arguments.value("--env");
            options.secrets = [&](const std::string &name) -> std::optional<std::string> {
                const auto at = secrets.values.find(name);
                return at == secrets.values.end() ? std::nullopt : std::optional(at->second);
            };
            options.whyNoSecret = [&](const std::string &name) {
                const auto at = secrets.failed.find(name);
                return at == secrets.failed.end() || at->second.kind == ErrorKind::NotFound ? std::string() : at->second.text();
            };
            config::Resolved resolved = config::resolve(*m_document, options);
            if (!resolved) {
                refuse(std::move(resolved.problems), done);
                return;
            }
            m_api.apply.apply(resolved.workspace, [done, warnings = std::move(resolved.problems)](api::Applied applied) {
                applied.problems.insert(applied.problems.begin(), warnings.begin(), warnings.end());
                done(std::move(applied));
            });
        });
    }

    // What never came to the engine: it is told so that its state says the last good version runs.
    void refuse(config::Problems problems, const std::function<void(api::Applied)> &done)
    {
        m_api.apply.refused();
        done({false, m_api.apply.status().revision, std::move(problems)});
    }

    void loaded(const api::Applied &applied)
    {
        m_log.problems(applied.problems);
        if (!applied.ok) {
            fail("The workspace has errors; nothing was started.", applied.problems);
            return;
        }
        m_api.apply.start([this](Result<void> started) {
            if (!started) {
                fail(started.error().text(), {});
                return;
            }
            watch();
            announce();
        });
    }

    void fail(const std::string &message, const config::Problems &problems)
    {
        if (m_arguments.has("--json")) {
            json::Value out = engine::toJson(problems, false);
            out.set("error", message);
            printJson(out);
        }
        complain(message);
        QCoreApplication::exit(Bad);
    }

    void announce()
    {
        json::Value listeners = json::Value::object();
        for (const api::ListenerState &listener : m_api.apply.status().listeners) {
            listeners.set(listener.name, listener.url);
            if (listener.exposed)
                m_log.line("warning", "Listener " + listener.name + " answers at " + listener.url + ", for other machines too (expose: true).");
            else
                m_log.info("Listener " + listener.name + " answers at " + listener.url + ".");
        }
        const json::Value ready = json::Value::object({{"pid", static_cast<int64_t>(getpid())}, {"listeners", std::move(listeners)}, {"version", GATEHOUSE_VERSION}});
        if (m_arguments.has("--ready-file")) {
            if (auto written = config::writeFileSafely(m_arguments.value("--ready-file"), json::write(ready) + "\n", 0600); !written) {
                fail(written.error().text(), {});
                return;
            }
            m_announced = true;
        }
        if (m_arguments.has("--json"))
            printJson(ready);
    }

    void reload(std::function<void(api::Applied)> done)
    {
        auto document = config::Document::open(m_arguments.positional()[0]);
        if (!document) {
            refuse({config::Problem{config::Severity::Error, m_document->entry(), 0, 0, {}, document.error().text(), {}}},
                   [this, done = std::move(done)](api::Applied applied) { reloaded(std::move(applied), done); });
            return;
        }
        m_document = std::move(document).value();
        load([this, done = std::move(done)](api::Applied applied) { reloaded(std::move(applied), done); });
    }

    void reloaded(api::Applied applied, const std::function<void(api::Applied)> &done)
    {
        m_log.problems(applied.problems);
        if (applied.ok)
            m_log.info("Revision " + std::to_string(applied.revision) + " runs.");
        else if (!applied.problems.empty())
            m_log.error("Nothing was changed; the last good version runs on.");
        watch();
        if (m_arguments.has("--json") && (applied.ok || !applied.problems.empty())) {
            json::Value out = engine::toJson(applied.problems, applied.ok);
            out.set("revision", applied.revision);
            printJson(out);
        }
        done(std::move(applied));
    }

    void changedOutside()
    {
        // A file that was written without a change, or a half-written one that the next event completes, is no reason to act.
        const auto changed = m_document->changedOutside();
        watch();
        if (!changed.empty())
            reload([](const api::Applied &) { });
    }

    void watch()
    {
        QStringList paths;
        const QString folder = QString::fromStdString(m_document->folder());
        for (const std::string &watched : m_document->foldersToWatch())
            paths << QString::fromStdString(watched);
        for (const std::string &file : m_document->files())
            paths << folder + QLatin1Char('/') + QString::fromStdString(file);
        const QStringList watched = m_watcher.files() + m_watcher.directories();
        for (const QString &path : paths)
            if (!watched.contains(path))
                m_watcher.addPath(path);
    }

    void signalled(int signal)
    {
        if (signal == SIGHUP)
            reload([](const api::Applied &) { });
        else if (std::exchange(m_stopping, true))
            QCoreApplication::exit(Done); // asked twice: at once
        else
            drain();
    }
    void stop()
    {
        if (!std::exchange(m_stopping, true))
            drain();
    }
    void drain()
    {
        const auto micros = m_arguments.has("--drain") ? parseDurationMicros(m_arguments.value("--drain")).valueOr(0) : 10'000'000;
        m_api.apply.stop(micros, [] { QCoreApplication::exit(Done); });
    }

    const Arguments &m_arguments;
    Log m_log;
    std::unique_ptr<config::Document> m_document;
    engine::Engine m_engine;
    api::Api m_api;
    std::unique_ptr<engine::ControlServer> m_control;
    QFileSystemWatcher m_watcher;
    QTimer m_settle;
    Signals m_signals{{SIGTERM, SIGINT, SIGHUP}};
    bool m_stopping = false, m_announced = false;
};

Result<engine::Options> optionsOf(const Arguments &arguments)
{
    engine::Options options;
    if (arguments.has("--workers")) {
        const auto workers = parseUnsigned(arguments.value("--workers"));
        if (!workers || *workers < 1 || *workers > 256)
            return Error::make(ErrorKind::BadInput, "--workers is a number from 1 to 256.");
        options.workers = static_cast<int>(*workers);
    }
    if (arguments.has("--drain"))
        if (auto drain = parseDurationMicros(arguments.value("--drain")); !drain)
            return drain.error();
    if (const std::string format = arguments.value("--log-format"); arguments.has("--log-format") && format != "text" && format != "json")
        return Error::make(ErrorKind::BadInput, "--log-format is text or json.");
    options.record = !arguments.has("--no-record");
    options.secretsFolder = arguments.value("--secrets-dir");
    return options;
}

// A folder from someone else is data until it is trusted: what it wishes for is listed, and nothing is started.
bool trusted(const config::Document &document, const Arguments &arguments)
{
    if (arguments.has("--trust"))
        return true;
    const std::vector<config::Wish> wishes = config::trustWishes(document);
    if (wishes.empty())
        return true;
    json::Value list = json::Value::array();
    for (const config::Wish &wish : wishes) {
        complain(wish.at.file + ":" + std::to_string(wish.at.line) + ": " + wish.at.path.text() + ": " + wish.what);
        list.append(json::Value::object({{"file", wish.at.file}, {"line", wish.at.line}, {"path", wish.at.path.text()}, {"what", wish.what}}));
    }
    complain("This workspace asks for what is listed above. If you trust it, start it with --trust.");
    if (arguments.has("--json"))
        printJson(json::Value::object({{"ok", false}, {"error", "This workspace asks for trust; grant it with --trust."}, {"wishes", std::move(list)}}));
    return false;
}

int run(const Arguments &arguments)
{
    const auto options = optionsOf(arguments);
    if (!options) {
        complain(options.error().text());
        return Usage;
    }
    auto document = openWorkspace(arguments);
    if (!document || !trusted(*document, arguments))
        return Bad;
    Server server(arguments, std::move(document), *options);
    return server.run();
}

} // namespace

const Command &serveCommand()
{
    static const Command command{"serve", "serve WORKSPACE", "Runs the gateway until SIGTERM or SIGINT; SIGHUP or a changed file reloads.",
                                 workspaceOptions({{"--ready-file", "FILE", "written once it accepts, removed at exit"},
                                                   {"--workers", "N", "threads that serve (default: one for each core)"},
                                                   {"--drain", "10s", "how long exchanges may go on when it stops"},
                                                   {"--no-record", "", "keep no exchanges"},
                                                   {"--log-format", "text|json", "of what it says on standard error"},
                                                   {"--control", "SOCKET", "offer the running engine on this Unix socket"}}),
                                 1, 1, run};
    return command;
}

} // namespace gatehouse::headless
