// Transfer-Encoding, Content-Length and chunks, in every spelling that some reader has taken for another.
#include "tests/support/smuggling.h"

namespace gatehouse::test {

static std::string manyFields(int count)
{
    std::string fields;
    for (int i = 0; i < count; ++i)
        fields += "A: b\r\n";
    return fields;
}

void addFramingCases(SmugglingTable table)
{
    // Both framings, in every order and spelling.
    for (const char *length : {"Content-Length: 5", "content-length: 5", "Content-Length: 0", "CONTENT-LENGTH:5", "Content-Length: bad", "Content-Length: 5, 5"}) {
        for (const char *coding : {"Transfer-Encoding: chunked", "transfer-encoding:chunked", "TRANSFER-ENCODING: CHUNKED", "Transfer-Encoding: identity", "Transfer-Encoding: x"}) {
            table.both(std::string(length) + " then " + coding, std::string(length) + "\r\n" + coding + "\r\n", "0\r\n\r\n" + hiddenRequest, "length-and-coding");
            table.both(std::string(coding) + " then " + length, std::string(coding) + "\r\n" + length + "\r\n", "0\r\n\r\n" + hiddenRequest, "length-and-coding");
        }
    }

    // Transfer-Encoding values.
    const std::pair<std::string, const char *> codings[] = {
        {"identity", "coding-not-last"}, {"xchunked", "coding-not-last"}, {"chunkedx", "coding-not-last"}, {"chunked-x", "coding-not-last"},
        {"gzip", "coding-not-last"}, {"chunked, gzip", "coding-not-last"}, {"chunked, identity", "coding-not-last"}, {"gzip, chunked", "unknown-coding"},
        {"identity, chunked", "unknown-coding"}, {"x, chunked", "unknown-coding"}, {"chunked, chunked", "bad-coding"}, {"chunked,chunked", "bad-coding"},
        {"", "bad-coding"}, {",", "bad-coding"}, {", chunked", "bad-coding"}, {"chunked,", "bad-coding"}, {"chunked;q=1", "bad-coding"}, {"chunked ; a", "bad-coding"},
        {"\"chunked\"", "bad-coding"}, {"'chunked'", "coding-not-last"}, {"chunked chunked", "bad-coding"}, {"chunk\ted", "bad-coding"}, {"ch unked", "bad-coding"},
        {"chunked\x0b", "bad-value"}, {"\x0b" "chunked", "bad-value"}, {"chunked\x0c", "bad-value"}, {std::string("chunked\0", 8), "bad-value"}, {"chunked\x7f", "bad-value"},
        {"chunked\xa0", "bad-coding"}, {"\xe2\x80\x8b" "chunked", "bad-coding"}, {"chunKed\xc5\xbf", "bad-coding"}, {"[chunked]", "bad-coding"}, {"chunked(x)", "bad-coding"},
        {"chunked\r", "bare-cr"}, {"\rchunked", "bare-cr"}, {"chunked\r\n ", "obs-fold"}, {"\r\n chunked", "obs-fold"}, {"x\r\n chunked", "obs-fold"}, {"chunked\n", "bare-lf"},
        {"\nchunked", "bare-lf"}, {"0chunked", "coding-not-last"}, {"tchunked", "coding-not-last"}, {"chunked\r\nTransfer-Encoding: chunked", "bad-coding"},
        {"chunked\r\nTransfer-Encoding: identity", "coding-not-last"}, {"identity\r\nTransfer-Encoding: chunked", "unknown-coding"}, {"chunked\r\nTransfer-Encoding:", "bad-coding"},
        {"chunked\r\nX: y\r\nTransfer-Encoding: x", "coding-not-last"}, {"x\r\nX: y\r\nTransfer-Encoding: chunked", "unknown-coding"}, {"chunked\r\nTransfer-encoding: cow", "coding-not-last"},
        {"cow\r\ntransfer-encoding: chunked", "unknown-coding"}, {"chunked,,gzip", "coding-not-last"}, {"gzip,,chunked", "unknown-coding"}, {"chunked, ", "bad-coding"}, {"compress, chunked", "unknown-coding"},
        {"deflate, gzip, chunked", "unknown-coding"}, {"chunked;", "bad-coding"}, {"chunked=1", "bad-coding"}, {"chunked:", "bad-coding"}, {"chunked/1", "bad-coding"}, {"chun\\ked", "bad-coding"},
        {"\xef\xbb\xbf" "chunked", "bad-coding"}, {"chun\xe2\x84\xaa" "ed", "bad-coding"}, {"\x85" "chunked", "bad-coding"}, {"chunked\x01", "bad-value"}, {"chunked\x1f", "bad-value"}, {"chun\x08ked", "bad-value"},
        {"chunked\r\n\tx", "obs-fold"}, {"chunked\rX: y", "bare-cr"}, {"chunked\n\r", "bare-lf"}, {"trailers, chunked", "unknown-coding"}, {"none", "coding-not-last"}, {"-", "coding-not-last"},
        {"chunked\r\nX: y\nTransfer-Encoding: x", "bare-lf"}, {"x\r\nX: y\rTransfer-Encoding: chunked", "bare-cr"}, {"*", "coding-not-last"}, {"true", "coding-not-last"},
    };
    for (const auto &[value, code] : codings)
        table.both("coding " + printable(value), "Transfer-Encoding: " + value + "\r\n", "0\r\n\r\n" + hiddenRequest, code);
    for (const char *value : {"chunked", "Chunked", "CHUNKED", " chunked", "\tchunked", "chunked ", "chunked\t", " \t chunked \t "})
        table.both("coding " + printable(value), "Transfer-Encoding:" + std::string(value) + "\r\n", "0\r\n\r\n", "1");

    const std::pair<std::string, const char *> moreNames[] = {
        {"Transfer-Encoding\n", "bare-lf"}, {"X: y\r\n\rTransfer-Encoding", "bare-cr"}, {"X: y\r\n\x0bTransfer-Encoding", "bad-name"}, {"Transfer-Encoding\x08", "bad-name"},
        {"Transfer\x7f-Encoding", "bad-name"}, {"Transfer-Encoding \t", "space-before-colon"}, {"Transfer-\r\nEncoding", "no-colon"}, {"Transfer-Encoding\r\n ", "no-colon"},
        {"\xef\xbb\xbfTransfer-Encoding", "bad-name"}, {"Transfer\xe2\x80\x90" "Encoding", "bad-name"}, {"Transfer-Encoding=", "bad-name"}, {"Transfer-Encoding[0]", "bad-name"},
        {"Transfer-Encoding{}", "bad-name"}, {"Transfer-Encoding?", "bad-name"}, {"Transfer-Encoding\\", "bad-name"}, {"<Transfer-Encoding>", "bad-name"}, {"X: y\nTransfer-Encoding", "bare-lf"},
        {"X: y\rTransfer-Encoding", "bare-cr"}, {"\r\rTransfer-Encoding", "bare-cr"}, {"X\r\nTransfer-Encoding", "no-colon"},
    };
    // Names that one reader takes for Transfer-Encoding or Content-Length and another does not.
    const std::pair<std::string, const char *> names[] = {
        {"Transfer-Encoding ", "space-before-colon"}, {"Transfer-Encoding\t", "space-before-colon"}, {" Transfer-Encoding", "obs-fold"}, {"\tTransfer-Encoding", "obs-fold"},
        {"Transfer-Encoding\r", "bare-cr"}, {"Transfer\rEncoding", "bare-cr"}, {"Transfer Encoding", "bad-name"}, {"Transfer-Encoding\x0b", "bad-name"},
        {"\x0bTransfer-Encoding", "bad-name"}, {std::string("Transfer-Encoding\0", 18), "bad-name"}, {"Transfer-Encoding\xa0", "bad-name"}, {"(Transfer-Encoding", "bad-name"},
        {"\"Transfer-Encoding\"", "bad-name"}, {"Transfer-Encoding;", "bad-name"}, {"Transfer-Encoding,", "bad-name"}, {"Transfer-Encoding/", "bad-name"}, {"", "bad-name"},
        {"Content-Length ", "space-before-colon"}, {"Content-Length\t", "space-before-colon"}, {" Content-Length", "obs-fold"}, {"Content Length", "bad-name"},
        {"Content-Length\r", "bare-cr"}, {std::string("Content-Length\0", 15), "bad-name"}, {"Content-Length\x85", "bad-name"}, {"Content-Length@", "bad-name"},
    };
    for (const auto &[name, code] : moreNames)
        table.both("name " + printable(name), name + ": chunked\r\n", hiddenRequest, code);
    for (const auto &[name, code] : names)
        table.both("name " + printable(name), name + ": " + (name.find("Length") == std::string::npos ? "chunked" : "5") + "\r\nContent-Length: 40\r\n", hiddenRequest, code);

    // Content-Length values.
    const std::pair<std::string, const char *> lengths[] = {
        {"+5", "bad-length"}, {"-5", "bad-length"}, {"5,5", "bad-length"}, {"5, 5", "bad-length"}, {"5,6", "bad-length"}, {"0x5", "bad-length"}, {"5 5", "bad-length"},
        {"", "bad-length"}, {"5.0", "bad-length"}, {"5e0", "bad-length"}, {"\"5\"", "bad-length"}, {"5;a", "bad-length"}, {"a", "bad-length"}, {"5a", "bad-length"}, {"_5", "bad-length"}, {"1_0", "bad-length"},
        {"18446744073709551621", "bad-length"}, {"9223372036854775808", "bad-length"}, {"99999999999999999999999999", "bad-length"}, {"\xd9\xa5", "bad-length"}, {"5\xa0", "bad-length"},
        {"5\x0b", "bad-value"}, {std::string("5\0", 2), "bad-value"}, {"5\r", "bare-cr"}, {"\r5", "bare-cr"}, {"5\r\n 5", "obs-fold"}, {"\r\n 5", "obs-fold"}, {"5\n", "bare-lf"},
        {"5\r\nContent-Length: 5", "several-lengths"}, {"5\r\nContent-Length: 6", "several-lengths"}, {"5\r\ncontent-length: 5", "several-lengths"}, {"5\r\nContent-Length:", "several-lengths"},
    };
    const std::pair<std::string, const char *> moreLengths[] = {
        {"5;", "bad-length"}, {"5,", "bad-length"}, {",5", "bad-length"}, {"05,5", "bad-length"}, {"5\t5", "bad-length"}, {"0b101", "bad-length"}, {"0o5", "bad-length"}, {"five", "bad-length"}, {"5:5", "bad-length"},
        {"5/1", "bad-length"}, {"'5'", "bad-length"}, {"(5)", "bad-length"}, {"5,000", "bad-length"}, {"0000000000000000005", "bad-length"}, {"4294967301 5", "bad-length"}, {"\xef\xbc\x95", "bad-length"},
        {"\xb2", "bad-length"}, {"5\x01", "bad-value"}, {"5\x7f", "bad-value"}, {"5\x0c", "bad-value"}, {"5\r\n\t5", "obs-fold"}, {"5\rContent-Length: 6", "bare-cr"}, {"5\nContent-Length: 6", "bare-lf"},
        {"5\r\nX: y\r\nContent-Length: 6", "several-lengths"}, {"0\r\nContent-Length: 5", "several-lengths"}, {"\r\nContent-Length: 5", "several-lengths"}, {"x\r\nContent-Length: 5", "several-lengths"},
    };
    for (const auto &[value, code] : moreLengths)
        table.both("length " + printable(value), "Content-Length: " + value + "\r\n", "12345" + hiddenRequest, code);
    for (const auto &[value, code] : lengths)
        table.both("length " + printable(value), "Content-Length: " + value + "\r\n", "12345" + hiddenRequest, code);
    for (const char *value : {"5", " 5", "5 ", "\t5\t", "05", "000005"})
        table.both("length " + printable(value), "Content-Length:" + std::string(value) + "\r\n", "12345", "1");

    // Chunks.
    const std::pair<std::string, const char *> chunks[] = {
        {"5 \r\n12345\r\n0\r\n\r\n", "bad-chunk-size"}, {" 5\r\n12345\r\n0\r\n\r\n", "bad-chunk-size"}, {"\t5\r\n", "bad-chunk-size"}, {"+5\r\n", "bad-chunk-size"}, {"-5\r\n", "bad-chunk-size"},
        {"0x5\r\n", "bad-chunk-size"}, {"5h\r\n", "bad-chunk-size"}, {"5_0\r\n", "bad-chunk-size"}, {"5.\r\n", "bad-chunk-size"}, {"\r\n", "bad-chunk-size"}, {";a\r\n", "bad-chunk-size"}, {"g\r\n", "bad-chunk-size"},
        {"5,5\r\n", "bad-chunk-size"}, {"\"5\"\r\n", "bad-chunk-size"}, {std::string("5\0\r\n", 4), "bad-chunk-size"}, {"5\x0b\r\n", "bad-chunk-size"}, {"5\xa0\r\n", "bad-chunk-size"},
        {"5\n12345\r\n0\r\n\r\n", "bare-lf"}, {"5\r12345\r\n", "bare-cr"}, {"5\r\r\n12345", "bare-cr"}, {"5;\n12345\r\n", "bare-lf"}, {"5;a\n12345", "bare-lf"}, {"5;a\rX\n12345", "bare-cr"},
        {"10000000000000005\r\n12345\r\n", "chunk-size-too-long"}, {"ffffffffffffffff\r\n", "chunk-size-too-long"}, {"00000000000000005\r\n", "chunk-size-too-long"}, {"8000000000000000\r\n", "chunk-size-too-long"},
        {"5\r\n123456\r\n0\r\n\r\n", "bad-chunk-end"}, {"5\r\n1234\r\n0\r\n\r\n", "bad-chunk-end"}, {"5\r\n12345\n0\r\n\r\n", "bad-chunk-end"}, {"5\r\n12345\r0\r\n", "bad-chunk-end"}, {"5\r\n123450\r\n\r\n", "bad-chunk-end"},
        {"5;\r\n", "bad-chunk-extension"}, {"5;=\r\n", "bad-chunk-extension"}, {"5;a=\r\n", "bad-chunk-extension"}, {"5;a=\"b\r\n", "bad-chunk-extension"}, {"5;a=\"\x01\"\r\n", "bad-chunk-extension"}, {"5;a b\r\n", "bad-chunk-extension"},
        {"5;a=b c\r\n", "bad-chunk-extension"}, {"5;a=\"b\"c\r\n", "bad-chunk-extension"}, {"5;a \r\n", "bad-chunk-extension"}, {std::string("5;a\0\r\n", 6), "bad-chunk-extension"}, {"5;" + std::string(300, 'a') + "\r\n", "chunk-extension-too-long"},
        {"0\n\n", "bare-lf"}, {"0\r\n\n", "bare-lf"}, {"0\r\n\r", "0"}, {"0\r\nA : b\r\n\r\n", "space-before-colon"}, {"0\r\n A: b\r\n\r\n", "obs-fold"}, {"0\r\nA: b\n\r\n", "bare-lf"}, {"0\r\nA: b\rc\r\n\r\n", "bare-cr"},
        {"0\r\nContent-Length: 5\r\n\r\n", "bad-trailer"}, {"0\r\nTransfer-Encoding: chunked\r\n\r\n", "bad-trailer"}, {"0\r\nHost: y\r\n\r\n", "bad-trailer"}, {"0\r\nConnection: close\r\n\r\n", "bad-trailer"},
        {"0\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n", "no-colon"},
        {"5\r\n12345\r\n0\r\n\r\n", "1"}, {"00005\r\n12345\r\n00\r\n\r\n", "1"}, {"5;a=b\r\n12345\r\n0;c\r\nT: 1\r\n\r\n", "1"}, {"5 ; a = \"b\\\"\" ;c\r\n12345\r\n0\r\n\r\n", "1"}, {"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "1"},
    };
    // Lone LF and CR where a chunk's extension or octets end: one reader ends the line there, another goes on.
    const std::pair<std::string, const char *> moreChunks[] = {
        {"2;\nxx\r\n21\r\n0\r\n\r\n" + hiddenRequest, "bare-lf"}, {"2;\rxx\r\n21\r\n0\r\n\r\n" + hiddenRequest, "bad-chunk-extension"}, {"2;a\nxx\r\n0\r\n\r\n" + hiddenRequest, "bare-lf"},
        {"2;a=\"\n\"\r\nxx\r\n0\r\n\r\n", "bare-lf"}, {"2;a=\"\r\n\"\r\nxx\r\n0\r\n\r\n", "bad-chunk-extension"}, {"2;a=\"\\\n\"\r\nxx\r\n", "bare-lf"}, {"2;a=b\rxx\r\n", "bare-cr"}, {"2;a=\"b\"\rxx\r\n", "bare-cr"},
        {"2;a=b\n\r\nxx\r\n0\r\n\r\n", "bare-lf"}, {"2 \n;a\r\nxx\r\n", "bare-lf"}, {"2 \r\nxx\r\n0\r\n\r\n", "bad-chunk-size"}, {"2\r\nxx\n0\r\n\r\n", "bad-chunk-end"}, {"2\r\nxx\r0\r\n\r\n", "bad-chunk-end"},
        {"2\r\nxx\n\n0\r\n\r\n", "bad-chunk-end"}, {"2\r\nxx\r\r0\r\n\r\n", "bad-chunk-end"}, {"2\r\nxxyy0\r\n\r\n" + hiddenRequest, "bad-chunk-end"}, {"2\r\nxx0\r\n\r\n" + hiddenRequest, "bad-chunk-end"},
        {"2\r\nxx\r\n\r\n0\r\n\r\n", "bad-chunk-size"}, {"\r\n2\r\nxx\r\n0\r\n\r\n", "bad-chunk-size"}, {"\n2\r\nxx\r\n0\r\n\r\n", "bad-chunk-size"}, {"2\n\nxx\r\n", "bare-lf"}, {"2\n\rxx\r\n", "bare-lf"},
        {"0;\n\r\n" + hiddenRequest, "bare-lf"}, {"0;a\n\r\n", "bare-lf"}, {"0\r\r\n\r\n", "bare-cr"}, {"0\n\r\n", "bare-lf"}, {"0\r\n\r\r\n", "bare-cr"}, {"0 \r\n\r\n", "bad-chunk-size"}, {" 0\r\n\r\n", "bad-chunk-size"},
        {"-0\r\n\r\n", "bad-chunk-size"}, {"+0\r\n\r\n", "bad-chunk-size"}, {"0x0\r\n\r\n", "bad-chunk-size"}, {"0.0\r\n\r\n", "bad-chunk-size"}, {"0e1\r\n\r\n", "0"}, {"0,0\r\n\r\n", "bad-chunk-size"}, {"0_\r\n\r\n", "bad-chunk-size"},
        {"2;a=b=c\r\nxx\r\n", "bad-chunk-extension"}, {"2;;a\r\nxx\r\n", "bad-chunk-extension"}, {"2;a;\r\nxx\r\n", "bad-chunk-extension"}, {"2;a=\"b\r\nxx\r\n0\r\n\r\n\"\r\n", "bad-chunk-extension"}, {"2;\xff\r\nxx\r\n", "bad-chunk-extension"},
        {"2,a\r\nxx\r\n", "bad-chunk-size"}, {"2:a\r\nxx\r\n", "bad-chunk-size"}, {"2\x0c\r\nxx\r\n", "bad-chunk-size"}, {"2\xef\xbc\x95\r\n", "bad-chunk-size"}, {"\xef\xbc\x92\r\nxx\r\n", "bad-chunk-size"}, {"2\x7f\r\n", "bad-chunk-size"},
        {"0\r\n: a\r\n\r\n", "bad-name"}, {"0\r\nA B: c\r\n\r\n", "bad-name"}, {std::string("0\r\nA: b\0c\r\n\r\n", 14), "bad-value"}, {"0\r\nA: b\r\n c\r\n\r\n", "obs-fold"}, {"0\r\nTE: chunked\r\n\r\n", "bad-trailer"},
        {"0\r\nUpgrade: h2c\r\n\r\n", "bad-trailer"}, {"0\r\nExpect: 100-continue\r\n\r\n", "bad-trailer"}, {"0\r\nTrailer: a\r\n\r\n", "bad-trailer"}, {"0\r\ncontent-length: 0\r\n\r\n", "bad-trailer"}, {"0\r\nA: b\r\n\n", "bare-lf"},
        {"0\r\nHTTP/1.1 200 OK\r\n\r\n", "no-colon"}, {"0\r\n" + manyFields(257) + "\r\n", "too-many-fields"}, {"2\r\nx", "0"}, {"2", "0"}, {"2\r\nxx\r\n0\r\n", "0"}, {"2\r\nxx\r\n0\r\nA: b\r\n", "0"}, {"", "0"},
        {"2;a\r\nxx\r\n0;b=\"c;\\\" d\"\r\n\r\n", "1"}, {"2\t;\ta\t=\tb\t; c\r\nxx\r\n0\r\n\r\n", "1"}, {"2;a=\"\xc3\xa9\"\r\nxx\r\n000\r\nA: b\r\nA: c\r\n\r\n", "1"}, {"1\r\nx\r\n1\r\n\r\r\n1\r\n\n\r\n0\r\n\r\n", "1"},
    };
    for (const auto &[body, code] : moreChunks)
        table.both("chunk " + printable(body.substr(0, 40)), "Transfer-Encoding: chunked\r\n", body, code, true);
    for (const auto &[body, code] : chunks)
        table.both("chunk " + printable(body.substr(0, 40)), "Transfer-Encoding: chunked\r\n", body, code, true);
}

} // namespace gatehouse::test
