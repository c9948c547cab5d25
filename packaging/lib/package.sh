# shellcheck shell=bash
# The .deb, and whether it starts.

cmd_package() {
    local check=yes
    if [[ ${1:-} == --no-check ]]; then check=no; fi
    need build package
    configure release -DGATEHOUSE_BUILD_TESTS=OFF -DGATEHOUSE_BUILD_BENCH=OFF
    compile release
    step "Packing"
    mkdir -p build/packages
    (cd build/release && cpack -G DEB -B "$ROOT/build/packages" >"$ROOT/build/log/cpack.log" 2>&1) || {
        tail -n 20 build/log/cpack.log >&2
        die "cpack failed" "The whole log: build/log/cpack.log"
    }
    local deb
    deb=$(find build/packages -maxdepth 1 -name '*.deb' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)
    note "$deb, $(du -h "$deb" | cut -f1)"
    dpkg-deb --field "$deb" Depends | fold -s -w 100 | sed 's/^/    /'
    if [[ $check == yes ]]; then check_package "$deb"; fi
}

check_package() {
    local deb=$1 root
    step "Checking $(basename "$deb")"
    lintian --tag-display-limit 0 --fail-on error "$deb" || die "lintian found errors"
    root=$(mktemp -d)
    cleanups+=("rm -rf '$root'")
    dpkg-deb -x "$deb" "$root"
    start_installed "$root/usr"
}

# start_installed PREFIX: both programs start and the sample without a backend answers.
start_installed() {
    local prefix=$1 work base
    work=$(mktemp -d)
    cleanups+=("rm -rf '$work'")
    cp -R "$prefix/share/gatehouse/samples/mocks" "$work/sample"
    sed -i 's|127.0.0.1:8080|127.0.0.1:0|' "$work/sample/gatehouse.yaml"
    "$prefix/bin/gatehouse-cli" check "$work/sample" || die "the installed sample does not pass check"
    background "$prefix/bin/gatehouse-cli" serve "$work/sample" --ready-file "$work/ready"
    wait_for 15 "the installed gatehouse-cli to accept" test -s "$work/ready"
    base=$(sed -n 's|.*"main": *"\([^"]*\)".*|\1|p' "$work/ready")
    curl -sf "$base/products/lamp-01" | grep -q lamp-01 || die "the installed sample does not answer at $base"
    note "gatehouse-cli starts and the sample answers"
    stop_children
    if [[ -x $prefix/bin/gatehouse ]]; then
        # Alive after four seconds is a start; ended by us.
        local code=0
        HOME=$work XDG_RUNTIME_DIR=$work QT_QPA_PLATFORM=offscreen timeout 4 "$prefix/bin/gatehouse" "$work/sample" || code=$?
        ((code == 124)) || die "the window ended by itself with $code"
        note "the window starts"
    fi
}
