"""How time and memory grow, and what counting and recording cost: Spikformer 4-384 on 32x32 images, one
thread, processor time, everything against the same network in the same turns.

    rates       time = a + b * additions, by least squares over firing rates, turn by turn
    sizes       tokens, depth, width, T, batch, threads: time, additions and peak memory over those of
                the network that the others are variants of
    counting    all counters that any accounting convention asks for, against a run with none
    recording   a trace of every spike, against a run without
"""
import os
import statistics
import subprocess
from typing import Dict, List

import networks
import session as s

BASE = "spikformer-4-384-cifar10"
SAMPLES = 4
RATES = [0.02, 0.05, 0.1, 0.2, 0.4]
# What grows: value: keys of the configuration. The first value of each is half of the base or smaller.
SIZES: Dict[str, Dict[str, List[str]]] = {
    "tokens": {"64": [], "144": ["image_size=48"], "256": ["image_size=64"]},
    "depth": {"2": ["depth=2"], "4": [], "8": ["depth=8"]},
    "width": {
        "192": ["dim=192", "mlp_hidden=768"],
        "384": [],
        "768": ["dim=768", "mlp_hidden=3072"],
    },
    "T": {"1": ["T=1"], "2": ["T=2"], "4": [], "8": ["T=8"]},
}
RUNS = {"batch": ["1", "2", "4"], "threads": ["1", "2"], "threads, one image": ["1", "2"]}


def line_of(threads: int = 1, batch: int = 0, samples: int = SAMPLES) -> str:
    return f"run {samples} {threads} {batch} auto"


def samples_of(what: str) -> int:
    return 1 if what == "threads, one image" else SAMPLES


def line_of_run(what: str, value: int) -> str:
    return line_of(batch=value) if what == "batch" else line_of(value, samples=samples_of(what))


def fit(x: List[float], y: List[float]) -> tuple:
    """(a, b, R^2) of y = a + b x."""
    mean_x, mean_y = statistics.fmean(x), statistics.fmean(y)
    sxx = sum((v - mean_x) ** 2 for v in x)
    b = sum((v - mean_x) * (w - mean_y) for v, w in zip(x, y)) / sxx
    a = mean_y - b * mean_x
    left = sum((w - a - b * v) ** 2 for v, w in zip(x, y))
    return a, b, 1 - left / sum((w - mean_y) ** 2 for w in y)


def over_rates(session: s.Session) -> List[dict]:
    session.say("growth: firing rates")
    nets = [s.synthetic(session, BASE, rate, SAMPLES) for rate in RATES]
    if None in nets:
        return []
    servers = [networks.open_network(net) for net in nets]
    answers = networks.turns(session, [(server, line_of()) for server in servers])
    for server in servers:
        server.close()
    base = [a["cpu_seconds"] for a in answers[RATES.index(0.1)]]
    records = []
    for rate, turn in zip(RATES, answers):
        seconds = [a["cpu_seconds"] for a in turn]
        values = {
            "additions_per_sample": turn[-1]["additions"] / SAMPLES,
            "share_of_dense": turn[-1]["additions"] / turn[-1]["dense_additions"],
            "seconds_per_sample": statistics.median(seconds) / SAMPLES,
            "rate": turn[-1]["rate"],
        }
        records.append(s.record("rates", {"rate": rate}, values, {"10 %": s.ratios(seconds, base)}))
    fits = [
        fit([t[i]["additions"] for t in answers], [t[i]["cpu_seconds"] for t in answers])
        for i in range(session.turns)
    ]
    limits = [statistics.median(t[i]["limit"] for t in answers) for i in range(session.turns)]
    values = {
        "a_seconds_per_sample": statistics.median(f[0] for f in fits) / SAMPLES,
        "b_seconds_per_addition": statistics.median(f[1] for f in fits),
    }
    ratio = {
        "a / time at 10 %": [f[0] / t for f, t in zip(fits, base)],
        "1 / (b limit)": [1 / (f[1] * limit) for f, limit in zip(fits, limits)],
        "R2": [f[2] for f in fits],
    }
    return records + [s.record("fit", {"over": "rates"}, values, ratio)]


def size_records(session: s.Session, what: str, names: List[str], answers, clock: str) -> List[dict]:
    """One record a variant, held against the one that SIZES or RUNS calls the base."""
    base_name = next((n for n, keys in SIZES.get(what, {}).items() if not keys), "1")
    base = answers[names.index(base_name)]
    records = []
    for name, turn in zip(names, answers):
        values = {
            "additions_per_sample": turn[-1]["additions"] / samples_of(what),
            "seconds_per_sample": statistics.median(a[clock] for a in turn) / samples_of(what),
            "peak_mib": turn[-1]["peak_kib"] / 1024,
        }
        ratio = {
            "time": s.ratios([a[clock] for a in turn], [a[clock] for a in base]),
            "additions": [turn[-1]["additions"] / base[-1]["additions"]] * len(turn),
            "memory": [turn[-1]["peak_kib"] / base[-1]["peak_kib"]] * len(turn),
        }
        records.append(s.record("size", {"grows": what, "value": name}, values, ratio))
    return records


def over_sizes(session: s.Session) -> List[dict]:
    records = []
    for what, variants in SIZES.items():
        session.say(f"growth: {what}")
        nets = [s.synthetic(session, BASE, networks.RATE, SAMPLES, keys) for keys in variants.values()]
        if None in nets:
            continue
        servers = [networks.open_network(net) for net in nets]
        answers = networks.turns(session, [(server, line_of()) for server in servers])
        for server in servers:
            server.close()
        records += size_records(session, what, list(variants), answers, "cpu_seconds")
    return records


def over_runs(session: s.Session) -> List[dict]:
    """Batch and threads of the same network; a process each, for its own peak of memory."""
    net = s.synthetic(session, BASE, networks.RATE, SAMPLES)
    records = []
    cores = len(os.sched_getaffinity(0))
    for what, names in RUNS.items() if net is not None else ():
        session.say(f"growth: {what}")
        names = [n for n in names if what == "batch" or int(n) <= cores]
        servers = [networks.open_network(net) for _ in names]
        lines = [line_of_run(what, int(n)) for n in names]
        answers = networks.turns(session, list(zip(servers, lines)))
        for server in servers:
            server.close()
        clock = "cpu_seconds" if what == "batch" else "seconds"
        records += size_records(session, what, names, answers, clock)
    return records


def recording(session: s.Session) -> List[dict]:
    records = []
    nets = [(networks.trained("fashion-2-64", 128), 128)]
    nets += [(s.synthetic(session, BASE, networks.RATE, 16), 16)]
    trace = os.path.join(s.FOLDER, "recording.db")
    for net, samples in nets:
        if net is None:
            continue
        session.say(f"recording: {net['name']}")
        server = networks.open_network(net)
        for threads in (1, 2)[: len(os.sched_getaffinity(0))]:
            line = f"run {samples} {threads} 0 auto"
            plain, recorded = networks.turns(session, [(server, line), (server, f"{line} {trace}")])
            values = {"trace_bytes_per_sample": os.path.getsize(trace) / samples}
            os.remove(trace)
            ratio = {
                name: s.ratios([a[clock] for a in recorded], [a[clock] for a in plain])
                for name, clock in (("processor time", "cpu_seconds"), ("wall time", "seconds"))
            }
            what = {"network": net["name"], "threads": threads}
            records.append(s.record("recording", what, values, ratio))
        server.close()
    return records


def counting(session: s.Session) -> List[dict]:
    session.say("counting: fashion-2-64")
    pairs = 11 if session.quick else 51
    net = networks.trained("fashion-2-64", 128)
    command = [f"{s.BUILD}/test/bench/bench_counting", net["model"], net["config"], net["input"]]
    result = subprocess.run(
        [*command, "128", str(pairs), "auto", "pairs"], stdout=subprocess.PIPE, text=True
    )
    if result.returncode != 0:
        s.fail(f"bench_counting ended with status {result.returncode}")
    taken = [[float(t) for t in line.split()] for line in result.stdout.splitlines()]
    ratio = {"processor time": [counted / plain for counted, plain in taken]}
    values = {"fastest": min(t[0] for t in taken) / min(t[1] for t in taken)}
    return [s.record("counting", {"network": net["name"], "threads": 1}, values, ratio)]


def run(session: s.Session) -> List[dict]:
    records = over_rates(session)
    if not session.quick:
        records += over_sizes(session) + over_runs(session)
    return records + counting(session) + recording(session)
