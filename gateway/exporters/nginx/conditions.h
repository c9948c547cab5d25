// Conditions and expressions as nginx variables. A flag is "1", "0", or the name of a variable that holds one of them.
#pragma once

#include "gateway/config/records.h"
#include "gateway/exporters/nginx/page.h"
#include "gateway/policy/pathpattern.h"
#include "gateway/schema/expression.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::exporters::nginx {

// What a condition or an expression is about.
struct Scope {
    std::string where;                    // in the document, for findings
    const policy::PathPattern *path = nullptr; // of the route; null: none
    std::string consumer;                 // the variable that names the consumer; empty: nobody is known
    std::string requestId;                // the variable; empty: none
    bool preflights = false;              // a cors policy stands in the chain
    bool encoded = false;                 // values as they came (for a Location), not decoded
};

class Conditions {
public:
    explicit Conditions(Page &maps) : m_maps(maps) { }

    std::string host(const std::string &pattern);
    std::string path(const policy::PathPattern &path, const std::string &where);
    // All but hosts and path.
    std::string beyondPath(const config::Condition &condition, const Scope &scope);
    std::string whole(const config::Condition &condition, const Scope &scope);

    std::string all(std::vector<std::string> flags);
    std::string any(std::vector<std::string> flags);
    std::string negated(const std::string &flag);
    // `value` where the flag holds, else `otherwise`; both are values.
    std::string choose(const std::string &flag, const std::string &value, const std::string &otherwise);
    // A variable that maps `value` by lines (key, value), and the rest to `otherwise`; all quoted already.
    std::string map(const std::string &value, const std::vector<std::pair<std::string, std::string>> &lines, const std::string &otherwise);
    std::string among(const std::vector<Cidr> &blocks);

    // A text with expressions as a value.
    std::string value(std::string_view text, const Scope &scope);
    std::string part(const schema::Part &part, const Scope &scope);
    std::string queryValue(const std::string &name);
    std::string rest(const Scope &scope);

    void find(Level level, const Scope &scope, std::string feature, std::string message, std::string remedy);
    std::string fresh(std::string_view what);

private:
    std::string text(const config::TextMatch &match, const std::string &value, const Scope &scope);
    std::string pairs(const config::TextMatch &match, const std::string &name, bool cookie, const Scope &scope, const std::string &feature);
    std::string decide(const config::TextMatch &match, const std::string &fits, const std::string &there);
    std::string methods(const std::vector<std::string> &methods, bool preflights);
    std::string capture(const std::string &name, const Scope &scope);
    std::string test(const std::string &value, const std::string &regex);

    Page &m_maps;
    std::map<std::string, std::string> m_known; // maps by their text: one is enough
    unsigned m_next = 0;
};

// The regex of a whole path. `capture`: this variable's value is group 1 (empty: none); `rest`: what a prefix leaves is.
// `encoded`: literals are any text, since they may come encoded.
std::string pathRegex(const policy::PathPattern &path, std::string_view capture = {}, bool rest = false, bool encoded = false);

} // namespace gatehouse::exporters::nginx
