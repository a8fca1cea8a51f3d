#!/bin/sh
# Three architectures on the same images: Spikformer, Spikingformer and the Spike-driven Transformer, each
# trained on Fashion-MNIST, on its test images. One table: accuracy, firing rate, additions, energy; and
# one page, build/compare.html. compare.sh [IMAGES]: only the first so many.
cd "$(dirname "$0")/.." || exit 1
spikeq=${SPIKEQ:-build/spikeq}
data=/usr/share/datasets/fashion-mnist
out=${OUT:-build}
set -- "${1:-10000}" fashion-2-64 fashion-spikingformer-1-64 fashion-sdt-1-64
images=$1
shift
for name; do
    "$spikeq" run --model "configs/models/weights/$name.safetensors" --config "$name" \
        --input "$data/t10k-images-idx3-ubyte.gz" --labels "$data/t10k-labels-idx1-ubyte.gz" \
        --limit "$images" --report "$out/$name.json" --trace "$out/$name.db" --quiet --force || exit
done
"$spikeq" energy "$out/$1.json" "$out/$2.json" "$out/$3.json" --format markdown \
    --columns 'model,T,M params,accuracy %,rate %,G SOPs,G MACs,energy_mj,ANN / this' || exit
"$spikeq" analyze "$out/$1.db" "$out/$2.db" "$out/$3.db" --html "$out/compare.html" --force >/dev/null || exit
printf '\nwhere the spikes of all three are: %s (any browser)\n' "$out/compare.html"
