#!/bin/sh
# Valgrind finds no leak and no error in a run of the smallest golden network.
cd "$(dirname "$0")/../.." || exit 1
set=test/golden/imagenet-1-64
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
spikeq=${SPIKEQ:-build/release/spikeq}
why=
command -v valgrind >/dev/null || why="needs valgrind"
if nm "$spikeq" | grep -qE ' (__asan|__tsan)_init'; then
    why="valgrind cannot run a sanitizer's build"
fi
if [ -n "$why" ]; then
    echo "skip: leaks of a run: $why"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
if valgrind --quiet --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all \
    --error-exitcode=99 "$spikeq" run --quiet --threads 2 --model $set/model.safetensors \
    --config $set/config.json --input $set/input.npy --dump "$folder/dump" \
    --report "$folder/report.json" >"$folder/log" 2>&1; then
    echo "1 passed, 0 failed"
else
    cat "$folder/log"
    echo "0 passed, 1 failed"
    exit 1
fi
