# shellcheck shell=bash
# What the scripts say, and children that end with them.

if [[ -t 1 && -z "${NO_COLOR:-}" ]]; then
    bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
else
    bold='' red='' plain=''
fi

step() { printf '%s==> %s%s\n' "$bold" "$*" "$plain"; }
note() { printf '    %s\n' "$*"; }
fail() {
    printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2
    return 1
}
# die MESSAGE [WHAT TO DO...]: the remedy stands on its own lines.
die() {
    printf '%serror:%s %s\n' "$red" "$plain" "$1" >&2
    shift
    local line
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 1
}

elapsed() { printf '%dm%02ds' $((SECONDS / 60)) $((SECONDS % 60)); }

# Children started with `background` end with the script, however it ends.
children=()
cleanups=()
background() {
    "$@" &
    children+=($!)
}
stop_children() {
    local pid
    for pid in "${children[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${children[@]}"; do wait "$pid" 2>/dev/null || true; done
    children=()
}
finish() {
    local code=$?
    trap - EXIT INT TERM
    stop_children
    local action
    for action in "${cleanups[@]}"; do eval "$action" || true; done
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# wait_for SECONDS WHAT COMMAND...: polls; says what it waited for when time runs out.
wait_for() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        if ((SECONDS >= deadline)); then
            fail "waited in vain for $what"
            return 1
        fi
        sleep 0.1
    done
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
# first_free_port PORT: PORT, or the next one nobody listens on.
first_free_port() {
    local port=$1
    until port_is_free "$port"; do ((++port)); done
    echo "$port"
}
