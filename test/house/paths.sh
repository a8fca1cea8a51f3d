#!/bin/sh
# Every path of the tree that the documentation or a comment names is there. Patterns (*, <name>, NAME) are
# left out, and what only a build or a run makes.
cd "$(dirname "$0")/../.." || exit 1

# named FILE...: FILE:PATH for each path below a folder of sources that a file names.
named() {
    grep -HoE '(^|[^A-Za-z0-9_./<>-])(kernels|sim|traces|test|configs|docs)/[A-Za-z0-9_.*<>/-]*[A-Za-z0-9_*>/]' "$@" |
        sed -E 's|^([^:]*):[^A-Za-z]?|\1:|'
}

# missing: of the lines FILE:PATH those whose path is not there, the object of a source, or a pattern.
missing() {
    while IFS=: read -r file path; do
        case $path in
        *\** | *\<* | *\>* | *NAME* | *CLASS* | *//*) continue ;;
        esac
        [ -e "$path" ] || [ -e "$path.c" ] || [ -e "$path.h" ] || echo "$file: $path"
    done
}

documents=$(git ls-files '*.md' docs/man/spikeq.1.in 2>/dev/null || find . -name '*.md')
sources=$(find kernels sim traces -name '*.[ch]' -o -name '*.inc')
passed=0 failed=0
# hold WHAT FILE...: they name nothing that is missing.
hold() {
    what=$1
    shift
    found=$(named "$@" | sort -u | missing)
    if [ -z "$found" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s:\n%s\n' "$what" "$found"
    fi
}
# shellcheck disable=SC2086
{
    hold "paths that documents name" $documents
    hold "paths that sources name" $sources
}

planted=$(mktemp) || exit 1
trap 'rm -f "$planted"' EXIT
echo "see sim/spikeq.h, sim/<name>.c, test/house/*.sh and (sim/nowhere.c)." >"$planted"
if [ "$(named "$planted" | missing)" = "$planted: sim/nowhere.c" ]; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    echo "FAIL a planted path was not seen"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
