#include "ui/explorer/requesttab.h"

#include "gateway/importers/curl.h"
#include "ui/forms/scalareditors.h"
#include "ui/models/listeners.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/bodyviewer.h"
#include "ui/widgets/codeeditor.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/runs.h"
#include "ui/widgets/states.h"
#include "ui/widgets/why/whyview.h"

#include <QtCore/QPointer>
#include <QtCore/QScopedValueRollback>
#include <QtGui/QKeyEvent>
#include <QtGui/QTextCharFormat>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QSplitter>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QVBoxLayout>

namespace gatehouse::ui {

namespace {

constexpr int typingMillis = 120;
QString q(const std::string &text) { return QString::fromStdString(text); }

QTabBar *tabBar(const QStringList &texts, const QString &name, QWidget *parent)
{
    auto *bar = new QTabBar(parent);
    bar->setDrawBase(false);
    bar->setExpanding(false);
    bar->setAccessibleName(name);
    for (const QString &text : texts)
        bar->addTab(text);
    return bar;
}

Place placeOf(Place::Kind kind, const char *panel, const std::string &name) { return {kind, QLatin1String(panel), q(name), {}, 0}; }

} // namespace

RequestTab::RequestTab(api::Api api, Navigator &navigator, QWidget *parent)
    : QWidget(parent), m_api(api), m_navigator(navigator)
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, scaled(12), 0, 0);
    layout->setSpacing(0);
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(scaled(16), 0, scaled(16), 0);
    bar->setSpacing(scaled(8));
    m_method = new QComboBox(this);
    m_method->addItems({QStringLiteral("GET"), QStringLiteral("POST"), QStringLiteral("PUT"), QStringLiteral("PATCH"), QStringLiteral("DELETE"), QStringLiteral("HEAD"), QStringLiteral("OPTIONS")});
    m_method->setFont(typeFont(Type::Wire));
    m_method->setAccessibleName(tr("Method"));
    m_method->setFixedSize(scaled(84), scaled(32));
    m_url = formLine(tr("URL"), true, this);
    m_url->setFixedHeight(scaled(32));
    m_url->setPlaceholderText(tr("/path, a URL, or a pasted curl line"));
    m_send = button(tr("Send"), "primary", this);
    m_send->setIcon(makeIcon(IconId::Send, Tokens::current().onAccent));
    m_send->setToolTip(tr("Send (Ctrl+Enter)"));
    m_save = button(tr("Save"), "", this);
    m_save->setToolTip(tr("Save the request (Ctrl+S)"));
    for (QPushButton *push : {m_send, m_save})
        push->setFixedHeight(scaled(32));
    bar->addWidget(m_method);
    bar->addWidget(m_url, 1);
    bar->addWidget(m_send);
    bar->addWidget(m_save);
    layout->addLayout(bar);
    m_error = new FieldError(this);
    m_error->setContentsMargins(scaled(16), 0, scaled(16), 0);
    layout->addWidget(m_error);
    auto *fate = new QHBoxLayout;
    fate->setContentsMargins(scaled(16), scaled(6), scaled(16), scaled(6));
    fate->setSpacing(scaled(10));
    m_via = new QComboBox(this);
    m_via->addItems({tr("Through the gateway"), tr("Directly")});
    m_via->setAccessibleName(tr("How it is sent"));
    m_fate = new RunsLabel(this);
    m_fate->setBaseFont(typeFont(Type::Control));
    fate->addWidget(m_via);
    fate->addWidget(m_fate, 1, Qt::AlignVCenter);
    layout->addLayout(fate);
    layout->addWidget(new Hairline(Qt::Horizontal, this));
    auto *splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(buildRequest());
    splitter->addWidget(buildResponse());
    splitter->setSizes({scaled(470), scaled(500)});
    layout->addWidget(splitter, 1);

    m_delay.setSingleShot(true);
    m_delay.setInterval(typingMillis);
    connect(&m_delay, &QTimer::timeout, this, &RequestTab::askFate);
    connect(m_method, &QComboBox::currentTextChanged, this, &RequestTab::edited);
    connect(m_via, &QComboBox::currentIndexChanged, this, &RequestTab::askFate);
    connect(m_url, &QLineEdit::textChanged, this, &RequestTab::urlEdited);
    connect(m_url, &QLineEdit::returnPressed, this, &RequestTab::send);
    connect(m_query, &KeyValueTable::edited, this, &RequestTab::queryEdited);
    connect(m_headers, &KeyValueTable::edited, this, &RequestTab::edited);
    connect(m_body, &CodeEditor::textChanged, this, &RequestTab::edited);
    connect(m_send, &QPushButton::clicked, this, &RequestTab::send);
    connect(m_save, &QPushButton::clicked, this, &RequestTab::saveAsked);
    connect(m_fate, &RunsLabel::placeActivated, &m_navigator, &Navigator::go);
    connect(m_why, &WhyView::placeActivated, &m_navigator, &Navigator::go);
    connect(m_loading, &LoadingLine::cancelled, this, &RequestTab::cancel);
    readQuery();
}

RequestTab::~RequestTab() { cancel(); }

QWidget *RequestTab::buildRequest()
{
    auto *column = new QWidget(this);
    auto *layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(scaled(6));
    m_requestTabs = tabBar({tr("Query"), tr("Headers"), tr("Body")}, tr("Parts of the request"), column);
    auto *tabRow = new QHBoxLayout;
    tabRow->setContentsMargins(scaled(10), 0, 0, 0);
    tabRow->addWidget(m_requestTabs, 1);
    layout->addLayout(tabRow);
    m_requestPages = new QStackedWidget(column);
    m_query = new KeyValueTable(column);
    m_query->setAccessibleName(tr("Query"));
    m_headers = new KeyValueTable(column);
    m_headers->setAccessibleName(tr("Headers"));
    for (KeyValueTable *table : {m_query, m_headers}) {
        table->setEditable(true);
        m_requestPages->addWidget(table);
    }
    m_body = new CodeEditor(column);
    m_body->setLanguage(Language::Json);
    m_body->view()->setAccessibleName(tr("Body"));
    m_requestPages->addWidget(m_body);
    layout->addWidget(m_requestPages, 1);
    connect(m_requestTabs, &QTabBar::currentChanged, m_requestPages, &QStackedWidget::setCurrentIndex);
    return column;
}

QWidget *RequestTab::buildResponse()
{
    auto *column = new QWidget(this);
    auto *layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_loading = new LoadingLine(column);
    layout->addWidget(m_loading);
    m_result = new RunsLabel(column);
    m_result->setBaseFont(typeFont(Type::Control));
    m_result->setContentsMargins(scaled(16), 0, scaled(16), 0);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(scaled(16), scaled(8), scaled(16), scaled(4));
    head->addWidget(m_result, 1);
    layout->addLayout(head);
    m_notice = new NoticeBar(HueId::Server, column);
    m_notice->hide();
    layout->addWidget(m_notice);
    m_responseTabs = tabBar({tr("Body"), tr("Headers"), tr("Why")}, tr("Parts of the response"), column);
    auto *tabRow = new QHBoxLayout;
    tabRow->setContentsMargins(scaled(10), 0, 0, 0);
    tabRow->addWidget(m_responseTabs, 1);
    layout->addLayout(tabRow);
    m_responsePages = new QStackedWidget(column);
    m_viewer = new BodyViewer(column);
    m_answerHeaders = new KeyValueTable(column);
    m_answerHeaders->setAccessibleName(tr("Headers of the response"));
    m_why = new WhyView(column);
    m_responsePages->addWidget(m_viewer);
    m_responsePages->addWidget(m_answerHeaders);
    m_responsePages->addWidget(m_why);
    layout->addWidget(m_responsePages, 1);
    connect(m_responseTabs, &QTabBar::currentChanged, m_responsePages, &QStackedWidget::setCurrentIndex);
    m_responseTabs->hide();
    m_responsePages->hide();
    layout->addStretch();
    m_result->setRuns({soft(tr("The answer appears here. Ctrl+Enter sends."))});
    return column;
}

SavedRequest RequestTab::request() const
{
    SavedRequest request;
    request.name = m_saved.name;
    request.method = m_method->currentText();
    request.url = m_url->text();
    request.body = m_body->text();
    request.headers = m_headers->rows();
    return request;
}

void RequestTab::setRequest(const SavedRequest &request, const QString &file)
{
    {
        const QScopedValueRollback guard(m_setting, true);
        m_file = file;
        if (m_method->findText(request.method) < 0)
            m_method->addItem(request.method);
        m_method->setCurrentText(request.method);
        m_url->setText(request.url);
        m_headers->setRows(request.headers);
        m_body->setText(request.body);
    }
    m_saved = this->request();
    m_saved.name = request.name;
    m_requestTabs->setCurrentIndex(!request.body.isEmpty() ? 2 : 0);
    readQuery();
    tintVariables();
    edited();
}

bool RequestTab::fill(const QString &text)
{
    const auto parsed = importers::parseCurl(text.trimmed().toStdString());
    if (!parsed) {
        m_error->setError(q(parsed.error().message));
        return false;
    }
    SavedRequest filled;
    filled.method = q(parsed->method);
    filled.url = q(parsed->url);
    filled.body = q(parsed->body);
    for (const auto &[name, value] : parsed->headers) {
        KeyValue header;
        header.name = q(name);
        header.value = q(value);
        filled.headers << header;
    }
    const SavedRequest before = m_saved;
    filled.name = before.name;
    setRequest(filled, m_file);
    m_saved = before; // filled, not saved
    edited();
    return true;
}

void RequestTab::setVariables(const Variables &variables)
{
    m_variables = variables;
    tintVariables();
    m_delay.start();
}

QString RequestTab::title() const
{
    if (!m_saved.name.isEmpty())
        return m_saved.name;
    QString path = m_url->text().section(QLatin1Char('?'), 0, 0);
    if (const qsizetype scheme = path.indexOf(QStringLiteral("://")); scheme >= 0)
        path = path.mid(scheme + 3).section(QLatin1Char('/'), 1);
    path = path.section(QLatin1Char('/'), -1, -1, QString::SectionSkipEmpty);
    return path.isEmpty() ? tr("New request") : path;
}

bool RequestTab::dirty() const
{
    const SavedRequest now = request();
    return m_file.isEmpty() ? !now.url.isEmpty() : now != m_saved;
}

void RequestTab::saved(const QString &file)
{
    m_file = file;
    const QString name = m_saved.name.isEmpty() ? title() : m_saved.name;
    m_saved = request();
    m_saved.name = name;
    Q_EMIT changed();
}

void RequestTab::showError(const QString &text) { m_error->setError(text); }
void RequestTab::focusUrl() { m_url->setFocus(); }
bool RequestTab::throughGateway() const { return m_via->currentIndex() == 0; }

void RequestTab::edited()
{
    if (m_setting)
        return;
    const qsizetype headers = m_headers->rows().size(), query = m_query->rows().size();
    m_requestTabs->setTabText(0, query ? tr("Query %1").arg(query) : tr("Query"));
    m_requestTabs->setTabText(1, headers ? tr("Headers %1").arg(headers) : tr("Headers"));
    m_delay.start();
    Q_EMIT changed();
}

void RequestTab::urlEdited()
{
    if (m_setting)
        return;
    m_error->setError({});
    const QString text = m_url->text();
    if (text.startsWith(QStringLiteral("curl "))) {
        if (text.contains(QStringLiteral("http")) || text.contains(QLatin1Char('/')))
            fill(text);
        return;
    }
    readQuery();
    tintVariables();
    edited();
}

void RequestTab::readQuery()
{
    QList<KeyValue> rows;
    const QString query = m_url->text().section(QLatin1Char('?'), 1);
    for (const QString &pair : query.split(QLatin1Char('&'), Qt::SkipEmptyParts)) {
        KeyValue row;
        row.name = pair.section(QLatin1Char('='), 0, 0);
        row.value = pair.section(QLatin1Char('='), 1);
        rows << row;
    }
    if (rows != m_query->rows())
        m_query->setRows(rows);
}

// The URL says what is sent: a row that is switched off leaves it.
void RequestTab::queryEdited()
{
    QStringList pairs;
    for (const KeyValue &row : m_query->rows())
        if (row.enabled && !row.name.isEmpty())
            pairs << row.name + QLatin1Char('=') + row.value;
    const QString path = m_url->text().section(QLatin1Char('?'), 0, 0);
    {
        const QScopedValueRollback guard(m_setting, true);
        m_url->setText(pairs.isEmpty() ? path : path + QLatin1Char('?') + pairs.join(QLatin1Char('&')));
    }
    tintVariables();
    edited();
}

// A line edit has no formats of its own; those of a preedit without text are kept until the next one.
void RequestTab::tintVariables()
{
    QList<QInputMethodEvent::Attribute> attributes;
    const QString text = m_url->text();
    const Tokens &t = Tokens::current();
    QStringList unresolved;
    for (qsizetype at = text.indexOf(QStringLiteral("${")); at >= 0; at = text.indexOf(QStringLiteral("${"), at + 2)) {
        const qsizetype end = text.indexOf(QLatin1Char('}'), at);
        if (end < 0)
            break;
        const QString name = text.mid(at + 2, end - at - 2);
        const bool known = m_variables.contains(name);
        if (!known)
            unresolved << name;
        QTextCharFormat format;
        format.setForeground(known ? t.accentText : t.server.text);
        format.setBackground(known ? t.accentTint : t.server.tint);
        attributes << QInputMethodEvent::Attribute(QInputMethodEvent::TextFormat, int(at) - m_url->cursorPosition(), int(end - at + 1), format);
    }
    QStringList tips;
    for (const auto &[name, value] : m_variables)
        if (text.contains(QStringLiteral("${%1}").arg(name)))
            tips << QStringLiteral("%1 = %2").arg(name, value);
    m_url->setToolTip(plainToolTip(tips.join(QLatin1Char('\n'))));
    QInputMethodEvent event({}, attributes);
    QCoreApplication::sendEvent(m_url, &event);
    if (!unresolved.isEmpty())
        m_error->setWarning(tr("This environment has no %1.").arg(unresolved.join(QStringLiteral(", "))));
}

api::RequestSketch RequestTab::sketch(QStringList *missing) const
{
    api::RequestSketch sketch;
    const auto expanded = [&](const QString &text) { return expandVariables(text, m_variables, missing).toStdString(); };
    sketch.method = m_method->currentText().toStdString();
    sketch.url = expanded(m_url->text().trimmed());
    for (const KeyValue &header : m_headers->rows())
        if (header.enabled && !header.name.isEmpty())
            sketch.headers.emplace_back(expanded(header.name), expanded(header.value));
    sketch.body = expanded(m_body->text());
    return sketch;
}

void RequestTab::askFate()
{
    m_delay.stop();
    if (!throughGateway()) {
        m_fate->setRuns({soft(tr("past the gateway, to the host of the URL"))});
        return;
    }
    if (m_url->text().trimmed().isEmpty()) {
        m_fate->setRuns({});
        return;
    }
    const auto why = m_api.explain.explain(sketch());
    if (!why) {
        m_fate->setRuns({inHue(plain(q(why.error().message)), HueId::Client)});
        return;
    }
    Runs runs{soft(tr("by ")), strong(q(why->listener))};
    if (!why->route) {
        m_fate->setRuns(runs << inHue(plain(QStringLiteral(", ") + tr("no route takes it")), HueId::Client));
        return;
    }
    runs << soft(QStringLiteral(", ") + tr("will go to ")) << link(q(*why->route), placeOf(Place::Kind::Route, panels::routes, *why->route));
    if (!why->targetName.empty()) {
        runs << soft(QStringLiteral(" › "));
        if (why->target == observe::TargetKind::Upstream)
            runs << link(q(why->targetName), placeOf(Place::Kind::Upstream, panels::upstreams, why->targetName));
        else if (why->target == observe::TargetKind::Mock)
            runs << link(q(why->targetName), placeOf(Place::Kind::Mock, panels::mocks, why->targetName));
        else
            runs << plain(q(why->targetName));
    }
    QStringList past;
    for (const observe::PolicyStep &step : why->policies)
        if (step.phase == observe::Phase::Request)
            past << q(step.name.empty() ? step.kind : step.name);
    if (!past.isEmpty())
        runs << soft(QStringLiteral("   ") + tr("past %1").arg(past.join(QStringLiteral(", "))));
    m_fate->setRuns(runs);
}

void RequestTab::send()
{
    QStringList missing;
    const api::RequestSketch request = sketch(&missing);
    if (request.url.empty()) {
        m_error->setError(tr("There is no URL. Write /path or http://host/path."));
        m_url->setFocus();
        return;
    }
    if (!missing.isEmpty()) {
        m_error->setError(tr("This environment has no %1. Choose another one, or write the value.").arg(missing.join(QStringLiteral(", "))));
        return;
    }
    if (!throughGateway() && request.url.find("://") == std::string::npos) {
        m_error->setError(tr("Sent directly, it needs a host. Write http://host%1").arg(q(request.url)));
        return;
    }
    cancel();
    m_error->setError({});
    m_notice->hide();
    m_loading->start(tr("Waiting for the answer"));
    const QPointer<RequestTab> self(this);
    m_sending = m_api.send.send(request, throughGateway() ? api::Send::Via::Gateway : api::Send::Via::Direct, [self](api::Sent sent) {
        if (self)
            self->showAnswer(sent);
    });
    m_send->setText(tr("Cancel"));
    disconnect(m_send, nullptr, this, nullptr);
    connect(m_send, &QPushButton::clicked, this, &RequestTab::cancel);
}

bool RequestTab::cancel()
{
    if (!m_sending)
        return false;
    m_api.send.cancel(m_sending);
    m_sending = 0;
    m_loading->finish();
    m_send->setText(tr("Send"));
    disconnect(m_send, nullptr, this, nullptr);
    connect(m_send, &QPushButton::clicked, this, &RequestTab::send);
    return true;
}

void RequestTab::showAnswer(const api::Sent &sent)
{
    if (!m_sending)
        return; // cancelled
    m_sending = 0;
    m_loading->finish();
    m_send->setText(tr("Send"));
    disconnect(m_send, nullptr, this, nullptr);
    connect(m_send, &QPushButton::clicked, this, &RequestTab::send);
    const auto detail = sent.exchange ? m_api.exchanges.detail(sent.exchange) : std::nullopt;
    m_responseTabs->show();
    m_responsePages->show();
    m_responseTabs->setTabVisible(2, detail.has_value());
    if (detail)
        m_why->setExplanation(detail->why);
    if (!sent.error.empty()) {
        m_notice->setNotice(tr("No answer"), {plain(q(sent.error))});
        m_notice->show();
        m_result->setRuns({inHue(strong(tr("No answer")), HueId::Server), soft(QStringLiteral("   ") + tr("after %1").arg(formatDuration(double(sent.durationMicros) * 1000)))});
        m_viewer->clear(tr("There is no answer."));
        m_answerHeaders->setRows({});
        if (detail)
            m_responseTabs->setCurrentIndex(2);
    } else {
        const QString phrase = q(sent.response.startLine).section(QLatin1Char(' '), 2);
        m_result->setRuns({inHue(strong(QStringLiteral("%1 %2").arg(sent.status).arg(phrase)), hueOf(markOfStatus(sent.status))),
                           wire(QStringLiteral("   ") + formatDuration(double(sent.durationMicros) * 1000)), wire(QStringLiteral("   ") + formatBytes(qint64(sent.response.bodySize ? sent.response.bodySize : sent.response.body.size())))});
        QString type;
        QList<KeyValue> rows;
        for (const auto &[name, value] : sent.response.fields) {
            KeyValue row;
            row.name = q(name);
            row.value = q(value);
            rows << row;
            if (row.name.compare(QLatin1String("content-type"), Qt::CaseInsensitive) == 0)
                type = row.value;
        }
        m_answerHeaders->setRows(rows);
        m_responseTabs->setTabText(1, tr("Headers %1").arg(rows.size()));
        m_viewer->setBody(QByteArray::fromStdString(sent.response.body), type, sent.response.bodyCut ? tr("cut") : QString());
    }
    QString path = expandVariables(m_url->text(), m_variables).section(QLatin1Char('?'), 0, 0);
    if (const qsizetype scheme = path.indexOf(QStringLiteral("://")); scheme >= 0)
        path = QLatin1Char('/') + path.mid(scheme + 3).section(QLatin1Char('/'), 1);
    Q_EMIT answered(m_method->currentText(), path, sent.status, sent.durationMicros);
}

QString RequestTab::asCurl() const { return q(importers::toCurl(curl())); }
QString RequestTab::asShellCommand() const { return q(importers::toShell(curl())); }

importers::CurlRequest RequestTab::curl() const
{
    const api::RequestSketch request = sketch();
    importers::CurlRequest curl;
    curl.method = request.method;
    curl.url = request.url;
    if (curl.url.find("://") == std::string::npos)
        curl.url = baseUrl(m_api.apply.status()) + curl.url;
    curl.headers = request.headers;
    curl.body = request.body;
    return curl;
}

// Ctrl+S saves the request here, not the workspace.
bool RequestTab::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress) {
        auto *key = static_cast<QKeyEvent *>(event);
        if (key->matches(QKeySequence::Save)) {
            key->accept();
            if (event->type() == QEvent::KeyPress)
                Q_EMIT saveAsked();
            return true;
        }
    } else if (event->type() == QEvent::PaletteChange) {
        m_send->setIcon(makeIcon(IconId::Send, Tokens::current().onAccent));
        tintVariables();
    }
    return QWidget::event(event);
}

} // namespace gatehouse::ui
