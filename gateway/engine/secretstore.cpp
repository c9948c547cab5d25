#include "gateway/engine/secretstore.h"

#include "gateway/base/json.h"
#include "gateway/base/text.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QTimer>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusMessage>
#include <QtDBus/QDBusPendingCall>
#include <QtDBus/QDBusPendingReply>
#include <QtDBus/QDBusVariant>

#include <algorithm>
#include <cctype>
#include <qt6keychain/keychain.h>

namespace gatehouse::engine {

namespace {

QString q(const std::string &text) { return QString::fromStdString(text); }
QString entryOf(const std::string &workspace, const std::string &name) { return q(workspace + "/" + name); }
const std::string listEntry = ".names"; // no secret's name begins with a dot

Error notThere(const std::string &name)
{
    return Error::make(ErrorKind::NotFound,
                       "The secret " + name + " is not set. Set it with: gatehouse-cli secret set " + name + " --workspace FOLDER, or in the environment as "
                           + secretVariable(name) + ".");
}

// What ${secret:NAME} can name, but for the entry of the names; "/" would reach into another workspace.
bool canBeNamed(const std::string &name)
{
    return !name.empty() && name[0] != '.'
        && name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == std::string::npos;
}

Error badName(const std::string &name)
{
    return Error::make(ErrorKind::BadInput, "\"" + escapeControls(name) + "\" can't be a secret's name: letters, digits, - _ and . are, and no . at its head.");
}

Error switchedOff() { return Error::make(ErrorKind::NotAllowed, "The keychain is switched off here. Secrets come from the environment and from --secrets-dir."); }

Error locked(const std::string &name)
{
    return Error::make(ErrorKind::NotAllowed,
                       "The keychain is locked, so " + name + " can't be had. Unlock it and try again, or give " + name + " in the environment as " + secretVariable(name) + ".");
}

// A keychain that nobody unlocked answers as if there were no such entry. Asked from the service that libsecret asks; one that does not
// answer, or is not there, is not locked.
void whetherLocked(QObject *context, std::chrono::milliseconds timeout, std::function<void(bool)> done)
{
    QDBusMessage call = QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.secrets"), QStringLiteral("/org/freedesktop/secrets/aliases/default"),
                                                       QStringLiteral("org.freedesktop.DBus.Properties"), QStringLiteral("Get"));
    call << QStringLiteral("org.freedesktop.Secret.Collection") << QStringLiteral("Locked");
    call.setAutoStartService(false);
    auto *watcher = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(call, int(timeout.count())), context);
    QObject::connect(watcher, &QDBusPendingCallWatcher::finished, context, [done = std::move(done)](QDBusPendingCallWatcher *finished) {
        const QDBusPendingReply<QDBusVariant> reply = *finished;
        finished->deleteLater();
        done(reply.isValid() && reply.value().variant().toBool());
    });
}

Error keychainError(const QKeychain::Job &job, const std::string &name)
{
    switch (job.error()) {
    case QKeychain::EntryNotFound: return notThere(name);
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied: return locked(name);
    default:
        return Error::make(ErrorKind::System,
                           "No keychain answers (" + job.errorString().toStdString() + "). Unlock or start it, or give " + name + " in the environment as "
                               + secretVariable(name) + ".");
    }
}

// Runs a keychain job and answers once: when it ends, or when the time is up. A job that comes back later is dropped in silence.
template <typename Job>
void run(QObject *context, Job *job, std::chrono::milliseconds timeout, const std::string &name, std::function<void(Result<Job *>)> done)
{
    job->setAutoDelete(true);
    job->setInsecureFallback(false); // never a plain-text file
    auto answered = std::make_shared<bool>(false);
    QObject::connect(job, &QKeychain::Job::finished, context, [=](QKeychain::Job *finished) {
        if (std::exchange(*answered, true))
            return;
        if (finished->error() == QKeychain::NoError)
            done(static_cast<Job *>(finished));
        else
            done(keychainError(*finished, name));
    });
    QTimer::singleShot(timeout, context, [=] {
        if (!std::exchange(*answered, true))
            done(Error::make(ErrorKind::Timeout, "The keychain did not answer for " + name + " in " + std::to_string(timeout.count() / 1000)
                                 + " s. Is it waiting for its password?"));
    });
    job->start();
}

} // namespace

std::string secretVariable(std::string_view name)
{
    std::string out = "GATEHOUSE_SECRET_";
    for (char c : name)
        out += std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : '_';
    return out;
}

SecretStore::SecretStore(std::string folder, bool keychain, QObject *parent) : QObject(parent), m_folder(std::move(folder)), m_keychain(keychain) { }
SecretStore::~SecretStore() = default;

void SecretStore::get(const std::string &workspace, const std::string &name, std::function<void(Result<std::string>)> done)
{
    const auto later = [this, &done](Result<std::string> result) {
        QTimer::singleShot(0, this, [done = std::move(done), result = std::move(result)] { done(result); });
    };
    if (!canBeNamed(name)) {
        later(badName(name));
        return;
    }
    if (const char *value = std::getenv(secretVariable(name).c_str())) {
        later(std::string(value));
        return;
    }
    if (!m_folder.empty()) {
        QFile file(q(m_folder + "/" + name));
        if (file.open(QIODevice::ReadOnly)) {
            std::string value = file.read(64 * 1024).toStdString();
            while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) // editors add one
                value.pop_back();
            later(std::move(value));
            return;
        }
    }
    if (!m_keychain) {
        later(notThere(name));
        return;
    }
    read(workspace, name, std::move(done));
}

void SecretStore::read(const std::string &workspace, const std::string &name, std::function<void(Result<std::string>)> done)
{
    auto *job = new QKeychain::ReadPasswordJob(QStringLiteral("gatehouse"));
    job->setKey(entryOf(workspace, name));
    run<QKeychain::ReadPasswordJob>(this, job, m_timeout, name, [this, name, done = std::move(done)](Result<QKeychain::ReadPasswordJob *> result) {
        if (result)
            done((*result)->textData().toStdString());
        else if (result.error().kind == ErrorKind::NotFound)
            whetherLocked(this, m_timeout, [done, name, error = result.error()](bool yes) { done(yes ? locked(name) : error); });
        else
            done(result.error());
    });
}

bool SecretStore::refused(const std::string &name, const std::function<void(Result<void>)> &done)
{
    if (m_keychain && canBeNamed(name))
        return false;
    QTimer::singleShot(0, this, [done, error = m_keychain ? badName(name) : switchedOff()] { done(error); });
    return true;
}

void SecretStore::set(const std::string &workspace, const std::string &name, std::string value, std::function<void(Result<void>)> done)
{
    if (refused(name, done))
        return;
    auto *job = new QKeychain::WritePasswordJob(QStringLiteral("gatehouse"));
    job->setKey(entryOf(workspace, name));
    job->setTextData(q(value));
    run<QKeychain::WritePasswordJob>(this, job, m_timeout, name, [this, workspace, name, done = std::move(done)](Result<QKeychain::WritePasswordJob *> result) {
        if (!result)
            done(result.error());
        else
            updateNames(workspace, name, true, done);
    });
}

void SecretStore::remove(const std::string &workspace, const std::string &name, std::function<void(Result<void>)> done)
{
    if (refused(name, done))
        return;
    // Taking away what is not there is no error for the keychain; for a person who mistyped it is.
    read(workspace, name, [this, workspace, name, done = std::move(done)](const Result<std::string> &there) {
        if (!there) {
            done(there.error());
            return;
        }
        auto *job = new QKeychain::DeletePasswordJob(QStringLiteral("gatehouse"));
        job->setKey(entryOf(workspace, name));
        run<QKeychain::DeletePasswordJob>(this, job, m_timeout, name, [this, workspace, name, done](Result<QKeychain::DeletePasswordJob *> result) {
            if (!result)
                done(result.error());
            else
                updateNames(workspace, name, false, done);
        });
    });
}

void SecretStore::names(const std::string &workspace, std::function<void(Result<std::vector<std::string>>)> done)
{
    auto *job = new QKeychain::ReadPasswordJob(QStringLiteral("gatehouse"));
    job->setKey(entryOf(workspace, listEntry));
    run<QKeychain::ReadPasswordJob>(this, job, m_timeout, "the names of secrets", [this, done = std::move(done)](Result<QKeychain::ReadPasswordJob *> result) {
        std::vector<std::string> names;
        if (!result) {
            if (result.error().kind == ErrorKind::NotFound)
                whetherLocked(this, m_timeout, [done](bool yes) {
                    if (yes)
                        done(Error::make(ErrorKind::NotAllowed, "The keychain is locked. Unlock it and try again."));
                    else
                        done(std::vector<std::string>());
                });
            else
                done(result.error());
            return;
        }
        if (const auto list = json::parse((*result)->textData().toStdString()))
            for (const json::Value &item : list->items)
                names.emplace_back(item.string());
        done(names);
    });
}

void SecretStore::updateNames(const std::string &workspace, const std::string &name, bool present, std::function<void(Result<void>)> done)
{
    names(workspace, [this, workspace, name, present, done = std::move(done)](Result<std::vector<std::string>> known) {
        std::vector<std::string> list = known.valueOr({});
        std::erase(list, name);
        if (present)
            list.push_back(name);
        std::sort(list.begin(), list.end());
        json::Value text = json::Value::array();
        for (const std::string &item : list)
            text.append(item);
        auto *job = new QKeychain::WritePasswordJob(QStringLiteral("gatehouse"));
        job->setKey(entryOf(workspace, listEntry));
        job->setTextData(q(json::write(text)));
        run<QKeychain::WritePasswordJob>(this, job, m_timeout, name, [done](Result<QKeychain::WritePasswordJob *> result) {
            if (result)
                done({});
            else
                done(result.error());
        });
    });
}

void SecretStore::fetch(const std::string &workspace, const std::set<std::string> &wanted, std::function<void(Fetched)> done)
{
    struct Pending {
        Fetched fetched;
        size_t left;
        std::function<void(Fetched)> done;
    };
    auto pending = std::make_shared<Pending>(Pending{{}, wanted.size(), std::move(done)});
    if (wanted.empty()) {
        QTimer::singleShot(0, this, [pending] { pending->done(std::move(pending->fetched)); });
        return;
    }
    for (const std::string &name : wanted)
        get(workspace, name, [pending, name](Result<std::string> value) {
            if (value)
                pending->fetched.values[name] = *value;
            else
                pending->fetched.failed.emplace(name, value.error());
            if (--pending->left == 0)
                pending->done(std::move(pending->fetched));
        });
}

} // namespace gatehouse::engine
