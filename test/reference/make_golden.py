"""Make a golden set of a random network whose every sum is exact in float32, in any order.

    python3 make_golden.py out/ --layout imagenet --heads 2 --height 64 --width 64 --seed 3

Weights are k/32 (|k| <= 8), biases k/16, batch norm means k/32 and shifts k/16, gammas in
+-{.5 .75 1 1.25 1.5}, and running_var is float32(4^k - eps), so that gamma / sqrt(var + eps) is
gamma / 2^k. Images are k/8, frames event counts. Batch norm is chosen layer by layer, so that every
population fires at 9 to 32 %. The network then runs in float32 and in float64: all pre-activations
must be equal, and no sum of absolute terms may need more than 24 bits, else the script gives up.

Writes config.json, model.safetensors, checkpoint.pth (if PyTorch is there), input.npy, spikes.npz,
residual.npz, preact.npz, logits.npy, and rates.csv and counts.csv as dense_numpy.py does.
"""
import argparse
import json
import os
from typing import Dict, Tuple

import numpy as np

from dense_numpy import Array, Network, write_counts, write_rates
from tensors import write_safetensors

EPS = 1e-5
LOW, HIGH = 0.09, 0.32
ATTN_SCALE = {"cifar10": 0.125, "imagenet": 0.125, "cifar10dvs": 0.25}
DOWNSCALE = {"cifar10": 4, "imagenet": 16, "cifar10dvs": 16}


def build(config: dict, rng: np.random.Generator) -> Dict[str, Array]:
    """All entries of the official state dict that take part, batch norms still neutral."""
    layout, dim, hidden = config["layout"], config["dim"], config["mlp_hidden"]
    tensors: Dict[str, Array] = {}

    def weight(name: str, *shape: int) -> None:
        k = np.clip(np.rint(rng.normal(0, 4, shape)), -8, 8)
        tensors[name + ".weight"] = (k / 32).astype(np.float32)

    def bias(name: str, n: int) -> None:
        tensors[name + ".bias"] = (rng.integers(-4, 5, n) / 16).astype(np.float32)

    def norm(name: str, n: int) -> None:
        for entry, value in (("weight", 1), ("bias", 0), ("running_mean", 0), ("running_var", 1)):
            tensors[f"{name}.{entry}"] = np.full(n, value, np.float32)
        tensors[name + ".num_batches_tracked"] = np.array(1, np.int64)

    widths = [config["in_channels"], dim // 8, dim // 4, dim // 2, dim]
    for i in range(4):
        suffix = str(i) if i else ""
        weight("patch_embed.proj_conv" + suffix, widths[i + 1], widths[i], 3, 3)
        norm("patch_embed.proj_bn" + suffix, widths[i + 1])
    weight("patch_embed.rpe_conv", dim, dim, 3, 3)
    norm("patch_embed.rpe_bn", dim)
    kind = "_linear" if layout == "cifar10" else "_conv"
    tail = {"cifar10": (), "imagenet": (1,), "cifar10dvs": (1,)}[layout]
    wide = tail * 2 if layout == "imagenet" else tail  # its MLP convolves images
    for i in range(config["depth"]):
        for p in ("q", "k", "v", "proj"):
            path = f"block.{i}.attn.{p}"
            weight(path + kind, dim, dim, *tail)
            if layout == "cifar10" or p == "proj":
                bias(path + kind, dim)
            norm(path + "_bn", dim)
        for p, n_in, n_out in (("fc1", dim, hidden), ("fc2", hidden, dim)):
            path = f"block.{i}.mlp.{p}"
            weight(path + kind, n_out, n_in, *wide)
            bias(path + kind, n_out)
            norm(path + "_bn", n_out)
    weight("head", config["classes"], dim)
    bias("head", config["classes"])
    return tensors


class Tuner:
    """Chooses each batch norm when the layer's sums are known, for a firing rate near `target`."""

    def __init__(
        self, config: dict, tensors: Dict[str, Array], rng: np.random.Generator, attn_target: float
    ) -> None:
        self.config, self.tensors, self.rng, self.attn_target = config, tensors, rng, attn_target

    def rate(self, y: Array) -> float:
        v, ones = np.zeros_like(y[0]), 0
        for current in y:
            h = v + (current - v) / 2
            ones += int((h >= self.config["v_threshold"]).sum())
            v = np.where(h >= self.config["v_threshold"], 0, h)
        return ones / y.size

    def __call__(self, norm: str, z: Array) -> None:
        n = z.shape[2]
        flat = np.moveaxis(z.astype(np.float64), 2, 0).reshape(n, -1)
        k = np.maximum(np.rint(np.log2(flat.std(1) + 1e-9)), -2)  # about unit variance after it
        mean = np.rint(flat.mean(1) * 32) / 32
        gamma = self.rng.choice([0.5, 0.75, 1, 1.25, 1.5], n) * np.where(
            self.rng.random(n) < 0.06, -1, 1
        )
        spread = self.rng.integers(-2, 3, n) / 16
        feeds_attention = norm.split(".")[-1] in ("q_bn", "k_bn", "v_bn")
        target = self.attn_target if feeds_attention else self.rng.uniform(0.12, 0.24)
        shape = (1, 1, n) + (1,) * (z.ndim - 3)
        scaled = (z - mean.reshape(shape)) * (gamma / 2**k).reshape(shape)
        # Firing grows with a common shift: the smallest multiple of 1/16 that reaches the target.
        low, high = -64, 64
        while low < high:
            middle = (low + high) // 2
            if self.rate(scaled + (spread + middle / 16).reshape(shape)) < target:
                low = middle + 1
            else:
                high = middle
        for entry, value in (
            ("weight", gamma),
            ("bias", spread + low / 16),
            ("running_mean", mean),
            ("running_var", 4.0**k - EPS),
        ):
            self.tensors[f"{norm}.{entry}"] = value.astype(np.float32)


def bits(x: Array) -> int:
    """Fractional bits of the values (dyadic, at most 30)."""
    for n in range(31):
        scaled = x.astype(np.float64) * 2.0**n
        if (scaled == np.rint(scaled)).all():
            return n
    raise ValueError("not dyadic")


def check_sums(config: dict, tensors: Dict[str, Array], x: Array) -> None:
    """The absolute terms of every weighted sum, batch norm folded or not, fit in 24 bits."""
    for name, w in tensors.items():
        layer, norm = name[: -len(".weight")], name.replace("_conv", "_bn").replace(
            "_linear", "_bn"
        )
        if w.ndim < 2 or layer == "head":
            continue
        gamma, var = tensors[norm], tensors[norm[: -len("weight")] + "running_var"]
        a = np.abs(gamma) / np.sqrt(var + np.float32(EPS))
        first = layer == "patch_embed.proj_conv"
        largest = np.abs(x).max() if first else 2 + 2 * config["depth"]
        terms = np.abs(w).reshape(len(w), -1).sum(1) * largest + 1  # 1: more than any bias here
        fraction = 5 + (bits(x) if first else 0)
        if np.log2(np.maximum(terms, terms * a)).max() + fraction + bits(a) > 24:
            raise ValueError(f"{layer}: a partial sum may need more than 24 bits")


def check_exact(config: dict, tensors: Dict[str, Array], x: Array) -> Tuple[Network, Array]:
    """The float32 run; refuses a network that rounds, or might in another order of summation."""
    check_sums(config, tensors, x)
    single, double = (Network(config, tensors, t) for t in (np.float32, np.float64))
    logits, _ = single.forward(x), double.forward(x)
    for name, preact in single.preact.items():
        if (preact != double.preact[name]).any() or (
            single.spikes[name] != double.spikes[name]
        ).any():
            raise ValueError(f"{name} is not exact in float32")
        # A membrane is halved at most T times between two resets.
        if np.log2(np.abs(preact).max()) + bits(preact) + config["T"] > 24:
            raise ValueError(f"{name}: a membrane may need more than 24 bits")
    return single, logits


def make(config: dict, seed: int) -> Tuple[Dict[str, Array], Array, Network, Array]:
    """Attention has no parameter of its own: q, k and v get more active until attn_lif fires."""
    for attn_target in np.linspace(0.10, 0.30, 21):
        rng = np.random.default_rng(seed)
        shape = (
            config["batch"],
            config["in_channels"],
            config["image_height"],
            config["image_width"],
        )
        if config["layout"] == "cifar10dvs":
            x = rng.poisson(0.12, shape[:1] + (config["T"],) + shape[1:]).astype(np.float32)
        else:
            x = (rng.integers(-16, 17, shape) / 8).astype(np.float32)
        tensors = build(config, rng)
        tuned = Network(config, tensors, np.float32, Tuner(config, tensors, rng, attn_target))
        tuned.forward(x)
        rates = {name: s.mean() for name, s in tuned.spikes.items()}
        if all(LOW <= r <= HIGH for r in rates.values()):
            return (tensors, x) + check_exact(config, tensors, x)
    raise SystemExit(
        "no firing rates in range; last: " + ", ".join(f"{n} {r:.3f}" for n, r in rates.items())
    )


def power_of_two(n: int) -> bool:
    return n & (n - 1) == 0


def parse() -> Tuple[str, int, dict]:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out")
    parser.add_argument("--layout", choices=list(ATTN_SCALE), default="cifar10")
    for name, value in (
        ("depth", 1),
        ("dim", 64),
        ("heads", 4),
        ("mlp-ratio", 4),
        ("T", 4),
        ("height", 32),
        ("width", 32),
        ("batch", 1),
        ("classes", 10),
        ("seed", 1),
    ):
        parser.add_argument("--" + name, type=int, default=value)
    a = parser.parse_args()
    step = DOWNSCALE[a.layout]
    if a.height % step or a.width % step or a.dim % a.heads or a.dim % 8:
        parser.error(
            f"{a.layout}: height and width must be multiples of {step}, dim of heads and of 8"
        )
    grid = [a.height // step, a.width // step]
    tokens = grid[0] * grid[1]
    frames = a.layout == "cifar10dvs"
    return (
        a.out,
        a.seed,
        {
            "layout": a.layout,
            "depth": a.depth,
            "dim": a.dim,
            "heads": a.heads,
            "head_dim": a.dim // a.heads,
            "mlp_ratio": a.mlp_ratio,
            "mlp_hidden": a.mlp_ratio * a.dim,
            "T": a.T,
            "image_height": a.height,
            "image_width": a.width,
            "token_grid": grid,
            "tokens": tokens,
            "in_channels": 2 if frames else 3,
            "classes": a.classes,
            "batch": a.batch,
            "tau": 2.0,
            "v_threshold": 1.0,
            "attn_v_threshold": 0.5,
            "v_reset": 0.0,
            "attn_scale": ATTN_SCALE[a.layout],
            "bn_eps": EPS,
            "seed": a.seed,
            "input": "frames [B,T,C,H,W]" if frames else "static [B,C,H,W], repeated T times",
            "exact": True,
            "logits_exact": power_of_two(tokens) and power_of_two(a.T),
        },
    )


def main() -> None:
    out, seed, config = parse()
    tensors, x, network, logits = make(config, seed)
    os.makedirs(out, exist_ok=True)
    at = lambda name: os.path.join(out, name)
    with open(at("config.json"), "w") as file:
        json.dump(config, file, indent=1)
    write_safetensors(at("model.safetensors"), tensors, {})
    np.save(at("input.npy"), x)
    np.save(at("logits.npy"), logits)
    for name, arrays in (
        ("spikes", network.spikes),
        ("residual", network.residual),
        ("preact", network.preact),
    ):
        np.savez_compressed(at(name + ".npz"), **arrays)
    write_rates(at("rates.csv"), network.spikes)
    write_counts(at("counts.csv"), network.counts)
    try:
        import torch
    except ImportError:
        print("no PyTorch: checkpoint.pth not written")
    else:
        torch.save(
            {name: torch.from_numpy(np.array(w)) for name, w in tensors.items()},
            at("checkpoint.pth"),
        )


if __name__ == "__main__":
    main()
