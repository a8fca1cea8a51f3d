"""Random networks of ordinary floats for the fixed-point mode, and what fixed_model.py makes of them.

    python3 make_fixed_golden.py out/ --layout cifar10 --dim 16 ... (as make_golden.py)

The network is built and its firing rates tuned as make_golden.py does it; then every number is moved
by a few per cent, so that nothing is dyadic any more. Writes config.json, model.safetensors, input.npy, and for
each line of ARITHMETICS spikes-N.npz beside arith-N.txt.
"""
import json
import os

import numpy as np

from dense_numpy import Network
from fixed_model import Model, read_settings
from make_golden import Tuner, build, parse
from tensors import write_safetensors

ARITHMETICS = (
    "fixed weights=8 scale=channel rounding=nearest membrane=31 pixels=12 max={max}",
    "fixed weights=5 scale=layer rounding=down membrane=20 pixels=7 max={max}",
    "fixed weights=12 scale=channel rounding=down membrane=26 pixels=8 max={max}",
)


ATTENTION_RATE = 0.4  # of q, k and v: with few tokens attn_lif would hardly fire at less


def draw(config: dict, rng: np.random.Generator):
    shape = (config["batch"], config["in_channels"], config["image_height"], config["image_width"])
    if config["layout"] == "cifar10dvs":
        x = rng.poisson(0.12, shape[:1] + (config["T"],) + shape[1:]).astype(np.float32)
    else:
        x = rng.normal(0, 1, shape).astype(np.float32)
    tensors = build(config, rng)
    Network(config, tensors, np.float32, Tuner(config, tensors, rng, ATTENTION_RATE)).forward(x)
    return tensors, x


def perturb(tensors: dict, rng: np.random.Generator) -> dict:
    moved = {}
    for name, x in tensors.items():
        if x.dtype == np.float32:
            x = (x * (1 + 0.04 * rng.standard_normal(x.shape))).astype(np.float32)
            if x.ndim > 1:
                x += (0.01 * rng.standard_normal(x.shape)).astype(np.float32)
        moved[name] = x
    return moved


def main() -> None:
    out, seed, config = parse()
    rng = np.random.default_rng(seed)
    tensors, x = draw(config, rng)
    tensors = perturb(tensors, rng)
    config["exact"] = config["logits_exact"] = False
    os.makedirs(out, exist_ok=True)
    at = lambda name: os.path.join(out, name)
    with open(at("config.json"), "w") as file:
        json.dump(config, file, indent=1)
    write_safetensors(at("model.safetensors"), tensors, {})
    np.save(at("input.npy"), x)
    for number, line in enumerate(ARITHMETICS):
        text = line.format(max=repr(float(np.abs(x).max()) * 1.01))
        with open(at(f"arith-{number}.txt"), "w") as file:
            file.write(text + "\n")
        spikes = Model(config, tensors, read_settings(text)).run(x)
        np.savez_compressed(at(f"spikes-{number}.npz"), **spikes)
        print(number, {name: round(float(s.mean()), 3) for name, s in spikes.items()})


if __name__ == "__main__":
    main()
