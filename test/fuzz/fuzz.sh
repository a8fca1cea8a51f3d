#!/bin/sh
# Every parser under libFuzzer with AddressSanitizer and UBSan, SECONDS_EACH seconds each (default 60). Needs clang
# and libclang-rt-14-dev. New inputs go to build/fuzz/corpus/; a finding stays there and fails.
cd "$(dirname "$0")/../.." || exit 1
seconds=${SECONDS_EACH:-60}
make CC=clang VARIANT=fuzz -j2 build/fuzz/libspikeq.a || exit 1
for source in test/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    corpus=build/fuzz/corpus/${name#fuzz_}
    mkdir -p "$corpus"
    clang -std=c11 -g -O1 -I. -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
        -fsanitize=fuzzer,address,undefined "$source" build/fuzz/libspikeq.a \
        $(pkg-config --cflags --libs libuv libcjson libzip zlib nettle sqlite3 libzstd libdeflate hdf5 \
            liblz4 expat libpng libjpeg libisal libarchive) \
        -lm -pthread \
        -o "build/fuzz/$name" || exit 1
    dictionary=test/fuzz/${name#fuzz_}.dict
    "build/fuzz/$name" -max_total_time="$seconds" -timeout=20 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/" $([ -f "$dictionary" ] && echo "-dict=$dictionary") \
        "$corpus" "test/fuzz/corpus/${name#fuzz_}" || exit 1
done
