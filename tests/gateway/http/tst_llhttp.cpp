// llhttp's own test cases (Markdown: an input and the log of its parser) against ours, all of them. What llhttp takes, we take with the
// same method, target, fields and body; what it refuses, we refuse; its lenient modes are refused. Its URLs are read as request targets. Where we differ, the difference and
// the RFC's sentence that decides it stand in tests/data/http1/llhttp-divergences.txt, and nowhere else.
#include "tests/gateway/http/script.h"
#include "tests/support/support.h"

#include <QtCore/QDir>
#include <QtCore/QRegularExpression>
#include <QtTest/QTest>

#include <algorithm>
#include <map>

using namespace gatehouse;
using namespace gatehouse::test;

namespace {

struct Case {
    std::string name, type, input;
    std::string expected; // as Script tells it, fields and body only
    bool refused = false;
    bool skipBody = false;
};

struct Divergence {
    std::string outcome; // a refusal's code, or "accepted" or "differs"
    bool used = false;
};

// Of the fixture's own format: "\" at a line's end joins lines, escapes as in C, line ends are CRLF.
std::string inputOf(QString block)
{
    block.replace(QRegularExpression(QStringLiteral("\\\\\n")), QString());
    block.replace(QLatin1Char('\n'), QStringLiteral("\r\n"));
    std::string octets;
    const std::string text = block.toStdString();
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            octets += text[i];
            continue;
        }
        const char c = text[++i];
        if (c == 'r' || c == 'n' || c == 't' || c == 'f') {
            octets += c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : '\f';
        } else if (c == 'x') {
            octets += char(std::stoi(text.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else if (c >= '0' && c <= '7') {
            size_t used = 0;
            octets += char(std::stoi(text.substr(i, 3), &used, 8));
            i += used - 1;
        } else {
            octets += '\\';
            octets += c;
        }
    }
    return octets;
}

// The spans of the log, put together: "method url [name=value, …] body" for each message.
struct LogReader {
    std::string text, first, fields, name, value, body;
    bool begun = false, headed = false; // as far as the end of the head

    void field()
    {
        value.resize(value.find_last_not_of(" \t") + 1); // it reports trailing whitespace, which is none of the value
        if (!name.empty())
            fields += (fields.empty() ? "" : ", ") + name + "=" + value;
        name.clear();
        value.clear();
    }
    void message(bool complete)
    {
        if (!begun || !headed)
            return;
        field();
        text += first + "[" + fields + "] " + body + (complete ? " end\n" : "\n");
        first.clear();
        fields.clear();
        body.clear();
        begun = headed = false;
    }
};

// Octets that are no UTF-8 were printed as Latin-1 characters.
std::string unquoted(QString text, const std::string &input)
{
    text.replace(QStringLiteral("\\t"), QStringLiteral("\t"));
    const std::string utf8 = text.toStdString();
    return input.find(utf8) == std::string::npos ? text.toLatin1().toStdString() : utf8;
}

Case readCase(const QString &name, const QString &meta, const QString &input, const QString &log)
{
    Case result;
    result.name = name.toStdString();
    result.type = QRegularExpression(QStringLiteral("\"type\":\\s*\"([^\"]*)\"")).match(meta).captured(1).toStdString();
    result.skipBody = meta.contains(QStringLiteral("skipBody"));
    result.input = inputOf(input);
    LogReader reader;
    static const QRegularExpression span(QStringLiteral("span\\[(\\w+)\\]=(?:\"(.*)\"|(cr|lf))$"));
    for (const QString &line : log.split(QLatin1Char('\n'))) {
        const auto match = span.match(line);
        const QString kind = match.captured(1);
        const std::string text = match.captured(3) == QStringLiteral("cr") ? "\r" : match.captured(3) == QStringLiteral("lf") ? "\n" : unquoted(match.captured(2), result.input);
        if (line.contains(QStringLiteral(" message begin")))
            reader.begun = true;
        else if (kind == QStringLiteral("method") || kind == QStringLiteral("url"))
            reader.first += (kind == QStringLiteral("url") && reader.first.find(' ') == std::string::npos ? " " : "") + text;
        else if (kind == QStringLiteral("header_field"))
            reader.name += text;
        else if (kind == QStringLiteral("header_value"))
            reader.value += text;
        else if (line.contains(QStringLiteral("header_value complete")))
            reader.field();
        else if (kind == QStringLiteral("body"))
            reader.body += text;
        else if (line.contains(QStringLiteral(" headers complete")))
            reader.headed = true;
        else if (line.contains(QStringLiteral(" message complete")))
            reader.message(true);
        else if (line.contains(QStringLiteral("error code=22")) || line.contains(QStringLiteral("error code=21")))
            break; // it hands over to the upgraded protocol
        else if (line.contains(QStringLiteral("error code=")))
            result.refused = true;
    }
    if (!result.refused)
        reader.message(false);
    result.expected = reader.text;
    return result;
}

// A URL as the target of a request: scheme, authority, path and query.
Case readUrl(const QString &name, const QString &input, const QString &log)
{
    Case result;
    result.name = name.toStdString();
    result.type = "url";
    result.input = "GET " + inputOf(input) + " HTTP/1.1\r\nHost: put-in\r\n\r\n";
    result.refused = log.contains(QStringLiteral("error code="));
    for (const char *part : {"schema", "host", "path", "query"}) {
        const QRegularExpression span(QStringLiteral("span\\[url\\.%1\\]=\"(.*)\"").arg(QLatin1String(part)));
        result.expected += span.match(log).captured(1).toStdString() + '|';
    }
    return result;
}

std::vector<Case> readUrls(const QString &path)
{
    static const QRegularExpression block(QStringLiteral("## ([^\n]*)\n(?:(?!\n## ).)*?```url\n((?:(?!\n```).)*)\n```\\s*```log\n(.*?)```"),
                                          QRegularExpression::DotMatchesEverythingOption);
    std::vector<Case> cases;
    for (auto match = block.globalMatch(QString::fromStdString(readFile(path))); match.hasNext();) {
        const auto found = match.next();
        cases.push_back(readUrl(QStringLiteral("url: ") + found.captured(1).remove(QLatin1Char('`')), found.captured(2), found.captured(3)));
    }
    return cases;
}

// What our parser makes of the target: the same parts, or "error …".
std::string partsOfTarget(const std::string &input)
{
    Arena arena;
    http::RequestParser parser;
    parser.start(arena);
    std::string_view in = input;
    if (parser.next(in) != http::Event::Head)
        return "error " + std::string(parser.error().code) + "\n";
    const http::RequestHead &head = parser.head();
    const std::string_view authority = head.form == http::TargetForm::Absolute ? head.authority : std::string_view();
    return std::string(head.scheme) + '|' + std::string(authority) + '|' + std::string(head.path) + '|' + std::string(head.query) + '|';
}

std::vector<Case> readCases(const QString &path, const QString &label)
{
    static const QRegularExpression block(
        QStringLiteral("<!-- meta=(\\{[^\n]*\\}) -->\\s*```http\n((?:(?!\n```).)*)\n```(?:(?!```).)*```log\n(.*?)```"), QRegularExpression::DotMatchesEverythingOption);
    static const QRegularExpression title(QStringLiteral("^#+ (.*)$"), QRegularExpression::MultilineOption);
    const QString text = QString::fromStdString(readFile(path));
    std::vector<Case> cases;
    std::map<QString, int> seen;
    for (auto match = block.globalMatch(text); match.hasNext();) {
        const auto found = match.next();
        QString heading;
        for (auto titles = title.globalMatch(text.left(found.capturedStart())); titles.hasNext();)
            heading = titles.next().captured(1);
        heading.remove(QLatin1Char('`'));
        const int count = ++seen[heading];
        const QString name = label + QStringLiteral(": ") + heading + (count > 1 ? QStringLiteral(" #%1").arg(count) : QString());
        cases.push_back(readCase(name, found.captured(1), found.captured(2), found.captured(3)));
    }
    return cases;
}

// Our log in llhttp's shape. Only what both tell is compared.
std::string comparable(const std::string &log, bool request)
{
    std::string text, message;
    size_t at = 0;
    const auto line = [&](std::string_view prefix) { return log.compare(at, prefix.size(), prefix) == 0; };
    std::string head, body;
    bool open = false;
    const auto finish = [&](bool complete) {
        if (open)
            text += head + " " + body + (complete ? " end\n" : "\n");
        open = false;
        body.clear();
    };
    while (at < log.size()) {
        size_t next = std::min({log.find("\nhead ", at), log.find("\nbody ", at), log.find("\nend", at), log.find("\nerror ", at), log.size() - 1});
        const std::string_view rest = std::string_view(log).substr(at, next - at);
        if (line("head ")) {
            finish(false);
            const size_t bracket = rest.find('[');
            std::string_view first = rest.substr(5, bracket - 6); // without the version before the bracket
            first = first.substr(0, first.rfind(' '));
            head = std::string(request ? first : std::string_view()) + std::string(rest.substr(bracket, rest.rfind(']') - bracket + 1));
            open = true;
            if (rest.starts_with("head 100") || rest.starts_with("head 103"))
                finish(true); // an interim answer is a message of its own there
            if (rest.ends_with(" tunnel close")) { // and it hands over what follows
                finish(true);
                break;
            }
        } else if (line("body ")) {
            body = rest.substr(5);
        } else if (line("end")) {
            if (rest.size() > 4) // trailers are fields there
                head.replace(head.size() - 1, 1, (head.ends_with("[]") ? "" : ", ") + std::string(rest.substr(5)));
            finish(true);
        }
        at = next + 1;
    }
    finish(false);
    return text;
}

} // namespace

class TestLlhttp : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cases_data();
    void cases();
    void everyDivergenceIsOne();

private:
    std::string outcomeOf(const Case &test);
    std::string outcomeOfUrl(const Case &test) const;

    std::map<std::string, Divergence> m_divergences;
    std::vector<Case> m_cases;
};

void TestLlhttp::initTestCase()
{
    const QString folder = sharedDataDir() + QStringLiteral("/http1/llhttp");
    if (sharedDataDir().isEmpty() || !QDir(folder).exists())
        QSKIP("llhttp's cases are missing: set GATEHOUSE_TEST_DATA to the folder that holds http1/llhttp.");
    for (const char *side : {"request", "response"}) {
        const QDir dir(folder + QLatin1Char('/') + QLatin1String(side));
        for (const QString &file : dir.entryList({QStringLiteral("*.md")}, QDir::Files, QDir::Name)) {
            auto cases = readCases(dir.filePath(file), QLatin1String(side) + QLatin1Char('/') + file.chopped(3));
            // None is left out because it could not be read.
            QCOMPARE(int(cases.size()), int(QString::fromStdString(readFile(dir.filePath(file))).count(QStringLiteral("\n```http\n"))));
            m_cases.insert(m_cases.end(), cases.begin(), cases.end());
        }
    }
    const auto urls = readUrls(folder + QStringLiteral("/url.md"));
    QCOMPARE(int(urls.size()), int(QString::fromStdString(readFile(folder + QStringLiteral("/url.md"))).count(QStringLiteral("\n```url\n"))));
    m_cases.insert(m_cases.end(), urls.begin(), urls.end());
    QVERIFY(m_cases.size() >= 271); // as many as there were when the list of divergences was made
    const std::string table = readFile(dataDir() + QStringLiteral("/http1/llhttp-divergences.txt"));
    for (const QString &line : QString::fromStdString(table).split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        if (line.startsWith(QLatin1Char('#')))
            continue;
        const QStringList parts = line.split(QStringLiteral(" | "));
        // The deciding sentence, and where it stands.
        static const QRegularExpression rule(QStringLiteral("^RFC \\d{4} \\d+(\\.\\d+)*: .{15,}$"));
        QVERIFY2(parts.size() == 3 && rule.match(parts[2]).hasMatch(), qPrintable(line));
        QVERIFY2(!m_divergences.contains(parts[0].trimmed().toStdString()), qPrintable(line));
        m_divergences[parts[0].trimmed().toStdString()] = {parts[1].trimmed().toStdString(), false};
    }
}

void TestLlhttp::cases_data()
{
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < m_cases.size(); ++i)
        QTest::newRow(m_cases[i].name.c_str()) << int(i);
}

void TestLlhttp::cases()
{
    QFETCH(int, index);
    const Case &test = m_cases[size_t(index)];
    const std::string outcome = test.type == "url" ? outcomeOfUrl(test) : outcomeOf(test);
    const auto known = m_divergences.find(test.name);
    if (known != m_divergences.end())
        known->second.used = true;
    QCOMPARE(QString::fromStdString(outcome), QString::fromStdString(known == m_divergences.end() ? std::string() : known->second.outcome));
}

std::string TestLlhttp::outcomeOfUrl(const Case &test) const
{
    const std::string ours = partsOfTarget(test.input);
    const bool refused = ours.starts_with("error ");
    if (refused != test.refused)
        return refused ? ours.substr(6, ours.size() - 7) : "accepted";
    return refused || ours == test.expected ? std::string() : "differs";
}

// Nothing: as llhttp does.
std::string TestLlhttp::outcomeOf(const Case &test)
{
    const bool request = test.type.starts_with("request");
    const bool lenient = test.type.find("lenient") != std::string::npos;
    std::string input = test.input;
    Script script;
    script.upgrading = true;
    script.eof = test.type.ends_with("-finish");
    script.stopAtClose = true;
    if (test.skipBody)
        script.method = http::Method::Head;
    const auto run = [&](size_t step) { return request ? script.requests(input, step) : script.responses(input, step); };
    std::string log = run(input.size());
    // Most of llhttp's requests lack Host, which every HTTP/1.1 request has to have: it is put in, so that the rest is compared.
    for (int added = 0; added < 12 && log.ends_with("error no-host\n"); ++added) {
        const size_t line = input.find("\r\n", input.find_first_not_of("\r\n", script.messageAt));
        input.insert(line + 2, "Host: put-in\r\n");
        log = run(input.size());
    }
    const auto refuses = [&] {
        const size_t error = log.rfind("error ");
        return error != std::string::npos && (error == 0 || log[error - 1] == '\n');
    };
    // It refuses some at once that we refuse when the line or the head is complete: they are completed.
    if ((test.refused || lenient) && !refuses() && !log.ends_with("end\n")) {
        const std::string before = input;
        input += "\r\n\r\n";
        log = run(input.size());
        if (!refuses()) {
            input = before;
            log = run(input.size());
        }
    }
    if (run(1) != log)
        return "depends on how it is cut";

    std::string ours = comparable(log, request), outcome;
    if (test.expected.find("Host=") == std::string::npos) // ours was put in
        ours = QString::fromLatin1(ours.c_str()).replace(QRegularExpression(QStringLiteral("Host=[^,\\]]*(, )?")), QString()).toLatin1().toStdString();
    const size_t error = log.rfind("error ");
    const bool refused = refuses();
    std::string theirs = test.expected;
    if (script.eof) { // it does not log what finishing completes
        if (ours.ends_with(" end\n") && !theirs.ends_with(" end\n"))
            theirs.insert(theirs.size() - 1, " end");
    }
    if (refused != (test.refused || lenient))
        outcome = refused ? log.substr(error + 6, log.size() - error - 7) : "accepted";
    else if (!refused && ours != theirs)
        outcome = "differs";
    if (!outcome.empty() && !m_divergences.contains(test.name)) {
        qWarning().noquote() << "llhttp" << (test.refused ? "refuses" : "accepts") << QString::fromStdString(test.type) << "\n"
                             << QString::fromStdString(theirs) << "ours\n" << QString::fromStdString(ours + log)
                             << "input" << QByteArray::fromStdString(input).toPercentEncoding("/ :?=&,.*+()\"<>[]{}'");
    }
    return outcome;
}

void TestLlhttp::everyDivergenceIsOne()
{
    // One that is no more has failed in cases(), by its outcome; one whose case is no more, here.
    for (const auto &[name, divergence] : m_divergences)
        QVERIFY2(divergence.used, ("no such case: " + name).c_str());
}

QTEST_GUILESS_MAIN(TestLlhttp)
#include "tst_llhttp.moc"
