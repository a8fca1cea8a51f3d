#!/bin/sh
# A disk that is really full, and one that is read-only: small file systems in memory, where this user may
# mount them. test_full_disk.c fills one at every place.
cd "$(dirname "$0")/../.." || exit 1
spikeq=${SPIKEQ:-build/release/spikeq}
set=test/golden/cifar-1-48-odd
folder=$(mktemp -d) || exit 1
disk=$folder/disk
mkdir "$disk"
trap 'umount "$disk" 2>"$folder/log"; rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
if ! mount -t tmpfs -o size=64k spikeq "$disk" 2>"$folder/log"; then
    echo "skip: small disks: no file system can be mounted here"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
passed=0
failed=0

record() {
    "$spikeq" run --quiet --model $set/model.safetensors --config $set/config.json \
        --input $set/input.npy --trace "$@" >"$folder/out" 2>"$folder/err"
    echo $?
}

digest() { "$spikeq" inspect --digest "$1" 2>&1 | cut -d' ' -f1; }

# shellcheck source=test/support/equal.sh
. test/support/equal.sh

check "the trace to compare with" "$(record "$folder/whole.db")" 0
whole=$(digest "$folder/whole.db")
full="the disk is full, make room; no sample was written, nothing is left of it"

check "a full disk: exit status" "$(record "$disk/a.db")" 1
check "a full disk: one line" "$(cat "$folder/err")" "spikeq run: $disk/a.db: cannot be used: $full"
check "a full disk: nothing without a sample is left" "$(ls -A "$disk")" ""

echo old >"$disk/a.db"
check "--force on a full disk" "$(record "$disk/a.db" --force)" 1
check "the old file is kept" "$(cat "$disk/a.db")" old
check "and nothing else" "$(ls -A "$disk")" a.db
rm "$disk/a.db"

mount -o remount,size=1m "$disk"
check "with room again" "$(record "$disk/a.db" --resume)" 0
check "it is whole" "$(digest "$disk/a.db")" "$whole"

mount -o remount,ro "$disk"
check "a read-only folder: exit status" "$(record "$disk/b.db")" 1
check "a read-only folder: one line" "$(cat "$folder/err")" \
    "spikeq run: $disk/b.db: cannot be made: Read-only file system"
check "--force in a read-only folder" "$(record "$disk/a.db" --force)" 1
check "a trace in a read-only folder is read" "$(digest "$disk/a.db")" "$whole"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
