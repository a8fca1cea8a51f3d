#!/bin/sh
# The commands of README.md, docs/tutorial.md, docs/architectures.md, docs/comparison.md, docs/cluster.md and docs/fixed-point.md, and the
# statements of docs/python.md, are executed, and their output is what they show (test/docs/documents.py). `make docs` writes it anew. "N passed, N failed, N skipped" last.
cd "$(dirname "$0")/../.." || exit 1
spikeq=${SPIKEQ:-${B:-build/${VARIANT:-release}}/spikeq}
case $spikeq in
*asan* | *tsan* | *debug*) reason="a variant of spikeq that is too slow for 10,000 images" ;;
*) reason= ;;
esac
[ -e /usr/share/datasets/fashion-mnist ] || reason="needs dataset-fashion-mnist"
command -v python3 >/dev/null || reason="needs python3"
if [ -n "$reason" ]; then
    echo "skip: commands of the documents: $reason"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
# The comparison itself: outputs that are right, and others that are not and must be seen.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
judged() { # FENCE STATUS NAME LINE...: a document of these lines
    fence=$1 want=$2 name=$3
    shift 3
    { echo "\`\`\`$fence"; printf '%s\n' "$@"; echo '```'; } >"$work/$name.md"
    python3 -B test/docs/documents.py "$spikeq" "$work/$name.md" >"$work/out" 2>&1
    if [ $? -eq "$want" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL the comparison of documents: $fence, $name"
    fi
}
seen() { judged console "$@"; }
said() { judged pycon "$@"; }
seen 0 equal '$ seq 3' 1 2 3
seen 0 elided '$ seq 9' 1 ... 5 6 ... 9
seen 0 elided-end '$ seq 9' 1 2 ...
seen 0 times '$ echo "samples   100 in 0.73 s: 137.9 samples/s (2 threads, avx512, layer schedule)"' \
    'samples   100 in 1 s: 7 samples/s (1 thread, scalar, layer schedule)'
seen 0 two-lines '$ echo 1 \' '    2' '1 2' '$ echo 3' 3
seen 1 other '$ seq 3' 1 2 4
seen 1 less '$ seq 3' 1 2
seen 1 more '$ seq 3' 1 2 3 4
seen 1 elided-wrongly '$ seq 9' 1 ... 5 7 ... 9
seen 1 status '$ false'
seen 1 stderr '$ echo no >&2' yes
raised='ZeroDivisionError: integer division or modulo by zero'
said 0 python-equal '>>> x = 3' '>>> x' 3
said 0 python-several-lines '>>> for i in range(3):' '...     print(i)' 0 1 2
said 0 python-elided '>>> print(*range(9), sep=chr(10))' 0 ... 7 8
said 0 python-raised '>>> 1 // 0' 'Traceback (most recent call last):' '    ...' "$raised"
said 1 python-other '>>> 1 + 1' 3
said 1 python-more '>>> 1 + 1' 2 2
said 1 python-not-raised '>>> 1 // 1' 'Traceback (most recent call last):' '    ...' "$raised"
said 1 python-ended '>>> import os; os._exit(0)'
cp "$work/other.md" "$work/written.md"
python3 -B test/docs/documents.py --write "$spikeq" "$work/written.md" >"$work/out"
sed '1d;$d' "$work/written.md" | tr '\n' ' ' >"$work/out"
[ "$(cat "$work/out")" = '$ seq 3 1 2 3 ' ] && passed=$((passed + 1)) || { failed=$((failed + 1)) && cat "$work/out"; }

python3 -B test/docs/documents.py "$spikeq" README.md docs/tutorial.md docs/architectures.md docs/comparison.md \
    docs/cluster.md docs/fixed-point.md docs/synthetic.md docs/python.md >"$work/log"
grep -v 'passed, ' "$work/log"
read -r good bad skipped <<COUNTS
$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$work/log")
COUNTS
passed=$((passed + ${good:-0})) failed=$((failed + ${bad:-1}))
echo "$passed passed, $failed failed, ${skipped:-0} skipped"
[ "$failed" -eq 0 ]
