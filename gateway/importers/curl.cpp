#include "gateway/importers/curl.h"

#include "gateway/base/shell.h"
#include "gateway/base/text.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace gatehouse::importers {

namespace {

enum class Does : uint8_t {
    // without a value
    Get, Head, Insecure, Location, Compressed, Flag, RefuseFlag,
    // with a value
    Method, Header, Data, DataRaw, DataUrlencode, Json, User, Bearer, Agent, Referer, Cookie, Url, Form, FormString, Value, Refuse,
};
constexpr bool takesValue(Does does) { return does >= Does::Method; }

struct Option {
    std::string_view longName;
    char shortName; // 0: none
    Does does;
};

// What people paste from documentation and from browsers' "copy as cURL". Options that only concern output or the connection
// (Flag, Value) are ignored; those that would change the request in a way that is not carried are refused, never dropped in silence.
constexpr Option options[] = {
    {"request", 'X', Does::Method}, {"header", 'H', Does::Header}, {"data", 'd', Does::Data}, {"data-ascii", 0, Does::Data},
    {"data-binary", 0, Does::Data}, {"data-raw", 0, Does::DataRaw}, {"data-urlencode", 0, Does::DataUrlencode}, {"json", 0, Does::Json},
    {"get", 'G', Does::Get}, {"head", 'I', Does::Head}, {"user", 'u', Does::User}, {"oauth2-bearer", 0, Does::Bearer},
    {"user-agent", 'A', Does::Agent}, {"referer", 'e', Does::Referer}, {"cookie", 'b', Does::Cookie}, {"url", 0, Does::Url},
    {"insecure", 'k', Does::Insecure}, {"location", 'L', Does::Location}, {"compressed", 0, Does::Compressed},
    {"form", 'F', Does::Form}, {"form-string", 0, Does::FormString},
    {"upload-file", 'T', Does::Refuse}, {"config", 'K', Does::Refuse}, {"aws-sigv4", 0, Does::Refuse}, {"digest", 0, Does::RefuseFlag},
    {"negotiate", 0, Does::RefuseFlag}, {"ntlm", 0, Does::RefuseFlag},
    {"silent", 's', Does::Flag}, {"show-error", 'S', Does::Flag}, {"include", 'i', Does::Flag}, {"verbose", 'v', Does::Flag},
    {"fail", 'f', Does::Flag}, {"fail-with-body", 0, Does::Flag}, {"no-buffer", 'N', Does::Flag}, {"globoff", 'g', Does::Flag},
    {"http1.1", 0, Does::Flag}, {"http2", 0, Does::Flag}, {"http1.0", '0', Does::Flag}, {"path-as-is", 0, Does::Flag},
    {"progress-bar", '#', Does::Flag}, {"basic", 0, Does::Flag}, {"ipv4", '4', Does::Flag}, {"ipv6", '6', Does::Flag},
    {"remote-name", 'O', Does::Flag},
    {"output", 'o', Does::Value}, {"write-out", 'w', Does::Value}, {"dump-header", 'D', Does::Value}, {"cookie-jar", 'c', Does::Value},
    {"max-time", 'm', Does::Value}, {"connect-timeout", 0, Does::Value}, {"retry", 0, Does::Value}, {"resolve", 0, Does::Value},
    {"connect-to", 0, Does::Value}, {"proxy", 'x', Does::Value}, {"noproxy", 0, Does::Value}, {"cacert", 0, Does::Value},
    {"cert", 'E', Does::Value}, {"key", 0, Does::Value}, {"max-redirs", 0, Does::Value}, {"limit-rate", 0, Does::Value},
};

template <typename Test>
const Option *findOption(Test test)
{
    const auto at = std::find_if(std::begin(options), std::end(options), test);
    return at == std::end(options) ? nullptr : at;
}

std::string percentEncode(std::string_view text)
{
    std::string out;
    for (char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) || std::string_view("-._~").find(c) != std::string_view::npos) {
            out += c;
        } else {
            char buffer[4];
            std::snprintf(buffer, sizeof buffer, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
            out += buffer;
        }
    }
    return out;
}

Error bad(std::string message) { return Error::make(ErrorKind::BadInput, std::move(message), Side::Client); }
Error noFile(std::string_view written, std::string_view instead)
{
    return bad(std::string(written) + " names a file, which is not read here. " + std::string(instead));
}

// Collects what the options say; finish() makes the request as curl would.
class Collector {
public:
    Result<void> take(Does does, const std::string &written, const std::string &value)
    {
        switch (does) {
        case Does::Flag:
        case Does::Value: m_request.ignored.push_back(written); break;
        case Does::Method: m_method = value; break;
        case Does::Header: return header(value);
        case Does::Json: m_json = true; [[fallthrough]];
        case Does::Data:
            if (value.starts_with('@'))
                return noFile(written + " " + value, "Paste the body itself.");
            [[fallthrough]];
        case Does::DataRaw: data(value); break;
        case Does::DataUrlencode: return urlencoded(value);
        case Does::Get: m_get = true; break;
        case Does::Head: m_head = true; break;
        case Does::User: add("Authorization", "Basic " + base64(value)); break;
        case Does::Bearer: add("Authorization", "Bearer " + value); break;
        case Does::Agent: add("User-Agent", value); break;
        case Does::Referer: add("Referer", value); break;
        case Does::Cookie:
            if (value.find('=') == std::string::npos)
                return noFile(written + " " + value, "Write the cookies: -b 'name=value'.");
            add("Cookie", value);
            break;
        case Does::Url: return url(value);
        case Does::Insecure: m_request.insecure = true; break;
        case Does::Location: m_request.redirects = true; break;
        case Does::Compressed: add("Accept-Encoding", "gzip, deflate, br"); break;
        case Does::Form:
        case Does::FormString: return form(does == Does::Form, value);
        case Does::RefuseFlag:
        case Does::Refuse: return bad(written + " can't be carried over. Give the body with -d and headers with -H.");
        }
        return {};
    }

    Result<void> url(const std::string &value)
    {
        if (!m_request.url.empty())
            return bad("There is a second URL, " + value + ". Give one request at a time.");
        m_request.url = value;
        return {};
    }

    Result<CurlRequest> finish()
    {
        CurlRequest &request = m_request;
        if (request.url.empty())
            return bad("There is no URL. Write for example: curl http://127.0.0.1:8080/");
        if (request.url.find("://") == std::string::npos && request.url.front() != '/')
            request.url = "http://" + request.url;
        if (!m_parts.empty()) {
            const std::string boundary = "------------------------gatehouse0123456789";
            for (const std::string &part : m_parts)
                request.body += "--" + boundary + "\r\n" + part + "\r\n";
            request.body += "--" + boundary + "--\r\n";
            addIfMissing("Content-Type", "multipart/form-data; boundary=" + boundary);
        } else if (m_get && m_hasData) {
            request.url += (request.url.find('?') == std::string::npos ? "?" : "&") + m_data;
        } else if (m_hasData) {
            request.body = m_data;
            addIfMissing("Content-Type", m_json ? "application/json" : "application/x-www-form-urlencoded");
            if (m_json)
                addIfMissing("Accept", "application/json");
        }
        const bool posts = !m_parts.empty() || (m_hasData && !m_get);
        request.method = !m_method.empty() ? m_method : m_head ? "HEAD" : posts ? "POST" : "GET";
        return std::move(request);
    }

private:
    void add(std::string name, std::string value) { m_request.headers.emplace_back(std::move(name), std::move(value)); }
    void addIfMissing(const std::string &name, const std::string &value)
    {
        const auto same = [&](const auto &header) { return equalsIgnoreCase(header.first, name); };
        if (std::none_of(m_request.headers.begin(), m_request.headers.end(), same))
            add(name, value);
    }
    Result<void> header(std::string_view line)
    {
        const size_t colon = line.find_first_of(":;");
        if (colon == std::string_view::npos || colon == 0)
            return bad("The header " + std::string(line) + " has no name. Write -H 'name: value'.");
        const std::string_view value = trim(line.substr(colon + 1));
        if (!value.empty() || line[colon] == ';') // "Name:" removes one that curl would have sent, "Name;" sends it empty
            add(std::string(line.substr(0, colon)), std::string(value));
        return {};
    }
    void data(const std::string &value)
    {
        if (m_hasData && !m_json)
            m_data += '&';
        m_data += value;
        m_hasData = true;
    }
    Result<void> urlencoded(const std::string &value)
    {
        const size_t equals = value.find('=');
        if (equals == std::string::npos && value.find('@') != std::string::npos)
            return noFile("--data-urlencode " + value, "Write name=value.");
        const size_t from = equals == std::string::npos ? 0 : equals + 1;
        data((from > 1 ? value.substr(0, from) : std::string()) + percentEncode(std::string_view(value).substr(from)));
        return {};
    }
    Result<void> form(bool mayBeFile, const std::string &value)
    {
        const size_t equals = value.find('=');
        if (equals == std::string::npos)
            return bad("-F " + value + " has no value. Write -F 'name=value'.");
        const std::string content = value.substr(equals + 1);
        if (mayBeFile && (content.starts_with('@') || content.starts_with('<')))
            return noFile("-F " + value, "Write the value itself.");
        std::string name = value.substr(0, equals);
        for (size_t at = 0; (at = name.find('"', at)) != std::string::npos; at += 3)
            name.replace(at, 1, "%22");
        m_parts.push_back("Content-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content);
        return {};
    }

    CurlRequest m_request;
    std::string m_method, m_data;
    std::vector<std::string> m_parts; // of a multipart form
    bool m_hasData = false, m_json = false, m_get = false, m_head = false;
};

bool isMethod(std::string_view word)
{
    return !word.empty() && word.front() != '-' && word.size() <= 20 && std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
}

// "-sXPATCH": several short options in one word, the last may have its value in it or behind it.
Result<void> takeShort(Collector &collector, const std::vector<std::string> &words, size_t &i)
{
    const std::string &word = words[i];
    for (size_t k = 1; k < word.size(); ++k) {
        const std::string written = std::string("-") + word[k];
        const Option *option = findOption([&](const Option &o) { return o.shortName == word[k]; });
        if (!option)
            return bad(written + " is not an option that is known here.");
        std::string value;
        if (takesValue(option->does)) {
            if (k + 1 == word.size() && i + 1 == words.size())
                return bad(written + " wants a value after it.");
            value = k + 1 < word.size() ? word.substr(k + 1) : words[++i];
            k = word.size();
        }
        if (auto result = collector.take(option->does, written, value); !result)
            return result;
    }
    return {};
}

Result<void> takeLong(Collector &collector, const std::vector<std::string> &words, size_t &i)
{
    const std::string &word = words[i];
    const std::string_view name = std::string_view(word).substr(2);
    const Option *option = findOption([&](const Option &o) { return o.longName == name; });
    if (!option) {
        std::vector<std::string_view> known;
        for (const Option &o : options)
            known.push_back(o.longName);
        const std::string_view near = nearest(name, known);
        return bad(word + " is not an option that is known here." + (near.empty() ? std::string() : " Did you mean --" + std::string(near) + "?"));
    }
    if (!takesValue(option->does))
        return collector.take(option->does, word, {});
    if (i + 1 == words.size())
        return bad(word + " wants a value after it.");
    return collector.take(option->does, word, words[++i]);
}

} // namespace

Result<CurlRequest> parseCurl(std::string_view line)
{
    auto words = splitShellWords(line);
    if (!words)
        return words.error();
    return parseCurl(*words);
}

Result<CurlRequest> parseCurl(const std::vector<std::string> &words)
{
    Collector collector;
    size_t i = 0;
    if (i < words.size() && words[i] == "$") // a prompt that was copied along
        ++i;
    if (i < words.size() && words[i] == "curl")
        ++i;
    if (words.size() == i + 2 && isMethod(words[i])) { // "GET /v1/orders"
        if (auto result = collector.take(Does::Method, "-X", words[i]); !result)
            return result.error();
        ++i;
    }
    for (bool optionsEnded = false; i < words.size(); ++i) {
        const std::string &word = words[i];
        Result<void> result;
        if (!optionsEnded && word == "--")
            optionsEnded = true;
        else if (!optionsEnded && word.starts_with("--"))
            result = takeLong(collector, words, i);
        else if (!optionsEnded && word.size() > 1 && word.front() == '-')
            result = takeShort(collector, words, i);
        else
            result = collector.url(word);
        if (!result)
            return result.error();
    }
    return collector.finish();
}

namespace {

// All but the body.
std::string headOf(const CurlRequest &request)
{
    std::string out = "curl";
    if (request.method == "HEAD" && request.body.empty())
        out += " -I";
    else if (request.method != (request.body.empty() ? "GET" : "POST"))
        out += " -X " + quoteForShell(request.method);
    if (request.url.find_first_of("[]{}") != std::string::npos)
        out += " -g"; // they would stand for several URLs
    out += (request.url.starts_with('-') ? " --url " : " ") + quoteForShell(request.url);
    for (const auto &[name, value] : request.headers)
        if (!name.starts_with('@')) // it would name a file to read them from
            out += " -H " + quoteForShell(name + (value.empty() ? ";" : ": " + value));
    return out;
}

} // namespace

std::string toCurl(const CurlRequest &request)
{
    std::string out = headOf(request);
    if (!request.body.empty())
        out += " --data-raw " + quoteForShell(request.body);
    if (request.insecure)
        out += " -k";
    return out;
}

std::string toShell(const CurlRequest &request)
{
    if (request.body.find('\0') == std::string::npos)
        return toCurl(request);
    std::string octets;
    for (char c : request.body) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || std::string_view(" -_./:,={}[]\"").find(c) != std::string_view::npos;
        char buffer[8];
        std::snprintf(buffer, sizeof buffer, "\\%03o", static_cast<unsigned>(static_cast<unsigned char>(c)));
        octets += plain ? std::string(1, c) : std::string(buffer);
    }
    return "printf -- '" + octets + "' | " + headOf(request) + " --data-binary @-" + (request.insecure ? " -k" : "");
}

} // namespace gatehouse::importers
