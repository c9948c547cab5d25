#include "tests/integration/soak/workspace.h"

namespace gatehouse::soak {

namespace {

std::string number(uint64_t value) { return std::to_string(value); }

std::string endpoint(uint16_t port, uint64_t weight = 1)
{
    return "      - url: \"http://127.0.0.1:" + number(port) + "\"\n" + (weight > 1 ? "        weight: " + number(weight) + "\n" : "");
}

// One or both of those that behave, in either order, with other bounds each time.
std::string upstreams(const Ports &ports, uint64_t edition)
{
    std::string text = "upstreams:\n  - name: fine-" + number(edition % 3) + "\n    endpoints:\n";
    switch (edition % 4) {
    case 0: text += endpoint(ports.first) + endpoint(ports.second); break;
    case 1: text += endpoint(ports.first); break;
    case 2: text += endpoint(ports.second, 3) + endpoint(ports.first); break;
    default: text += endpoint(ports.second);
    }
    text += "    connections: { max: " + number(64 + edition % 5 * 16) + ", idle: 2s" + (edition % 6 == 5 ? ", requests: 20" : "") + " }\n";
    text += "  - name: faulty\n    endpoints:\n" + endpoint(ports.faulty) + "    connections: { idle: 2s }\n";
    text += "  - name: nobody\n    endpoints:\n" + endpoint(ports.nobody);
    text += "  - name: half\n    endpoints:\n" + endpoint(ports.nobody) + endpoint(ports.first)
        + "    connections: { idle: 2s }\n    delivery: { retry: { times: 3, failures: [ connect-failure ], backoff: { base: 1ms }, budget: 100% } }\n";
    return text;
}

// Every answer says which edition gave it and whose it is.
std::string route(const std::string &name, const std::string &path, uint64_t edition, const std::string &to, const std::string &more = {})
{
    return "  - name: " + name + "\n    match: { path: \"" + path + "\" }\n    policies:\n      - headers: { response: { set: { x-edition: \"" + number(edition)
        + "\", x-gate: \"{path.token}\" } } }\n" + more + "    to: " + to + "\n";
}

std::string routes(uint64_t edition)
{
    const std::string fine = "{ upstream: fine-" + number(edition % 3) + " }";
    const std::string own = "\"edition " + number(edition) + "\\n\"";
    const std::string limit = "      - rate-limit: { requests: " + number(100 + edition % 7 * 50) + ", per: 1s, by: global }\n";
    const auto hasty = [](const char *about) { return std::string("    delivery: { timeout: { ") + about + ": 300ms } }\n"; };
    std::string text = "routes:\n";
    for (uint64_t i = 0; i < edition % 5 * 6; ++i) // some in front, now more, now fewer
        text += "  - name: front-" + number(i) + "\n    match: { prefix: /front/" + number(edition % 2) + "/" + number(i) + " }\n    to: { respond: { status: 404 } }\n";
    text += route("up", "/up/{token}/{rest*}", edition, fine, edition % 2 ? "      - request-id: {}\n" : "");
    text += route("echo", "/echo/{token}/{rest*}", edition, fine, edition % 3 ? "      - headers: { request: { set: { x-more: \"{path.token}\" } } }\n" : "");
    text += route("sum", "/sum/{token}", edition, fine);
    text += route("fixed", "/fixed/{token}", edition, "{ respond: { status: 200, body: " + own + " } }");
    text += route("mock", "/mock/{token}", edition, "{ mock: said }");
    text += route("limited", "/limited/{token}", edition, "{ respond: { status: 200, body: " + own + " } }", limit);
    text += route("moved", "/moved/{token}/{rest*}", edition, "{ redirect: { location: \"/elsewhere/{path.token}\", status: 307 } }");
    text += route("refused", "/refused/{token}", edition, "{ upstream: nobody }");
    text += route("half", "/half/{token}/{rest*}", edition, "{ upstream: half }");
    text += route("stalls", "/fault/stalls/{token}/{rest*}", edition, "{ upstream: faulty }", hasty("response"));
    text += route("stalls-midway", "/fault/stalls-midway/{token}/{rest*}", edition, "{ upstream: faulty }", hasty("idle"));
    text += route("fault", "/fault/{kind}/{token}/{rest*}", edition, "{ upstream: faulty }");
    text += "mocks:\n  - name: said\n    responses:\n      - status: 200\n        body: " + own + "\n";
    return text;
}

} // namespace

std::string workspace(const Ports &ports, uint64_t edition)
{
    std::string text = "gatehouse: 1\nname: soak\nsettings:\n  recording: { bodies: " + number(16 + edition % 3 * 16) + "KiB, memory: 24MiB }\n"
        "listeners:\n  - name: main\n    address: 127.0.0.1:0\n    limits: { idle: " + number(60 + edition % 7) + "s }\n";
    if (edition % 2)
        text += "  - name: extra-" + number(edition % 8) + "\n    address: 127.0.0.1:0\n";
    return text + upstreams(ports, edition) + routes(edition);
}

std::string brokenWorkspace(const Ports &ports, uint64_t edition) { return workspace(ports, edition) + "bogus: 1\n"; }

} // namespace gatehouse::soak
