"""Kernels: the limit of additions, the bare kernel in the first-level cache, and whole layers as the
engine fires them, against that limit and against dense peers in the same turns (bench_kernels.c)."""
import json
import os
import statistics
import subprocess
from typing import Dict, List

import numpy as np

import session as s

# name, kernel, inputs, outputs, height, width: of 4-384 (32x32) and 8-768 (224x224), T = 4.
LAYERS = [
    ("4-384 proj", 1, 384, 384, 8, 8),
    ("4-384 fc1", 1, 384, 1536, 8, 8),
    ("4-384 fc2", 1, 1536, 384, 8, 8),
    ("4-384 conv1", 3, 48, 96, 32, 32),
    ("4-384 conv2", 3, 96, 192, 32, 32),
    ("4-384 conv3", 3, 192, 384, 16, 16),
    ("4-384 rpe", 3, 384, 384, 8, 8),
    ("8-768 proj", 1, 768, 768, 14, 14),
    ("8-768 fc1", 1, 768, 3072, 14, 14),
    ("8-768 fc2", 1, 3072, 768, 14, 14),
    ("8-768 conv1", 3, 96, 192, 112, 112),
    ("8-768 conv2", 3, 192, 384, 56, 56),
    ("8-768 conv3", 3, 384, 768, 28, 28),
    ("8-768 rpe", 3, 768, 768, 14, 14),
]
QUICK = ["4-384 fc1", "4-384 rpe"]
TINY = [("tiny linear", 1, 20, 40, 4, 4), ("tiny conv", 3, 8, 24, 6, 6)]
RATES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
TIMESTEPS = 4
NARROW, TILES = "i8 into i16", "i8 in tiles into i32"
ARCHITECTURE = os.path.abspath("test/bench/layer.json")


def write_layer(name: str, kernel: int, c_in: int, c_out: int, height: int, width: int) -> List[str]:
    """Checkpoint and configuration of a network of this one layer."""
    from tensors import write_safetensors  # of test/reference

    base = os.path.join(s.FOLDER, name.replace(" ", "-"))
    rng = np.random.default_rng(1)
    shape = (c_out, c_in) + (kernel, kernel) * (kernel > 1)
    shapes = {"first": (c_in, 1, 3, 3), "layer": shape, "reader": (16, c_out), "head": (2, 16)}
    tensors = {
        f"{layer}.weight": rng.normal(0, 0.1, size).astype(np.float32)
        for layer, size in shapes.items()
    }
    tensors["head.bias"] = np.zeros(2, np.float32)
    config = {"name": "bench", "architecture": ARCHITECTURE, "T": TIMESTEPS, "in_channels": 1}
    config.update(image_height=height, image_width=width, classes=2, kernel=kernel)
    config.update(c_in=c_in, c_out=c_out)
    write_safetensors(base + ".safetensors", tensors, {})
    with open(base + ".json", "w", encoding="utf-8") as file:
        json.dump(config, file)
    return [base + ".safetensors", base + ".json"]


def lines(session: s.Session, command: List[str], rates: List[float]) -> List[dict]:
    listed = ",".join(f"{r:g}" for r in rates)
    result = subprocess.run(
        [f"{s.BUILD}/test/bench/bench_kernels", str(session.turns), listed, *command],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ, **session.peer_environment(1)),
    )
    if result.returncode != 0:
        s.fail(f"bench_kernels {' '.join(command)} ended with status {result.returncode}")
    return [json.loads(line) for line in result.stdout.splitlines()]


def speeds(contender: dict) -> List[float]:
    return [contender["work"] / t for t in contender["seconds"]]


def bytes_of(layer: tuple, arith: str, events: float) -> float:
    """What a layer has to move at least once: weights, event lists, sums (read and written)."""
    _, kernel, c_in, c_out, height, width = layer
    weight, total = {"f32": (4, 4), NARROW: (1, 2), TILES: (1, 4), "i16 into i32": (2, 4)}[arith]
    rows = TIMESTEPS * height * width
    return kernel**2 * c_in * c_out * weight + 2 * events + 2 * rows * c_out * total


def limits_of(line: dict) -> Dict[tuple, dict]:
    """By instruction set, arithmetic and cache; tiles are added as the narrow sums are."""
    limits = {
        (c["isa"], c["arith"], c["detail"]): c for c in line["contenders"] if c["kind"] == "limit"
    }
    tiles = {
        (isa, TILES, where): c for (isa, arith, where), c in limits.items() if arith == NARROW
    }
    return {**limits, **tiles}


def block(session: s.Session, rates: List[float]) -> List[dict]:
    """Limits, and the bare kernel against them."""
    session.say("kernels: limits and the bare kernel")
    records = []
    for i, line in enumerate(lines(session, ["block"], rates)):
        limits = limits_of(line)
        for (isa, arith, where), c in limits.items() if i == 0 else ():
            if arith == TILES:
                continue
            base = speeds(limits["scalar", arith if where == "L1" else "f32", "L1"])
            records.append(
                s.record(
                    "limit",
                    {"isa": isa, "arith": arith, "where": where},
                    {"additions_per_s": statistics.median(speeds(c))},
                    {"scalar in L1": s.ratios(speeds(c), base)},
                )
            )
        for c in line["contenders"]:
            if c["kind"] != "kernel":
                continue
            limit = speeds(limits[c["isa"], c["arith"], "L1"])
            records.append(
                s.record(
                    "kernel",
                    {"isa": c["isa"], "arith": c["arith"], "rate": line["rate"]},
                    {"additions_per_s": statistics.median(speeds(c))},
                    {"limit": s.ratios(speeds(c), limit)},
                )
            )
    return records


def layer_records(session: s.Session, layer: tuple, line: dict) -> List[dict]:
    records, limits = [], limits_of(line)
    peers = [c for c in line["contenders"] if c["kind"] == "peer"]
    for c in line["contenders"]:
        if c["kind"] != "node":
            continue
        limit = limits[c["isa"], c["arith"], "L1"]
        events = c["work"] / (layer[3] * (layer[1] ** 2))
        ratio = {"limit": s.ratios(speeds(c), speeds(limit))}
        for peer in peers:
            ratio[peer["arith"]] = s.ratios(peer["seconds"], c["seconds"])
        values = {
            "additions": c["work"],
            "dense": line["dense"],
            "additions_per_s": statistics.median(speeds(c)),
            "seconds": statistics.median(c["seconds"]),
            "bytes": bytes_of(layer, c["arith"], events),
        }
        what = {"layer": layer[0], "isa": c["isa"], "arith": c["arith"], "rate": line["rate"]}
        records.append(s.record("layer", what, values, ratio))
    for peer in peers:
        values = {"macs_per_s": statistics.median(speeds(peer)), "detail": peer["detail"]}
        first = speeds(peers[0])
        what = {"layer": layer[0], "peer": peer["arith"], "rate": line["rate"]}
        records.append(
            s.record("peer", what, values, {peers[0]["arith"]: s.ratios(speeds(peer), first)})
        )
    return records


def run(session: s.Session, tiny: bool = False) -> List[dict]:
    rates = [0.1] if tiny else [0.02, 0.1, 0.5] if session.quick else RATES
    peers = f"{s.BUILD}/test/bench/peers.so"
    with_peers = [peers] if os.path.exists(peers) else []
    if not with_peers:
        session.leave_out("dense peers of layers", f"{peers} is not built")
    records = block(session, rates)
    for layer in TINY if tiny else LAYERS:
        if session.quick and not tiny and layer[0] not in QUICK:
            continue
        session.say(f"kernels: layer {layer[0]}")
        for line in lines(session, ["layer", *write_layer(*layer), *with_peers], rates):
            records += layer_records(session, layer, line)
    return records
