// What the frame of the window shows, as one value: app/ makes it from the engine's reports, at most four times a
// second.
#pragma once

#include "ui/shell/navigator.h"

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace gatehouse::ui {

struct Problem {
    enum class Severity { Warning, Error };
    Severity severity = Severity::Error;
    QString text; // "The { is not closed. Write /orders/{id} …"
    QString where; // "get-order, Path"
    Place place; // where it is put right

    bool operator==(const Problem &) const = default;
};

struct ShellState {
    enum class Engine {
        Starting,
        Running,
        Holding, // `held` exchanges wait at breakpoints
        LastGood, // the edit has errors; the configuration before it runs on
        Stopped,
        Failed, // could not start: `engineText` says why ("Port 8080 is taken")
    };
    QString workspace; // empty: none is open
    QString workspacePath;
    int unsavedChanges = 0;
    bool saving = false; // a save is under way
    QString saveError; // the last one failed; empty: it went well
    QString environment;
    QStringList environments;

    Engine engine = Engine::Stopped;
    QString engineText; // in place of the usual word, for Failed
    QString engineDetail; // its tooltip: cause and remedy
    int held = 0;
    bool exposed = false; // other machines reach one of the addresses
    QStringList addresses; // "127.0.0.1:8080", the first is shown; https ones begin with "https://"
    qint64 revision = 0; // of the running configuration; 0: none yet
    qint64 appliedAt = 0; // ms since the epoch

    double requestsPerSecond = 0;
    double p99 = -1; // ns; below 0: nothing measured
    qint64 recorded = 0;
    qint64 bodiesDropped = 0;
    qint64 recorderBytes = 0;
    qint64 recorderLimit = 0;

    QString undoText, redoText; // the step's name; empty: nothing to undo
    QList<Problem> problems; // errors first, then in the document's order

    bool operator==(const ShellState &) const = default;
};

} // namespace gatehouse::ui
