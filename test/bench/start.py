"""From the start of a process to the first firing: 8-768 (66 million weights, drawn) at 224x224, in floats and in
8 bits, as .safetensors and as torch.save() writes it, the file in the page cache (bench_load.c). And the memory of a
whole process that runs one image of such a network on one thread."""
import json
import subprocess
from typing import List

import session as s

LARGE = "spikformer-8-768-imagenet"
ARITHMETICS = {"float32": [], "8 bits": ["--arith", "fixed", "--weight-bits", "8"]}


def memory(session: s.Session) -> List[dict]:
    session.say(f"memory: {LARGE}")
    net = s.synthetic(session, LARGE, 0.05, 2)
    records = []
    for arith, options in ARITHMETICS.items() if net is not None else ():
        command = [s.SPIKEQ, "run", "--quiet", "--model", net["model"], "--config", LARGE]
        command += ["--input", net["input"], "--limit", "1", "--threads", "1", *options]
        values = {"peak_mib": s.process(command)["peak_kib"] / 1024}
        records.append(s.record("memory", {"network": LARGE, "arith": arith}, values, {}))
    return records


def run(session: s.Session) -> List[dict]:
    session.say("from start to the first firing: 8-768")
    result = subprocess.run(
        [f"{s.BUILD}/test/bench/bench_load", "json", str(session.turns)], stdout=subprocess.PIPE, text=True
    )
    if result.returncode != 0:
        s.fail(f"bench_load ended with status {result.returncode}")
    records = []
    for line in result.stdout.splitlines():
        if not line.startswith("{"):
            continue  # what the test library says
        taken = json.loads(line)
        what = {"file": taken["file"], "arith": taken["arith"]}
        ratios = {"SHA-256": taken["sha256"], "seconds": taken["seconds"]}
        values = {"mib_till_then": max(taken["mib_till_then"]), "mib": max(taken["mib"])}
        records.append(s.record("start", what, values, ratios))
    return records + memory(session)
