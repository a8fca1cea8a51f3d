"""Whole networks, after loading: latency of one sample and throughput, one and two threads, against
PyTorch on the same checkpoint and input in turn, and how near additions come to the limit.

spikeq's side is one spikeq_run() (bench_network.c), PyTorch's one pass over tensors that lie in memory
(torch_peer.py). Both programs are started anew for each network and number of threads, both sides' first
turn is dropped. With one thread the time is processor time, which neighbours disturb least; with two it
is the clock's.
"""
import gzip
import json
import os
import statistics
import subprocess
import tempfile
from typing import Dict, List, Optional

import numpy as np

import session as s

RATE = 0.1
FASHION = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz"
# name, samples of a throughput turn, batch of PyTorch's; of synthetic checkpoints the firing rate of populations
TRAINED = [("fashion-2-64", 128, 32), ("fashion-sdt-1-64", 128, 32)]
TRAINED += [("fashion-spikingformer-1-64", 128, 32)]
SYNTHETIC = [
    ("spikformer-4-384-cifar10", 16, 8, 0.03),
    ("spikformer-4-384-cifar10", 16, 8, 0.1),
    ("sdt-2-512-cifar10", 16, 8, 0.1),
    ("qkformer-4-384-cifar10", 16, 8, 0.1),
    ("spikformer-2-256-cifar10dvs-t10", 4, 2, 0.1),
    ("spikformer-8-512-imagenet", 2, 2, 0.1),
    ("spikformer-8-768-imagenet", 2, 2, 0.05),
]
NAMES = list(dict.fromkeys(of[0] for of in [*TRAINED, *SYNTHETIC]))
QUICK = ["fashion-2-64", "spikformer-4-384-cifar10"]


def trained(name: str, samples: int) -> dict:
    """A trained network of the demonstration and the first images of the test set, normalised."""
    with open(f"configs/models/{name}.json", encoding="utf-8") as file:
        config = json.load(file)
    with gzip.open(FASHION) as file:
        raw = np.frombuffer(file.read(16 + samples * 784), np.uint8, offset=16)
    images = raw.reshape(samples, 1, 28, 28).astype(np.float32) / 255
    edge = (config["image_height"] - 28) // 2
    images = np.pad(images, ((0, 0), (0, 0), (edge, edge), (edge, edge)))
    images = (images - config["mean"][0]) / config["std"][0]
    path = os.path.join(s.FOLDER, f"{name}.{samples}.npy")
    np.save(path, images.astype(np.float32))
    model = f"configs/models/weights/{name}.safetensors"
    return {"name": name, "model": model, "config": name, "sets": [], "input": path}


def open_network(net: dict, arith: str = "f32") -> s.Server:
    program = f"{s.BUILD}/test/bench/bench_network"
    return s.Server([program, net["model"], net["config"], net["input"], arith, *net["sets"]])


def graph_of(net: dict) -> str:
    path = net["input"] + ".graph.json"
    sets = [argument for key in net["sets"] for argument in ("--set", key)]
    command = [s.SPIKEQ, "graph", net["model"], "--config", net["config"], *sets, "--json"]
    with open(path, "w", encoding="utf-8") as file:
        subprocess.run(command, stdout=file, check=True)
    return path


def open_peer(session: s.Session, net: dict, threads: int) -> s.Server:
    command = [s.PYTHON, "-B", "test/bench/torch_peer.py", net["model"], graph_of(net)]
    return s.Server([*command, net["input"], str(threads)], session.peer_environment(threads))


def logits_of(net: dict, samples: int) -> np.ndarray:
    with tempfile.TemporaryDirectory() as folder:
        command = [s.SPIKEQ, "run", "--quiet", "--model", net["model"], "--config", net["config"]]
        command += ["--input", net["input"], "--limit", str(samples), "--dump", folder, "--force"]
        command += [argument for key in net["sets"] for argument in ("--set", key)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            s.fail(result.stderr.strip())
        return np.load(os.path.join(folder, "logits.npy"))


def time_of(answer: dict, threads: int) -> float:
    return answer["cpu_seconds" if threads == 1 else "seconds"]


def turns(session: s.Session, sides: List[tuple]) -> List[List[dict]]:
    """Ask (server, line) of all sides in turn; the first turn is dropped for all of them."""
    answers: List[List[dict]] = [[] for _ in sides]
    for turn in range(session.turns + 1):
        for answer, (server, line) in zip(answers, sides):
            result = server.ask(line)
            if turn > 0:
                answer.append(result)
    return answers


def mode_records(
    net: dict, what: dict, mine: Dict[str, List[dict]], theirs: List[dict]
) -> List[dict]:
    """A record for each arithmetic of one network, mode and number of threads."""
    n, threads = what["samples"], what["threads"]
    their_time = [time_of(a, threads) for a in theirs]
    records = []
    for arith, answers in mine.items():
        my_time = [time_of(a, threads) for a in answers]
        last = answers[-1]
        values = {
            "seconds_per_sample": statistics.median(my_time) / n,
            "peer_seconds_per_sample": statistics.median(their_time) / n,
            "additions_per_sample": last["additions"] / n,
            "dense_per_sample": last["dense_additions"] / n,
            "rate": last["rate"],
            "isa": last["isa"],
            "peak_mib": last["peak_kib"] / 1024,
            "peer_peak_mib": theirs[-1]["peak_kib"] / 1024,
        }
        if what["mode"] == "throughput" and threads == 1 and arith == "f32":
            logits = logits_of(net, n)
            same = int((logits.argmax(1) == np.array(theirs[-1]["classes"])).sum())
            values["classes_equal"] = f"{same} of {n}"
            values["logit_difference"] = float(np.abs(logits[0] - theirs[-1]["logits"]).max())
        ratio = {"PyTorch": s.ratios(their_time, my_time)}
        records.append(s.record("network", {**what, "arith": arith}, values, ratio))
    return records


def against_peer(
    session: s.Session, net: dict, threads: int, samples: int, batch: int
) -> List[dict]:
    try:
        ours, peer = arithmetics(session, net, ["8"]), open_peer(session, net, threads)
    except s.Refused as error:
        s.fail(str(error))
    records = []
    for mode, n in (("latency", 1), ("throughput", samples)):
        sides = [(server, f"run {n} {threads} 0 auto") for server in ours.values()]
        answers = turns(session, sides + [(peer, f"run {n} {min(n, batch)}")])
        what = {"network": net["name"], "mode": mode, "threads": threads, "samples": n}
        records += mode_records(net, what, dict(zip(ours, answers)), answers[-1])
    peer_facts = peer.ready
    for server in [*ours.values(), peer]:
        server.close()
    session.peer = {key: peer_facts[key] for key in ("torch", "blas", "onednn")}
    return records


def arithmetics(session: s.Session, net: dict, bits_of_weights: List[str]) -> Dict[str, s.Server]:
    """Floats, and fixed point where the network's operations have it."""
    servers = {"f32": open_network(net)}
    for bits in bits_of_weights:
        name = f"fixed, {bits}-bit weights"
        try:
            servers[name] = open_network(net, bits)
        except s.Refused as error:
            session.leave_out(f"{net['name']}, {name}", str(error))
    return servers


def efficiency(session: s.Session, net: dict, samples: int) -> List[dict]:
    """Additions of a run over what the limit would allow in its time; one thread."""
    records = []
    servers = arithmetics(session, net, ["8", "4"])
    sides = [(server, f"run {samples} 1 0 auto") for server in servers.values()]
    for name, answers in zip(servers, turns(session, sides)):
        share = [a["additions"] / a["cpu_seconds"] / a["limit"] for a in answers]
        values = {
            "additions_per_s": statistics.median(a["additions"] / a["cpu_seconds"] for a in answers),
            "limit": statistics.median(a["limit"] for a in answers),
            "isa": answers[-1]["isa"],
        }
        what = {"network": net["name"], "arith": name}
        records.append(s.record("efficiency", what, values, {"limit": share}))
    for server in servers.values():
        server.close()
    return records


def at_rate(session: s.Session, name: str, samples: int, rate: float) -> Optional[dict]:
    """A synthetic checkpoint; its name says the rate."""
    net = s.synthetic(session, name, rate, samples)
    return None if net is None else {**net, "name": f"{name} at {100 * rate:g} %"}


def chosen(session: s.Session) -> List[tuple]:
    """(network, samples, batch) of all networks that are asked for and can be made here."""
    asked = session.networks or (QUICK if session.quick else NAMES)
    found: List[tuple] = [(trained(*of[:2]), *of[1:]) for of in TRAINED if of[0] in asked]
    for name, samples, batch, rate in SYNTHETIC:
        net = at_rate(session, name, samples, rate) if name in asked else None
        found += [(net, samples, batch)] if net is not None else []
    return found


def run(session: s.Session) -> List[dict]:
    records = []
    cores = len(os.sched_getaffinity(0))
    for net, samples, batch in chosen(session):
        for threads in (1, 2):
            load = os.getloadavg()[0]
            busy = f"other programs keep the cores busy (load {load:.1f}); PyTorch's threads spin"
            if threads > cores or (threads > 1 and load > cores + 1):
                why = f"{cores} core" if threads > cores else busy
                session.leave_out(f"{net['name']}, {threads} threads", why)
                continue
            session.say(f"networks: {net['name']}, {threads} thread{'s' * (threads > 1)}")
            records += against_peer(session, net, threads, samples, batch)
        session.say(f"efficiency: {net['name']}")
        records += efficiency(session, net, samples)
    return records
