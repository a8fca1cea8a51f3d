#!/bin/sh
# deb.sh ARCHIVE VERSION FOLDER: Debian packages in FOLDER, from the archive of `make dist`, by dpkg-buildpackage.
# DEB_BUILD_OPTIONS is Debian's; options behind FOLDER go to dpkg-buildpackage. DEBFULLNAME and DEBEMAIL, where both are
# set, are the maintainer whom control and changelog name.
archive=$(realpath "$1") version=$2 folder=$3
shift 3
case ${DEBFULLNAME:+name}${DEBEMAIL:+email} in
'') ;;
name | email)
    echo "make deb: a maintainer has a name and an address: set DEBFULLNAME and DEBEMAIL, or neither" >&2
    exit 2
    ;;
*)
    newline='
'
    case $DEBFULLNAME$DEBEMAIL in
    *[\<\>]* | *"$newline"*) wrong=1 ;;
    *) case $DEBEMAIL in *' '* | @* | *@) wrong=1 ;; *@*) wrong= ;; *) wrong=1 ;; esac ;;
    esac
    if [ -n "$wrong" ]; then
        echo "make deb: DEBFULLNAME is a name, and DEBEMAIL an address: \"Ada Example\" and ada@example.org" >&2
        exit 2
    fi
    ;;
esac
rm -rf "$folder"
mkdir -p "$folder" && cd "$folder" || exit
cp "$archive" "spikeq_$version.orig.tar.xz" && tar -xf "$archive" && cd "spikeq-$version" || exit
cp -R docs/packaging/debian debian || exit
if [ -n "$DEBEMAIL" ]; then
    for file in control changelog; do
        awk -f docs/packaging/maintainer.awk "debian/$file" >../named && cat ../named >"debian/$file" && rm ../named || exit
    done
fi
# Without sources in Python there is no package of them.
if [ ! -d sim/python ]; then
    sed -i '/^Package: python3-spikeq/,$d' debian/control
    rm debian/python3-spikeq.*
fi
# debhelper has a home of its own; a compiler cache stays where it is.
! command -v ccache >/dev/null || export CCACHE_DIR="${CCACHE_DIR:-$(ccache -k cache_dir)}"
# The library's make is not this make: nothing of ours goes on.
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u VARIANT -u B -u CC dpkg-buildpackage -us -uc "$@"
