#!/bin/sh
# Recordings of live PyTorch models (test_*.py), and every page of the documents that has statements about PyTorch,
# whole. "N passed, N failed, N skipped" last.
cd "$(dirname "$0")/../../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
test/python/python.sh test/python/torch >"$work/log" 2>&1
# shellcheck disable=SC2046 # a list
/usr/bin/python3 -B test/docs/documents.py "${SPIKEQ:-build/release/spikeq}" \
    $(grep -rl --include='*.md' '^<!-- needs: torch -->$' README.md docs | LC_ALL=C sort) >>"$work/log" 2>&1
grep -vE '^[0-9]+ passed, ' "$work/log"
grep -E '^[0-9]+ passed, ' "$work/log" | tr -d , | awk '
    { good += $1; bad += $3; left += $5 }
    END {
        if (NR != 2) bad++
        printf "%d passed, %d failed, %d skipped\n", good, bad, left
        exit bad > 0
    }'
