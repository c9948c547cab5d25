# shellcheck shell=bash
# The sample shop's backend (Debian's httpbin, a program nobody here wrote) and a copy of the workspace to play with.

HTTPBIN_PORT=8091 # as resources/samples/shop says
SHOP_PORT=8080

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

# use_free_ports FOLDER: where the sample's ports are taken, the copy gets others. Sets httpbin_port.
use_free_ports() {
    local shop httpbin_now shop_now
    httpbin_now=$(sed -n 's|.*url: *"\?http://127.0.0.1:\([0-9]*\).*# httpbin.*|\1|p' "$1/gatehouse.yaml" | head -n 1)
    shop_now=$(sed -n 's|^ *address: *127.0.0.1:\([0-9]*\).*|\1|p' "$1/gatehouse.yaml" | head -n 1)
    httpbin_port=$(first_free_port "${httpbin_now:-$HTTPBIN_PORT}")
    shop=$(first_free_port "${shop_now:-$SHOP_PORT}")
    if [[ -n $httpbin_now && $httpbin_port != "$httpbin_now" ]]; then
        note "port $httpbin_now is taken: the backend listens on $httpbin_port"
        sed -i "s|127.0.0.1:$httpbin_now|127.0.0.1:$httpbin_port|" "$1/gatehouse.yaml"
    fi
    if [[ -n $shop_now && $shop != "$shop_now" ]]; then
        note "port $shop_now is taken: the gateway listens on $shop"
        sed -i "s|127.0.0.1:$shop_now|127.0.0.1:$shop|" "$1/gatehouse.yaml" "$1"/environments/*.yaml
    fi
}
