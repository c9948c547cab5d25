#include "ui/traffic/detailpane.h"

#include "ui/models/exchangemodel.h"
#include "ui/models/exchangetext.h"
#include "ui/models/format.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/traffic/bucketbefore.h"
#include "ui/traffic/exchangedelegate.h"
#include "ui/traffic/waterfall.h"
#include "ui/widgets/bodyviewer.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/keyvaluetable.h"
#include "ui/widgets/picklist.h"
#include "ui/widgets/runs.h"
#include "ui/widgets/why/whyview.h"

#include <QtCore/QEvent>
#include <QtCore/QUrlQuery>
#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>
#include <QtWidgets/QBoxLayout>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QToolButton>

#include <algorithm>

namespace gatehouse::ui {

using observe::Row;

// Two lines: what was asked, and what came of it.
class DetailPane::Head final : public QWidget {
public:
    using QWidget::QWidget;
    void setRow(const Row &row)
    {
        m_method = fromUtf8(row.method);
        m_path = fromUtf8(row.path);
        m_query = row.query.empty() ? QString() : QLatin1Char('?') + fromUtf8(row.query);
        m_mark = markOf(row);
        m_word = classWord(row);
        m_figures = QStringList{exactDurationText(row.durationMicros), row.status == 0 ? QStringLiteral("–") : sizeText(row.responseBytes), clockText(row.startedMicros)};
        setAccessibleName(spokenText(row, ExchangeModel::Status));
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Tokens &t = Tokens::current();
        QPainter painter(this);
        const QFont mono = typeFont(Type::Wire);
        const QFontMetricsF metrics(mono);
        const auto put = [&](qreal x, qreal top, const QFont &font, const QColor &color, const QString &text, qreal room) {
            const QFontMetricsF own(font);
            const QString fitted = own.elidedText(shownText(text), Qt::ElideMiddle, std::max<qreal>(0, room));
            painter.setFont(font);
            painter.setPen(color);
            const qreal used = own.horizontalAdvance(fitted);
            painter.setLayoutDirection(font.family() == mono.family() ? Qt::LeftToRight : layoutDirection());
            painter.drawText(QPointF(isRightToLeft() ? this->width() - x - used : x, centredBaseline(font, top, scaled(20))), fitted);
            return used;
        };
        const qreal first = scaled(8), second = scaled(31);
        qreal x = scaled(16);
        if (isRightToLeft()) { // on the wire it runs from left to right in every language
            const QString line = metrics.elidedText(shownText(m_method + QLatin1Char(' ') + m_path + m_query), Qt::ElideMiddle, width() - x);
            put(x, first, mono, t.text, line, width() - x);
        } else {
            x += put(x, first, mono, t.text2, m_method, width()) + metrics.horizontalAdvance(QLatin1Char(' '));
            x += put(x, first, mono, t.text, m_path, width() - x);
            put(x, first, mono, t.text3, m_query, width() - x);
        }
        paintMark(&painter, QPointF(isRightToLeft() ? width() - scaled(20) : scaled(20), second + scaled(10)), m_mark);
        QFont strong = typeFont(Type::ControlStrong);
        x = scaled(30);
        x += put(x, second, strong, t.hue(hueOf(m_mark)).text, m_word, width()) + scaled(12);
        for (qsizetype i = 0; i < m_figures.size(); ++i)
            x += put(x, second, mono, i == 2 ? t.text3 : t.text2, m_figures[i], width() - x) + scaled(12);
    }

private:
    QString m_method, m_path, m_query, m_word;
    QStringList m_figures;
    Mark m_mark = Mark::Off;
};

namespace {

constexpr size_t leastToCompare = 10; // of a route, before one is called slow

QScrollArea *scrolling(QWidget *content)
{
    auto *area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setWidget(content);
    content->setAutoFillBackground(true);
    content->setBackgroundRole(QPalette::Base);
    area->viewport()->setBackgroundRole(QPalette::Base);
    return area;
}

QLabel *sectionHead(const QString &text)
{
    auto *label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setFont(typeFont(Type::Head));
    return label;
}

QLabel *wireLine()
{
    auto *label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setFont(typeFont(Type::Wire));
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setWordWrap(false);
    label->setMinimumWidth(0);
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    return label;
}

QString contentTypeOf(const observe::Message &message)
{
    for (const auto &[name, value] : message.fields) {
        if (fromUtf8(name).compare(QStringLiteral("content-type"), Qt::CaseInsensitive) == 0)
            return fromUtf8(value);
    }
    return {};
}

bool hasField(const observe::Message &message, const std::string &name)
{
    return std::any_of(message.fields.begin(), message.fields.end(), [&](const auto &field) { return fromUtf8(field.first).compare(fromUtf8(name), Qt::CaseInsensitive) == 0; });
}

} // namespace

DetailPane::DetailPane(api::Api api, QWidget *parent)
    : QWidget(parent)
    , m_api(api)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    auto *nothing = new QLabel(tr("Select an exchange to see why it went where it went."));
    nothing->setAlignment(Qt::AlignCenter);
    nothing->setWordWrap(true);
    nothing->setForegroundRole(QPalette::PlaceholderText);
    m_nothing = nothing;
    m_something = new QWidget;
    auto *inner = new QVBoxLayout(m_something);
    inner->setContentsMargins({});
    inner->setSpacing(0);
    inner->addWidget(buildHead());
    m_tabs = new QTabBar;
    m_tabs->setAccessibleName(tr("Detail"));
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    const QStringList names{tr("Overview"), tr("Request"), tr("Response"), tr("Timing"), tr("Why")};
    for (qsizetype i = 0; i < names.size(); ++i) {
        m_tabs->addTab(names[i]);
        m_tabs->setTabToolTip(int(i), tr("Alt+%1").arg(i + 1));
    }
    auto *tabRow = new QHBoxLayout;
    tabRow->setContentsMargins(scaled(4), 0, scaled(16), 0);
    tabRow->addWidget(m_tabs);
    m_whyNote = new RunsLabel;
    m_whyNote->setBaseFont(typeFont(Type::Control));
    m_whyNote->setAlignment(Qt::AlignTrailing);
    m_whyNote->setFixedHeight(scaled(20));
    connect(m_whyNote, &RunsLabel::commandActivated, this, [this](const QString &command) { fillWhy(command == QStringLiteral("today")); });
    tabRow->addWidget(m_whyNote, 1);
    inner->addLayout(tabRow);
    inner->addWidget(new Hairline(Qt::Horizontal));
    m_pages = new QStackedWidget;
    m_pages->addWidget(buildOverview());
    m_pages->addWidget(buildMessage(true));
    m_pages->addWidget(buildMessage(false));
    m_pages->addWidget(buildTiming());
    m_pages->addWidget(buildWhy());
    inner->addWidget(m_pages, 1);
    layout->addWidget(m_nothing, 1);
    layout->addWidget(m_something, 1);
    m_something->hide();
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        m_pages->setCurrentIndex(tab);
        m_whyNote->setVisible(tab == Why);
        fill();
    });
    setTab(Why);
}

QWidget *DetailPane::buildHead()
{
    auto *row = new QWidget;
    row->setFixedHeight(scaled(54));
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, scaled(8), 0);
    layout->setSpacing(0);
    m_head = new Head;
    layout->addWidget(m_head, 1);
    auto *buttons = new QHBoxLayout;
    buttons->setContentsMargins(0, scaled(4), 0, 0);
    buttons->setSpacing(0);
    layout->addLayout(buttons);
    const auto add = [&](IconId icon, const QString &name) {
        QToolButton *made = iconButton(icon, name);
        buttons->addWidget(made, 0, Qt::AlignTop);
        return made;
    };
    connect(add(IconId::Refresh, tr("Send again (R)")), &QToolButton::clicked, this, &DetailPane::replayRequested);
    connect(add(IconId::Copy, tr("Copy as curl (C)")), &QToolButton::clicked, this, &DetailPane::copyRequested);
    m_pin = add(IconId::Pin, tr("Pin (P)"));
    m_pin->setCheckable(true);
    connect(m_pin, &QToolButton::clicked, this, &DetailPane::pinRequested);
    QToolButton *more = add(IconId::More, tr("More"));
    connect(more, &QToolButton::clicked, this, [this, more] { Q_EMIT moreRequested(more->mapToGlobal(QPoint(0, more->height()))); });
    return row;
}

QWidget *DetailPane::buildOverview()
{
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(scaled(12), scaled(12), scaled(12), scaled(12));
    layout->setSpacing(scaled(12));
    m_sentence = new SentenceBox;
    connect(m_sentence, &RunsLabel::placeActivated, this, &DetailPane::placeActivated);
    layout->addWidget(m_sentence);
    m_facts = new QGridLayout;
    m_facts->setContentsMargins(scaled(4), 0, 0, 0);
    m_facts->setHorizontalSpacing(scaled(16));
    m_facts->setVerticalSpacing(scaled(8));
    m_facts->setColumnStretch(1, 1);
    layout->addLayout(m_facts);
    layout->addStretch();
    return scrolling(content);
}

QWidget *DetailPane::buildMessage(bool request)
{
    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->setChildrenCollapsible(false);
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(scaled(12), scaled(10), scaled(12), scaled(8));
    layout->setSpacing(scaled(6));
    QLabel *line = wireLine();
    layout->addWidget(line);
    if (request) {
        m_requestLine = line;
        m_queryHead = sectionHead(tr("Query"));
        m_query = new KeyValueTable;
        m_query->setAccessibleName(tr("Query"));
        m_query->setGrows(true);
        layout->addWidget(m_queryHead);
        layout->addWidget(m_query);
    } else {
        m_statusLine = line;
    }
    layout->addWidget(sectionHead(tr("Headers, as received")));
    auto *fields = new KeyValueTable;
    fields->setAccessibleName(request ? tr("Request headers") : tr("Response headers"));
    fields->setGrows(true);
    layout->addWidget(fields);
    layout->addStretch();
    auto *body = new BodyViewer;
    (request ? m_requestFields : m_responseFields) = fields;
    (request ? m_requestBody : m_responseBody) = body;
    splitter->addWidget(scrolling(content));
    splitter->addWidget(body);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({scaled(290), scaled(240)});
    return splitter;
}

QWidget *DetailPane::buildTiming()
{
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, scaled(8), 0, scaled(12));
    m_waterfall = new Waterfall;
    layout->addWidget(m_waterfall);
    m_timingNote = new RunsLabel;
    auto *row = new QHBoxLayout;
    row->setContentsMargins(scaled(16), 0, scaled(16), 0);
    row->addWidget(m_timingNote);
    layout->addLayout(row);
    layout->addStretch();
    return scrolling(content);
}

QWidget *DetailPane::buildWhy()
{
    auto *page = new QWidget;
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    m_why = new WhyView;
    connect(m_why, &WhyView::placeActivated, this, &DetailPane::placeActivated);
    layout->addWidget(m_why, 1);
    connect(m_why, &WhyView::otherRouteWanted, this, &DetailPane::pickOtherRoute);
    return page;
}

void DetailPane::show(uint64_t id)
{
    m_id = id;
    m_today = false;
    m_detail = id == 0 ? std::nullopt : m_api.exchanges.detail(id);
    m_nothing->setVisible(!m_detail);
    m_something->setVisible(m_detail.has_value());
    if (auto *label = qobject_cast<QLabel *>(m_nothing))
        label->setText(id == 0 ? tr("Select an exchange to see why it went where it went.") : tr("This exchange was let go to make room for newer ones."));
    if (m_detail) {
        fillHead();
        fill();
    }
}

void DetailPane::refresh()
{
    auto newer = m_id == 0 ? std::nullopt : m_api.exchanges.detail(m_id);
    if (!newer)
        return;
    const bool ended = newer->row.state == observe::State::Final;
    m_detail = std::move(newer);
    fillHead();
    if (ended) // while it goes on only the head's figures move: nothing jumps below the eye
        fill();
}

int DetailPane::tab() const { return m_tabs->currentIndex(); }
void DetailPane::setTab(int tab) { m_tabs->setCurrentIndex(std::clamp(tab, 0, m_tabs->count() - 1)); }
void DetailPane::setTab(const QString &name)
{
    const QStringList names{QStringLiteral("overview"), QStringLiteral("request"), QStringLiteral("response"), QStringLiteral("timing"), QStringLiteral("why")};
    if (names.contains(name))
        setTab(int(names.indexOf(name)));
}
void DetailPane::setPinned(bool pinned) { m_pin->setChecked(pinned); }

// Only the page in sight: the others when they are turned to.
void DetailPane::fill()
{
    if (!m_detail)
        return;
    switch (tab()) {
    case Overview: fillOverview(); break;
    case Request: fillMessage(true); break;
    case Response: fillMessage(false); break;
    case Timing: fillTiming(); break;
    default: fillWhy(m_today); break;
    }
}

void DetailPane::fillHead() { m_head->setRow(m_detail->row); }

void DetailPane::fillOverview()
{
    const WhySentence sentence = whySentence(m_detail->why);
    m_sentence->setRuns(sentence.runs);
    m_sentence->setTone(sentence.tone);
    const Row &row = m_detail->row;
    while (QLayoutItem *item = m_facts->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const auto fact = [this](const QString &name, const QString &value, const Place &place = {}) {
        if (!value.isEmpty())
            addFact(name, place.name.isEmpty() ? wire(value) : link(value, place));
    };
    const std::string target(row.targetName), endpoint(row.endpoint);
    const bool mock = row.target == observe::TargetKind::Mock, upstream = row.target == observe::TargetKind::Upstream;
    fact(tr("Status"), classWord(row));
    fact(tr("Verdict"), verdictWord(row.verdict), exchangesPlace(QStringLiteral("verdict:") + verdictTerm(row.verdict)));
    fact(tr("Error"), fromUtf8(row.error));
    fact(tr("URL"), asUrl(row));
    fact(tr("Route"), fromUtf8(row.route), routePlace(std::string(row.route)));
    fact(mock ? tr("Mock") : upstream ? tr("Upstream") : tr("Redirect to"), fromUtf8(row.targetName), mock ? mockPlace(target) : upstream ? upstreamPlace(target) : Place());
    fact(tr("Endpoint"), fromUtf8(row.endpoint), upstreamPlace(target, endpoint));
    fact(tr("Tries"), row.tries > 1 ? QString::number(row.tries) : QString());
    fact(tr("Listener"), fromUtf8(row.listener), listenerPlace(std::string(row.listener)));
    fact(tr("Client"), fromUtf8(row.client));
    fact(tr("Consumer"), fromUtf8(row.consumer), {Place::Kind::Consumer, QLatin1String(panels::routes), fromUtf8(row.consumer), {}});
    fact(tr("Protocol"), fromUtf8(row.protocol));
    fact(tr("Started"), clockText(row.startedMicros));
    fact(tr("Took"), tr("%1, of which %2 in the gateway").arg(exactDurationText(row.durationMicros), exactDurationText(row.gatewayMicros)));
    fact(tr("Request body"), row.requestBytes > 0 ? sizeText(row.requestBytes) : QString());
    fact(tr("Response body"), row.status != 0 ? sizeText(row.responseBytes) : QString());
    fact(tr("Content type"), fromUtf8(row.contentType));
}

void DetailPane::addFact(const QString &name, const Run &value)
{
    const int at = m_facts->rowCount();
    auto *label = new QLabel(name);
    label->setTextFormat(Qt::PlainText);
    label->setFont(typeFont(Type::Control));
    label->setForegroundRole(QPalette::PlaceholderText);
    auto *shown = new RunsLabel;
    shown->setBaseFont(typeFont(Type::Control));
    shown->setRuns({value});
    shown->setAccessibleDescription(name);
    connect(shown, &RunsLabel::placeActivated, this, &DetailPane::placeActivated);
    m_facts->addWidget(label, at, 0, Qt::AlignTop);
    m_facts->addWidget(shown, at, 1);
}

void DetailPane::fillMessage(bool request)
{
    const observe::Message &message = request ? m_detail->request : m_detail->response;
    (request ? m_requestLine : m_statusLine)->setText(message.startLine.empty() ? tr("No answer was written.") : fromUtf8(message.startLine));
    if (request) {
        QList<KeyValue> query;
        for (const auto &[name, value] : QUrlQuery(fromUtf8(m_detail->row.query)).queryItems(QUrl::FullyDecoded))
            query << KeyValue{name, value, true, {}, HueId::None};
        m_query->setRows(query);
        m_query->setVisible(!query.isEmpty());
        m_queryHead->setVisible(!query.isEmpty());
    }
    const bool wasForwarded = request && !m_detail->forwarded.startLine.empty();
    QList<KeyValue> fields;
    for (size_t i = 0; i < message.fields.size(); ++i) {
        const auto &[name, value] = message.fields[i];
        KeyValue field{fromUtf8(name), fromUtf8(value), true, {}, HueId::None};
        QStringList remarks;
        if (i < message.redacted.size() && message.redacted[i])
            remarks << tr("redacted");
        if (wasForwarded && !hasField(m_detail->forwarded, name))
            remarks << tr("not forwarded");
        field.remark = remarks.join(QStringLiteral(", "));
        if (!remarks.isEmpty())
            field.remarkHue = HueId::Client;
        fields << field;
    }
    (request ? m_requestFields : m_responseFields)->setRows(fields);
    BodyViewer *viewer = request ? m_requestBody : m_responseBody;
    viewer->setVisible(message.bodySize > 0); // without a body the headers have the room
    if (message.bodySize == 0)
        viewer->clear(tr("No body"));
    else if (m_detail->row.status == 101 && message.body.empty()) // RFC 9110 15.2.2: what follows is not HTTP
        viewer->clear(tr("%1 of another protocol, of which nothing is kept.").arg(sizeText(message.bodySize)));
    else if (message.body.empty())
        viewer->clear(tr("The body of %1 was let go to make room.").arg(sizeText(message.bodySize)));
    else
        viewer->setBody(QByteArray::fromStdString(message.body), contentTypeOf(message),
                        message.bodyCut ? tr("cut after %1 of %2").arg(sizeText(message.body.size()), sizeText(message.bodySize)) : QString());
}

void DetailPane::fillTiming()
{
    m_waterfall->setExplanation(m_detail->why);
    int64_t lost = 0;
    for (size_t i = 0; i + 1 < m_detail->why.attempts.size(); ++i)
        lost += m_detail->why.attempts[i].durationMicros + m_detail->why.attempts[i + 1].waitMicros;
    Runs note{plain(tr("It took %1, of which the gateway's own part is %2.").arg(exactDurationText(m_detail->row.durationMicros), exactDurationText(m_detail->row.gatewayMicros)))};
    if (lost > 0)
        note << plain(QStringLiteral("\n") + tr("Without the failed tries it would have taken %1.").arg(exactDurationText(m_detail->row.durationMicros - lost)));
    if (const auto [all, faster] = rank ? rank(m_detail->row) : std::pair<size_t, size_t>(); all >= leastToCompare)
        note << plain(QLatin1Char('\n') + tr("Slower than %1% of %2, of which %3 are recorded.").arg(faster * 100 / all).arg(fromUtf8(m_detail->row.route), countText(all)));
    m_timingNote->setRuns(note);
}

void DetailPane::fillWhy(bool today)
{
    m_today = today;
    const std::optional<observe::Explanation> now = today ? m_api.exchanges.explainAgain(m_id) : std::nullopt;
    WhyMore more;
    more.bucket = bucketBefore(m_api.exchanges, *m_detail);
    more.asksOther = !now; // it is asked with the configuration that ran then
    if (now)
        more.then = m_detail->why;
    for (const auto &[name, value] : m_detail->response.fields)
        if (QString name8 = fromUtf8(name); name8.compare(QStringLiteral("retry-after"), Qt::CaseInsensitive) == 0)
            more.answer = {plain(tr("with ")), wire(name8 + QStringLiteral(": ") + fromUtf8(value))};
    m_why->setExplanation(now ? *now : m_detail->why, more);
    describeConfiguration(today, now.has_value());
}

// Beside the sentence: which configuration it speaks of, and the other one.
void DetailPane::describeConfiguration(bool asked, bool answered)
{
    const Run back = commandLink(tr("As it was then"), QStringLiteral("then"));
    m_whyNote->setToolTip({});
    if (asked && answered) {
        const int differences = m_why->whyModel().differences();
        m_whyNote->setRuns({differences == 0 ? quiet(tr("The same today")) : inHue(plain(tr("%n row(s) differ", nullptr, differences)), HueId::Delay), quiet(QStringLiteral("   ")), back});
    } else if (asked) {
        m_whyNote->setRuns({quiet(tr("The request is not kept")), quiet(QStringLiteral("   ")), back});
    } else if (!m_detail->configKept) {
        m_whyNote->setRuns({quiet(tr("With today's config"))});
        m_whyNote->setToolTip(tr("The configuration that ran then is not kept any more."));
    } else {
        m_whyNote->setRuns({commandLink(tr("With today's config"), QStringLiteral("today"))});
    }
}

void DetailPane::pickOtherRoute(const QPoint &globalPos)
{
    QStringList names;
    for (const api::RouteLive &route : m_api.live.routes())
        names << fromUtf8(route.name);
    auto *list = new PickList(tr("Why not this route?"), names, this);
    connect(list, &PickList::picked, this, [this, id = m_id](const QString &name) {
        if (id != m_id)
            return;
        if (const auto candidate = m_api.exchanges.candidate(id, name.toStdString()))
            m_why->addCandidate(*candidate);
        else
            m_whyNote->setRuns({quiet(tr("%1 was not there then").arg(name))});
    });
    list->openAt(globalPos);
}

void DetailPane::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange && m_whyNote)
        m_whyNote->setBaseFont(typeFont(Type::Control));
}

} // namespace gatehouse::ui
