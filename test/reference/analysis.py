"""Every figure of `spikeq analyze` by brute force, from a golden set's spikes.

    python3 analysis.py ../golden/cifar-2-64 | gzip -9n > ../golden/analysis/cifar-2-64.json.gz
    python3 analysis.py ../golden/cifar-2-64 ../golden/float-cifar-2-64 |
        gzip -9n > ../golden/analysis/compared.json.gz

Plain and slow: each figure is written as docs/analysis.md defines it, element by element where that
is bearable. Sample i has the class of its largest logit as prediction; its label is that class if
i is even, the next class if it is odd. The weights of the head come from model.safetensors.
"""
import itertools
import json
import math
import pathlib
import sys

import numpy as np

import tensors

Z = 1.959963984540054
WIDTHS = [8, 16, 32, 64, 128, 256]


def share(part, whole):
    return part / whole if whole else None


# Moments: of one whole number a sample.


def moments(values, per):
    n, total = len(values), sum(values)
    if n == 0:
        return [None] * 4
    mean = total / (n * per)
    if n == 1:
        return [mean, None, None, None]
    spread = n * sum(v * v for v in values) - total * total
    sd = math.sqrt(spread / (n * (n - 1))) / per
    half = Z * sd / math.sqrt(n)
    return [mean, sd, max(mean - half, 0), min(mean + half, 1)]


def named(values):
    return dict(zip(["mean", "sd", "low", "high"], values))


def moment_lists(items, per):
    return named([list(column) for column in zip(*[moments(item, per) for item in items])])


def wilson(part, whole):
    p, low, high = part / whole, 0, 1
    centre, shrink = p + Z * Z / (2 * whole), 1 + Z * Z / whole
    half = Z * math.sqrt(p * (1 - p) / whole + Z * Z / (4 * whole * whole))
    if part > 0:
        low = (centre - half) / shrink
    if part < whole:
        high = (centre + half) / shrink
    return {"value": p, "low": low, "high": high}


# A golden set.


class Population:
    """spikes [samples][timesteps][tokens][channels] of 0 and 1."""

    def __init__(self, name, array, config):
        array = np.moveaxis(array, 1, 0).astype(np.int64)
        self.name, self.grid, self.heads = name, None, None
        if array.ndim == 5:
            self.grid = array.shape[3:]
            array = array.reshape(*array.shape[:3], -1).transpose(0, 1, 3, 2)
        else:
            self.grid = tuple(config["token_grid"])
            if config["layout"] != "cifar10":
                array = array.transpose(0, 1, 3, 2)
        self.spikes = array
        if name.split(".")[-1] in ("q_lif", "k_lif", "v_lif", "attn_lif"):
            self.heads = config["heads"]
        self.samples, self.timesteps, self.tokens, self.channels = array.shape


class Golden:
    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.config = json.loads((folder / "config.json").read_text())
        self.logits = np.load(folder / "logits.npy")
        self.head = None
        file = np.load(folder / "spikes.npz")
        self.populations = [Population(name, file[name], self.config) for name in file.files]
        self.named = {p.name: p.spikes for p in self.populations}
        self.prediction = [int(row.argmax()) for row in self.logits]
        classes = self.logits.shape[1]
        self.label = [(p + i % 2) % classes for i, p in enumerate(self.prediction)]
        self.samples, self.timesteps = self.populations[0].spikes.shape[:2]
        weights, _ = tensors.read_safetensors(str(folder / "model.safetensors"))
        name = next(n for n in weights if n.endswith("head.weight"))
        self.weight, self.bias = weights[name], weights[name.replace("weight", "bias")]


# Populations.


def totals(p, label):
    x, per = p.spikes, p.tokens * p.channels
    of_sample = x.sum(axis=(1, 2, 3)).tolist()
    labels = sorted(set(label))
    of_label = [[s for s, l in zip(of_sample, label) if l == k] for k in labels]
    rate_per_label = moment_lists(of_label, per * p.timesteps)
    rate_per_label.update({"label": labels, "samples": [len(s) for s in of_label]})
    per_timestep = [x[:, t].sum(axis=(1, 2)).tolist() for t in range(p.timesteps)]
    return {
        "spikes": int(x.sum()),
        "spikes_per_timestep": [sum(s) for s in per_timestep],
        "rate": named(moments(of_sample, per * p.timesteps)),
        "rate_per_timestep": moment_lists(per_timestep, per),
        "rate_per_label": rate_per_label,
    }


def groups(p):
    x = p.spikes
    per_token = [x[:, :, r].sum(axis=(1, 2)).tolist() for r in range(p.tokens)]
    per_channel = [x[..., c].sum(axis=(1, 2)).tolist() for c in range(p.channels)]
    count = x.sum(axis=(0, 1))
    out = {
        "rate_per_token": moment_lists(per_token, p.channels * p.timesteps),
        "rate_per_channel": moment_lists(per_channel, p.tokens * p.timesteps),
        "silent_neurons": int((count == 0).sum()),
        "saturated_neurons": int((count == p.samples * p.timesteps).sum()),
        "dead_channels": [c for c in range(p.channels) if sum(per_channel[c]) == 0],
    }
    if p.heads:
        width = p.channels // p.heads
        of_head = [np.sum(per_channel[h * width:(h + 1) * width], axis=0).tolist()
                   for h in range(p.heads)]
        out["rate_per_head"] = moment_lists(of_head, p.tokens * p.timesteps * width)
        out["dead_heads"] = [h for h in range(p.heads) if sum(of_head[h]) == 0]
    return out


def sparseness(responses):
    n, total = len(responses), sum(responses)
    if n < 2 or total == 0:
        return None
    even = total * total / (n * sum(r * r for r in responses))
    return (1 - even) / (1 - 1 / n)


def mean_known(values):
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else None


def entropy(p):
    return 0 if p in (0, 1) else -(p * math.log2(p) + (1 - p) * math.log2(1 - p))


def effective_dimension(p):
    seen = p.spikes.reshape(-1, p.channels)
    n, both = len(seen), (seen.T @ seen).tolist()
    trace = squares = 0
    for i, j in itertools.product(range(p.channels), repeat=2):
        covariance = (n * both[i][j] - both[i][i] * both[j][j])
        trace += covariance if i == j else 0
        squares += covariance * covariance
    return trace * trace / squares if squares else None


def spread(p):
    response = p.spikes.sum(axis=1).reshape(p.samples, -1)
    count = sorted(response.sum(axis=0).tolist())
    n, total = len(count), sum(count)
    gini = 2 * sum((i + 1) * c for i, c in enumerate(count)) / (n * total) - (n + 1) / n
    return {
        "lifetime_sparseness": mean_known([sparseness(r) for r in response.T.tolist()]),
        "population_sparseness": mean_known([sparseness(r) for r in response.tolist()]),
        "gini": gini,
        "entropy_bits_per_neuron": sum(entropy(c / (p.samples * p.timesteps)) for c in count) / n,
        "effective_dimension": effective_dimension(p),
    }


def time(p):
    x, out = p.spikes, {}
    fired = np.cumsum(x, axis=1)
    first = (x == 1) & (fired == 1)
    out["first_spikes_per_timestep"] = first.sum(axis=(0, 2, 3)).tolist()
    out["never_fired"] = int((fired[:, -1] == 0).sum())
    if p.timesteps > 1:
        a, b = x[:, :-1], x[:, 1:]
        both = (a & b).sum(axis=(0, 2, 3)).tolist()
        either = (a | b).sum(axis=(0, 2, 3)).tolist()
        out["overlap_with_next_timestep"] = {"both_spikes": both, "either_spikes": either,
                                             "jaccard": [share(i, u) for i, u in zip(both, either)]}
        changed = int(x[:, 0].sum() + (a ^ b).sum())
        out["delta_events"] = changed
        out["delta_events_per_spike"] = share(changed, int(x.sum()))
    return out


def zero_parts(x, axes, width):
    """Parts of `width` along each of the axes; how many, and how many without a spike."""
    for axis in axes:
        starts = np.arange(0, x.shape[axis], width)
        x = np.maximum.reduceat(x, starts, axis=axis)
    zero = int((x == 0).sum())
    return {"width": width, "vectors": x.size, "zero": zero, "zero_share": share(zero, x.size)}


def useful(widths, *lengths):
    return [w for w in widths if w == widths[0] or any(w // 2 < n for n in lengths)]


def structure(p):
    x = p.spikes
    events = x.sum(axis=3)
    balance = []
    for n in (2, 4, 8, 16, 32, 64):
        largest = sum(max(sum(frame[e::n]) for e in range(n))
                      for frame in events.reshape(-1, p.tokens).tolist())
        balance.append({"processing_elements": n, "events": int(x.sum()),
                        "largest_load_events": largest,
                        "utilisation": share(int(x.sum()), n * largest)})
    spans = [2 << i for i in range(8) if 1 << i < p.timesteps]
    return {
        "zero_vectors_along_channels": [zero_parts(x, [3], w) for w in useful(WIDTHS, p.channels)],
        "zero_vectors_along_tokens": [zero_parts(x, [2], w) for w in useful(WIDTHS, p.tokens)],
        "zero_tiles": [zero_parts(x, [2, 3], w) for w in useful(WIDTHS, p.tokens, p.channels)],
        "zero_vectors_along_time": [zero_parts(x, [1], w) for w in spans],
        "rows_by_events": [int((events == n).sum()) for n in range(p.channels + 1)],
        "load_balance": balance,
    }


def product_tile(rows):
    """Rows as sets of channels: empty, exact, subset, spikes, saved."""
    empty = exact = subset = saved = 0
    for i, row in enumerate(rows):
        if not row:
            empty += 1
        elif row in rows[:i]:
            exact += 1
            saved += len(row)
        else:
            best = max(len(other) if other < row else 0 for other in rows)
            subset += best > 0
            saved += best
    return [len(rows), empty, exact, subset, sum(len(row) for row in rows), saved]


PRODUCT = ["rows", "empty_rows", "exact_rows", "subset_rows", "spikes", "saved_spikes"]


def product_counts(x):
    """x [rows][channels], tile by tile."""
    count = np.zeros(len(PRODUCT), dtype=int)
    for r, c in itertools.product(range(0, len(x), 256), range(0, x.shape[1], 16)):
        tile = x[r:r + 256, c:c + 16]
        count += product_tile([frozenset(np.flatnonzero(row)) for row in tile])
    return count


def product_sparsity(p):
    per_timestep = sum(np.array([product_counts(x) for x in sample]) for sample in p.spikes)
    whole = per_timestep.sum(axis=0).tolist()
    stack = sum(product_counts(sample.reshape(-1, p.channels)) for sample in p.spikes).tolist()
    out = {"tile_rows": 256, "tile_channels": 16, "saved_share": share(whole[5], whole[4]),
           "timesteps_stacked": {**dict(zip(PRODUCT, stack)),
                                 "saved_share": share(stack[5], stack[4])}}
    out.update({f"{key}_per_timestep": per_timestep[:, i].tolist()
                for i, key in enumerate(PRODUCT)})
    return out


def map_set(p, x, channels):
    """x [tokens][channels]: spikes of each neuron."""
    out = {"spikes_per_token": x.sum(axis=1).tolist(),
           "spikes_per_channel": [x[:, c].tolist() for c in channels]}
    if p.heads:
        width = p.channels // p.heads
        out["spikes_per_head"] = [x[:, h * width:(h + 1) * width].sum(axis=1).tolist()
                                  for h in range(p.heads)]
    return out


def maps(p, golden):
    x = p.spikes.sum(axis=1)
    active = x.sum(axis=(0, 1)).tolist()
    channels = sorted(sorted(range(p.channels), key=lambda c: (-active[c], c))[:16])
    out = {"channels": channels, "samples": []}
    out.update(map_set(p, x.sum(axis=0), channels))
    for s in range(min(4, p.samples)):
        sample = {"sample": s, "label": golden.label[s], "prediction": golden.prediction[s]}
        sample.update(map_set(p, x[s], channels))
        out["samples"].append(sample)
    return out


def drawn(n, size):
    """`size` of the numbers below n: selection sampling by splitmix64 from state 1."""
    state, taken = 1, []
    for i in range(n):
        state, x = splitmix64(state)
        if x * (n - i) >> 64 < size - len(taken):
            taken.append(i)
    return taken


def raster(p, golden):
    """Of sample 0: at most 256 neurons, 512 timesteps, 8192 of both."""
    shown = min(p.timesteps, 512)
    neurons = drawn(p.tokens * p.channels, min(p.tokens * p.channels, 256, 8192 // shown))
    x = p.spikes[0].reshape(p.timesteps, -1)
    return {"sample": 0, "label": golden.label[0], "prediction": golden.prediction[0],
            "neurons": neurons,
            "fired_per_timestep": [[i for i in neurons if x[t, i]] for t in range(shown)]}


def population(p, golden):
    out = {"name": p.name, "kind": "lif", "neurons": p.tokens * p.channels, "tokens": p.tokens,
           "channels": p.channels, "grid_height": p.grid[0], "grid_width": p.grid[1],
           "threshold": 1}
    if p.heads:
        out["heads"] = p.heads
    out.update(totals(p, golden.label))
    out.update(groups(p))
    out.update({"spread": spread(p), "time": time(p), "structure": structure(p),
                "product_sparsity": product_sparsity(p), "maps": maps(p, golden),
                "raster": raster(p, golden)})
    return out


# Residual streams, attention, decisions.


def pooled(golden):
    """3x3 windows at a stride of 2 over proj_lif3, as [samples][timesteps][tokens][channels]."""
    p = next(p for p in golden.populations if p.name == "patch_embed.proj_lif3")
    x = p.spikes.reshape(p.samples, p.timesteps, *p.grid, p.channels)
    height, width = golden.config["token_grid"]
    out = np.zeros((p.samples, p.timesteps, height, width, p.channels), dtype=int)
    for i, j in itertools.product(range(height), range(width)):
        window = x[:, :, max(2 * i - 1, 0):2 * i + 2, max(2 * j - 1, 0):2 * j + 2]
        out[:, :, i, j] = window.max(axis=(2, 3))
    return out.reshape(p.samples, p.timesteps, -1, p.channels)


def streams(golden):
    stream = pooled(golden) + golden.named["patch_embed.rpe_lif"]
    found = [("block.0.in", stream)]
    for b in range(golden.config["depth"]):
        stream = stream + golden.named[f"block.{b}.attn.proj_lif"]
        found.append((f"block.{b}.mid", stream))
        stream = stream + golden.named[f"block.{b}.mlp.fc2_lif"]
        found.append((f"block.{b}.out", stream))
    return found


def residual_stream(name, x, largest):
    by_value = [[int((x[:, t] == v).sum()) for v in range(largest + 1)] for t in range(x.shape[1])]
    planes = [int((x >> plane & 1).sum()) / x.size for plane in range(largest.bit_length())]
    return {"name": name, "largest_value": largest, "elements_by_value_per_timestep": by_value,
            "nonzero_share": int((x != 0).sum()) / x.size, "share_of_ones_per_plane": planes}


def order(first, second):
    return {"first_product_additions": first, "second_product_additions": second,
            "additions": first + second}


def score_map(scores):
    """Mean over samples, timesteps and queries; scores [samples][timesteps][heads][q][k]."""
    return scores.mean(axis=(0, 1, 3)).tolist()


def attention(golden, block):
    heads, (height, width) = golden.config["heads"], golden.config["token_grid"]
    q, k, v = (golden.named[f"block.{block}.attn.{name}_lif"] for name in "qkv")
    n, timesteps, tokens, dim = q.shape
    q, k, v = (x.reshape(n, timesteps, tokens, heads, -1).transpose(0, 1, 3, 2, 4)
               for x in (q, k, v))
    scores = q @ k.transpose(0, 1, 2, 4, 3)
    kv = k.transpose(0, 1, 2, 4, 3) @ v
    ones_of_v = v.sum(axis=4)
    zero_rows = (scores == 0).all(axis=4)
    qk_second = ((scores != 0) * ones_of_v[:, :, :, None, :]).sum()
    kv_second = (q.sum(axis=3) * (kv != 0).sum(axis=4)).sum()
    return {
        "block": block, "heads": heads, "head_dim": dim // heads, "tokens": tokens,
        "grid_height": height, "grid_width": width,
        "scores_by_value": [[int((scores[:, :, h] == s).sum()) for s in range(dim // heads + 1)]
                            for h in range(heads)],
        "zero_score_share": (scores == 0).mean(axis=(0, 1, 3, 4)).tolist(),
        "zero_row_share": zero_rows.mean(axis=(0, 1, 3)).tolist(),
        "zero_scores_per_timestep": (scores == 0).sum(axis=(0, 3, 4)).tolist(),
        "zero_rows_per_timestep": zero_rows.sum(axis=(0, 3)).tolist(),
        "mean_score_per_key_token": score_map(scores),
        "operations": {
            "qk_first": order(int(scores.sum()), int(qk_second)),
            "kv_first": order(int(kv.sum()), int(kv_second)),
            "second_product_unit_additions": int((scores @ v).sum()),
        },
        "samples": [{"sample": s, "label": golden.label[s], "prediction": golden.prediction[s],
                     "mean_score_per_key_token": score_map(scores[s:s + 1])}
                    for s in range(min(4, n))],
    }


def readout(golden, sums, timesteps):
    """Logits of the mean over the first timesteps; sums [T][dim], rounded as the network does."""
    tokens = golden.populations[-1].tokens
    feature = np.zeros(sums.shape[1], dtype=np.float32)
    for t in range(timesteps):
        feature += sums[t].astype(np.float32) / np.float32(tokens)
    feature /= np.float32(timesteps)
    logits = []
    for row, bias in zip(golden.weight.tolist(), golden.bias.tolist()):
        total = 0.0
        for w, m in zip(row, feature.tolist()):
            total += m * w
        logits.append(float(np.float32(total + bias)))
    return logits


def judge(logits):
    best = max(logits)
    weight = sorted((math.exp(x - best) for x in logits), reverse=True)
    return logits.index(best), (weight[0] - weight[1]) / sum(weight)


def outcome(golden, judged, exits):
    """exits [samples]: the timestep, from 0, at which each sample is decided."""
    at = [judged[i][t] for i, t in enumerate(exits)]
    agree = sum(at[i][0] == judged[i][-1][0] for i in range(len(at)))
    return {"accuracy": wilson(sum(a[0] == l for a, l in zip(at, golden.label)), len(at)),
            "agreement_with_last_timestep": wilson(agree, len(at)),
            "mean_margin": sum(a[1] for a in at) / len(at)}


def decision(golden):
    last = streams(golden)[-1][1].sum(axis=2)
    steps, n = golden.timesteps, golden.samples
    judged = [[judge(readout(golden, last[i], t + 1)) for t in range(steps)] for i in range(n)]
    spikes = sum(p.spikes.sum(axis=(2, 3)) for p in golden.populations)
    out = {"after_timestep": [], "early_exit": []}
    for t in range(steps):
        out["after_timestep"].append({"timesteps": t + 1, **outcome(golden, judged, [t] * n)})
    for threshold in (i / 20 for i in range(21)):
        exits = [next((t for t in range(steps) if judged[i][t][1] >= threshold), steps - 1)
                 for i in range(n)]
        out["early_exit"].append({
            "threshold": threshold, **outcome(golden, judged, exits),
            "mean_timesteps": sum(t + 1 for t in exits) / n,
            "mean_spikes": sum(int(spikes[i, :t + 1].sum()) for i, t in enumerate(exits)) / n,
            "mean_additions": None,
            "exits_per_timestep": [exits.count(t) for t in range(steps)]})
    return out


def proportions(pairs):
    none = {"value": None, "low": None, "high": None}
    found = [wilson(part, whole) if whole else none for part, whole in pairs]
    return {key: [one[key] for one in found] for key in none}


def confusion(golden):
    """Which classes are taken for which; rows are labels."""
    pairs = list(zip(golden.label, golden.prediction))
    cells = sorted(set(pairs))
    classes = sorted(set(golden.label + golden.prediction))
    samples = [golden.label.count(k) for k in classes]
    predicted = [golden.prediction.count(k) for k in classes]
    correct = [pairs.count((k, k)) for k in classes]
    return {
        "samples": len(pairs),
        "cells": {"label": [c[0] for c in cells], "prediction": [c[1] for c in cells],
                  "samples": [pairs.count(c) for c in cells]},
        "classes": {"class": classes, "samples": samples, "predicted": predicted,
                    "correct": correct, "recall": proportions(list(zip(correct, samples))),
                    "precision": proportions(list(zip(correct, predicted)))},
    }


def trace(golden):
    correct = sum(p == l for p, l in zip(golden.prediction, golden.label))
    labels = sorted(set(golden.label))
    return {
        "complete": True, "timesteps": golden.timesteps, "samples": golden.samples,
        "first_sample": 0, "last_sample": golden.samples - 1, "labelled_samples": golden.samples,
        "labels": labels, "samples_per_label": [golden.label.count(k) for k in labels],
        "correct_samples": correct, "accuracy": wilson(correct, golden.samples),
        "confusion": confusion(golden),
        "populations": [population(p, golden) for p in golden.populations],
        "residual_streams": [residual_stream(name, x, 2 + i)
                             for i, (name, x) in enumerate(streams(golden))],
        "attention": [attention(golden, b) for b in range(golden.config["depth"])],
        "decision": decision(golden),
    }


# Comparison.

M64 = (1 << 64) - 1


def splitmix64(state):
    state = (state + 0x9e3779b97f4a7c15) & M64
    z = state
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 & M64
    z = (z ^ z >> 27) * 0x94d049bb133111eb & M64
    return state, z ^ z >> 31


def resampled_rows(n):
    for r in range(10000):
        state, rows = splitmix64(1 + r)[1], []
        for _ in range(n):
            state, number = splitmix64(state)
            rows.append(number * n >> 64)
        yield rows


def margin(logits):
    first, second = sorted(logits.tolist(), reverse=True)[:2]
    return first - second


def deltas(x):
    return int(x[0].sum() + (x[1:] ^ x[:-1]).sum())


def figures(golden, i):
    """The figures of one sample, in the order of the rows."""
    rows = [("spikes_per_sample", None, sum(int(p.spikes[i].sum()) for p in golden.populations)),
            ("accuracy", None, int(golden.prediction[i] == golden.label[i])),
            ("logit_margin", None, margin(golden.logits[i]))]
    for p in golden.populations:
        x, per = p.spikes[i], p.tokens * p.channels * p.timesteps
        rows += [("rate", p.name, int(x.sum()) / per),
                 ("population_sparseness", p.name, sparseness(x.sum(axis=0).ravel().tolist())),
                 ("delta_events_per_neuron_timestep", p.name, deltas(x) / per)]
    return rows


def compare(base, other):
    a = [figures(base, i) for i in range(base.samples)]
    b = [figures(other, i) for i in range(other.samples)]
    draws, rows = list(resampled_rows(len(a))), []
    for c, (measure, name, _) in enumerate(a[0]):
        left, right = [row[c][2] for row in a], [row[c][2] for row in b]
        difference = [y - x for x, y in zip(left, right)]
        means = sorted(sum(difference[i] for i in draw) / len(draw) for draw in draws)
        row = {"measure": measure, "base": sum(left) / len(left), "other": sum(right) / len(right),
               "difference": sum(difference) / len(difference), "low": means[250],
               "high": means[9749]}
        if len(difference) >= 20:
            row["significant"] = means[250] > 0 or means[9749] < 0
        rows.append({**row, "population": name} if name else row)
    return {"base": 0, "other": 1, "paired_samples": len(a), "resamples": 10000,
            "rows": rows}


def main():
    sets = [Golden(folder) for folder in sys.argv[1:]]
    result = trace(sets[0]) if len(sets) == 1 else compare(*sets)
    json.dump(result, sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
