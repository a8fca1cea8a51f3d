"""Any architecture in NumPy: runs the flat list of nodes that `spikeq graph --json` prints, every
product of every node, and makes a network for it.

    python3 flat_graph.py make GRAPH.json OUT/     random weights whose every sum is exact in float32
    python3 flat_graph.py check OUT/ DUMP/         is what `spikeq run --dump DUMP` wrote the same?

`make` draws weights k/32 and images k/8 (or event counts), and chooses each batch norm as
make_golden.py does. It writes to OUT/ model.safetensors, input.npy, reference.npz (a 0/1 array for
each population, in the axes of the dump) and logits.npy.
"""
import json
import os
import sys
from typing import Dict, Tuple

import numpy as np

from dense_numpy import Array, convolve, pool
from make_golden import EPS, Tuner
from tensors import write_safetensors


def lif(threshold: float, x: Array) -> Array:
    """Spikes of leaky integrate-and-fire neurons, tau 2, over the first axis."""
    v, s = np.zeros_like(x[0]), np.zeros_like(x)
    for t, current in enumerate(x):
        h = v + (current - v) / 2
        s[t] = h >= threshold
        v = np.where(s[t] > 0, 0, h)
    return s


def as_tokens(x: Array) -> Array:
    """[T, B, C, H, W] as [T, B, N, C]."""
    return np.swapaxes(x.reshape(x.shape[:3] + (-1,)), 2, 3)


def as_grid(x: Array, like: Array) -> Array:
    """[T, B, N, C] as [T, B, C, H, W] of the same H and W."""
    return np.swapaxes(x, 2, 3).reshape(x.shape[:2] + (x.shape[3],) + like.shape[3:])


class Graph:
    """One forward pass; layers without tensors get them."""

    def __init__(self, graph: dict, rng: np.random.Generator, timesteps: int) -> None:
        self.nodes, self.rng, self.timesteps = graph["nodes"], rng, timesteps
        self.tensors: Dict[str, Array] = {}
        self.value: Dict[str, Array] = {}
        config = {"v_threshold": 1.0}
        self.tune = Tuner(config, self.tensors, rng, 0.2)

    def weight(self, node: dict, shape: Tuple[int, ...]) -> Array:
        k = np.clip(np.rint(self.rng.normal(0, 4, shape)), -8, 8)
        self.tensors[node["weight"] + ".weight"] = (k / 32).astype(np.float32)
        if node.get("bias", False):
            b = self.rng.integers(-4, 5, shape[0]) / 16
            self.tensors[node["weight"] + ".bias"] = b.astype(np.float32)
        return k / 32

    def bias(self, node: dict) -> Array:
        return self.tensors.get(node["weight"] + ".bias", np.zeros(1)).astype(np.float64)

    def input(self, node: dict) -> Array:
        shape = (2, node["channels"], node["height"], node["width"])
        if node["kind"] == "frames":
            self.image = self.rng.integers(0, 3, shape[:1] + (self.timesteps,) + shape[1:])
            return np.swapaxes(self.image, 0, 1).astype(np.float64)
        self.image = self.rng.integers(-16, 17, shape) / 8
        return np.broadcast_to(self.image, (self.timesteps,) + shape)

    def conv(self, node: dict, x: Array) -> Array:
        k = node["kernel"]
        w = self.weight(node, (node["channels"], x.shape[2]) + (k,) * node["dims"])
        if k == 3:
            y = convolve(x, w)
        else:
            y = np.einsum("oc,tbchw->tbohw", w.reshape(w.shape[:2]), x, optimize=True)
        return y + self.bias(node)[:, None, None]

    def linear(self, node: dict, x: Array) -> Array:
        w = self.weight(node, (node["channels"], x.shape[2]))
        if x.ndim == 3:  # the classifier
            return x @ w.T + self.bias(node)
        return as_grid(as_tokens(x) @ w.T + self.bias(node), x)

    def bn(self, node: dict, x: Array) -> Array:
        name = node["weight"]
        self.tune(name, x)
        gamma, beta, mean, var = (
            self.tensors[f"{name}.{n}"].astype(np.float64)[:, None, None]
            for n in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gamma / np.sqrt((var.astype(np.float32) + np.float32(EPS)).astype(np.float64))
        return (x - mean) * scale + beta

    def neuron(self, node: dict, x: Array) -> Array:
        if (x != x.astype(np.float32)).any():
            raise ValueError(f"the currents of {node['id']} are not exact in float32")
        return lif(node["v_threshold"], x)

    def maxpool(self, node: dict, x: Array) -> Array:
        return pool(x)

    def add(self, node: dict, *x: Array) -> Array:
        return sum(x[1:], x[0])

    def attend(self, node: dict, *qkv: Array) -> Array:
        heads = node["heads"]
        split = lambda x: x.reshape(x.shape[:3] + (heads, -1)).swapaxes(2, 3)
        q, k, v = (split(as_tokens(x)) for x in qkv)
        y = (q @ k.swapaxes(-1, -2) @ v).swapaxes(2, 3)
        return as_grid(y.reshape(y.shape[:3] + (-1,)) * node["scale"], qkv[0])

    def mean_tokens(self, node: dict, x: Array) -> Array:
        return x.mean((3, 4))

    def mean_time(self, node: dict, x: Array) -> Array:
        return x.mean(0, keepdims=True)

    def run(self) -> Array:
        for node in self.nodes:
            inputs = [self.value[name] for name in node["in"]]
            self.value[node["id"]] = getattr(self, node["op"])(node, *inputs)
        return self.value[self.nodes[-1]["id"]][0]

    def sent(self) -> Dict[str, Array]:
        """What populations send, in the axes of the dump."""
        result = {}
        for node in self.nodes:
            x = self.value[node["id"]]
            if node["op"] == "neuron" and node["axes"] != "CHW":
                x = as_tokens(x) if node["axes"] == "NC" else x.reshape(x.shape[:3] + (-1,))
            if node["op"] == "neuron":
                result[node["id"]] = x.astype(np.uint8)
        return result


def make(path: str, out: str, seed: int) -> None:
    with open(path, encoding="utf-8") as file:
        description = json.load(file)
    graph = Graph(description, np.random.default_rng(seed), description["config"]["T"])
    logits = graph.run()
    os.makedirs(out, exist_ok=True)
    write_safetensors(os.path.join(out, "model.safetensors"), graph.tensors, {})
    np.save(os.path.join(out, "input.npy"), graph.image.astype(np.float32))
    np.save(os.path.join(out, "logits.npy"), logits)
    np.savez(os.path.join(out, "reference.npz"), **graph.sent())


def check(out: str, dump: str) -> None:
    """Raises where a population or the logits differ; "silent": nothing fired."""
    n_spikes = 0
    with np.load(os.path.join(out, "reference.npz")) as reference:
        for name in reference.files:
            want, found = reference[name], np.load(os.path.join(dump, name + ".npy"))
            if want.size != found.size or (want.ravel() != found.ravel()).any():
                raise ValueError(f"{name}: differs, or is {found.shape}, not {want.shape}")
            n_spikes += int(want.sum())
    want, found = (np.load(os.path.join(path, "logits.npy")) for path in (out, dump))
    if np.abs(want - found).max() > 1e-5 * np.abs(want).max():
        raise ValueError(f"logits differ: {want} {found}")
    print("equal" if n_spikes > 0 else "silent")


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    else:
        check(sys.argv[2], sys.argv[3])
