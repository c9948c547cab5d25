// The text by which exchanges are picked, in Traffic's field and in `exchanges --filter`:
//   status:5xx method:POST,PUT path:/v1/* host:*.shop.test route:get-order verdict:throttled took:>200ms size:>1KiB -host:static
// and free text, which is looked for in method, host, path, query, route and status. All terms must hold; "-" before one negates it;
// a value with spaces stands in "quotes". A comma separates alternatives. Texts are compared without regard to case; * is any text.
#pragma once

#include "gateway/base/result.h"
#include "gateway/observe/exchange.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::observe {

struct FilterError {
    size_t offset = 0, length = 0; // of what can't be read, in octets of the text
    std::string message;           // what is wrong and what would be right
};

// A value. Any thread.
class Filter {
public:
    enum class Field : uint8_t { Text, Status, Method, Path, Host, Route, Verdict, Took, Size, Listener, Consumer, Upstream, Endpoint, Client };
    struct Range { int64_t from = INT64_MIN, to = INT64_MAX; }; // both included
    struct Term {
        Field field = Field::Text;
        bool negated = false;
        std::vector<std::string> texts; // alternatives: lower-case globs; Text: one, looked for anywhere
        std::vector<Range> ranges;      // Status; Took in microseconds; Size in octets of the answer's body
        size_t offset = 0, length = 0;  // where it stands in the text
    };

    // An empty text matches everything.
    static Result<Filter, FilterError> parse(std::string_view text);

    bool matches(const Row &row) const;
    bool empty() const { return m_terms.empty(); }
    const std::vector<Term> &terms() const { return m_terms; }
    // The keys that may stand before a colon, for completion.
    static std::vector<std::string_view> keys();

private:
    std::vector<Term> m_terms;
};

} // namespace gatehouse::observe
