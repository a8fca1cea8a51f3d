"""The main job as whole processes: images of the test set through fashion-2-64, start, loading and report
included. Threads, schedules and instruction sets over one thread, layer schedule, fastest set; peak memory.
"""
import os
import statistics
from typing import Dict, List

import networks
import session as s

IMAGES = 2000


def once(options: List[str], limit: int) -> dict:
    """One run: seconds, processor seconds, peak KiB."""
    command = [s.SPIKEQ, "run", "--quiet", "--config", "fashion-2-64", "--input", networks.FASHION]
    command += ["--model", "configs/models/weights/fashion-2-64.safetensors", "--limit", str(limit)]
    return s.process(command + options)


def ways(isas: List[str]) -> Dict[str, List[str]]:
    found = {}
    for threads in ("1", "2")[: len(os.sched_getaffinity(0))]:
        for schedule in ("layer", "step"):
            found[f"{threads} thread{'s' * (threads == '2')}, {schedule} schedule"] = [
                *("--threads", threads, "--schedule", schedule)
            ]
    for isa in isas:
        found[f"1 thread, layer schedule, {isa}"] = ["--threads", "1", "--isa", isa]
    return found


def run(session: s.Session) -> List[dict]:
    limit = IMAGES // 10 if session.quick else IMAGES
    session.say(f"the main job: {limit} images")
    options = ways(s.isas())
    taken: Dict[str, List[dict]] = {name: [] for name in options}
    for turn in range(session.turns + 1):
        for name in options:
            result = once(options[name], limit)
            if turn > 0:
                taken[name].append(result)
    base = taken["1 thread, layer schedule"]
    records = []
    for name, results in taken.items():
        values = {
            "seconds": statistics.median(r["seconds"] for r in results),
            "peak_mib": max(r["peak_kib"] for r in results) / 1024,
            "images": limit,
        }
        ratio = {
            clock: s.ratios([r[key] for r in results], [r[key] for r in base])
            for clock, key in (("wall time", "seconds"), ("processor time", "cpu_seconds"))
        }
        records.append(s.record("job", {"way": name}, values, ratio))
    return records
