#include "ui/routes/pipeline.h"

#include "gateway/config/policykinds.h"
#include "gateway/config/shapes.h"
#include "gateway/policy/policy.h"
#include "ui/forms/choiceeditors.h"
#include "ui/forms/recordform.h"
#include "ui/routes/policycard.h"
#include "ui/shell/theme.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"

#include <QtCore/QCoreApplication>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMenu>
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
    if (!value)
        return {};
    if (value->isScalar())
        return q(value->text);
    QStringList items;
    for (const schema::Node &item : value->items)
        items << q(item.text);
    return items.join(QStringLiteral(", "));
}

PolicyEntryView viewOf(const config::Document &document, const config::Location &at, const QString &owner, OwnerKind ownerKind)
{
    PolicyEntryView view;
    view.at = at;
    view.owner = owner;
    view.ownerKind = ownerKind;
    const schema::Node *entry = document.at(at);
    config::Location from = at;
    if (entry && entry->isScalar()) {
        view.shared = view.title = q(entry->text);
        view.sharedUses = int(document.references("policy", entry->text).size());
        const auto shared = document.find("policy", entry->text);
        if (!shared)
            return view;
        from = *shared;
        entry = document.at(from);
    }
    for (const schema::Member &member : entry ? entry->members : std::vector<schema::Member>())
        if (config::policyKind(member.key.text)) {
            view.kind = member.key.text;
            view.record = {from.file, from.path / schema::Step(member.key.text), 0};
            view.summary = policySummary(view.kind, &member.value);
        }
    if (view.title.isEmpty())
        view.title = textAt(entry, "name");
    if (view.title.isEmpty())
        view.title = policyKindName(view.kind);
    view.enabled = textAt(entry, "enabled") != QLatin1String("false");
    view.shadow = textAt(entry, "mode") == QLatin1String("shadow");
    return view;
}

void addChain(std::vector<PolicyEntryView> &out, const config::Document &document, const char *kind, const QString &name, const QString &shownOwner, OwnerKind ownerKind)
{
    const auto owner = document.find(kind, name.toStdString());
    const schema::Node *node = owner ? document.at(*owner) : nullptr;
    const schema::Node *list = node ? node->find("policies") : nullptr;
    for (size_t i = 0; list && i < list->items.size(); ++i)
        out.push_back(viewOf(document, {owner->file, owner->path / schema::Step("policies") / schema::Step(i), 0}, shownOwner, ownerKind));
}

} // namespace

QString policyKindName(const std::string &kind)
{
    static const std::pair<const char *, const char *> names[] = {
        {"rate-limit", QT_TRANSLATE_NOOP("policy", "Rate limit")}, {"key-auth", QT_TRANSLATE_NOOP("policy", "Key authentication")},
        {"ip-filter", QT_TRANSLATE_NOOP("policy", "IP filter")},   {"cors", QT_TRANSLATE_NOOP("policy", "CORS")},
        {"request-id", QT_TRANSLATE_NOOP("policy", "Request id")}, {"headers", QT_TRANSLATE_NOOP("policy", "Headers")},
    };
    for (const auto &[key, name] : names)
        if (kind == key)
            return QCoreApplication::translate("policy", name);
    return keyLabel(kind);
}

QString policySummary(const std::string &kind, const schema::Node *record)
{
    if (kind == "rate-limit") {
        QString text = Pipeline::tr("%1 per %2").arg(textAt(record, "requests"), textAt(record, "per"));
        if (const QString burst = textAt(record, "burst"); !burst.isEmpty())
            text += Pipeline::tr(", burst %1").arg(burst);
        if (const QString by = textAt(record, "by"); !by.isEmpty())
            text += Pipeline::tr(", by %1").arg(by);
        return text;
    }
    if (kind == "key-auth") {
        for (const char *place : {"query", "cookie"})
            if (const QString name = textAt(record, place); !name.isEmpty())
                return q(place) + QLatin1Char(' ') + name;
        const QString header = textAt(record, "header");
        return Pipeline::tr("header %1").arg(header.isEmpty() ? QStringLiteral("x-api-key") : header);
    }
    QStringList parts;
    for (const schema::Member &member : record ? record->members : std::vector<schema::Member>()) {
        const QString text = textAt(record, member.key.text.c_str());
        parts << (text.isEmpty() ? keyLabel(member.key.text).toLower() : keyLabel(member.key.text).toLower() + QLatin1Char(' ') + text);
    }
    return parts.isEmpty() ? Pipeline::tr("as usual") : parts.mid(0, 3).join(QStringLiteral(", "));
}

std::vector<PolicyEntryView> chainOf(const config::Document &document, OwnerKind kind, const QString &owner)
{
    std::vector<PolicyEntryView> out;
    if (kind == OwnerKind::SharedPolicy) {
        if (const auto at = document.find("policy", owner.toStdString())) {
            PolicyEntryView view = viewOf(document, *at, {}, OwnerKind::SharedPolicy);
            view.shared = owner;
            view.sharedUses = int(document.references("policy", owner.toStdString()).size());
            out.push_back(std::move(view));
        }
        return out;
    }
    QString group;
    if (kind == OwnerKind::Route) {
        const auto at = document.find("route", owner.toStdString());
        group = textAt(at ? document.at(*at) : nullptr, "group");
    } else if (kind == OwnerKind::Group) {
        group = owner;
    }
    if (kind != OwnerKind::Listener)
        for (const config::NamedThing &listener : document.things("listener"))
            addChain(out, document, "listener", q(listener.name), q(listener.name), OwnerKind::Listener);
    if (!group.isEmpty())
        addChain(out, document, "group", group, kind == OwnerKind::Group ? QString() : group, OwnerKind::Group);
    if (kind == OwnerKind::Route || kind == OwnerKind::Listener)
        addChain(out, document, kindName(kind), owner, {}, kind);
    return out;
}

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
        qreal y = scaled(20);
        const auto widthOf = [](double perSecond) { return perSecond <= 0 ? 1.5 : std::clamp(1.5 + 2 * std::log10(1 + perSecond), 1.5, 8.0); };
        const auto segment = [&](qreal to) {
            painter.fillRect(QRectF(scaled(flowX) - widthOf(left) / 2, y, widthOf(left), to - y), blend(t.surface, t.ok.fill, 0.5));
            y = to;
        };
        for (const PolicyCard *card : cards) {
            const qreal at = card->geometry().top() + scaled(20);
            segment(at);
            const auto branch = [&](double perSecond, const QColor &colour) {
                if (perSecond <= 0)
                    return;
                QPainterPath path(QPointF(scaled(flowX), at + scaled(3)));
                path.cubicTo(QPointF(scaled(flowX), at + scaled(16)), QPointF(scaled(flowX), at + scaled(16)), QPointF(scaled(cardLeft), at + scaled(16)));
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
        segment(height() - scaled(14));
    }
};

Pipeline::Pipeline(const api::Live &live, Session &session, Navigator &navigator, QWidget *parent)
    : QScrollArea(parent), m_live(live), m_session(session), m_navigator(navigator)
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
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
    m_cards.clear();
    m_page = new QWidget;
    auto *layout = new QVBoxLayout(m_page);
    layout->setContentsMargins(scaled(16), scaled(14), scaled(16), scaled(16));
    layout->setSpacing(scaled(10));
    auto *title = new QLabel(m_kind == OwnerKind::SharedPolicy ? tr("What it does") : tr("What a request meets"), m_page);
    title->setFont(typeFont(Type::Section));
    layout->addWidget(title);
    m_flow = new Flow(m_page);
    auto *column = new QVBoxLayout(m_flow);
    column->setContentsMargins(m_kind == OwnerKind::SharedPolicy ? 0 : scaled(cardLeft), 0, 0, 0);
    column->setSpacing(scaled(12));
    m_rate = new QLabel(m_flow);
    m_rate->setFont(typeFont(Type::Strong));
    m_rate->setVisible(m_kind != OwnerKind::SharedPolicy);
    column->addWidget(m_rate);
    for (size_t i = 0; i < m_entries.size(); ++i) {
        auto *card = new PolicyCard(*this, m_session, m_entries[i], !m_entries[i].owner.isEmpty(), m_flow);
        column->addWidget(card);
        m_cards.push_back(card);
    }
    if (m_kind == OwnerKind::Route || m_kind == OwnerKind::Group || m_kind == OwnerKind::Listener) {
        auto *row = new QHBoxLayout;
        auto *add = button(tr("Add policy"), "", m_flow);
        add->setIcon(makeIcon(IconId::Plus));
        connect(add, &QPushButton::clicked, this, [this] { openAddMenu(); });
        row->addWidget(add);
        row->addStretch();
        if (!isUsualOrder()) {
            QPushButton *usual = linkButton(tr("Usual order"), m_flow);
            connect(usual, &QPushButton::clicked, this, [this] { usualOrder(); });
            row->addWidget(usual);
        }
        column->addLayout(row);
    }
    m_targetRate = new QLabel(m_flow);
    m_targetRate->setFont(typeFont(Type::Strong));
    m_targetRate->setVisible(m_kind == OwnerKind::Route);
    column->addWidget(m_targetRate);
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
    refreshLive();
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
    m_rate->setText(m_kind == OwnerKind::Route ? tr("Arrives   %1/s").arg(formatRate(rate)) : tr("Arrives"));
    QString target;
    if (const auto at = m_session.isOpen() ? m_session.document().find("route", m_owner.toStdString()) : std::nullopt)
        if (const schema::Node *node = m_session.document().at(*at); const schema::Node *to = node ? node->find("to") : nullptr)
            if (to->isMap() && !to->members.empty())
                target = to->members.front().value.isScalar() ? q(to->members.front().value.text) : q(to->members.front().key.text);
    m_targetRate->setText(tr("%1   %2/s").arg(target, formatRate(passes)));
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
    QMenu menu(this);
    struct Task { QString name; std::vector<const char *> kinds; };
    const Task tasks[] = {{tr("Protect"), {"key-auth", "ip-filter", "cors"}}, {tr("Throttle"), {"rate-limit"}}, {tr("Change"), {"headers"}}, {tr("Observe"), {"request-id"}}};
    for (const Task &task : tasks) {
        menu.addSection(task.name);
        for (const char *kind : task.kinds)
            if (config::policyKind(kind))
                menu.addAction(makeIcon(policyIcon(kind)), policyKindName(kind), this, [this, kind] { insert(QLatin1String(kind), false); });
    }
    const auto shared = m_session.document().things("policy");
    if (!shared.empty())
        menu.addSection(tr("Shared policies"));
    for (const config::NamedThing &thing : shared)
        menu.addAction(makeIcon(IconId::Link), q(thing.name), this, [this, name = q(thing.name)] { insert(name, true); });
    menu.exec(m_cards.empty() ? mapToGlobal(QPoint(scaled(cardLeft), scaled(60))) : m_cards.back()->mapToGlobal(QPoint(0, m_cards.back()->height() + scaled(12))));
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

namespace {
size_t usualPlace(const std::string &kind)
{
    const auto &kinds = policy::kinds();
    return size_t(std::find_if(kinds.begin(), kinds.end(), [&](const policy::Kind &k) { return k.name == kind; }) - kinds.begin());
}
} // namespace

bool Pipeline::isUsualOrder() const
{
    size_t before = 0;
    for (const PolicyEntryView &entry : m_entries) {
        if (!entry.owner.isEmpty())
            continue;
        const size_t place = usualPlace(entry.kind);
        if (place < before)
            return false;
        before = place;
    }
    return true;
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
    (void)m_session.edit(schema::Patch::replace(list->file, list->path, sorted), tr("Put policies into the usual order"));
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
