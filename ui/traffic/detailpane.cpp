#include "ui/traffic/detailpane.h"

#include "ui/models/exchangetext.h"
#include "ui/models/format.h"
#include "ui/shell/theme.h"
#include "ui/traffic/timingview.h"
#include "ui/widgets/bodyviewer.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/keyvaluetable.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/runs.h"
#include "ui/widgets/states.h"
#include "ui/widgets/why/whysentence.h"
#include "ui/widgets/why/whyview.h"

#include <QtWidgets/QLabel>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QVBoxLayout>

namespace gatehouse::ui {

namespace {
QString q(const std::string &text) { return QString::fromStdString(text); }

HueId hueOfRow(const observe::Row &row)
{
    switch (row.statusClass()) {
    case observe::StatusClass::Success: return HueId::Ok;
    case observe::StatusClass::Redirect: return HueId::Redirect;
    case observe::StatusClass::Client: return HueId::Client;
    case observe::StatusClass::InFlight: return HueId::None;
    default: return HueId::Server;
    }
}

QWidget *scrolled(QWidget *inner)
{
    auto *area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setWidget(inner);
    return area;
}
} // namespace

DetailPane::DetailPane(const api::Exchanges &exchanges, Navigator &navigator, QWidget *parent)
    : QWidget(parent), m_exchanges(exchanges), m_pages(new QStackedWidget(this)), m_tabs(new QStackedWidget), m_tabBar(new QTabBar),
      m_title(new RunsLabel), m_figures(new RunsLabel), m_overview(new RunsLabel), m_timing(new TimingView), m_why(new WhyView)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    outer->addWidget(m_pages);
    auto *empty = new EmptyState(IconId::Traffic, tr("Select a request"), tr("What came, what went back, how long it took, and why it went where it went."));
    m_pages->addWidget(empty);
    auto *page = new QWidget;
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(scaled(16), scaled(8), scaled(10), 0);
    m_title->setBaseFont(typeFont(Type::Wire));
    head->addWidget(m_title, 1);
    auto *resend = iconButton(IconId::Refresh, tr("Edit and resend (Ctrl+R)"), page);
    auto *copy = iconButton(IconId::Copy, tr("Copy as curl (C)"), page);
    auto *pin = iconButton(IconId::Pin, tr("Pin (P)"), page);
    for (QToolButton *b : {resend, copy, pin})
        head->addWidget(b);
    connect(resend, &QToolButton::clicked, this, &DetailPane::resendRequested);
    connect(copy, &QToolButton::clicked, this, &DetailPane::copyRequested);
    connect(pin, &QToolButton::clicked, this, &DetailPane::pinRequested);
    layout->addLayout(head);
    m_figures->setBaseFont(typeFont(Type::Wire));
    m_figures->setContentsMargins(0, 0, 0, 0);
    auto *figures = new QHBoxLayout;
    figures->setContentsMargins(scaled(16), 0, scaled(10), scaled(4));
    figures->addWidget(m_figures, 1);
    layout->addLayout(figures);
    for (const QString &name : {tr("Overview"), tr("Request"), tr("Response"), tr("Timing"), tr("Why")})
        m_tabBar->addTab(name);
    m_tabBar->setExpanding(false);
    m_tabBar->setDrawBase(false);
    m_tabBar->setAccessibleName(tr("Parts of the exchange"));
    layout->addWidget(m_tabBar);
    layout->addWidget(new Hairline(Qt::Horizontal, page));
    m_overview->setBaseFont(typeFont(Type::Control));
    auto *overview = new QWidget;
    auto *overviewLayout = new QVBoxLayout(overview);
    overviewLayout->setContentsMargins(scaled(16), scaled(14), scaled(16), scaled(16));
    overviewLayout->addWidget(m_overview);
    overviewLayout->addStretch();
    m_tabs->addWidget(scrolled(overview));
    m_tabs->addWidget(buildMessage(m_request));
    m_tabs->addWidget(buildMessage(m_response));
    m_tabs->addWidget(scrolled(m_timing));
    m_tabs->addWidget(m_why);
    layout->addWidget(m_tabs, 1);
    m_pages->addWidget(page);
    connect(m_tabBar, &QTabBar::currentChanged, m_tabs, &QStackedWidget::setCurrentIndex);
    connect(m_why, &WhyView::placeActivated, &navigator, &Navigator::go);
    connect(m_overview, &RunsLabel::placeActivated, &navigator, &Navigator::go);
    m_tabBar->setCurrentIndex(Why);
}

QWidget *DetailPane::buildMessage(MessagePage &page)
{
    auto *splitter = new QSplitter(Qt::Vertical);
    auto *top = new QWidget;
    auto *layout = new QVBoxLayout(top);
    layout->setContentsMargins(0, scaled(8), 0, 0);
    layout->setSpacing(scaled(6));
    page.line = new QLabel(top);
    page.line->setFont(typeFont(Type::Wire));
    page.line->setTextFormat(Qt::PlainText);
    page.line->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    page.line->setWordWrap(true);
    page.line->setContentsMargins(scaled(16), 0, scaled(16), 0);
    layout->addWidget(page.line);
    page.fields = new KeyValueTable(top);
    page.fields->setEditable(false);
    page.fields->setNames(tr("Header"), tr("Value"));
    layout->addWidget(page.fields, 1);
    page.body = new BodyViewer;
    splitter->addWidget(top);
    splitter->addWidget(page.body);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    return splitter;
}

void DetailPane::show(uint64_t id)
{
    if (id == m_id && (m_detail || id == 0))
        return;
    m_id = id;
    refresh();
}

void DetailPane::refresh()
{
    m_detail = m_id ? m_exchanges.detail(m_id) : std::nullopt;
    m_pages->setCurrentIndex(m_detail ? 1 : 0);
    if (m_detail)
        fill();
}

void DetailPane::setTab(int tab) { m_tabBar->setCurrentIndex(tab); }
int DetailPane::tab() const { return m_tabBar->currentIndex(); }

void DetailPane::fill()
{
    const observe::Row &row = m_detail->row;
    Runs title{soft(fromUtf8(row.method) + QLatin1Char(' ')), plain(fromUtf8(row.path))};
    if (!row.query.empty())
        title << quiet(QLatin1Char('?') + fromUtf8(row.query));
    m_title->setRuns(title);
    m_figures->setRuns({inHue(strong(classWord(row)), hueOfRow(row)), soft(QStringLiteral("   %1   %2   %3").arg(exactDurationText(row.durationMicros), sizeText(row.responseBytes), clockText(row.startedMicros)))});
    const WhySentence sentence = whySentence(m_detail->why);
    Runs overview = sentence.runs;
    const auto line = [&](const QString &name, const QString &value) {
        if (!value.isEmpty())
            overview << plain(QStringLiteral("\n")) << quiet(name + QStringLiteral("   ")) << wire(value);
    };
    overview << plain(QStringLiteral("\n"));
    line(tr("URL"), asUrl(row));
    line(tr("Client"), fromUtf8(row.client));
    line(tr("Listener"), fromUtf8(row.listener));
    line(tr("Consumer"), fromUtf8(row.consumer));
    line(tr("Endpoint"), fromUtf8(row.endpoint));
    line(tr("Tries"), row.tries ? QString::number(row.tries) : QString());
    line(tr("Request body"), sizeText(row.requestBytes));
    line(tr("Response body"), sizeText(row.responseBytes));
    line(tr("Error"), fromUtf8(row.error));
    m_overview->setRuns(overview);
    fillMessage(m_request, m_detail->request, m_detail->forwarded.startLine.empty() ? nullptr : &m_detail->forwarded);
    fillMessage(m_response, m_detail->response, nullptr);
    m_timing->setExplanation(m_detail->why);
    m_why->setExplanation(m_detail->why);
}

void DetailPane::fillMessage(MessagePage &page, const observe::Message &message, const observe::Message *forwarded)
{
    page.line->setText(message.startLine.empty() ? tr("No answer was sent.") : q(message.startLine));
    QList<KeyValue> rows;
    QString type;
    for (size_t i = 0; i < message.fields.size(); ++i) {
        const auto &[name, value] = message.fields[i];
        KeyValue row{q(name), q(value), true, {}, HueId::None};
        if (i < message.redacted.size() && message.redacted[i])
            row.remark = tr("redacted");
        else if (forwarded && std::none_of(forwarded->fields.begin(), forwarded->fields.end(), [&](const auto &f) { return q(f.first).compare(row.name, Qt::CaseInsensitive) == 0; }))
            row.remark = tr("not forwarded");
        if (row.name.compare(QLatin1String("content-type"), Qt::CaseInsensitive) == 0)
            type = row.value;
        rows << row;
    }
    page.fields->setRows(rows);
    if (message.body.empty() && message.bodySize > 0)
        page.body->clear(tr("The body of %1 is not kept.").arg(sizeText(message.bodySize)));
    else if (message.body.empty())
        page.body->clear(tr("No body."));
    else
        page.body->setBody(QByteArray::fromStdString(message.body), type, message.bodyCut ? tr("cut, %1 in all").arg(sizeText(message.bodySize)) : QString());
}

} // namespace gatehouse::ui
