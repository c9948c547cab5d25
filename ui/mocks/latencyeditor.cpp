#include "ui/mocks/latencyeditor.h"

#include "gateway/schema/values.h"
#include "ui/forms/scalareditors.h"
#include "ui/shell/style.h"
#include "ui/shell/theme.h"
#include "ui/widgets/states.h"

#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QVBoxLayout>

#include <cmath>

namespace gatehouse::ui {

namespace {

enum Kind { None, Fixed, Lognormal, Normal, Uniform };
constexpr const char *kindNames[] = {"none", "fixed", "lognormal", "normal", "uniform"};

double millisOf(const schema::Node *node)
{
    if (!node)
        return 0;
    const auto duration = schema::parseDuration(node->text);
    return duration ? std::chrono::duration<double, std::milli>(*duration).count() : std::nan("");
}

int kindOf(const schema::Node *latency)
{
    if (!latency)
        return None;
    if (latency->isScalar())
        return Fixed;
    const schema::Node *name = latency->find("distribution");
    for (int kind = Lognormal; kind <= Uniform; ++kind)
        if (name && name->text == kindNames[kind])
            return kind;
    return Fixed;
}

} // namespace

LatencyCurve::LatencyCurve(QWidget *parent)
    : QWidget(parent)
{
    setFixedHeight(scaled(78));
    setAccessibleName(tr("Distribution of the latency"));
}

QSize LatencyCurve::sizeHint() const { return {scaled(200), scaled(78)}; }

void LatencyCurve::setLatency(const schema::Node *latency)
{
    const int kind = kindOf(latency);
    m_kind = QLatin1String(kindNames[kind]);
    constexpr double z99 = 2.3263;
    const auto part = [&](const char *key) { return millisOf(latency->find(key)); };
    if (kind == Lognormal) {
        const schema::Node *sigma = latency->find("sigma");
        m_a = part("median");
        m_b = sigma ? QString::fromStdString(sigma->text).toDouble() : 0.3;
        m_median = m_a;
        m_p99 = m_a * std::exp(z99 * m_b);
    } else if (kind == Normal) {
        m_a = part("mean");
        m_b = part("deviation");
        m_median = m_a;
        m_p99 = m_a + z99 * m_b;
    } else if (kind == Uniform) {
        m_a = part("min");
        m_b = part("max");
        m_median = (m_a + m_b) / 2;
        m_p99 = m_a + (m_b - m_a) * 0.99;
    }
    const bool drawable = kind >= Lognormal && std::isfinite(m_a) && std::isfinite(m_b) && m_b > 0 && m_median > 0 && m_p99 < 6e5;
    setVisible(drawable);
    setAccessibleDescription(drawable ? tr("half under %1 ms, p99 %2 ms").arg(m_median, 0, 'f', 0).arg(m_p99, 0, 'f', 0) : QString());
    update();
}

double LatencyCurve::density(double millis) const
{
    if (m_kind == QLatin1String("uniform"))
        return millis >= m_a && millis <= m_b ? 1 : 0;
    if (m_kind == QLatin1String("normal"))
        return std::exp(-0.5 * std::pow((millis - m_a) / m_b, 2));
    return millis <= 0 ? 0 : std::exp(-0.5 * std::pow(std::log(millis / m_a) / m_b, 2)) / millis;
}

void LatencyCurve::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tokens &t = Tokens::current();
    drawBox(&painter, QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), scaled(5), t.sunken, t.line);
    const QRectF plot = QRectF(rect()).adjusted(scaled(8), scaled(8), -scaled(8), -scaled(18));
    const double end = m_p99 * 1.4;
    const int steps = std::max(2, int(plot.width()));
    std::vector<double> heights(size_t(steps) + 1);
    double highest = 0;
    for (int i = 0; i <= steps; ++i)
        highest = std::max(highest, heights[size_t(i)] = density(end * i / steps));
    QPainterPath line(plot.bottomLeft());
    for (int i = 0; i <= steps; ++i)
        line.lineTo(plot.left() + plot.width() * i / steps, plot.bottom() - plot.height() * heights[size_t(i)] / std::max(highest, 1e-300));
    line.lineTo(plot.bottomRight());
    painter.fillPath(line, blend(t.sunken, t.mock.fill, 0.2));
    painter.setPen(QPen(t.mock.fill, 1.5));
    painter.drawPath(line);
    const auto x = [&](double millis) { return std::round(plot.left() + plot.width() * millis / end) + 0.5; };
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(t.mock.fill);
    painter.drawLine(QPointF(x(m_median), plot.top()), QPointF(x(m_median), plot.bottom()));
    painter.setPen(t.text3);
    painter.drawLine(QPointF(x(m_p99), plot.top() + scaled(28)), QPointF(x(m_p99), plot.bottom()));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(typeFont(Type::Hint));
    painter.setPen(t.text);
    const QFontMetricsF metrics(painter.font());
    painter.drawText(QPointF(x(m_median) + scaled(34), plot.top() + metrics.capHeight()), tr("half under %1 ms").arg(m_median, 0, 'f', 0));
    painter.drawText(QPointF(x(m_p99) + scaled(5), plot.top() + scaled(28) + metrics.capHeight()), tr("p99 %1").arg(m_p99, 0, 'f', 0));
    painter.setPen(t.text3);
    painter.setFont(typeFont(Type::WireSmall));
    const QFontMetricsF small(painter.font());
    painter.drawText(QPointF(plot.left(), rect().bottom() - scaled(5)), QStringLiteral("0"));
    const QString right = tr("%1 ms").arg(end, 0, 'f', 0);
    painter.drawText(QPointF(plot.right() - small.horizontalAdvance(right), rect().bottom() - scaled(5)), right);
}

LatencyEditor::LatencyEditor(Session &session, const config::Location &at, QWidget *parent)
    : QWidget(parent), m_session(session), m_at(at), m_kind(new QComboBox(this)), m_row(new QHBoxLayout), m_error(new FieldError(this)), m_curve(new LatencyCurve(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(scaled(6));
    m_row->setSpacing(scaled(8));
    for (const QString &text : {tr("None"), tr("Fixed"), tr("Lognormal"), tr("Normal"), tr("Uniform")})
        m_kind->addItem(text);
    m_kind->setAccessibleName(tr("Latency"));
    m_row->addWidget(m_kind);
    m_row->addStretch(1);
    layout->addLayout(m_row);
    layout->addWidget(m_error);
    connect(m_kind, &QComboBox::activated, this, &LatencyEditor::choose);
    read();
}

config::Location LatencyEditor::placeOf(const std::string &key) const { return {m_at.file, key.empty() ? m_at.path : m_at.path / schema::Step(key), 0}; }

void LatencyEditor::buildLines(int kind)
{
    qDeleteAll(m_extra);
    m_extra.clear();
    m_lines.clear();
    m_shown = kind;
    const auto add = [this](const QString &label, const std::string &key) {
        if (!label.isEmpty()) {
            auto *text = new QLabel(label, this);
            text->setFont(typeFont(Type::Control));
            m_row->insertWidget(m_row->count() - 1, text);
            m_extra.push_back(text);
        }
        auto *line = formLine(label.isEmpty() ? tr("Latency") : label, true, this);
        line->setFixedWidth(scaled(66));
        m_row->insertWidget(m_row->count() - 1, line);
        m_extra.push_back(line);
        m_lines.emplace_back(key, line);
        connect(line, &QLineEdit::textEdited, this, [this, key](const QString &text) { typed(key, text); });
        connect(line, &QLineEdit::editingFinished, this, [this] { m_session.commit(); });
    };
    switch (kind) {
    case Fixed: add({}, {}); break;
    case Lognormal: add(tr("median"), "median"); add(tr("sigma"), "sigma"); break;
    case Normal: add(tr("mean"), "mean"); add(tr("deviation"), "deviation"); break;
    case Uniform: add(tr("from"), "min"); add(tr("to"), "max"); break;
    default: break;
    }
}

void LatencyEditor::read()
{
    const schema::Node *node = m_session.document().at(m_at);
    const int kind = kindOf(node);
    if (kind != m_shown)
        buildLines(kind);
    m_kind->setCurrentIndex(kind);
    for (const auto &[key, line] : m_lines) {
        const schema::Node *value = m_session.document().at(placeOf(key));
        setLineText(line, value && value->isScalar() ? QString::fromStdString(value->text) : key == "sigma" ? QStringLiteral("0.3") : QString());
    }
    m_curve->setLatency(node);
    const config::Problems problems = m_session.problemsBelow(m_at);
    const bool typing = std::any_of(m_lines.begin(), m_lines.end(), [](const auto &entry) { return entry.second->hasFocus(); });
    if (!typing)
        m_error->setError(problems.empty() ? QString() : QString::fromStdString(problems.front().message));
}

void LatencyEditor::choose(int kind)
{
    using schema::Node;
    const Node *now = m_session.document().at(m_at);
    if (kindOf(now) == kind)
        return;
    // What was there before goes on as the middle of what is chosen.
    std::string middle = "80ms";
    for (const auto &[key, line] : m_lines)
        if ((key.empty() || key == "median" || key == "mean" || key == "max") && !line->text().isEmpty())
            middle = line->text().toStdString();
    Node value = Node::scalar(middle);
    if (kind == Lognormal)
        value = Node::map({{"distribution", Node::scalar("lognormal")}, {"median", Node::scalar(middle)}, {"sigma", Node::scalar("0.3")}});
    else if (kind == Normal)
        value = Node::map({{"distribution", Node::scalar("normal")}, {"mean", Node::scalar(middle)}, {"deviation", Node::scalar("10ms")}});
    else if (kind == Uniform)
        value = Node::map({{"distribution", Node::scalar("uniform")}, {"min", Node::scalar("0ms")}, {"max", Node::scalar(middle)}});
    value.flow = true;
    (void)m_session.edit(kind == None ? schema::Patch::remove(m_at.file, m_at.path) : schema::Patch::replace(m_at.file, m_at.path, value), tr("Change the latency"));
    m_session.commit();
    read();
}

void LatencyEditor::typed(const std::string &key, const QString &text)
{
    const config::Location at = placeOf(key);
    const QString wrong = m_session.checkText(at, text);
    m_error->setError(wrong);
    for (const auto &[name, line] : m_lines)
        if (name == key)
            setError(line, !wrong.isEmpty());
    const auto done = m_session.edit(schema::Patch::replace(at.file, at.path, schema::Node::scalar(text.toStdString())), tr("Change the latency"));
    if (!done)
        m_error->setError(QString::fromStdString(done.error().message));
}

bool LatencyEditor::reveal(const schema::Path &path)
{
    if (!path.startsWith(m_at.path))
        return false;
    for (const auto &[key, line] : m_lines)
        if (path.size() == m_at.path.size() || path.last().key() == key) {
            line->setFocus();
            return true;
        }
    m_kind->setFocus();
    return true;
}

} // namespace gatehouse::ui
