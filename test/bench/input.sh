#!/bin/sh
# The same small images as a folder, a list, a tar archive and compressed ones: processor seconds to list, to digest and to read
# all, and the peak of memory, against cat, tar, sha256sum and Python's tarfile with Pillow on the same
# files. input.sh [IMAGES, default 100000]; input.sh --list FILES: a folder of so many empty files, listed alone. Files lie in
# $TMPDIR or /tmp. Prints, judges nothing.
cd "$(dirname "$0")/../.." || exit 1
make -s build/release/test/bench/bench_input || exit 1
exec /usr/bin/python3 -B test/bench/input.py "${@:-100000}"
