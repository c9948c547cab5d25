// The gateway that is soaked: the real program, its workspace that changes each second, its log and its control socket.
#pragma once

#include "tests/integration/soak/actor.h"
#include "tests/integration/soak/figures.h"
#include "tests/integration/soak/upstreams.h"
#include "tests/integration/soak/workspace.h"
#include "tests/support/gateway.h"

#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>

#include <memory>

namespace gatehouse::soak {

class Subject {
public:
    explicit Subject(Ledger &ledger);

    // The next edition, or (now and then) one that is refused. Returns when it runs, false: it did not in time.
    bool edit();
    uint64_t editions() const { return m_edition; }
    uint64_t refused() const { return m_refused; }
    // What the log holds that it should not: errors other than those that were caused.
    std::string unexpectedErrors();
    QJsonObject status() { return ask("status"); }
    QJsonObject recorder() { return ask("metrics").value(QLatin1String("recorder")).toObject(); }
    Sample sample(double seconds) const;
    int descriptors() const { return descriptorsOf(m_gateway->pid()); }
    bool stop() { return m_gateway->stop(); }
    const Doors &doors() const { return m_doors; }

private:
    QJsonObject ask(const char *what);
    void readLog();

    Ledger &m_ledger;
    Upstream m_first, m_second, m_faulty;
    Ports m_ports;
    Doors m_doors;
    QTemporaryDir m_folder;
    std::unique_ptr<test::GatewayProcess> m_gateway;
    uint64_t m_edition = 0, m_refused = 0;
    uint64_t m_runs = 0, m_kept = 0; // of the log: revisions that run, refusals
    size_t m_logRead = 0;
    std::string m_errors;
};

} // namespace gatehouse::soak
