#!/bin/sh
# The commands of docs/installing.md, in order, with a home of their own. Those that make archives take what the other
# scripts of this folder left; apt unpacks into a folder, and pip installs into one without a network.
# shellcheck source=test/pack/common.sh
. "$(dirname "$0")/common.sh"
needs "the commands of docs/installing.md" bash dpkg-deb xz

cat >"$work/around.bash" <<'BASH'
make() {
    case $1 in
    deb) ls build/deb/*.deb >&2 || command make "$@" ;;
    *) command make "$@" ;;
    esac
}
apt() {
    [ "$1" = install ] && shift || return
    local package
    for package; do dpkg-deb -x "$package" "$HOME/root" || return; done
    export PATH=$HOME/root/usr/bin:$PATH LD_LIBRARY_PATH=$(echo "$HOME"/root/usr/lib/*-linux-gnu)
}
python3() {
    case "$1 $2 $3" in
    "-m pip install") /usr/bin/python3 "$@" --no-index --no-deps --quiet --target "$HOME/site" && export PYTHONPATH=$HOME/site ;;
    *) /usr/bin/python3 -B "$@" ;;
    esac
}
BASH
mkdir "$work/home"
awk '/^```/ { inside = !inside && $0 == "```sh"; next } inside' docs/installing.md >"$work/commands"
n=0
while IFS= read -r command; do
    n=$((n + 1))
    {
        cat "$work/around.bash"
        echo "cd '$top' || exit"
        # What the lines before set and where they went stays.
        cat "$work/kept" 2>/dev/null
        echo "$command || exit"
        echo "{ declare -p PATH LD_LIBRARY_PATH PYTHONPATH 2>/dev/null; printf 'cd %q || exit\n' \"\$PWD\"; } >'$work/kept' || :"
    } >"$work/script"
    check "docs/installing.md: $command" env HOME="$work/home" bash "$work/script"
done <"$work/commands"
check "there are commands" test "$n" -gt 10
check "nothing is left of make install" test -z "$(find "$work/home/.local" ! -type d)"
finish
