#!/bin/sh
# The main job: a trained Spikformer on the 10,000 test images of Fashion-MNIST, then its energy.
cd "$(dirname "$0")/.." || exit 1
data=/usr/share/datasets/fashion-mnist
build/spikeq run \
    --model configs/models/weights/fashion-2-64.safetensors --config fashion-2-64 \
    --input "$data/t10k-images-idx3-ubyte.gz" --labels "$data/t10k-labels-idx1-ubyte.gz" \
    --report build/demo.json || exit
echo
build/spikeq energy build/demo.json --convention all
