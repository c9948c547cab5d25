# shellcheck shell=bash
# What a reviewer should not have to say. `--all` looks at every file, otherwise clang-tidy at what differs from main.

cmd_lint() {
    local all=no fix=no failed=0
    while (($#)); do
        case $1 in
            --all) all=yes ;;
            --fix) fix=yes ;;
            *) die "lint takes no '$1'" "packaging/dev lint [--all] [--fix]" ;;
        esac
        shift
    done
    need build test lint
    lint_format "$fix" || failed=1
    lint_translations "$fix" || failed=1
    lint_scripts || failed=1
    lint_desktop || failed=1
    lint_tidy "$all" || failed=1
    if ((failed)); then fail "lint found something: see above"; else step "lint: clean"; fi
}

cpp_files() { find gateway ui app tests -name '*.cpp' -o -name '*.h' | sort; }

lint_format() {
    step "clang-format"
    local files
    mapfile -t files < <(cpp_files)
    if [[ $1 == yes ]]; then
        clang-format-16 -i "${files[@]}"
    else
        clang-format-16 --dry-run -Werror "${files[@]}" || { note "packaging/dev lint --fix writes it"; return 1; }
    fi
}

# lupdate says nothing but its summary, and would change nothing.
lint_translations() {
    step "lupdate"
    local lupdate=/usr/lib/qt6/bin/lupdate folder ts words failed=0
    folder=$(mktemp -d)
    for ts in translations/*.ts; do
        cp "$ts" "$folder/"
        words=$("$lupdate" -silent -I . -locations none -no-obsolete -extensions cpp,h gateway ui app -ts "$folder/${ts##*/}" 2>&1) || failed=1
        if [[ -n $words ]]; then
            printf '%s\n' "$words" >&2
            failed=1
        fi
        if [[ $1 == yes ]]; then
            cp "$folder/${ts##*/}" "$ts"
        elif ! diff -q "$ts" "$folder/${ts##*/}" >/dev/null; then
            fail "$ts does not hold the texts of the sources" || true
            note "packaging/dev lint --fix writes it"
            failed=1
        fi
    done
    rm -r "$folder"
    return "$failed"
}

lint_scripts() {
    step "shellcheck"
    shellcheck -x packaging/dev packaging/lib/*.sh .ci/run
}

lint_desktop() {
    step "desktop file, AppStream"
    desktop-file-validate packaging/desktop/*.desktop && appstreamcli validate --no-net packaging/desktop/*.metainfo.xml
}

lint_tidy() {
    step "clang-tidy"
    [[ -e build/dev/compile_commands.json ]] || configure dev
    # Generated headers (moc, precompiled) must be there; g++'s precompiled header is of no use to clang.
    compile dev
    local files
    if [[ $1 == yes ]]; then
        mapfile -t files < <(find gateway ui app -name '*.cpp' | sort)
    else
        mapfile -t files < <({ git diff --name-only --diff-filter=d main -- 2>/dev/null; git ls-files -o --exclude-standard; } \
            | grep -E '^(gateway|ui|app)/.*\.cpp$' | sort -u)
    fi
    ((${#files[@]})) || { note "no file differs from main; --all looks at all"; return 0; }
    local folder
    folder=$(mktemp -d)
    sed -E 's/ -fpch-preprocess//g; s/ -include [^ ]*cmake_pch\.hxx//g; s/ -Winvalid-pch//g' build/dev/compile_commands.json >"$folder/compile_commands.json"
    local code=0
    printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(jobs)" clang-tidy-16 --quiet --extra-arg=-Wno-unknown-warning-option -p "$folder" 2>/dev/null || code=1
    rm -r "$folder"
    return "$code"
}
