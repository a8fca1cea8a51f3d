#!/bin/sh
# make wheel: needs glibc alone, is installed by pip without a network, and runs without the repository.
# shellcheck source=test/pack/common.sh
. "$(dirname "$0")/common.sh"
if [ ! -d sim/python/spikeq ]; then
    echo "skip: the wheel: needs sim/python/spikeq"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
needs "the wheel" patchelf objdump dpkg

check "wheel" make wheel
wheel=$(echo build/wheel/*.whl)
cp "$wheel" "$work"
check "wheel again" make wheel
check "the same bytes" cmp "$wheel" "$work/${wheel##*/}"
# A tag of an older glibc than its libraries need: there is no such wheel.
check "an older tag is refused" sh -c '! make WHEEL_GLIBC=2.30 wheel >"$0/refused" 2>&1 &&
    grep -q "needs glibc 2.[0-9]*, and the tag says 2.30" "$0/refused" && ! ls build/wheel/*_2_30_* 2>"$0/none"' "$work"

python=/usr/bin/python3
if $python -m pip --version >"$work/log" 2>&1; then
    check "pip" $python -m pip install --no-index --no-deps --quiet --target "$work/site" "$wheel"
else
    check "unzip" $python -m zipfile -e "$wheel" "$work/site"
fi
cd "$work" || exit 1
check "RECORD" $python -c '
import base64, csv, hashlib, pathlib, sys
site = pathlib.Path(sys.argv[1])
rows = list(csv.reader(open(next(site.glob("*.dist-info")) / "RECORD")))
hashed = [row for row in rows if row[1].startswith("sha256=")]
for name, digest, size in hashed:
    data = (site / name).read_bytes()
    assert len(data) == int(size), name
    assert base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=") == digest[7:], name
assert len(hashed) > 100, len(hashed)
' "$work/site"
check "first example" env -i PATH=/usr/bin:/bin PYTHONPATH="$work/site" FIRST="$work/site" $python -B "$top/test/pack/first.py"
check "the tutorial's statements" env -i PATH=/usr/bin:/bin PYTHONPATH="$work/site" AUTOPKGTEST_TMP="$work" \
    $python -B "$top/test/docs/documents.py" --installed - "$top/docs/tutorial.md"
finish
