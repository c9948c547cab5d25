#include "gateway/schema/path.h"

#include "gateway/base/json.h"
#include "gateway/base/text.h"

namespace gatehouse::schema {
namespace {
bool plainKey(std::string_view key)
{
    if (key.empty())
        return false;
    for (char c : key)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    return true;
}

Error badPath(std::string_view text)
{
    return Error::make(ErrorKind::BadInput, "\"" + std::string(text) + "\" is not a path such as routes[3].match.path");
}
} // namespace

Result<Path> Path::parse(std::string_view text)
{
    Path path;
    std::string_view rest = text;
    while (!rest.empty()) {
        if (rest[0] == '[') {
            const bool quoted = rest.size() > 1 && rest[1] == '"';
            size_t close = rest.find(']');
            if (quoted) { // the quote that ends it is followed by the bracket
                close = 2;
                while (close < rest.size() && rest[close] != '"')
                    close += rest[close] == '\\' ? 2 : 1;
                ++close;
            }
            if (close >= rest.size() || rest[close] != ']')
                return badPath(text);
            const std::string_view inside = rest.substr(1, close - 1);
            if (quoted) {
                auto key = json::parse(inside);
                if (!key)
                    return badPath(text);
                path.push(Step(key->text));
            } else {
                const auto index = parseUnsigned(inside);
                if (!index)
                    return badPath(text);
                path.push(Step(static_cast<size_t>(*index)));
            }
            rest.remove_prefix(close + 1);
        } else {
            if (!path.empty()) {
                if (rest[0] != '.')
                    return badPath(text);
                rest.remove_prefix(1);
            }
            const std::string_view key = rest.substr(0, rest.find_first_of(".["));
            if (key.empty())
                return badPath(text);
            path.push(Step(key));
            rest.remove_prefix(key.size());
        }
    }
    return path;
}

std::string Path::text() const
{
    std::string out;
    for (const Step &step : m_steps) {
        if (step.isIndex()) {
            out += '[' + std::to_string(step.index()) + ']';
        } else if (plainKey(step.key())) {
            if (!out.empty())
                out += '.';
            out += step.key();
        } else {
            out += '[' + json::quote(step.key()) + ']';
        }
    }
    return out;
}

Path Path::operator/(Step step) const
{
    Path path = *this;
    path.push(std::move(step));
    return path;
}

Path Path::operator/(const Path &below) const
{
    Path path = *this;
    path.m_steps.insert(path.m_steps.end(), below.m_steps.begin(), below.m_steps.end());
    return path;
}

bool Path::startsWith(const Path &above) const
{
    return m_steps.size() >= above.m_steps.size() && std::equal(above.m_steps.begin(), above.m_steps.end(), m_steps.begin());
}

} // namespace gatehouse::schema
