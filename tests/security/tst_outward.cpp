// What it shows and hands on: terminals and logs get no control characters, exports keep their structure whatever the texts say.
#include "tests/gateway/exporters/nginxgrammar.h"
#include "tests/security/attack.h"

#include <QtCore/QStandardPaths>

#include <functional>

using namespace gatehouse::test;

namespace {

// What a terminal would obey, or what would turn a line around. Empty: nothing.
std::string obeyed(const QByteArray &output)
{
    const auto bytes = reinterpret_cast<const unsigned char *>(output.constData());
    for (qsizetype i = 0; i < output.size(); ++i) {
        const unsigned char c = bytes[i], next = i + 1 < output.size() ? bytes[i + 1] : 0, third = i + 2 < output.size() ? bytes[i + 2] : 0;
        const bool c0 = (c < 0x20 && c != '\n') || c == 0x7f;
        const bool c1 = c == 0xc2 && next >= 0x80 && next < 0xa0;
        const bool turns = c == 0xe2 && ((next == 0x80 && (third == 0x8e || third == 0x8f || (third >= 0xa8 && third <= 0xae))) || (next == 0x81 && third >= 0xa6 && third <= 0xa9));
        if (c0 || c1 || turns)
            return "octet " + std::to_string(c) + " in: " + output.mid(std::max<qsizetype>(0, i - 60), 120).toStdString();
    }
    if (QString::fromUtf8(output).contains(QChar::ReplacementCharacter) && !output.contains("\xef\xbf\xbd"))
        return "not UTF-8";
    return {};
}

// ESC [ 31 m; CSI as a C1 character; a line that runs backwards; a title that is set; a line that never was.
const std::string hostile[] = {"\x1b[31mred", "\xc2\x9b" "31mred", "a\xe2\x80\xae" "b\xe2\x81\xa6" "c", "\x1b]0;title\x07", "x\n2026-01-01T00:00:00Z info Listener main answers", "\r\bover", "\x7f"};

} // namespace

class TestOutward : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void terminalsGetNoControls()
    {
        Watched watched(workspaceWith("routes:\n  - name: a\n    match: { prefix: /, headers: { x-a: \"1\" } }\n    to: { respond: { status: 200 } }\n"));
        for (const std::string &text : hostile) {
            for (const std::string &octets : {"GET /" + text + "?q=" + text + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "GET / HTTP/1.1\r\nHost: " + text + "\r\nConnection: close\r\n\r\n",
                                              "GET / HTTP/1.1\r\nHost: localhost\r\nx-a: " + text + "\r\nConnection: close\r\n\r\n", text + " / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                                              "GET / HTTP/1.1\r\nHost: localhost\r\n" + text + ": 1\r\nConnection: close\r\n\r\n"})
                watched.raw(octets);
            std::string encoded;
            for (const char c : text) {
                char buffer[8];
                std::snprintf(buffer, sizeof buffer, "%%%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
                encoded += buffer;
            }
            watched.ask("GET", "/" + encoded + "?" + encoded);
            const Ran why = runCli({QStringLiteral("explain"), watched.gateway().top() + QStringLiteral("/w"), QStringLiteral("--"), QStringLiteral("curl"), QStringLiteral("-H"),
                                    QString::fromStdString("x-a: " + text), QStringLiteral("http://localhost/?q=1")});
            QVERIFY2(obeyed(why.out).empty(), obeyed(why.out).c_str());
            QVERIFY2(obeyed(why.err).empty(), obeyed(why.err).c_str());
        }
        watched.exchanges();
        QByteArray output = watched.lastOutput(); // JSON on a terminal is read by people, too
        // What turns lines is kept in JSON, which is for programs: they are told of it as it came.
        output.replace("\xe2\x80\xae", "").replace("\xe2\x81\xa6", "");
        QVERIFY2(obeyed(output).empty(), obeyed(output).c_str());
        const Ran listed = runCli({QStringLiteral("exchanges"), watched.socket()});
        QVERIFY(listed.out.count('\n') > 20);
        QVERIFY2(obeyed(listed.out).empty(), obeyed(listed.out).c_str());
        const QByteArray log = QByteArray::fromStdString(watched.gateway().log());
        QVERIFY2(obeyed(log).empty(), obeyed(log).c_str());
    }

    // Files of a stranger's workspace are as little to be obeyed.
    void workspacesSayNothingToTerminals()
    {
        QTemporaryDir folder;
        const auto escaped = [](const std::string &text) {
            std::string out;
            for (const char c : text) {
                char buffer[8];
                const auto octet = static_cast<unsigned char>(c);
                std::snprintf(buffer, sizeof buffer, octet < 0x20 || octet == 0x7f ? "\\x%02x" : "%c", static_cast<unsigned>(octet));
                out += buffer;
            }
            return out;
        };
        for (const std::string &text : hostile) {
            const std::string q = "\"" + escaped(text) + "\"";
            writeFile(folder.filePath(QStringLiteral("gatehouse.yaml")),
                      "gatehouse: 1\n" + q + ": 1\nlisteners:\n  - name: " + q + "\n    address: " + q + "\n    " + q + ": 2\nupstreams:\n  - name: up\n    endpoints: [ " + q + ", \"http://evil.test/" + escaped(text)
                          + "\" ]\nroutes:\n  - name: a\n    match: { regex: " + q + ", path: " + q + " }\n    policies: [ " + q + " ]\n    to: { upstream: " + q + ", respond: { file: " + q + " } }\ninclude: [ " + q + " ]\n");
            for (const char *command : {"check", "serve", "format"}) {
                const Ran ran = runCli({QString::fromUtf8(command), folder.path()});
                QVERIFY(ran.code != 0 || qstrcmp(command, "format") == 0);
                QVERIFY2(obeyed(ran.out).empty(), obeyed(ran.out).c_str());
                QVERIFY2(obeyed(ran.err).empty(), obeyed(ran.err).c_str());
            }
            const Ran served = runCli({QStringLiteral("serve"), folder.path(), QStringLiteral("--trust"), QStringLiteral("--log-format"), QStringLiteral("json")});
            for (const QByteArray &line : served.err.split('\n')) // a line each, and none that nobody wrote
                QVERIFY2(line.isEmpty() || line.startsWith("gatehouse-cli: ") || QJsonDocument::fromJson(line).isObject(), line.constData());
        }
    }

    void commandsEchoNothingRaw()
    {
        for (const std::string &text : hostile) {
            const QString word = QString::fromStdString(text);
            for (const QStringList &words : {QStringList{word}, {QStringLiteral("check"), word}, {QStringLiteral("check"), QStringLiteral("."), word}, {QStringLiteral("ctl"), word, QStringLiteral("status")},
                                             {QStringLiteral("exchanges"), word}, {QStringLiteral("help"), word}, {QStringLiteral("serve"), QStringLiteral("."), QStringLiteral("--drain"), word},
                                             {QStringLiteral("export"), QStringLiteral("."), QStringLiteral("--to"), word, QStringLiteral("--out"), QStringLiteral("x")}}) {
                const Ran ran = runCli(words);
                QVERIFY(ran.code != 0);
                QVERIFY2(obeyed(ran.out + ran.err).empty(), obeyed(ran.out + ran.err).c_str());
            }
        }
    }

    // Through the program, into nginx's own grammar, and out again.
    void nginxExportKeepsItsStructure()
    {
        QTemporaryDir folder;
        const auto exported = [&](const std::string &text) {
            std::string quoted;
            for (const char c : text)
                quoted += c == '"' || c == '\\' ? std::string("\\") + c : c == '\n' ? std::string("\\n") : c == '\r' ? std::string("\\r") : c == '\t' ? std::string("\\t") : std::string(1, c);
            for (size_t at = 0; (at = quoted.find("${", at)) != std::string::npos; at += 3)
                quoted.insert(at, 1, '$'); // text, not a variable
            std::string line = quoted;
            for (const char *ending : {"\\n", "\\r"})
                for (size_t at; (at = line.find(ending)) != std::string::npos;)
                    line.replace(at, 2, " ");
            writeFile(folder.filePath(QStringLiteral("gatehouse.yaml")),
                      "gatehouse: 1\nlisteners:\n  - name: main\n    address: 127.0.0.1:18080\nroutes:\n  - name: one\n    description: \"" + quoted
                          + "\"\n    match: { exact: /x, headers: { x-a: \"" + quoted + "\" }, query: { q: { contains: \"" + quoted + "\" } } }\n    to: { respond: { body: \"" + quoted + "\", headers: { x-b: \"" + line
                          + "\" } } }\n");
            const Ran ran = runCli({QStringLiteral("export"), folder.path(), QStringLiteral("--to"), QStringLiteral("nginx"), QStringLiteral("--out"), folder.filePath(QStringLiteral("out"))});
            if (ran.code != 0)
                qWarning("%s", (ran.out + ran.err).constData());
            return ran.code == 0 ? readFile(folder.filePath(QStringLiteral("out/nginx.conf"))) : std::string();
        };
        const std::function<std::string(const std::vector<Directive> &)> shape = [&](const std::vector<Directive> &all) {
            std::string text;
            for (const Directive &directive : all)
                text += (directive.words[0].starts_with("~") || directive.words[0].empty() ? "key" : directive.words[0]) + (directive.hasBlock ? "{" + shape(directive.block) + "}" : ";");
            return text;
        };
        const auto plain = NginxGrammar::parse(exported("plain"));
        QVERIFY(plain);
        for (const char *text : {"\"; } } events { } evil { \"", "'; include /etc/passwd; #", "a\n}\nserver { listen 1; }", "$host ${host} $$", "\\", "\\\"", "#", "{}", ";", "\t\r\n", "%s%n", "*)(", "a\\\nb", "\\n\\t",
                                 "~^evil", "default", "hostnames", "volatile", "include"}) {
            const std::string made = exported(text);
            QVERIFY2(!made.empty(), text);
            const auto parsed = NginxGrammar::parse(made);
            QVERIFY2(parsed, made.c_str());
            QCOMPARE(QString::fromStdString(shape(*parsed)), QString::fromStdString(shape(*plain)));
            QVERIFY(!holds(shape(*parsed), "evil"));
            if (!QStandardPaths::findExecutable(QStringLiteral("nginx")).isEmpty() || QFile::exists(QStringLiteral("/usr/sbin/nginx"))) {
                QProcess nginx;
                nginx.setProcessChannelMode(QProcess::MergedChannels);
                nginx.start(QFile::exists(QStringLiteral("/usr/sbin/nginx")) ? QStringLiteral("/usr/sbin/nginx") : QStringLiteral("nginx"),
                            {QStringLiteral("-t"), QStringLiteral("-p"), folder.path(), QStringLiteral("-c"), folder.filePath(QStringLiteral("out/nginx.conf")), QStringLiteral("-g"),
                             QStringLiteral("pid %1/pid; error_log stderr;").arg(folder.path())});
                nginx.waitForFinished();
                const QByteArray said = nginx.readAll();
                QVERIFY2(said.contains("syntax is ok"), said.constData());
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestOutward)
#include "tst_outward.moc"
