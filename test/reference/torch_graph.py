"""Any architecture in PyTorch: runs the nodes that `spikeq graph --json` prints, with the weights of a
checkpoint. The dense peer of the benchmark.

    network = Network(json.load(open("graph.json")), read_safetensors("model.safetensors")[0])
    logits = network(images)        # [B,C,H,W], or frames [B,T,C,H,W]

Values are [T, B, C, H, W]; layers that know no time take T * B images at once, and what does not change
with time (an image up to its first neuron) is computed once. Neurons work in place, with the arithmetic
of spikformer.py: h = v + (x - v) / tau. Samples are alone: no state runs on through a batch.
Operations: those of Spikformer, Spikingformer, SDT and QKFormer; others are named and refused.

    python3 torch_graph.py SPIKEQ GOLDEN_DIR...     are the logits those of the official code?
"""
import json
import os
import subprocess
import sys
from typing import Dict, List

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from tensors import read_safetensors


def each_step(function, x: Tensor) -> Tensor:
    """Apply what knows no time to [T, B, ...]."""
    return function(x.flatten(0, 1)).unflatten(0, x.shape[:2])


class Network:
    def __init__(self, graph: dict, tensors: Dict[str, np.ndarray]) -> None:
        self.nodes: List[dict] = graph["nodes"]
        self.config: dict = graph["config"]
        self.tensors = {
            name: torch.from_numpy(np.array(x, np.float32)) for name, x in tensors.items()
        }
        unknown = sorted({n["op"] for n in self.nodes if not hasattr(self, "run_" + n["op"])})
        unknown += sorted(
            {n["neuron"] for n in self.nodes if n["op"] == "neuron" and n["neuron"] != "lif"}
        )
        if unknown:
            raise SystemExit(f"torch_graph.py: does not know {', '.join(unknown)}")
        self.last_reader = {name: i for i, n in enumerate(self.nodes) for name in n["in"]}

    def parameter(self, node: dict, name: str):
        return self.tensors.get(f"{node['weight']}.{name}")

    def run_input(self, node: dict) -> Tensor:
        if node["kind"] == "frames":
            return self.input.transpose(0, 1)
        return self.input.unsqueeze(0)

    def run_conv(self, node: dict, x: Tensor) -> Tensor:
        k = node["kernel"]
        w = self.parameter(node, "weight")
        w = w.view(w.shape[0], w.shape[1], k, k)
        b = self.parameter(node, "bias")
        return each_step(
            lambda y: F.conv2d(y, w, b, node["stride"], node["pad"], groups=node["groups"]), x
        )

    def run_linear(self, node: dict, x: Tensor) -> Tensor:
        w, b = self.parameter(node, "weight"), self.parameter(node, "bias")
        if x.dim() == 3:  # the classifier
            return F.linear(x, w, b)
        y = F.linear(x.flatten(3).transpose(2, 3).contiguous(), w, b)
        return y.transpose(2, 3).reshape(y.shape[:2] + (w.shape[0],) + x.shape[3:])

    def run_bn(self, node: dict, x: Tensor) -> Tensor:
        mean, var, weight, bias = (
            self.parameter(node, n) for n in ("running_mean", "running_var", "weight", "bias")
        )
        eps = self.config["bn_eps"]
        return each_step(lambda y: F.batch_norm(y, mean, var, weight, bias, False, 0.0, eps), x)

    def run_neuron(self, node: dict, x: Tensor) -> Tensor:
        timesteps, threshold = self.config["T"], node["v_threshold"]
        v = torch.zeros_like(x[0])
        spikes = torch.empty((timesteps,) + x.shape[1:])
        for t in range(timesteps):
            current = x[t] if len(x) > 1 else x[0]
            v.add_((current - v).div_(node["tau"]))
            fires = torch.ge(v, threshold)
            spikes[t] = fires
            v.masked_fill_(fires, 0)
        return spikes

    def run_maxpool(self, node: dict, x: Tensor) -> Tensor:
        return each_step(
            lambda y: F.max_pool2d(y, node["kernel"], node["stride"], node["pad"]), x
        )

    def run_add(self, node: dict, x: Tensor, y: Tensor) -> Tensor:
        return x + y

    def run_and(self, node: dict, x: Tensor, y: Tensor) -> Tensor:
        """Spikes let others pass; of a whole head, where there are fewer channels."""
        small, large = (x, y) if x.shape[2] < y.shape[2] else (y, x)
        if small.shape[2] == large.shape[2]:
            return x * y
        heads = small.shape[2]
        spread = large.unflatten(2, (heads, -1)) * small.unsqueeze(3)
        return spread.flatten(2, 3)

    def run_attend(self, node: dict, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        def split(x: Tensor) -> Tensor:
            return x.flatten(3).unflatten(2, (node["heads"], -1))  # [T, B, H, d, N]

        # (q k^T) v = q (k^T v) exactly: sums of integers below 2^24. The cheaper order.
        y = (split(v) @ split(k).transpose(-1, -2)) @ split(q)
        return (y * node["scale"]).flatten(2, 3).view(q.shape)

    def run_sum_tokens(self, node: dict, x: Tensor) -> Tensor:
        return x.sum((3, 4), keepdim=True)

    def run_sum_channels(self, node: dict, x: Tensor) -> Tensor:
        return x.unflatten(2, (node["heads"], -1)).sum(3)

    def run_mean_tokens(self, node: dict, x: Tensor) -> Tensor:
        return x.mean((3, 4))

    def run_mean_time(self, node: dict, x: Tensor) -> Tensor:
        return x.mean(0, keepdim=True)

    @torch.inference_mode()
    def __call__(self, images: Tensor) -> Tensor:
        """Logits [B, classes]."""
        self.input = images
        value: Dict[str, Tensor] = {}
        for i, node in enumerate(self.nodes):
            inputs = [value[name] for name in node["in"]]
            value[node["id"]] = getattr(self, "run_" + node["op"])(node, *inputs)
            for name in node["in"]:
                if self.last_reader[name] == i:
                    value.pop(name, None)
        return value[self.nodes[-1]["id"]][0]


def check(spikeq: str, folder: str) -> bool:
    """A golden set: config.json, model.safetensors, input.npy, logits.npy."""
    config, model, images, logits = (
        os.path.join(folder, n) for n in ("config.json", "model.safetensors", "input.npy", "logits.npy")
    )
    command = [spikeq, "graph", model, "--config", config, "--json"]
    graph = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    network = Network(json.loads(graph), read_safetensors(model)[0])
    difference = np.abs(network(torch.from_numpy(np.load(images))).numpy() - np.load(logits)).max()
    print(f"{os.path.basename(os.path.normpath(folder))}: largest difference of a logit {difference:g}")
    return bool(difference <= 1e-6)


if __name__ == "__main__":
    sys.exit(0 if all([check(sys.argv[1], folder) for folder in sys.argv[2:]]) else 1)
