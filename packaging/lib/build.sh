# shellcheck shell=bash
# Configuring and building a preset, with progress and with advice when it fails.

jobs() { echo "${GATEHOUSE_JOBS:-$(nproc)}"; }

# configure PRESET [cmake arguments...]
configure() {
    local preset=$1 log="build/log/configure-$1.log"
    shift
    mkdir -p build/log
    step "Configuring $preset"
    if ! cmake --preset "$preset" -DGATEHOUSE_WERROR=ON "$@" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        die "configuring $preset failed" "A missing package is named above: packaging/dev deps build test" \
            "After a move of the tree or a change of compiler: rm -r build/$preset, then again." "The whole log: $log"
    fi
}

# compile PRESET [targets...]
compile() {
    local preset=$1
    shift
    step "Building $preset with $(jobs) jobs"
    # ninja counts by itself; without a terminal every fifteenth line tells enough.
    local command=(ninja -C "build/$preset" -j "$(jobs)" "$@")
    if [[ -t 1 ]]; then
        "${command[@]}" || build_failed "$preset"
    else
        NINJA_STATUS='[%f/%t %es] ' "${command[@]}" | awk '!/^\[[0-9]+\// || NR % 15 == 1 { print; fflush() }' \
            || build_failed "$preset"
    fi
}
build_failed() {
    die "building $1 failed: the first error stands above" "Out of memory? GATEHOUSE_JOBS=1 packaging/dev ..." \
        "Again with every command: ninja -C build/$1 -v"
}

cmd_build() {
    local preset=${1:-release}
    configure_presets | grep -qx "$preset" || die "there is no preset '$preset'" "Presets: $(configure_presets | xargs)"
    need build
    case $preset in tsan | fuzz) need test ;; esac
    if [[ $preset == release || $preset == portable ]]; then
        configure "$preset" -DGATEHOUSE_BUILD_TESTS=OFF -DGATEHOUSE_BUILD_BENCH=OFF
    else
        configure "$preset"
    fi
    compile "$preset"
    if [[ -d build/$preset/bin ]]; then
        step "Programs in build/$preset/bin ($(elapsed))"
        find "build/$preset/bin" -maxdepth 1 -type f -perm -u+x -printf '    %f\n' | sort
    fi
}
configure_presets() {
    sed -n '/"configurePresets"/,/"buildPresets"/s/.*"name": *"\([a-z]*\)".*/\1/p' CMakePresets.json | grep -vx base
}
