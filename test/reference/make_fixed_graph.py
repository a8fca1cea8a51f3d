"""Random networks of ordinary floats for the fixed-point mode of any architecture, and what fixed_graph.py makes of them.

    spikeq graph CONFIG --set dim=16 ... --json >graph.json
    python3 make_fixed_graph.py graph.json out/ [SEED]

Weights are drawn, and each batch norm is made of the sums that it meets, so that populations fire. Writes config.json,
model.safetensors, input.npy, and for each line of ARITHMETICS spikes-N.npz beside arith-N.txt.
"""
import json
import os
import sys
from typing import Tuple

import numpy as np

from dense_numpy import Array
from fixed_graph import Model
from fixed_model import read_settings
from flat_graph import Graph, lif
from tensors import write_safetensors

SAMPLES = 2
# Membranes and streams with room to spare; and with none, so that currents lose places when they join.
ARITHMETICS = (
    "fixed weights=8 scale=channel rounding=nearest membrane=31 pixels=12 max={max}",
    "fixed weights=8 scale=layer rounding=down membrane={fewest} pixels=4 max={max}",
    "fixed weights=11 scale=channel rounding=nearest membrane={fewest} pixels=4 max={max}",
)


class Drawn(Graph):
    """A forward pass in float64 that draws the tensors of each layer that it meets."""

    def input(self, node: dict) -> Array:
        shape = (SAMPLES, node["channels"], node["height"], node["width"])
        if node["kind"] == "frames":
            self.image = self.rng.poisson(0.3, shape[:1] + (self.timesteps,) + shape[1:])
            return np.swapaxes(self.image, 0, 1).astype(np.float64)
        self.image = self.rng.normal(0, 1, shape).astype(np.float32)
        return np.broadcast_to(self.image.astype(np.float64), (self.timesteps,) + shape)

    def weight(self, node: dict, shape: Tuple[int, ...]) -> Array:
        w = self.rng.normal(0, 1 / np.sqrt(np.prod(shape[1:])), shape).astype(np.float32)
        self.tensors[node["weight"] + ".weight"] = w
        if node.get("bias", False):
            b = self.rng.normal(0, 0.2, shape[0]).astype(np.float32)
            self.tensors[node["weight"] + ".bias"] = b
        return w.astype(np.float64)

    def conv(self, node: dict, x: Array) -> Array:
        stride = node["stride"]  # with such padding every stride takes some of stride 1
        return super().conv(node, x)[..., ::stride, ::stride]

    def bn(self, node: dict, x: Array) -> Array:
        name, n = node["weight"], x.shape[2]
        flat = np.moveaxis(x, 2, 0).reshape(n, -1)
        shift = 0.8 if name.split(".")[-1] in ("q_bn", "k_bn", "v_bn") else 0  # few tokens
        near = lambda value: value * (1 + 0.05 * self.rng.standard_normal(n))
        entry = {
            "weight": self.rng.uniform(0.6, 1.4, n) * np.where(self.rng.random(n) < 0.1, -1, 1),
            "bias": shift + self.rng.uniform(0.1, 0.8, n),
            "running_mean": near(flat.mean(1)),
            "running_var": near(flat.var(1) + 1e-3),
        }
        for key, value in entry.items():
            self.tensors[f"{name}.{key}"] = value.astype(np.float32)
        at = lambda key: entry[key][:, None, None]
        scale = at("weight") / np.sqrt(at("running_var"))
        return (x - at("running_mean")) * scale + at("bias")

    def neuron(self, node: dict, x: Array) -> Array:
        return lif(node["v_threshold"], x)

    def maxpool(self, node: dict, x: Array) -> Array:
        height, width = x.shape[-2:]
        around = [(0, 0)] * (x.ndim - 2) + [(1, 1), (1, 1)]
        padded = np.pad(x, around, constant_values=-np.inf)
        return np.maximum.reduce([padded[..., ky : ky + height : 2, kx : kx + width : 2]
                                  for ky in range(3) for kx in range(3)])

    def gate(self, node: dict, a: Array, b: Array) -> Array:
        wide = max(a.shape[2], b.shape[2])
        return np.repeat(a, wide // a.shape[2], 2) * np.repeat(b, wide // b.shape[2], 2)

    def sum_tokens(self, node: dict, x: Array) -> Array:
        return x.sum((3, 4), keepdims=True)

    def sum_channels(self, node: dict, x: Array) -> Array:
        return x.reshape(x.shape[:2] + (node["heads"], -1) + x.shape[3:]).sum(3)

    def run(self) -> None:
        for node in self.nodes:
            inputs = [self.value[name] for name in node["in"]]
            op = "gate" if node["op"] == "and" else node["op"]
            self.value[node["id"]] = getattr(self, op)(node, *inputs)


def marks(graph: dict) -> dict:
    """Tensors that no node uses, but by which an architecture is known."""
    if graph["architecture"] != "sdt":
        return {}
    heads, depth = graph["config"]["heads"], graph["config"]["depth"]
    return {f"block.{i}.attn.talking_heads.weight": np.zeros((heads, heads, 1), np.float32)
            for i in range(depth)}


def make_model(graph: dict, tensors: dict, line: str, x: Array) -> Tuple[str, Model]:
    """The line with its numbers, and the network in that arithmetic: in as few bits as its bounds allow."""
    largest = repr(float(np.abs(x).max()) * 1.01)
    for bits in range(8, 32):
        text = line.format(max=largest, fewest=bits)
        try:
            return text, Model(graph, tensors, read_settings(text))
        except AssertionError:
            continue
    raise ValueError(line)


def main() -> None:
    path, out, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with open(path, encoding="utf-8") as file:
        graph = json.load(file)
    drawn = Drawn(graph, np.random.default_rng(seed), graph["config"]["T"])
    drawn.run()
    os.makedirs(out, exist_ok=True)
    at = lambda name: os.path.join(out, name)
    x = drawn.image.astype(np.float32)
    config = dict(graph["config"], name="random", source="", architecture=graph["architecture"])
    with open(at("config.json"), "w", encoding="utf-8") as file:
        json.dump({key: value for key, value in config.items() if key not in ("mean", "std")},
                  file, indent=1)
    write_safetensors(at("model.safetensors"), {**drawn.tensors, **marks(graph)}, {})
    np.save(at("input.npy"), x)
    for number, line in enumerate(ARITHMETICS):
        text, model = make_model(graph, drawn.tensors, line, x)
        with open(at(f"arith-{number}.txt"), "w", encoding="utf-8") as file:
            file.write(text + "\n")
        spikes = model.run(x)
        np.savez_compressed(at(f"spikes-{number}.npz"), **spikes)
        print(number, {name: round(float(s.mean()), 3) for name, s in spikes.items()})


if __name__ == "__main__":
    main()
