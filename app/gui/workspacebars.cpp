#include "app/gui/workspacebars.h"

#include "ui/shell/noticearea.h"

namespace gatehouse::gui {

using ui::HueId;

namespace {
QString q(const std::string &text) { return QString::fromStdString(text); }
const QString left = QStringLiteral("left"), outside = QStringLiteral("outside"), closing = QStringLiteral("close"), unsaved = QStringLiteral("save"), crash = QStringLiteral("journal");
} // namespace

WorkspaceBars::WorkspaceBars(ui::Session &session, ui::MainWindow &window, QObject *parent) : QObject(parent), m_session(session), m_window(window)
{
    connect(&session, &ui::Session::recoverableChanged, this, [this] { offerLeft(); });
    connect(&session, &ui::Session::changedOutside, this, [this] { askOutside(); });
    connect(&session, &ui::Session::saved, this, &WorkspaceBars::saved);
    connect(&session, &ui::Session::saveFailed, this, &WorkspaceBars::saveFailed);
    connect(&session, &ui::Session::journalErrorChanged, this, &WorkspaceBars::showJournalError);
    connect(&session, &ui::Session::dirtyChanged, this, [this] {
        if (!m_session.dirty())
            m_window.notices()->hide(closing);
        showSaveError();
    });
    connect(&session, &ui::Session::opened, this, [this] {
        m_closeWhenSaved = false;
        for (const QString &id : {left, outside, closing, unsaved, crash})
            m_window.notices()->hide(id);
    });
}

void WorkspaceBars::offerLeft(const QString &error)
{
    if (m_session.recoverable() == 0) {
        m_window.notices()->hide(left);
        return;
    }
    ui::WorkspaceNotice bar{left, error.isEmpty() ? HueId::Client : HueId::Server, {}, {}, {}, true, {}};
    bar.title = error.isEmpty() ? tr("%n edit(s) of %1 were not saved when Gatehouse ended last time.", nullptr, m_session.recoverable()).arg(m_session.name()) : error;
    bar.detail = error.isEmpty() ? tr("Restored, they can be looked at, undone and saved like any others. They are kept until you choose.")
                                 : tr("Undo what was edited there since and restore again, or drop the edits of last time.");
    bar.answers = {{tr("Restore the edits"), [this] {
                        if (auto recovered = m_session.recover(); !recovered)
                            offerLeft(q(recovered.error().text()));
                    }},
                   {tr("Drop them"), [this] { m_session.discardRecoverable(); }}};
    m_window.notices()->show(bar);
}

void WorkspaceBars::askOutside(const QString &error)
{
    const QStringList files = m_session.outsideFiles();
    if (files.isEmpty()) {
        m_window.notices()->hide(outside);
        return;
    }
    const QString names = files.join(QStringLiteral(", "));
    ui::WorkspaceNotice bar{outside, error.isEmpty() ? HueId::Client : HueId::Server, {}, {}, {}, false, {}};
    bar.title = error.isEmpty() ? tr("Another program changed %1, and there are unsaved edits here.").arg(names) : tr("Both can't be kept: %1.").arg(error);
    bar.detail = tr("Keep mine: the next save replaces what is on disk. Take theirs: the edits here are dropped.");
    const ui::NoticeAnswer mine{tr("Keep mine"), [this] { m_session.keepMine(); }}, theirs{tr("Take theirs"), [this] { m_session.takeTheirs(); }};
    if (error.isEmpty())
        bar.answers << ui::NoticeAnswer{tr("Merge both"), [this] {
                                            m_session.reload([this](const Result<void> &merged) {
                                                if (!merged)
                                                    askOutside(q(merged.error().text()));
                                            });
                                        }};
    bar.answers << mine << theirs;
    m_window.notices()->show(bar);
}

bool WorkspaceBars::mayClose()
{
    m_session.commit();
    if (m_session.saving()) {
        waitForSave();
        return false;
    }
    if (!m_session.dirty())
        return true;
    askClose();
    return false;
}

void WorkspaceBars::askClose()
{
    m_closeWhenSaved = false;
    const auto stay = [this] {
        m_closeWhenSaved = false;
        m_window.notices()->hide(closing);
    };
    ui::WorkspaceNotice bar{closing, HueId::Client, tr("%1 has unsaved changes.").arg(m_session.name()), tr("Closed without saving, they are dropped."), {}, true, stay};
    bar.answers = {{tr("Save and close"), [this] {
                        waitForSave();
                        m_session.save();
                    }},
                   {tr("Close without saving"), [this] {
                        m_session.discard();
                        m_window.close();
                    }},
                   {tr("Keep editing"), stay}};
    m_window.notices()->show(bar);
}

void WorkspaceBars::waitForSave()
{
    m_closeWhenSaved = true;
    const auto stay = [this] {
        m_closeWhenSaved = false;
        m_window.notices()->hide(closing);
    };
    m_window.notices()->show({closing, HueId::Redirect, tr("Saving %1. The window closes when it is on disk.").arg(m_session.name()), {}, {{tr("Keep the window open"), stay}}, true, stay});
}

void WorkspaceBars::saved()
{
    m_window.notices()->hide(unsaved);
    if (!std::exchange(m_closeWhenSaved, false))
        return;
    m_window.notices()->hide(closing);
    m_window.close(); // asks again where edits were made meanwhile
}

void WorkspaceBars::saveFailed()
{
    m_closeWhenSaved = false;
    m_window.notices()->hide(closing);
    showSaveError();
}

void WorkspaceBars::showSaveError()
{
    const auto &error = m_session.saveError();
    if (!error || !m_session.dirty() || error->kind == ErrorKind::InUse) { // changed outside: that bar asks
        m_window.notices()->hide(unsaved);
        return;
    }
    m_window.notices()->show({unsaved, HueId::Server, tr("Not saved: %1.").arg(q(error->text())), tr("The edits are here still, and are offered again should Gatehouse end."),
                              {{tr("Try again"), [this] { m_session.save(); }}, {tr("Hide this"), [this] { m_window.notices()->hide(unsaved); }}}, false, {}});
}

void WorkspaceBars::showJournalError()
{
    const QString error = m_session.journalError();
    if (error.isEmpty()) {
        m_window.notices()->hide(crash);
        return;
    }
    m_window.notices()->show({crash, HueId::Client, tr("Unsaved edits would not outlive a crash: %1.").arg(error), tr("What is saved is safe."),
                              {{tr("Save now"), [this] { m_session.save(); }}, {tr("Hide this"), [this] { m_window.notices()->hide(crash); }}}, false, {}});
}

} // namespace gatehouse::gui
