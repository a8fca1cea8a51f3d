#!/bin/sh
# The main job as a whole: 10,000 images, time and memory; against PyTorch on the same network (once a
# number of threads) where python3-torch is installed. Prints, judges nothing.
cd "$(dirname "$0")/../.." || exit 1
data=/usr/share/datasets/fashion-mnist
model=configs/models/weights/fashion-2-64.safetensors
runs=5

# once THREADS [OPTION...]: wall seconds and peak KiB of one run over all images.
once() {
    threads=$1
    shift
    /usr/bin/env time -f '%e %M' build/spikeq run --quiet --model $model --config fashion-2-64 \
        --input $data/t10k-images-idx3-ubyte.gz --threads "$threads" "$@" 2>&1
}

median() {
    i=0
    while [ $i -lt $runs ]; do
        once "$@"
        i=$((i + 1))
    done | sort -n | sed -n "$(((runs + 1) / 2))p"
}

if ! [ -x /usr/bin/time ]; then
    echo "install the package time for this benchmark"
    exit 0
fi
echo "10,000 images, medians of $runs runs: seconds, peak KiB"
for threads in 1 2; do
    for schedule in layer step; do
        echo "spikeq, $threads threads, $schedule schedule: $(median $threads --schedule $schedule)"
    done
done
echo "processor seconds by instruction set, 1 thread, 2,000 images, medians of $runs runs in turn"
isas=$(build/spikeq --version | sed -n 's/^runs here *//p' | tr -d ,)
for i in $(seq $runs); do
    for isa in $isas; do
        /usr/bin/env time -f "$isa %U %S" build/spikeq run --quiet --model $model --config fashion-2-64 \
            --input $data/t10k-images-idx3-ubyte.gz --threads 1 --limit 2000 --isa "$isa" 2>&1
    done
done | sort -k1,1 -k2,2n | awk -v n="$runs" '{ t[$1, ++k[$1]] = $2 + $3 }
    END { for (isa in k) print isa ": " t[isa, (n + 1) / 2] }'
python=/usr/bin/python3
if ! $python -c 'import torch, numpy' 2>/dev/null; then
    echo "PyTorch: not installed (python3-torch, python3-numpy, libopenblas0-pthread)"
    exit 0
fi
for threads in 1 2; do
    echo "PyTorch, dense, $threads threads, $(OPENBLAS_NUM_THREADS=$threads /usr/bin/env \
        time -f '%e %M' $python test/reference/evaluate.py $model --threads $threads 2>&1 |
        tr '\n' ' ')"
done
