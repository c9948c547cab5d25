#include "gateway/engine/control.h"

#include "gateway/base/text.h"
#include "gateway/net/listener.h"
#include "gateway/observe/exchangejson.h"
#include "gateway/observe/explanationjson.h"
#include "gateway/observe/filter.h"
#include "gateway/schema/problem.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QSocketNotifier>
#include <QtCore/QTimer>
#include <QtNetwork/QLocalSocket>

#include <cerrno>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::engine {

namespace {

constexpr qint64 longestLine = 1024 * 1024;
constexpr qint64 mostUnsent = 8 * 1024 * 1024; // a follower that does not read waits for its next page
constexpr int followEveryMillis = 100;
constexpr int acceptAgainMillis = 100;

json::Value fail(std::string message) { return json::Value::object({{"ok", false}, {"error", std::move(message)}}); }

bool sameUser(qintptr descriptor)
{
    ucred peer{};
    socklen_t size = sizeof peer;
    return getsockopt(static_cast<int>(descriptor), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
}

bool isSocket(const QString &path)
{
    struct stat status { };
    return lstat(QFile::encodeName(path).constData(), &status) == 0 && S_ISSOCK(status.st_mode);
}

} // namespace

// One connection: reads lines, answers them in order, and follows exchanges once it was asked to.
class ControlServer::Peer final : public QObject {
public:
    Peer(ControlServer &server, QLocalSocket *socket) : QObject(&server), m_server(server), m_socket(socket)
    {
        socket->setParent(this);
        connect(socket, &QLocalSocket::readyRead, this, [this] { read(); });
        connect(socket, &QLocalSocket::disconnected, this, [this] { deleteLater(); });
        connect(&m_follow, &QTimer::timeout, this, [this] { page(); });
        read();
    }

private:
    void read()
    {
        while (m_socket->canReadLine()) {
            const std::string line = m_socket->readLine().trimmed().toStdString();
            if (!line.empty())
                handle(line);
        }
        if (m_socket->bytesAvailable() > longestLine)
            m_socket->abort();
    }

    void handle(const std::string &line)
    {
        const auto command = json::parse(line);
        if (!command || !command->isObject()) {
            write(fail("A command is one JSON object on a line, for example {\"do\": \"status\"}."));
            return;
        }
        const json::Value *what = command->find("do");
        const std::string_view name = what ? what->string() : std::string_view();
        if (name == "reload") {
            // The answer comes later; the guard sees whether this peer is still here then.
            auto guard = std::weak_ptr<int>(m_alive);
            m_server.m_hooks.reload([this, guard](api::Applied applied) {
                if (guard.expired())
                    return;
                json::Value out = toJson(applied.problems, applied.ok);
                out.set("revision", applied.revision);
                write(out);
            });
        } else if (name == "exchanges") {
            follow(*command);
        } else if (name == "stop") {
            write(json::Value::object({{"ok", true}}));
            m_socket->flush();
            QTimer::singleShot(0, &m_server, m_server.m_hooks.stop);
        } else {
            write(m_server.answer(*command));
        }
    }

    // {"do": "exchanges", "filter": "status:5xx", "follow": true}: one exchange a line, then {"ok": true} unless it goes on.
    void follow(const json::Value &command)
    {
        const json::Value *filter = command.find("filter"), *follow = command.find("follow");
        auto parsed = observe::Filter::parse(filter ? filter->string() : std::string_view());
        if (!parsed) {
            write(fail(parsed.error().message));
            return;
        }
        m_filter = std::make_unique<observe::Filter>(std::move(parsed).value());
        m_next = 0;
        const bool goesOn = follow && follow->truth();
        while (page() && !goesOn) { }
        if (goesOn)
            m_follow.start(followEveryMillis);
        else
            write(json::Value::object({{"ok", true}}));
    }

    // False when there was nothing new.
    bool page()
    {
        if (m_follow.isActive() && m_socket->bytesToWrite() > mostUnsent)
            return false;
        const api::ExchangePage rows = m_server.m_api.exchanges.since(m_next, 1000);
        m_next = rows.next;
        for (const observe::Row &row : rows.rows)
            if (row.state == observe::State::Final && m_filter->matches(row))
                if (const auto detail = m_server.m_api.exchanges.detail(row.id))
                    write(observe::exchangeJson(detail->row, detail->why.phases, observe::explanationJson(detail->why)));
        return !rows.rows.empty();
    }

    void write(const json::Value &value) { m_socket->write(QByteArray::fromStdString(json::write(value) + "\n")); }

    ControlServer &m_server;
    QLocalSocket *m_socket;
    QTimer m_follow;
    std::unique_ptr<observe::Filter> m_filter;
    uint64_t m_next = 0;
    std::shared_ptr<int> m_alive = std::make_shared<int>(0);
};

ControlServer::ControlServer(api::Api api, ControlHooks hooks, QObject *parent) : QObject(parent), m_api(api), m_hooks(std::move(hooks)) { }
ControlServer::~ControlServer() = default;

Result<void> ControlServer::listen(const std::string &path)
{
    // A relative name would be one of the system's temporary folder.
    const QString name = QFileInfo(QString::fromStdString(path)).absoluteFilePath();
    if (const QFileInfo there(name); there.exists() && !isSocket(name))
        return Error::make(ErrorKind::System, "The control socket " + path + " can't be made: there is a file of that name.");
    auto bound = net::Listener::bind(net::Address::unixSocket(QFile::encodeName(name).toStdString()));
    if (!bound && bound.error().kind == ErrorKind::InUse)
        return Error::make(ErrorKind::InUse, "The control socket " + path + " is used by another Gatehouse. Stop it or name another socket.");
    if (!bound)
        return Error::make(ErrorKind::System, "The control socket " + path + " can't be made: " + bound.error().text());
    m_listener = std::move(bound).value();
    m_waiting = std::make_unique<QSocketNotifier>(m_listener->descriptor(), QSocketNotifier::Read);
    connect(m_waiting.get(), &QSocketNotifier::activated, this, [this] { accept(); });
    return {};
}

void ControlServer::accept()
{
    while (true) {
        const int descriptor = accept4(int(m_listener->descriptor()), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            if (errno == EAGAIN || errno == EWOULDBLOCK)
                return;
            // Out of descriptors: the socket stays readable, and looking again at once would do so without end.
            m_waiting->setEnabled(false);
            QTimer::singleShot(acceptAgainMillis, this, [this] { m_waiting->setEnabled(true); });
            return;
        }
        auto socket = std::make_unique<QLocalSocket>();
        if (sameUser(descriptor) && socket->setSocketDescriptor(descriptor))
            new Peer(*this, socket.release());
        else
            ::close(descriptor);
    }
}

json::Value ControlServer::answer(const json::Value &command)
{
    const json::Value *what = command.find("do");
    const std::string_view name = what ? what->string() : std::string_view();
    if (name == "status") {
        json::Value out = toJson(m_api.apply.status());
        out.set("ok", true);
        return out;
    }
    if (name == "metrics")
        return metricsJson(m_api.live, m_api.exchanges.recorder());
    if (name == "upstreams")
        return json::Value::object({{"ok", true}, {"endpoints", endpointsJson(m_api.live.endpoints())}});
    if (name == "endpoint")
        return setEndpoint(command);
    if (name == "explain")
        return explain(command);
    if (name == "purge")
        return fail("purge empties caches, and this version has no cache yet.");
    const std::string_view near = nearest(name, {"status", "reload", "metrics", "upstreams", "endpoint", "exchanges", "explain", "stop"});
    return fail("\"" + std::string(name) + "\" is not a command." + (near.empty() ? std::string() : " Did you mean " + std::string(near) + "?"));
}

json::Value ControlServer::setEndpoint(const json::Value &command)
{
    const json::Value *named = command.find("name"), *state = command.find("state");
    const std::string name(named ? named->string() : std::string_view());
    const std::string_view wanted = state ? state->string() : std::string_view();
    if (wanted != "out" && wanted != "in")
        return fail("state is \"out\" or \"in\".");
    // "orders/127.0.0.1:9001", or the endpoint alone where only one upstream has it.
    std::vector<const api::EndpointLive *> found;
    const std::vector<api::EndpointLive> all = m_api.live.endpoints();
    for (const api::EndpointLive &endpoint : all)
        if (name == endpoint.upstream + "/" + endpoint.endpoint || name == endpoint.endpoint)
            found.push_back(&endpoint);
    if (found.size() > 1)
        return fail(name + " is an endpoint of several upstreams. Write UPSTREAM/" + name + ".");
    if (found.empty()) {
        std::vector<std::string_view> known;
        for (const api::EndpointLive &endpoint : all)
            known.push_back(endpoint.endpoint);
        const std::string_view near = nearest(name, known);
        return fail("There is no endpoint " + name + "." + (near.empty() ? std::string() : " Did you mean " + std::string(near) + "?"));
    }
    const auto result = m_api.endpoints.setOut(found[0]->upstream, found[0]->endpoint, wanted == "out");
    return result ? json::Value::object({{"ok", true}}) : fail(result.error().text());
}

json::Value ControlServer::explain(const json::Value &command)
{
    const auto text = [](const json::Value *value) { return std::string(value ? value->string() : std::string_view()); };
    api::RequestSketch sketch;
    if (const std::string method = text(command.find("method")); !method.empty())
        sketch.method = method;
    sketch.url = text(command.find("url"));
    sketch.body = text(command.find("body"));
    sketch.listener = text(command.find("listener"));
    if (const json::Value *headers = command.find("headers"))
        for (const json::Value &pair : headers->items)
            if (pair.items.size() == 2)
                sketch.headers.emplace_back(pair.items[0].string(), pair.items[1].string());
    const auto explanation = m_api.explain.explain(sketch);
    if (!explanation)
        return fail(explanation.error().text());
    json::Value out = observe::explanationJson(*explanation);
    out.set("ok", true);
    return out;
}

json::Value toJson(const api::Status &status)
{
    static constexpr const char *states[] = {"stopped", "starting", "running", "draining", "failed"};
    json::Value listeners = json::Value::array();
    for (const api::ListenerState &listener : status.listeners) {
        json::Value one = json::Value::object({{"name", listener.name}, {"address", listener.address}, {"url", listener.url}, {"exposed", listener.exposed}});
        if (!listener.error.empty())
            one.set("error", listener.error);
        listeners.append(std::move(one));
    }
    json::Value out = json::Value::object({{"state", states[static_cast<size_t>(status.state)]},
                                           {"revision", status.revision},
                                           {"applied", status.appliedMicros ? json::Value(isoTime(status.appliedMicros)) : json::Value()},
                                           {"last_good", status.lastGood},
                                           {"pid", static_cast<int64_t>(getpid())},
                                           {"version", GATEHOUSE_VERSION},
                                           {"listeners", std::move(listeners)}});
    if (!status.error.empty())
        out.set("error", status.error);
    return out;
}

json::Value toJson(const std::vector<schema::Problem> &problems, bool ok)
{
    json::Value list = json::Value::array();
    for (const schema::Problem &problem : problems) {
        json::Value one = json::Value::object({{"severity", problem.severity == schema::Severity::Error ? "error" : "warning"},
                                               {"file", problem.file},
                                               {"line", problem.line},
                                               {"column", problem.column},
                                               {"path", problem.path},
                                               {"message", problem.message}});
        if (!problem.suggestion.empty())
            one.set("suggestion", problem.suggestion);
        list.append(std::move(one));
    }
    return json::Value::object({{"ok", ok}, {"problems", std::move(list)}});
}

namespace {
json::Value toJson(const api::Percentiles &latency)
{
    return json::Value::object({{"p50", latency.p50}, {"p90", latency.p90}, {"p99", latency.p99}, {"max", latency.max}, {"count", latency.count}});
}
} // namespace

json::Value metricsJson(const api::Live &live, const api::RecorderState &recorder)
{
    const api::Live::Totals totals = live.totals();
    json::Value routes = json::Value::array(), policies = json::Value::array();
    for (const api::RouteLive &route : live.routes())
        routes.append(json::Value::object({{"route", route.name}, {"requests", route.requests}, {"errors", route.errors}, {"per_second", route.perSecond},
                                           {"latency_us", toJson(route.latency)}}));
    for (const api::PolicyLive &policy : live.policies())
        policies.append(json::Value::object({{"owner", policy.owner}, {"path", policy.path}, {"kind", policy.kind}, {"name", policy.name},
                                             {"passed", policy.passed}, {"stopped", policy.stopped}, {"delayed", policy.delayed}}));
    return json::Value::object({{"ok", true},
                                {"requests", totals.requests},
                                {"per_second", totals.perSecond},
                                {"in_flight", totals.inFlight},
                                {"connections", totals.connections},
                                {"latency_us", toJson(totals.latency)},
                                {"recorder", json::Value::object({{"recording", recorder.recording}, {"served", recorder.served}, {"recorded", recorder.recorded},
                                                                  {"dropped_records", recorder.droppedRecords}, {"dropped_bodies", recorder.droppedBodies},
                                                                  {"bytes", recorder.bytes}, {"bytes_max", recorder.bytesMax}})},
                                {"routes", std::move(routes)},
                                {"policies", std::move(policies)}});
}

json::Value endpointsJson(const std::vector<api::EndpointLive> &endpoints)
{
    json::Value list = json::Value::array();
    for (const api::EndpointLive &endpoint : endpoints)
        list.append(json::Value::object({{"upstream", endpoint.upstream}, {"endpoint", endpoint.endpoint}, {"url", endpoint.url}, {"out", endpoint.out},
                                         {"enabled", endpoint.enabled}, {"requests", endpoint.requests}, {"errors", endpoint.errors},
                                         {"per_second", endpoint.perSecond}, {"in_flight", endpoint.inFlight}, {"busy", endpoint.busy},
                                         {"idle", endpoint.idle}, {"weight", endpoint.weight}, {"latency_us", toJson(endpoint.latency)}}));
    return list;
}

} // namespace gatehouse::engine
