"""Price recorded spikes as a paper does, by brute force, and compare with `spikeq energy`.

    count_views.py SPIKES.npz REPORT.json ENERGY.json VIEW [CHAINS]

SPIKES.npz holds the spikes of every population, [T,B,...] as the official module returns them, by module
path. The graph is the report's; ENERGY.json is what `spikeq energy REPORT.json --convention published --per
layer --format json` printed, with the same view and chains (run, merged, spikes, parts, parts-spikes).
Nothing here knows how spikeq prices: rates are means over the arrays, operations are counted node by node.
"""
import json
import sys

import numpy as np

from count_spikes import additions_of, evaluate

CHAINS = {"sdt": "run", "sdt-v2": "spikes", "sdt-v3": "run", "spikingresformer": "run"}


def dense(by_id, node, kernel=None, inputs=None, groups=None):
    """Multiply-accumulates of a layer for one frame, padding included."""
    kernel = kernel or node.get("kernel", 1)
    inputs = inputs or by_id[node["in"][0]]["out_channels"]
    groups = groups or node.get("groups", 1)
    return node["out_channels"] * node["out_height"] * node["out_width"] * inputs // groups * kernel**2


class Pricing:
    def __init__(self, nodes, sent, view, chains):
        self.nodes, self.sent, self.view = nodes, sent, view
        self.chains = chains or CHAINS[view]
        self.by_id = {n["id"]: n for n in nodes}
        frames = next(iter(sent.values())).shape
        self.timesteps, self.samples = frames[0], frames[1]

    def rate(self, name):
        value = self.sent[name]
        return float((value if self.view == "sdt-v3" else value > 0).mean())

    def readers(self, node):
        return [n for n in self.nodes if node["id"] in n["in"]]

    def folds(self, node):
        """The convolutions that are folded into a layer."""
        found, at = [], node
        while True:
            readers = self.readers(at)
            if len(readers) != 1 or not (readers[0]["op"] == "bn" or readers[0].get("fold")):
                return found
            at = readers[0]
            found += [at] if at["op"] == "conv" else []

    def chain(self, node):
        """Layers without neurons between them, from the one that spikes enter to this; [] if none do."""
        found = [node]
        while found[0]["in"][0] not in self.sent:
            at = self.by_id[found[0]["in"][0]]
            while at["op"] == "bn":
                at = self.by_id[at["in"][0]]
            if at["op"] not in ("conv", "linear") or at.get("fold"):
                return []
            found.insert(0, at)
        return found

    def behind(self, node):
        """A layer that reads this one's sums, behind batch norms alone."""
        return any(self.chain(n)[-2:-1] == [node] for n in self.nodes
                   if n["op"] in ("conv", "linear") and not n.get("fold"))

    def as_one(self, chain):
        side, groups = 1, chain[0].get("groups", 1)
        for node in chain[::-1]:
            side = (side - 1) * node.get("stride", 1) + node.get("kernel", 1)
            groups = int(np.gcd(groups, node.get("groups", 1)))
        inputs = self.by_id[chain[0]["in"][0]]["out_channels"]
        return dense(self.by_id, chain[-1], side, inputs, groups)

    def layer(self, node):
        """ACs and MACs of a sample."""
        t = self.timesteps
        source = self.by_id[node["in"][0]]
        rest = sum(dense(self.by_id, n) for n in self.folds(node))
        last = (self.folds(node) or [node])[-1]
        whole = dict(node, out_channels=last["out_channels"])
        size = max(n.get("kernel", 1) for n in [node, *self.folds(node)])
        flops = dense(self.by_id, whole, size)
        if source["op"] == "input":
            return (0, t * flops) if self.view != "spikingresformer" else (0, 0)
        if self.view == "spikingresformer":
            return additions_of(self.nodes, node, self.sent)[1] / self.samples, 0
        chain = self.chain(node)
        if not chain:
            return 0, t * flops
        rate = self.rate(chain[0]["in"][0])
        if len(chain) == 1 and rest and self.chains in ("parts", "parts-spikes"):
            own = dense(self.by_id, node)
            return (rate * t * own, t * rest) if self.chains == "parts" else (rate * t * (own + rest), 0)
        if self.chains == "merged":
            return (0, 0) if self.behind(node) else (rate * t * self.as_one(chain)
                                                     if len(chain) > 1 else rate * t * flops, 0)
        if len(chain) > 1 and self.chains in ("run", "parts"):
            return 0, t * flops
        return rate * t * flops, 0

    def attention(self, node):
        t, n = self.timesteps, node["out_height"] * node["out_width"]
        if node["op"] != "attend":  # SDSA: q gates the sum of k AND v
            gate = self.by_id[node["in"][0]]
            k = gate["in"][0]
            q = next(p["id"] for p in self.nodes if p.get("role") == "q" and p["op"] == "neuron"
                     and p.get("block") == node.get("block"))
            tokens = gate["out_height"] * gate["out_width"]
            return (self.rate(q) + self.rate(k)) * t * tokens * gate["out_channels"]
        q, k, v = (self.rate(name) for name in node["in"])
        heads = node["heads"]
        d, d_v = (self.by_id[node["in"][i]]["out_channels"] // heads for i in (0, 2))
        if node.get("order", "qk") == "kv":
            return t * n * d * d_v * heads * (min(k, v) + q)
        return t * n * n * heads * (d * min(q, k) + d_v * v)


def main():
    spikes = np.load(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        nodes = json.load(file)["graph"]["nodes"]
    with open(sys.argv[3], encoding="utf-8") as file:
        sheets = {s["name"]: s for s in json.load(file)["sheets"]}
    for node in nodes:
        node["no_time"] = nodes[0].get("no_time_axis", False)
    pricing = Pricing(nodes, evaluate(nodes, spikes), sys.argv[4], sys.argv[5] if len(sys.argv) > 5 else None)
    priced = {row["layer"]: (row["ACs"] or 0, row["MACs"] or 0) for row in sheets["layers_published"]["rows"]}
    n_wrong = n_checked = 0
    for node in nodes:
        if node.get("role") == "classifier" or node.get("fold"):
            continue
        if node["op"] in ("conv", "linear"):
            want = pricing.layer(node)
        elif node["op"] == "attend" or (node["op"] == "sum_tokens" and pricing.view == "sdt"):
            want = pricing.attention(node), 0
        else:
            continue
        name = node.get("weight") or node["id"]
        found = priced.get(name, (0, 0))
        n_checked += 1
        if not np.allclose(found, want, rtol=1e-12, atol=0):
            n_wrong += 1
            print(f"{name}: spikeq has {found}, its spikes make {want}")
    print(f"{n_checked} layers and products priced, {n_wrong} differ")
    sys.exit(n_wrong > 0)


if __name__ == "__main__":
    main()
