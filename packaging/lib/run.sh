# shellcheck shell=bash
# Build, backend, window: or, without a display, the sample served in the terminal.

cmd_run() {
    local workspace=build/run/shop
    if [[ ${1:-} == --fresh ]]; then
        rm -rf "$workspace"
        shift
    fi
    (($# == 0)) || die "run takes no '$1'" "packaging/dev run [--fresh]"
    need build sample
    cmd_build release
    copy_shop "$workspace"
    note "the sample workspace is $workspace (a copy of yours to edit; run --fresh begins anew)"
    use_free_ports "$workspace"
    step "Starting httpbin on 127.0.0.1:$httpbin_port"
    start_httpbin "$httpbin_port"

    local program
    if [[ -n ${WAYLAND_DISPLAY:-} || -n ${DISPLAY:-} ]] && [[ -x build/release/bin/gatehouse ]]; then
        step "Opening the window"
        background build/release/bin/gatehouse "$workspace"
        program=${children[-1]}
    else
        serve_in_terminal "$workspace"
        program=${children[-1]}
    fi
    wait "$program"
}

serve_in_terminal() {
    local ready="$ROOT/build/run/ready.json" base
    rm -f "$ready"
    step "No display: serving in the terminal (Ctrl+C ends it)"
    background build/release/bin/gatehouse-cli serve "$1" --ready-file "$ready" --control "$ROOT/build/run/control"
    local program=${children[-1]}
    if ! wait_for 15 "gatehouse-cli to accept" test -s "$ready" -o ! -d "/proc/$program" || [[ ! -s $ready ]]; then
        wait "$program" || true
        die "gatehouse-cli did not start: its own words stand above"
    fi
    base=$(sed -n 's|.*"main": *"\([^"]*\)".*|\1|p' "$ready")
    grep -o '"[a-z0-9-]*": *"http[^"]*"' "$ready" | sed 's/^/    listener /'
    cat <<TEXT

  Try:
    curl -i $base/v1/products/lamp-01
    curl -i -H 'x-api-key: demo-web-app' $base/v1/orders/42

  And see what happened, or why a request goes where it goes:
    build/release/bin/gatehouse-cli ctl build/run/control status
    build/release/bin/gatehouse-cli explain $1 -- curl $base/v1/orders/42 -H 'x-beta: 1'

TEXT
}
