// The workspace that is open in the window: its document, every edit to it, and what became of the edits. All panels edit through
// here, so that undo, autosave, validation and applying to the engine happen in one place. GUI thread only.
#pragma once

#include "gateway/api/api.h"
#include "gateway/config/document.h"
#include "gateway/config/journal.h"
#include "gateway/config/records.h"

#include <QtCore/QFileSystemWatcher>
#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtCore/QTimer>
#include <QtGui/QUndoStack>

#include <map>
#include <memory>
#include <optional>
#include <string>
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

    // Replaces what was open. False, with an error to show, when there is no such workspace; what was open then stays.
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

    // --- files
    bool dirty() const;
    int unsavedSteps() const; // undo steps since the last save
    // Spans of what was edited; everything else stays byte for byte. `overwrite`: also files that changed outside.
    Result<void> save(bool overwrite = false);
    // Takes over what is on disk, merging where it can. Undo starts afresh.
    Result<void> reload();
    // Unsaved edits of a run that did not end well; 0: none. They wait until one of these is called.
    int recoverable() const;
    Result<void> recover();
    void discardRecoverable();

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
    void changedOutside(const QStringList &files); // and there are unsaved edits: reload() merges, save(true) overwrites

private:
    class EditCommand;
    struct Resolving;
    Result<schema::Patch> change(const schema::Patch &patch);
    void documentEdited();
    void fetchSecretsAndResolve();
    void resolve(std::map<std::string, std::string> secrets);
    void resolved(uint64_t number, std::shared_ptr<const config::Workspace> workspace, config::Problems problems);
    void setProblems(config::Problems ofDocument, config::Problems further);
    void watch();
    void filesChanged();

    api::Api m_api;
    QString m_stateFolder;
    std::unique_ptr<config::Document> m_document;
    std::optional<config::Journal> m_journal;
    std::shared_ptr<const config::Workspace> m_workspace;
    QUndoStack m_undo;
    QStringList m_environments;
    QString m_environment;
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
    bool m_joins = false; // the next edit may be part of the step before
};

} // namespace gatehouse::ui
