# shellcheck shell=bash
# Installs what packaging/packages lists and the machine lacks, and nothing else.

package_list=packaging/packages

package_groups() { sed -n 's/^\[\(.*\)\]$/\1/p' "$package_list"; }

# packages_of GROUP...: their packages, each once.
packages_of() {
    local group
    for group in "$@"; do
        package_groups | grep -qx "$group" || die "packaging/packages has no group '$group'" "Groups: $(package_groups | xargs)"
        sed -n "/^\[$group\]\$/,/^\[/{/^\[/d;s/[[:space:]]*#.*//;/^\$/d;p}" "$package_list"
    done | sort -u
}

missing_packages() {
    local name status
    for name in $(packages_of "$@"); do
        status=$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null || true)
        [[ $status == installed ]] || echo "$name"
    done
}

# Runs apt-get as root, its words in a log, a line of progress here.
apt_get() {
    local log=$1 total=$2
    shift 2
    local sudo=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "installing packages needs root, and there is no sudo" \
            "Run this once as root:  apt-get install --no-install-recommends $(xargs <<<"$missing")"
        sudo=(sudo)
    fi
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o Dpkg::Use-Pty=0 "$@" 2>&1 </dev/null \
        | tee -a "$log" | show_apt_progress "$total"
}
show_apt_progress() {
    awk -v total="$1" '
        /newly installed/ { total = $3 + 0 + $1; next }
        /^Need to get/ { print "    " $0; fflush(); next }
        /^Setting up / { n++; if (n % 50 == 0) { printf "    set up %d of %d packages\n", n, total; fflush() } }
        END { if (n % 50) printf "    set up %d packages\n", n }'
}

explain_apt_failure() {
    local log=$1
    tail -n 15 "$log" >&2
    if grep -qE 'Temporary failure resolving|Could not connect|Could not resolve|Network is unreachable' "$log"; then
        die "the package archive can't be reached" "Check the network and /etc/apt/sources.list, then run this again: what is installed by then is kept."
    elif grep -q 'Unable to locate package' "$log"; then
        die "the archive lacks a package named above" "The list is for Debian 12 (bookworm); this is ${PRETTY_NAME:-another system}." \
            "Install that package's equivalent by hand and run again with GATEHOUSE_SKIP_PACKAGES=1."
    elif grep -qE 'Could not get lock|is another process using it' "$log"; then
        die "another program is installing packages" "Wait for it to end, then run this again."
    elif grep -q 'No space left' "$log"; then
        die "the disk is full" "About 3 GB are needed for packages and build."
    fi
    die "apt-get failed" "The whole log: $log"
}

# Installing a web server must not start one: a policy-rc.d that forbids it stands while apt works, where there is none.
hold_services() {
    ((EUID == 0)) || return 0
    [[ -e /usr/sbin/policy-rc.d ]] && return 0
    printf '#!/bin/sh\n# packaging/dev of Gatehouse: no service starts while it installs packages\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
    cleanups+=('rm -f /usr/sbin/policy-rc.d')
    holding_services=yes
}
release_services() {
    if [[ ${holding_services:-} == yes ]]; then rm -f /usr/sbin/policy-rc.d; fi
    holding_services=''
    # Where systemd runs they would come up with the machine: the programs are wanted, the services are not.
    [[ -d /run/systemd/system ]] || return 0
    local service sudo=()
    ((EUID == 0)) || sudo=(sudo)
    for service in nginx haproxy caddy h2o; do
        if grep -qx "$service\(-light\)\?" <<<"$1"; then
            note "the service $service stays off (only the program is used)"
            "${sudo[@]}" systemctl disable --now "$service" >/dev/null 2>&1 || true
        fi
    done
}

# need GROUP...: everything in these groups is there afterwards.
need() {
    [[ -r /etc/os-release ]] && PRETTY_NAME=$(. /etc/os-release && echo "$PRETTY_NAME")
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        [[ -n ${GATEHOUSE_SKIP_PACKAGES:-} ]] && return 0
        die "this is ${PRETTY_NAME:-not Debian}, and packages are installed by Debian's apt-get" \
            "Install what these Debian packages hold, then run again with GATEHOUSE_SKIP_PACKAGES=1:" \
            "$(packages_of "$@" | xargs)"
    fi
    missing=$(missing_packages "$@")
    [[ -z $missing ]] && return 0
    if [[ -n ${GATEHOUSE_SKIP_PACKAGES:-} ]]; then
        note "not installed, as GATEHOUSE_SKIP_PACKAGES is set: $(xargs <<<"$missing")"
        return 0
    fi
    local log="$ROOT/build/log/apt.log"
    mkdir -p "${log%/*}"
    : >"$log"
    step "Installing packages for: $*"
    xargs <<<"$missing" | fold -s -w 100 | sed 's/^/    /'
    ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 || apt_get "$log" 0 update || explain_apt_failure "$log"
    hold_services
    # shellcheck disable=SC2086
    if ! apt_get "$log" 0 install --no-install-recommends $missing; then
        note "trying once more with a fresh package index"
        apt_get "$log" 0 update || explain_apt_failure "$log"
        : >"$log"
        # shellcheck disable=SC2086
        apt_get "$log" 0 install --no-install-recommends $missing || explain_apt_failure "$log"
    fi
    release_services "$missing"
}

cmd_deps() {
    if (($# == 0)); then
        mapfile -t all < <(package_groups)
        need "${all[@]}"
    else
        need "$@"
    fi
    step "All packages are there"
}
