#!/bin/sh
# What test/run adds up, and that a skipped test is no passed one: programs that say this and that, and the
# kernels' own tests on processors that lack instruction sets (qemu's). "N passed, N failed, N skipped" last.
cd "$(dirname "$0")/../.." || exit 1
units=$(dirname "${SPIKEQ:-build/release/spikeq}")/test/kernels
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
passed=0 failed=0 skipped=0

check() { # NAME GOT WANTED
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s: "%s" instead of "%s"\n' "$1" "$2" "$3"
    fi
}

# program NAME STATUS LINE...: a test program that prints the lines and ends so.
program() {
    file=$folder/$1 end=$2
    shift 2
    { echo '#!/bin/sh'; printf "echo '%s'\n" "$@"; echo "exit $end"; } >"$file"
    chmod +x "$file"
}

# ends WANTED STATUS NAME...: the last line of test/run over these programs, and its exit status.
ends() {
    wanted=$1 want_status=$2
    shift 2
    names=$*
    set --
    for name in $names; do set -- "$@" "$folder/$name"; done
    test/run "$@" >"$folder/log" 2>&1
    status=$?
    check "last line of $names" "$(tail -n 1 "$folder/log")" "$wanted"
    check "exit status of $names" $status "$want_status"
}

program check 0 '100%: Checks: 12, Failures: 0, Errors: 0'
program check_skips 0 'skip: kernel_avx9: this processor cannot run it' 'skip: disk: it is full' \
    '100%: Checks: 12, Failures: 0, Errors: 0'
program check_fails 1 'skip: disk: it is full' '80%: Checks: 10, Failures: 1, Errors: 1'
program check_only_skips 0 'skip: disk: it is full' '100%: Checks: 1, Failures: 0, Errors: 0'
program check_skips_twice 0 'skip: a: b' 'skip: a: b' '100%: Checks: 1, Failures: 0, Errors: 0'
program script 0 '5 passed, 0 failed'
program script_skips 0 'skip: page: needs a browser' '5 passed, 0 failed, 3 skipped'
program script_tells_late 0 'skip: page: needs a browser' '5 passed, 0 failed'
program script_fails 1 '5 passed, 2 failed, 0 skipped'
program script_lies 3 '5 passed, 0 failed'
program silent 0 'all is well'

ends '12 passed, 0 failed, 0 skipped' 0 check
ends '10 passed, 0 failed, 2 skipped' 0 check_skips
ends '7 passed, 2 failed, 1 skipped' 1 check_fails
ends '0 passed, 0 failed, 1 skipped' 1 check_only_skips
ends '0 passed, 1 failed, 2 skipped' 1 check_skips_twice
ends '5 passed, 0 failed, 0 skipped' 0 script
ends '5 passed, 0 failed, 3 skipped' 0 script_skips
ends '5 passed, 0 failed, 1 skipped' 0 script_tells_late
ends '5 passed, 2 failed, 0 skipped' 1 script_fails
ends '5 passed, 1 failed, 0 skipped' 1 script_lies
ends '0 passed, 1 failed, 0 skipped' 1 silent
ends '20 passed, 1 failed, 5 skipped' 1 check_skips script script_skips silent
check "what was skipped is listed" "$(tail -n 4 "$folder/log" | head -n 3 | sed 's/^ *//')" \
    "1 check_skips: disk: it is full
1 check_skips: kernel_avx9: this processor cannot run it
1 script_skips: page: needs a browser"

# A processor without vectors: their variants are skipped, the scalar one is not.
lacking() { # NAME WANTED: test_accumulate on the processor of that name
    program "$1" 0
    printf '#!/bin/sh\nexec %s -cpu %s %s/accumulate/test_accumulate\n' "$qemu" "$1" "$units" >"$folder/$1"
    ends "$2" 0 "$1"
}
qemu=$(command -v qemu-x86_64-static || command -v qemu-x86_64)
why=
[ -n "$qemu" ] || why="needs qemu-x86_64 (qemu-user-static)"
[ "$(uname -m)" = x86_64 ] || why="these are x86-64's"
! nm "$units/accumulate/test_accumulate" | grep -qE ' (__asan|__tsan)_init' || why="qemu cannot run a sanitizer's build"
if [ -z "$why" ]; then
    lacking Nehalem '4 passed, 0 failed, 4 skipped'
    check "what Nehalem lacks" "$(grep -c 'sq_accumulate_f32_avx[25]' "$folder/log")" 2
else
    echo "skip: processors without vectors: $why"
    skipped=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
