#!/bin/sh
# numpy.sh PROGRAM.py [ARGUMENT...]: run it by the first python3 that has NumPy, with the command spikeq in front of its
# arguments. Prints, judges nothing.
cd "$(dirname "$0")/../.." || exit 1
python=
for program in python3 /usr/bin/python3; do
    "$program" -c 'import numpy' 2>/dev/null && python=$program && break
done
[ -n "$python" ] || { echo "NumPy: not installed (python3-numpy)"; exit 0; }
script=$1
shift
PYTHONDONTWRITEBYTECODE=1 exec "$python" "test/bench/$script" "${SPIKEQ:-build/spikeq}" "$@"
