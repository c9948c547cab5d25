#include "ui/shell/palette.h"

#include <algorithm>

namespace gatehouse::ui {
namespace {

bool startsWord(const QString &text, qsizetype at)
{
    return at == 0 || !text[at - 1].isLetterOrNumber() || (text[at].isUpper() && text[at - 1].isLower());
}

std::optional<PaletteMatch> matchWord(const QString &word, const QString &text)
{
    qsizetype best = -1;
    for (qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0;
         at = text.indexOf(word, at + 1, Qt::CaseInsensitive)) {
        if (best < 0 || (startsWord(text, at) && !startsWord(text, best)))
            best = at;
    }
    if (best >= 0) {
        PaletteMatch match;
        match.score = 100
            + (best == 0                     ? 40
                    : startsWord(text, best) ? 25
                                             : 0)
            + (word.size() == text.size() ? 40 : 0) - static_cast<int>(qMin<qsizetype>(20, text.size() / 4));
        for (qsizetype i = 0; i < word.size(); ++i)
            match.hits << best + i;
        return match;
    }
    if (word.size() < 2)
        return {};
    PaletteMatch match;
    match.score = 40;
    qsizetype at = -1;
    for (const QChar letter : word) {
        const qsizetype next = text.indexOf(letter, at + 1, Qt::CaseInsensitive);
        if (next < 0)
            return {};
        if (at < 0 ? !startsWord(text, next) : next != at + 1 && !startsWord(text, next))
            match.score -= 12;
        match.hits << next;
        at = next;
    }
    return match.score > 10 ? std::optional(match) : std::nullopt;
}

} // namespace

void PaletteProviders::add(QObject *owner, const PaletteProvider &provider)
{
    m_providers.append({ owner, provider });
    connect(owner, &QObject::destroyed, this,
        [this](QObject *gone) { m_providers.removeIf([gone](const auto &entry) { return entry.first == gone; }); });
}

QList<PaletteItem> PaletteProviders::collect() const
{
    QList<PaletteItem> items;
    for (const auto &[owner, provider] : m_providers)
        items += provider();
    return items;
}

std::optional<PaletteMatch> matchPalette(const QString &query, const QString &name, const QString &detail)
{
    PaletteMatch total;
    for (const QString &word : query.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        if (const auto inName = matchWord(word, name)) {
            total.score += inName->score;
            total.hits += inName->hits;
        } else if (detail.contains(word, Qt::CaseInsensitive)) {
            total.score += 30;
        } else {
            return {};
        }
    }
    std::sort(total.hits.begin(), total.hits.end());
    total.hits.erase(std::unique(total.hits.begin(), total.hits.end()), total.hits.end());
    return total;
}

QList<PaletteHit> rankPalette(const QList<PaletteItem> &items, const QString &query, int limit)
{
    QList<PaletteHit> hits;
    for (const PaletteItem &item : items)
        if (const auto match = matchPalette(query, item.name, item.detail))
            hits.append({ item, *match });
    std::stable_sort(hits.begin(), hits.end(),
        [](const PaletteHit &a, const PaletteHit &b) { return a.match.score > b.match.score; });
    // Beside real hits, a chance sequence of letters is noise.
    if (!hits.isEmpty() && hits.first().match.score >= 100)
        hits.removeIf([](const PaletteHit &hit) {
            return hit.match.score < 30 || (hit.match.score <= 40 && !hit.match.hits.isEmpty());
        });
    if (hits.size() > limit)
        hits.resize(limit);
    // Groups stand as their providers do, but one that has the very name asked for comes first.
    QStringList groups;
    if (!hits.isEmpty() && hits.first().item.name.compare(query, Qt::CaseInsensitive) == 0)
        groups << hits.first().item.group;
    for (const PaletteItem &item : items)
        if (!groups.contains(item.group))
            groups << item.group;
    std::stable_sort(hits.begin(), hits.end(), [&groups](const PaletteHit &a, const PaletteHit &b) {
        return groups.indexOf(a.item.group) < groups.indexOf(b.item.group);
    });
    return hits;
}

} // namespace gatehouse::ui
