"""Streams by pairs: a recording that is binned while it comes, recorded, and read again."""
import json

from command import need
from recordings import figures, without_timing

PARAMETERS = {
    "carry": [False, True],
    "arith": ["f32", "fixed"],
    "isa": ["scalar", "auto"],
    "schedule": ["layer", "step"],
    "threads": [1, 3],
    "batch": [1, 3],
    "limit": [None, 2],
    "bin": [1, 2],
    "tolerate": [False, True],
    "detail": ["spikes", "counts"],
    "populations": ["*", "input,block.*", "*.?_lif"],
    "samples": ["", "1:", "0"],
    "codec": ["none", "zlib", "zstd"],
    "output": ["text", "json", "quiet"],
    "report": [False, True],
}
NET, T, SAMPLES, MICROSECONDS = "dvs-1-32", 5, 4, 1000


def excluded(row):
    """Carried membranes need every sample before; that is for the engine, not for the recorder."""
    return False


def write_events(recordings):
    """Events of SAMPLES samples and two frames more, on a sensor as large as the network twice over."""
    lines, state = [], 12345
    for frame in range(SAMPLES * T + 2):
        for i in range(20):
            state = (1103515245 * state + 12345) % 2**31
            at = frame * MICROSECONDS + i * (MICROSECONDS // 20)
            lines.append(f"{at} {state % 48} {state // 64 % 32} {state // 4096 % 2}")
    (recordings.command.folder / "events.txt").write_text("\n".join(lines) + "\n")
    doubled = [line.split() for line in lines]
    (recordings.command.folder / "events2.txt").write_text(
        "".join(f"{t} {2 * int(x)} {2 * int(y) + 1} {p}\n" for t, x, y, p in doubled)
    )


def run_of(recordings, row):
    recordings.once("events", lambda: write_events(recordings))
    events, size = [("events.txt", "48x32"), ("events2.txt", "96x64")][row["bin"] - 1]
    return ["run", *recordings.model({**row, "net": NET}), "--input", events, "--stream", "--size", size,
            "--frames", f"duration:{MICROSECONDS}", *(["--bin", "2"] if row["bin"] == 2 else []),
            *(["--carry"] if row["carry"] else []), *(["--tolerate"] if row["tolerate"] else []),
            *(["--limit", row["limit"]] if row["limit"] else [])]  # fmt: skip


def content(row):
    """What decides the spikes: binned by two the doubled sensor shows the same frames."""
    return (row["arith"], row["carry"], row["limit"])


def same(recordings, what, key, got):
    need(recordings.once((what, *key), lambda: got) == got, f"another {what} than the same stream had")


def spikes_of(report):
    return {key: report[key] for key in ("samples", "populations", "synapses", "counters", "arith")}


def check(recordings, row):
    command = recordings.command
    for name in ("t.db", "r.json"):
        (command.folder / name).unlink(missing_ok=True)
    out = command.run(
        *run_of(recordings, row), *recordings.how(row), "--trace", "t.db", "--report", "r.json",
        "--trace-detail", row["detail"], "--trace-populations", row["populations"],
        "--trace-codec", row["codec"], *(["--trace-samples", row["samples"]] if row["samples"] else []),
        *{"text": [], "json": ["--json"], "quiet": ["--quiet"]}[row["output"]]
    )  # fmt: skip
    report = json.loads((command.folder / "r.json").read_text())
    same(recordings, "report of a stream", content(row), spikes_of(report))
    n = min(row["limit"] or SAMPLES, SAMPLES)
    need(report["samples"] == n, f"{report['samples']} samples of a stream, not {n}")
    lines = out.decode().splitlines()
    if row["output"] == "json":
        need([json.loads(line)["sample"] for line in lines if '"timestep"' in line].count(0) == T, lines)
    need((out == b"") == (row["output"] == "quiet"), "--quiet and what is printed")
    check_trace(recordings, row, report, n)


def check_trace(recordings, row, report, n):
    command = recordings.command
    first = 1 if row["samples"] == "1:" else 0
    recorded = 1 if row["samples"] == "0" else n - first
    digest = command.run("inspect", "--digest", "t.db").split()[0]
    key = (*content(row), row["detail"], row["populations"], row["samples"])
    same(recordings, "digest of a stream", key, digest)
    retold = command.json("replay", "t.db", "--json")
    need(retold["samples"] == recorded, f"{retold['samples']} samples retold, not {recorded}")
    if recorded == n:
        for part, value in spikes_of(report).items():
            need(part == "arith" or retold[part] == value, f"retold {part} differs")
        got, want = (
            command.json("energy", name, "--format", "json")["sheets"][0]["rows"]
            for name in ("t.db", "r.json")
        )
        need(got == want, "prices of the trace are not those of the report")
    status, _, err = command.try_(
        "replay", "t.db", *recordings.inputs.network(NET), "--from", "block.0.attn.q_lif", "--verify", "--quiet"
    )  # fmt: skip
    allowed = row["detail"] == "spikes" and row["populations"] == "*" and not row["carry"]
    need(status == 0 if allowed else status in (0, 1), f"replay --verify: exit status {status}: {err}")
    if row["carry"]:
        need(status == 1, f"carried membranes were replayed from within: {err}")
