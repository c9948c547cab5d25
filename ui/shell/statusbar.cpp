#include "ui/shell/statusbar.h"

#include "ui/shell/theme.h"
#include "ui/widgets/flatbutton.h"
#include "ui/widgets/format.h"

#include <QtGui/QPainter>
#include <QtWidgets/QBoxLayout>

#include <algorithm>

namespace gatehouse::ui {
namespace {

Runs number(const QString &value, const QString &unit) { return { wire(value), soft(QStringLiteral(" ") + unit) }; }

FlatButton::Face engineFace(const ShellState &s)
{
    FlatButton::Face face;
    const int errors = static_cast<int>(std::count_if(
        s.problems.begin(), s.problems.end(), [](const Problem &p) { return p.severity == Problem::Severity::Error; }));
    switch (s.engine) {
    case ShellState::Engine::Running:
    case ShellState::Engine::Holding:
        face.icon = IconId::Check;
        face.text = { soft(
            StatusBar::tr("Running revision %1, applied %2").arg(s.revision).arg(formatClock(s.appliedAt))) };
        break;
    case ShellState::Engine::LastGood:
        face.icon = IconId::Warning;
        face.hue = HueId::Client;
        face.text = { soft((errors == 1
                ? StatusBar::tr("Running revision %1; your edit has 1 error and is not applied")
                : StatusBar::tr("Running revision %1; your edit has %n errors and is not applied", nullptr, errors))
                               .arg(s.revision)) };
        break;
    case ShellState::Engine::Failed:
        face.icon = IconId::Error;
        face.hue = HueId::Server;
        face.text = { soft(s.engineText) };
        break;
    case ShellState::Engine::Starting: face.text = { soft(StatusBar::tr("Starting")) }; break;
    case ShellState::Engine::Stopped: face.text = { soft(StatusBar::tr("Stopped")) }; break;
    }
    return face;
}

FlatButton::Face problemsFace(const ShellState &s)
{
    int errors = 0;
    for (const Problem &problem : s.problems)
        errors += problem.severity == Problem::Severity::Error;
    const int warnings = static_cast<int>(s.problems.size()) - errors;
    FlatButton::Face face;
    if (errors + warnings == 0) {
        face.text = { soft(StatusBar::tr("No problems")) };
        return face;
    }
    QStringList words;
    if (errors)
        words << (errors == 1 ? StatusBar::tr("1 error") : StatusBar::tr("%n errors", nullptr, errors));
    if (warnings)
        words << (warnings == 1 ? StatusBar::tr("1 warning") : StatusBar::tr("%n warnings", nullptr, warnings));
    face.icon = errors ? IconId::Error : IconId::Warning;
    face.hue = errors ? HueId::Server : HueId::Client;
    face.text = { soft(words.join(QStringLiteral(", "))) };
    return face;
}

FlatButton::Face savedFace(const ShellState &s)
{
    FlatButton::Face face;
    if (s.saving) {
        face.text = { soft(StatusBar::tr("Saving\u2026")) };
    } else if (!s.saveError.isEmpty() && s.unsavedChanges > 0) {
        face.icon = IconId::Error;
        face.hue = HueId::Server;
        face.text = { soft(StatusBar::tr("Not saved")) };
    } else {
        face.text = { soft(s.unsavedChanges == 0 ? StatusBar::tr("Saved")
                : s.unsavedChanges == 1          ? StatusBar::tr("Unsaved: 1 change")
                                                 : StatusBar::tr("Unsaved: %n changes", nullptr, s.unsavedChanges)) };
    }
    return face;
}

} // namespace

StatusBar::StatusBar(QWidget *parent)
    : QWidget(parent)
{
    setAccessibleName(tr("Status"));
    setFixedHeight(scaled(26));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(scaled(5), 1, scaled(5), 0);
    row->setSpacing(scaled(2));
    for (int i = 0; i < 8; ++i) {
        auto *part = new FlatButton(this);
        part->setHeight(24);
        part->setBaseType(Type::Control);
        part->setSteady(i >= 1 && i <= 5);
        m_parts[i] = part;
        row->addWidget(part);
        if (static_cast<Part>(i) == Part::Dropped)
            row->addStretch(1);
        connect(part, &QAbstractButton::clicked, this, [this, i] { Q_EMIT clicked(static_cast<Part>(i)); });
    }
    part(Part::Rate)->setToolTip(tr("Requests a second, all listeners"));
    part(Part::Latency)->setToolTip(tr("Of the last 10 s: 99 of 100 requests took at most this long"));
    part(Part::Recorded)->setToolTip(tr("Exchanges kept by the recorder"));
    part(Part::Dropped)->setToolTip(tr("Bodies that made room for newer ones; head and timing are kept"));
    part(Part::Memory)->setToolTip(tr("Memory of the recorder"));
    part(Part::Problems)->setToolTip(tr("Problems (F8 goes to the next)"));
}

void StatusBar::setState(const ShellState &s)
{
    const QString dash = QStringLiteral("\u2013");
    const bool live = s.engine != ShellState::Engine::Stopped && s.engine != ShellState::Engine::Failed;
    part(Part::Engine)->setFace(engineFace(s));
    part(Part::Engine)->setToolTip(plainToolTip(s.engineDetail));
    part(Part::Rate)
        ->setFace({ {}, {}, number(live ? formatRate(s.requestsPerSecond) : dash, tr("req/s")), {}, false, false });
    part(Part::Latency)
        ->setFace({ {}, {}, { soft(tr("p99 ")), wire(live ? formatDuration(s.p99) : dash) }, {}, false, false });
    part(Part::Recorded)->setFace({ {}, {}, number(formatCount(s.recorded), tr("recorded")), {}, false, false });
    FlatButton::Face dropped{ {}, {}, number(formatCount(s.bodiesDropped), tr("bodies dropped")), {}, false, false };
    if (s.bodiesDropped > 0)
        dropped.hue = HueId::Client;
    part(Part::Dropped)->setFace(dropped);
    part(Part::Memory)
        ->setFace({ {}, {}, { soft(tr("%1 of %2").arg(formatBytes(s.recorderBytes), formatBytes(s.recorderLimit))) },
            {}, false, false });
    m_wanted[static_cast<int>(Part::Memory)] = s.recorderLimit > 0;
    part(Part::Problems)->setFace(problemsFace(s));
    part(Part::Saved)->setFace(savedFace(s));
    m_wanted[static_cast<int>(Part::Saved)] = !s.workspace.isEmpty();
    part(Part::Saved)
        ->setToolTip(!s.saveError.isEmpty() && s.unsavedChanges ? plainToolTip(s.saveError)
                : s.unsavedChanges                              ? tr("Save (Ctrl+S)")
                                                                : plainToolTip(s.workspacePath));
    fit();
}

QSize StatusBar::minimumSizeHint() const { return { scaled(400), scaled(26) }; }
void StatusBar::resizeEvent(QResizeEvent *) { fit(); }

void StatusBar::fit()
{
    bool shown[8];
    int needed = scaled(10) + 7 * scaled(2);
    for (int i = 0; i < 8; ++i) {
        shown[i] = m_wanted[i];
        needed += shown[i] ? m_parts[i]->sizeHint().width() : 0;
    }
    for (const Part less : { Part::Memory, Part::Recorded, Part::Dropped, Part::Latency, Part::Rate }) {
        const int i = static_cast<int>(less);
        if (needed <= width() || !shown[i])
            continue;
        shown[i] = false;
        needed -= m_parts[i]->sizeHint().width();
    }
    for (int i = 0; i < 8; ++i)
        m_parts[i]->setVisible(shown[i]);
}

void StatusBar::paintEvent(QPaintEvent *)
{
    const Tokens &t = Tokens::current();
    QPainter painter(this);
    painter.fillRect(rect(), t.frame);
    painter.fillRect(QRect(0, 0, width(), 1), t.line);
}

} // namespace gatehouse::ui
