// Chunked bodies alone: a head that lets them in stands before every input.
#include "tests/fuzz/http_properties.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace gatehouse;
    if (size < 1)
        return 0;
    const std::string input = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        + std::string(reinterpret_cast<const char *>(data) + 1, size - 1);
    fuzz::sameHoweverCut(input, data[0], [](Arena &arena) {
        http::RequestParser parser(fuzz::limits());
        parser.start(arena);
        return parser;
    });
    fuzz::forwardedEqual(input);
    return 0;
}
