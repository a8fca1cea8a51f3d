#!/bin/sh
# The reference of the C interface is made by doxygen without a warning, and has every public function, struct and
# status. "N passed, N failed, N skipped" last.
cd "$(dirname "$0")/../.." || exit 1
if ! command -v doxygen >/dev/null; then
    echo "skip: the reference of the C interface: needs doxygen"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
# shellcheck source=test/support/check.sh
. test/support/check.sh
docs/api/api.sh "$work/api" >"$work/log" 2>&1
verdict $? 0 "doxygen warns"

# Names of the header, and what has a place of its own on a page.
grep -oE 'spikeq_[a-z_]+\(|^(struct|enum) spikeq_[a-z_]+ \{|SPIKEQ_[A-Z0-9_]+ *[,=]|define SPIKEQ_[A-Z_]+ [A-Z]' sim/spikeq.h |
    sed -E 's/^(struct|enum|define) //; s/[^A-Za-z0-9_].*//' | sort -u >"$work/names"
sed -nE 's/.*<(td|div) class="(memname|memtitle|fieldname|title|memItemLeft)".*/&/p' "$work"/api/html/*.html >"$work/places"
: >"$work/log"
while read -r name; do
    grep -qE "\b$name\b" "$work/places" || echo "no words about $name" >>"$work/log"
done <"$work/names"
[ ! -s "$work/log" ]
verdict $? 0 "names without a place in the reference"
[ "$(wc -l <"$work/names")" -gt 100 ]
verdict $? 0 "there are names"

# A function without words, an argument that is not there, a broken command: each is a failure.
plant() { # NAME TEXT: before the last function
    awk -v text="$2" '/spikeq_free\(void/ { print text } { print }' sim/spikeq.h >"$work/spikeq.h"
    ! docs/api/api.sh "$work/planted" "$work/spikeq.h" >"$work/log" 2>&1
    verdict $? 0 "$1 goes unseen"
}
plant "a function without words" 'SPIKEQ_API int spikeq_wordless(int n);'
plant "a member without words" '/* Some struct. */ struct spikeq_wordless { int n; };'
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
