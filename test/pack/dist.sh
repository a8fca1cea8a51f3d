#!/bin/sh
# make dist: the same sources give the same bytes, also from an unpacked archive. deb.sh builds it, outside git.
# shellcheck source=test/pack/common.sh
. "$(dirname "$0")/common.sh"
needs "the source archive" git tar xz

archive=build/spikeq-$version.tar.xz
check "dist" make dist
cp "$archive" "$work/first"
check "dist again" make dist
check "the same bytes" cmp "$work/first" "$archive"
check "one owner, one time" sh -c 'test "$(tar --full-time --numeric-owner -tvf "$0" | cut -c 11-15 | sort -u)" = " 0/0 " &&
    test "$(tar --full-time -tvf "$0" | grep -oE "[0-9-]{10} [0-9:]{8}" | sort -u | wc -l)" -eq 1' "$archive"
check "every file that git knows" sh -c 'tar -tf "$0" | sed "s|^[^/]*/||" | LC_ALL=C sort >"$1/in" &&
    git ls-files -c | LC_ALL=C sort >"$1/known" && cmp "$1/known" "$1/in"' "$archive" "$work"

tar -xf "$archive" -C "$work" && cd "$work/spikeq-$version" || exit 1
check "dist of an unpacked archive" make dist
check "its bytes" cmp "$archive" "$work/first"
finish
