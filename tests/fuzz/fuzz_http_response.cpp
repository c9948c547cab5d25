// Answers of upstreams. The first octet says how the rest is cut, the second which request is answered.
#include "tests/fuzz/http_properties.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    using namespace gatehouse;
    if (size < 2)
        return 0;
    const std::string_view input(reinterpret_cast<const char *>(data) + 2, size - 2);
    const auto method = http::Method(data[1] % (unsigned(http::Method::Other) + 1));
    const bool upgrading = data[1] & 0x80;
    fuzz::sameHoweverCut(input, data[0], [=](Arena &arena) {
        http::ResponseParser parser(fuzz::limits());
        parser.start(arena, method, upgrading);
        return parser;
    });
    return 0;
}
