#!/bin/sh
# NEON is bit-identical: the kernels built for AArch64 and run by qemu make of the same inputs what
# this machine's kernels make of them. One test per operation and variant.
cd "$(dirname "$0")/../.." || exit 1
here=$(dirname "${SPIKEQ:-build/release/spikeq}")/test/kernels/kernel_digests
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
skip() {
    echo "skip: NEON kernels on AArch64: $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
qemu=$(command -v qemu-aarch64-static || command -v qemu-aarch64) || skip "needs qemu-aarch64 (qemu-user-static)"
build=$(test/house/aarch64)
case $? in
0) ;;
3) skip "$build" ;;
*) echo "$build" && exit 1 ;;
esac
"$here" >"$folder/here" && "$qemu" "$build/test/kernels/kernel_digests" >"$folder/there" || exit 1
grep -q ' neon ' "$folder/there" || { echo "no NEON variant ran" && exit 1; }

test/house/disagreements "$folder/here" "$folder/there" >"$folder/bad"
cat "$folder/bad"
failed=$(wc -l <"$folder/bad")
passed=$(($(cat "$folder/here" "$folder/there" | wc -l) - failed))
# A planted difference must be seen.
sed '$s/.$/x/' "$folder/there" >"$folder/planted"
if [ -n "$(test/house/disagreements "$folder/here" "$folder/planted")" ]; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    echo "FAIL a planted difference was not seen"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
