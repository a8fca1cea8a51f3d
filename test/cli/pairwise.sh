#!/bin/sh
# Options of the command by pairs (test/cli/pairwise/pairwise.py). "N passed, N failed, N skipped" last.
cd "$(dirname "$0")/../.." || exit 1
if ! command -v python3 >/dev/null; then
    echo "skip: options by pairs: needs python3"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
LC_ALL=C.UTF-8 python3 -B test/cli/pairwise/pairwise.py \
    "${SPIKEQ:-${B:-build/${VARIANT:-release}}/spikeq}" test/golden
