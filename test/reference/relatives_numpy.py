"""Relatives of Spikformer by brute force, from the equations of docs/architectures.md and the official
modules' names: random networks whose every sum is exact in float32 in any order, batch norm folded or not.

    python3 relatives_numpy.py sdt-v3-large OUT/ [--seed N]     likewise ms-resnet-104, sdt-v2

Makes a golden set: config.json, model.safetensors, input.npy, spikes.npz, preact.npz (small
populations), residual.npz (head_in), logits.npy; of sdt-v2 also logits_spikes.npy, where both
classifiers read spikes. A network runs in float32, in float64 and with channels summed backwards;
all must agree, and the terms of every sum, batch norm folded, must fit in 24 bits.
"""
import argparse
import json
import os
from typing import Callable, Dict, List, Optional, Tuple

import numpy as np

from dense_numpy import Array
from make_golden import EPS, bits
from tensors import write_safetensors

SMALL = 1200  # elements of a population whose currents are stored


def windows(x: Array, kernel: int, stride: int, pad: int) -> Array:
    """[..., C, H, W] as [..., C, H', W', kernel, kernel]."""
    padded = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(pad, pad)] * 2)
    view = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel), (-2, -1))
    return view[..., ::stride, ::stride, :, :]


def convolve(x: Array, w: Array, stride: int, pad: int, groups: int) -> Array:
    """x [T,B,C,H,W], w [O,C/groups,k,k]."""
    parts = windows(x, w.shape[2], stride, pad)
    out = [
        np.einsum("tbchwij,ocij->tbohw", p, v, optimize=True)
        for p, v in zip(np.split(parts, groups, 2), np.split(w, groups, 0))
    ]
    return np.concatenate(out, 2)


def per_channel(x: Array) -> Array:
    return x[:, None, None]


class Net:
    """One pass over [T,B,C,H,W]. A pass that `makes` draws tensors and chooses batch norms as they come."""

    def __init__(self, tensors: Dict[str, Array], dtype: type, rng=None, backwards: bool = False):
        self.tensors, self.dtype, self.rng, self.backwards = tensors, dtype, rng, backwards
        self.spikes: Dict[str, Array] = {}
        self.preact: Dict[str, Array] = {}
        self.head: Dict[str, Array] = {}
        self.target, self.gammas = 0.2, [0.5, 1, 1, 2]

    def tensor(self, name: str) -> Array:
        return self.tensors[name].astype(self.dtype)

    # Weights. `grid`: they are multiples of 1 / grid.
    def draw(self, name: str, shape: Tuple[int, ...], grid: int, most: int) -> Array:
        if self.rng is not None:
            k = np.clip(np.rint(self.rng.normal(0, most / 2, shape)), -most, most)
            k = np.where(k == 0, self.rng.choice([-1, 1], shape), k)  # a pruned network would warn
            self.tensors[name] = (k / grid).astype(np.float32)
        return self.tensor(name)

    def conv(
        self, name: str, x: Array, n_out: int, kernel: int = 1, stride: int = 1, pad: int = 0,
        groups: int = 1, axes: int = 2, bias: bool = False, grid: int = 8, most: int = 4,
    ) -> Array:
        shape = (n_out, x.shape[2] // groups) + (kernel,) * axes
        w = self.draw(name + ".weight", shape, grid, most).reshape(shape[:2] + (kernel, kernel))
        if self.backwards and groups == 1:
            x, w = x[:, :, ::-1], w[:, ::-1]
        y = convolve(x, w, stride, pad, groups)
        return y + per_channel(self.draw(name + ".bias", (n_out,), 8, 4)) if bias else y

    def choose(self, name: str, z: Array, fires: Optional[Callable[[Array], float]], spread: float):
        """A batch norm of deviation about `spread`; shifts reach the firing rate where `fires` tells one."""
        n = z.shape[2]
        flat = np.moveaxis(z.astype(np.float64), 2, 0).reshape(n, -1)
        k = np.rint(np.log2(flat.std(1) + 1e-9) - np.log2(spread))
        k = np.clip(k, -3, 6)
        gamma = self.rng.choice(self.gammas, n) * np.where(self.rng.random(n) < 0.1, -1, 1)
        mean = np.rint(flat.mean(1) * 8) / 8
        scaled = (z - per_channel(mean)) * per_channel(gamma / 2**k)
        shift = self.rng.integers(-2, 3, n) / 8
        if fires is not None:
            common = -4.0
            while common < 4 and fires(scaled + per_channel(shift + common)) < self.target:
                common += 0.125
            shift = shift + common
        for entry, value in (
            ("weight", gamma), ("bias", shift), ("running_mean", mean), ("running_var", 4.0**k - EPS),
        ):
            self.tensors[f"{name}.{entry}"] = value.astype(np.float32)

    def bn(self, name: str, z: Array, fires=None, spread: float = 1.0) -> Array:
        if self.rng is not None:
            self.choose(name, z, fires, spread)
        gamma, beta, mean = (self.tensor(f"{name}.{n}") for n in ("weight", "bias", "running_mean"))
        var = self.tensors[name + ".running_var"] + np.float32(EPS)
        a = (gamma / np.sqrt(var.astype(np.float64))).astype(self.dtype)
        return (z - per_channel(mean)) * per_channel(a) + per_channel(beta)

    # Neurons: what readers see; the dump holds whole spikes.
    def keep(self, name: str, x: Array, s: Array, shape: Callable[[Array], Array]) -> None:
        if name:
            self.spikes[name] = shape(s).astype(np.uint8)
            self.preact[name] = shape(x).astype(np.float32)

    def multispike(self, name: str, x: Array, shape=lambda x: x, divide: int = 4) -> Array:
        k = np.floor(np.clip(x, 0, 4) + self.dtype(0.5))
        self.keep(name, x, k, shape)
        return k / self.dtype(divide)

    def steps(self, x: Array, update, fires) -> Array:
        v, s = np.zeros_like(x[0]), np.zeros_like(x)
        for t, current in enumerate(x):
            h = update(v, current)
            s[t] = fires(h)
            v = np.where(s[t] > 0, 0, h).astype(self.dtype)
        return s

    def lif(self, name: str, x: Array, shape=lambda x: x, threshold: float = 1.0) -> Array:
        s = self.steps(x, lambda v, c: v + (c - v) / self.dtype(2), lambda h: h >= threshold)
        self.keep(name, x, s, shape)
        return s

    def ms(self, name: str, x: Array) -> Array:
        s = self.steps(x, lambda v, c: v * self.dtype(0.25) + c, lambda h: h > 0.5)
        self.keep(name, x, s, lambda x: x)
        return s

    def attend(self, q: Array, k: Array, v: Array, heads: int, scale: float) -> Array:
        """[T,B,C,H,W] each; channel = head * d + j."""
        grid = q.shape[3:]
        split = lambda x: x.reshape(x.shape[:2] + (heads, x.shape[2] // heads, -1))
        q, k, v = split(q), split(k), split(v)
        scores = np.einsum("tbhci,tbhcj->tbhij", q, k, optimize=True)
        y = np.einsum("tbhij,tbhcj->tbhci", scores, v, optimize=True) * self.dtype(scale)
        return y.reshape(y.shape[:2] + (-1,) + grid)

    def linear(self, name: str, x: Array, classes: int, grid: int = 2) -> Array:
        w = self.draw(name + ".weight", (classes, x.shape[-1]), grid, 2)
        return x @ w.T + self.draw(name + ".bias", (classes,), 8, 4)


def as_tokens(x: Array) -> Array:
    return x.reshape(x.shape[:3] + (-1,))


def as_row(x: Array) -> Array:
    return x[:, :, :, 0, 0]


def mean_tokens(x: Array) -> Array:
    total = x.reshape(x.shape[:3] + (-1,)).sum(3, dtype=x.dtype)
    return (total / x.dtype.type(x.shape[3] * x.shape[4]))[..., None, None]


def k_rate(x: Array) -> float:
    return float(np.floor(np.clip(x, 0, 4) + 0.5).mean() / 4)


class Large(Net):
    """SDT-V3 large: T is 1."""

    def lif_of(self, name: str, x: Array, tokens: bool = False) -> Array:
        return self.multispike(name, x, as_tokens if tokens else lambda x: x)

    def down(self, name: str, x: Array, n: int, kernel: int, pad: int, first: bool) -> Array:
        x = x if first else self.lif_of(name + ".encode_lif", x)
        x = self.conv(name + ".encode_conv", x, n, kernel, 2, pad, bias=True)
        return self.bn(name + ".encode_bn", x, k_rate)

    def conv_block(self, name: str, u: Array) -> Array:
        c = u.shape[2]
        y = self.lif_of(name + ".neuron1", u)
        y = self.conv(name + ".conv1.0.0", y, 4 * c, 3, 1, 1, bias=True)
        y = self.lif_of(name + ".neuron2", self.bn(name + ".conv1.0.1", y, k_rate))
        y = self.conv(name + ".conv2.0.0", y, c, 3, 1, 1, bias=True)
        return u + self.bn(name + ".conv2.0.1", y, None, 0.5)

    def rep(self, name: str, x: Array, fires) -> Array:
        """No neuron inside."""
        c = x.shape[2]
        y = self.conv(name + ".0.conv1.0", x, 3 * c // 2, axes=1, grid=2, most=1)
        y = self.bn(name + ".0.conv1.1", y)
        y = self.conv(name + ".0.conv2.0", y, c, axes=1, grid=2, most=1)
        return self.bn(name + ".1", self.bn(name + ".0.conv2.1", y), fires)

    def scaled(self, name: str, x: Array) -> Array:
        if self.rng is not None:
            s = self.rng.choice([0.25, 0.5, 0.5, -0.5, 1], x.shape[2])
            self.tensors[name] = s.astype(np.float32)
        return x * per_channel(self.tensor(name))

    def block(self, name: str, u: Array, heads: int) -> Array:
        s = self.lif_of(name + ".attn.head_lif", u, True)
        self.target = 0.55  # attention has no parameter of its own
        q, k, v = (
            self.lif_of(f"{name}.attn.{p}_lif", self.rep(f"{name}.attn.{p}_conv", s, k_rate), True)
            for p in "qkv"
        )
        self.target = 0.2
        y = self.lif_of(name + ".attn.attn_lif", self.attend(q, k, v, heads, 0.125), True)
        u = u + self.scaled(name + ".layer_scale1", self.rep(name + ".attn.proj_conv", y, None))
        y, c = u, u.shape[2]
        for fc, n, fires in (("fc1", 4 * c, k_rate), ("fc2", c, None)):
            y = self.lif_of(f"{name}.mlp.{fc}_lif", y, True)
            y = self.conv(f"{name}.mlp.{fc}_conv", y, n, axes=1, bias=True)
            y = self.bn(f"{name}.mlp.{fc}_bn", y, fires)
        return u + self.scaled(name + ".layer_scale2", y)

    def forward(self, config: dict, image: Array) -> Array:
        d, x = config["dims"], image[None].astype(self.dtype)
        x = self.conv_block("ConvBlock1_1.0", self.down("downsample1_1", x, d[0] // 2, 7, 3, True))
        x = self.conv_block("ConvBlock1_2.0", self.down("downsample1_2", x, d[0], 3, 1, False))
        x = self.conv_block("ConvBlock2_1.0", self.down("downsample2", x, d[1], 3, 1, False))
        x = self.conv_block("ConvBlock2_2.0", x)
        x = self.down("downsample3", x, d[2], 3, 1, False)
        for i in range(config["block3"]):
            x = self.block(f"block3.{i}", x, config["heads"])
        m = mean_tokens(x)
        s = self.multispike("lif", m, as_row, 1)
        self.head["head_in"] = as_row(m)
        a = self.linear("head", as_row(m), config["classes"]).mean(0)
        return (a + self.linear("head_kd", as_row(s), config["classes"]).mean(0)) / self.dtype(2)


def large_config() -> dict:
    multispike = {"divide_by": 4.0, "max": 4.0, "neuron": "multispike", "rounding": "half up"}
    return {
        "name": "sdt-v3-large-tiny",
        "family": "sdt-v3-large",
        "dims": [8, 8, 16],
        "heads": 2,
        "block3": 2,
        "mlp_ratio": 4,
        "T": 1,
        "image_height": 32,
        "image_width": 64,
        "batch": 3,
        "neuron_default": multispike,
        "neuron_other": {"lif": dict(multispike, divide_by=1.0)},
        "attn_scale": 0.125,
    }


class MsResnet104(Net):
    """Reals pass four convolutions, means and batch norms: few bits each."""

    def ms_rate(self, x: Array) -> float:
        s = self.steps(x, lambda v, c: v * 0.25 + c, lambda h: h > 0.5)
        return float(s.mean())

    def shortcut(self, name: str, u: Array, n_out: int) -> Array:
        mean = windows(u, 2, 2, 0).sum((-2, -1), dtype=u.dtype) / self.dtype(4)
        if self.rng is not None:  # two inputs an output, and neither factor nor deviation
            w = np.zeros((n_out, u.shape[2]))
            for row in w:
                row[self.rng.choice(u.shape[2], 2, False)] = self.rng.choice([-1, 1], 2)
            self.tensors[name + ".1.weight"] = w[:, :, None, None].astype(np.float32)
            for entry, value in (
                ("weight", 1), ("bias", 0), ("running_mean", 0), ("running_var", 1 - EPS),
            ):
                self.tensors[f"{name}.2.bn.{entry}"] = np.full(n_out, value, np.float32)
        rng, self.rng = self.rng, None
        y = convolve(mean, self.tensor(name + ".1.weight"), 1, 0, 1)
        y = self.bn(name + ".2.bn", y)
        self.rng = rng
        return y

    def block(self, name: str, u: Array, n_out: int, stride: int) -> Array:
        y, f = u, name + ".residual_function."
        for i, fires in ((0, self.ms_rate), (3, None)):
            y = self.ms(f + str(i), y)
            y = self.conv(f + str(i + 1), y, n_out, 3, stride if i == 0 else 1, 1)
            y = self.bn(f"{f}{i + 2}.bn", y, fires, 0.5)
        return y + (self.shortcut(name + ".shortcut", u, n_out) if stride == 2 else u)

    def forward(self, config: dict, image: Array) -> Array:
        self.gammas = [1, 1, 2]
        x = np.broadcast_to(image.astype(self.dtype), (config["T"],) + image.shape)
        for i in range(3):
            x = self.conv(f"conv1.{i}", x, config["stem"], 3, 2 if i == 0 else 1, 1, bias=True, grid=2, most=1)
        x = self.bn("conv1.3.bn", x, self.ms_rate)
        for n, blocks in enumerate(config["layers"]):
            for i in range(blocks):
                x = self.block(f"conv{n + 2}_x.{i}", x, config["width"] << n, 2 if i == 0 else 1)
        m = mean_tokens(self.ms("mem_update", x))
        self.head["head_in"] = as_row(m).sum(0, dtype=x.dtype) / self.dtype(config["T"])
        return self.linear("fc", self.head["head_in"], config["classes"])


def ms_resnet_104_config() -> dict:
    return {
        "name": "ms-resnet-104-tiny",
        "family": "ms-resnet-104",
        "layers": [2, 1, 1, 1],
        "width": 4,
        "stem": 8,
        "T": 4,
        "image_height": 64,
        "image_width": 32,
        "batch": 3,
        "neuron_default": {"decay": 0.25, "fires": "h > v_threshold", "neuron": "ms", "v_threshold": 0.5},
        "neuron_other": {},
    }


class V2(Net):
    """Meta-SpikeFormer. `head_reads`: what the first classifier reads, "mean" or "spikes"."""

    head_reads = "mean"

    def rate(self, x: Array) -> float:
        s = self.steps(x, lambda v, c: v + (c - v) / 2, lambda h: h >= 1)
        return float(s.mean())

    def down(self, name: str, x: Array, n: int, kernel: int, stride: int, first: bool) -> Array:
        x = x if first else self.lif(name + ".encode_lif", x)
        x = self.conv(name + ".encode_conv", x, n, kernel, stride, kernel // 2, bias=True)
        return self.bn(name + ".encode_bn", x, self.rate)

    def conv_block(self, name: str, u: Array) -> Array:
        c = u.shape[2]
        y = self.lif(name + ".Conv.lif1", u)
        y = self.bn(name + ".Conv.bn1", self.conv(name + ".Conv.pwconv1", y, 2 * c), self.rate)
        y = self.lif(name + ".Conv.lif2", y)
        y = self.conv(name + ".Conv.dwconv", y, 2 * c, 7, 1, 3, groups=2 * c, grid=4, most=1)
        y = self.conv(name + ".Conv.pwconv2", y, c, grid=2, most=1)  # reads reals
        u = u + self.bn(name + ".Conv.bn2", y, None, 0.5)
        y = self.conv(name + ".conv1", self.lif(name + ".lif1", u), 4 * c, 3, 1, 1)
        y = self.lif(name + ".lif2", self.bn(name + ".bn1", y, self.rate))
        return u + self.bn(name + ".bn2", self.conv(name + ".conv2", y, c, 3, 1, 1), None, 0.5)

    def rep(self, name: str, x: Array, fires) -> Array:
        """The border is what the first batch norm makes of 0."""
        c, body = x.shape[2], name + ".0.body."
        y = self.bn(body + "1.bn", self.conv(body + "0", x, c, grid=2, most=1))
        border = self.bn_of_zero(body + "1.bn")
        wide = np.empty(y.shape[:3] + (y.shape[3] + 2, y.shape[4] + 2), y.dtype)
        wide[:] = per_channel(border)
        wide[..., 1:-1, 1:-1] = y
        y = self.conv(body + "2.0", wide, c, 3, groups=c, grid=2, most=1)
        y = self.bn(body + "2.2", self.conv(body + "2.1", y, c, grid=2, most=1))
        return self.bn(name + ".1", y, fires)

    def bn_of_zero(self, name: str) -> Array:
        rng, self.rng = self.rng, None
        n = len(self.tensors[name + ".weight"])
        zero = self.bn(name, np.zeros((1, 1, n, 1, 1), self.dtype))[0, 0, :, 0, 0]
        self.rng = rng
        return zero

    def block(self, name: str, u: Array, heads: int) -> Array:
        s, self.target = self.lif(name + ".attn.head_lif", u), 0.35
        q, k, v = (
            self.lif(f"{name}.attn.{p}_lif", self.rep(f"{name}.attn.{p}_conv", s, self.rate))
            for p in "qkv"
        )
        self.target = 0.2
        y = self.lif(name + ".attn.attn_lif", self.attend(q, k, v, heads, 0.125), as_tokens, 0.5)
        u = u + self.rep(name + ".attn.proj_conv", y, None)
        y, c = u, u.shape[2]
        for fc, n, fires in (("fc1", 4 * c, self.rate), ("fc2", c, None)):
            y = self.lif(f"{name}.mlp.{fc}_lif", y, as_tokens)
            y = self.conv(f"{name}.mlp.{fc}_conv", y, n, axes=1, bias=True)
            y = self.bn(f"{name}.mlp.{fc}_bn", y, fires)
        return u + y

    def forward(self, config: dict, image: Array) -> Array:
        d, x = config["dims"], np.broadcast_to(image.astype(self.dtype), (config["T"],) + image.shape)
        x = self.conv_block("ConvBlock1_1.0", self.down("downsample1_1", x, d[0] // 2, 7, 2, True))
        x = self.conv_block("ConvBlock1_2.0", self.down("downsample1_2", x, d[0], 3, 2, False))
        x = self.conv_block("ConvBlock2_1.0", self.down("downsample2", x, d[1], 3, 2, False))
        x = self.conv_block("ConvBlock2_2.0", x)
        x = self.down("downsample3", x, d[2], 3, 2, False)
        for i in range(config["block3"]):
            x = self.block(f"block3.{i}", x, config["heads"])
        x = self.down("downsample4", x, d[3], 3, 1, False)
        for i in range(config["block4"]):
            x = self.block(f"block4.{i}", x, config["heads"])
        m = mean_tokens(x)
        s = as_row(self.lif("lif", m, as_row))
        self.head["head_in"] = as_row(m) if self.head_reads == "mean" else s
        a = self.linear("head", self.head["head_in"], config["classes"])
        b = self.linear("head_kd", s, config["classes"])
        mean = lambda x: x.sum(0, dtype=x.dtype) / self.dtype(config["T"])
        return (mean(a) + mean(b)) / self.dtype(2)


def v2_config() -> dict:
    lif = {"neuron": "lif", "tau": 2.0, "v_threshold": 1.0}
    return {
        "name": "sdt-v2-mean-tiny",
        "family": "sdt-v2",
        "dims": [8, 8, 8, 16],
        "heads": 2,
        "block3": 1,
        "block4": 1,
        "mlp_ratio": 4,
        "head_reads": "mean",
        "T": 2,
        "image_height": 32,
        "image_width": 64,
        "batch": 2,
        "neuron_default": lif,
        "neuron_other": {f"block{n}.0.attn.attn_lif": dict(lif, v_threshold=0.5) for n in (3, 4)},
        "attn_scale": 0.125,
    }


FAMILIES = {
    "sdt-v2": (V2, v2_config),
    "sdt-v3-large": (Large, large_config),
    "ms-resnet-104": (MsResnet104, ms_resnet_104_config),
}


def check_layers(tensors: Dict[str, Array], most: float, fraction: int, layers: List[List[str]]):
    """Layers with what folds into them: the terms of every sum fit in 24 bits."""
    for names in layers:
        w = b = None
        for name in names:
            t = {n: tensors[f"{name}.{n}"].astype(np.float64) for n in
                 ("weight", "bias", "running_mean", "running_var") if f"{name}.{n}" in tensors}
            if name in tensors:  # a factor a channel
                s = tensors[name].astype(np.float64)
                w, b = w * s[:, None], b * s
            elif "running_var" in t:
                a = t["weight"] / np.sqrt(t["running_var"] + EPS)
                a = a.astype(np.float32).astype(np.float64)
                w, b = w * a[:, None], (b - t["running_mean"]) * a + t["bias"]
            else:
                v = t["weight"].reshape(len(t["weight"]), -1)
                w, b = (v, np.zeros(len(v))) if w is None else (v @ w, v @ b)
                b = b + t.get("bias", 0)
        terms = np.abs(w).sum(1) * most + np.abs(b)
        if np.log2(terms.max()) + max(bits(w) + fraction, bits(b)) > 24:
            raise ValueError(f"{names}: a partial sum may need more than 24 bits")


def layers_of(names: List[str]) -> List[List[str]]:
    """Layers in the order in which they were drawn, each with the batch norms and factors behind it; of a
    RepConv both convolutions."""
    layers: List[List[str]] = []
    for name in dict.fromkeys(n.rsplit(".", 1)[0] if not "layer_scale" in n else n for n in names):
        folds = (name + ".running_var") in names or name in names or name.endswith(".0.conv2.0")
        if ".0.body." in name:  # of RepConv of V2 the first layer begins: the passes alone check it
            folds = folds or not name.endswith("body.0")
        if folds and layers:
            layers[-1].append(name)
        else:
            layers.append([name])
    return layers


def make(family: str, seed: int):
    kind, config_of = FAMILIES[family]
    config = dict(config_of(), in_channels=3, classes=10, seed=seed, bn_eps=EPS, v_reset=0.0,
                  input="static [B,C,H,W], the same at every timestep")
    rng = np.random.default_rng(seed)
    shape = (config["batch"], 3, config["image_height"], config["image_width"])
    image = (rng.integers(-4, 5, shape) / 2).astype(np.float32)
    tensors: Dict[str, Array] = {}
    kind(tensors, np.float64, rng).forward(config, image)
    nets = [kind(tensors, np.float32), kind(tensors, np.float64), kind(tensors, np.float32, None, True)]
    logits = [net.forward(config, image) for net in nets]
    for net, found in zip(nets[1:], logits[1:]):
        for name, s in nets[0].spikes.items():
            if (s != net.spikes[name]).any() or (nets[0].preact[name] != net.preact[name]).any():
                raise ValueError(f"{name} is not exact in float32")
        if (logits[0] != found).any() or (nets[0].head["head_in"] != net.head["head_in"]).any():
            raise ValueError("the head is not exact in float32")
    return config, tensors, image, nets[0], logits[0]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("family", choices=list(FAMILIES))
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    config, tensors, image, net, logits = make(a.family, a.seed)
    for name, s in net.spikes.items():
        print(f"{name:36} {s.shape} mean {s.mean():.3f}", np.bincount(s.ravel()).tolist())
    layers = [n for n in layers_of(list(tensors)) if not n[0].startswith(("head", "fc"))]
    check_layers(tensors, 2.0, 1, layers[:1])
    real = ("shortcut", "conv1.1", "conv1.2", "body.", "pwconv2")
    spiking = [n for n in layers[1:] if all(word not in n[0] for word in real)]
    check_layers(tensors, 1.0, 2, spiking)  # layers of reals: by the three passes alone
    config.update(populations=list(net.spikes), exact=True, logits_exact=True, head_in_exact=True)
    os.makedirs(a.out, exist_ok=True)
    at = lambda name: os.path.join(a.out, name)
    with open(at("config.json"), "w", encoding="utf-8") as file:
        json.dump(config, file, indent=1)
        file.write("\n")
    write_safetensors(at("model.safetensors"), tensors, {})
    np.save(at("input.npy"), image)
    np.save(at("logits.npy"), logits.astype(np.float32))
    if isinstance(net, V2):
        net.head_reads = "spikes"
        np.save(at("logits_spikes.npy"), net.forward(config, image))
        net.head_reads = "mean"
        net.forward(config, image)
    small = {n: x for n, x in net.preact.items() if x.size <= SMALL}
    for name, arrays in (("spikes", net.spikes), ("preact", small), ("residual", net.head)):
        np.savez_compressed(at(name + ".npz"), **arrays)


if __name__ == "__main__":
    main()
