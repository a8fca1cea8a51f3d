#!/bin/sh
# deb.sh ARCHIVE VERSION FOLDER: Debian packages in FOLDER, from the archive of `make dist`, by dpkg-buildpackage.
# DEB_BUILD_OPTIONS is Debian's; options behind FOLDER go to dpkg-buildpackage.
archive=$(realpath "$1") version=$2 folder=$3
shift 3
rm -rf "$folder"
mkdir -p "$folder" && cd "$folder" || exit
cp "$archive" "spikeq_$version.orig.tar.xz" && tar -xf "$archive" && cd "spikeq-$version" || exit
cp -R docs/packaging/debian debian || exit
# Without sources in Python there is no package of them.
if [ ! -d sim/python ]; then
    sed -i '/^Package: python3-spikeq/,$d' debian/control
    rm debian/python3-spikeq.*
fi
# debhelper has a home of its own; a compiler cache stays where it is.
! command -v ccache >/dev/null || export CCACHE_DIR="${CCACHE_DIR:-$(ccache -k cache_dir)}"
# The library's make is not this make: nothing of ours goes on.
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u VARIANT -u B -u CC dpkg-buildpackage -us -uc "$@"
