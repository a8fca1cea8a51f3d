"""Compare spikingformer.py or sdt.py with a golden set of the official code.

    python3 check_relatives.py GOLDEN_DIR

Prints the differing spikes of every population and the largest difference of the logits; exit
status 1 if anything differs. The set has config.json, model.safetensors, input.npy, spikes.npz and
logits.npy.
"""
import argparse
import json
import os
import sys

import numpy as np
import torch

import sdt
import spikingformer
from evaluate import read_checkpoint, restore


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("golden", help="folder of the set")
    folder = parser.parse_args().golden
    torch.set_num_threads(1)
    with open(os.path.join(folder, "config.json")) as file:
        config = json.load(file)
    config.setdefault("architecture", config.get("family"))
    config.setdefault("mlp_hidden", config["dim"] * config.get("mlp_ratio", 4))
    module = sdt if config["architecture"] == "sdt" else spikingformer
    model = module.from_config(config)
    restore(model, read_checkpoint(os.path.join(folder, "model.safetensors")))
    model.record()
    images = torch.from_numpy(np.load(os.path.join(folder, "input.npy")))
    if images.dim() != 4:
        raise SystemExit("frames: only a still image [B, C, H, W] is an input here")
    logits = model(images).numpy()
    wrong = 0
    with np.load(os.path.join(folder, "spikes.npz")) as golden:
        populations = model.populations()
        if list(populations) != list(golden):
            raise SystemExit(f"populations {list(populations)}, not {list(golden)}")
        for name, population in populations.items():
            mine = population.spikes.numpy()
            if mine.shape != golden[name].shape:
                raise SystemExit(f"{name}: shape {mine.shape}, not {golden[name].shape}")
            differ = int((mine != golden[name]).sum())
            print(f"{name}: {differ} of {mine.size} differ, {int(mine.sum())} spikes")
            wrong += differ
    off = float(np.abs(logits - np.load(os.path.join(folder, "logits.npy"))).max())
    # Where the set says that its logits are not exact, they are compared to 1e-6.
    bad = off > (0 if config.get("logits_exact", True) else 1e-6)
    print(f"logits: largest difference {off:g}")
    sys.exit(1 if wrong or bad else 0)


if __name__ == "__main__":
    main()
