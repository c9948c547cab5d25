#include "ui/routes/explainbar.h"

#include "gateway/importers/curl.h"
#include "ui/shell/navigator.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/runs.h"
#include "ui/widgets/why/whysentence.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>

namespace gatehouse::ui {

namespace {
constexpr int typingMillis = 120;
QString q(const std::string &text) { return QString::fromStdString(text); }
} // namespace

// What would become of it, before its words.
class ExplainBar::Verdict final : public QWidget {
public:
    explicit Verdict(QWidget *parent) : QWidget(parent)
    {
        setFixedSize(scaled(18), scaled(18));
        hide();
    }
    void setGlyph(Glyph glyph)
    {
        m_glyph = glyph;
        setAccessibleName(wordOf(glyph));
        show();
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paintGlyph(&painter, QRectF(rect()).center(), m_glyph);
    }

private:
    Glyph m_glyph = Glyph::Pass;
};

ExplainBar::ExplainBar(const api::Explain &explain, Navigator &navigator, QWidget *parent)
    : QWidget(parent), m_explain(explain), m_line(new QLineEdit(this)), m_result(new RunsLabel(this)), m_verdict(new Verdict(this))
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(scaled(20), 0, scaled(20), 0);
    layout->setSpacing(scaled(8));
    auto *icon = new QLabel(this);
    icon->setPixmap(makeIcon(IconId::Route).pixmap(scaled(16), scaled(16)));
    auto *head = new QLabel(tr("Explain"), this);
    head->setFont(typeFont(Type::ControlStrong));
    layout->addWidget(icon);
    layout->addWidget(head);
    m_line->setFrame(false);
    m_line->setFont(typeFont(Type::Wire));
    m_line->setAccessibleName(tr("Explain a request"));
    m_line->setPlaceholderText(tr("curl http://127.0.0.1:8080/… or GET /path: where would it go?"));
    m_line->installEventFilter(this);
    layout->addWidget(m_line, 1);
    m_result->setBaseFont(typeFont(Type::ControlStrong));
    m_result->setAlignment(Qt::AlignTrailing);
    m_result->setMaximumWidth(scaled(420));
    layout->addWidget(m_verdict, 0, Qt::AlignVCenter);
    layout->addWidget(m_result, 0, Qt::AlignVCenter);
    m_delay.setSingleShot(true);
    m_delay.setInterval(typingMillis);
    connect(&m_delay, &QTimer::timeout, this, &ExplainBar::ask);
    connect(m_line, &QLineEdit::textChanged, &m_delay, qOverload<>(&QTimer::start));
    connect(m_line, &QLineEdit::returnPressed, this, [this] {
        m_delay.stop();
        ask();
        if (m_answer)
            Q_EMIT opened(*m_answer);
    });
    connect(m_result, &RunsLabel::placeActivated, &navigator, &Navigator::go);
    setFixedHeight(scaled(46));
}

QSize ExplainBar::sizeHint() const { return {scaled(600), scaled(46)}; }

void ExplainBar::setRequest(const QString &text)
{
    m_line->setText(text);
    m_line->setFocus();
    m_delay.stop();
    ask();
    if (m_answer)
        Q_EMIT opened(*m_answer);
}

void ExplainBar::refresh()
{
    if (!m_line->text().trimmed().isEmpty())
        ask();
}

void ExplainBar::ask()
{
    m_answer.reset();
    m_verdict->hide();
    const QString text = m_line->text().trimmed();
    if (text.isEmpty()) {
        m_result->setRuns({});
        Q_EMIT closed();
        return;
    }
    const auto request = importers::parseCurl(text.toStdString());
    if (!request) {
        m_result->setRuns({inHue(plain(q(request.error().message)), HueId::Client)});
        return;
    }
    api::RequestSketch sketch;
    sketch.method = request->method;
    sketch.url = request->url;
    sketch.headers = request->headers;
    sketch.body = request->body;
    auto why = m_explain.explain(sketch);
    if (!why) {
        m_result->setRuns({inHue(plain(q(why.error().text())), HueId::Client)});
        return;
    }
    m_answer = std::move(why).value();
    showAnswer();
    Q_EMIT answered(*m_answer);
}

void ExplainBar::showAnswer()
{
    const observe::Explanation &why = *m_answer;
    if (!why.route) {
        m_verdict->setGlyph(Glyph::Mismatch);
        m_result->setRuns({inHue(plain(why.error.empty() ? tr("No route matches") : q(why.error)), HueId::Client)});
        return;
    }
    Runs runs{link(q(*why.route), routePlace(*why.route)), plain(QStringLiteral("  ›  "))};
    const observe::PolicyStep *refusing = nullptr;
    for (const observe::PolicyStep &step : why.policies)
        if (!refusing && step.verdict == observe::StepVerdict::Refused)
            refusing = &step;
    if (refusing)
        runs << inHue(link(tr("refused by %1").arg(policyName(*refusing)), policyPlace(*refusing)), HueId::Client);
    else if (why.target == observe::TargetKind::Upstream)
        runs << link(q(why.targetName), upstreamPlace(why.targetName));
    else if (why.target == observe::TargetKind::Mock)
        runs << link(q(why.targetName), mockPlace(why.targetName));
    else
        runs << plain(q(std::string(observe::name(why.target))) + QLatin1Char(' ') + q(why.targetName));
    m_verdict->setGlyph(refusing ? Glyph::Refused : why.target == observe::TargetKind::Mock ? Glyph::Mocked : Glyph::Pass);
    m_result->setRuns(runs);
}

void ExplainBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens &t = Tokens::current();
    const QRect box = rect().adjusted(scaled(10), scaled(8), -scaled(10), -scaled(8));
    drawBox(&painter, box, scaled(5), t.field, t.line2);
    if (m_line->hasFocus())
        drawFocusRing(&painter, box, scaled(5));
    painter.fillRect(QRect(0, height() - 1, width(), 1), t.line);
}

bool ExplainBar::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        update();
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape) {
        Q_EMIT closed();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace gatehouse::ui
