#!/bin/sh
# make install: a copy of the tree is built once (from the objects that are there), installed to
# folders that were not named before, moved, used as command and as library, and taken away again.
# Configurations are found from where command and library lie, whatever PREFIX and checkout were.
top=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset SPIKEQ_CONFIGS
passed=0
failed=0

# shellcheck source=test/support/check.sh
. "$top/test/support/check.sh"

# lists COMMAND...: the published sizes, as the source tree has them.
n_sizes=$(find "$top/configs/models" -maxdepth 1 -name '*.json' | wc -l)
lists() { test "$("$@" configs | grep -c ' T=')" -eq "$n_sizes"; }

# from_python PREFIX: its Python package loads its library.
from_python() {
    command -v python3 >/dev/null || return 0
    python3 -B -c 'import sys; sys.path.insert(0, sys.argv[1] + "/share/spikeq/python"); import spikeq
sys.exit(not spikeq.library_path().startswith(sys.argv[1]))' "$1"
}

# says FILE-OF-STDERR PATTERN
# shellcheck disable=SC2254
says() { case $(cat "$1") in $2) ;; *) cat "$1"; return 1 ;; esac; }

build=${B:-build/${VARIANT:-release}}
cd "$top" || exit 1
put() { make --no-print-directory B="$build" install "$@"; }

# A first PREFIX, then another with a blank in it, and no object is built again.
check "install" put PREFIX="$work/first"
before=$(find "$build" -name '*.o' -newer "$work/first" | wc -l)
check "install elsewhere" put PREFIX="$work/a second"
check "another PREFIX builds nothing" test "$before" -eq 0
check "DESTDIR" put PREFIX=/usr DESTDIR="$work/stage"
check "LIBDIR" put PREFIX="$work/multi" LIBDIR=lib/some-linux-gnu

# The installed trees are all there is: they are moved away from where they were put.
mv "$work/a second" "$work/moved: here"
for place in "$work/first" "$work/moved: here" "$work/stage/usr" "$work/multi"; do
    check "$place: configs" lists "$place/bin/spikeq"
    for page in spikeq spikeq-run spikeq-configs; do
        check "$place: $page(1)" test -s "$place/share/man/man1/$page.1"
    done
    for file in bash-completion/completions/spikeq zsh/site-functions/_spikeq fish/vendor_completions.d/spikeq.fish; do
        check "$place: $file" test -s "$place/share/$file"
    done
    check "$place: the Python package" from_python "$place"
    check "$place: hardware" sh -c '"$0" energy --list | grep -q fp32_45nm' "$place/bin/spikeq"
done
ln -s "$work/first/bin/spikeq" "$work/link"
check "through a link" lists "$work/link"
mkdir -p "$work/moved checkout/build/release"
cp "$build/spikeq" "$work/moved checkout/build/release/"
ln -s release/spikeq "$work/moved checkout/build/spikeq"
cp -r configs "$work/moved checkout/"
check "a checkout that was moved" lists "$work/moved checkout/build/spikeq"
check "the trained network" "$work/first/bin/spikeq" inspect \
    "$work/first/share/spikeq/configs/models/weights/fashion-2-64.safetensors"

# Library users: linked with the shared library and with the static one, in a folder of their own.
cat >"$work/user.c" <<'END'
#include <spikeq.h>
#include <stdio.h>

int main(void)
{
    spikeq_ctx *ctx;
    char *text;
    if (spikeq_ctx_new(&ctx) != SPIKEQ_OK)
        return 1;
    const int failed = spikeq_config_list(ctx, &text) != SPIKEQ_OK;
    fputs(failed ? spikeq_error_text(ctx) : text, failed ? stderr : stdout);
    spikeq_free(failed ? 0 : text);
    spikeq_ctx_free(ctx);
    return failed;
}
END
mkdir -p "$work/own/deep/bin"
# What the sanitizer of a variant needs is not the program's affair.
case $build in
*asan | *tsan | *fuzz) echo "skip: library users, with a sanitizer's library" ;;
*)
    for place in "$work/first/lib" "$work/multi/lib/some-linux-gnu"; do
        flags=$(PKG_CONFIG_PATH="$place/pkgconfig" pkg-config --cflags --libs spikeq)
        # shellcheck disable=SC2086
        check "$place: links" ${CC:-gcc} "$work/user.c" $flags -o "$work/own/deep/bin/user"
        check "$place: the soname" sh -c 'objdump -p "$0" | grep -q "NEEDED *libspikeq.so.0$"' \
            "$work/own/deep/bin/user"
        check "$place: finds configs" lists env LD_LIBRARY_PATH="$place" "$work/own/deep/bin/user"
    done
    ;;
esac

# None found: an error that names the folders, wherever one is asked for.
cp "$work/first/bin/spikeq" "$work/own/deep/bin/spikeq"
if [ ! -e /usr/share/spikeq ] && [ ! -e /usr/local/share/spikeq ]; then
    "$work/own/deep/bin/spikeq" configs >"$work/out" 2>"$work/err"
    check "no configs: status 1" test $? -eq 1
    check "no configs: the folders" says "$work/err" "spikeq configs: there are no configurations in \
models/ of $work/own/deep/share/spikeq/configs:*:/usr/share/spikeq/configs; set SPIKEQ_CONFIGS to *"
    "$work/own/deep/bin/spikeq" energy "$top/test/house/install.sh" --hardware loihi \
        >"$work/out" 2>"$work/err"
    check "no profiles: the folders" says "$work/err" "*there are no profiles in hardware/ of \
$work/own/deep/share/spikeq/configs:*"
fi
check "SPIKEQ_CONFIGS" lists env SPIKEQ_CONFIGS="$top/configs" "$work/own/deep/bin/spikeq"
mv "$work/first/share/spikeq/configs" "$work/own/with: a colon"
check "SPIKEQ_CONFIGS with a colon" lists \
    env SPIKEQ_CONFIGS="$work/own/with\\: a colon" "$work/own/deep/bin/spikeq"
mv "$work/own/with: a colon" "$work/first/share/spikeq/configs"

# Taken away: nothing stays but empty folders that others may use.
check "uninstall" make --no-print-directory B="$build" uninstall PREFIX="$work/first"
check "nothing is left" test -z "$(find "$work/first" ! -type d)"
check "its own folder is gone" test ! -e "$work/first/share/spikeq"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
