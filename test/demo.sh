#!/bin/sh
# The main job: a trained Spikformer on the 10,000 test images of Fashion-MNIST, recorded; then its
# energy, and the page of where its spikes are.
cd "$(dirname "$0")/.." || exit 1
data=/usr/share/datasets/fashion-mnist
model=configs/models/weights/fashion-2-64.safetensors
build/spikeq run --model "$model" --config fashion-2-64 \
    --input "$data/t10k-images-idx3-ubyte.gz" --labels "$data/t10k-labels-idx1-ubyte.gz" \
    --report build/demo.json --trace build/demo.db --force || exit
echo
build/spikeq energy build/demo.json --convention all || exit
build/spikeq analyze build/demo.db --model "$model" --config fashion-2-64 \
    --html build/demo.html --force >/dev/null || exit
printf '\nwhere the spikes are: build/demo.html (any browser), from the trace build/demo.db\n'
