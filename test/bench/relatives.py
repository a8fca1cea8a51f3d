"""Time per addition of Spikingformer and Spike-driven Transformer against Spikformer of the same size.

    relatives.py SPIKEQ [ROUNDS]

Weights are drawn. Batch norms hold the mean and variance of what independent inputs at RATE make of a layer, and one
shift of all their biases, found by bisection, gives every network that mean firing rate. Then all networks run in
turn, one thread, ROUNDS times. Prints medians, the middle half of the rounds, ratios and peak memory; judges nothing.
"""
import json
import os
import subprocess
import sys
import tempfile
from statistics import median, quantiles

import numpy as np

RATE, BISECTIONS = 0.10, 9
SIZES = {
    "8-512, 224x224": (1, {"Spikformer": ["spikformer-8-512-imagenet"],
                           "Spikingformer": ["spikingformer-8-512-imagenet"],
                           "SDT": ["sdt-8-512-imagenet"]}),
    "4-384, 32x32": (16, {"Spikformer": ["spikformer-4-384-cifar10"],
                          "Spikingformer": ["spikingformer-4-384-cifar10"],
                          "SDT": ["sdt-2-512-cifar10", "depth=4", "dim=384", "mlp_hidden=1536"]}),
}


def settings(network):
    return ["--config", network[0]] + [word for s in network[1:] for word in ("--set", s)]


def write_safetensors(path, tensors):
    header, at = {}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, at + tensor.nbytes]}
        at += tensor.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for tensor in tensors.values():
            file.write(tensor.astype("<f4").tobytes())


def draw(spikeq, network):
    """Tensors of a network by its graph; the batch norms' names."""
    command = [spikeq, "graph", network[0], "--json"] + settings(network)[2:]
    graph = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    nodes = json.loads(graph.stdout)["nodes"]
    by_id = {n["id"]: n for n in nodes}
    rng, tensors, norms = np.random.default_rng(1), {}, []
    for node in nodes:
        if node["op"] in ("conv", "linear"):
            source = by_id[node["in"][0]]
            inputs, kernel = source["out_channels"] // node.get("groups", 1), node.get("kernel", 1)
            shape = (node["out_channels"], inputs) + (kernel,) * (node.get("dims", 2) if node["op"] == "conv" else 0)
            weight = rng.standard_normal(shape).astype(np.float32) / np.sqrt(inputs * kernel * kernel)
            tensors[node["weight"] + ".weight"] = weight
            if node.get("bias"):
                tensors[node["weight"] + ".bias"] = np.zeros(shape[0], np.float32)
        elif node["op"] == "bn":
            weight = tensors[by_id[node["in"][0]]["weight"] + ".weight"].reshape(node["out_channels"], -1)
            reads = by_id[by_id[node["in"][0]]["in"][0]]
            p = (0.0, 1.0) if reads["op"] == "input" else (RATE, RATE * (1 - RATE))
            name, last = node["weight"], node.get("role") in ("proj", "fc2")
            tensors[name + ".weight"] = np.full(len(weight), 0.5 if last else 1.0, np.float32)
            tensors[name + ".bias"] = np.zeros(len(weight), np.float32)
            tensors[name + ".running_mean"] = (p[0] * weight.sum(1)).astype(np.float32)
            tensors[name + ".running_var"] = (p[1] * (weight**2).sum(1)).astype(np.float32)
            norms.append(name)
        elif node["id"].endswith(".talking_heads_lif"):  # by which SDT is recognised, and never used
            tensors[node["id"][:-4] + ".weight"] = np.zeros((node["heads"], node["heads"], 1), np.float32)
    return tensors, norms


def run(spikeq, folder, network, samples):
    """Seconds between the first and the last spike, additions, mean rate, peak MiB."""
    report = os.path.join(folder, "report.json")
    model, images = (os.path.join(folder, name) for name in ("model.safetensors", "input.npy"))
    options = ["--quiet", "--threads", "1", "--limit", str(samples), "--report", report, "--force"]
    child = subprocess.Popen([spikeq, "run", "--model", model, "--input", images] + options + settings(network),
                             stderr=subprocess.PIPE)
    error = child.stderr.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if status != 0:
        sys.exit(error)
    with open(report, encoding="utf-8") as file:
        found = json.load(file)
    neurons = sum(p["neurons"] for p in found["populations"])
    rate = sum(p["rate"] * p["neurons"] for p in found["populations"]) / neurons
    return found["timing"]["seconds"], found["totals"]["additions"], rate, usage.ru_maxrss / 1024


def prepare(spikeq, folder, network, samples):
    """A model of the wanted rate, and its input."""
    os.makedirs(folder)
    tensors, norms = draw(spikeq, network)
    size = 224 if "imagenet" in network[0] else 32
    images = np.random.default_rng(2).standard_normal((samples, 3, size, size)).astype(np.float32)
    np.save(os.path.join(folder, "input.npy"), images)
    low, high = -4.0, 4.0
    for _ in range(BISECTIONS):
        shift = (low + high) / 2
        for name in norms:
            tensors[name + ".bias"][:] = shift
        write_safetensors(os.path.join(folder, "model.safetensors"), tensors)
        rate = run(spikeq, folder, network, min(samples, 4))[2]
        low, high = (shift, high) if rate < RATE else (low, shift)


def main():
    spikeq, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 7
    with tempfile.TemporaryDirectory() as top:
        for title, (samples, networks) in SIZES.items():
            for name, network in networks.items():
                prepare(spikeq, os.path.join(top, title, name), network, samples)
            found = {name: [] for name in networks}
            for _ in range(rounds):
                for name, network in networks.items():
                    found[name].append(run(spikeq, os.path.join(top, title, name), network, samples))
            print(f"{title}: drawn weights, 1 thread, {samples} samples, {rounds} rounds in turn")
            print(f"{'':14} {'rate, %':>8} {'G additions':>12} {'s/sample':>9} {'ns/addition':>12} "
                  f"{'(middle half)':>19} {'against Spikformer':>24} {'peak MiB':>9}")
            per = {name: [seconds / additions * 1e9 for seconds, additions, _, _ in f] for name, f in found.items()}
            for name, f in found.items():
                a = quantiles(per[name], n=4)
                r = quantiles([x / y for x, y in zip(per[name], per["Spikformer"])], n=4)
                print(f"{name:14} {100 * f[0][2]:8.2f} {f[0][1] / samples / 1e9:12.3f} "
                      f"{median(x[0] for x in f) / samples:9.3f} {a[1]:12.4f} ({a[0]:8.4f} to {a[2]:.4f}) "
                      f"{r[1]:8.2f} ({r[0]:.2f} to {r[2]:.2f}) {max(x[3] for x in f):9.0f}", flush=True)


if __name__ == "__main__":
    main()
