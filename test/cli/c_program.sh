#!/bin/sh
# The C programs of docs/c-api.md, built with the installed header, library and pkg-config: the classes and the spikes
# of each layer are those of `spikeq run` on the same ten images, and prices those of `spikeq energy`. "N passed, N failed" last.
cd "$(dirname "$0")/../.." || exit 1
build=${B:-$(dirname "${SPIKEQ:-build/${VARIANT:-release}/spikeq}")}
images=/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz
model=configs/models/weights/fashion-2-64.safetensors
case $build in
*asan | *tsan | *fuzz) reason="a program that is linked with a sanitizer's library" ;;
*) reason= ;;
esac
[ -e $images ] || reason="needs dataset-fashion-mnist"
if [ -n "$reason" ]; then
    echo "skip: the C program of docs/c-api.md: $reason"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# shellcheck source=test/support/check.sh
. test/support/check.sh

make --no-print-directory B="$build" install PREFIX="$work/installed" >"$work/log" 2>&1 || cat "$work/log"
# part N FILE: the Nth program of the document.
part() { awk -v n="$1" '/^```$/ { inside = 0 } inside { print } /^```c$/ { inside = ++seen == n }' docs/c-api.md >"$2"; }
part 1 "$work/ten.c"
part 2 "$work/price.c"
flags=$(PKG_CONFIG_PATH="$work/installed/lib/pkgconfig" pkg-config --cflags --libs spikeq)
# shellcheck disable=SC2086
check "it builds without warnings" ${CC:-gcc} -std=c11 -Wall -Wextra -Werror "$work/ten.c" $flags -o "$work/ten"
# shellcheck disable=SC2086
check "options by name: it builds without warnings" ${CC:-gcc} -std=c11 -Wall -Wextra -Werror "$work/price.c" $flags -o "$work/price"
# shellcheck disable=SC2086
check "the header is one of C++ too" ${CC:-gcc} -x c++ -Wall -Wextra -Werror -fsyntax-only "$work/installed/include/spikeq.h"

gzip -dc $images | tail -c +17 | head -c 7840 >"$work/images"
run() { env -u SPIKEQ_CONFIGS LD_LIBRARY_PATH="$work/installed/lib" "$work/$program" "$@"; }
program=ten
run "$work/installed/share/spikeq/$model" "$work/images" >"$work/got" 2>"$work/err"
check "it runs" test $? -eq 0 -a ! -s "$work/err"

# The same by the command: classes from the logits of its dump, spikes from its report.
"$build/spikeq" run --model $model --input $images --limit 10 --trace "$work/run.db" --json >"$work/report.json" 2>"$work/err"
python3 -B - "$work" >"$work/want" <<'END'
import json, sqlite3, sys
work = sys.argv[1]
db = sqlite3.connect(work + "/run.db")
for sample, prediction in db.execute("SELECT id, prediction FROM sample ORDER BY id"):
    spikes, = db.execute("SELECT sum(spikes) FROM frame JOIN population ON population.id = frame.population "
                         "WHERE sample = ? AND kind = 'lif'", (sample,)).fetchone()
    print(f"image {sample}: class {prediction}, {spikes} spikes")
for population in json.load(open(work + "/report.json"))["populations"]:
    print(population["name"], population["spikes"])
END
check "classes and spikes are those of spikeq run" diff "$work/got" "$work/want"
check "ten images, and layers" test "$(grep -c '^image' "$work/got")" -eq 10 -a "$(wc -l <"$work/got")" -gt 20
run "$work/none" "$work/images" >"$work/got" 2>"$work/err"
check "an error is one line" test $? -eq 1 -a "$(wc -l <"$work/err")" -eq 1
program=price
run "$work/run.db" >"$work/got" 2>"$work/err"
check "options by name: it runs" test $? -eq 0 -a ! -s "$work/err"
env -u COLUMNS "$build/spikeq" energy "$work/run.db" --convention exact --switch batch-norm=mac </dev/null >"$work/want"
check "prices are those of spikeq energy" cmp "$work/got" "$work/want"
run "$work/none.json" >"$work/got" 2>"$work/err"
check "options by name: an error is one line" test $? -eq 1 -a "$(wc -l <"$work/err")" -eq 1 -a ! -s "$work/got"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
