"""Count the additions of a run from recorded spikes alone, by brute force, and compare them with its report.

    count_spikes.py SPIKES.npz REPORT.json

SPIKES.npz holds the spikes of every population, [T,B,...] as the official module returns them, by module
path. The graph is the report's. Nothing here knows how spikeq counts: spikes are pooled, added and gated
with NumPy, and every layer's additions are summed input by input over the outputs that read it.
"""
import json
import sys

import numpy as np


def rows_of(array, node):
    """[T,B,...] as the module returns it -> [T,B,channels,rows]."""
    if node.get("no_time"):
        array = array[None]
    t, b = array.shape[:2]
    if node["axes"] == "NC":
        return array.transpose(0, 1, 3, 2).astype(np.int64)
    return array.reshape(t, b, node["out_channels"], -1).astype(np.int64)


def grid_of(value, node):
    return value.reshape(*value.shape[:3], node["out_height"], node["out_width"])


def maximum(value, kernel, stride, pad):
    height, width = value.shape[-2:]
    around = np.zeros((*value.shape[:-2], height + 2 * pad, width + 2 * pad), value.dtype)
    around[..., pad : pad + height, pad : pad + width] = value
    n_down = (height + 2 * pad - kernel) // stride + 1
    n_across = (width + 2 * pad - kernel) // stride + 1
    out = np.zeros((*value.shape[:-2], n_down, n_across), value.dtype)
    for y in range(kernel):
        for x in range(kernel):
            part = around[..., y : y + stride * n_down : stride, x : x + stride * n_across : stride]
            out = np.maximum(out, part[..., :n_down, :n_across])
    return out


def spread(gate, spikes):
    """A gate of one row, or of one channel a head, to the shape of the spikes."""
    if gate.shape == spikes.shape:
        return gate
    if gate.shape[3] == 1 and gate.shape[2] == spikes.shape[2]:
        return np.broadcast_to(gate, spikes.shape)
    return np.repeat(gate, spikes.shape[2] // gate.shape[2], axis=2)


def erode(value, node):
    if node.get("over", "grid") == "grid":
        return maximum(grid_of(value, node), 3, 1, 1).reshape(value.shape)
    t, b, channels, rows = value.shape
    of_head = value.reshape(t, b, node["heads"], channels // node["heads"], rows)
    return maximum(of_head, 3, 1, 1).reshape(value.shape)


def evaluate(nodes, spikes):
    """What each node sends, [T,B,channels,rows]; reals are left out."""
    sent = {}
    for node in nodes:
        inputs = [sent.get(name) for name in node["in"]]
        op = node["op"]
        if op == "neuron":
            sent[node["id"]] = rows_of(spikes[node["id"]], node)
        elif node["edge"] == "reals" or any(x is None for x in inputs):
            continue
        elif op == "maxpool":
            source = next(n for n in nodes if n["id"] == node["in"][0])
            pooled = maximum(grid_of(inputs[0], source), node.get("kernel", 3), node.get("stride", 2),
                             node.get("pad", 1))
            sent[node["id"]] = pooled.reshape(*pooled.shape[:3], -1)
        elif op == "add":
            sent[node["id"]] = sum(inputs)
        elif op in ("and", "and_not"):
            a, b = inputs
            if a.shape != b.shape and a.size < b.size:
                a, b = b, a
            b = spread(b, a)
            sent[node["id"]] = a * b if op == "and" else a * (1 - b)
        elif op == "erode":
            sent[node["id"]] = erode(inputs[0], node)
    return sent


def taps(n, kernel, stride, pad):
    """How many outputs read each of n inputs along an axis."""
    n_out = (n + 2 * pad - kernel) // stride + 1
    count = np.zeros(n, np.int64)
    for o in range(n_out):
        for k in range(kernel):
            at = o * stride - pad + k
            if 0 <= at < n:
                count[at] += 1
    return count


def whole_layer(nodes, layer):
    """Kernel, padding and outputs of a layer with the convolutions that fold into it."""
    kernel, pad, outputs = layer.get("kernel", 1), layer.get("pad", 0), layer["out_channels"]
    at = layer
    while True:
        readers = [n for n in nodes if at["id"] in n["in"]]
        folds = len(readers) == 1 and (readers[0]["op"] == "bn" or readers[0].get("fold"))
        if not folds:
            return kernel, pad, outputs
        at = readers[0]
        kernel = max(kernel, at.get("kernel", 1))
        pad += at.get("border", 0)
        outputs = at["out_channels"]


def additions_of(nodes, layer, sent):
    source = next(n for n in nodes if n["id"] == layer["in"][0])
    value = sent[source["id"]]
    units = value if source["op"] == "neuron" else (value > 0).astype(np.int64)
    kernel, pad, outputs = whole_layer(nodes, layer)
    down = taps(source["out_height"], kernel, layer.get("stride", 1), pad)
    across = taps(source["out_width"], kernel, layer.get("stride", 1), pad)
    read_by = (down[:, None] * across[None, :]).reshape(-1)
    return int(units.sum()), int((units * read_by).sum()) * outputs // layer.get("groups", 1)


def attention_of(node, sent):
    """Additions of both products, in the network's order."""
    q, k, v = (sent[name] for name in node["in"])
    heads = node["heads"]
    first = second = 0
    for t in range(q.shape[0]):
        for b in range(q.shape[1]):
            for h in range(heads):
                qh, kh, vh = (np.split(x[t, b], heads)[h] for x in (q, k, v))
                if node.get("order", "qk") == "qk":
                    product = qh.T @ kh
                    second += int(((product > 0) @ vh.sum(0)).sum())
                else:
                    product = kh @ vh.T
                    second += int((qh.sum(1) * (product > 0).sum(1)).sum())
                first += int(product.sum())
    return first, second


def main():
    spikes = np.load(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        report = json.load(file)
    nodes = report["graph"]["nodes"]
    for node in nodes:
        node["no_time"] = nodes[0].get("no_time_axis", False)
    by_weight = {n["weight"]: n for n in nodes if n["op"] in ("conv", "linear")}
    by_id = {n["id"]: n for n in nodes}
    sent = evaluate(nodes, spikes)
    n_checked = n_wrong = 0
    found, counted = [], []
    for synapse in report["synapses"]:
        layer = by_weight[synapse["name"]]
        if layer["in"][0] in sent:
            found.append((synapse["name"], synapse["events"], synapse["additions"]))
            counted.append((synapse["name"], *additions_of(nodes, layer, sent)))
    for attention in report["attention"]:
        node = by_id[attention["name"]]
        if node["op"] in ("sum_tokens", "sum_channels"):
            found.append((node["id"], attention["events"], attention["additions"]))
            total = int(sent[node["in"][0]].sum())
            counted.append((node["id"], total, total))
        if node["op"] == "attend":
            found.append((node["id"], attention["first_product_additions"],
                          attention["second_product_additions"]))
            counted.append((node["id"], *attention_of(node, sent)))
    for is_, should in zip(found, counted):
        n_checked += 1
        if is_ != should:
            n_wrong += 1
            print(f"{is_[0]}: the report has {is_[1:]}, its spikes make {should[1:]}")
    print(f"{n_checked} layers and products counted, {n_wrong} differ")
    sys.exit(n_wrong > 0)


if __name__ == "__main__":
    main()
