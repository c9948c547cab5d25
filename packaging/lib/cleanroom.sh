# shellcheck shell=bash
# A fresh Debian 12 in a temporary folder: proof that packaging/packages is complete. Needs root; leaves nothing behind.

clean_place=/src # where the tree's parent stands in there

# cmd_cleanroom [--keep] [COMMAND...]: COMMAND is of packaging/dev, `test` by default. `package` installs the .deb there.
cmd_cleanroom() {
    local keep=no
    if [[ ${1:-} == --keep ]]; then
        keep=yes
        shift
    fi
    (($#)) || set -- test
    ((EUID == 0)) || die "a clean root is made by root" "sudo packaging/dev cleanroom"
    need cleanroom
    local root
    root=$(mktemp -d /var/tmp/gatehouse-cleanroom.XXXXXX)
    chmod 755 "$root" # apt and nginx look in as others
    if [[ $keep == yes ]]; then note "kept: $root"; else cleanups+=("rm -rf --one-file-system '$root'"); fi
    bootstrap "$root"
    copy_tree "$root$clean_place/gatehouse"
    if [[ $1 == package ]]; then
        install_in "$root"
    else
        step "packaging/dev $* in the clean root"
        inside "$root" "$clean_place/gatehouse/packaging/dev" "$@"
    fi
    step "The clean root is done ($(elapsed))"
}

# The archive that this machine's apt uses, whichever it is; its name stays out of the tree.
bootstrap() {
    local root=$1 mirror
    mirror=$(debian_sources | awk '$3 == "bookworm" { print $2; exit }')
    step "Bootstrapping Debian 12"
    mkdir -p build/log
    if ! debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "${mirror:-http://deb.debian.org/debian}" \
        >build/log/debootstrap.log 2>&1; then
        tail -n 10 build/log/debootstrap.log >&2
        die "debootstrap failed" "Is the package archive reachable? The whole log: build/log/debootstrap.log"
    fi
    debian_sources >"$root/etc/apt/sources.list"
    apt-config dump | grep -E '^Acquire::(https?::Proxy|Check-)' >"$root/etc/apt/apt.conf.d/90outside" || true
    cp /etc/resolv.conf /etc/hosts "$root/etc/"
    inside "$root" apt-get -q -q update
}
debian_sources() {
    apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' \
        | grep -E ' bookworm(-updates|-security)? main$' | sort -u
}

# What git would commit, plus nothing.
copy_tree() {
    mkdir -p "$1"
    git ls-files -co --exclude-standard -z | tar --null -T - -cf - | tar -C "$1" -xf -
}

# inside ROOT COMMAND...: its own mounts and processes, which end with it.
inside() {
    local root=$1
    shift
    local data=${GATEHOUSE_TEST_DATA:-$ROOT/../shared/data}
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child --propagation private bash -euc '
        root=$1 data=$2 place=$3
        shift 3
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/tmp"
        if [[ -d $data ]]; then
            mkdir -p "$root$place/shared/data"
            mount --bind -o ro "$data" "$root$place/shared/data"
        fi
        exec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LANG=C.UTF-8 GATEHOUSE_JOBS="${GATEHOUSE_JOBS:-}" \
            chroot "$root" "$@"' inside "$root" "$data" "$clean_place" "$@" </dev/null
}

install_in() {
    local root=$1 deb
    cmd_package --no-check
    deb=$(find build/packages -maxdepth 1 -name '*.deb' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)
    cp "$deb" "$root/tmp.deb"
    step "Installing the .deb in the clean root"
    inside "$root" sh -c 'apt-get -q -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends curl /tmp.deb >/dev/null'
    inside "$root" bash -euc 'cd "$1"; ROOT=$PWD; source packaging/lib/say.sh; source packaging/lib/package.sh; start_installed /usr' \
        bash "$clean_place/gatehouse"
}
