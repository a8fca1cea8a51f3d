#!/bin/sh
# Memory that ends at an allocation: SITES of each command (memory.py), 0 is every one of them (make memory).
# needs: python3 with h5py, as the other tests do.
cd "$(dirname "$0")/../.." || exit 1
spikeq=${SPIKEQ:-build/release/spikeq}
if grep -qaE '__(asan|tsan)_init' "$spikeq"; then
    echo "skip: memory that ends: the sanitizer brings its own malloc"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
unset LD_PRELOAD
exec /usr/bin/python3 -B test/crash/memory.py "$spikeq" "${spikeq%/spikeq}/test/crash/fail_malloc.so" . "${SITES:-12}" "$@"
