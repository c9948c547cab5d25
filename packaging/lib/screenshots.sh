# shellcheck shell=bash
# Pictures of every panel and state, taken by the program itself from the sample under live traffic.

cmd_screenshots() {
    (($# == 1)) || die "screenshots needs a folder" "packaging/dev screenshots FOLDER"
    local folder workspace=build/screenshots/shop theme scale
    mkdir -p "$1"
    folder=$(cd "$1" && pwd)
    need build screenshots
    cmd_build release
    rm -rf "$workspace"
    copy_shop "$workspace"
    use_free_ports "$workspace"
    start_httpbin "$httpbin_port"
    for theme in light dark contrast; do
        for scale in 1 2; do
            step "Pictures: $theme, ${scale}x"
            # Rendered without a screen: the same pixels as under X, as long as the fonts are there.
            QT_QPA_PLATFORM=offscreen QT_SCALE_FACTOR=$scale timeout 300 build/release/bin/gatehouse \
                --screenshots "$folder" --theme "$theme" "$workspace"
        done
    done
    step "Pictures: without a workspace"
    for theme in light dark; do
        XDG_CONFIG_HOME=$PWD/build/screenshots/config QT_QPA_PLATFORM=offscreen timeout 60 build/release/bin/gatehouse \
            --screenshots "$folder" --theme "$theme"
    done
    note "$(find "$folder" -name '*.png' | wc -l) pictures in $folder"
}
