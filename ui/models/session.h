// The workspace that is open in the window: its document, every edit to it, and what became of the edits. All panels edit through
// here, so that undo, autosave, validation and applying to the engine happen in one place. GUI thread only.
#pragma once

#include "gateway/api/api.h"
#include "gateway/config/document.h"
#include "gateway/config/journal.h"
#include "gateway/config/records.h"
#include "ui/models/trust.h"
#include "ui/models/worker.h"

#include <QtCore/QFileSystemWatcher>
#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtCore/QTimer>
#include <QtGui/QUndoStack>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace gatehouse {
class Mailbox;
}

namespace gatehouse::ui {

class Session final : public QObject {
    Q_OBJECT
public:
    // `stateFolder`: where the journals of unsaved edits are kept (0700, made if missing); empty: none are.
    Session(api::Api api, QString stateFolder, QObject *parent = nullptr);
    ~Session() override;

    // Replaces what was open. `done` comes from the event loop, with an empty text, or with the error to show when there is no such
    // workspace; what was open then stays. Of several the newest wins, the others never come back.
    void openLater(const QString &folderOrFile, std::function<void(const QString &error)> done);
    bool opening() const { return m_opening != m_lastOpened; }
    // The same at once, waiting for the disk: for tests and tools.
    bool open(const QString &folderOrFile, QString *error);
    bool isOpen() const { return m_document != nullptr; }
    const config::Document &document() const { return *m_document; } // only while open
    // The newest that resolved without errors; null: none has yet. Lists that only need names may use it.
    std::shared_ptr<const config::Workspace> workspace() const { return m_workspace; }
    QString name() const;   // of the workspace, or its folder's
    QString folder() const;

    const QStringList &environments() const { return m_environments; }
    QString environment() const { return m_environment; }
    void setEnvironment(const QString &name);

    // --- editing
    QUndoStack &undoStack() { return m_undo; }
    // Applies the patch and makes it an undo step of that name. Typing on in the same place joins the step before. The engine gets
    // it after 800 ms of quiet, or at once by commit(). A patch that does not fit changes nothing: the error says why.
    Result<void> edit(const schema::Patch &patch, const QString &name);
    // Enter, or the focus left the field.
    void commit();
    // Renames the thing and all that refers to it, as one step.
    Result<void> rename(const char *kind, const QString &from, const QString &to);
    // What is wrong with this text as the scalar there, while it is typed; empty: nothing.
    QString checkText(const config::Location &at, const QString &text) const;

    // --- problems: of the document, and of resolving and compiling it; sorted by place
    const config::Problems &problems() const { return m_problems; }
    config::Problems problemsBelow(const config::Location &at) const;
    int errorCount() const { return m_errors; }
    int warningCount() const { return int(m_problems.size()) - m_errors; }

    // --- trust: what the folder asks for beyond its own (security.md). Without a store whatever is asked for is granted.
    void setTrustStore(std::shared_ptr<config::TrustStore> store) { m_trust.setStore(std::move(store)); }
    const Trust &trust() const { return m_trust; }
    Result<void> trustFolder();
    Result<void> keepShut();   // what is asked now; what was granted before stays so
    Result<void> revokeTrust();

    // --- secrets that the workspace refers to and may read
    struct Secret {
        std::string name;
        std::optional<Error> missing; // none: it was had. NotFound: it is not set; others: the keychain's reason
        bool waiting = false;         // asked for, not answered yet
    };
    const std::vector<Secret> &secrets() const { return m_secrets; }
    const Secret *secret(const std::string &name) const; // null: none refers to it, or it may not be read
    // Into the keychain; then the workspace is resolved with it.
    void setSecret(const std::string &name, std::string value, std::function<void(Result<void>)> done);
    // Asks again for what the keychain did not give.
    void retrySecrets();

    // --- files: the disk is read and written by threads that may wait for it; nothing here does
    bool dirty() const;
    int unsavedSteps() const; // undo steps since the last save
    // Spans of what was edited; everything else stays byte for byte. `overwrite`: also files that changed outside. Asked for again
    // meanwhile, it saves once more when it is done, so that the newest text wins. Ends with saved() or saveFailed().
    void save(bool overwrite = false);
    bool saving() const { return m_saving; }
    const std::optional<Error> &saveError() const { return m_saveError; } // of the last save; none: it went well
    // Takes over what is on disk, merging where it can; an error changes nothing. Undo starts afresh where something changed.
    void reload(std::function<void(Result<void>)> done = {});
    // Files that changed outside while there are unsaved edits; empty: none. reload() merges, or:
    const QStringList &outsideFiles() const { return m_outsideNames; }
    void keepMine();   // the edited texts replace those on disk with the next save
    void takeTheirs(); // drops the edits
    void discard();    // drops unsaved edits, also from the journal
    // Unsaved edits of a run that did not end well; 0: none. They are kept until one of these is called; an error keeps them too.
    int recoverable() const { return m_left.edits; }
    Result<void> recover(); // as an undo step, merged with what was edited since
    void discardRecoverable();
    // Why unsaved edits would not outlive a crash now; empty: they would.
    const QString &journalError() const { return m_journalError; }
    // In place of the real writing, on the thread that writes. For tests.
    void setWriter(config::FileWriter writer) { m_writer = std::move(writer); }

    const api::Applied &lastApplied() const { return m_applied; }
    api::Api api() const { return m_api; }

Q_SIGNALS:
    void opened();
    // The document changed, by an edit, undo, redo or from outside. Models read it again; editors keep the caret.
    void documentChanged();
    void problemsChanged();
    void applied(); // lastApplied(): the engine took it, or said what is wrong
    void dirtyChanged();
    void environmentChanged();
    void trustChanged();
    void secretsChanged();
    void savingChanged();
    void saved();
    void saveFailed();
    void changedOutside(const QStringList &files); // outsideFiles() changed
    void recoverableChanged();
    void journalErrorChanged();

private:
    class EditCommand;
    struct Resolving;
    Result<schema::Patch> change(const schema::Patch &patch);
    void documentEdited();
    struct Gathered;
    void fetchSecretsAndResolve();
    void secretAnswered(const std::shared_ptr<Gathered> &gathered, const std::string &name, Result<std::string> value);
    void resolve(std::map<std::string, std::string> secrets);
    Result<void> answered(Result<void> result);
    void resolved(uint64_t number, std::shared_ptr<const config::Workspace> workspace, config::Problems problems);
    void setProblems(config::Problems ofDocument, config::Problems further);
    // --- sessionfiles.cpp
    struct JournalThread;
    void startFiles();
    void endFiles(); // when all is on disk
    void adopt(std::unique_ptr<config::Document> document);
    void readNames();
    void saveDone(uint64_t generation, const config::FileSet &set, const config::WrittenFiles &done);
    void watch();
    void filesChanged();
    // Reads what changed outside and comes back with that, unless another workspace was opened meanwhile.
    void readOutside(std::function<void(std::vector<config::OutsideText>)> then);
    Result<void> takeOver(const std::vector<config::OutsideText> &changed, bool keepMine);
    void setOutside(std::vector<config::OutsideText> changed);
    void journalPatch(const schema::Patch &patch);
    void flushJournal();
    void restartJournal(bool answered = false); // answered: what an earlier run left is not kept any longer
    void journal(std::function<Result<void>(config::Journal &)> step);
    void openJournal();

    api::Api m_api;
    QString m_stateFolder;
    std::unique_ptr<config::Document> m_document;
    std::shared_ptr<const config::Workspace> m_workspace;
    QUndoStack m_undo;
    QStringList m_environments;
    QString m_environment;
    Trust m_trust;
    std::vector<Secret> m_secrets;
    config::Problems m_problems, m_documentProblems;
    int m_errors = 0;
    QTimer m_quiet;   // until the engine gets the newest edit
    QTimer m_journalTimer;
    QTimer m_outside; // until a burst of changes outside is over
    QFileSystemWatcher m_watcher;
    std::unique_ptr<Mailbox> m_mailbox;
    std::unique_ptr<Resolving> m_resolving; // the thread that resolves
    uint64_t m_number = 0; // of the newest resolving
    api::Applied m_applied;
    bool m_wasDirty = false;

    uint64_t m_generation = 0; // counts workspaces that were opened
    uint64_t m_opening = 0;    // of the newest openLater
    uint64_t m_lastOpened = 0; // the newest that has been answered
    bool m_saving = false, m_saveAgain = false, m_overwriteAgain = false;
    int m_cleanBefore = 0;     // undo index of the last good save, when a later one failed
    std::optional<Error> m_saveError;
    config::FileWriter m_writer;
    std::vector<config::OutsideText> m_outsideTexts;
    QStringList m_outsideNames;
    config::LeftEdits m_left;
    std::set<std::string> m_journaled; // files whose saved text the journal knows
    std::vector<std::pair<schema::Patch, config::FileSet>> m_unjournaled; // until the timer
    QString m_journalError;
    std::shared_ptr<JournalThread> m_journal; // shared only so that it may stay unknown here
    std::unique_ptr<Worker> m_files; // reads and writes the workspace
    bool m_joins = false; // the next edit may be part of the step before
};

} // namespace gatehouse::ui
