#!/bin/sh
# Events of a raw recording a second: spikeq, which decodes and checks every event, against
# numpy.frombuffer() with the same bit fields taken out, on four million events. Prints, judges nothing.
cd "$(dirname "$0")/../.." || exit 1
python=
for program in python3 /usr/bin/python3; do
    "$program" -c 'import numpy' 2>/dev/null && python=$program && break
done
[ -n "$python" ] || { echo "NumPy: not installed (python3-numpy)"; exit 0; }
PYTHONDONTWRITEBYTECODE=1 exec "$python" test/bench/events_numpy.py "${SPIKEQ:-build/spikeq}"
