#include "ui/models/exchangetext.h"

#include "gateway/importers/curl.h"
#include "ui/models/exchangemodel.h"
#include "ui/models/format.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QStringList>

namespace gatehouse::ui {

using observe::Row;
using observe::State;
using observe::StatusClass;
using observe::Verdict;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(gatehouse::ui::Exchange)
};

using Column = ExchangeModel::Column;

} // namespace

QString fromUtf8(std::string_view text) { return QString::fromUtf8(text.data(), qsizetype(text.size())); }

bool isRefusal(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Refused:
    case Verdict::RefusedHost:
    case Verdict::RefusedCrossSite:
    case Verdict::Throttled:
    case Verdict::Loop:
    case Verdict::Malformed: return true;
    default: return false;
    }
}

QString verdictWord(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Allowed: return Words::tr("allowed");
    case Verdict::Refused: return Words::tr("refused by a policy");
    case Verdict::RefusedHost: return Words::tr("refused: not a name of this gateway");
    case Verdict::RefusedCrossSite: return Words::tr("refused: sent by another site's page");
    case Verdict::Loop: return Words::tr("refused: a loop");
    case Verdict::Malformed: return Words::tr("refused: not HTTP");
    case Verdict::NoRoute: return Words::tr("no route");
    case Verdict::Throttled: return Words::tr("refused by a limit");
    case Verdict::Delayed: return Words::tr("delayed by a limit");
    case Verdict::Mocked: return Words::tr("answered by a mock");
    case Verdict::Local: return Words::tr("answered by the gateway");
    case Verdict::Cached: return Words::tr("answered from the cache");
    case Verdict::Failed: return Words::tr("failed");
    case Verdict::Cancelled: return Words::tr("the client went away");
    }
    return {};
}

QString verdictTerm(Verdict verdict)
{
    const std::string_view name = observe::name(verdict);
    return fromUtf8(name.substr(0, name.find(':')));
}

QString reasonPhrase(int status)
{
    static const QHash<int, const char *> phrases{
        {100, "Continue"}, {101, "Switching Protocols"}, {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"},
        {206, "Partial Content"}, {301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"}, {304, "Not Modified"},
        {307, "Temporary Redirect"}, {308, "Permanent Redirect"}, {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"},
        {404, "Not Found"}, {405, "Method Not Allowed"}, {406, "Not Acceptable"}, {408, "Request Timeout"}, {409, "Conflict"},
        {410, "Gone"}, {411, "Length Required"}, {412, "Precondition Failed"}, {413, "Content Too Large"}, {414, "URI Too Long"},
        {415, "Unsupported Media Type"}, {416, "Range Not Satisfiable"}, {417, "Expectation Failed"}, {421, "Misdirected Request"},
        {422, "Unprocessable Content"}, {426, "Upgrade Required"}, {428, "Precondition Required"}, {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"}, {500, "Internal Server Error"}, {501, "Not Implemented"}, {502, "Bad Gateway"},
        {503, "Service Unavailable"}, {504, "Gateway Timeout"}, {505, "HTTP Version Not Supported"}, {508, "Loop Detected"}};
    return QLatin1String(phrases.value(status, ""));
}

QString classWord(const Row &row)
{
    switch (row.statusClass()) {
    case StatusClass::InFlight: return Words::tr("In flight");
    case StatusClass::NoAnswer: return Words::tr("No answer");
    default: return (QString::number(row.status) + QLatin1Char(' ') + reasonPhrase(row.status)).trimmed();
    }
}

QString columnTitle(int column)
{
    switch (column) {
    case Column::Status: return Words::tr("Status");
    case Column::Method: return Words::tr("Method");
    case Column::Host: return Words::tr("Host");
    case Column::Path: return Words::tr("Path");
    case Column::Route: return Words::tr("Route");
    case Column::Duration: return Words::tr("Duration");
    case Column::Size: return Words::tr("Size");
    case Column::Time: return Words::tr("Time");
    case Column::Consumer: return Words::tr("Consumer");
    case Column::Upstream: return Words::tr("Upstream");
    case Column::Endpoint: return Words::tr("Endpoint");
    case Column::Client: return Words::tr("Client");
    case Column::Protocol: return Words::tr("Protocol");
    case Column::Tries: return Words::tr("Tries");
    case Column::RequestSize: return Words::tr("Request size");
    case Column::Note: return Words::tr("Note");
    default: return {};
    }
}

std::string_view sortText(const Row &row, int column)
{
    switch (column) {
    case Column::Method: return row.method;
    case Column::Host: return row.host;
    case Column::Path: return row.path;
    case Column::Route: return row.route;
    case Column::Consumer: return row.consumer;
    case Column::Upstream: return row.targetName;
    case Column::Endpoint: return row.endpoint;
    case Column::Client: return row.client;
    case Column::Protocol: return row.protocol;
    default: return row.error;
    }
}

QString columnText(const Row &row, int column)
{
    const bool inFlight = row.state != State::Final;
    switch (column) {
    case Column::Status: return row.status != 0 ? QString::number(row.status) : inFlight ? Words::tr("now") : QStringLiteral("–");
    case Column::Path: return fromUtf8(row.path) + (row.query.empty() ? QString() : QLatin1Char('?') + fromUtf8(row.query));
    case Column::Duration: return durationText(row.durationMicros);
    case Column::Size: return row.status == 0 ? QStringLiteral("–") : sizeText(row.responseBytes);
    case Column::Time: return clockText(row.startedMicros);
    case Column::Tries: return row.tries > 0 ? QString::number(row.tries) : QString();
    case Column::RequestSize: return sizeText(row.requestBytes);
    case Column::Note: return row.error.empty() && row.verdict != Verdict::Allowed ? verdictWord(row.verdict) : fromUtf8(row.error);
    default: return fromUtf8(sortText(row, column));
    }
}

QString columnToolTip(const Row &row, int column)
{
    switch (column) {
    case Column::Status:
        return row.error.empty() ? Words::tr("%1, %2").arg(classWord(row), verdictWord(row.verdict)) : classWord(row) + QLatin1Char('\n') + fromUtf8(row.error);
    case Column::Duration:
        return Words::tr("%1, of which %2 in the gateway").arg(exactDurationText(row.durationMicros), exactDurationText(row.gatewayMicros));
    default: return columnText(row, column);
    }
}

QString spokenText(const Row &row, int column)
{
    if (column != Column::Status)
        return columnText(row, column);
    return Words::tr("%1, %2, %3 %4, %5", "status, verdict, method, path, duration")
        .arg(classWord(row), verdictWord(row.verdict), fromUtf8(row.method), columnText(row, Column::Path), durationText(row.durationMicros));
}

QString filterTerm(const Row &row, int column)
{
    const auto term = [](const char *field, const QString &value) {
        if (value.isEmpty())
            return QString();
        const bool plain = !value.contains(QLatin1Char(' ')) && !value.contains(QLatin1Char('"')) && !value.contains(QLatin1Char('('))
            && !value.contains(QLatin1Char(')')) && !value.contains(QLatin1Char('*'));
        QString quoted = value;
        quoted.replace(QLatin1Char('\\'), QStringLiteral("\\\\")).replace(QLatin1Char('"'), QStringLiteral("\\\""));
        return QLatin1String(field) + QLatin1Char(':') + (plain ? value : QLatin1Char('"') + quoted + QLatin1Char('"'));
    };
    switch (column) {
    case Column::Status: return term("status", row.status != 0 ? QString::number(row.status) : QStringLiteral("none"));
    case Column::Method: return term("method", fromUtf8(row.method));
    case Column::Host: return term("host", fromUtf8(row.host));
    case Column::Path: return term("path", fromUtf8(row.path));
    case Column::Route: return term("route", fromUtf8(row.route));
    case Column::Consumer: return term("consumer", fromUtf8(row.consumer));
    case Column::Upstream: return term("upstream", fromUtf8(row.targetName));
    case Column::Endpoint: return term("endpoint", fromUtf8(row.endpoint));
    case Column::Client: return term("client", fromUtf8(row.client).section(QLatin1Char(':'), 0, 0));
    case Column::Note: return term("verdict", verdictTerm(row.verdict));
    default: return {};
    }
}

namespace {

QString markdownCell(QString text) { return text.replace(QLatin1Char('|'), QStringLiteral("\\|")).replace(QLatin1Char('\n'), QLatin1Char(' ')); }

QString markdown(const std::vector<Row> &rows, const std::vector<int> &columns)
{
    QStringList heads, rules, lines;
    for (const int column : columns) {
        heads << columnTitle(column);
        rules << QStringLiteral("---");
    }
    const QString separator = QStringLiteral(" | ");
    lines << QStringLiteral("| ") + heads.join(separator) + QStringLiteral(" |") << QStringLiteral("| ") + rules.join(separator) + QStringLiteral(" |");
    for (const Row &row : rows) {
        QStringList cells;
        for (const int column : columns)
            cells << markdownCell(columnText(row, column));
        lines << QStringLiteral("| ") + cells.join(separator) + QStringLiteral(" |");
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

QString csv(const std::vector<Row> &rows, const std::vector<int> &columns)
{
    QStringList heads, lines;
    for (const int column : columns)
        heads << csvCell(columnTitle(column));
    lines << heads.join(QLatin1Char(','));
    for (const Row &row : rows) {
        QStringList cells;
        for (const int column : columns)
            cells << csvCell(columnText(row, column));
        lines << cells.join(QLatin1Char(','));
    }
    return lines.join(QStringLiteral("\r\n")) + QStringLiteral("\r\n"); // RFC 4180
}

QString json(const std::vector<Row> &rows)
{
    QJsonArray all;
    for (const Row &row : rows) {
        all.append(QJsonObject{{QStringLiteral("id"), qint64(row.id)},
                               {QStringLiteral("startedMicros"), qint64(row.startedMicros)},
                               {QStringLiteral("durationMicros"), qint64(row.durationMicros)},
                               {QStringLiteral("gatewayMicros"), qint64(row.gatewayMicros)},
                               {QStringLiteral("status"), row.status},
                               {QStringLiteral("verdict"), fromUtf8(observe::name(row.verdict))},
                               {QStringLiteral("method"), fromUtf8(row.method)},
                               {QStringLiteral("url"), asUrl(row)},
                               {QStringLiteral("route"), fromUtf8(row.route)},
                               {QStringLiteral("target"), fromUtf8(row.targetName)},
                               {QStringLiteral("endpoint"), fromUtf8(row.endpoint)},
                               {QStringLiteral("client"), fromUtf8(row.client)},
                               {QStringLiteral("tries"), row.tries},
                               {QStringLiteral("requestBytes"), qint64(row.requestBytes)},
                               {QStringLiteral("responseBytes"), qint64(row.responseBytes)},
                               {QStringLiteral("error"), fromUtf8(row.error)}});
    }
    return QString::fromUtf8(QJsonDocument(all).toJson(QJsonDocument::Indented));
}

} // namespace

QString rowsAsText(const std::vector<Row> &rows, const std::vector<int> &columns, RowFormat format)
{
    switch (format) {
    case RowFormat::Markdown: return markdown(rows, columns);
    case RowFormat::Csv: return csv(rows, columns);
    case RowFormat::Json: return json(rows);
    }
    return {};
}

QString asUrl(const Row &row)
{
    return fromUtf8(row.scheme) + QStringLiteral("://") + fromUtf8(row.host) + columnText(row, Column::Path);
}

namespace {

importers::CurlRequest curlOf(const api::ExchangeDetail &detail, const QString &base)
{
    const Row &row = detail.row;
    importers::CurlRequest request;
    request.method = row.method;
    request.url = base.toStdString() + std::string(row.path) + (row.query.empty() ? std::string() : "?" + std::string(row.query));
    for (const auto &[name, value] : detail.request.fields) {
        const QString lowered = fromUtf8(name).toLower();
        // curl counts and keeps its own connection.
        if (lowered != QStringLiteral("content-length") && lowered != QStringLiteral("connection"))
            request.headers.emplace_back(name, value);
    }
    request.body = detail.request.body;
    return request;
}

} // namespace

QString asCurl(const api::ExchangeDetail &detail, const QString &base) { return fromUtf8(importers::toCurl(curlOf(detail, base))); }
QString asShellCommand(const api::ExchangeDetail &detail, const QString &base) { return fromUtf8(importers::toShell(curlOf(detail, base))); }

} // namespace gatehouse::ui
