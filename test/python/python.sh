#!/bin/sh
# The Python package: its tests (test_*.py, with the library that is being built), and its types by mypy.
# What needs PyTorch is in test/python/torch (make check-torch). "N passed, N failed, N skipped" last.
#
#   python.sh [FOLDER]   of another folder the tests alone
cd "$(dirname "$0")/../.." || exit 1
SPIKEQ=${SPIKEQ:-${B:-build/${VARIANT:-release}}/spikeq}
case $SPIKEQ in /*) ;; *) SPIKEQ=$PWD/$SPIKEQ ;; esac
export SPIKEQ PYTHONDONTWRITEBYTECODE=1
python=
for program in python3 /usr/bin/python3; do
    "$program" -c 'import numpy' 2>/dev/null && python=$program && break
done
why=
[ -n "$python" ] || why="needs python3 with NumPy"
nm "$SPIKEQ" | grep -qE ' (__asan|__tsan)_init' && why="an interpreter cannot load a sanitizer's library"
if [ -n "$why" ]; then
    echo "skip: the Python package: $why"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
"$python" test/python/run_tests.py "${1:-test/python}" >"$work/log" 2>&1
counts=$(tail -n 1 "$work/log" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p')
if [ -n "$counts" ]; then
    sed -i '$d' "$work/log"
else
    counts="0 1 0"
fi
cat "$work/log"
read -r passed failed skipped <<COUNTS
$counts
COUNTS
if [ -z "${1:-}" ] && command -v mypy >/dev/null; then
    if mypy --strict --no-incremental --cache-dir=/dev/null sim/python/spikeq >"$work/types"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        cat "$work/types"
    fi
elif [ -z "${1:-}" ]; then
    echo "skip: the types of the Python package: needs mypy"
    skipped=$((skipped + 1))
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
