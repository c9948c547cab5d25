# shellcheck shell=bash
# All tests, as CI runs them.

FUZZ_SECONDS=${GATEHOUSE_FUZZ_SECONDS:-20}

test_jobs() { jobs; }

use_test_data() {
    export GATEHOUSE_TEST_DATA=${GATEHOUSE_TEST_DATA:-$ROOT/../shared/data}
    [[ -d $GATEHOUSE_TEST_DATA ]] || note "no test data at GATEHOUSE_TEST_DATA: the tests that need them will say that they skip"
}

cmd_test() {
    if [[ ${1:-} == --sanitize ]]; then
        shift
        test_sanitized "$@"
        return
    fi
    need build test
    use_test_data
    configure dev
    compile dev
    local fuzzed=0
    # With arguments somebody is after certain tests: fuzzing is left out then.
    if (($# == 0)); then run_fuzzers "$FUZZ_SECONDS" || fuzzed=1; fi
    step "Running the tests ($(elapsed) so far)"
    ctest --test-dir build/dev --output-on-failure --no-tests=error -j "$(test_jobs)" "$@" || exit 1
    ((fuzzed == 0)) || die "a fuzz target failed: see above" "The input that does it is kept in build/fuzz/found/"
}

# run_fuzzers SECONDS: builds and runs each target of tests/fuzz for that long, from its seed corpus.
run_fuzzers() {
    compgen -G 'tests/fuzz/fuzz_*.cpp' >/dev/null || return 0
    configure fuzz
    compile fuzz fuzzers
    local target name log failed=0
    mkdir -p build/fuzz/found build/log
    for target in build/fuzz/fuzzers/fuzz_*; do
        name=${target##*/fuzz_}
        log=build/log/fuzz-$name.log
        local corpus=build/fuzz/corpus/$name options=()
        mkdir -p "$corpus"
        [[ -e tests/fuzz/$name.dict ]] && options+=("-dict=tests/fuzz/$name.dict")
        local seeds=()
        [[ -d tests/fuzz/corpus/$name ]] && seeds=("tests/fuzz/corpus/$name")
        step "Fuzzing $name for $1 s"
        if "$target" "$corpus" "${seeds[@]}" "${options[@]}" -max_total_time="$1" -timeout=10 -rss_limit_mb=2048 \
            -artifact_prefix="build/fuzz/found/$name-" -print_final_stats=1 >"$log" 2>&1; then
            note "$(sed -n 's/^stat::number_of_executed_units: */inputs: /p' "$log"), nothing found"
        else
            tail -n 40 "$log" >&2
            failed=1
        fi
    done
    return "$failed"
}

sanitized_tests='^(gateway|integration|security)\.'
# Where more than one thread runs. The others would be built and run for nothing.
threaded_tests='^(integration|security)\.|^gateway\.(engine|exchange|mock|net|observe|policy|server|upstream)\.'

# test_targets PRESET REGEX: what has to be built for those tests.
test_targets() {
    echo gatehouse-cli
    grep -E "$2" "build/$1/tests/programs" | cut -d' ' -f2
}

test_sanitized() {
    need build test
    use_test_data
    local symbolizer
    symbolizer=$(command -v llvm-symbolizer-16 || true)

    configure asan
    compile asan
    step "Testing under AddressSanitizer and UBSan ($(elapsed) so far)"
    ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1:external_symbolizer_path=$symbolizer" \
        UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1" \
        ctest --test-dir build/asan --output-on-failure --no-tests=error -j "$(test_jobs)" -R "$sanitized_tests" "$@" || exit 1

    local targets
    configure tsan
    mapfile -t targets < <(test_targets tsan "$threaded_tests")
    compile tsan "${targets[@]}"
    step "Testing under ThreadSanitizer ($(elapsed) so far)"
    # Qt is not instrumented: what happens inside it is not looked at, what our threads do to each other is.
    # die_after_fork=0: QProcess starts programs by a fork that shares memory, which the runtime takes for a fork of ours.
    TSAN_OPTIONS="ignore_noninstrumented_modules=1:die_after_fork=0:second_deadlock_stack=1:suppressions=$ROOT/packaging/tsan.supp:external_symbolizer_path=$symbolizer" \
        ctest --test-dir build/tsan --output-on-failure --no-tests=error -j "$(test_jobs)" -R "$threaded_tests" "$@" || exit 1
}
