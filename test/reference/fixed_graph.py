"""The fixed-point mode of any network of LIF neurons in plain Python integers, from docs/fixed-point.md and
docs/numerics.md alone: runs the flat list of nodes that `spikeq graph --json` prints.

    python3 fixed_graph.py GRAPH.json model.safetensors input.npy "fixed weights=8 ..." out.npz

The last argument but one is the text that traces note as "arith". NumPy reads and writes files and rounds the folding to
float32; from the integers on there are lists, int, and no overflow. Writes one 0/1 array for each population, in the axes
of the official modules. Operations: conv, linear, bn, neuron (lif), maxpool, add, and, attend, sum_tokens, sum_channels,
mean_tokens.
"""
import json
import math
import sys
from fractions import Fraction
from typing import Dict, List, Optional

import numpy as np

from fixed_model import MAX_GUARD, Layer, fitting_exponent, power, read_settings
from tensors import read_safetensors

Rows = List[List[int]]  # [channel][row]
LOWEST_EXPONENT = -24


def shifted(x: int, places: int, down: bool) -> int:
    """x / 2^places, rounded down, or to the nearest integer, ties to even."""
    return x >> places if down else round(Fraction(x, 2**places))


class Addend(Layer):
    """A layer whose current joins a stream: its exponents, and the bounds of its sums."""

    def __init__(self, weight, bias, max_input: int, f: int, s: dict) -> None:
        self.real_bias = bias
        super().__init__(weight, [Fraction(0)] * len(bias), Fraction(0), max_input, f, s)

    def set_neurons(self, bounds, exponents, bias, threshold) -> None:
        self.bounds, self.exponents = bounds, exponents

    def bound(self, o: int, exponent: int) -> int:
        """Of what channel o adds to a stream of that exponent."""
        n, places = self.bounds[o], self.exponents[o] - exponent
        moved = (n >> places) + (n > 0) if places > 0 else n << -places
        return moved + abs(round(self.real_bias[o] * power(exponent)))

    def join(self, o: int, current: int, exponent: int) -> int:
        places = self.exponents[o] - exponent
        moved = shifted(current, places, self.s["down"]) if places > 0 else current << -places
        return moved + round(self.real_bias[o] * power(exponent))


class Neurons(Layer):
    """Neurons without weights. `exponent` is that of what they read; None: guard bits are chosen."""

    def __init__(self, bound: int, n: int, theta: Fraction, exponent: Optional[int], s: dict) -> None:
        self.s = s
        if exponent is None:
            self.set_neurons([bound] * n, [0] * n, [Fraction(0)] * n, theta)
            return
        self.guard, self.bias = 0, [0] * n
        self.threshold = [min(math.ceil(theta * power(exponent)), 2**31 - 1)] * n


class Stream:
    """Values that are added or pooled together: the bound of what each node sends, and the exponent."""

    def __init__(self, nodes: List[dict], layers: Dict[str, Addend], limit: int) -> None:
        most = [e for a in layers.values() for e, n in zip(a.exponents, a.bounds) if n > 0]
        self.exponent = max(most, default=0) + MAX_GUARD
        while max(max(b) for b in self.bounds_at(nodes, layers).values()) > limit:
            self.exponent -= 1
            assert self.exponent >= LOWEST_EXPONENT
        self.bounds = {k: max(b) for k, b in self.bounds_at(nodes, layers).items()}

    def bounds_at(self, nodes: List[dict], layers: Dict[str, Addend]) -> Dict[str, List[int]]:
        result: Dict[str, List[int]] = {}
        for node in nodes:
            if node["id"] in layers:
                layer = layers[node["id"]]
                found = [layer.bound(o, self.exponent) for o in range(len(layer.bounds))]
            elif node["op"] == "add":
                found = [sum(each) for each in zip(*(result[i] for i in node["in"]))]
            else:
                found = result[node["in"][0]]
            result[node["id"]] = found
        return result


class Model:
    def __init__(self, graph: dict, tensors: Dict[str, np.ndarray], settings: dict) -> None:
        self.nodes, self.t, self.s = graph["nodes"], tensors, settings
        self.config = graph["config"]
        self.node = {node["id"]: node for node in self.nodes}
        self.readers: Dict[str, List[dict]] = {}
        for node in self.nodes:
            for name in node["in"]:
                self.readers.setdefault(name, []).append(node)
        self.f = fitting_exponent(settings["max"], 2 ** (settings["pixels"] - 1) - 1)
        self.pixel_limit = round(settings["max"] * power(self.f))
        self.layers: Dict[str, Layer] = {}
        self.streams: Dict[str, Stream] = {}
        self.make_streams()
        for node in self.nodes:
            if node["op"] == "neuron":
                self.layers[node["id"]] = self.make_neurons(node)

    def ends_layer(self, node: dict) -> bool:
        """Is it a layer's last node: a batch norm, or a layer without one?"""
        follows = [reader["op"] for reader in self.readers.get(node["id"], [])]
        return node["op"] == "bn" or (node["op"] in ("conv", "linear") and follows != ["bn"])

    def is_stream(self, node: dict) -> bool:
        """Does it send reals that others than one population read?"""
        if self.ends_layer(node):
            readers = self.readers.get(node["id"], [])
            is_head = node["op"] == "linear" and not readers
            return not is_head and [reader["op"] for reader in readers] != ["neuron"]
        return node["op"] in ("add", "maxpool") and node["edge"] == "reals"

    def make_streams(self) -> None:
        group: Dict[str, str] = {}
        for node in self.nodes:
            if not self.is_stream(node):
                continue
            first = min((group[i] for i in node["in"] if i in group), default=node["id"],
                        key=lambda name: [n["id"] for n in self.nodes].index(name))
            joined = {group[i] for i in node["in"] if i in group}
            group[node["id"]] = first
            for name, of in group.items():
                group[name] = first if of in joined else of
        for first in set(group.values()):
            nodes = [node for node in self.nodes if group.get(node["id"]) == first]
            layers = {n["id"]: self.make_layer(n, None) for n in nodes if self.ends_layer(n)}
            self.layers.update(layers)
            stream = Stream(nodes, layers, self.s["limit"])
            for node in nodes:
                self.streams[node["id"]] = stream

    def make_layer(self, last: dict, threshold: Optional[Fraction]) -> Layer:
        """Batch norm folded as docs/numerics.md says, then integers."""
        layer = self.node[last["in"][0]] if last["op"] == "bn" else last
        source = self.node[layer["in"][0]]
        w = self.t[layer["weight"] + ".weight"].astype(np.float32)
        b = self.t.get(layer["weight"] + ".bias", np.zeros(len(w))).astype(np.float64)
        w = w.reshape(len(w), -1)
        if last["op"] == "bn":
            read = lambda name: self.t[f"{last['weight']}.{name}"].astype(np.float32)
            var = read("running_var") + np.float32(self.config["bn_eps"])
            root = np.sqrt(var.astype(np.float64))
            a = (read("weight").astype(np.float64) / root).astype(np.float32)
            w = (w * a[:, None]).astype(np.float32)
            b = (b - read("running_mean").astype(np.float64)) * a.astype(np.float64)
            b += read("bias").astype(np.float64)
        weight = [[Fraction(float(x)) for x in row] for row in w]
        bias = [Fraction(float(x)) for x in b.astype(np.float32)]
        is_first = source["op"] == "input"
        most = self.pixel_limit if is_first else source["max_value"]
        f = self.f if is_first else 0
        if threshold is None:
            return Addend(weight, bias, most, f, self.s)
        return Layer(weight, bias, threshold, most, f, self.s)

    def make_neurons(self, node: dict) -> Layer:
        source = self.node[node["in"][0]]
        theta, n = Fraction(float(np.float32(node["v_threshold"]))), node["out_channels"]
        rows = lambda of: of["out_height"] * of["out_width"]
        if source["id"] in self.streams:
            stream = self.streams[source["id"]]
            return Neurons(stream.bounds[source["id"]], n, theta, stream.exponent, self.s)
        if self.ends_layer(source):
            return self.make_layer(source, theta)
        below = self.node[source["in"][0]]
        if source["op"] == "attend":
            scale = Fraction(float(np.float32(source["scale"])))
            bound = rows(source) * (below["out_channels"] // source["heads"])
            return Neurons(bound, n, theta / scale, None, self.s)
        if source["op"] == "mean_tokens":
            return self.make_mean_neurons(below, theta, n)
        many = rows(below) if source["op"] == "sum_tokens" else below["out_channels"] // n
        return Neurons(many, n, theta, None, self.s)

    def make_mean_neurons(self, below: dict, theta: Fraction, n: int) -> Layer:
        stream, tokens = self.streams[below["id"]], below["out_height"] * below["out_width"]
        bound, r = tokens * stream.bounds[below["id"]], 0
        while (bound >> r) + (r > 0) > self.s["limit"]:
            r += 1
        neurons = Neurons(bound >> r, n, theta * tokens, stream.exponent - r, self.s)
        neurons.narrowed = r
        return neurons

    def raw(self, layer: dict, x: Rows, weight: Rows) -> Rows:
        """Sums of a convolution or a linear layer. A weight row is [in][ky][kx], as files have it."""
        source = self.node[layer["in"][0]]
        k, stride, pad = (layer.get(key, one) for key, one in (("kernel", 1), ("stride", 1), ("pad", 0)))
        height, width = source["out_height"], source["out_width"]
        taps = []
        for y in range(layer["out_height"]):
            for c in range(layer["out_width"]):
                near = [(ky * k + kx, (y * stride + ky - pad) * width + c * stride + kx - pad)
                        for ky in range(k) for kx in range(k)
                        if 0 <= y * stride + ky - pad < height and 0 <= c * stride + kx - pad < width]
                taps.append([(i * k * k + tap, row[at]) for i, row in enumerate(x)
                             for tap, at in near if row[at]])
        return [[sum(w[i] * value for i, value in tap) for tap in taps] for w in weight]

    def neuron(self, node: dict, x: Rows) -> Rows:
        source, layer = self.node[node["in"][0]], self.layers[node["id"]]
        if self.ends_layer(source) and source["id"] not in self.streams:
            last = self.node[source["in"][0]] if source["op"] == "bn" else source
            x = self.raw(last, x, layer.weight)
        state = self.membranes.setdefault(node["id"], [[0] * len(row) for row in x])
        narrowed = getattr(layer, "narrowed", 0)
        out = []
        for o, row in enumerate(x):
            steps = [layer.step(o, shifted(a, narrowed, self.s["down"]), v)
                     for a, v in zip(row, state[o])]
            state[o] = [v for _, v in steps]
            out.append([s for s, _ in steps])
        return out

    def layer_end(self, node: dict, x: Rows) -> Rows:
        """A current that joins a stream; what one population reads waits for it."""
        if node["id"] not in self.streams:
            return x
        last = self.node[node["in"][0]] if node["op"] == "bn" else node
        layer, exponent = self.layers[node["id"]], self.streams[node["id"]].exponent
        return [[layer.join(o, a, exponent) for a in row]
                for o, row in enumerate(self.raw(last, x, layer.weight))]

    def maxpool(self, node: dict, x: Rows) -> Rows:
        source = self.node[node["in"][0]]
        height, width = source["out_height"], source["out_width"]
        k, stride, pad = node["kernel"], node["stride"], node["pad"]
        near = lambda at, end: range(max(at * stride - pad, 0), min(at * stride - pad + k, end))
        return [[max(row[i * width + j] for i in near(y, height) for j in near(c, width))
                 for y in range(node["out_height"]) for c in range(node["out_width"])] for row in x]

    def gate(self, a: Rows, b: Rows) -> Rows:
        """AND; of fewer rows one for all, of fewer channels one for those of a head."""
        channels, rows = max(len(a), len(b)), max(len(a[0]), len(b[0]))
        at = lambda x, c, r: x[c * len(x) // channels][r if len(x[0]) > 1 else 0]
        return [[at(a, c, r) & at(b, c, r) for r in range(rows)] for c in range(channels)]

    def attend(self, node: dict, q: Rows, k: Rows, v: Rows) -> Rows:
        """y_i = sum_j (q_i . k_j) v_j, head by head."""
        size, n = len(q) // node["heads"], len(q[0])
        y = [[0] * n for _ in q]
        for first in range(0, len(q), size):
            own = range(first, first + size)
            for i in range(n):
                for j in range(n):
                    score = sum(q[c][i] & k[c][j] for c in own)
                    for c in own:
                        y[c][i] += score * v[c][j]
        return y

    def compute(self, node: dict, x: List[Rows]) -> Rows:
        op = node["op"]
        if op == "neuron":
            return self.neuron(node, x[0])
        if op in ("conv", "linear", "bn"):
            return self.layer_end(node, x[0]) if self.ends_layer(node) else x[0]
        if op == "add":
            return [[sum(each) for each in zip(*rows)] for rows in zip(*x)]
        if op == "and":
            return self.gate(*x)
        if op in ("sum_tokens", "mean_tokens"):  # of a mean the sum: thresholds are those of one
            return [[sum(row)] for row in x[0]]
        if op == "sum_channels":
            size = len(x[0]) // node["heads"]
            return [[sum(each) for each in zip(*x[0][c : c + size])]
                    for c in range(0, len(x[0]), size)]
        return self.maxpool(node, x[0]) if op == "maxpool" else self.attend(node, *x)

    def timestep(self, pixels: Rows) -> Dict[str, Rows]:
        value: Dict[str, Rows] = {}
        for node in self.nodes:
            if node["op"] == "mean_time":
                break
            inputs = [value[name] for name in node["in"]]
            value[node["id"]] = self.compute(node, inputs) if inputs else pixels
        return value

    def pixels(self, frame: np.ndarray) -> Rows:
        whole = [[round(Fraction(float(p)) * power(self.f)) for p in plane.ravel()]
                 for plane in frame]
        assert all(abs(p) <= self.pixel_limit for plane in whole for p in plane)
        return whole

    def sent(self, node: dict, spikes: Rows) -> np.ndarray:
        """In the axes of the official module."""
        x = np.array(spikes, np.uint8)
        shape = {
            "CHW": lambda: x.reshape(len(x), node["out_height"], node["out_width"]),
            "NC": lambda: x.T,
            "CN": lambda: x,
            "C": lambda: x[:, 0],
            "H1D": lambda: x.reshape(node.get("heads", 1), 1, -1),
            "H1N": lambda: x[:, None, :],
        }
        return shape[node["axes"]]()

    def run(self, samples: np.ndarray) -> Dict[str, np.ndarray]:
        """{population: [T, B, ...]}"""
        populations = [node for node in self.nodes if node["op"] == "neuron"]
        batches: Dict[str, list] = {node["id"]: [] for node in populations}
        for sample in samples:
            self.membranes: Dict[str, Rows] = {}
            steps = [self.timestep(self.pixels(sample[t] if sample.ndim == 4 else sample))
                     for t in range(self.config["T"])]
            for node in populations:
                batches[node["id"]].append(
                    np.stack([self.sent(node, step[node["id"]]) for step in steps]))
        return {name: np.stack(each, 1) for name, each in batches.items()}


def main() -> None:
    path, model, samples, text, out = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        graph = json.load(file)
    tensors, _ = read_safetensors(model)
    spikes = Model(graph, tensors, read_settings(text)).run(np.load(samples))
    np.savez_compressed(out, **spikes)
    for name, x in spikes.items():
        print(f"{name:34s} {x.mean():.4f}")


if __name__ == "__main__":
    main()
