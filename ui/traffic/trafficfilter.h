// What the filter field, the chips and the timeline say together. Chips are terms of the field: status:4xx, verdict:cached; the
// counts on them are of everything else in the field, so that they say what a click would show.
#pragma once

#include "ui/models/exchangemodel.h"
#include "ui/widgets/filterfield.h"
#include "ui/widgets/marks.h"

#include <QtCore/QString>
#include <QtCore/QStringList>

#include <optional>
#include <utility>

namespace gatehouse::ui {

struct ChipKind {
    const char *field; // "status" or "verdict"
    const char *value; // as the filter writes it: "4xx", "refused,throttled,loop,malformed"
};

enum class ChipMode { Off, On, Negated };

class TrafficFilter {
public:
    // False: the text can't be read; what was set before stays. `problem` then says what is wrong.
    bool set(const QString &expression, QString *problem);
    const QString &expression() const { return m_expression; }
    ExchangeModel::Filter counted() const;
    ExchangeModel::Filter shown() const;
    // Wall clock in microseconds, from and to; none: all.
    void setSpan(std::optional<std::pair<int64_t, int64_t>> span) { m_span = span; }
    const auto &span() const { return m_span; }

    static ChipMode modeOf(const QString &expression, const ChipKind &chip);
    // What the expression becomes when the chip is clicked: alone, added with Shift, turned round with Alt.
    static QString clicked(const QString &expression, const ChipKind &chip, Qt::KeyboardModifiers modifiers);
    // Without terms that chips stand for.
    static QString withoutChips(const QString &expression);
    static bool isChipTerm(const QString &term);

private:
    QString m_expression;
    std::optional<std::pair<int64_t, int64_t>> m_span;
};

ExchangeModel::Filter filterOf(const QString &expression); // empty function: everything; an unreadable text too
// What may follow what is typed, with how many each would show.
QList<FilterCompletion> completionsFor(const QString &typed, const QString &chips, const ExchangeModel &model);

} // namespace gatehouse::ui
