// The running engine on a Unix-domain socket: one JSON object a line each way (cli.md, "Control socket"). Only its owner can open
// it (0600), and the peer's user is checked besides. There is no TCP admin port.
#pragma once

#include "gateway/api/api.h"
#include "gateway/base/json.h"

#include <QtCore/QObject>

#include <functional>
#include <memory>
#include <string>

class QLocalSocket;
class QSocketNotifier;

namespace gatehouse::net {
class Listener;
}

namespace gatehouse::engine {

// What only the program around the engine can do.
struct ControlHooks {
    std::function<void(std::function<void(api::Applied)>)> reload;
    std::function<void()> stop;
};

// On the engine's thread, and destroyed before it.
class ControlServer final : public QObject {
public:
    ControlServer(api::Api api, ControlHooks hooks, QObject *parent = nullptr);
    ~ControlServer() override; // removes the socket

    // A socket that nobody answers on is replaced; one that somebody uses is InUse.
    Result<void> listen(const std::string &path);

private:
    class Peer;
    void accept();
    // The answer of a command that answers at once; none: the peer is answered later.
    json::Value answer(const json::Value &command);
    json::Value setEndpoint(const json::Value &command);
    json::Value explain(const json::Value &command);

    api::Api m_api;
    ControlHooks m_hooks;
    std::unique_ptr<net::Listener> m_listener;
    std::unique_ptr<QSocketNotifier> m_waiting; // off for a moment when there is no descriptor left
};

// As `ctl` prints them.
json::Value toJson(const api::Status &status);
json::Value toJson(const std::vector<schema::Problem> &problems, bool ok);
json::Value metricsJson(const api::Live &live, const api::RecorderState &recorder);
json::Value endpointsJson(const std::vector<api::EndpointLive> &endpoints);

} // namespace gatehouse::engine
