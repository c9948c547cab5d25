#include "ui/traffic/chipbar.h"

#include "ui/models/format.h"
#include "ui/shell/theme.h"
#include "ui/widgets/flatbutton.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>

namespace gatehouse::ui {

namespace {
struct Known {
    const char *name, *term;
};
constexpr Known known[] = {
    {QT_TRANSLATE_NOOP("chips", "All"), ""},           {"2xx", "status:2xx"},
    {"3xx", "status:3xx"},                             {"4xx", "status:4xx"},
    {"5xx", "status:5xx"},                             {QT_TRANSLATE_NOOP("chips", "No answer"), "status:none"},
    {QT_TRANSLATE_NOOP("chips", "Refused"), "verdict:refused,throttled"}, {QT_TRANSLATE_NOOP("chips", "Delayed"), "verdict:delayed"},
    {QT_TRANSLATE_NOOP("chips", "Mocked"), "verdict:mocked"},
};

void dress(FlatButton::Face &face, size_t chip)
{
    static constexpr Mark marks[] = {Mark::Ok, Mark::Redirect, Mark::Client, Mark::Server, Mark::NoAnswer};
    static constexpr Verdict verdicts[] = {Verdict::Refused, Verdict::Delayed, Verdict::Mocked};
    if (chip >= 1 && chip <= 5)
        face.mark = marks[chip - 1];
    else if (chip > 5)
        face.icon = iconOf(verdicts[chip - 6]);
}
} // namespace

ChipBar::ChipBar(QWidget *parent) : QWidget(parent), m_counts(std::size(known))
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(scaled(10), scaled(2), scaled(10), scaled(2));
    layout->setSpacing(scaled(2));
    for (const Known &chip : known)
        addChip(QCoreApplication::translate("chips", chip.name), QLatin1String(chip.term));
    layout->addStretch();
}

void ChipBar::addChip(const QString &name, const QString &term)
{
    auto *button = new FlatButton(this);
    button->setCheckable(true);
    button->setHeight(24);
    button->setPadding(6);
    const size_t index = m_chips.size();
    m_chips.push_back({button, term, name});
    layout()->addWidget(button);
    connect(button, &FlatButton::clicked, this, [this, index] { Q_EMIT chosen(m_chips[index].term, QGuiApplication::keyboardModifiers()); });
    show(index, 0);
}

void ChipBar::show(size_t chip, size_t count)
{
    FlatButton::Face face;
    dress(face, chip);
    face.text = {strong(m_chips[chip].name), wire(QLatin1Char(' ') + countText(count))};
    m_chips[chip].button->setFace(face);
    m_chips[chip].button->setAccessibleName(tr("%1, %2").arg(m_chips[chip].name, countText(count)));
}

void ChipBar::setCounts(const ExchangeCounts &counts)
{
    using Class = observe::StatusClass;
    const auto of = [&](Class c) { return counts.byClass[size_t(c)]; };
    const size_t values[] = {counts.all, of(Class::Success), of(Class::Redirect), of(Class::Client), of(Class::Server), of(Class::NoAnswer), counts.refused, counts.delayed, counts.mocked};
    for (size_t i = 0; i < std::size(values); ++i)
        if (values[i] != m_counts[i]) {
            m_counts[i] = values[i];
            show(i, values[i]);
        }
}

void ChipBar::setTerms(const QStringList &terms)
{
    bool any = false;
    for (Chip &chip : m_chips) {
        const bool on = !chip.term.isEmpty() && terms.contains(chip.term);
        any = any || on;
        chip.button->setChecked(on);
    }
    m_chips.front().button->setChecked(!any);
}

Timeline::Timeline(const ExchangeModel &model, QWidget *parent) : QWidget(parent), m_model(model)
{
    setAccessibleName(tr("Requests by class over time"));
    setFixedHeight(scaled(38));
}

QSize Timeline::sizeHint() const { return {scaled(400), scaled(38)}; }

void Timeline::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Tokens &t = Tokens::current();
    const auto &seconds = m_model.seconds();
    const int64_t now = QDateTime::currentSecsSinceEpoch();
    const int64_t first = seconds.empty() ? now - 60 : std::max(seconds.begin()->first, now - 4 * 3600);
    const int64_t span = std::max<int64_t>(60, now - first + 1);
    const QRect plot(scaled(64), scaled(2), width() - scaled(110), height() - scaled(8));
    const int bars = std::max(1, plot.width() / scaled(5));
    std::vector<std::array<uint64_t, 4>> sums(static_cast<size_t>(bars)); // ok, redirect, client, server
    for (auto it = seconds.lower_bound(now - span + 1); it != seconds.end(); ++it) {
        const auto bar = size_t(std::clamp<int64_t>((it->first - (now - span + 1)) * bars / span, 0, bars - 1));
        using Class = observe::StatusClass;
        const auto of = [&](Class c) { return it->second[size_t(c)]; };
        sums[bar][0] += of(Class::Success) + of(Class::InFlight);
        sums[bar][1] += of(Class::Redirect);
        sums[bar][2] += of(Class::Client);
        sums[bar][3] += of(Class::Server) + of(Class::NoAnswer);
    }
    uint64_t most = 1;
    for (const auto &sum : sums)
        most = std::max(most, sum[0] + sum[1] + sum[2] + sum[3]);
    const QColor colours[] = {blend(t.surface, t.ok.fill, 0.55), blend(t.surface, t.redirect.fill, 0.7), t.client.fill, t.server.fill};
    const qreal step = double(plot.width()) / bars;
    for (int i = 0; i < bars; ++i) {
        qreal y = plot.bottom();
        for (size_t c = 0; c < 4; ++c) {
            const qreal height = plot.height() * double(sums[size_t(i)][c]) / double(most);
            if (height > 0)
                painter.fillRect(QRectF(plot.left() + i * step, y - std::max<qreal>(1, height), step - 1.5, std::max<qreal>(1, height)), colours[c]);
            y -= height;
        }
    }
    const QFont font = typeFont(Type::Hint);
    painter.setFont(font);
    painter.setPen(t.text2);
    const QString back = span < 120 ? tr("−%1 s").arg(span) : span < 7200 ? tr("−%1 min").arg(span / 60) : tr("−%1 h").arg(span / 3600);
    const qreal baseline = centredBaseline(font, 0, height());
    painter.drawText(QPointF(scaled(12), baseline), back);
    painter.drawText(QPointF(plot.right() + scaled(8), baseline), tr("now"));
}

} // namespace gatehouse::ui
