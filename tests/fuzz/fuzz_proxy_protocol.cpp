// PROXY headers: the same however they are cut, and what was read is written and read back as the same.
#include "gateway/http/proxyprotocol.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

using namespace gatehouse::http;

namespace {

using Outcome = ProxyReader::Outcome;

struct Read {
    explicit Read(bool required) : reader(required) { }
    ProxyReader reader;
    Outcome outcome = Outcome::NeedMore;
    size_t used = 0;
};

void read(Read &to, std::string_view input, size_t step)
{
    while (to.outcome == Outcome::NeedMore && to.used < input.size()) {
        const size_t size = std::min(step, input.size() - to.used);
        // An exact copy: the sanitizer sees a read past it.
        const std::unique_ptr<char[]> piece(new char[size]);
        std::memcpy(piece.get(), input.data() + to.used, size);
        std::string_view in(piece.get(), size);
        to.outcome = to.reader.next(in);
        to.used += size - in.size();
        if (to.outcome == Outcome::NeedMore && !in.empty())
            std::abort(); // it has to use everything
    }
    if (to.reader.held().size() != to.used || to.reader.held() != input.substr(0, to.used) || to.used > ProxyReader::headerMost)
        std::abort();
}

void writtenIsReadBack(const ProxyHeader &header, ProxyVersion version)
{
    std::string text(proxyHeaderMost, '\0');
    text.resize(writeProxyHeader(text, header, version));
    std::string_view in = text;
    ProxyReader reader(true);
    if (text.empty() || reader.next(in) != Outcome::Header || !in.empty())
        std::abort();
    ProxyHeader expected = header;
    if (version == ProxyVersion::V1) {
        expected.local = expected.datagram = false;
        if (expected.family == ProxyHeader::Family::Unix)
            expected = {};
    }
    if (!(reader.header() == expected))
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    const std::string_view input(reinterpret_cast<const char *>(data) + 1, size - 1);
    const bool required = data[0] & 1;
    Read whole(required), cut(required);
    read(whole, input, input.size() + 1);
    read(cut, input, size_t(data[0] >> 1) % 64 + 1);
    if (whole.outcome != cut.outcome || (whole.outcome == Outcome::Refused && whole.reader.refusal().code != cut.reader.refusal().code))
        std::abort();
    if (whole.outcome == Outcome::Absent && required)
        std::abort();
    if (whole.outcome != Outcome::Header)
        return 0;
    if (whole.used != cut.used || !(whole.reader.header() == cut.reader.header()))
        std::abort();
    writtenIsReadBack(whole.reader.header(), ProxyVersion::V1);
    writtenIsReadBack(whole.reader.header(), ProxyVersion::V2);
    return 0;
}
