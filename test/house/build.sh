#!/bin/sh
# The build as a new user meets it: what is missing is named in one line, what is built is one line, and the
# names of packages are the same in test/house/packages and in docs/dependencies.md.
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL MAKE_TERMOUT MAKE_TERMERR VARIANT B CC
passed=0
failed=0
skipped=0

# check NAME GOT PATTERN: one test.
check() {
    # shellcheck disable=SC2254
    case $2 in
    $3) passed=$((passed + 1)) ;;
    *)
        failed=$((failed + 1))
        printf 'FAIL %s: "%s" instead of "%s"\n' "$1" "$2" "$3"
        ;;
    esac
}

# A machine with a shell, make and coreutils alone.
mkdir "$work/bare"
for tool in sh make sed grep find cat dirname basename id realpath awk printf env test rm ls mkdir tr; do
    ln -s "$(command -v $tool)" "$work/bare/$tool"
done
bare() { PATH=$work/bare make B="$work/none" "$@" 2>&1; }

names=$(PATH=$work/bare test/house/deps --missing build)
check "all names" "$names" "gcc pkg-config libuv1-dev*libarchive-dev*"
check "make says what is missing" "$(bare)" "Makefile:*: \*\*\* packages are missing: $names; \`make deps\` installs them.  Stop."
check "nothing was begun" "$(ls "$work/none" 2>/dev/null)" ""
check "make install too" "$(bare install)" "Makefile:*packages are missing: gcc pkg-config *"
check "units need check" "$(bare units)" "Makefile:*packages are missing: *libarchive-dev check; *"
check "make help needs nothing" "$(bare help | head -n 1)" "  make all *"
check "make clean needs nothing" "$(bare clean -n)" "rm -rf build"
check "deps without a manager" "$(bare deps | head -n 1)" \
    "missing: gcc pkg-config *(names of Debian); neither apt-get nor dnf is here: docs/dependencies.md"
check "pkg-config alone is missing" "$(PKG_CONFIG_LIBDIR=/nowhere make B="$work/none" 2>&1)" \
    "*packages are missing: libuv1-dev *; \`make deps\` installs them.  Stop."
check "another compiler" "$(make B="$work/none" CC=no-such-cc 2>&1)" "*packages are missing: no-such-cc; *"
check "Vega elsewhere" "$(make B="$work/none" VEGA=/nowhere 2>&1)" "*packages are missing: libjs-vega; *"

# Debian's and Fedora's managers, played by scripts that write down what they are asked for.
for manager in apt-get dnf; do
    mkdir "$work/$manager"
    printf '#!/bin/sh\necho "%s $*" >>"%s/asked"\n' $manager "$work" >"$work/$manager/$manager"
    chmod +x "$work/$manager/$manager"
done
: >"$work/asked"
if [ "$(id -u)" -eq 0 ]; then
    PATH=$work/apt-get:$work/bare test/house/deps build demo >"$work/out" 2>&1
    check "apt-get: status" $? 0
    check "apt-get: what is named" "$(cat "$work/out")" "installing gcc pkg-config libuv1-dev *"
    check "apt-get: what is asked" "$(tr '\n' ';' <"$work/asked")" \
        "apt-get update -qq;apt-get install -y -qq --no-install-recommends gcc pkg-config libuv1-dev *;"
    : >"$work/asked"
    PATH=$work/dnf:$work/bare VEGA=/nowhere test/house/deps build >"$work/out" 2>&1
    check "dnf: status" $? 1
    check "dnf: what is asked" "$(cat "$work/asked")" "dnf install -y -q gcc pkgconf-pkg-config libuv-devel *"
    check "dnf: what is not there" "$(tail -n 1 "$work/out")" \
        "missing: libjs-vega; Fedora has no package of it: docs/dependencies.md says what to do"
fi

# The counter: one line, in a pipe by tenths, on a terminal written over; V=1 shows the commands.
object=$work/b/kernels/base/status.o
check "one file" "$(make B="$work/b" "$object" 2>&1)" "building 1 file: 100 %"
check "nothing to do" "$(make B="$work/b" "$object" 2>&1)" "make: '$object' is up to date."
rm "$object"
check "V=1" "$(make V=1 B="$work/b" "$object" 2>&1)" "gcc -I. *-o $object"
several=
for name in arena cpu nearest status warnings; do several="$several $work/b/kernels/base/$name.o"; done
rm -f "$object"
# shellcheck disable=SC2086
check "several files" "$(make -j2 B="$work/b" $several 2>&1)" "building 5 files: 20 40 60 80 100 %"
rm -f "$object"
if script -qec true /dev/null >"$work/out" 2>&1; then
    check "a terminal" "$(script -qec "make B=$work/b $object" /dev/null | tr '\r\033' 'RE')" \
        "RE\[K\[1/1\] CC ${object}RE\[Kbuilt 1 of 1*"
else
    echo "skip: the counter on a terminal: needs a pseudo-terminal (/dev/pts)"
    skipped=$((skipped + 1))
fi

# Every package stands in the table of the documentation, under both names, and in the right row.
grep -v '^#' test/house/packages | while read -r use need debian fedora; do
    case $use in unit) use=test ;; esac
    grep "^| $use |" docs/dependencies.md | sed 's/, / | /g' | grep -F "| $debian |" | grep -qF "| $fedora |" ||
        echo "$use $need $debian $fedora"
done >"$work/out"
check "docs/dependencies.md has every package" "$(cat "$work/out")" ""
documented=$(sed -n 's/^| [a-z]* | \([^|]*\) |.*/\1/p' docs/dependencies.md | tr ',' '\n' | grep -c '[a-z]')
check "and no other" "$documented" "$(($(grep -c '^[a-z]' test/house/packages) + 2))" # the heading has two

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
