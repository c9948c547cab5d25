# shellcheck shell=bash
# The long tests, by hand: mixed traffic with faults and reloads through the real program, and the fuzzers for hours.

cmd_soak() {
    local minutes=30 fuzz=0 traffic=yes failed=0
    while (($#)); do
        case $1 in
            --minutes | --fuzz)
                [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "$1 takes a number of minutes"
                if [[ $1 == --fuzz ]]; then fuzz=$2 traffic=${traffic/yes/no}; else minutes=$2 traffic=asked; fi
                shift
                ;;
            *) die "soak takes no '$1'" "packaging/dev soak [--minutes N] [--fuzz MINUTES]" ;;
        esac
        shift
    done
    need build test
    if [[ $traffic != no ]]; then
        soak_traffic "$minutes" || failed=1
    fi
    if ((fuzz > 0)); then
        run_fuzzers $((fuzz * 60)) || failed=1
        report_fuzzers
    fi
    ((failed == 0)) || die "soak found something: see above"
    step "soak: nothing found ($(elapsed))"
}

# The test integration.soak, for longer. GATEHOUSE_SOAK_SEED and GATEHOUSE_SOAK_CLIENTS go to it, too.
soak_traffic() {
    configure dev
    compile dev tst_integration_soak gatehouse-cli
    step "Mixed traffic for $1 minutes, with faults and a reload each second; the summary goes to build/log/soak.log, too"
    GATEHOUSE_SOURCE_DIR=$ROOT GATEHOUSE_BIN_DIR=$ROOT/build/dev/bin GATEHOUSE_SOAK_SECONDS=$(($1 * 60)) QT_NO_THREADED_GLIB=1 \
        build/dev/tests/tst_integration_soak 2>&1 | tee build/log/soak.log
}
