"""How a run scales over ranks: measured on this machine, modelled, checked, and estimated for more ranks.

    scaling.py MODEL CONFIG INPUT SAMPLES [--quick]    measure: build/scaling.json and tables
    scaling.py --memory MODEL CONFIG INPUT SAMPLES RANKS [OPTION...]   memory of ranks, and of as many processes
                                                           without MPI; OPTIONs are those of spikeq run
    scaling.py --docs build/scaling.json docs/cluster.md   the tables between its marks

The model, of R ranks and S samples, in seconds:

    time = start + launch R + sample S / R                          without a trace
         + write S / R + merge S                                    with one

start: a process begins and loads the network; launch: mpirun starts one more rank, and ranks meet; sample:
one sample on one core; write: what recording adds to it; merge: rank 0 copies parts into the whole. It is
fitted to runs of 1 rank and small ones of 2, by least squares of the relative error, and checked by runs of 2 ranks
that it was not fitted to. Every run is repeated in turns; figures are medians.
"""
import json
import os
import re
import statistics
import subprocess
import sys
import time

import numpy as np

SPIKEQ = os.environ.get("SPIKEQ_MPI", "build/release-mpi/spikeq")
FOLDER = os.environ.get("BENCH_FOLDER", "build/bench")
TERMS = ["start", "launch", "sample", "write", "merge"]
# Estimates: what the machines of a cluster are taken to be.
RANKS_A_MACHINE, SHARED_READ = 16, 2e9  # cores; bytes a second that a shared file system gives all readers


def mpirun(ranks):
    command = ["mpirun", "--oversubscribe", "--bind-to", "core" if ranks <= os.cpu_count() else "none",
               "--mca", "btl_vader_single_copy_mechanism", "none", "-n", str(ranks)]  # fmt: skip
    return command[:1] + ["--allow-run-as-root"] * (os.getuid() == 0) + command[1:]


def run(what, ranks, samples, traced):
    """One run: its seconds, those of the merge within, and bytes of the trace."""
    trace, report = f"{FOLDER}/scaling.db", f"{FOLDER}/scaling.json"
    for path in (trace, report):
        if os.path.exists(path):
            os.remove(path)
    command = [*mpirun(ranks), SPIKEQ, "run", "--model", what["model"], "--config", what["config"],
               "--input", what["input"], "--limit", str(samples), "--threads", "1", "--quiet",
               "--report", report, *(["--trace", trace] if traced else [])]  # fmt: skip
    begin = time.monotonic()
    subprocess.run(command, check=True)
    seconds = time.monotonic() - begin
    timing = json.load(open(report))["timing"]
    return {"seconds": seconds, "merge": timing.get("merge_seconds", 0),
            "bytes": os.path.getsize(trace) if traced else 0}  # fmt: skip


def measure(what, cases, turns):
    """Every case once, then all of them again."""
    runs = {case: [] for case in cases}
    for _ in range(turns):
        for case in cases:
            runs[case].append(run(what, *case))
    return [
        {
            "ranks": ranks, "samples": samples, "traced": traced,
            **{key: statistics.median(r[key] for r in runs[ranks, samples, traced]) for key in ("seconds", "merge", "bytes")},
            "spread": [min(r["seconds"] for r in runs[ranks, samples, traced]),
                       max(r["seconds"] for r in runs[ranks, samples, traced])],
        }
        for ranks, samples, traced in cases
    ]  # fmt: skip


def row(ranks, samples, traced):
    """How often each term is in a run."""
    return [1, ranks, samples / ranks, traced * samples / ranks, traced * samples]


def fit(records):
    """Terms of the model; the merge is measured apart, as it would not show in so few runs."""
    merges = [r for r in records if r["traced"]]
    merge = sum(r["merge"] for r in merges) / sum(r["samples"] for r in merges)
    rows = np.array([row(r["ranks"], r["samples"], r["traced"]) for r in records], float)
    seconds = np.array([r["seconds"] for r in records])
    rest = seconds - rows[:, 4] * merge
    found, *_ = np.linalg.lstsq(rows[:, :4] / seconds[:, None], rest / seconds, rcond=None)
    return dict(zip(TERMS, [*(max(0.0, float(x)) for x in found), merge]))


def predict(model, ranks, samples, traced):
    return float(np.dot(row(ranks, samples, traced), [model[t] for t in TERMS]))


def estimate(report, ranks, samples):
    """Terms of a run on a cluster: that of the launch grows with its logarithm there, and each machine reads the
    model once from a file system that all share."""
    model, bytes_a_sample = report["model"], report["bytes_a_sample"]
    machines = max(1, ranks // RANKS_A_MACHINE)
    return {
        "start": model["start"] + report["model_bytes"] * machines / SHARED_READ,
        "launch": model["launch"] * np.log2(ranks + 1),
        "compute": model["sample"] * samples / ranks,
        "last samples": model["sample"],
        "trace": model["write"] * samples / ranks + bytes_a_sample * samples / SHARED_READ,
        "merge": model["merge"] * samples,
    }


def table(rows):
    head, *body = [[str(x) for x in r] for r in rows]
    return "\n".join(["| " + " | ".join(r) + " |" for r in [head, ["---"] * len(head), *body]])


def seconds_text(x):
    return f"{x:.3g} s" if x < 100 else f"{x:.0f} s"


def scaling_table(report):
    """Strong: the same samples; weak: the same samples a rank."""
    by = {(r["ranks"], r["samples"], r["traced"]): r["seconds"] for r in report["records"]}
    rows = [["", "1 rank", "2 ranks", "efficiency"]]
    n = max(s for _, s, _ in by)
    for traced in (False, True):
        how = "with a trace" if traced else "without"
        one, two, double = by[1, n // 2, traced], by[2, n // 2, traced], by[2, n, traced]
        rows.append([f"strong, {n // 2} samples, {how}", seconds_text(one), seconds_text(two), f"{one / two / 2:.0%}"])
        rows.append([f"weak, {n // 2} samples a rank, {how}", seconds_text(one), seconds_text(double), f"{one / double:.0%}"])
    return table(rows)


def check_table(report):
    rows = [["run that was not fitted", "predicted", "measured", "error"]]
    for r in report["records"]:
        if not r["fitted"]:
            guess = predict(report["model"], r["ranks"], r["samples"], r["traced"])
            rows.append([f"{r['ranks']} ranks, {r['samples']} samples, {'with' if r['traced'] else 'without'} a trace",
                         seconds_text(guess), seconds_text(r["seconds"]), f"{guess / r['seconds'] - 1:+.1%}"])  # fmt: skip
    return table(rows)


def model_table(report):
    units = {"start": "s", "launch": "s a rank", "sample": "s a sample", "write": "s a sample", "merge": "s a sample"}
    return table([["term", "fitted"], *[[t, f"{report['model'][t]:.3g} {units[t]}"] for t in TERMS]])


def estimate_table(report):
    rows = [["estimate", *["16 ranks", "256 ranks", "4,096 ranks"]]]
    many = [estimate(report, n, 50000) for n in (16, 256, 4096)]
    rows += [[part, *[seconds_text(e[part]) for e in many]] for part in many[0]]
    rows.append(["all", *[seconds_text(sum(e.values())) for e in many]])
    rows.append(["bottleneck", *[max(e, key=e.get) for e in many]])
    return table(rows)


def tables(report):
    return {
        "scaling": f"{report['config']}, {report['cores']} cores ({report['cpu']}), medians of {report['turns']} turns"
                   f"{', QUICK' if report['quick'] else ''}:\n\n{scaling_table(report)}",
        "scaling-model": model_table(report),
        "scaling-check": check_table(report),
        "scaling-estimates": estimate_table(report),
    }  # fmt: skip


def write_docs(report, path):
    text = open(path).read()
    for name, body in tables(report).items():
        pattern = rf"(<!-- bench {name} -->\n).*?(<!-- end -->)"
        text, n = re.subn(pattern, lambda m, body=body: f"{m[1]}{body}\n{m[2]}", text, flags=re.S)
        if n != 1:
            raise SystemExit(f"scaling: {path} has no marks for {name}")
    open(path, "w").write(text)


def proportional(pid):
    """Memory of a process in bytes, of what several share its part."""
    try:
        for line in open(f"/proc/{pid}/smaps_rollup"):
            if line.startswith("Pss:"):
                return 1024 * int(line.split()[1])
    except OSError:
        pass
    return 0


def most_memory(commands):
    """The most that all spikeq processes of these commands had at one time, together."""
    running, most = [subprocess.Popen(c) for c in commands], 0
    while any(p.poll() is None for p in running):
        pids = [int(p) for p in os.listdir("/proc") if p.isdigit()]
        ours = {p.pid for p in running}
        both = {pid: parent_of(pid) for pid in pids}
        most = max(most, sum(proportional(p) for p in pids if (p in ours or both[p] in ours) and is_spikeq(p)))
        time.sleep(0.1)
    if any(p.returncode for p in running):
        raise SystemExit("scaling: a run failed")
    return most


def parent_of(pid):
    try:
        return int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return 0


def is_spikeq(pid):
    try:
        return open(f"/proc/{pid}/comm").read().strip() == "spikeq"
    except OSError:
        return False


def memory(model, config, images, samples, ranks, *options):
    alone = [SPIKEQ, "run", "--model", model, "--config", config, "--input", images, "--limit", samples,
             "--threads", "1", "--quiet", *options]  # fmt: skip
    shared = most_memory([[*mpirun(int(ranks)), *alone]])
    apart = most_memory([alone] * int(ranks))
    print(f"{ranks} ranks {shared / 1e6:.0f} MB, {ranks} processes {apart / 1e6:.0f} MB, model {os.path.getsize(model) / 1e6:.0f} MB")


def cpu_name():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown processor"


def main():
    if sys.argv[1:2] == ["--docs"]:
        return write_docs(json.load(open(sys.argv[2])), sys.argv[3])
    if sys.argv[1:2] == ["--memory"]:
        return memory(*sys.argv[2:])
    quick = "--quick" in sys.argv
    model, config, images, n = [a for a in sys.argv[1:] if a != "--quick"]
    n, turns = int(n), 1 if quick else 5
    os.makedirs(FOLDER, exist_ok=True)
    what = {"model": model, "config": config, "input": images}
    fitted = [(1, n // 8, False), (1, n // 2, False), (2, n // 8, False), (1, n // 8, True), (1, n // 2, True)]
    checked = [(2, n // 2, False), (2, n, False), (2, n // 2, True), (2, n, True)]
    records = measure(what, fitted + checked, turns)
    for r in records:
        r["fitted"] = (r["ranks"], r["samples"], r["traced"]) in fitted
    traced = [r for r in records if r["traced"]]
    report = {
        **what, "quick": quick, "turns": turns, "cores": os.cpu_count(), "cpu": cpu_name(),
        "model_bytes": os.path.getsize(model), "records": records,
        "bytes_a_sample": sum(r["bytes"] for r in traced) / sum(r["samples"] for r in traced),
        "model": fit([r for r in records if r["fitted"]]),
    }  # fmt: skip
    json.dump(report, open("build/scaling.json", "w"), indent=1)
    for body in tables(report).values():
        print(body, end="\n\n")


main()
