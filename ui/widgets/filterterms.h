// The text of a filter cut into terms: `host:*.shop.localhost -path:/health "two words"`. No widgets; what a term means
// is for the owner of the filter.
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringList>

namespace gatehouse::ui {

// By white space outside quotes; a quote that is not closed runs to the end.
QStringList splitTerms(const QString &text);
QString joinTerms(const QStringList &terms);
bool isNegated(const QString &term); // begins with '-' and goes on
QString negated(const QString &term); // turns it round
// "field:value" with quotes where the value needs them.
QString makeTerm(const QString &field, const QString &value, bool negate = false);
// The part before the first ':' outside quotes, without '-'; empty for free text.
QString fieldOf(const QString &term);

} // namespace gatehouse::ui
