"""What every part of the benchmark shares: turns, statistics, servers, the machine, checkpoints.

A record is {"part": ..., "what": {...}, "values": {...}, "ratios": {name: statistics}}; statistics are
{"median", "min", "max", "n"} over turns. Every ratio is taken within a turn: all contenders run once,
then all of them again, so that what disturbs the machine disturbs all of them.
"""
import glob
import json
import os
import statistics
import subprocess
import time
import sys
from typing import Dict, List, Optional, Sequence

import numpy as np

BUILD = os.environ.get("BENCH_BUILD", "build/release")
FOLDER = os.environ.get("BENCH_FOLDER", "build/bench")
SPIKEQ = os.environ.get("SPIKEQ", "build/spikeq")
PYTHON = "/usr/bin/python3"
PROBE = "test/bench/openblas_probe.py"
# Newest first: what OpenBLAS calls its kernels, and the flag of the processor that they need.
CORES = [
    ("Sapphirerapids", "avx512_bf16"),
    ("Cooperlake", "avx512_bf16"),
    ("SkylakeX", "avx512f"),
    ("Haswell", "avx2"),
]


def fail(text: str) -> None:
    raise SystemExit(f"bench: {text}")


def stats(values: Sequence[float]) -> Dict[str, float]:
    return {
        "median": statistics.median(values),
        "min": min(values),
        "max": max(values),
        "n": len(values),
    }


def record(part: str, what: dict, values: dict, ratios: Dict[str, Sequence[float]]) -> dict:
    return {
        "part": part,
        "what": what,
        "values": values,
        "ratios": {name: stats(v) for name, v in ratios.items()},
    }


def ratios(over: Sequence[float], under: Sequence[float]) -> List[float]:
    return [a / b for a, b in zip(over, under)]


class Refused(Exception):
    """A program ended before it was ready; it has said why."""


class Server:
    """A program that answers each line with a line of JSON, the first when it is ready."""

    def __init__(self, command: List[str], environment: Optional[Dict[str, str]] = None) -> None:
        self.name = os.path.basename(command[0 if command[0] != PYTHON else 2])
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ, **(environment or {})),
        )
        line = self.process.stdout.readline()
        if not line:
            self.close()
            raise Refused(f"{self.name} ended with status {self.process.returncode}")
        self.ready = json.loads(line)

    def ask(self, line: str) -> dict:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            self.close()
            fail(f"{self.name} ended with status {self.process.returncode}")
        return json.loads(answer)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Session:
    """Turns of a run, and what its machine is."""

    def __init__(self, quick: bool, turns: int) -> None:
        self.quick, self.turns = quick, turns
        self.networks: List[str] = []  # configurations that were asked for; none: all
        self.core = ""  # OPENBLAS_CORETYPE for peers; "": OpenBLAS's own choice
        self.peer: Dict[str, object] = {}  # PyTorch, once one was started
        self.left_out: List[str] = []
        os.makedirs(FOLDER, exist_ok=True)

    def say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def peer_environment(self, threads: int) -> Dict[str, str]:
        environment = {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
        if self.core:
            environment["OPENBLAS_CORETYPE"] = self.core
        return environment

    def leave_out(self, what: str, why: str) -> None:
        self.left_out.append(f"{what}: {why}")
        self.say(f"left out: {what}: {why}")


def lines_of(path: str) -> List[str]:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()
    except OSError:
        return []


def processor() -> dict:
    info = dict(
        (part.strip() for part in line.split(":", 1))
        for line in lines_of("/proc/cpuinfo")
        if ":" in line
    )
    caches = []
    base = "/sys/devices/system/cpu/cpu0/cache"
    for index in sorted(glob.glob(base + "/index*")):
        level, kind, size = (
            (lines_of(f"{index}/{name}") or [""])[0] for name in ("level", "type", "size")
        )
        if kind != "Instruction":
            caches.append(f"L{level} {size}")
    return {
        "cpu": info.get("model name", "unknown"),
        "family": f"{info.get('vendor_id', '')} {info.get('cpu family', '')}/{info.get('model', '')}",
        "caches": caches,
        "flags": info.get("flags", info.get("Features", "")).split(),
    }


def facts() -> Dict[str, str]:
    """What `spikeq --version` says: version, compiler, instruction sets."""
    text = subprocess.run(
        [SPIKEQ, "--version"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return {"version": text[0], "facts": "; ".join(" ".join(line.split()) for line in text[1:])}


def isas() -> List[str]:
    """Instruction sets that run here, slowest first."""
    listed = facts()["facts"].split("runs here ")[1].split(";")[0]
    return listed.split(", ")


def probe(core: str) -> Optional[dict]:
    """Which kernels OpenBLAS takes and how fast its sgemm is with them."""
    environment = dict(os.environ, OPENBLAS_NUM_THREADS="1")
    if core:
        environment["OPENBLAS_CORETYPE"] = core
    result = subprocess.run([PYTHON, PROBE], capture_output=True, text=True, env=environment)
    return json.loads(result.stdout) if result.returncode == 0 else None


def choose_core(session: Session, flags: List[str]) -> dict:
    """The fastest kernels of OpenBLAS here: it does not know processors younger than itself, and then
    takes those of an old one, five times slower."""
    tried = {"": probe("")}
    if tried[""] is None:
        fail("no OpenBLAS: test/house/deps build demo unit bench installs what the benchmark needs")
    for core, flag in CORES:
        if flag in flags:
            tried[core] = probe(core)
    speed = {core: p["gmacs"] for core, p in tried.items() if p is not None}
    best = max(speed, key=speed.get)
    session.core = best if speed[best] > 1.1 * speed[""] else ""
    return {
        "own_choice": tried[""]["core"],
        "taken": tried[session.core]["core"],
        "version": tried[""]["config"],
        "gmacs": {tried[core]["core"] if not core else core: s for core, s in speed.items()},
    }


def machine(session: Session, with_peers: bool) -> dict:
    here = processor()
    flags = here.pop("flags")
    here["flags"] = [f for f in flags if f.startswith(("avx", "amx", "asimd", "sve"))]
    here["cores"] = len(os.sched_getaffinity(0))
    here["load_before"] = os.getloadavg()[0]
    if with_peers:
        here["openblas"] = choose_core(session, flags)
    here.update(facts())
    return here


def pixels(path: str, like: np.ndarray, samples: int) -> None:
    """Write `samples` samples: those that there are, then the same moved by some pixels."""
    made = [np.roll(like[i % len(like)], 3 * (i // len(like)), axis=-1) for i in range(samples)]
    np.save(path, np.ascontiguousarray(np.stack(made), np.float32))


def process(command: List[str]) -> dict:
    """A whole process: seconds, processor seconds, peak KiB."""
    # GNU time is so small that the peak which it reports is that of its child.
    peak = os.path.join(FOLDER, "peak")
    command = ["/usr/bin/time", "-f", "%M", "-o", peak, *command]
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(child, 0)
    if status != 0:
        fail(f"{' '.join(command)} ended with status {os.waitstatus_to_exitcode(status)}")
    return {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_kib": int(lines_of(peak)[0]),
    }


def synthetic(session: Session, config: str, rate: float, samples: int, sets=()) -> Optional[dict]:
    """A checkpoint whose populations fire at this rate, made once, and its input."""
    name = "-".join([config, *(s.replace("=", "") for s in sets), f"{rate:g}"])
    base = os.path.join(FOLDER, name)
    model, noise, images = base + ".safetensors", base + ".noise.npy", f"{base}.{samples}.npy"
    given = [argument for s in sets for argument in ("--set", s)]
    if not os.path.exists(model) or not os.path.exists(noise):
        session.say(f"making {model}")
        command = [SPIKEQ, "synthesize", "--config", config, *given, "--rate", f"{rate:g}"]
        command += ["--limit", "2", "-o", model, "--save-input", noise, "--force"]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            session.leave_out(name, result.stderr.strip().splitlines()[-1])
            return None
    check = subprocess.run(
        [SPIKEQ, "graph", model, "--config", config, *given, "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if check.returncode != 0:
        session.leave_out(name, check.stderr.strip().splitlines()[-1])
        return None
    if not os.path.exists(images):
        pixels(images, np.load(noise), samples)
    return {"name": config, "model": model, "config": config, "sets": list(sets), "input": images}
