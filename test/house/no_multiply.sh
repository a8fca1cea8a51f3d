#!/bin/sh
# The proof that nothing multiplies: the machine code of the spike path holds no multiplication, no
# fused multiply-add, no dot product (and no division), and calls nothing that could. Exceptions are
# listed below, each with its reason; none may lie in an innermost loop, where events are, but the
# leak of neurons that have one.
# docs/multiplication-free.md says what this proves and what it does not.
cd "$(dirname "$0")/../.." || exit 1
build=$(dirname "${SPIKEQ:-build/release/spikeq}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
passed=0
failed=0
skipped=0

# object function mnemonics most where reason. "most": how many there may be in the function; where
# "outer": in no innermost loop; "no-loop": the function has none in its source, only jumps back;
# "neuron": its innermost loop is over neurons, once a timestep, and no synapse is in it.
exceptions() {
    cat <<'LIST'
attend.o sq_attend_scratch_bytes imul|mul|umull 4 no-loop sizes of buffers, at set-up
attend_graded.o sq_graded_scratch_bytes imul|mul|umull|umaddl|madd 4 no-loop sizes of buffers, at set-up
attend_graded.o attend imul|mul|umull|madd 8 outer sizes of planes and of a product, before the first head
attend_graded.o scale_row mulss|mulps|fmul 4 neuron the scale of a current, once a neuron
levels.o sq_levels_from_planes imul|mul|madd 2 outer where the highest plane ends, before any word
pool.o sq_pool_sum imul|umull|mul|madd|div|udiv 12 outer ways of strides and sizes, before the first window
planes.o sq_planes_sum imul|mul|umull 1 outer words of a plane, once a plane of the head's input
pool.o sq_pool_spikes imul|umull|mul 6 outer words of a line, before the first line
pool.o sq_pool_measure imul|umull|mul|madd 5 outer ways of strides and of the padding, before the first window
pool.o sq_pool_any imul 1 outer clang: where out ends, before the first window
real_pool.o sq_pool_measure imul|umull|mul|madd 5 outer ways of strides and of the padding, before the first window
gate.o sq_gate_heads div|udiv|imul|mul 4 outer channels of a head; clang: where the rows end; before any row
gate.o sq_gate_tokens imul 1 outer clang: where the rows end, before any row
gate.o sq_head_counts div|udiv 2 outer channels of a head, before any row
neuron_f32_scalar.o lif_rows divss|divps|fdiv 4 neuron the leak of LIF, tau of any value
neuron_f32_scalar.o plif_rows mulss|mulps|fmul 4 neuron the leak of PLIF
neuron_f32_scalar.o ms_rows mulss|mulps|fmul 4 neuron the leak of MS
neuron_f32_avx2.o lif_rows vdivps 1 neuron the leak of LIF
neuron_f32_avx2.o plif_rows vmulps 1 neuron the leak of PLIF
neuron_f32_avx2.o ms_rows vmulps 1 neuron the leak of MS
neuron_f32_avx512.o lif_rows vdivps 1 neuron the leak of LIF
neuron_f32_avx512.o plif_rows vmulps 1 neuron the leak of PLIF
neuron_f32_avx512.o ms_rows vmulps 1 neuron the leak of MS
neuron_f32_neon.o lif_rows fdiv 1 neuron the leak of LIF
neuron_f32_neon.o plif_rows fmul 1 neuron the leak of PLIF
neuron_f32_neon.o ms_rows fmul 1 neuron the leak of MS
accumulate_f32_scalar.o sq_accumulate_f32_scalar umull 1 outer AArch64: where the runs end, before any row
attend_scalar.o attend_channels umull|smull 3 outer AArch64: words of all tokens, once a chunk of a head
attend_scalar.o sq_attend_scalar umull 1 outer AArch64: words of all tokens, once a head
LIST
}

# What the path may call: it moves and clears memory. __assert_fail and the stack guard end the program.
allowed_calls='memset|memcpy|memmove|__assert_fail|__stack_chk_fail|sq_[a-z0-9_]*'

# proves OBJECT OBJDUMP: nothing in it multiplies but what is listed; says what does.
proves() {
    object=$1
    name=${object##*/}
    exceptions | grep "^$name " >"$folder/listed"
    "$2" -d --no-show-raw-insn "$object" >"$folder/code" || return 1
    awk -f test/house/multiplications.awk "$folder/code" >"$folder/found"
    grep -q '^[0-9a-f]* <' "$folder/code" || { echo "$object: no code"; return 1; }
    awk -v object="$object" '
        FILENAME == ARGV[1] { mnemonics[$2] = "|" $3 "|"; most[$2] = $4; where[$2] = $5; next }
        ($3 == "inner" && where[$1] == "outer") || !index(mnemonics[$1], "|" $2 "|") || ++n[$1] > most[$1] {
            print object ": " $2 " in " $1 " (" $3 " loop)"; bad = 1
        }
        END { exit bad }' "$folder/listed" "$folder/found" || return 1
    called=$(nm -u "$object" | awk '{ print $NF }' | grep -vxE "$allowed_calls")
    [ -z "$called" ] || { echo "$object: calls" $called; return 1; }
}

count() {
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        [ -z "$2" ] || echo "FAIL $2"
    fi
}

# prove_path FOLDER OBJDUMP: every object of the spike path below it.
prove_path() {
    n_objects=0
    for object in "$1"/kernels/accumulate/*.o "$1"/kernels/attend/*.o "$1"/kernels/lif/*.o \
        "$1"/kernels/masked/*.o "$1"/kernels/neuron/*.o "$1"/kernels/pack/*.o "$1"/kernels/real/*.o \
        "$1"/kernels/spread/*.o; do
        proves "$object" "$2"
        count $?
        n_objects=$((n_objects + 1))
    done
    [ "$n_objects" -ge 8 ]
    count $? "$1 holds only $n_objects objects of the spike path"
}

# caught NAME ASSEMBLER OBJDUMP LINE...: an object with these lines of assembly must not pass.
caught() {
    name=$1 assembler=$2 disassembler=$3
    shift 3
    { echo "$name:"; printf '\t%s\n' "$@"; } | "$assembler" -o "$folder/planted.o" - &&
        ! proves "$folder/planted.o" "$disassembler" >/dev/null
    count $? "planted and not seen: $*"
}

plant_x86() {
    while read -r line; do
        caught kernel as objdump "$line" ret
    done <<'LINES'
imul %rcx, %rax
imul $3, %rcx, %rax
mul %rcx
mulx %rax, %rcx, %rdx
mulss %xmm0, %xmm1
mulpd %xmm0, %xmm1
fmul %st(1), %st
vmulps %zmm0, %zmm1, %zmm2
pmullw %xmm0, %xmm1
vpmulld %ymm0, %ymm1, %ymm2
vpmuludq %zmm0, %zmm1, %zmm2
pmaddwd %xmm0, %xmm1
vpmaddubsw %ymm0, %ymm1, %ymm2
vpmadd52luq %zmm0, %zmm1, %zmm2
vfmadd231ps %ymm0, %ymm1, %ymm2
vfnmsub213sd %xmm0, %xmm1, %xmm2
vpdpbusd %zmm0, %zmm1, %zmm2
vpdpwssd %ymm0, %ymm1, %ymm2
vdpbf16ps %zmm0, %zmm1, %zmm2
dpps $255, %xmm0, %xmm1
pclmulqdq $0, %xmm0, %xmm1
gf2p8mulb %xmm0, %xmm1
vscalefps %zmm0, %zmm1, %zmm2
divss %xmm0, %xmm1
call __muldi3
LINES
    # A listed function, one multiplication too many; a listed one inside the innermost loop.
    caught sq_planes_sum as objdump 'imul %rcx, %rax' 'imul %rcx, %rdx' ret
    mkdir "$folder/inner"
    printf 'sq_planes_sum:\n1: imul %%rcx, %%rax\n dec %%rcx\n jne 1b\n ret\n' |
        as -o "$folder/inner/planes.o" - && ! proves "$folder/inner/planes.o" objdump >/dev/null
    count $? "a listed multiplication inside an innermost loop was not seen"
    # The leak of neurons that have none.
    mkdir "$folder/leak"
    printf 'if_rows: vmulps %%ymm0, %%ymm1, %%ymm2\n ret\n' | as -o "$folder/leak/neuron_f32_avx2.o" - &&
        ! proves "$folder/leak/neuron_f32_avx2.o" objdump >/dev/null
    count $? "a multiplication in IF was not seen"
    # What must pass: additions, shifts, lea, and names that hold "mul".
    printf '%s\n' 'accumulate: lea (%rax,%rcx,8), %rdx' 'shl $6, %rax' 'vaddps %ymm0, %ymm1, %ymm2' \
        'jmp accumulate' | as -o "$folder/control.o" - && proves "$folder/control.o" objdump
    count $? "an object without multiplication did not pass"
}

plant_aarch64() {
    while read -r line; do
        caught kernel aarch64-linux-gnu-as aarch64-linux-gnu-objdump "$line" ret
    done <<'LINES'
mul x0, x1, x2
madd x0, x1, x2, x3
umull x0, w1, w2
smulh x0, x1, x2
mul v0.4s, v1.4s, v2.4s
mla v0.8h, v1.8h, v2.8h
smlal v0.4s, v1.4h, v2.4h
fmul v0.4s, v1.4s, v2.4s
fmla v0.4s, v1.4s, v2.4s
fmadd s0, s1, s2, s3
sqdmulh v0.4s, v1.4s, v2.4s
pmull v0.8h, v1.8b, v2.8b
.arch armv8.2-a+dotprod; sdot v0.4s, v1.16b, v2.16b
udiv x0, x1, x2
LINES
}

if nm "$build/spikeq" | grep -qE ' (__asan|__tsan)_init'; then
    echo "skip: proof that nothing multiplies: a sanitizer's build is not what is shipped"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
prove_path "$build" objdump
if [ "$(uname -m)" = x86_64 ]; then
    plant_x86
else
    echo "skip: multiplications planted in x86-64 code: needs an x86-64 assembler"
    skipped=$((skipped + 1))
fi
if aarch64=$(test/house/aarch64); then
    prove_path "$aarch64" aarch64-linux-gnu-objdump
    plant_aarch64
else
    echo "skip: proof that nothing multiplies on AArch64: $aarch64"
    skipped=$((skipped + 1))
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
