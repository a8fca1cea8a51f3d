#!/bin/sh
# The benchmark runs through: on tiny layers, without peers or networks; its JSON has the one schema, its
# tables go into a document, its picture is XML. No timing is judged. "N passed, N failed, N skipped" last.
cd "$(dirname "$0")/../.." || exit 1
SPIKEQ=${SPIKEQ:-build/release/spikeq}
build=$(dirname "$SPIKEQ")
python=/usr/bin/python3
if ! $python -c 'import numpy' 2>/dev/null; then
    echo "skip: the benchmark: needs python3-numpy"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export SPIKEQ BENCH_BUILD="$build" BENCH_FOLDER="$work"
passed=0
failed=0

# shellcheck source=test/support/check.sh
. test/support/check.sh
refused() { ! "$@" 2>"$work/err" && [ "$(wc -l <"$work/err")" -eq 1 ]; }
lacks() { ! grep -q "$@"; }

tiny() { $python -B test/bench/bench.py --tiny --out "$work/bench.json" >"$work/tables"; }
check "tiny" tiny
check "its tables" grep -q '^Whole layers as the engine fires them' "$work/tables"
check "quick is said so" grep -q 'QUICK: ' "$work/tables"
cat >"$work/schema.py" <<'END'
import json, sys
report = json.load(open(sys.argv[1]))
assert report["schema"] == 1 and report["quick"] is True and report["turns"] == 1
assert report["machine"]["cpu"] and report["machine"]["cores"] > 0
parts = set()
for r in report["records"]:
    assert sorted(r) == ["part", "ratios", "values", "what"], r
    assert r["ratios"] and all(sorted(x) == ["max", "median", "min", "n"] for x in r["ratios"].values()), r
    assert all(x["min"] <= x["median"] <= x["max"] for x in r["ratios"].values()), r
    assert r["part"] != "layer" or r["values"]["additions"] <= r["values"]["dense"] != 0, r
    parts.add(r["part"])
assert {"limit", "kernel", "layer"} <= parts, parts
END
check "schema" $python "$work/schema.py" "$work/bench.json"
printf 'a\n<!-- bench kernel -->\nold\n<!-- end -->\nb\n' >"$work/doc.md"
check "quick figures stay out of documents" refused $python -B test/bench/tables.py "$work/bench.json" "$work/doc.md"
check "and these as they are" grep -qx old "$work/doc.md"
sed 's/"quick": true/"quick": false/; s/"turns": 1,/"turns": 7,/' "$work/bench.json" >"$work/full.json"
check "a document" $python -B test/bench/tables.py "$work/full.json" "$work/doc.md"
check "has the table" grep -q '^| scalar | f32 | ' "$work/doc.md"
check "in place of the old one" lacks -x old "$work/doc.md"
check "a picture" $python -B test/bench/roofline.py "$work/full.json" "$work/roofline.svg"
check "in XML" $python -c "import sys, xml.dom.minidom as x; x.parse(sys.argv[1])" "$work/roofline.svg"
check "an unknown part" refused $python -B test/bench/bench.py --parts kernel
cat >"$work/images.py" <<'END'
import sys, numpy
numpy.save(sys.argv[1], numpy.zeros((2, 1, 32, 32), numpy.float32))
END
$python "$work/images.py" "$work/images.npy"
model=configs/models/weights/fashion-2-64.safetensors
network() {
    printf 'run 2 1 0 auto\nrun 1 1 1 scalar\n' |
        "$build/test/bench/bench_network" $model fashion-2-64 "$work/images.npy" "$1" >"$work/answers"
}
check "a network" network f32
check "answers each line" grep -q '"samples": 1, .*"isa": "scalar", "arith": "f32"' "$work/answers"
check "in fixed point" network 8
check "says so" grep -q '"arith": "fixed weights=8' "$work/answers"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
