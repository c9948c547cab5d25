# shellcheck shell=bash
# Numbers, beside tuned peers in the same run: tests/bench/bench.py does the work.

cmd_bench() {
    case "${1:-}" in -h | --help) exec /usr/bin/python3 tests/bench/bench.py --help ;; esac
    need build bench
    configure release -DGATEHOUSE_BUILD_TESTS=OFF -DGATEHOUSE_BUILD_BENCH=ON
    compile release gatehouse-cli bench_load
    step "Measuring"
    background /usr/bin/python3 tests/bench/bench.py --programs build/release/bin --out build/bench "$@"
    wait "${children[-1]}"
}
