#include "ui/models/session.h"

#include "gateway/base/mailbox.h"
#include "gateway/config/resolve.h"

#include <QtCore/QFileInfo>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace gatehouse::ui {

namespace {
constexpr int quietMillis = 800;
QString q(const std::string &text) { return QString::fromStdString(text); }
} // namespace

// One edit. The document already has it when the command is pushed, so the first redo does nothing.
class Session::EditCommand final : public QUndoCommand {
public:
    EditCommand(Session &session, schema::Patch patch, schema::Patch inverse, const QString &name, bool joins)
        : QUndoCommand(name), m_session(session), m_patch(std::move(patch)), m_inverse(std::move(inverse)), m_joins(joins)
    {
    }
    void redo() override
    {
        if (std::exchange(m_done, true))
            return;
        if (auto inverse = m_session.change(m_patch))
            m_inverse = std::move(inverse).value();
        else
            setObsolete(true);
    }
    void undo() override
    {
        m_done = false;
        if (!m_session.change(m_inverse))
            setObsolete(true);
    }
    int id() const override { return 1; }
    bool mergeWith(const QUndoCommand *other) override
    {
        const auto *next = static_cast<const EditCommand *>(other);
        if (!next->m_joins || !m_patch.continues(next->m_patch))
            return false;
        m_patch = next->m_patch;
        schema::Patch inverse = next->m_inverse; // taken back in reverse order
        inverse.add(m_inverse);
        m_inverse = std::move(inverse);
        return true;
    }

private:
    Session &m_session;
    schema::Patch m_patch, m_inverse;
    bool m_joins; // nothing was committed since the step before
    bool m_done = true;
};

// Resolving reads the whole document, so it happens on a thread of its own; only the newest request is worked on.
struct Session::Resolving {
    struct Job {
        uint64_t number = 0;
        std::shared_ptr<const config::Document> document;
        std::string environment;
        std::map<std::string, std::string> secrets;
        std::map<std::string, std::string> whyNoSecret;
        bool trusted = true;
        std::set<std::string> granted; // wishes, where it is not trusted as a whole
    };
    explicit Resolving(Session &session) : m_session(session), m_thread([this](std::stop_token stop) { run(stop); }) { }
    ~Resolving()
    {
        m_thread.request_stop();
        m_wake.notify_all();
    }
    void ask(Job job)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_job = std::move(job);
        }
        m_wake.notify_all();
    }

private:
    void run(std::stop_token stop)
    {
        for (;;) {
            Job job;
            {
                std::unique_lock lock(m_mutex);
                m_wake.wait(lock, stop, [this] { return m_job.has_value(); });
                if (stop.stop_requested())
                    return;
                job = std::move(*m_job);
                m_job.reset();
            }
            config::ResolveOptions options;
            options.environment = job.environment;
            options.secrets = [&](const std::string &name) -> std::optional<std::string> {
                const auto at = job.secrets.find(name);
                return at == job.secrets.end() ? std::nullopt : std::optional(at->second);
            };
            options.whyNoSecret = [&](const std::string &name) {
                const auto at = job.whyNoSecret.find(name);
                return at == job.whyNoSecret.end() ? std::string() : at->second;
            };
            options.trusted = job.trusted;
            options.granted = [&](const std::string &wish) { return job.granted.contains(wish); };
            config::Resolved resolved = config::resolve(*job.document, options);
            Session *session = &m_session;
            session->m_mailbox->post([session, number = job.number, resolved = std::move(resolved)]() mutable {
                session->resolved(number, std::move(resolved.workspace), std::move(resolved.problems));
            });
        }
    }

    Session &m_session;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::optional<Job> m_job; // guarded by m_mutex
    std::jthread m_thread;    // last: it uses all of the above
};

Session::Session(api::Api api, QString stateFolder, QObject *parent)
    : QObject(parent), m_api(api), m_stateFolder(std::move(stateFolder)), m_mailbox(std::make_unique<Mailbox>())
{
    m_resolving = std::make_unique<Resolving>(*this);
    m_quiet.setSingleShot(true);
    m_quiet.setInterval(quietMillis);
    connect(&m_quiet, &QTimer::timeout, this, [this] { fetchSecretsAndResolve(); });
    startFiles();
}

Session::~Session()
{
    m_undo.disconnect();
    m_resolving.reset();
    endFiles();
}

QString Session::name() const
{
    if (m_workspace)
        return q(m_workspace->name);
    if (!m_document)
        return {};
    const schema::Node *root = m_document->root(m_document->entry());
    const schema::Node *name = root ? root->find("name") : nullptr;
    return name ? q(name->text) : QFileInfo(folder()).fileName();
}

QString Session::folder() const { return m_document ? q(m_document->folder()) : QString(); }

void Session::setEnvironment(const QString &name)
{
    if (name == m_environment)
        return;
    m_environment = name;
    Q_EMIT environmentChanged();
    if (m_document)
        fetchSecretsAndResolve();
}

Result<schema::Patch> Session::change(const schema::Patch &patch)
{
    auto inverse = m_document->apply(patch);
    if (!inverse)
        return inverse;
    journalPatch(patch);
    documentEdited();
    return inverse;
}

Result<void> Session::edit(const schema::Patch &patch, const QString &name)
{
    if (patch.empty())
        return {};
    auto inverse = change(patch);
    if (!inverse)
        return inverse.error();
    m_undo.push(new EditCommand(*this, patch, std::move(inverse).value(), name, std::exchange(m_joins, true)));
    return {};
}

void Session::commit()
{
    m_joins = false;
    if (m_quiet.isActive()) {
        m_quiet.stop();
        fetchSecretsAndResolve();
    }
}

Result<void> Session::rename(const char *kind, const QString &from, const QString &to)
{
    auto patch = m_document->renamePatch(kind, from.toStdString(), to.toStdString());
    if (!patch)
        return patch.error();
    auto result = edit(*patch, tr("Rename %1 to %2").arg(from, to));
    commit();
    return result;
}

QString Session::checkText(const config::Location &at, const QString &text) const { return q(m_document->checkText(at, text.toStdString())); }

void Session::documentEdited()
{
    setProblems(m_document->problems(), {});
    Q_EMIT documentChanged();
    if (const bool now = dirty(); now != std::exchange(m_wasDirty, now)) {
        if (!now)
            m_saveError.reset(); // nothing is unsaved any more
        Q_EMIT dirtyChanged();
    }
    m_quiet.start();
}

struct Session::Gathered {
    uint64_t number = 0; // of the resolving that waits for them
    std::map<std::string, std::string> values;
    size_t left = 0;
};

void Session::fetchSecretsAndResolve()
{
    m_trust.edited(*m_document);
    Q_EMIT trustChanged();
    std::vector<Secret> wanted;
    const auto gathered = std::make_shared<Gathered>();
    gathered->number = ++m_number;
    const std::set<std::string> granted = m_trust.granted();
    for (const std::string &name : config::secretNames(*m_document)) {
        if (!granted.contains(config::secretWish(name)))
            continue; // not even looked up
        const Secret *known = secret(name);
        // A keychain that is locked or silent is not asked again for each key typed.
        const bool given = known && known->missing && known->missing->kind != ErrorKind::NotFound;
        wanted.push_back({name, known ? known->missing : std::nullopt, !given});
        gathered->left += given ? 0 : 1;
    }
    m_secrets = std::move(wanted);
    if (gathered->left == 0) {
        resolve({});
        return;
    }
    const std::string workspace = config::workspaceName(*m_document);
    for (const Secret &each : std::vector<Secret>(m_secrets))
        if (each.waiting)
            m_api.secrets.get(workspace, each.name, [this, gathered, name = each.name](Result<std::string> value) { secretAnswered(gathered, name, std::move(value)); });
    Q_EMIT secretsChanged();
}

void Session::secretAnswered(const std::shared_ptr<Gathered> &gathered, const std::string &name, Result<std::string> value)
{
    if (value)
        gathered->values[name] = *value;
    if (gathered->number == m_number) {
        for (Secret &each : m_secrets) {
            if (each.name != name)
                continue;
            each.waiting = false;
            each.missing = value ? std::nullopt : std::optional(value.error());
        }
        Q_EMIT secretsChanged();
    }
    if (--gathered->left == 0 && gathered->number == m_number)
        resolve(std::move(gathered->values));
}

const Session::Secret *Session::secret(const std::string &name) const
{
    const auto found = std::find_if(m_secrets.begin(), m_secrets.end(), [&](const Secret &each) { return each.name == name; });
    return found == m_secrets.end() ? nullptr : &*found;
}

void Session::setSecret(const std::string &name, std::string value, std::function<void(Result<void>)> done)
{
    m_api.secrets.set(config::workspaceName(*m_document), name, std::move(value), [this, done = std::move(done)](Result<void> result) {
        if (result)
            retrySecrets();
        done(result);
    });
}

void Session::retrySecrets()
{
    m_secrets.clear();
    if (m_document)
        fetchSecretsAndResolve();
}

Result<void> Session::answered(Result<void> result)
{
    fetchSecretsAndResolve();
    return result;
}

Result<void> Session::trustFolder() { return answered(m_trust.grantAll()); }
Result<void> Session::keepShut() { return answered(m_trust.keepShut()); }
Result<void> Session::revokeTrust() { return answered(m_trust.revoke()); }

void Session::resolve(std::map<std::string, std::string> secrets)
{
    Resolving::Job job{++m_number, std::make_shared<const config::Document>(*m_document), m_environment.toStdString(), std::move(secrets), {}, m_trust.all(), m_trust.granted()};
    for (const Secret &each : m_secrets)
        if (each.missing && each.missing->kind != ErrorKind::NotFound)
            job.whyNoSecret[each.name] = each.missing->text();
    m_resolving->ask(std::move(job));
}

void Session::resolved(uint64_t number, std::shared_ptr<const config::Workspace> workspace, config::Problems problems)
{
    if (number != m_number)
        return; // a newer edit is on its way
    setProblems(m_documentProblems, problems);
    if (!workspace) {
        m_api.apply.refused();
        m_applied = {false, m_applied.revision, std::move(problems)};
        Q_EMIT applied();
        return;
    }
    m_workspace = workspace;
    m_api.apply.apply(std::move(workspace), [this, number](api::Applied result) {
        if (number != m_number)
            return;
        m_applied = std::move(result);
        if (!m_applied.problems.empty()) {
            config::Problems all = m_problems;
            all.insert(all.end(), m_applied.problems.begin(), m_applied.problems.end());
            setProblems(m_documentProblems, std::move(all));
        }
        Q_EMIT applied();
    });
}

void Session::setProblems(config::Problems ofDocument, config::Problems further)
{
    m_documentProblems = std::move(ofDocument);
    config::Problems all = m_documentProblems;
    all.insert(all.end(), further.begin(), further.end());
    schema::sortProblems(all); // what both found is told once
    m_problems = std::move(all);
    m_errors = int(std::count_if(m_problems.begin(), m_problems.end(), [](const config::Problem &p) { return p.severity == config::Severity::Error; }));
    Q_EMIT problemsChanged();
}

config::Problems Session::problemsBelow(const config::Location &at) const
{
    config::Problems out;
    for (const config::Problem &problem : m_problems)
        if (problem.file == at.file)
            if (const auto path = schema::Path::parse(problem.path); path && path->startsWith(at.path))
                out.push_back(problem);
    return out;
}

} // namespace gatehouse::ui
