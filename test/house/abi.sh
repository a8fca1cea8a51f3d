#!/bin/sh
# The shared library's interface is the one that test/api/spikeq.abi holds: functions, their parameters, every struct
# they take. A program that was linked with an older library then runs with a newer one. A change is made knowingly:
# `make abi` writes the file anew, and CHANGELOG.md says what changed. Made by abidw, compared by abidiff (abigail-tools).
#
#   abi.sh           the tests: "N passed, N failed" last
#   abi.sh --write   the file anew
cd "$(dirname "$0")/../.." || exit 1
build=${B:-$(dirname "${SPIKEQ:-build/${VARIANT:-release}/spikeq}")}
stored=test/api/spikeq.abi
passed=0 failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

dump() {
    # Types that are not in this folder are private: the opaque handles'.
    mkdir -p "$work/public" && cp sim/spikeq.h "$work/public"
    abidw --headers-dir "$work/public" --drop-private-types --exported-interfaces-only --no-corpus-path --no-comp-dir-path \
        --no-show-locs --no-elf-needed --no-architecture --no-parameter-names --type-id-style hash --out-file "$2" "$1"
}

if [ "$1" = --write ]; then
    command -v abidw >/dev/null || { echo "abidw is missing: install abigail-tools" >&2; exit 1; }
    mkdir -p test/api && dump "$build/libspikeq.so" "$stored"
    exit
fi

# shellcheck source=test/support/check.sh
. test/support/check.sh

# Every exported symbol has a version, and is one of the header's; so are all of the header there.
objdump -T "$build/libspikeq.so" | awk '$4 == ".text" { print $6, $NF }' | sort >"$work/exported"
grep -oE '\bspikeq_[a-z0-9_]+\(' sim/spikeq.h | tr -d '(' | sort -u >"$work/named"
grep -v '^SPIKEQ_[0-9.]* spikeq_' "$work/exported" >"$work/foreign"
check "exported symbols without a version" test ! -s "$work/foreign"
sed 's/.* //' "$work/exported" | sort -u | comm -23 - "$work/named" >"$work/unnamed"
check "exported symbols that the header lacks: $(tr '\n' ' ' <"$work/unnamed")" test ! -s "$work/unnamed"
sed -n '/^SPIKEQ_API/,/;/p' sim/spikeq.h | tr '\n' ' ' | sed 's/SPIKEQ_API/\n/g' | sed -nE 's/^[^(]*[ *](spikeq_[a-z0-9_]+)\(.*/\1/p' |
    sort -u >"$work/declared"
sed 's/.* //' "$work/exported" | sort -u | comm -13 - "$work/declared" >"$work/absent"
check "functions of the header that are not exported: $(tr '\n' ' ' <"$work/absent")" test ! -s "$work/absent"

case $build in
*asan | *tsan | *fuzz) echo "skip: the interface as a file: a sanitizer's library" ;;
*)
    if command -v abidiff >/dev/null; then
        dump "$build/libspikeq.so" "$work/now.abi"
        check "the interface is that of $stored (make abi)" abidiff "$stored" "$work/now.abi"
        # What must be seen: a function that is gone, a struct whose members lie elsewhere.
        grep -v "elf-symbol name='spikeq_run'" "$work/now.abi" >"$work/gone.abi"
        sed "/<class-decl name='spikeq_result'/,/<.class-decl/s/layout-offset-in-bits='128'/layout-offset-in-bits='160'/" \
            "$work/now.abi" >"$work/moved.abi"
        for planted in gone moved; do
            if cmp -s "$work/$planted.abi" "$work/now.abi" || abidiff "$work/now.abi" "$work/$planted.abi" >/dev/null 2>&1; then
                failed=$((failed + 1))
                echo "FAIL a planted change was not seen: $planted"
            else
                passed=$((passed + 1))
            fi
        done
    else
        echo "skip: the interface as a file: abidiff is missing (abigail-tools)"
    fi
    ;;
esac
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
