// Requests: whatever comes in, however it is cut, the parser says the same; what it lets through is written and read back equal.
// The first octet says how the rest is cut.
#include "tests/fuzz/http_properties.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace gatehouse;
    if (size < 1)
        return 0;
    const std::string_view input(reinterpret_cast<const char *>(data) + 1, size - 1);
    fuzz::sameHoweverCut(input, data[0], [](Arena &arena) {
        http::RequestParser parser(fuzz::limits());
        parser.start(arena);
        return parser;
    });
    fuzz::forwardedEqual(input);
    return 0;
}
