"""The fixed-point mode in plain Python integers, from docs/fixed-point.md and docs/numerics.md alone.

    python3 fixed_model.py config.json model.safetensors input.npy "fixed weights=8 ..." out.npz

The fourth argument is the text that traces note as "arith". NumPy reads and writes files and rounds
the folding to float32; from the integers on there are lists, int, and no overflow. Writes one 0/1
array per LIF population, in the axis order of the official modules.
"""
import math
import sys
from fractions import Fraction
from typing import Dict, List, Tuple

import numpy as np

from tensors import read_safetensors

Map = List[List[List[int]]]  # [channel][y][x]
MAX_EXPONENT, MAX_GUARD = 60, 16


def read_settings(text: str) -> dict:
    words = dict(word.split("=") for word in text.split()[1:])
    return {
        "weights": int(words["weights"]),
        "layer": words["scale"] == "layer",
        "down": words["rounding"] == "down",
        "limit": 2 ** (int(words["membrane"]) - 1) - 1,
        "pixels": int(words["pixels"]),
        "max": Fraction(float(words["max"])),
    }


def power(exponent: int) -> Fraction:
    return Fraction(2) ** exponent


def fitting_exponent(value: Fraction, most: int) -> int:
    """The largest e for which round(value 2^e) <= most."""
    e = 200
    while round(value * power(e)) > most:
        e -= 1
    return e


class Layer:
    """Integers of one synapse and its neurons. weight [out][in], bias [out]: exact fractions."""

    def __init__(self, weight, bias, threshold: Fraction, max_input: int, f: int, s: dict) -> None:
        self.s, n_out = s, len(bias)
        quantise = lambda o, e: [round(w * power(e - f)) for w in weight[o]]
        bound = lambda o, e: max_input * sum(abs(q) for q in quantise(o, e))
        most = 2 ** (s["weights"] - 1) - 1
        room = min(2**16, s["limit"] // 2)
        exponents = []
        for o in range(n_out):
            largest = max(abs(w) for w in weight[o])
            e = MAX_EXPONENT
            if largest:
                e = min(e, fitting_exponent(largest, most) + f)
            while abs(bias[o]) * power(e) > max(bound(o, e), room):
                e -= 1
            exponents.append(e)
        if s["layer"]:
            exponents = [min(exponents)] * n_out
        self.weight = [quantise(o, exponents[o]) for o in range(n_out)]
        self.set_neurons([bound(o, exponents[o]) for o in range(n_out)], exponents, bias, threshold)

    def set_neurons(self, bounds, exponents, bias, threshold: Fraction) -> None:
        biases = lambda g: [round(b * power(e + g)) for b, e in zip(bias, exponents)]
        g = MAX_GUARD
        while any(n * 2**g + abs(c) > self.s["limit"] for n, c in zip(bounds, biases(g))):
            g -= 1
            assert g >= 0
        self.guard, self.bias = g, biases(g)
        self.threshold = [min(math.ceil(threshold * power(e + g)), 2**31 - 1) for e in exponents]

    def step(self, o: int, current: int, v: int) -> Tuple[int, int]:
        """Spike and membrane of a neuron of channel o."""
        d = (current << self.guard) + self.bias[o] - v
        h = v + (d // 2 if self.s["down"] or d % 2 == 0 else 2 * round(Fraction(d, 4)))
        fires = h >= self.threshold[o]
        return int(fires), 0 if fires else h


class Attention(Layer):
    def __init__(self, n: int, bound: int, threshold: Fraction, s: dict) -> None:
        self.s = s
        self.set_neurons([bound] * n, [0] * n, [Fraction(0)] * n, threshold)


class Model:
    def __init__(self, config: dict, tensors: Dict[str, np.ndarray], settings: dict) -> None:
        self.c, self.t, self.s = config, tensors, settings
        self.f = fitting_exponent(settings["max"], 2 ** (settings["pixels"] - 1) - 1)
        self.pixel_limit = round(settings["max"] * power(self.f))
        self.layers: Dict[str, Layer] = {}
        self.spikes: Dict[str, list] = {}

    def layer(self, path: str, max_input: int) -> Layer:
        if path not in self.layers:
            self.layers[path] = self.make_layer(path, max_input)
        return self.layers[path]

    def make_layer(self, path: str, max_input: int) -> Layer:
        """Batch norm folded as docs/numerics.md says, then integers."""
        norm = path.replace("_conv", "_bn").replace("_linear", "_bn")
        read = lambda name: self.t[f"{norm}.{name}"].astype(np.float32)
        w = self.t[path + ".weight"].astype(np.float32)
        b = self.t.get(path + ".bias", np.zeros(len(w))).astype(np.float64)
        var = read("running_var") + np.float32(self.c["bn_eps"])
        a = (read("weight").astype(np.float64) / np.sqrt(var.astype(np.float64))).astype(np.float32)
        w = (w.reshape(len(w), -1) * a[:, None]).astype(np.float32)
        b = ((b - read("running_mean").astype(np.float64)) * a.astype(np.float64)
             + read("bias").astype(np.float64)).astype(np.float32)
        first = path == "patch_embed.proj_conv"
        return Layer(
            [[Fraction(float(x)) for x in row] for row in w],
            [Fraction(float(x)) for x in b],
            Fraction(float(np.float32(self.c["v_threshold"]))),
            self.pixel_limit if first else max_input,
            self.f if first else 0,
            self.s,
        )

    def fire(self, name: str, layer: Layer, currents: List[List[int]]) -> List[List[int]]:
        """currents, spikes: [channel][row]."""
        state = self.membranes.setdefault(name, [[0] * len(row) for row in currents])
        out = []
        for o, row in enumerate(currents):
            pairs = [layer.step(o, a, v) for a, v in zip(row, state[o])]
            state[o] = [v for _, v in pairs]
            out.append([s for s, _ in pairs])
        return out

    def linear(self, path: str, x: List[List[int]], max_input: int) -> List[List[int]]:
        layer, rows = self.layer(path, max_input), range(len(x[0]))
        currents = [[sum(q * x[i][r] for i, q in enumerate(w) if x[i][r]) for r in rows]
                    for w in layer.weight]
        return self.fire(path.replace("_conv", "_lif").replace("_linear", "_lif"), layer, currents)

    def convolve(self, path: str, x: Map, max_input: int) -> Map:
        """3x3, padding 1. A weight row is [in][ky][kx], as files have it."""
        layer, height, width = self.layer(path, max_input), len(x[0]), len(x[0][0])
        taps = []  # per output pixel: (index into the weight row, input) of every nonzero input
        for y in range(height):
            for c in range(width):
                taps.append([
                    (i * 9 + ky * 3 + kx, plane[y + ky - 1][c + kx - 1])
                    for i, plane in enumerate(x) for ky in range(3) for kx in range(3)
                    if 0 <= y + ky - 1 < height and 0 <= c + kx - 1 < width
                    and plane[y + ky - 1][c + kx - 1]
                ])
        currents = [[sum(w[k] * value for k, value in tap) for tap in taps] for w in layer.weight]
        flat = self.fire(path.replace("_conv", "_lif"), layer, currents)
        return [[row[y * width : (y + 1) * width] for y in range(height)] for row in flat]

    def attend(self, path: str, q, k, v) -> List[List[int]]:
        """y_i = sum_j (q_i . k_j) v_j, head by head."""
        dim, n = len(q), len(q[0])
        size = dim // self.c["heads"]
        if path not in self.layers:
            scale = Fraction(float(np.float32(self.c["attn_scale"])))
            threshold = Fraction(float(np.float32(self.c["attn_v_threshold"]))) / scale
            self.layers[path] = Attention(dim, n * size, threshold, self.s)
        y = [[0] * n for _ in range(dim)]
        for h in range(0, dim, size):
            for i in range(n):
                for j in range(n):
                    score = sum(q[c][i] * k[c][j] for c in range(h, h + size))
                    for c in range(h, h + size):
                        y[c][i] += score * v[c][j]
        return self.fire(path, self.layers[path], y)

    def keep(self, name: str, spikes, kind: str) -> None:
        x = np.array(spikes, np.uint8)
        if kind == "tokens" and self.c["layout"] == "cifar10":
            x = x.T
        if kind == "image":
            x = x.reshape(len(x), *self.grid)
        self.spikes.setdefault(name, []).append(x)

    def block(self, i: int, u, most: int):
        """u: the residual stream, [channel][token], integers up to `most`."""
        kind = "linear" if self.c["layout"] == "cifar10" else "conv"
        image = "image" if self.c["layout"] == "imagenet" else "tokens"
        path = f"block.{i}."
        qkv = [self.linear(f"{path}attn.{p}_{kind}", u, most) for p in "qkv"]
        for p, x in zip("qkv", qkv):
            self.keep(f"{path}attn.{p}_lif", x, "tokens")
        x = self.attend(path + "attn.attn_lif", *qkv)
        self.keep(path + "attn.attn_lif", x, "tokens")
        x = self.linear(f"{path}attn.proj_{kind}", x, 1)
        self.keep(path + "attn.proj_lif", x, image)
        u = [[a + b for a, b in zip(*rows)] for rows in zip(u, x)]
        x = self.linear(f"{path}mlp.fc1_{kind}", u, most + 1)
        self.keep(path + "mlp.fc1_lif", x, image)
        x = self.linear(f"{path}mlp.fc2_{kind}", x, 1)
        self.keep(path + "mlp.fc2_lif", x, image)
        return [[a + b for a, b in zip(*rows)] for rows in zip(u, x)]

    def timestep(self, x: Map) -> None:
        for stage in range(4):
            suffix = str(stage) if stage else ""
            x = self.convolve(f"patch_embed.proj_conv{suffix}", x, 1)
            self.keep(f"patch_embed.proj_lif{suffix}", x, "map")
            if self.c["layout"] != "cifar10" or stage >= 2:
                x = [pool(plane) for plane in x]
        self.grid = (len(x[0]), len(x[0][0]))
        rpe = self.convolve("patch_embed.rpe_conv", x, 1)
        self.keep("patch_embed.rpe_lif", rpe, "map")
        flat = lambda planes: [sum(plane, []) for plane in planes]
        u = [[a + b for a, b in zip(*rows)] for rows in zip(flat(x), flat(rpe))]
        for i in range(self.c["depth"]):
            u = self.block(i, u, 2 + 2 * i)

    def pixels(self, frame: np.ndarray) -> Map:
        whole = [[[round(Fraction(float(p)) * power(self.f)) for p in row] for row in plane]
                 for plane in frame]
        assert all(abs(p) <= self.pixel_limit for plane in whole for row in plane for p in row)
        return whole

    def run(self, samples: np.ndarray) -> Dict[str, np.ndarray]:
        """{population: [T, B, ...]}"""
        batches: Dict[str, list] = {}
        for sample in samples:
            self.membranes, self.spikes = {}, {}
            for t in range(self.c["T"]):
                self.timestep(self.pixels(sample[t] if sample.ndim == 4 else sample))
            for name, steps in self.spikes.items():
                batches.setdefault(name, []).append(np.stack(steps))
        return {name: np.stack(each, 1) for name, each in batches.items()}


def pool(plane: List[List[int]]) -> List[List[int]]:
    """Max of 3x3, stride 2, padding 1."""
    height, width = len(plane), len(plane[0])
    near = lambda at, end: range(max(at - 1, 0), min(at + 2, end))
    return [[max(plane[i][j] for i in near(y, height) for j in near(x, width))
             for x in range(0, width, 2)] for y in range(0, height, 2)]


def main() -> None:
    import json

    config_path, model, samples, text, out = sys.argv[1:]
    with open(config_path) as file:
        config = json.load(file)
    tensors, _ = read_safetensors(model)
    spikes = Model(config, tensors, read_settings(text)).run(np.load(samples))
    np.savez_compressed(out, **spikes)
    for name, x in spikes.items():
        print(f"{name:28s} {x.mean():.4f}")


if __name__ == "__main__":
    main()
