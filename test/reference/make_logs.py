"""What the Spikingformer fork of syops-counter prints for golden networks, from their recorded spikes.

    make_logs.py GOLDEN_DIR:CONFIG ... >test/golden/accounting/orders.json

GOLDEN_DIR is a set of the official code (config.json, model.safetensors, spikes.npz), CONFIG the file that the
check shall read the network from. Families: sdt, cml-spikingformer-cifar, qkformer-cifar; where each
pools is written here as its official module runs. Rows follow the rules of the tool (its two ways of counting a spike
test: 0 or 1), all samples in one batch; the formula for attention is left out. Nothing is taken from spikeq.
"""
import json
import os
import sys

import numpy as np

from count_spikes import maximum
from tensors import read_safetensors


class Log:
    def __init__(self, folder):
        self.tensors, _ = read_safetensors(os.path.join(folder, "model.safetensors"))
        self.spikes = {k: v.astype(np.int64) for k, v in np.load(os.path.join(folder, "spikes.npz")).items()}
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            self.config = json.load(file)
        self.images = self.config["batch"]
        self.rows = []

    def row(self, name, kind, params, ops, value):
        """value: what the tool's spike test sees; None: reals."""
        spike = value is not None and len(np.unique(value)) <= 2 and value.max() <= 1
        rate = float(np.float32(value.sum()) / np.float32(value.size)) if spike else 1.0
        acs, macs = (ops * rate, 0.0) if spike else (0.0, float(ops))
        self.append(name, kind, params, ops, acs, macs, rate)

    def append(self, name, kind, params, ops, acs, macs, rate):
        b = self.images
        self.rows.append({"name": name, "type": kind, "params": int(params), "ops": repr(ops / b), "acs": repr(acs / b),
                          "macs": repr(macs / b), "rate_percent": f"{100 * rate:.3f}"})

    def conv(self, name, value, grid, stride=1):
        """[T,B,C,H,W] or None, with the grid that it comes on; its batch norm behind it. The new grid."""
        weight = self.tensors[name + ".weight"]
        bias = name + ".bias" in self.tensors
        pad = weight.shape[2] // 2 if weight.ndim == 4 else 0
        side = weight.shape[2] if weight.ndim == 4 else 1
        grid = tuple((g + 2 * pad - side) // stride + 1 for g in grid)
        outputs = self.config["T"] * self.images * weight.shape[0] * grid[0] * grid[1]
        self.row(name, "Conv2d" if weight.ndim == 4 else "Conv1d", weight.size + bias * weight.shape[0],
                 outputs * (weight[0].size + bias), value)
        self.row(name.replace("conv", "bn"), "BatchNorm2d", 2 * weight.shape[0], 2 * outputs, None)
        return grid

    def pool(self, name, value, channels, grid):
        """Of spikes, or (None) of reals. What it sends, and its grid."""
        elements = self.config["T"] * self.images * channels * grid[0] * grid[1]
        self.row(name, "MaxPool2d", 0, elements, value)
        return (None if value is None else maximum(value, 3, 2, 1)), tuple((g + 1) // 2 for g in grid)

    def neuron(self, name):
        value = self.spikes[name]
        self.append(name, "MultiStepLIFNode", 0, value.size, float(value.size), 0.0, float(value.mean()))
        return value

    def silent(self, name):
        self.append(name, "MultiStepLIFNode", 0, 0, 0.0, 0.0, 0.0)

    def head(self, value=None):
        weight = self.tensors["head.weight"]
        self.row("head", "Linear", weight.size + weight.shape[0], self.images * (weight.size + weight.shape[0]), value)

    def item(self, name, config):
        priced = [r for r in self.rows if "conv" in r["name"] or "head" in r["name"]]
        macs = sum(float(r["macs"]) for r in priced if r["rate_percent"] == "100.000")
        acs = 0.0
        for r in priced:
            acs += float(r["acs"]) if r["rate_percent"] != "100.000" else 0.0
        learned = [t for k, t in self.tensors.items() if "running_" not in k and "num_batches" not in k]
        return {"id": name, "convention": "syops", "mode": "max1", "config": config,
                "source": "test/reference/make_logs.py, from the recorded spikes of the official code's network",
                "rows": self.rows, "qkv_rates": [],
                "expect": {"g_macs": repr(macs / 1e9), "g_acs": repr(acs / 1e9),
                           "energy_mj": repr(macs / 1e9 * 4.6 + acs / 1e9 * 0.9),
                           "nops_ops": repr(sum(float(r["ops"]) for r in self.rows)),
                           "nops_macs": repr(sum(float(r["macs"]) for r in self.rows)),
                           "parameters": int(sum(t.size for t in learned))}}


def size_of(config):
    return config["image_height"], config["image_width"]


def sdt(log):
    grid, value = size_of(log.config), None
    for n, s in enumerate(("", "1", "2", "3")):
        grid = log.conv(f"patch_embed.proj_conv{s}", value, grid)
        if n < 3:
            value = log.neuron(f"patch_embed.proj_lif{s}")
            if log.config["pooling"][n] == "1":
                value, grid = log.pool(f"patch_embed.maxpool{s}", value, value.shape[2], grid)
            continue
        channels, before = log.tensors[f"patch_embed.proj_conv{s}.weight"].shape[0], grid
        if log.config["pooling"][3] == "1":  # registered behind the neuron, runs before it
            grid = tuple((g + 1) // 2 for g in grid)
        value = log.neuron("patch_embed.proj_lif3")
        if log.config["pooling"][3] == "1":
            log.pool("patch_embed.maxpool3", None, channels, before)
    log.conv("patch_embed.rpe_conv", value, grid)
    log.silent("patch_embed.rpe_lif")
    for i in range(log.config["depth"]):
        a = f"block.{i}.attn."
        s = log.neuron(a + "shortcut_lif")
        for p in "qkv":
            log.conv(a + p + "_conv", s, grid)
            log.neuron(a + p + "_lif")
        log.silent(a + "attn_lif")
        gate = log.neuron(a + "talking_heads_lif")
        q = log.spikes[a + "q_lif"]
        log.conv(a + "proj_conv", q * gate.reshape(*q.shape[:3], 1, 1), grid)
        for m in ("fc1", "fc2"):
            log.conv(f"block.{i}.mlp.{m}_conv", log.neuron(f"block.{i}.mlp.{m}_lif"), grid)
    log.neuron("head_lif")
    log.head()


def cml(log):
    grid = log.conv("patch_embed.proj_conv", None, size_of(log.config))
    for n in range(1, 5):
        if n >= 3:
            channels = log.spikes[f"patch_embed.proj{n}_lif"].shape[2]
            _, grid = log.pool(f"patch_embed.maxpool{n}", None, channels, grid)
        grid = log.conv(f"patch_embed.proj{n}_conv", log.neuron(f"patch_embed.proj{n}_lif"), grid)
    for i in range(log.config["depth"]):
        a = f"block.{i}.attn."
        s = log.neuron(a + "proj_lif")
        for p in "qkv":
            log.conv(a + p + "_conv", s, grid)
            log.neuron(a + p + "_lif")
        log.conv(a + "proj_conv", log.neuron(a + "attn_lif"), grid)
        for m in ("mlp1", "mlp2"):
            log.conv(f"block.{i}.mlp.{m}_conv", log.neuron(f"block.{i}.mlp.{m}_lif"), grid)
    log.head()


def qkformer(log):
    e, stream = "patch_embed1.", None
    grid = log.conv(e + "proj_conv", None, size_of(log.config))
    s = log.neuron(e + "proj_lif")
    for p, x in (("proj1", s), ("proj_res", s)):
        log.conv(e + p + "_conv", x, grid)
        log.neuron(e + p + "_lif")
    stream = log.spikes[e + "proj1_lif"] + log.spikes[e + "proj_res_lif"]
    for stage in (1, 2, 3):
        if stage > 1:
            e, wide = f"patch_embed{stage}.", grid
            log.conv(e + "proj3_conv", stream, wide)
            s = log.neuron(e + "proj3_lif")
            log.conv(e + "proj4_conv", s, wide)
            _, grid = log.pool(e + "maxpool4", None, s.shape[2], wide)
            log.neuron(e + "proj4_lif")
            log.conv(e + "proj_res_conv", stream, wide, stride=2)
            log.neuron(e + "proj_res_lif")
            stream = log.spikes[e + "proj4_lif"] + log.spikes[e + "proj_res_lif"]
        blocks = 1 if stage < 3 else log.config["depth"] - 2
        for i in range(blocks):
            b = f"stage{stage}.{i}."
            a = b + ("tssa." if stage < 3 else "ssa.")
            for p in "qk" if stage < 3 else "qkv":
                log.conv(a + p + "_conv", stream, grid)
                log.neuron(a + p + "_lif")
            y = log.neuron(a + "attn_lif")
            if stage < 3:
                k = log.spikes[a + "k_lif"]
                y = k * np.repeat(y.reshape(*k.shape[:2], -1, k.shape[3]), k.shape[2] // y.shape[2], 2)
            log.conv(a + "proj_conv", y, grid)
            stream = stream + log.neuron(a + "proj_lif").reshape(stream.shape)
            x = stream
            for m in ("mlp1", "mlp2"):
                log.conv(b + f"mlp.{m}_conv", x, grid)
                x = log.neuron(b + f"mlp.{m}_lif")
            stream = stream + x
    log.head()


def main():
    items = []
    for argument in sys.argv[1:]:
        folder, config = argument.split(":")
        log = Log(folder)
        {"sdt": sdt, "qkf": qkformer, "cml": cml}[log.config["family"][:3]](log)
        items.append(log.item(os.path.basename(folder), config))
    print('{"format": "spikeq-accounting-vectors/1", "published": [')
    for n, item in enumerate(items):
        rows = ",\n  ".join(json.dumps(r) for r in item.pop("rows"))
        print(json.dumps(item)[:-1] + ', "rows": [\n  ' + rows + "]}" + ("," if n + 1 < len(items) else "]}"))


if __name__ == "__main__":
    main()
