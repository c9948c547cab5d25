# shellcheck shell=bash
# All tests, as CI runs them.

FUZZ_SECONDS=${GATEHOUSE_FUZZ_SECONDS:-60}

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
    local failed=0
    # With arguments somebody is after certain tests: fuzzing is left out then.
    if (($# == 0)); then run_fuzzers "$FUZZ_SECONDS" || failed=1; fi
    step "Running the tests ($(elapsed) so far)"
    ctest --test-dir build/dev --output-on-failure --no-tests=error -j "$(test_jobs)" "$@" || failed=1
    report_fuzzers # at the end: who sees only the last lines of a run sees it
    ((failed == 0)) || exit 1
}

# run_fuzzers SECONDS: builds and runs each target of tests/fuzz for that long, from its seed corpus; two at a time where there are
# two cores. What failed is told by report_fuzzers.
fuzz_failures=()
run_fuzzers() {
    compgen -G 'tests/fuzz/fuzz_*.cpp' >/dev/null || return 0
    configure fuzz
    compile fuzz fuzzers
    mkdir -p build/fuzz/found build/log
    local target lanes=1 running=0
    local -A names=()
    (($(jobs) < 2)) || lanes=2
    for target in build/fuzz/fuzzers/fuzz_*; do
        if ((running == lanes)); then
            wait_for_fuzzer
            ((running--))
        fi
        step "Fuzzing ${target##*/fuzz_} for $1 s"
        background run_fuzzer "$target" "$1"
        names[$!]=${target##*/fuzz_}
        ((++running))
    done
    while ((running-- > 0)); do wait_for_fuzzer; done
    ((${#fuzz_failures[@]} == 0))
}
run_fuzzer() {
    local name=${1##*/fuzz_}
    local corpus=(build/fuzz/corpus/"$name") options=()
    mkdir -p "${corpus[0]}"
    [[ -e tests/fuzz/$name.dict ]] && options+=("-dict=tests/fuzz/$name.dict")
    [[ -d tests/fuzz/corpus/$name ]] && corpus+=("tests/fuzz/corpus/$name")
    exec "$1" "${corpus[@]}" "${options[@]}" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="build/fuzz/found/$name-" -print_final_stats=1 >"build/log/fuzz-$name.log" 2>&1
}
# wait_for_fuzzer: until one of `names` (by process id, of run_fuzzers) has ended.
wait_for_fuzzer() {
    local ended code=0 name child others=()
    wait -n -p ended "${!names[@]}" || code=$?
    for child in "${children[@]}"; do [[ $child == "$ended" ]] || others+=("$child"); done
    children=("${others[@]}")
    name=${names[$ended]}
    unset "names[$ended]"
    if ((code == 0)); then
        note "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "build/log/fuzz-$name.log") inputs, nothing found"
    else
        fail "fuzzing $name ended with $code: told at the end" || true
        fuzz_failures+=("$name")
    fi
}
# Each failure with all that is needed to see it elsewhere.
report_fuzzers() {
    local name log input
    for name in "${fuzz_failures[@]}"; do
        log=build/log/fuzz-$name.log
        {
            echo
            fail "the fuzz target $name failed; the last lines of $log:" || true
            tail -n 40 "$log"
            input=$(sed -n 's/.*Test unit written to \(.*\)$/\1/p' "$log" | tail -n 1)
            if [[ -n $input && -e $input ]]; then
                echo "  The input, $(stat -c %s "$input") octets ($input); to see it again:"
                echo "  packaging/dev build fuzz && base64 -d >/tmp/input <<'END' && build/fuzz/fuzzers/fuzz_$name /tmp/input"
                base64 -w 120 "$input"
                echo END
            else
                echo "  It wrote no input: packaging/dev build fuzz && build/fuzz/fuzzers/fuzz_$name -runs=1"
            fi
        } >&2
    done
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
