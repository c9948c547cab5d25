#include "ui/traffic/trafficfilter.h"

#include "gateway/observe/filter.h"
#include "ui/models/exchangetext.h"
#include "ui/models/format.h"
#include "ui/widgets/filterterms.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <memory>
#include <set>

namespace gatehouse::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::TrafficFilter)
};

QString plainTerm(const QString &term) { return isNegated(term) ? negated(term) : term; }
QString valueOf(const QString &term) { return plainTerm(term).section(QLatin1Char(':'), 1); }

bool sameValues(const QString &value, const char *known) { return value == QLatin1String(known); }

const char *const statusValues[] = {"2xx", "3xx", "4xx", "5xx", "none"};
const char *const verdictValues[] = {"refused", "throttled", "loop", "malformed", "delayed", "cached", "mocked"};

bool allAmong(const QString &value, const char *const *from, const char *const *to)
{
    const QStringList parts = value.split(QLatin1Char(','));
    return std::all_of(parts.begin(), parts.end(), [&](const QString &part) { return std::any_of(from, to, [&](const char *known) { return part == QLatin1String(known); }); });
}

QStringList partsOf(const char *values) { return QString::fromLatin1(values).split(QLatin1Char(',')); }

} // namespace

ExchangeModel::Filter filterOf(const QString &expression)
{
    auto parsed = observe::Filter::parse(expression.toStdString());
    if (!parsed || parsed->empty())
        return {};
    return [filter = std::make_shared<observe::Filter>(std::move(*parsed))](const observe::Row &row) { return filter->matches(row); };
}

bool TrafficFilter::set(const QString &expression, QString *problem)
{
    const auto parsed = observe::Filter::parse(expression.toStdString());
    if (!parsed) {
        *problem = fromUtf8(parsed.error().message);
        return false;
    }
    problem->clear();
    m_expression = expression;
    return true;
}

ExchangeModel::Filter TrafficFilter::counted() const { return filterOf(withoutChips(m_expression)); }

ExchangeModel::Filter TrafficFilter::shown() const
{
    ExchangeModel::Filter text = filterOf(m_expression);
    if (!m_span)
        return text;
    return [text = std::move(text), span = *m_span](const observe::Row &row) {
        return row.startedMicros >= span.first && row.startedMicros < span.second && (!text || text(row));
    };
}

bool TrafficFilter::isChipTerm(const QString &term)
{
    const QString field = fieldOf(term);
    if (field == QStringLiteral("status"))
        return allAmong(valueOf(term), std::begin(statusValues), std::end(statusValues));
    return field == QStringLiteral("verdict") && allAmong(valueOf(term), std::begin(verdictValues), std::end(verdictValues));
}

QString TrafficFilter::withoutChips(const QString &expression)
{
    QStringList terms = splitTerms(expression);
    terms.removeIf([](const QString &term) { return isChipTerm(term); });
    return joinTerms(terms);
}

ChipMode TrafficFilter::modeOf(const QString &expression, const ChipKind &chip)
{
    for (const QString &term : splitTerms(expression)) {
        if (!isChipTerm(term) || fieldOf(term) != QLatin1String(chip.field))
            continue;
        const QStringList values = valueOf(term).split(QLatin1Char(','));
        const QStringList wanted = partsOf(chip.value);
        if (std::all_of(wanted.begin(), wanted.end(), [&](const QString &part) { return values.contains(part); }))
            return isNegated(term) ? ChipMode::Negated : ChipMode::On;
    }
    return ChipMode::Off;
}

QString TrafficFilter::clicked(const QString &expression, const ChipKind &chip, Qt::KeyboardModifiers modifiers)
{
    const ChipMode mode = modeOf(expression, chip);
    const QString field = QLatin1String(chip.field);
    QStringList terms = splitTerms(expression);
    if (modifiers & Qt::AltModifier) {
        const QString own = QLatin1Char('-') + field + QLatin1Char(':') + QLatin1String(chip.value);
        terms.removeIf([&](const QString &term) { return isChipTerm(term) && fieldOf(term) == field && sameValues(valueOf(term), chip.value); });
        if (mode != ChipMode::Negated)
            terms << own;
        return joinTerms(terms);
    }
    if (modifiers & Qt::ShiftModifier) {
        for (QString &term : terms) {
            if (!isChipTerm(term) || fieldOf(term) != field || isNegated(term))
                continue;
            QStringList values = valueOf(term).split(QLatin1Char(','));
            for (const QString &part : partsOf(chip.value)) {
                if (mode == ChipMode::On)
                    values.removeAll(part);
                else if (!values.contains(part))
                    values << part;
            }
            term = values.isEmpty() ? QString() : field + QLatin1Char(':') + values.join(QLatin1Char(','));
            terms.removeAll(QString());
            return joinTerms(terms);
        }
    } else { // alone: any other chip's term makes room
        terms.removeIf([](const QString &term) { return isChipTerm(term); });
    }
    if (mode != ChipMode::On || (modifiers & Qt::ShiftModifier))
        terms << field + QLatin1Char(':') + QLatin1String(chip.value);
    return joinTerms(terms);
}

namespace {

struct Offer { const char *term; std::optional<Mark> mark; const char *hint; };

const Offer offers[] = {
    {"status:2xx", Mark::Ok, QT_TRANSLATE_NOOP("gatehouse::ui::TrafficFilter", "answered")},
    {"status:3xx", Mark::Redirect, QT_TRANSLATE_NOOP("gatehouse::ui::TrafficFilter", "redirected, or not modified")},
    {"status:4xx", Mark::Client, QT_TRANSLATE_NOOP("gatehouse::ui::TrafficFilter", "refused or not found")},
    {"status:5xx", Mark::Server, QT_TRANSLATE_NOOP("gatehouse::ui::TrafficFilter", "upstream or gateway failed")},
    {"status:none", Mark::NoAnswer, QT_TRANSLATE_NOOP("gatehouse::ui::TrafficFilter", "no answer yet or client gone")},
    {"verdict:throttled", Mark::Client, QT_TRANSLATE_NOOP("gatehouse::ui::TrafficFilter", "refused by a limit")},
    {"verdict:refused", Mark::Client, QT_TRANSLATE_NOOP("gatehouse::ui::TrafficFilter", "refused by a policy")},
    {"verdict:delayed", Mark::Delayed, QT_TRANSLATE_NOOP("gatehouse::ui::TrafficFilter", "held back by a limit")},
    {"verdict:cached", Mark::Cached, QT_TRANSLATE_NOOP("gatehouse::ui::TrafficFilter", "answered from a cache")},
    {"verdict:mocked", Mark::Mocked, QT_TRANSLATE_NOOP("gatehouse::ui::TrafficFilter", "answered by a mock")},
    {"verdict:failed", Mark::Server, QT_TRANSLATE_NOOP("gatehouse::ui::TrafficFilter", "no usable answer")},
    {"verdict:no-route", Mark::Client, QT_TRANSLATE_NOOP("gatehouse::ui::TrafficFilter", "nothing matched")},
    {"took:>200ms", std::nullopt, QT_TRANSLATE_NOOP("gatehouse::ui::TrafficFilter", "slower than this")},
    {"size:>1MiB", std::nullopt, QT_TRANSLATE_NOOP("gatehouse::ui::TrafficFilter", "larger than this")},
};

// Values of a field as they occur in the last rows of the table: what is near is what a person means.
QStringList recentTerms(const ExchangeModel &model, int column)
{
    QStringList terms;
    const int rows = model.rowCount();
    for (int row = rows - 1; row >= 0 && row >= rows - 2000 && terms.size() < 12; --row) {
        const QString term = filterTerm(model.rowAt(row).row, column);
        if (!term.isEmpty() && !terms.contains(term))
            terms << term;
    }
    return terms;
}

} // namespace

QList<FilterCompletion> completionsFor(const QString &typed, const QString &chips, const ExchangeModel &model)
{
    const bool turned = isNegated(typed);
    const QString wanted = plainTerm(typed);
    if (wanted.isEmpty())
        return {};
    QList<FilterCompletion> found;
    for (const Offer &offer : offers) {
        if (QLatin1String(offer.term).startsWith(wanted, Qt::CaseInsensitive))
            found << FilterCompletion{offer.mark, QLatin1String(offer.term), Words::tr(offer.hint), {}};
    }
    for (const int column : {ExchangeModel::Route, ExchangeModel::Host, ExchangeModel::Method, ExchangeModel::Path, ExchangeModel::Status, ExchangeModel::Upstream, ExchangeModel::Consumer}) {
        for (const QString &term : recentTerms(model, column)) {
            const bool hit = term.startsWith(wanted, Qt::CaseInsensitive) || (wanted.size() > 1 && term.section(QLatin1Char(':'), 1).startsWith(wanted, Qt::CaseInsensitive));
            if (hit && std::none_of(found.begin(), found.end(), [&](const FilterCompletion &known) { return known.term == term; }))
                found << FilterCompletion{{}, term, {}, {}};
        }
    }
    for (const std::string_view key : observe::Filter::keys()) { // the name of a field, its value to follow
        const QString term = fromUtf8(key) + QLatin1Char(':');
        if (term.startsWith(wanted, Qt::CaseInsensitive) && term.size() > wanted.size())
            found << FilterCompletion{{}, term, {}, {}};
    }
    found = found.mid(0, 8);
    for (FilterCompletion &completion : found) {
        if (turned)
            completion.term = negated(completion.term);
        const bool whole = !completion.term.endsWith(QLatin1Char(':'));
        const auto filter = whole ? filterOf(joinTerms(splitTerms(chips) << completion.term)) : ExchangeModel::Filter();
        completion.count = filter ? countText(model.countMatching(filter)) : QString();
    }
    return found;
}

} // namespace gatehouse::ui
