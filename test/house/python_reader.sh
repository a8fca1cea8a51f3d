#!/bin/sh
# The reader in Python, written from docs/trace-format.md alone, agrees with the library in C.
cd "$(dirname "$0")/../.." || exit 1
build=$(dirname "${SPIKEQ:-build/release/spikeq}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python=
for program in python3 /usr/bin/python3; do
    "$program" -c 'import numpy' 2>/dev/null && python=$program && break
done
if [ -z "$python" ]; then
    echo "skip: the second reader: needs python3 with NumPy"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
"$build"/test/traces/make_traces "$folder/traces" || exit 1
# The runs of test/traces/format1, in the version that is written now.
record() {
    net=$1 set=test/golden/$2
    shift 2
    "${SPIKEQ:-build/release/spikeq}" run --model "$set/model.safetensors" --config "$set/config.json" \
        --input "$set/input.npy" --quiet --trace "$folder/traces/$net.db" "$@" || exit 1
}
record f32 cifar-1-48-odd --limit 2
record fixed fixed-dvs-1-32 --arith fixed --weight-bits 5 --scale layer --rounding down --membrane-bits 20 \
    --pixel-bits 7 --trace-codec zlib
lines=$(wc -l <traces/python/spikeq_trace.py)
if [ "$lines" -ge 230 ]; then
    echo "FAIL traces/python/spikeq_trace.py has $lines lines"
    exit 1
fi
PYTHONDONTWRITEBYTECODE=1 "$python" test/traces/python/compare_reader.py traces/python "$folder/traces"
