# shellcheck shell=bash
# The sample shop's backend (Debian's httpbin, a program nobody here wrote) and a copy of the workspace to play with.

# start_httpbin PORT: under gunicorn, for HTTP/1.1 with keep-alive; in the background until the script ends.
start_httpbin() {
    mkdir -p build/log
    # Debian's interpreter by its full name: another python in PATH has no httpbin.
    background /usr/bin/python3 -m gunicorn.app.wsgiapp --bind "127.0.0.1:$1" --worker-class gthread --threads 8 \
        --keep-alive 75 --log-level warning httpbin:app >build/log/httpbin.log 2>&1
    if ! wait_for 15 "httpbin on port $1" curl -sf -o /dev/null "http://127.0.0.1:$1/status/204"; then
        tail -n 5 build/log/httpbin.log >&2
        die "the sample's backend did not start" "Its log: build/log/httpbin.log"
    fi
}

# copy_shop FOLDER: the sample, so that editing it in the window leaves the tree alone.
copy_shop() {
    if [[ ! -e $1/gatehouse.yaml ]]; then
        mkdir -p "$1"
        cp -R resources/samples/shop/. "$1"
    fi
}

# use_free_ports FOLDER: where the copy's ports are taken, it gets others. Sets httpbin_port.
use_free_ports() {
    local file=$1/gatehouse.yaml shop now
    now=$(sed -n 's|.*url: http://127.0.0.1:\([0-9]*\) .*# httpbin.*|\1|p' "$file" | head -n 1)
    httpbin_port=$(first_free_port "${now:-8091}")
    if [[ -n $now && $httpbin_port != "$now" ]]; then
        note "port $now is taken: the backend listens on $httpbin_port"
        sed -i -E "s#(url: http://[a-z0-9.]+):$now\b#\1:$httpbin_port#" "$file"
    fi
    now=$(sed -n 's|^ *address: *127.0.0.1:\([0-9]*\).*|\1|p' "$file" | head -n 1)
    shop=$(first_free_port "${now:-8080}")
    if [[ -n $now && $shop != "$now" ]]; then
        note "port $now is taken: the gateway listens on $shop"
        sed -i "s|127.0.0.1:$now|127.0.0.1:$shop|" "$file" "$1"/environments/*.yaml
    fi
}
