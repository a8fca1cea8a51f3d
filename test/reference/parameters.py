"""The parameters of networks, from the flat list of nodes that `spikeq graph --json` prints.

    python3 parameters.py GRAPH.json...

A line a graph: how many numbers its checkpoint holds: weights and biases of layers, weight and bias of batch
norms, the decay of PLIF, and what the module defines and never uses. Running statistics are no parameters.
"""
import json
import sys
from typing import Dict


def parameters_of(node: Dict, senders: Dict[str, Dict]) -> int:
    """Those of one node."""
    n_out = int(node["out_channels"])
    if node["op"] in ("conv", "linear"):
        n_in = senders[node["in"][0]]["out_channels"] // node.get("groups", 1)
        return n_out * n_in * node.get("kernel", 1) ** 2 + (n_out if node.get("bias") else 0)
    if node["op"] == "bn":
        return 2 * n_out
    if node["op"] == "scale_channels":
        return n_out
    return int(node.get("neuron") == "plif")


def main() -> None:
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            graph = json.load(file)
        senders = {node["id"]: node for node in graph["nodes"]}
        n = sum(parameters_of(node, senders) for node in graph["nodes"])
        print(n + int(graph.get("unused_parameters", 0)))


if __name__ == "__main__":
    main()
