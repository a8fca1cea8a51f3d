#!/bin/sh
# make deb: packages that lintian finds no fault with, unpacked into a folder and used from there.
# shellcheck source=test/pack/common.sh
. "$(dirname "$0")/common.sh"
needs "Debian packages" git dpkg-buildpackage dh dh_python3 lintian fakeroot

check "version" grep -q "^spikeq ($version-" docs/packaging/debian/changelog
# What the build needs is said once for all: test/house/packages.
test/house/deps --list build | tr ' ' '\n' | grep -vx -e gcc -e libc6-dev | sort >"$work/build"
sed -n '/^Build-Depends:/,/^Standards/p' docs/packaging/debian/control | sed 's/^[^ ]*: *//; s/^ *//; s/[ ,].*//' |
    grep -vE '^(debhelper-compat|dh-sequence-python3|check|python3|[0-9.]*)$' | sort >"$work/wanted"
check "Build-Depends" diff "$work/build" "$work/wanted"
sed -n '/^Package: libspikeq-dev/,/^Description/p' docs/packaging/debian/control | sed -n 's/^ *\([a-z0-9-]*-dev\),*$/\1/p' | sort >"$work/dev"
check "what libspikeq-dev needs" sh -c 'grep -e -dev "$0/build" | diff - "$0/dev"' "$work"

# The maintainer: who gives the packages away, or the placeholder; half of one is refused before anything is built.
packaged() { env -u DEBFULLNAME -u DEBEMAIL "$@"; }
refused() { # WORDS VARIABLE=VALUE...
    words=$1
    shift
    ! packaged "$@" docs/packaging/deb.sh Makefile "$version" "$work/refused" >"$work/out" 2>&1 && grep -q "$words" "$work/out" &&
        [ "$(wc -l <"$work/out")" -eq 1 ] && [ ! -e "$work/refused" ]
}
check "a name without an address is refused" refused "set DEBFULLNAME and DEBEMAIL, or neither" DEBFULLNAME=Ada
check "an address without a name is refused" refused "set DEBFULLNAME and DEBEMAIL, or neither" DEBEMAIL=ada@example.org
check "what is no address is refused" refused "DEBEMAIL an address" DEBFULLNAME=Ada DEBEMAIL=ada
check "a name with an address in it is refused" refused "DEBEMAIL an address" "DEBFULLNAME=Ada <a@b>" DEBEMAIL=ada@example.org
named() { # FILE: the maintainer's line of it, changed
    DEBFULLNAME='Ada & Éx\ample' DEBEMAIL=ada@example.org awk -f docs/packaging/maintainer.awk "docs/packaging/debian/$1" >"$work/$1" &&
        diff "docs/packaging/debian/$1" "$work/$1" | sed -n 's/^> //p'
}
check "a maintainer in control" test "$(named control)" = 'Maintainer: Ada & Éx\ample <ada@example.org>'
check "a maintainer in changelog" test "$(named changelog | sed 's/>  .*/>/')" = ' -- Ada & Éx\ample <ada@example.org>'

made() { packaged make deb >"$work/made"; }
check "deb" made
check "its maintainer is said" grep -qx "maintainer: $(sed -n 's/^Maintainer: //p' docs/packaging/debian/control)" "$work/made"
check "lintian" lintian --allow-root --fail-on error,warning build/deb/spikeq_*.changes
for package in build/deb/*.deb; do
    check "$package unpacks" dpkg-deb -x "$package" "$work/root"
done

machine=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
root=$work/root/usr
export PATH="$root/bin:$PATH" LD_LIBRARY_PATH="$root/lib/$machine"
cd "$work" || exit 1
check "the command's library" sh -c 'ldd "$0/bin/spikeq" | grep -q "libspikeq.so.0 => $0/lib/"' "$root"
golden=$top/test/golden/cifar-2-64
check "the command runs" spikeq run --model "$golden/model.safetensors" --config "$golden/config.json" \
    --input "$golden/input.npy" --dump "$work/dump" --strict
tail -c 80 "$golden/logits.npy" >"$work/official" && tail -c 80 "$work/dump/logits.npy" >"$work/logits"
check "as the official code" cmp "$work/logits" "$work/official" # 2 x 10 float32, behind headers
check "man page" man -l "$root/share/man/man1/spikeq-run.1.gz"
for file in bash-completion/completions/spikeq zsh/vendor-completions/_spikeq fish/vendor_completions.d/spikeq.fish; do
    check "$file" test -s "$root/share/$file"
done
# What autopkgtest runs in the source tree with the packages installed, here with them unpacked.
tests=$top/build/deb/spikeq-$version/debian/tests
check "a file for each test" sh -c 'sed -n "s/^Tests: //p" "$0/control" | sort >"$1/named" && ls "$0" | grep -vx control | diff - "$1/named"' \
    "$tests" "$work"
trial() { # NAME [VARIABLE=VALUE...]
    name=$1
    shift
    check "debian/tests/$name" env AUTOPKGTEST_TMP="$work" CONFIGS="$root/share/spikeq/configs" "$@" sh "$tests/$name"
}
trial demo
trial program PKG_CONFIG_PATH="$root/lib/$machine/pkgconfig"
[ ! -d "$top/sim/python/spikeq" ] || trial python PYTHONPATH="$root/lib/python3/dist-packages" PYTHON="/usr/bin/python3 -B"
[ ! -d "$top/sim/python/spikeq" ] || trial tutorial PYTHONPATH="$root/lib/python3/dist-packages"

cat >user.c <<'SOURCE'
#include <spikeq.h>
#include <stdio.h>

int main(void)
{
    return puts(spikeq_version()) == EOF;
}
SOURCE
# shellcheck disable=SC2046
check "a program with the library" gcc user.c -o user \
    $(PKG_CONFIG_PATH="$root/lib/$machine/pkgconfig" pkg-config --cflags --libs spikeq)
check "it runs" sh -c 'test "$(./user)" = "$0"' "$version"
if [ -d "$top/sim/python/spikeq" ]; then
    check "the Python package" env PYTHONPATH="$root/lib/python3/dist-packages" \
        FIRST="$root/lib" /usr/bin/python3 -B "$top/test/pack/first.py"
fi
finish
