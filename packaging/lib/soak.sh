# shellcheck shell=bash
# The long tests, by hand: fuzzing, and the tests labelled "soak" again and again.

cmd_soak() {
    local minutes=30
    if [[ ${1:-} == --minutes ]]; then
        minutes=$2
        shift 2
    fi
    need build test
    use_test_data
    configure dev
    compile dev
    local targets failed=0 rounds=0 deadline
    targets=$(compgen -G 'tests/fuzz/fuzz_*.cpp' | wc -l || true)
    if ((targets > 0)); then
        run_fuzzers $((minutes * 60 / 2 / targets)) || failed=1
    fi
    step "Integration tests again and again for $((minutes / 2)) minutes"
    deadline=$((SECONDS + minutes * 30))
    while ((SECONDS < deadline)); do
        ctest --test-dir build/dev --output-on-failure -j "$(jobs)" -R '^(integration|security)\.' || failed=1
        ((++rounds))
        ((failed == 0)) || break
    done
    step "soak: $minutes minutes, $targets fuzz targets, $rounds rounds of the integration tests, $([[ $failed == 0 ]] && echo nothing found || echo FAILED)"
    return "$failed"
}
