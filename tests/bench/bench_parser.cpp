// What reading, normalising and writing one head costs: nanoseconds by the clock, and instructions when run under
//   valgrind --tool=callgrind --toggle-collect='measured*' bench_parser 2000
#include "gateway/base/clock.h"
#include "gateway/http/parser.h"
#include "gateway/http/target.h"
#include "gateway/http/writer.h"

#include <cstdio>
#include <cstdlib>
#include <string>

using namespace gatehouse;

namespace {

const std::string smallRequest = "GET /api/items/42 HTTP/1.1\r\nHost: shop.test:8080\r\nUser-Agent: wrk\r\nAccept: */*\r\n\r\n";
const std::string browserRequest =
    "GET /api/items?category=books&page=3 HTTP/1.1\r\nHost: shop.test:8080\r\nConnection: keep-alive\r\n"
    "sec-ch-ua: \"Chromium\";v=\"124\", \"Not.A/Brand\";v=\"24\"\r\nsec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"Linux\"\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36\r\n"
    "Accept: application/json, text/plain, */*\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"
    "Referer: http://shop.test:8080/\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-US,en;q=0.9,de;q=0.8\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; cart=17\r\n\r\n";
const std::string answer =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sat, 31 Jan 2026 12:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: 0\r\n"
    "Last-Modified: Sat, 31 Jan 2026 11:00:00 GMT\r\nConnection: keep-alive\r\nETag: \"65b9-400\"\r\nAccept-Ranges: bytes\r\n\r\n";

uint64_t sink = 0;
char out[32 * 1024];

struct Bench {
    Arena arena;
    http::RequestParser requests;
    http::ResponseParser responses;
};

[[gnu::noinline]] void measuredRequest(Bench &bench, std::string_view in)
{
    bench.arena.reset();
    bench.requests.start(bench.arena);
    sink += uint64_t(bench.requests.next(in)) + bench.requests.head().fields.size();
}

[[gnu::noinline]] void measuredResponse(Bench &bench, std::string_view in)
{
    bench.arena.reset();
    bench.responses.start(bench.arena, http::Method::Get);
    sink += uint64_t(bench.responses.next(in)) + bench.responses.head().fields.size();
}

[[gnu::noinline]] void measuredForward(Bench &bench, std::string_view in)
{
    measuredRequest(bench, in);
    http::RequestHead &head = bench.requests.head();
    sink += http::normalisePath(head.path, {}, bench.arena)->size();
    http::removeHopByHop(head.fields);
    sink += http::writeHead(out, head);
}

using Function = void (*)(Bench &, std::string_view);

void run(const char *name, Function function, const std::string &input, int rounds)
{
    Bench bench;
    for (int i = 0; i < rounds / 10; ++i)
        function(bench, input);
    double best = 1e9;
    for (int repeat = 0; repeat < 5; ++repeat) {
        const auto start = systemClock().monotonic();
        for (int i = 0; i < rounds; ++i)
            function(bench, input);
        best = std::min(best, double((systemClock().monotonic() - start).count()) / rounds);
    }
    std::printf("%-34s %5zu octets  %7.1f ns  %5.2f ns/octet\n", name, input.size(), best, best / double(input.size()));
}

} // namespace

int main(int argc, char **argv)
{
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 300'000;
    run("request head, wrk's", measuredRequest, smallRequest, rounds);
    run("request head, a browser's", measuredRequest, browserRequest, rounds);
    run("answer head, nginx's", measuredResponse, answer, rounds);
    run("request read, normalised, written", measuredForward, browserRequest, rounds);
    return sink == 0;
}
