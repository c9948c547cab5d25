#include "ui/routes/pipeline.h"

#include "gateway/config/policykinds.h"
#include "gateway/config/shapes.h"
#include "gateway/policy/policy.h"
#include "ui/forms/choiceeditors.h"
#include "ui/forms/recordform.h"
#include "ui/routes/policycard.h"
#include "ui/routes/policymenu.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/listcolumn.h"
#include "ui/widgets/states.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtWidgets/QLabel>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace gatehouse::ui {

namespace {

QString q(const std::string &text) { return QString::fromStdString(text); }
constexpr double flowX = 14, cardLeft = 38;

QString textAt(const schema::Node *node, const char *key)
{
    const schema::Node *value = node ? node->find(key) : nullptr;
    return value && value->isScalar() ? q(value->text) : QString();
}

size_t usualPlace(const std::string &kind)
{
    const auto &kinds = policy::kinds();
    return size_t(std::find_if(kinds.begin(), kinds.end(), [&](const policy::Kind &k) { return k.name == kind; }) - kinds.begin());
}

} // namespace

// Where requests come in and where they go: an icon on the line, a name, a rate at the right.
class EndRow final : public QWidget {
public:
    EndRow(IconId icon, QWidget *parent) : QWidget(parent), m_icon(icon) { setFixedHeight(scaled(26)); }
    void setTexts(const QString &name, const QString &rate)
    {
        if (name == m_name && rate == m_rate)
            return;
        m_name = name;
        m_rate = rate;
        setAccessibleName(rate.isEmpty() ? name : name + QStringLiteral(", ") + rate);
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Tokens &t = Tokens::current();
        const QRectF box(scaled(flowX) - scaled(13), 0, scaled(26), scaled(26));
        drawBox(&painter, box, scaled(6), t.dark ? t.raised : t.surface, t.line2);
        paintIcon(&painter, box.adjusted(scaled(5), scaled(5), -scaled(5), -scaled(5)), m_icon, t.text2);
        const QFont wire = typeFont(Type::Wire), name = typeFont(Type::Strong, QFont::DemiBold);
        const qreal rate = QFontMetricsF(wire).horizontalAdvance(m_rate);
        drawListText(&painter, wire, t.text2, width() - rate - 1, centredBaseline(wire, 0, height()), rate + 1, m_rate);
        drawListText(&painter, name, t.text, scaled(cardLeft), centredBaseline(name, 0, height()), width() - scaled(cardLeft) - rate - scaled(12), m_name);
    }

private:
    IconId m_icon;
    QString m_name, m_rate;
};

// The line that cards hang on: as wide as the rate, narrower after each card that stops some.
class Pipeline::Flow final : public QWidget {
public:
    explicit Flow(QWidget *parent) : QWidget(parent) { }
    double rate = 0;
    std::vector<PolicyCard *> cards;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Tokens &t = Tokens::current();
        double left = rate;
        qreal y = scaled(26);
        const auto widthOf = [](double perSecond) { return perSecond <= 0 ? 1.5 : std::clamp(1.5 + 2 * std::log10(1 + perSecond), 1.5, 8.0); };
        const auto segment = [&](qreal to) {
            painter.fillRect(QRectF(scaled(flowX) - widthOf(left) / 2, y, widthOf(left), to - y), blend(t.surface, t.ok.fill, 0.5));
            y = to;
        };
        for (const PolicyCard *card : cards) {
            const qreal at = card->mapTo(const_cast<Flow *>(this), QPoint(0, scaled(19))).y();
            segment(at);
            const auto branch = [&](double perSecond, const QColor &colour) {
                if (perSecond <= 0)
                    return;
                QPainterPath path(QPointF(scaled(flowX), at + scaled(3)));
                path.cubicTo(QPointF(scaled(flowX), at + scaled(19)), QPointF(scaled(flowX), at + scaled(19)), QPointF(scaled(cardLeft), at + scaled(19)));
                painter.setPen(QPen(colour, widthOf(perSecond) / 1.5));
                painter.setBrush(Qt::NoBrush);
                painter.drawPath(path);
            };
            branch(card->stoppedPerSecond(), t.client.fill);
            branch(card->delayedPerSecond(), t.delay.fill);
            if (card->entry().enabled) {
                painter.setPen(QPen(t.ok.fill, 1.6));
                painter.setBrush(t.surface);
                painter.drawEllipse(QPointF(scaled(flowX), at), scaled(5), scaled(5));
                left = std::max(0.0, left - card->stoppedPerSecond());
            }
        }
        segment(height() - scaled(26));
    }
};

Pipeline::Pipeline(const api::Live &live, Session &session, Navigator &navigator, QWidget *parent)
    : QScrollArea(parent), m_live(live), m_session(session), m_navigator(navigator)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setBackgroundRole(QPalette::AlternateBase);
    setAutoFillBackground(true);
    setAccessibleName(tr("What a request meets"));
    connect(&session, &Session::documentChanged, this, &Pipeline::refresh);
    rebuild();
}

void Pipeline::setOwner(OwnerKind kind, const QString &name)
{
    if (m_kind == kind && m_owner == name)
        return;
    m_kind = kind;
    m_owner = name;
    m_open = kind == OwnerKind::SharedPolicy ? 0 : -1;
    m_entries = m_session.isOpen() ? chainOf(m_session.document(), m_kind, m_owner) : std::vector<PolicyEntryView>();
    rebuild();
}

void Pipeline::refresh()
{
    auto entries = m_session.isOpen() ? chainOf(m_session.document(), m_kind, m_owner) : std::vector<PolicyEntryView>();
    if (entries == m_entries)
        return;
    const bool same = entries.size() == m_entries.size()
        && std::equal(entries.begin(), entries.end(), m_entries.begin(), [](const auto &a, const auto &b) { return a.kind == b.kind && a.at == b.at && a.shared == b.shared && a.owner == b.owner; });
    m_entries = std::move(entries);
    if (!same) {
        rebuild();
        return;
    }
    for (size_t i = 0; i < m_cards.size(); ++i)
        m_cards[i]->setEntry(m_entries[i]);
}

int Pipeline::firstOwn() const
{
    return int(std::count_if(m_entries.begin(), m_entries.end(), [](const PolicyEntryView &e) { return !e.owner.isEmpty(); }));
}

void Pipeline::rebuild()
{
    // The keyboard stays where it was, also when the card it was on is gone: the next one has it.
    int focused = -1;
    for (size_t i = 0; i < m_cards.size(); ++i)
        if (m_cards[i]->hasFocus())
            focused = int(i);
    m_cards.clear();
    m_page = new QWidget;
    auto *layout = new QVBoxLayout(m_page);
    layout->setContentsMargins(scaled(16), scaled(14), scaled(16), scaled(16));
    layout->setSpacing(scaled(10));
    const bool shared = m_kind == OwnerKind::SharedPolicy;
    auto *head = new QHBoxLayout;
    auto *title = new QLabel(shared ? tr("What it does") : tr("What a request meets"), m_page);
    title->setFont(typeFont(Type::Section));
    head->addWidget(title, 1);
    auto *span = new QLabel(tr("Last 10 s"), m_page);
    span->setFont(typeFont(Type::Control));
    span->setForegroundRole(QPalette::PlaceholderText);
    head->addWidget(span);
    layout->addLayout(head);
    m_flow = new Flow(m_page);
    auto *outer = new QVBoxLayout(m_flow);
    outer->setContentsMargins({});
    outer->setSpacing(scaled(8));
    m_from = new EndRow(IconId::Ingress, m_flow);
    m_from->setVisible(!shared);
    outer->addWidget(m_from);
    auto *column = new QVBoxLayout;
    column->setContentsMargins(shared ? 0 : scaled(cardLeft), 0, 0, 0);
    column->setSpacing(scaled(12));
    outer->addLayout(column);
    const int misplaced = firstMisplaced();
    for (size_t i = 0; i < m_entries.size(); ++i) {
        if (int(i) == misplaced)
            addWarning(column, misplaced);
        auto *card = new PolicyCard(*this, m_session, m_entries[i], !m_entries[i].owner.isEmpty(), m_flow);
        column->addWidget(card);
        m_cards.push_back(card);
    }
    if (m_kind == OwnerKind::Route || m_kind == OwnerKind::Group || m_kind == OwnerKind::Listener)
        addOwnRow(column);
    m_to = new EndRow(IconId::Egress, m_flow);
    m_to->setVisible(m_kind == OwnerKind::Route);
    outer->addWidget(m_to);
    layout->addWidget(m_flow);
    if (m_kind == OwnerKind::Route && !m_cards.empty()) {
        auto *back = new QLabel(tr("On the way back the same policies run in reverse."), m_page);
        back->setFont(typeFont(Type::Hint));
        back->setForegroundRole(QPalette::PlaceholderText);
        back->setContentsMargins(scaled(cardLeft), 0, 0, 0);
        layout->addWidget(back);
    }
    layout->addStretch();
    m_flow->cards = m_kind == OwnerKind::SharedPolicy ? std::vector<PolicyCard *>() : m_cards;
    setWidget(m_page);
    m_page->setBackgroundRole(QPalette::AlternateBase);
    m_page->setAutoFillBackground(true);
    if (m_open >= 0 && m_open < int(m_cards.size()))
        m_cards[size_t(m_open)]->setOpen(true);
    if (focused >= 0) {
        if (m_cards.empty())
            setFocus();
        else
            m_cards[std::min(size_t(focused), m_cards.size() - 1)]->setFocus();
    }
    refreshLive();
}

void Pipeline::addOwnRow(QVBoxLayout *column)
{
    auto *row = new QHBoxLayout;
    auto *add = button(tr("Add policy"), "", m_flow);
    add->setIcon(makeIcon(IconId::Plus));
    connect(add, &QPushButton::clicked, this, [this] { openAddMenu(); });
    row->addWidget(add);
    row->addStretch();
    if (firstMisplaced() >= 0) {
        QPushButton *usual = linkButton(tr("Usual order"), m_flow);
        connect(usual, &QPushButton::clicked, this, [this] { usualOrder(); });
        row->addWidget(usual);
    }
    column->addLayout(row);
}

// Above the card that stands where it does less than one would think: what it usually precedes, and why.
void Pipeline::addWarning(QVBoxLayout *column, int misplaced)
{
    const PolicyEntryView &entry = m_entries[size_t(misplaced)];
    const policy::Kind *kind = policy::find(entry.kind);
    auto *notice = new NoticeBar(HueId::Client, m_flow);
    notice->setNotice(tr("%1 stands after %2").arg(entry.title, m_entries[size_t(misplaced) - 1].title),
                      kind ? Runs{soft(tr("Usually it comes earlier: %1.").arg(QString::fromUtf8(kind->why.data(), qsizetype(kind->why.size()))))} : Runs{});
    column->addWidget(notice);
}

// "From main and public": whose policies come before its own.
QString Pipeline::arrivesFrom() const
{
    QStringList names;
    if (m_kind != OwnerKind::Listener)
        for (const config::NamedThing &listener : m_session.document().things("listener"))
            names << q(listener.name);
    if (m_kind == OwnerKind::Route)
        if (const auto at = m_session.document().find("route", m_owner.toStdString()))
            if (const QString group = textAt(m_session.document().at(*at), "group"); !group.isEmpty())
                names << group;
    if (names.isEmpty())
        return tr("From clients");
    if (names.size() == 1)
        return tr("From %1").arg(names.first());
    const QString last = names.takeLast();
    return tr("From %1 and %2").arg(names.join(QStringLiteral(", ")), last);
}

void Pipeline::changeEvent(QEvent *event)
{
    QScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_flow)
        m_flow->update();
}

void Pipeline::refreshLive()
{
    const std::vector<api::PolicyLive> live = m_live.policies();
    double rate = 0;
    for (const api::RouteLive &route : m_live.routes())
        if (q(route.name) == m_owner)
            rate = route.perSecond;
    double passes = rate;
    for (PolicyCard *card : m_cards) {
        const PolicyEntryView &entry = card->entry();
        const api::PolicyLive *found = nullptr;
        for (const api::PolicyLive &policy : live)
            if (policy.kind == entry.kind && (policy.path == entry.at.path.text() || (!entry.shared.isEmpty() && q(policy.name) == entry.shared)))
                found = &policy;
        card->setLive(found);
        passes = std::max(0.0, passes - card->stoppedPerSecond());
    }
    if (!m_session.isOpen())
        return;
    m_from->setTexts(arrivesFrom(), m_kind == OwnerKind::Route ? tr("%1/s").arg(formatRate(rate)) : QString());
    QString target;
    if (const auto at = m_session.document().find("route", m_owner.toStdString()))
        if (const schema::Node *node = m_session.document().at(*at); const schema::Node *to = node ? node->find("to") : nullptr)
            if (to->isMap() && !to->members.empty())
                target = to->members.front().value.isScalar() ? q(to->members.front().value.text) : q(to->members.front().key.text);
    m_to->setTexts(target, tr("%1/s").arg(formatRate(passes)));
    m_flow->rate = rate;
    m_flow->update();
}

void Pipeline::openCard(const PolicyCard *card)
{
    if (card->isLocked()) {
        if (card->entry().ownerKind == OwnerKind::Listener)
            m_navigator.openListener(card->entry().owner);
        else
            m_navigator.openGroup(card->entry().owner);
        return;
    }
    for (size_t i = 0; i < m_cards.size(); ++i) {
        const bool open = m_cards[i] == card && !m_cards[i]->isOpen();
        if (m_cards[i] == card)
            m_open = open ? int(i) : -1;
        m_cards[i]->setOpen(open);
    }
    refreshLive();
}

std::optional<config::Location> Pipeline::ownList() const
{
    const auto owner = m_session.document().find(kindName(m_kind), m_owner.toStdString());
    if (!owner)
        return {};
    return config::Location{owner->file, owner->path / schema::Step("policies"), 0};
}

void Pipeline::openAddMenu()
{
    if (m_kind == OwnerKind::SharedPolicy || m_kind == OwnerKind::Consumer)
        return;
    struct Task { QString name; std::vector<const char *> kinds; };
    const Task tasks[] = {{tr("Protect"), {"key-auth", "ip-filter", "cors"}}, {tr("Throttle"), {"rate-limit"}}, {tr("Change"), {"headers"}}, {tr("Observe"), {"request-id"}}};
    QList<PolicyChoice> choices;
    for (const Task &task : tasks)
        for (const char *kind : task.kinds)
            if (config::policyKind(kind))
                choices << PolicyChoice{task.name, QLatin1String(kind), policyKindName(kind), policyIcon(kind), false};
    for (const config::NamedThing &thing : m_session.document().things("policy"))
        choices << PolicyChoice{tr("Shared policies"), q(thing.name), q(thing.name), IconId::Link, true};
    auto *menu = new PolicyMenu(choices, this);
    connect(menu, &PolicyMenu::chosen, this, &Pipeline::insert);
    // Over the place where it will stand; the window's foot is never crossed.
    const QWidget *below = m_cards.empty() ? static_cast<QWidget *>(m_from) : m_cards.back();
    QPoint at = below->mapToGlobal(QPoint(m_cards.empty() ? scaled(cardLeft) : 0, below->height() + scaled(12)));
    at.setY(std::min(at.y(), window()->mapToGlobal(QPoint(0, window()->height())).y() - menu->height()));
    menu->move(at);
    menu->show();
    menu->setFocus();
}

void Pipeline::insert(const QString &kindOrName, bool shared)
{
    const auto list = ownList();
    if (!list)
        return;
    schema::Node entry = schema::Node::scalar(kindOrName.toStdString());
    if (!shared) {
        const config::PolicyKind *kind = config::policyKind(kindOrName.toStdString());
        schema::Node record = seedOf(*kind->shape, m_session.document());
        if (kind->name == "rate-limit") { // something that a person can go on from and that is valid at once
            record.set("requests", schema::Node::scalar("100"));
            record.set("per", schema::Node::scalar("1s"));
        } else if (kind->name == "cors") {
            record.set("origins", schema::Node::list({schema::Node::string("http://localhost:3000")}));
        } else if (kind->name == "ip-filter") {
            record.set("allow", schema::Node::list({schema::Node::string("127.0.0.0/8")}));
        } else if (kind->name == "headers") {
            record.set("request", schema::Node::map({{"set", schema::Node::map({{"x-forwarded-by", schema::Node::string("gatehouse")}})}}));
        }
        entry = schema::Node::map({{kind->name, std::move(record)}});
    }
    const schema::Node *node = m_session.document().at(*list);
    const schema::Patch patch = node && node->isList() ? schema::Patch::insert(list->file, list->path / schema::Step(node->items.size()), entry)
                                                       : schema::Patch::replace(list->file, list->path, schema::Node::list({entry}));
    m_open = int(m_entries.size());
    if (m_session.edit(patch, tr("Add policy %1").arg(shared ? kindOrName : policyKindName(kindOrName.toStdString()))))
        m_session.commit();
    if (m_open < int(m_cards.size()) && m_cards[size_t(m_open)]->form())
        m_cards[size_t(m_open)]->form()->setFocus();
}

void Pipeline::remove(const PolicyCard *card)
{
    const PolicyEntryView entry = card->entry();
    m_open = -1;
    const schema::Path owner = entry.at.path.parent().parent();
    (void)m_session.edit(removal(m_session.document(), entry.at, owner), tr("Remove policy %1").arg(entry.title));
    m_session.commit();
}

void Pipeline::move(const PolicyCard *card, int step)
{
    const int index = int(std::find(m_cards.begin(), m_cards.end(), card) - m_cards.begin()) - firstOwn();
    moveTo(card, index + step);
}

void Pipeline::moveTo(const PolicyCard *card, int index)
{
    const int own = int(m_cards.size()) - firstOwn(), from = int(std::find(m_cards.begin(), m_cards.end(), card) - m_cards.begin()) - firstOwn();
    index = std::clamp(index, 0, own - 1);
    if (card->isLocked() || index == from)
        return;
    const config::Location list{card->entry().at.file, card->entry().at.path.parent(), 0};
    m_open = m_open >= 0 ? firstOwn() + index : -1;
    if (m_session.edit(schema::Patch::move(list.file, list.path / schema::Step(size_t(from)), list.path / schema::Step(size_t(index))), tr("Move policy %1").arg(card->entry().title)))
        m_session.commit();
    if (firstOwn() + index < int(m_cards.size()))
        m_cards[size_t(firstOwn() + index)]->setFocus();
}

void Pipeline::setEnabled(const PolicyCard *card, bool on)
{
    const PolicyEntryView &entry = card->entry();
    // A reference is one word; switched off, it stands as what it refers to at its definition, for all who use it.
    config::Location at = entry.at;
    if (!entry.shared.isEmpty() && entry.ownerKind != OwnerKind::SharedPolicy)
        if (const auto shared = m_session.document().find("policy", entry.shared.toStdString()))
            at = *shared;
    const schema::Path path = at.path / schema::Step("enabled");
    const schema::Patch patch = on ? schema::Patch::remove(at.file, path) : schema::Patch::replace(at.file, path, schema::Node::scalar("false"));
    (void)m_session.edit(patch, on ? tr("Switch on %1").arg(entry.title) : tr("Switch off %1").arg(entry.title));
    m_session.commit();
}

void Pipeline::makeCopy(const PolicyCard *card)
{
    const PolicyEntryView entry = card->entry();
    const schema::Node *record = m_session.document().at(entry.record);
    if (!record)
        return;
    (void)m_session.edit(schema::Patch::replace(entry.at.file, entry.at.path, schema::Node::map({{entry.kind, *record}})), tr("Copy %1 here").arg(entry.title));
    m_session.commit();
}

int Pipeline::firstMisplaced() const
{
    size_t before = 0;
    for (size_t i = 0; i < m_entries.size(); ++i) {
        if (!m_entries[i].owner.isEmpty() || m_entries[i].kind.empty())
            continue;
        const size_t place = usualPlace(m_entries[i].kind);
        if (place < before)
            return int(i);
        before = place;
    }
    return -1;
}

void Pipeline::usualOrder()
{
    const auto list = ownList();
    const schema::Node *node = list ? m_session.document().at(*list) : nullptr;
    if (!node)
        return;
    std::vector<std::pair<size_t, schema::Node>> entries;
    for (size_t i = 0; i < node->items.size(); ++i)
        entries.emplace_back(usualPlace(m_entries[size_t(firstOwn()) + i].kind), node->items[i]);
    std::stable_sort(entries.begin(), entries.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    schema::Node sorted = schema::Node::list();
    for (auto &[place, entry] : entries)
        sorted.items.push_back(std::move(entry));
    m_open = -1;
    if (m_session.edit(schema::Patch::replace(list->file, list->path, sorted), tr("Put policies into the usual order")))
        m_session.commit();
}

bool Pipeline::reveal(const config::Location &at)
{
    for (size_t i = 0; i < m_cards.size(); ++i) {
        const PolicyEntryView &entry = m_cards[i]->entry();
        if (at.file == entry.at.file && (at.path.startsWith(entry.at.path) || at.path.startsWith(entry.record.path))) {
            if (!m_cards[i]->isOpen())
                openCard(m_cards[i]);
            if (m_cards[i]->form() && at.path.startsWith(entry.record.path))
                m_cards[i]->form()->reveal(at.path);
            else
                m_cards[i]->setFocus();
            ensureWidgetVisible(m_cards[i]);
            return true;
        }
    }
    return false;
}

} // namespace gatehouse::ui
