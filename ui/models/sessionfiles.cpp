// The part of a session that has to do with the disk. The files are read and written by one thread, the journal by another, so that
// a slow save holds up neither typing nor the safety of what is typed.
#include "ui/models/session.h"

#include "gateway/base/mailbox.h"

#include <algorithm>

namespace gatehouse::ui {

namespace {
constexpr int journalMillis = 300, outsideMillis = 150;
QString q(const std::string &text) { return QString::fromStdString(text); }
} // namespace

// What belongs to the journal's thread.
struct Session::JournalThread {
    std::optional<config::Journal> journal;
    std::string told; // the error that the window knows of
    Worker worker;    // last: it uses the above
};

void Session::startFiles()
{
    m_files = std::make_unique<Worker>();
    m_journal = std::make_shared<JournalThread>();
    m_journalTimer.setSingleShot(true);
    m_journalTimer.setInterval(journalMillis);
    connect(&m_journalTimer, &QTimer::timeout, this, [this] { flushJournal(); });
    m_outside.setSingleShot(true);
    m_outside.setInterval(outsideMillis);
    connect(&m_outside, &QTimer::timeout, this, [this] { filesChanged(); });
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_outside, qOverload<>(&QTimer::start));
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_outside, qOverload<>(&QTimer::start));
}

void Session::endFiles()
{
    flushJournal();
    m_journal.reset(); // a save waits there before it goes to the files' thread
    m_files.reset();
}

// --- open

bool Session::open(const QString &folderOrFile, QString *error)
{
    auto document = config::Document::open(folderOrFile.toStdString());
    if (!document) {
        *error = q(document.error().text());
        return false;
    }
    adopt(std::move(document).value());
    return true;
}

void Session::openLater(const QString &folderOrFile, std::function<void(const QString &error)> done)
{
    m_files->post([this, number = ++m_opening, path = folderOrFile.toStdString(), done = std::move(done)] {
        auto opened = std::make_shared<Result<std::unique_ptr<config::Document>>>(config::Document::open(path));
        m_mailbox->post([this, number, opened, done] {
            if (number != m_opening)
                return;
            m_lastOpened = number;
            if (*opened)
                adopt(std::move(*opened).value());
            done(*opened ? QString() : q(opened->error().text()));
        });
    });
}

void Session::adopt(std::unique_ptr<config::Document> document)
{
    flushJournal(); // what is unsaved of the one before is offered when it is opened again
    m_document = std::move(document);
    m_trust.opened(*m_document);
    m_secrets.clear();
    ++m_generation;
    m_undo.clear();
    m_cleanBefore = 0;
    m_workspace.reset();
    m_saveError.reset();
    m_left = {};
    m_wasDirty = false;
    openJournal();
    readNames();
    watch();
    setProblems(m_document->problems(), {});
    setOutside({});
    Q_EMIT opened();
    Q_EMIT documentChanged();
    Q_EMIT environmentChanged();
    fetchSecretsAndResolve();
}

void Session::readNames()
{
    m_environments.clear();
    for (const std::string &name : m_document->environments())
        m_environments << q(name);
    if (!m_environments.contains(m_environment))
        m_environment = m_environments.contains(QStringLiteral("local")) ? QStringLiteral("local") : m_environments.value(0);
}

// --- save

bool Session::dirty() const { return m_document && m_document->dirty(); }

int Session::unsavedSteps() const
{
    const int clean = m_undo.cleanIndex() < 0 ? m_cleanBefore : m_undo.cleanIndex();
    return dirty() ? std::max(1, std::abs(m_undo.index() - clean)) : 0;
}

void Session::save(bool overwrite)
{
    if (!m_document)
        return;
    commit();
    if (m_saving) {
        m_saveAgain = true;
        m_overwriteAgain |= overwrite;
        return;
    }
    flushJournal();
    m_saving = true;
    if (m_undo.cleanIndex() >= 0)
        m_cleanBefore = m_undo.cleanIndex();
    m_undo.setClean(); // edits from here on are not part of it
    Q_EMIT savingChanged();
    auto set = std::make_shared<const config::FileSet>(m_document->fileSet());
    Worker::Job write = [this, set, overwrite, writer = m_writer, generation = m_generation] {
        auto done = std::make_shared<const config::WrittenFiles>(config::writeFiles(*set, overwrite, writer));
        m_mailbox->post([this, set, done, generation] { saveDone(generation, *set, *done); });
    };
    // First the journal knows what the files may become, then they do.
    m_journal->worker.post([thread = m_journal.get(), files = m_files.get(), set, write = std::move(write)] {
        if (thread->journal) {
            thread->journal->saving(*set);
            (void)thread->journal->flush(); // a full disk is told by the save
        }
        files->post(write);
    });
}

void Session::saveDone(uint64_t generation, const config::FileSet &set, const config::WrittenFiles &done)
{
    m_saving = false;
    if (generation == m_generation) {
        m_document->written(set, done.names);
        if (!done.names.empty())
            restartJournal();
        m_saveError = done.error;
        if (done.error)
            m_undo.resetClean();
        else
            m_trust.saved();
        watch();
        m_wasDirty = dirty();
        Q_EMIT dirtyChanged();
    }
    Q_EMIT savingChanged();
    if (generation == m_generation && done.error) {
        if (done.error->kind == ErrorKind::InUse)
            filesChanged(); // says what changed, and asks
        Q_EMIT saveFailed();
    } else if (generation == m_generation && !m_saveAgain) {
        Q_EMIT saved();
    }
    if (std::exchange(m_saveAgain, false))
        save(std::exchange(m_overwriteAgain, false));
}

void Session::discard()
{
    if (!m_document)
        return;
    m_document->revert();
    m_undo.clear(); // its patches were made on other texts
    restartJournal();
    documentEdited();
    commit();
}

// --- changes outside

void Session::readOutside(std::function<void(std::vector<config::OutsideText>)> then)
{
    auto set = std::make_shared<const config::FileSet>(m_document->fileSet());
    m_files->post([this, set, then = std::move(then), generation = m_generation] {
        auto changed = std::make_shared<std::vector<config::OutsideText>>(config::readOutside(*set));
        m_mailbox->post([this, changed, then, generation] {
            if (generation != m_generation)
                return;
            std::erase_if(*changed, [this](const config::OutsideText &one) { return one.text && *one.text == m_document->savedText(one.name); }); // our own save
            then(std::move(*changed));
        });
    });
}

Result<void> Session::takeOver(const std::vector<config::OutsideText> &changed, bool keepMine)
{
    if (auto result = m_document->takeOver(changed, keepMine); !result)
        return result;
    m_trust.merged(*m_document);
    if (!changed.empty() && !keepMine)
        m_undo.clear(); // its patches were made on other texts
    readNames();
    restartJournal();
    watch();
    setOutside({});
    documentEdited();
    commit();
    return {};
}

void Session::reload(std::function<void(Result<void>)> done)
{
    if (!m_document)
        return;
    readOutside([this, done = std::move(done)](const std::vector<config::OutsideText> &changed) {
        auto result = takeOver(changed, false);
        if (done)
            done(std::move(result));
    });
}

void Session::keepMine() { (void)takeOver(m_outsideTexts, true); }

void Session::takeTheirs()
{
    const std::vector<config::OutsideText> changed = m_outsideTexts;
    discard();
    (void)takeOver(changed, false); // without edits of ours nothing can clash; a file that can't be read shows as its problem
}

void Session::watch()
{
    if (!m_watcher.files().isEmpty())
        m_watcher.removePaths(m_watcher.files());
    if (!m_watcher.directories().isEmpty())
        m_watcher.removePaths(m_watcher.directories());
    if (m_document->folder().empty())
        return;
    QStringList paths;
    for (const std::string &watched : m_document->foldersToWatch()) // editors that write by renaming are seen in the folder
        paths << q(watched);
    for (const std::string &file : m_document->files())
        paths << folder() + QLatin1Char('/') + q(file);
    m_watcher.addPaths(paths);
}

void Session::filesChanged()
{
    readOutside([this](std::vector<config::OutsideText> changed) {
        watch();
        if (!changed.empty() && !dirty())
            (void)takeOver(changed, false); // a file that can't be read shows as its problem
        else
            setOutside(std::move(changed));
    });
}

void Session::setOutside(std::vector<config::OutsideText> changed)
{
    m_outsideTexts = std::move(changed);
    QStringList names;
    for (const config::OutsideText &one : m_outsideTexts)
        names << q(one.name);
    if (names.isEmpty() && m_outsideNames.isEmpty())
        return;
    m_outsideNames = names;
    Q_EMIT changedOutside(names);
}

// --- journal

void Session::journal(std::function<Result<void>(config::Journal &)> step)
{
    m_journal->worker.post([this, thread = m_journal.get(), step = std::move(step)] {
        if (!thread->journal)
            return;
        const auto done = step(*thread->journal);
        std::string error = done ? std::string() : done.error().text();
        if (error == thread->told)
            return;
        thread->told = error;
        m_mailbox->post([this, error = std::move(error)] {
            m_journalError = q(error);
            Q_EMIT journalErrorChanged();
        });
    });
}

void Session::openJournal()
{
    m_journaled.clear();
    m_unjournaled.clear();
    if (m_stateFolder.isEmpty())
        return;
    auto document = std::make_shared<const config::Document>(*m_document);
    m_journal->worker.post([this, thread = m_journal.get(), document, folder = m_stateFolder.toStdString(), generation = m_generation] {
        thread->journal.reset(); // its lock too
        auto opened = config::Journal::open(folder, *document);
        thread->told = opened ? std::string() : opened.error().text();
        config::LeftEdits left;
        if (opened) {
            thread->journal.emplace(std::move(opened).value());
            left = thread->journal->left();
        }
        m_mailbox->post([this, generation, left = std::move(left), error = thread->told] {
            if (generation != m_generation)
                return;
            m_left = left;
            m_journalError = q(error);
            Q_EMIT recoverableChanged();
            Q_EMIT journalErrorChanged();
        });
    });
}

void Session::journalPatch(const schema::Patch &patch)
{
    if (m_stateFolder.isEmpty())
        return;
    config::FileSet first; // files that it has not heard of yet
    for (const schema::Change &change : patch.changes)
        if (m_journaled.insert(change.file).second)
            first.files.push_back({change.file, {}, m_document->savedText(change.file)});
    m_unjournaled.emplace_back(patch, std::move(first));
    if (!m_journalTimer.isActive())
        m_journalTimer.start();
}

void Session::flushJournal()
{
    m_journalTimer.stop();
    if (m_unjournaled.empty())
        return;
    journal([patches = std::exchange(m_unjournaled, {})](config::Journal &journal) {
        for (const auto &[patch, set] : patches)
            journal.append(patch, set);
        return journal.flush();
    });
}

void Session::restartJournal(bool answered)
{
    if (m_stateFolder.isEmpty())
        return;
    m_journalTimer.stop();
    m_unjournaled.clear(); // the texts have them
    m_journaled.clear();
    config::FileSet set = m_document->fileSet();
    for (const config::FileText &one : set.files)
        if (one.dirty())
            m_journaled.insert(one.name);
    journal([set = std::move(set), answered](config::Journal &journal) {
        if (answered)
            journal.answered();
        return journal.restart(set);
    });
}

Result<void> Session::recover()
{
    std::vector<std::pair<std::string, std::string>> texts; // by file, merged
    for (const config::LeftText &one : m_left.files) {
        auto at = std::find_if(texts.begin(), texts.end(), [&](const auto &text) { return text.first == one.file; });
        if (at == texts.end())
            at = texts.insert(texts.end(), {one.file, m_document->text(one.file)});
        auto merged = config::mergeTexts(one.base, at->second, one.edited);
        if (!merged)
            return Error::make(ErrorKind::InUse, tr("Lines %1 to %2 of %3 are no longer what these edits were made on.").arg(merged.error().first).arg(merged.error().last).arg(q(one.file)).toStdString());
        at->second = std::move(*merged);
    }
    for (const auto &[file, text] : texts)
        if (auto result = edit(m_document->textPatch(file, text), tr("Restore unsaved edits")); !result)
            return result;
    commit();
    discardRecoverable(); // they are edits of this run now
    return {};
}

void Session::discardRecoverable()
{
    m_left = {};
    restartJournal(true);
    Q_EMIT recoverableChanged();
}

} // namespace gatehouse::ui
