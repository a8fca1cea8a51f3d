#!/bin/sh
# docs/warnings.md lists every warning that the sources can give, and no other, in alphabetical order.
# Every call of sq_warn() names its warning literally, so that this can be checked.
cd "$(dirname "$0")/../.." || exit 1
passed=0
failed=0

# expect WHAT TEXT: the text is empty.
expect() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s:\n%s\n' "$1" "$2"
    fi
}

lists=$(mktemp -d) || exit 1
trap 'rm -rf "$lists"' EXIT
find sim traces -name '*.c' -exec cat {} + | tr '\n' ' ' | grep -oE '\bsq_warn\([^,]*, *("[^"]*")?' >"$lists/calls"
{
    sed -nE 's/.*"([a-z0-9-]+)"$/\1/p' "$lists/calls"
    grep -ohE 'SpikeqWarning\(text, "[a-z0-9-]+"\)' sim/python/spikeq/*.py | cut -d'"' -f2
} | sort -u >"$lists/code"
sed -nE 's/^\| `([^`]+)` \|.*/\1/p' docs/warnings.md >"$lists/page"
sort -u "$lists/page" >"$lists/sorted"
expect "calls without a literal name of lower-case letters, digits and hyphens" \
    "$(grep -vE '"[a-z0-9-]+"$' "$lists/calls")"
expect "warnings that docs/warnings.md lacks" "$(comm -23 "$lists/code" "$lists/sorted")"
expect "names in docs/warnings.md that no source gives" "$(comm -13 "$lists/code" "$lists/sorted")"
expect "docs/warnings.md is not in order" "$(diff "$lists/page" "$lists/sorted")"
expect "no warning was found: does this test still see them?" "$([ -s "$lists/code" ] || echo none)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
