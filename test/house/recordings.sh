#!/bin/sh
# Recordings of event cameras against what other readers say of them. They are the work of others and
# not in this tree: SPIKEQ_EVENTS names the folder that holds events/ and data/events/.
cd "$(dirname "$0")/../.." || exit 1
python=
for program in python3 /usr/bin/python3; do
    "$program" -c 'import numpy' 2>/dev/null && python=$program && break
done
if [ -z "${SPIKEQ_EVENTS:-}" ] || [ -z "$python" ]; then
    echo "skip: recordings of others: SPIKEQ_EVENTS names no folder of them, or python3 with NumPy is missing"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
PYTHONDONTWRITEBYTECODE=1 "$python" test/sim/events/formats/check_expected.py \
    "${SPIKEQ:-build/release/spikeq}" "$SPIKEQ_EVENTS"
