// Where secrets come from, in this order: GATEHOUSE_SECRET_<NAME> in the environment, a folder with one file each, the system's
// keychain. A value lives only where it is used. Every call is answered later, never inside the call, on the thread of the store
// (the main thread: keychains want it), and given up after a time: a keychain that hangs stops nothing.
#pragma once

#include "gateway/api/api.h"

#include <QtCore/QObject>

#include <chrono>
#include <set>
#include <map>
#include <string>
#include <vector>

namespace gatehouse::engine {

class SecretStore final : public QObject, public api::Secrets {
public:
    // `folder` empty: none. keychain false: only environment and folder are asked (the window's tests, CI).
    explicit SecretStore(std::string folder = {}, bool keychain = true, QObject *parent = nullptr);
    ~SecretStore() override;

    void get(const std::string &workspace, const std::string &name, std::function<void(Result<std::string>)> done) override;
    void set(const std::string &workspace, const std::string &name, std::string value, std::function<void(Result<void>)> done) override;
    void remove(const std::string &workspace, const std::string &name, std::function<void(Result<void>)> done) override;
    // Names that set() has stored for this workspace; a keychain can't be asked for them, so they are kept in it as one entry more.
    void names(const std::string &workspace, std::function<void(Result<std::vector<std::string>>)> done);
    // All of `wanted`; those that could not be had are in `failed` with their reasons.
    struct Fetched {
        std::map<std::string, std::string> values;
        std::map<std::string, Error> failed;
    };
    void fetch(const std::string &workspace, const std::set<std::string> &wanted, std::function<void(Fetched)> done);

    void setTimeout(std::chrono::milliseconds timeout) { m_timeout = timeout; }

private:
    // True, and answered later, where the keychain may not be used or nothing can have that name.
    bool refused(const std::string &name, const std::function<void(Result<void>)> &done);
    void read(const std::string &workspace, const std::string &name, std::function<void(Result<std::string>)> done); // from the keychain
    void updateNames(const std::string &workspace, const std::string &name, bool present, std::function<void(Result<void>)> done);

    std::string m_folder;
    bool m_keychain;
    std::chrono::milliseconds m_timeout{5000};
};

// "web-app-key" -> "GATEHOUSE_SECRET_WEB_APP_KEY".
std::string secretVariable(std::string_view name);

} // namespace gatehouse::engine
