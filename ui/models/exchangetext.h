// An exchange in words: the text of each column, what a screen reader says, and rows as text for the clipboard.
#pragma once

#include "gateway/api/api.h"

#include <QtCore/QString>

#include <string_view>
#include <vector>

namespace gatehouse::ui {

QString fromUtf8(std::string_view text);

bool isRefusal(observe::Verdict verdict); // a policy or the gateway itself said no
QString verdictWord(observe::Verdict verdict);
QString verdictTerm(observe::Verdict verdict); // as the filter writes it: "throttled"
QString reasonPhrase(int status);               // "Too Many Requests"; empty: unknown
QString classWord(const observe::Row &row);     // "429 Too Many Requests", "in flight", "no answer"

// Columns are those of ExchangeModel.
QString columnTitle(int column);
QString columnText(const observe::Row &row, int column);
QString columnToolTip(const observe::Row &row, int column);
QString spokenText(const observe::Row &row, int column);
std::string_view sortText(const observe::Row &row, int column);
// The filter's term that this cell's value stands for, "status:429"; empty: the filter can't say it.
QString filterTerm(const observe::Row &row, int column);

enum class RowFormat { Markdown, Csv, Json };
QString rowsAsText(const std::vector<observe::Row> &rows, const std::vector<int> &columns, RowFormat format);
// A command line that sends the same request; what was masked stays masked. `base`: "http://127.0.0.1:8080".
QString asCurl(const api::ExchangeDetail &detail, const QString &base);
// The same for a shell: it also carries a body that no command line can hold.
QString asShellCommand(const api::ExchangeDetail &detail, const QString &base);
QString asUrl(const observe::Row &row);

} // namespace gatehouse::ui
