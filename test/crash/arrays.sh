#!/bin/sh
# Memory that ends while arrays go through a session and into a recorder (arrays.c): at SITES allocations, evenly
# spread, 0 is every one, of those behind the loading of the network (memory.sh has that). Each ends with status 0, or with 1 and one line; no block is lost that a good run frees,
# and no trace is left that failed. "N passed, N failed" last.
cd "$(dirname "$0")/../.." || exit 1
build=${B:-$(dirname "${SPIKEQ:-build/${VARIANT:-release}/spikeq}")}
sites=${SITES:-60}
case $build in
*asan | *tsan | *fuzz)
    echo "skip: memory that ends under a session: the sanitizer brings its own malloc"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
    ;;
esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
shim=$build/test/crash/fail_malloc.so
${CC:-gcc} -std=c11 -O1 -I. test/crash/arrays.c "$build/libspikeq.a" $(pkg-config --libs libuv libcjson libzip zlib \
    nettle sqlite3 libzstd libdeflate hdf5 liblz4 expat libpng libjpeg libisal libarchive) -lm -pthread -o "$work/arrays" || exit 1
export SPIKEQ_CONFIGS=configs SPIKEQ_FAIL_LOG="$work/log"

# run AT [TRACE]: one allocation fails.
run() {
    rm -f "$work"/t.db* "$work/log"
    SPIKEQ_FAIL_AT=$1 LD_PRELOAD=$shim "$work/arrays" test/golden/cifar-2-64/model.safetensors \
        test/golden/cifar-2-64/config.json "${2:-$work/t.db}" >"$work/out" 2>"$work/err"
    status=$?
    [ -e "$work/log" ] || echo 0 0 >"$work/log" # it did not end by itself
    return $status
}

run -1 -
read -r first _ <"$work/log"
run -1
status=$?
read -r n blocks <"$work/log"
if [ $status -eq 0 ] && [ -s "$work/t.db" ] && [ ! -s "$work/err" ]; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    echo "FAIL a run with all its memory: status $status: $(cat "$work/err")"
fi
step=1
[ "$sites" -eq 0 ] || step=$(((n - first + sites - 1) / sites))
at=$first
while [ $at -le "$n" ]; do
    run $at
    status=$?
    read -r _ lost <"$work/log"
    wrong=
    [ $status -le 1 ] || wrong="status $status"
    [ "$(wc -l <"$work/err")" -eq $status ] || wrong="$wrong lines: $(head -c 300 "$work/err")"
    [ "$lost" -le "$blocks" ] || wrong="$wrong $((lost - blocks)) blocks lost"
    # The session may fail behind a trace that is whole; no other may stay.
    if [ $status -ne 0 ] && [ -e "$work/t.db" ] && "$build/spikeq" inspect "$work/t.db" 2>&1 | grep -q incomplete; then
        wrong="$wrong part of a trace is left"
    fi
    if [ -z "$wrong" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL allocation $at of $n: $wrong"
    fi
    at=$((at + step))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
