#include "ui/widgets/filterterms.h"

namespace gatehouse::ui {

QStringList splitTerms(const QString &text)
{
    QStringList terms;
    QString term;
    bool quoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (quoted && c == QLatin1Char('\\') && i + 1 < text.size()) {
            term += c;
            term += text[++i];
            continue;
        }
        if (c == QLatin1Char('"'))
            quoted = !quoted;
        if (c.isSpace() && !quoted) {
            if (!term.isEmpty())
                terms << term;
            term.clear();
        } else {
            term += c;
        }
    }
    if (!term.isEmpty())
        terms << term;
    return terms;
}

QString joinTerms(const QStringList &terms) { return terms.join(QLatin1Char(' ')); }
bool isNegated(const QString &term) { return term.size() > 1 && term.startsWith(QLatin1Char('-')); }
QString negated(const QString &term) { return isNegated(term) ? term.mid(1) : QLatin1Char('-') + term; }

QString makeTerm(const QString &field, const QString &value, bool negate)
{
    bool needsQuotes = value.isEmpty();
    for (const QChar c : value)
        needsQuotes = needsQuotes || c.isSpace() || c == QLatin1Char('"') || c == QLatin1Char('\\');
    QString written = value;
    if (needsQuotes) {
        written.replace(QLatin1Char('\\'), QStringLiteral("\\\\")).replace(QLatin1Char('"'), QStringLiteral("\\\""));
        written = QLatin1Char('"') + written + QLatin1Char('"');
    }
    return (negate ? QStringLiteral("-") : QString()) + (field.isEmpty() ? QString() : field + QLatin1Char(':'))
        + written;
}

QString fieldOf(const QString &term)
{
    const qsizetype colon = term.indexOf(QLatin1Char(':')), quote = term.indexOf(QLatin1Char('"'));
    if (colon <= 0 || (quote >= 0 && quote < colon))
        return {};
    return isNegated(term) ? term.mid(1, colon - 1) : term.left(colon);
}

} // namespace gatehouse::ui
