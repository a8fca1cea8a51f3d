#!/bin/sh
# The commands and Python statements of README.md and of all pages of docs/ are executed, and their output is what they
# show (test/docs/documents.py; `make docs` writes it anew). What is not executed is on the list test/docs/not_executed
# (test/docs/blocks.py). "N passed, N failed, N skipped" last.
cd "$(dirname "$0")/../.." || exit 1
documents="README.md $(find docs -name '*.md' | LC_ALL=C sort | tr '\n' ' ')"
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
# A file that a block writes, and blocks that nothing executes.
printf '%s\n' '<!-- file: seen.txt -->' '```json' '{"a": 1}' '```' '```console' '$ cat seen.txt' '{"a": 1}' '```' >"$work/file.md"
python3 -B test/docs/documents.py "$spikeq" "$work/file.md" >"$work/out" && passed=$((passed + 1)) ||
    { failed=$((failed + 1)) && cat "$work/out"; }
# Installed: with "-" for the command the statements in Python alone, with the package that the environment has.
mkdir "$work/site" && echo 'word = "of the environment"' >"$work/site/spikeq.py"
printf '%s\n' '```console' '$ false' '```' '```pycon' '>>> import spikeq; spikeq.word' "'of the environment'" '```' >"$work/installed.md"
installed() { # COMMAND WANTED
    [ "$(PYTHONPATH=$work/site python3 -B test/docs/documents.py --installed "$1" "$work/installed.md" | tail -n 1)" = "$2" ] &&
        passed=$((passed + 1)) || { failed=$((failed + 1)) && echo "FAIL documents with what is installed: $1"; }
}
installed - "1 passed, 0 failed, 0 skipped"
installed "$spikeq" "1 passed, 1 failed, 0 skipped"
: >"$work/list"
listed() { # STATUS NAME LINE...: the list judges a document of these lines
    want=$1 name=$2
    shift 2
    printf '%s\n' "$@" >"$work/$name.md"
    python3 -B test/docs/blocks.py "$work/list" "$work/$name.md" >"$work/out" 2>&1
    if [ $? -eq "$want" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL the list of what is not executed: $name"
    fi
}
listed 0 text 'Some words.' '' '    h = v + x' '' '```json' '{}' '```' '```' 'spikeq run: a.npy: a message' '```'
listed 1 shell '```sh' 'true' '```'
listed 1 python '```python' 'pass' '```'
listed 1 plain '```' 'spikeq run --model a.pth' '```'
listed 1 indented 'So:' '' '    make demo' ''
listed 1 link 'See [this](nowhere.md).'
listed 1 heading '# Here' 'See [this](#there).'
echo "$work/shell.md | true | a reason" >"$work/list"
listed 0 shell '```sh' 'true' '```'
listed 1 gone 'Some words.'
cp "$work/other.md" "$work/written.md"
python3 -B test/docs/documents.py --write "$spikeq" "$work/written.md" >"$work/out"
sed '1d;$d' "$work/written.md" | tr '\n' ' ' >"$work/out"
[ "$(cat "$work/out")" = '$ seq 3 1 2 3 ' ] && passed=$((passed + 1)) || { failed=$((failed + 1)) && cat "$work/out"; }

# shellcheck disable=SC2086 # a list
python3 -B test/docs/blocks.py test/docs/not_executed CONTRIBUTING.md SECURITY.md $documents >"$work/log"
grep -v 'passed, ' "$work/log"
read -r good bad <<COUNTS
$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$work/log")
COUNTS
passed=$((passed + ${good:-0})) failed=$((failed + ${bad:-1}))
# shellcheck disable=SC2086 # a list
python3 -B test/docs/documents.py "$spikeq" $documents >"$work/log"
grep -v 'passed, ' "$work/log"
read -r good bad skipped <<COUNTS
$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$work/log")
COUNTS
passed=$((passed + ${good:-0})) failed=$((failed + ${bad:-1}))
echo "$passed passed, $failed failed, ${skipped:-0} skipped"
[ "$failed" -eq 0 ]
