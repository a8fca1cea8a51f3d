"""What every reader must say of a row's trace, t.db."""
import json
import re

from command import need
from recordings import figures


def has_spikes(row):
    return row["detail"] == "spikes"


def same_recording(row, recordings):
    return (row["net"], row["arith"], row["labels"], row["detail"], row["populations"],
            recordings.samples(row))  # fmt: skip


def digest(recordings, row):
    """Equal for equal recordings, whatever codec, and however they were made."""
    got = recordings.command.run("inspect", "--digest", "t.db").split()[0]
    key = ("digest", *same_recording(row, recordings))
    need(recordings.once(key, lambda: got) == got, "another digest than the same recording had")


def without_numbers(figures):
    """Without the numbers of samples: a trace keeps those of the run, and a run of its samples alone begins at 0."""
    figures["each"].pop("sample", None)
    for operation in figures["counters"]["ops"]:
        for group in operation["groups"]:
            group.pop("first", None)
    return figures


def retold(recordings, row):
    """The report of the trace is that of a run of its samples alone, whatever was recorded of them."""
    report = recordings.command.json("replay", "t.db", "--json")
    part = json.loads((recordings.command.folder / recordings.part(row)).read_text())
    got, want = without_numbers(figures(report)), without_numbers(figures(part))
    for key, value in part["model"].items():
        need(report["model"].get(key) == value, f"retold model: {key}: {report['model'].get(key)}")
    if row["arith"] != "f32":  # what is said of scales and sums is the run's alone
        for one in (got, want):
            one["arith"] = one["fixed"] = None
    for key in sorted(got.keys() | want.keys()):
        need(got.get(key) == want.get(key), f"retold {key} differs: {got.get(key)}"[:400])


def nameless(said):
    """The same without the file's name, which titles and warnings begin with."""
    return json.loads(re.sub(r'"(t\.db|part-\d+\.json): ', '"', json.dumps(said)))


def prices(recordings, row):
    """Every price of a trace is that of the report."""
    hardware = ["--hardware", "fixed_45nm" if row["arith"] != "f32" else "fp32_45nm"]
    got = recordings.command.json("energy", "t.db", "--format", "json", *hardware)
    want = recordings.command.json("energy", recordings.part(row), "--format", "json", *hardware)
    need(nameless(got) == nameless(want), "prices of the trace are not those of the report")


def differences(recordings, row):
    """What was recorded is what a plain recording has of it; and the whole differs where less was."""
    first, end = recordings.samples(row)
    full = recordings.full(row)
    wanted = ["--populations", row["populations"], "--samples", f"{first}:{end}"]
    status, out, _ = recordings.command.try_("diff", "t.db", full, *wanted)
    need(status == 0, f"what was recorded differs from a plain recording: {out[:200]}")
    status, out, _ = recordings.command.try_("diff", "t.db", full, "--json")
    whole = row["populations"] == "*" and (first, end) == (0, recordings.n_samples(row))
    need(status == (0 if whole else 1), f"diff with all: exit status {status}: {out[:200]}")
    need(json.loads(out)["equal"] == whole, "diff --json says otherwise than the exit status")


def events(recordings, row):
    """CSV, binary and text events hold as many spikes as the trace, or are refused for counts."""
    command = recordings.command
    for name in ("x.txt", "x.bin"):
        (command.folder / name).unlink(missing_ok=True)
    if not has_spikes(row):
        for ask in (["export", "t.db", "--to", "csv"], ["replay", "t.db", "--stream", "x.txt"]):
            status, out, err = command.try_(*ask)
            need(status == 1 and "counts only" in err and out == b"", f"{ask}: {status}: {err}")
        need(not command.exists("x.txt"), "a refused stream leaves a file")
        return
    lines = command.run("export", "t.db", "--to", "csv").splitlines()
    inspected = command.json("inspect", "--json", "t.db")
    spikes = sum(p["spikes"] for p in inspected["populations"] if p["kind"] != "input")
    of_input = sum(line.split(b",")[2] == b"input" for line in lines)
    need(len(lines) - 1 - of_input == spikes, f"{len(lines) - 1 - of_input} lines, {spikes} spikes")
    command.run("replay", "t.db", "--stream", "x.bin", "--form", "binary")
    command.run("export", "t.db", "--to", "aer", "-o", "x.aer", "--force")
    stream, file = ((command.folder / name).read_bytes() for name in ("x.bin", "x.aer"))
    need(stream == file, "the stream is not the exported file")


def files(recordings, row):
    """npz and HDF5: made whole, or refused for counts."""
    for form, name in (("npz", "x.npz"), ("hdf5", "x.h5")):
        (recordings.command.folder / name).unlink(missing_ok=True)
        status, _, err = recordings.command.try_("export", "t.db", "--to", form, "-o", name)
        need(status == (0 if has_spikes(row) else 1), f"--to {form}: {status}: {err}")
        need(recordings.command.exists(name) == has_spikes(row), f"--to {form} leaves a file")


def replayed(recordings, row):
    """A replay equals the recording from wherever it may begin, and recorded anew is the recording;
    where that is not possible it says why and leaves nothing."""
    command = recordings.command
    first, end = recordings.samples(row)
    holds_all = row["populations"] == "*"
    replay = ["replay", "t.db", *recordings.inputs.network(row["net"]), *recordings.how(row), "--json",
              "--trace", "u.db", "--trace-codec", "zstd"]  # fmt: skip
    (command.folder / "u.db").unlink(missing_ok=True)
    status, out, err = command.try_(*replay, "--verify", "--from", "block.0.attn.q_lif")
    need(command.exists("u.db") == (status == 0), f"replay: exit status {status} and its trace: {err}")
    if status == 0 and has_spikes(row):
        check_replay(command, json.loads(out), end - first, holds_all)
    else:
        need(not holds_all or not has_spikes(row), f"replay --verify: {status}: {err}")
        need(re.search("counts only|were not recorded", err), f"{status}: {err}")
    if first == 0:
        (command.folder / "u.db").unlink(missing_ok=True)
        verify = ["--verify"] if has_spikes(row) else []
        origin = ["--from", "input", "--input", recordings.inputs.input(row["net"])]
        said = command.json(*replay, *verify, *origin)
        check_replay(command, said, end - first, has_spikes(row) and holds_all)


def check_replay(command, said, n, holds_all):
    need(said["samples"] == n, f"{said['samples']} samples were replayed, not {n}")
    need(said.get("verify", {"equal": True})["equal"], "replay --verify finds a difference")
    need(said["additions"] == said["additions_recorded"], "a replay counts other additions")
    if holds_all:
        status, out, _ = command.try_("diff", "t.db", "u.db")
        need(status == 0, f"a replay recorded is another recording: {out[:200]}")


def analysed(recordings, row):
    """Spikes and prices of an analysis are the report's."""
    said = recordings.command.json("analyze", "t.db", "--json", "-", "--threads", row["threads"])
    trace = said["traces"][0]
    report = json.loads((recordings.command.folder / recordings.part(row)).read_text())
    spikes = {p["name"]: p["spikes"] for p in report["populations"]}
    for p in trace["populations"]:
        if p["kind"] != "input":
            need(p["spikes"] == spikes[p["name"]], f"analyze: {p['name']}: {p['spikes']} spikes")
    energy = recordings.command.json("energy", recordings.part(row), "--format", "json")
    want = {r["convention"]: r["energy_mj"] for r in energy["sheets"][0]["rows"]}
    for convention in trace["cost"]["conventions"]:
        got, name = convention["energy_mj_per_sample"], convention["name"]
        need(abs(got - want[name]) <= 1e-9 * want[name], f"analyze: {name}: {got}, not {want[name]}")


CHECKS = [digest, retold, prices, differences, events, files, replayed, analysed]


def resume_and_dump(recordings):
    row = {"net": "cifar-2-40", "arith": "f32", "limit": None, "labels": False}
    for option in (["--dump", "d2"], ["--force"]):
        status, out, err = recordings.command.try_(
            *recordings.run_of(row), "--trace", "v.db", "--resume", *option
        )
        need(status == 2 and "--resume goes with neither" in err and out == b"", f"{status}: {err}")
    need(not any(map(recordings.command.exists, ("v.db", "d2"))), "a refused run leaves files")


def trace_options_without_trace(recordings):
    row = {"net": "cifar-2-40", "arith": "f32", "limit": None, "labels": False}
    for option in (["--trace-populations", "*"], ["--trace-samples", "1"], ["--trace-codec", "zlib"],
                   ["--trace-detail", "counts"], ["--resume"], ["--force"]):  # fmt: skip
        status, out, err = recordings.command.try_(*recordings.run_of(row), *option)
        need(status == 2 and out == b"", f"{option}: {status}: {err}")


REFUSED = [resume_and_dump, trace_options_without_trace]
