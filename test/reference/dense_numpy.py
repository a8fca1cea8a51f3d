"""Brute-force forward pass of the three Spikformer layouts in NumPy: every product of every layer,
no events, no PyTorch.

    python3 dense_numpy.py config.json model.safetensors input.npy out/

Input: [B, C, H, W], or frames [B, T, 2, H, W] for cifar10dvs. Writes to out/: one 0/1 array per
LIF population (<module path>.npy), preact/<module path>.npy (its input current),
block.i.in/.mid/.out.npy and head_in_sum.npy (the integer residual stream), logits.npy, rates.csv,
and counts.csv, one line per synaptic layer, over all samples and timesteps:

    events          nonzero inputs
    additions       their fan-outs added up, taps that fall into the padding left out
    unit_additions  the same, every fan-out times the integer input (empty if that is not one)

For attention, "first" is the product of two spike matrices, one addition per pair of ones that
meet; "second" the product of the integer result and the remaining spike matrix, in the layout's
own order.
"""
import argparse
import json
import os
from typing import Callable, Dict, List, Optional, Tuple

import numpy as np

from tensors import read_safetensors

Array = np.ndarray
Count = Tuple[str, int, int, Optional[int]]  # layer, events, additions, unit additions
ATTENTION_ORDER = {
    "cifar10": "qk",
    "imagenet": "kv",
    "cifar10dvs": "qk",
}  # which product comes first
POOLED_STAGES = {"cifar10": (2, 3), "imagenet": (0, 1, 2, 3), "cifar10dvs": (0, 1, 2, 3)}


def convolve(x: Array, w: Array) -> Array:
    """3x3, stride 1, zero padding 1. x [..., C, H, W], w [O, C, 3, 3]."""
    height, width = x.shape[-2:]
    padded = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(1, 1), (1, 1)])
    out = np.zeros(x.shape[:-3] + (w.shape[0], height, width), x.dtype)
    for ky in range(3):
        for kx in range(3):
            patch = padded[..., ky : ky + height, kx : kx + width]
            out += np.einsum("oc,...chw->...ohw", w[:, :, ky, kx], patch, optimize=True)
    return out


def pool(x: Array) -> Array:
    """Max of 3x3 spikes, stride 2, padding 1."""
    height, width = x.shape[-2:]
    padded = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(1, 1), (1, 1)])
    windows = [
        padded[..., ky : ky + height : 2, kx : kx + width : 2] for ky in range(3) for kx in range(3)
    ]
    return np.maximum.reduce(windows)


class Network:
    """One forward pass. `prepare(norm, z)`, if given, may set the parameters of a batch norm when
    the weighted sums z before it (axis 2: channels) are known; make_golden.py makes networks so."""

    def __init__(
        self,
        config: dict,
        tensors: Dict[str, Array],
        dtype: type = np.float32,
        prepare: Optional[Callable[[str, Array], None]] = None,
    ) -> None:
        self.config, self.tensors, self.dtype, self.prepare = config, tensors, dtype, prepare
        self.layout, self.timesteps, self.heads = config["layout"], config["T"], config["heads"]
        self.spikes: Dict[str, Array] = {}
        self.preact: Dict[str, Array] = {}
        self.residual: Dict[str, Array] = {}
        self.counts: List[Count] = []

    def parameter(self, name: str) -> Array:
        return self.tensors[name].astype(self.dtype)

    def norm(self, name: str, z: Array, axis: int) -> Array:
        shape = [1] * z.ndim
        shape[axis] = -1
        gamma, beta, mean, var = (
            self.tensors[f"{name}.{n}"].astype(np.float32)
            for n in ("weight", "bias", "running_mean", "running_var")
        )
        var = var + np.float32(self.config["bn_eps"])
        a = gamma.astype(self.dtype) * (self.dtype(1) / np.sqrt(var.astype(self.dtype)))
        return z * a.reshape(shape) + (
            beta.astype(self.dtype) - mean.astype(self.dtype) * a
        ).reshape(shape)

    def fire(self, name: str, x: Array, view: Callable[[Array], Array], threshold: float) -> Array:
        """LIF over axis 0; `view` turns our axes into those the population is published with."""
        v, s = np.zeros_like(x[0]), np.zeros_like(x)
        for t in range(len(x)):
            h = v + (x[t] - v) / self.dtype(2)
            s[t] = h >= threshold
            v = np.where(s[t] > 0, self.dtype(0), h)
        self.preact[name], self.spikes[name] = view(x).astype(np.float32), view(s).astype(np.uint8)
        return s

    def count(self, name: str, x: Array, fan_out: Array) -> None:
        nonzero = x != 0
        additions = int((nonzero * fan_out).sum(dtype=np.int64))
        whole = bool((x == np.rint(x)).all() and (x >= 0).all())
        unit = int((x.astype(np.int64) * fan_out).sum(dtype=np.int64)) if whole else None
        self.counts.append((name, int(nonzero.sum()), additions, unit))

    def stage(self, conv: str, norm: str, lif: str, x: Array) -> Array:
        """Convolution, batch norm, LIF on [T, B, C, H, W]."""
        path = "patch_embed."
        w = self.parameter(path + conv + ".weight")
        height, width = x.shape[-2:]
        rows, columns = (
            np.array([3 - (i == 0) - (i == n - 1) for i in range(n)]) for n in (height, width)
        )
        self.count(path + conv, x, w.shape[0] * np.outer(rows, columns))
        z = convolve(x, w)
        if self.prepare:
            self.prepare(path + norm, z)
        return self.fire(
            path + lif, self.norm(path + norm, z, 2), lambda s: s, self.config["v_threshold"]
        )

    def patches(self, x: Array) -> Array:
        for i in range(4):
            suffix = str(i) if i else ""
            x = self.stage("proj_conv" + suffix, "proj_bn" + suffix, "proj_lif" + suffix, x)
            if i in POOLED_STAGES[self.layout]:
                x = pool(x)
        return x + self.stage("rpe_conv", "rpe_bn", "rpe_lif", x)

    def tokens(self, grid: bool) -> Callable[[Array], Array]:
        """From our [T, B, N, C] to the layout's axes; `grid`: imagenet keeps it an image."""
        if self.layout == "cifar10":
            return lambda x: x
        if self.layout == "imagenet" and grid:
            return lambda x: np.swapaxes(x, 2, 3).reshape(x.shape[:2] + (x.shape[3],) + self.grid)
        return lambda x: np.swapaxes(x, 2, 3)

    def project(self, path: str, lif: str, u: Array, grid: bool) -> Array:
        """Linear layer (a 1x1 convolution in two layouts), batch norm, LIF on [T, B, N, C]."""
        layer = path + ("_linear" if self.layout == "cifar10" else "_conv")
        w = self.parameter(layer + ".weight")
        w = w.reshape(w.shape[:2])
        self.count(layer, u, np.array(w.shape[0]))
        z = u @ w.T
        if layer + ".bias" in self.tensors:
            z = z + self.parameter(layer + ".bias")
        if self.prepare:
            self.prepare(path + "_bn", np.moveaxis(z, -1, 2))
        return self.fire(
            lif, self.norm(path + "_bn", z, 3), self.tokens(grid), self.config["v_threshold"]
        )

    def attention(self, path: str, u: Array) -> Array:
        t, b, n, dim = u.shape
        split = lambda x: x.reshape(t, b, n, self.heads, dim // self.heads).transpose(0, 1, 3, 2, 4)
        q, k, v = (split(self.project(path + p, path + p + "_lif", u, False)) for p in "qkv")
        qk_first = ATTENTION_ORDER[self.layout] == "qk"
        first = q @ k.swapaxes(-1, -2) if qk_first else k.swapaxes(-1, -2) @ v
        y = first @ v if qk_first else q @ first
        met = int(first.sum(dtype=np.float64))
        self.counts.append((path + "first", met, met, met))
        # A nonzero of the integer matrix meets the ones of a row of v (qk) or a column of q (kv).
        partners = v.sum(-1)[..., None, :] if qk_first else q.sum(-2)[..., :, None]
        self.count(path + "second", first, partners.astype(np.int64))
        y = y * self.dtype(self.config["attn_scale"])
        y = y.transpose(0, 1, 3, 2, 4).reshape(t, b, n, dim)
        a = self.fire(path + "attn_lif", y, self.tokens(False), self.config["attn_v_threshold"])
        return self.project(path + "proj", path + "proj_lif", a, True)

    def keep(self, name: str, u: Array) -> Array:
        self.residual[name] = self.tokens(True)(u).astype(np.uint8)
        return u

    def forward(self, x: Array) -> Array:
        x = x.astype(self.dtype)
        if x.ndim == 4:
            x = np.broadcast_to(x, (self.timesteps,) + x.shape)
        else:
            x = x.swapaxes(0, 1)
        u = self.patches(np.ascontiguousarray(x))
        self.grid = u.shape[-2:]
        u = u.reshape(u.shape[:3] + (-1,)).swapaxes(2, 3)
        for i in range(self.config["depth"]):
            block = f"block.{i}."
            self.keep(block + "in", u)
            u = self.keep(block + "mid", u + self.attention(block + "attn.", u))
            h = self.project(block + "mlp.fc1", block + "mlp.fc1_lif", u, True)
            u = self.keep(
                block + "out", u + self.project(block + "mlp.fc2", block + "mlp.fc2_lif", h, True)
            )
        w = self.parameter("head.weight")
        self.count("head", u, np.array(w.shape[0]))
        self.residual["head_in_sum"] = u.sum((0, 2)).astype(np.int32)
        mean = (u.sum(2) / self.dtype(u.shape[2])).sum(0) / self.dtype(self.timesteps)
        return (mean @ w.T + self.parameter("head.bias")).astype(np.float32)


def write_rates(path: str, spikes: Dict[str, Array]) -> None:
    with open(path, "w") as file:
        print("layer,shape,ones,size,rate", file=file)
        for name, s in spikes.items():
            ones = int(s.sum(dtype=np.int64))
            print(
                name,
                "x".join(map(str, s.shape)),
                ones,
                s.size,
                f"{ones / s.size:.6f}",
                sep=",",
                file=file,
            )


def write_counts(path: str, counts: List[Count]) -> None:
    with open(path, "w") as file:
        print("layer,events,additions,unit_additions", file=file)
        for name, events, additions, unit in counts:
            print(name, events, additions, "" if unit is None else unit, sep=",", file=file)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("config", "weights", "input", "out"):
        parser.add_argument(name)
    args = parser.parse_args()
    with open(args.config) as file:
        network = Network(json.load(file), read_safetensors(args.weights)[0])
    logits = network.forward(np.load(args.input))
    os.makedirs(os.path.join(args.out, "preact"), exist_ok=True)
    for name, x in {**network.spikes, **network.residual, "logits": logits}.items():
        np.save(os.path.join(args.out, name + ".npy"), x)
    for name, x in network.preact.items():
        np.save(os.path.join(args.out, "preact", name + ".npy"), x)
    write_rates(os.path.join(args.out, "rates.csv"), network.spikes)
    write_counts(os.path.join(args.out, "counts.csv"), network.counts)


if __name__ == "__main__":
    main()
