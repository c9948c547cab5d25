#include "ui/mocks/mockpreview.h"

#include "gateway/base/json.h"
#include "gateway/base/text.h"
#include "gateway/config/document.h"
#include "gateway/runtime/content.h"
#include "ui/forms/scalareditors.h"
#include "ui/mocks/mocktext.h"
#include "ui/models/session.h"
#include "ui/shell/theme.h"
#include "ui/widgets/bodyviewer.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/format.h"
#include "ui/widgets/keyvaluetable.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/states.h"

#include <QtGui/QPainter>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QVBoxLayout>

namespace gatehouse::ui {

namespace {

constexpr int typingMillis = 120;
QString q(const std::string &text) { return QString::fromStdString(text); }

QLabel *head(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setFont(typeFont(Type::ControlStrong));
    return label;
}

// One rule: glyph, status, wants and got.
class RuleRow final : public QWidget {
public:
    RuleRow(Glyph glyph, const Runs &status, const Runs &runs, QWidget *parent) : QWidget(parent), m_glyph(glyph)
    {
        auto *row = new QHBoxLayout(this);
        row->setContentsMargins(scaled(24), scaled(3), 0, scaled(3));
        row->setSpacing(0);
        const auto add = [&](const Runs &shown, int stretch) { // two columns: a sentence that wraps stays right of the status
            auto *text = new RunsLabel(this);
            text->setBaseFont(typeFont(Type::Control));
            text->setRuns(shown);
            row->addWidget(text, stretch, stretch ? Qt::Alignment() : Qt::AlignTop);
            return text;
        };
        add(status, 0)->setFixedWidth(scaled(38));
        add(runs, 1);
        setAccessibleName(wordOf(glyph) + QStringLiteral(", ") + toPlainText(status) + QLatin1Char(' ') + toPlainText(runs));
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        paintGlyph(&painter, QPointF(scaled(8), scaled(12)), m_glyph);
    }

private:
    Glyph m_glyph;
};

} // namespace

MockPreview::MockPreview(api::Api api, Session &session, Navigator &navigator, QWidget *parent)
    : QWidget(parent), m_api(api), m_session(session), m_navigator(navigator)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins({});
    outer->setSpacing(0);
    auto *layout = new QVBoxLayout;
    layout->setContentsMargins(scaled(16), scaled(14), scaled(16), scaled(4));
    outer->addLayout(layout);
    layout->setSpacing(scaled(8));
    auto *top = new QHBoxLayout;
    auto *title = head(tr("Preview"), this);
    top->addWidget(title, 1);
    auto *recorded = linkButton(tr("From the last recorded request"), this);
    connect(recorded, &QPushButton::clicked, this, &MockPreview::fromRecorded);
    top->addWidget(recorded);
    layout->addLayout(top);
    auto *line = new QHBoxLayout;
    line->setSpacing(scaled(6));
    m_method = new QComboBox(this);
    m_method->addItems({QStringLiteral("GET"), QStringLiteral("POST"), QStringLiteral("PUT"), QStringLiteral("PATCH"), QStringLiteral("DELETE"), QStringLiteral("HEAD"), QStringLiteral("OPTIONS")});
    m_method->setFont(typeFont(Type::Wire));
    m_method->setAccessibleName(tr("Method"));
    m_path = formLine(tr("Path"), true, this);
    line->addWidget(m_method);
    line->addWidget(m_path, 1);
    layout->addLayout(line);
    auto *more = linkButton(tr("Headers and body"), this);
    more->setCheckable(true);
    layout->addWidget(more, 0, Qt::AlignLeft);
    m_more = new QWidget(this);
    auto *moreLayout = new QVBoxLayout(m_more);
    moreLayout->setContentsMargins({});
    m_headers = new KeyValueTable(m_more);
    m_headers->setEditable(true);
    m_headers->setAccessibleName(tr("Headers of the request"));
    m_headers->setFixedHeight(scaled(84));
    m_body = new QPlainTextEdit(m_more);
    m_body->setFont(typeFont(Type::Wire));
    m_body->setAccessibleName(tr("Body of the request"));
    m_body->setPlaceholderText(tr("Body"));
    m_body->setFixedHeight(scaled(64));
    m_body->setTabChangesFocus(true);
    moreLayout->addWidget(m_headers);
    moreLayout->addWidget(m_body);
    m_more->hide();
    connect(more, &QPushButton::toggled, m_more, &QWidget::setVisible);
    layout->addWidget(m_more);
    m_error = new FieldError(this);
    layout->addWidget(m_error);
    layout->addWidget(head(tr("Which response"), this));
    m_where = new RunsLabel(this);
    m_where->setBaseFont(typeFont(Type::Control));
    connect(m_where, &RunsLabel::placeActivated, &m_navigator, &Navigator::go);
    layout->addWidget(m_where);
    m_rules = new QVBoxLayout;
    m_rules->setSpacing(0);
    layout->addLayout(m_rules);
    layout->addWidget(new Hairline(Qt::Horizontal, this));
    m_answer = new RunsLabel(this);
    m_answer->setBaseFont(typeFont(Type::Control));
    layout->addWidget(m_answer);
    m_viewer = new BodyViewer(this);
    outer->addWidget(m_viewer, 1); // from edge to edge, like every body
    outer->addStretch();
    m_delay.setSingleShot(true);
    m_delay.setInterval(typingMillis);
    connect(&m_delay, &QTimer::timeout, this, &MockPreview::refresh);
    const auto later = qOverload<>(&QTimer::start);
    connect(m_method, &QComboBox::currentTextChanged, &m_delay, later);
    connect(m_path, &QLineEdit::textChanged, &m_delay, later);
    connect(m_headers, &KeyValueTable::edited, &m_delay, later);
    connect(m_body, &QPlainTextEdit::textChanged, &m_delay, later);
    connect(&m_session, &Session::documentChanged, &m_delay, later);
    connect(&m_session, &Session::problemsChanged, &m_delay, later);
}

void MockPreview::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(rect(), Tokens::current().sunken);
}

// A path that the first route to this mock would take, with the names of its segments as their values.
QString MockPreview::usualPath() const
{
    const config::Document &document = m_session.document();
    for (const config::Location &use : document.references("mock", m_mock.toStdString())) {
        if (use.path.size() < 2 || use.path[0].key() != "routes")
            continue;
        const schema::Path route{use.path[0], use.path[1]};
        const auto text = [&](const schema::Path &path) {
            const schema::Node *node = document.at({use.file, path, 0});
            return node && node->isScalar() ? q(node->text) : QString();
        };
        QString path;
        for (const char *key : {"exact", "path", "prefix"})
            if (path.isEmpty())
                path = text(route / schema::Step("match") / schema::Step(key));
        QString prefix;
        if (const QString group = text(route / schema::Step("group")); !group.isEmpty())
            if (const auto at = document.find("group", group.toStdString()))
                if (const schema::Node *node = document.at({at->file, at->path / schema::Step("prefix"), 0}))
                    prefix = q(node->text);
        for (qsizetype open = path.indexOf(QLatin1Char('{')); open >= 0; open = path.indexOf(QLatin1Char('{'))) {
            const qsizetype close = path.indexOf(QLatin1Char('}'), open);
            if (close < 0)
                break;
            QString name = path.mid(open + 1, close - open - 1);
            name = name.endsWith(QStringLiteral(":int")) ? QStringLiteral("1") : name.section(QLatin1Char(':'), 0, 0).remove(QLatin1Char('*'));
            path.replace(open, close - open + 1, name);
        }
        if (!path.isEmpty())
            return prefix + path;
    }
    return QStringLiteral("/");
}

void MockPreview::setMock(const QString &name)
{
    if (name != m_mock) {
        m_mock = name;
        if (!name.isEmpty())
            m_path->setText(usualPath());
    }
    refresh();
}

api::RequestSketch MockPreview::sketch() const
{
    api::RequestSketch sketch;
    sketch.method = m_method->currentText().toStdString();
    sketch.url = m_path->text().trimmed().toStdString();
    if (sketch.url.empty() || (sketch.url.front() != '/' && sketch.url.find("://") == std::string::npos))
        sketch.url.insert(0, "/");
    for (const KeyValue &header : m_headers->rows())
        if (header.enabled && !header.name.isEmpty())
            sketch.headers.emplace_back(header.name.toStdString(), header.value.toStdString());
    sketch.body = m_body->toPlainText().toStdString();
    return sketch;
}

void MockPreview::fromRecorded()
{
    const observe::ExchangePage page = m_api.exchanges.since(0);
    for (auto row = page.rows.rbegin(); row != page.rows.rend(); ++row) {
        if (row->target != observe::TargetKind::Mock || row->targetName != m_mock.toStdString())
            continue;
        const auto detail = m_api.exchanges.detail(row->id);
        if (!detail)
            continue;
        m_method->setCurrentText(QString::fromUtf8(row->method.data(), qsizetype(row->method.size())));
        m_path->setText(q(std::string(row->path) + (row->query.empty() ? std::string() : "?" + std::string(row->query))));
        QList<KeyValue> headers;
        for (const auto &[name, value] : detail->request.fields)
        {
            KeyValue header;
            header.name = q(name);
            header.value = q(value);
            headers << header;
        }
        m_headers->setRows(headers);
        m_body->setPlainText(q(detail->request.body));
        refresh();
        return;
    }
    m_error->setWarning(tr("No request to %1 is recorded yet.").arg(m_mock));
}

void MockPreview::refresh()
{
    m_delay.stop();
    m_error->setError({});
    const auto workspace = m_session.workspace();
    const config::Mock *mock = workspace ? workspace->mock(m_mock.toStdString()) : nullptr;
    if (!mock) {
        m_where->setRuns(m_mock.isEmpty() ? Runs{} : Runs{soft(tr("Shown once the workspace has no errors."))});
        showRules({});
        showAnswer(-1);
        Q_EMIT answering(-1);
        return;
    }
    const api::RequestSketch request = sketch();
    std::vector<std::pair<std::string, std::string>> captures;
    const auto why = m_api.explain.explain(request, *workspace);
    if (!why) {
        m_error->setError(q(why.error().message));
    } else if (why->target == observe::TargetKind::Mock && why->targetName == mock->name) {
        m_where->setRuns({soft(tr("by ")), link(q(why->route.value_or(std::string())), {Place::Kind::Route, QLatin1String(panels::routes), q(why->route.value_or(std::string())), {}, 0})});
        for (const observe::Candidate &candidate : why->candidates)
            if (candidate.won)
                captures = candidate.captures;
    } else if (why->route) {
        m_where->setRuns({inHue(plain(tr("It would go to ")), HueId::Client), link(q(*why->route), {Place::Kind::Route, QLatin1String(panels::routes), q(*why->route), {}, 0}), soft(tr(", not here. If it came here:"))});
    } else {
        m_where->setRuns({inHue(plain(tr("No route takes it. ")), HueId::Client), soft(tr("If it came here:"))});
    }
    // Where no route brings it here, the mock's conditions are asked alone.
    const bool comesHere = why && why->targetName == mock->name && !why->mockRules.empty();
    auto rules = comesHere ? Result<std::vector<observe::Candidate>>(why->mockRules) : candidatesOf(*mock, *workspace, request, captures);
    if (!rules) {
        m_error->setError(q(rules.error().message));
        return;
    }
    if (mock->mode != config::MockMode::FirstMatch) // a matter of turn or chance
        for (observe::Candidate &rule : *rules)
            rule.won = false;
    showRules(*rules);
    int won = -1, matching = 0, only = -1;
    for (size_t i = 0; i < rules->size(); ++i) {
        matching += (*rules)[i].matched;
        if ((*rules)[i].matched)
            only = int(i);
        if ((*rules)[i].won)
            won = int(i);
    }
    if (won < 0 && matching == 1)
        won = only;
    showAnswer(won);
    if (won < 0 && matching > 1)
        m_answer->setRuns({soft(mock->mode == config::MockMode::Sequence ? tr("One of %n in turn.", nullptr, matching) : tr("One of %n by chance.", nullptr, matching))});
    else if (won < 0)
        m_answer->setRuns({inHue(wire(QStringLiteral("404 ")), HueId::Client), soft(tr("No response's condition holds."))});
    Q_EMIT answering(won);
}

void MockPreview::showRules(const std::vector<observe::Candidate> &rules)
{
    while (QLayoutItem *item = m_rules->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const auto workspace = m_session.workspace();
    const config::Mock *mock = workspace ? workspace->mock(m_mock.toStdString()) : nullptr;
    bool decided = false;
    for (size_t i = 0; mock && i < rules.size() && i < mock->responses.size(); ++i) {
        const observe::Candidate &rule = rules[i];
        const int status = mock->responses[i].status;
        const Runs code{inHue(wire(QString::number(status)), rule.won ? hueOf(markOfStatus(status)) : HueId::None)};
        Runs runs;
        Glyph glyph = Glyph::Pass;
        if (rule.failed) {
            glyph = Glyph::Refused;
            const QString condition = q(rule.failed->condition);
            runs << plain(condition) << soft(tr(" wants ")) << wire(q(rule.failed->expected)) << soft(tr(" got "))
                 << inHue(wire(rule.failed->actual ? q(*rule.failed->actual) : tr("nothing")), HueId::Client);
        } else if (!mock->responses[i].when) {
            runs << plain(i > 0 ? tr("otherwise") : tr("always"));
        } else {
            runs << plain(tr("all its conditions hold"));
        }
        if (decided && !rule.failed) {
            glyph = Glyph::NotReached;
            runs << soft(tr(", an earlier one answers"));
        }
        decided = decided || rule.won;
        m_rules->addWidget(new RuleRow(glyph, code, runs, this));
    }
}

void MockPreview::showAnswer(int response)
{
    const auto workspace = m_session.workspace();
    const config::Mock *mock = workspace ? workspace->mock(m_mock.toStdString()) : nullptr;
    m_viewer->setVisible(mock && response >= 0);
    if (!mock || response < 0) {
        m_answer->setRuns({});
        return;
    }
    const config::MockResponse &record = mock->responses[size_t(response)];
    const auto fixed = runtime::fixedResponse({record.status, record.headers, record.body, record.json, record.file}, workspace->folder);
    if (!fixed) {
        m_answer->setRuns({inHue(plain(q(fixed.error().message)), HueId::Server)});
        m_viewer->hide();
        return;
    }
    Run status = strong(QStringLiteral("%1 %2").arg(record.status).arg(reasonOf(record.status)));
    Runs runs{inHue(status, hueOf(markOfStatus(record.status)))};
    const config::Latency &latency = record.latency;
    const Duration usual = latency.type == config::Latency::Type::Fixed ? latency.fixed : latency.type == config::Latency::Type::Lognormal ? latency.median : latency.type == config::Latency::Type::Normal ? latency.mean
                                                                                                                                                                 : (latency.min + latency.max) / 2;
    if (latency.type != config::Latency::Type::None)
        runs << soft(QStringLiteral("   ") + tr("after about %1").arg(formatDuration(double(std::chrono::duration_cast<std::chrono::nanoseconds>(usual).count()))));
    runs << soft(QStringLiteral("   ") + formatBytes(qint64(fixed->body.size())));
    QString type;
    for (const auto &[name, value] : fixed->fields) {
        runs << plain(QStringLiteral("\n")) << link(q(name).toLower(), {}) << wire(QStringLiteral("   ") + q(value));
        runs[runs.size() - 2].style = Run::Style::Soft;
        if (equalsIgnoreCase(name, "content-type"))
            type = q(value);
    }
    m_answer->setRuns(runs);
    m_viewer->setBody(QByteArray::fromStdString(fixed->body), type);
}

} // namespace gatehouse::ui
