# shellcheck shell=sh disable=SC2034
# Read by the scripts of this folder: what they count with. They run in the repository's root.
cd "$(dirname "$0")/../.." || exit 1
top=$PWD
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset SPIKEQ_CONFIGS SPIKEQ_LIBRARY MAKEFLAGS MFLAGS MAKELEVEL VARIANT B CC SOURCE_DATE_EPOCH
passed=0 failed=0 skipped=0
version=$(sed -n 's/^VERSION *:= *//p' Makefile)

# shellcheck source=test/support/check.sh
. test/support/check.sh

# needs WHAT TOOL...: ends the script, as skipped, where a tool is missing.
needs() {
    what=$1
    shift
    for tool; do
        if ! command -v "$tool" >"$work/log"; then
            echo "skip: $what: needs $tool"
            echo "0 passed, 0 failed, 1 skipped"
            exit 0
        fi
    done
}

finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
}
