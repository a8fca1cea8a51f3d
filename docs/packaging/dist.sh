#!/bin/sh
# dist.sh VERSION FILE.tar.xz: the sources, in a folder spikeq-VERSION. The same sources give the same bytes: names in
# order, one owner, the time of the last commit ($SOURCE_DATE_EPOCH, or outside git the Makefile's).
version=$1 file=$2
umask 022
export LC_ALL=C TZ=UTC
if [ -e .git ] && top=$(git rev-parse --show-toplevel 2>/dev/null) && [ "$top" = "$(pwd -P)" ]; then
    list() { git ls-files -z; }
    epoch=$(git log -1 --format=%ct)
    [ -z "$(git status --porcelain)" ] ||
        echo "make dist: the tree has changes that are not committed; files that git knows go in as they are" >&2
else
    list() { find . -name build -prune -o \( -type f -o -type l \) -print0 | sed -z 's|^\./||'; }
    epoch=$(stat -c %Y Makefile)
fi
mkdir -p "$(dirname "$file")"
list | sort -z | tar --null --files-from=- --create --format=ustar --owner=root:0 --group=root:0 --mode=u+rw,go=rX \
    --mtime="@${SOURCE_DATE_EPOCH:-$epoch}" --transform="s|^|spikeq-$version/|S" >"$file.tar" &&
    xz -6 --threads=1 --stdout "$file.tar" >"$file.part" && mv "$file.part" "$file" && rm "$file.tar" &&
    echo "$file"
