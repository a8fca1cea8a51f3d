#!/bin/sh
# The kernels of AVX2 and AVX-512 on processors that Bochs emulates: with VBMI2 (Ice Lake), and without,
# where some operations fall back (Skylake-X). The digests of kernel_digests, run there without a system
# (test/kernels/bare), are those of this machine. So they are tested where the machine lacks them; where
# it has them, the emulation is. One test per operation and variant. Few cases: Bochs is slow.
cd "$(dirname "$0")/../.." || exit 1
build=$(dirname "${SPIKEQ:-build/release/spikeq}")
digests=$build/test/kernels/kernel_digests
cases=2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
why=
for tool in bochs script objcopy; do
    command -v $tool >/dev/null || why="needs $tool"
done
[ -e /usr/share/bochs/BIOS-bochs-latest ] || why="needs bochsbios"
[ -e /usr/share/bochs/VGABIOS-lgpl-latest ] || why="needs vgabios"
[ -n "$(find /usr/lib* -name libbx_term_gui.so 2>"$folder/log" | head -n 1)" ] || why="needs bochs-term"
script -qec true /dev/null >"$folder/log" 2>&1 || why="needs a pseudo-terminal (/dev/pts)"
[ "$(uname -m)" = x86_64 ] || why="needs an x86-64 compiler"
! nm "$digests" | grep -qE ' (__asan|__tsan)_init' || why="a sanitizer needs a system"
if [ -n "$why" ]; then
    echo "skip: AVX2 and AVX-512 kernels on emulated processors: $why"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi

# emulate MODEL: lines of kernel_digests on that processor. Bochs is a program for terminals, and this
# build of it waits for a word of its debugger.
emulate() {
    cat >"$folder/bochsrc" <<RC
display_library: term
plugin_ctrl: unmapped=true, biosdev=false, speaker=false
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
megs: 64
cpu: model=$1, ips=100000000
ata0-master: type=disk, path=$folder/disk, mode=flat, cylinders=20, heads=16, spt=63
boot: disk
log: $folder/log
panic: action=fatal
port_e9_hack: enabled=1
RC
    echo continue >"$folder/words"
    TERM=linux timeout 300 script -qc "bochs -q -f $folder/bochsrc -rc $folder/words" "$folder/typed" \
        >"$folder/out" 2>&1 </dev/null
    tr -d '\r' <"$folder/typed" | grep -E '^[a-z0-9_]+ (scalar|avx2|avx512) [0-9a-f]{16}$'
    grep -q '^done' "$folder/typed"
}

passed=0 failed=0
check() { # STATUS NAME
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $2"
    fi
}

test/house/bare "$build" $cases "$folder/disk" || exit 1
"$digests" $cases >"$folder/here" || exit 1
for model in corei7_icelake_u corei7_skylake_x; do
    emulate $model >"$folder/there"
    check $? "$model: the program did not come to its end"
    sort -u "$folder/there" >"$folder/sorted" # the terminal may show a line twice
    test/house/disagreements "$folder/here" "$folder/sorted" >"$folder/bad"
    cat "$folder/bad"
    failed=$((failed + $(wc -l <"$folder/bad")))
    passed=$((passed + $(wc -l <"$folder/sorted") - $(wc -l <"$folder/bad")))
    operations=$(cut -d' ' -f1 "$folder/here" | sort -u | wc -l)
    [ "$(wc -l <"$folder/sorted")" -eq $((3 * operations)) ]
    check $? "$model: not every operation ran as scalar, avx2 and avx512"
done
# A planted difference must be seen.
sed '$s/.$/x/' "$folder/sorted" >"$folder/planted"
[ -n "$(test/house/disagreements "$folder/here" "$folder/planted")" ]
check $? "a planted difference was not seen"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
