#include "ui/routes/ownerform.h"

#include "gateway/config/shapes.h"
#include "ui/routes/unplacederrors.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/codeeditor.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/runs.h"
#include "ui/widgets/states.h"

#include <QtGui/QKeyEvent>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QMenu>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace gatehouse::ui {

namespace {

QString q(const std::string &text) { return QString::fromStdString(text); }

const schema::Shape *shapeOf(OwnerKind kind)
{
    switch (kind) {
    case OwnerKind::Route: return config::routeShape().get();
    case OwnerKind::Group: return config::groupShape().get();
    case OwnerKind::Listener: return config::listenerShape().get();
    case OwnerKind::Consumer: return config::consumerShape().get();
    case OwnerKind::SharedPolicy: return config::sharedPolicyShape().get();
    case OwnerKind::Section: break;
    }
    return nullptr;
}

QLabel *label(const QString &text, Type type, QWidget *parent)
{
    auto *out = new QLabel(text, parent);
    out->setFont(typeFont(type));
    out->setTextFormat(Qt::PlainText);
    return out;
}

} // namespace

OwnerForm::OwnerForm(api::Api api, Session &session, Navigator &navigator, QWidget *parent)
    : QWidget(parent), m_session(session), m_navigator(navigator), m_scroll(new QScrollArea), m_pages(new QStackedWidget), m_tabs(new QTabBar(this)), m_text(new CodeEditor),
      m_textError(new FieldError), m_api(api), m_edits(session)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    m_tabs->addTab(tr("Form"));
    m_tabs->addTab(tr("Text"));
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    m_tabs->setAccessibleName(tr("Form or text"));
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_pages->addWidget(m_scroll);
    auto *textPage = new QWidget;
    auto *textLayout = new QVBoxLayout(textPage);
    textLayout->setContentsMargins(0, scaled(4), 0, 0);
    m_text->setLanguage(Language::Yaml);
    textLayout->addWidget(m_text, 1);
    auto *errorRow = new QHBoxLayout;
    errorRow->setContentsMargins(scaled(18), 0, scaled(18), 0);
    errorRow->addWidget(m_textError);
    textLayout->addLayout(errorRow);
    m_pages->addWidget(textPage);
    layout->addWidget(m_pages, 1);
    layout->addWidget(m_tabs);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int page) {
        m_pages->setCurrentIndex(page); // the focus may go to the text with it
        readText();
    });
    connect(m_text, &CodeEditor::textChanged, this, &OwnerForm::textEdited);
    connect(&session, &Session::documentChanged, this, [this] {
        showState();
        showHints();
        showText();
    });
    connect(&session, &Session::problemsChanged, this, &OwnerForm::showState);
    connect(&session, &Session::applied, this, &OwnerForm::showState);
}

std::optional<config::Location> OwnerForm::place() const
{
    return m_session.isOpen() && m_kind != OwnerKind::Section ? m_session.document().find(kindName(m_kind), m_name.toStdString()) : std::nullopt;
}

void OwnerForm::setOwner(OwnerKind kind, const QString &name)
{
    if (kind == m_kind && name == m_name && m_scroll->widget())
        return;
    m_kind = kind;
    m_name = name;
    build();
    showText();
}

void OwnerForm::build()
{
    m_forms.clear();
    m_inherited.clear();
    auto *page = new QWidget;
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(scaled(18), scaled(14), scaled(18), scaled(18));
    layout->setSpacing(scaled(8));
    if (const auto at = place()) {
        buildHead(layout, page);
        if (m_kind == OwnerKind::Route) {
            buildRoute(layout, page, *at);
        } else if (m_kind != OwnerKind::SharedPolicy) {
            auto *form = new RecordForm(m_session, *at, *shapeOf(m_kind), nullptr, page);
            form->setHidden({QStringLiteral("name"), QStringLiteral("policies")});
            form->follow();
            m_forms.emplace_back(form);
            layout->addWidget(form);
        } else {
            auto *hint = label(tr("Routes, groups and listeners refer to it by its name. What it does stands at the right."), Type::Control, page);
            hint->setWordWrap(true);
            layout->addWidget(hint);
        }
    }
    layout->addStretch();
    m_scroll->setWidget(page);
    showState();
    showHints();
}

void OwnerForm::buildHead(QVBoxLayout *layout, QWidget *page)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(scaled(4));
    m_heading = new QStackedWidget(page);
    m_nameLabel = label(m_name, Type::Title, m_heading);
    m_nameLine = new QLineEdit(m_name, m_heading);
    m_nameLine->setAccessibleName(tr("Name"));
    m_nameLine->installEventFilter(this);
    m_nameLine->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed); // the pencil stands behind the name, not behind the field
    m_heading->addWidget(m_nameLabel);
    m_heading->addWidget(m_nameLine);
    m_heading->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    m_heading->setFixedHeight(scaled(28));
    connect(m_nameLine, &QLineEdit::editingFinished, this, &OwnerForm::finishRename);
    row->addWidget(m_heading);
    auto *pencil = iconButton(IconId::Pencil, tr("Rename (F2)"), page);
    connect(pencil, &QToolButton::clicked, this, &OwnerForm::startRename);
    row->addWidget(pencil);
    row->addStretch();
    auto *copy = iconButton(IconId::Copy, tr("Duplicate (Ctrl+D)"), page);
    auto *trash = iconButton(IconId::Trash, tr("Delete"), page);
    connect(copy, &QToolButton::clicked, this, &OwnerForm::duplicateRequested);
    connect(trash, &QToolButton::clicked, this, &OwnerForm::deleteRequested);
    row->addWidget(copy);
    row->addWidget(trash);
    layout->addLayout(row);
    m_nameError = label({}, Type::Hint, page);
    m_nameError->hide();
    m_nameError->setWordWrap(true);
    layout->addWidget(m_nameError);
    m_state = new RunsLabel(page);
    m_state->setBaseFont(typeFont(Type::Control));
    layout->addWidget(m_state);
    m_warning = new NoticeBar(HueId::Client, page);
    m_warning->hide();
    layout->addWidget(m_warning);
    m_unplaced = new UnplacedErrors(page);
    connect(m_unplaced, &UnplacedErrors::textRequested, this, &OwnerForm::goToText);
    connect(m_unplaced, &UnplacedErrors::policyRequested, this, [this](const config::Problem &problem) { m_navigator.openPath(q(problem.path), q(problem.file)); });
    layout->addWidget(m_unplaced);
}

RecordForm *OwnerForm::addSection(QVBoxLayout *layout, QWidget *page, const QString &title, const config::Location &at, const schema::Shape &shape, const QString &add)
{
    layout->addSpacing(scaled(8));
    auto *row = new QHBoxLayout;
    row->addWidget(label(title, Type::Section, page), 1);
    auto *form = new RecordForm(m_session, at, shape, nullptr, page);
    form->setShow(RecordForm::Show::SetOnly);
    form->follow();
    QPushButton *more = linkButton(add, page);
    more->setAccessibleName(tr("%1, %2").arg(title, add));
    connect(more, &QPushButton::clicked, this, [form, more] {
        QMenu menu(more);
        form->fillAddMenu(&menu);
        if (menu.isEmpty())
            menu.addAction(tr("Everything is set"))->setEnabled(false);
        menu.exec(more->mapToGlobal(QPoint(0, more->height())));
    });
    row->addWidget(more);
    layout->addLayout(row);
    layout->addWidget(form);
    m_forms.emplace_back(form);
    return form;
}

void OwnerForm::buildRoute(QVBoxLayout *layout, QWidget *page, const config::Location &at)
{
    const schema::Shape &route = *shapeOf(OwnerKind::Route);
    const auto below = [&](const char *key) { return config::Location{at.file, at.path / schema::Step(key), 0}; };
    m_match = addSection(layout, page, tr("Match"), below("match"), *route.field("match")->shape, tr("Add condition"));
    addInherited(layout, page);
    addSection(layout, page, tr("Rewrite"), below("rewrite"), *route.field("rewrite")->shape, tr("Add"));
    layout->addSpacing(scaled(8));
    layout->addWidget(label(tr("Target"), Type::Section, page));
    auto *target = new QHBoxLayout;
    auto *send = label(tr("Send to"), Type::Control, page);
    send->setFixedWidth(scaled(84));
    send->setMinimumHeight(scaled(28));
    target->addWidget(send, 0, Qt::AlignTop);
    target->setSpacing(scaled(12));
    Editor *to = makeEditor(m_session, below("to"), *route.field("to")->shape, route.field("to"), page);
    connect(&m_session, &Session::documentChanged, to, [to] { to->read(); });
    target->addWidget(to, 1);
    layout->addLayout(target);
    m_forms.emplace_back(to);
    m_targetHint = new RunsLabel(page);
    m_targetHint->setBaseFont(typeFont(Type::Control));
    m_targetHint->setContentsMargins({});
    connect(m_targetHint, &RunsLabel::placeActivated, &m_navigator, &Navigator::go);
    m_targetError = new FieldError(page);
    auto *hintRow = new QVBoxLayout;
    hintRow->setContentsMargins(scaled(96), 0, 0, 0);
    hintRow->addWidget(m_targetError);
    hintRow->addWidget(m_targetHint);
    layout->addLayout(hintRow);
    addSection(layout, page, tr("Delivery"), below("delivery"), *route.field("delivery")->shape, tr("Add"));
    addInherited(layout, page);
    layout->addSpacing(scaled(8));
    layout->addWidget(label(tr("About it"), Type::Section, page));
    auto *rest = new RecordForm(m_session, at, route, nullptr, page);
    rest->setHidden({QStringLiteral("name"), QStringLiteral("match"), QStringLiteral("policies"), QStringLiteral("rewrite"), QStringLiteral("delivery"), QStringLiteral("to")});
    rest->follow();
    layout->addWidget(rest);
    m_forms.emplace_back(rest);
}

// What holds here without being written here: the group's hosts, the upstream's delivery. With its owner, which it leads to.
void OwnerForm::addInherited(QVBoxLayout *layout, QWidget *page)
{
    auto *shown = new RunsLabel(page);
    shown->setBaseFont(typeFont(Type::Control));
    connect(shown, &RunsLabel::placeActivated, &m_navigator, &Navigator::go);
    layout->addWidget(shown);
    m_inherited.emplace_back(shown);
}

namespace {

QString scalarsOf(const schema::Node *node)
{
    if (!node)
        return {};
    if (node->isScalar())
        return q(node->text);
    QStringList parts;
    for (const schema::Node &item : node->items)
        parts << scalarsOf(&item);
    for (const schema::Member &member : node->members)
        parts << keyLabel(member.key.text).toLower() + QLatin1Char(' ') + scalarsOf(&member.value);
    return parts.join(QStringLiteral(", "));
}

} // namespace

void OwnerForm::showHints()
{
    const auto at = place();
    if (m_kind != OwnerKind::Route || !at || !m_targetHint || m_inherited.size() < 2)
        return;
    const config::Document &document = m_session.document();
    const schema::Node *route = document.at(*at);
    const auto text = [](const schema::Node *node, const char *key) {
        const schema::Node *value = node ? node->find(key) : nullptr;
        return value && value->isScalar() ? q(value->text) : QString();
    };
    const schema::Node *match = route->find("match"), *to = route->find("to"), *own = route->find("delivery");
    const QString groupName = text(route, "group"), upstream = text(to, "upstream"), mock = text(to, "mock");
    const auto groupAt = groupName.isEmpty() ? std::nullopt : document.find("group", groupName.toStdString());
    const schema::Node *group = groupAt ? document.at(*groupAt) : nullptr;
    const QString prefix = text(group, "prefix");
    for (const char *key : {"path", "prefix", "exact"})
        if (m_match)
            m_match->setHint(QLatin1String(key), prefix.isEmpty() || text(match, key).isEmpty() ? QString() : tr("After the group's prefix: %1").arg(prefix + text(match, key)));
    const auto show = [](RunsLabel *label, const Runs &runs) {
        if (label->runs().isEmpty() != runs.isEmpty() || toPlainText(label->runs()) != toPlainText(runs))
            label->setRuns(runs);
        label->setVisible(!runs.isEmpty());
    };
    Runs hosts, delivery, target;
    if (group && group->find("hosts") && !(match && match->find("hosts")))
        hosts << quiet(tr("Hosts: ")) << quiet(scalarsOf(group->find("hosts")) + tr(", from ")) << link(groupName, {Place::Kind::Group, QLatin1String(panels::routes), groupName, {}, 0});
    if (m_inherited[0])
        show(m_inherited[0], hosts);
    if (const auto upAt = upstream.isEmpty() ? std::nullopt : document.find("upstream", upstream.toStdString())) {
        const schema::Node *node = document.at(*upAt), *given = node ? node->find("delivery") : nullptr;
        QStringList parts;
        for (const schema::Member &member : given ? given->members : std::vector<schema::Member>())
            if (!own || !own->find(member.key.text))
                parts << tr("%1: %2").arg(keyLabel(member.key.text), scalarsOf(&member.value));
        const Place there{Place::Kind::Upstream, QLatin1String(panels::upstreams), upstream, {}, 0};
        if (!parts.isEmpty())
            delivery << quiet(parts.join(QStringLiteral("; ")) + tr(", from ")) << link(upstream, there);
        int takes = 0, all = 0;
        int64_t p99 = -1;
        for (const api::EndpointLive &endpoint : m_api.live.endpoints())
            if (q(endpoint.upstream) == upstream) {
                ++all;
                takes += endpoint.enabled && !endpoint.out;
                p99 = endpoint.latency.count ? std::max(p99, endpoint.latency.p99) : p99;
            }
        if (all)
            target << quiet(tr("%1 of %2 endpoints take requests").arg(takes).arg(all)) << quiet(p99 < 0 ? QString() : tr(", p99 %1").arg(formatDuration(double(p99) * 1000))) << plain(QStringLiteral("   "));
        target << link(tr("Open %1").arg(upstream), there);
    } else if (!mock.isEmpty()) {
        target << link(tr("Open %1").arg(mock), {Place::Kind::Mock, QLatin1String(panels::mocks), mock, {}, 0});
    }
    if (m_inherited[1])
        show(m_inherited[1], delivery);
    show(m_targetHint, target);
}

void OwnerForm::startRename()
{
    if (!m_nameLine)
        return;
    m_heading->setCurrentWidget(m_nameLine);
    m_heading->setMinimumWidth(scaled(220));
    m_nameLine->setText(m_name);
    m_nameLine->setFocus();
    m_nameLine->selectAll();
}

void OwnerForm::finishRename()
{
    if (m_heading->currentWidget() != m_nameLine)
        return;
    const QString to = m_nameLine->text().trimmed();
    if (to != m_name) {
        const QString from = m_name;
        m_name = to; // documentChanged asks for the new one already
        if (const auto renamed = m_session.rename(kindName(m_kind), from, to); !renamed) {
            m_name = from;
            m_nameError->setText(q(renamed.error().text()));
            m_nameError->show();
            setError(m_nameLine, true);
            return;
        }
        m_nameLabel->setText(to);
        Q_EMIT this->renamed(to);
    }
    m_nameError->hide();
    setError(m_nameLine, false);
    m_heading->setMinimumWidth(0);
    m_heading->setCurrentWidget(m_nameLabel);
}

bool OwnerForm::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_nameLine && event->type() == QEvent::KeyPress && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape) {
        m_nameError->hide();
        m_nameLine->setText(m_name);
        m_heading->setCurrentWidget(m_nameLabel);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

// What runs of it, in words; and the first warning with its reason.
void OwnerForm::showState()
{
    const auto at = place();
    if (!m_state || !at)
        return;
    const config::Problems problems = m_session.problemsBelow(*at);
    const bool broken = schema::hasErrors(problems);
    QStringList words;
    const schema::Node *node = m_session.document().at(*at);
    if (const schema::Node *group = node ? node->find("group") : nullptr)
        words << tr("In group %1.").arg(q(group->text));
    if (const schema::Node *enabled = node ? node->find("enabled") : nullptr; enabled && enabled->text == "false")
        words << tr("Switched off.");
    else
        words << (broken ? tr("Runs its last valid version.") : m_session.errorCount() > 0 ? tr("Waits for errors elsewhere to be put right.") : tr("Runs as you see it."));
    const Run state = plain(words.join(QLatin1Char(' ')));
    m_state->setRuns({broken ? inHue(state, HueId::Client) : soft(state.text)});
    const auto warning = std::find_if(problems.begin(), problems.end(), [](const config::Problem &p) { return p.severity == config::Severity::Warning; });
    m_warning->setVisible(warning != problems.end());
    if (warning != problems.end())
        showWarning(*warning);
    placeErrorsLater();
    showTextErrors();
}

// When the fields have read the same problems.
void OwnerForm::placeErrorsLater()
{
    if (std::exchange(m_placing, true))
        return;
    QMetaObject::invokeMethod(this, &OwnerForm::placeErrors, Qt::QueuedConnection);
}

// What no field says is said at the head. A target's own error (no such upstream, none at all) stands below the target.
void OwnerForm::placeErrors()
{
    m_placing = false;
    const auto at = place();
    const QWidget *page = m_scroll->widget();
    if (!at || !page || !m_unplaced)
        return;
    QStringList said;
    for (const FieldError *error : page->findChildren<FieldError *>())
        if (error != m_targetError && error->isVisibleTo(page))
            said << error->text();
    const schema::Path to = at->path / schema::Step("to");
    QString ofTarget;
    config::Problems rest;
    for (const config::Problem &problem : m_session.problemsBelow(*at)) {
        if (problem.severity != config::Severity::Error || said.removeOne(q(problem.message)))
            continue;
        const auto path = schema::Path::parse(problem.path);
        const bool scalar = path && path->size() == to.size() + 1 && (path->last() == schema::Step("upstream") || path->last() == schema::Step("mock"));
        if (m_targetError && ofTarget.isEmpty() && path && path->startsWith(to) && (*path == to || scalar))
            ofTarget = q(problem.message);
        else
            rest.push_back(problem);
    }
    if (m_targetError)
        m_targetError->setError(ofTarget);
    m_unplaced->show(rest, m_session.document(), at->path);
}

// What is odd about it, a request to try it with, and at most two ways on.
void OwnerForm::showWarning(const config::Problem &problem)
{
    QString title = q(problem.message);
    title[0] = title[0].toUpper();
    title += title.endsWith(QLatin1Char('.')) ? QString() : QStringLiteral(".");
    const bool route = m_kind == OwnerKind::Route, whole = problem.path == place()->path.text();
    const Runs detail = route ? Runs{soft(tr("Try it with %1").arg(m_edits.exampleWords(m_name)))} : Runs{};
    if (m_warning->title() == title && m_warning->accessibleDescription() == toPlainText(detail))
        return; // its commands may have the focus
    m_warning->setNotice(title, detail);
    m_warning->clearCommands();
    if (route && whole)
        connect(m_warning->addCommand(tr("Set priority")), &QPushButton::clicked, this, &OwnerForm::priorityRequested);
    if (route)
        connect(m_warning->addCommand(tr("Explain it")), &QPushButton::clicked, this, &OwnerForm::explainRequested);
}

bool OwnerForm::reveal(const config::Location &at)
{
    m_tabs->setCurrentIndex(0);
    placeErrors();
    if (m_unplaced && m_unplaced->reveal(at.path)) {
        m_scroll->ensureWidgetVisible(m_unplaced);
        return true;
    }
    for (const auto &form : m_forms)
        if (form && at.path.startsWith(form->at().path) && form->reveal(at.path)) {
            if (QWidget *focused = form->focusWidget())
                m_scroll->ensureWidgetVisible(focused);
            return true;
        }
    return false;
}

} // namespace gatehouse::ui
