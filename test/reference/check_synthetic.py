"""Load a synthetic checkpoint into the PyTorch definition, every tensor of it, and compare firing rates.

    python3 check_synthetic.py CONFIG.json MODEL.safetensors NOISE.npy SYNTHESIS.json

The norms that the official modules never call are in the file and not in the definitions. The last two arguments are what `spikeq synthesize --save-input --json` made. Prints "same" if each population's rate in
PyTorch is within a hundredth of the one that spikeq reached: sums of floats run in another order there.
"""
import json
import sys

import numpy as np
import torch

import sdt
import spikformer
import spikingformer
from evaluate import restore
from tensors import read_safetensors


@torch.no_grad()
def main(config_path: str, model_path: str, noise_path: str, made_path: str) -> None:
    torch.set_num_threads(1)
    with open(config_path) as file:
        config = json.load(file)
    modules = {"sdt": sdt, "spikformer-cifar10": spikformer}
    model = modules.get(config["architecture"], spikingformer).from_config(config)
    tensors, metadata = read_safetensors(model_path)
    assert metadata["synthetic"] and all(x.dtype == np.float32 for x in tensors.values())
    restore(model, {name: torch.tensor(x) for name, x in tensors.items()})
    model.record()
    model(torch.from_numpy(np.load(noise_path)))
    with open(made_path) as file:
        reached = {p["name"]: p["reached"] for p in json.load(file)["populations"]}
    rates = {n: float(p.spikes.float().mean()) for n, p in model.populations().items()}
    off = {n: (rates[n], reached[n]) for n in rates if abs(rates[n] - reached[n]) > 0.01 * reached[n]}
    print("same" if rates.keys() == reached.keys() and not off else off or rates.keys() ^ reached.keys())


if __name__ == "__main__":
    main(*sys.argv[1:])
