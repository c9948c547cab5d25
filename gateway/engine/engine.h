// The running gateway: owns its parts, starts and stops them, and is what stands behind the doors of gateway/api.
// Made, used and destroyed on one thread with an event loop (the main thread; keychains want it).
#pragma once

#include "gateway/api/api.h"
#include "gateway/base/clock.h"

#include <QtCore/QObject>

#include <memory>
#include <string>

namespace gatehouse::engine {

class SecretStore;

struct Options {
    int workers = 0;           // 0: one for each core
    bool record = true;
    std::string secretsFolder; // empty: none
    bool keychain = true;
    const Clock *clock = nullptr; // null: the system's
};

class Engine final : public QObject {
public:
    explicit Engine(Options options = {}, QObject *parent = nullptr);
    ~Engine() override; // stops at once, without draining

    api::Api api();
    SecretStore &secrets();

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

} // namespace gatehouse::engine
