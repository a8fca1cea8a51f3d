"""Replays by pairs: where they begin, what they change, how they are computed and recorded anew."""
import hashlib
import json

from command import need
from recordings import figures, table

PARAMETERS = {
    "net": ["cifar-2-40", "dvs-1-32", "imagenet-1-48"],
    "arith": ["f32", "fixed"],
    "source_codec": ["none", "zlib", "zstd"],
    "change": ["", "--drop 0.3 --seed 5", "--shift 1", "--shift -1",
               "--silence block.0.attn.v_lif[head=1]", "--silence *.q_lif,*.mlp.fc1_lif[channel=3:9]",
               "--silence patch_embed.proj_lif[channel=1:3]"],
    "from": ["input", "block.0", "block.0.attn.k_lif", "patch_embed.proj_lif"],
    "range": ["", "1:4", "2"],
    "detail": ["spikes", "counts"],
    "populations": ["*", "block.*", "patch_embed.*,*.?_lif"],
    "codec": ["none", "zlib", "zstd"],
    "schedule": ["layer", "step"],
    "threads": [1, 3],
    "batch": [1, 2, 7],
    "output": ["text", "json", "quiet"],
    "begin": ["new", "force"],
    "verify": [False, True],
}  # fmt: skip


def injects(row):
    """--drop and --shift change injected spikes."""
    return row.get("change", "").split()[:1] in (["--drop"], ["--shift"])


def excluded(row):
    """--from input injects nothing; --verify compares without a change; what is silenced is sent."""
    begin, change = row.get("from"), row.get("change", "")
    sends_none = "patch_embed" in change and begin in ("block.0", "block.0.attn.k_lif")
    return (injects(row) and begin == "input") or bool(change and row.get("verify")) or sends_none


def source(recordings, row):
    """The trace that is replayed: every spike of six samples."""
    return recordings.once(
        ("source", row["net"], row["arith"], row["source_codec"]),
        lambda: make_source(recordings, row),
    )


def make_source(recordings, row):
    name = f"source-{len(recordings.known)}.db"
    recordings.command.run(
        "run", *recordings.model(row), "--input", recordings.inputs.input(row["net"]), "--quiet",
        "--labels", "labels.npy", "--trace", name, "--trace-codec", row["source_codec"]
    )  # fmt: skip
    return name


def sha256(recordings, name):
    return hashlib.sha256((recordings.command.folder / name).read_bytes()).hexdigest()


def changes_of(row):
    """One --silence an option; its patterns are separated by commas in the table above."""
    option, _, value = row["change"].partition(" ")
    if option == "--silence":
        return [word for part in value.split(",") for word in ("--silence", part)]
    return row["change"].split()


def replay(recordings, row, name):
    origin = ["--from", row["from"]]
    origin += ["--input", recordings.inputs.input(row["net"])] if row["from"] == "input" else []
    return recordings.command.try_(
        "replay", name, *recordings.inputs.network(row["net"]), *origin, *changes_of(row),
        *recordings.how(row), *(["--samples", row["range"]] if row["range"] else []),
        *(["--verify"] if row["verify"] else []), *(["--force"] if row["begin"] == "force" else []),
        *{"text": [], "json": ["--json"], "quiet": ["--quiet"]}[row["output"]],
        "--trace", "u.db", "--trace-detail", row["detail"], "--trace-populations",
        row["populations"], "--trace-codec", row["codec"]
    )  # fmt: skip


def content(row):
    """What decides the spikes: where a replay began only if it changes what was injected."""
    return (row["net"], row["arith"], row["change"], row["from"] if injects(row) else "", row["range"])


def same(recordings, what, key, got):
    need(recordings.once((what, *key), lambda: got) == got, f"another {what} than the same replay had")


def check(recordings, row):
    command = recordings.command
    name, new = source(recordings, row), command.folder / "u.db"
    before = sha256(recordings, name)
    new.unlink(missing_ok=True)
    if row["begin"] == "force":
        new.write_text("another file\n")
    status, out, err = replay(recordings, row, name)
    need(status == 0 and err == "", f"exit status {status}: {err}")
    need(sha256(recordings, name) == before, "the replayed trace changed")
    said = check_output(recordings, row, out)
    report = command.json("replay", "u.db", "--json")
    check_trace(recordings, row, name, report)
    if said is not None:
        spikes = {p["name"]: p["spikes"] for p in report["populations"]}
        for p in said["populations"]:
            need(p["spikes"] == spikes[p["name"]], f"{p['name']}: said {p['spikes']} spikes")


def check_output(recordings, row, out):
    """What is printed depends on the replay alone; the JSON, if that is printed."""
    key = (*content(row), row["from"], row["verify"])
    if row["output"] == "quiet":
        need(out == b"", "--quiet prints")
    elif row["output"] == "text":
        text = [line for line in table(out) if "source-" not in line]
        same(recordings, "text", key, text)
    else:
        said = json.loads(out)
        need(said.get("verify", {"equal": True})["equal"], "--verify finds a difference")
        same(recordings, "JSON", key, {k: v for k, v in said.items() if k != "trace"})
        return said
    return None


PLAIN = {"schedule": "layer", "threads": 1, "batch": 1, "isa": "scalar", "verify": False, "begin": "force",
         "output": "quiet", "detail": "spikes", "populations": "*", "codec": "none",
         "source_codec": "none"}  # fmt: skip


def reference(recordings, row):
    """The same replay, plainly, and begun at the input where that makes no difference."""
    return recordings.once(("reference", *content(row)), lambda: make_reference(recordings, row))


def make_reference(recordings, row):
    name = f"reference-{len(recordings.known)}.db"
    plain = {**row, **PLAIN, "from": row["from"] if injects(row) else "input"}
    status, _, err = replay(recordings, plain, source(recordings, plain))
    need(status == 0, f"a plain replay failed: {err}")
    (recordings.command.folder / "u.db").rename(recordings.command.folder / name)
    return name


def check_trace(recordings, row, name, report):
    command = recordings.command
    (command.folder / "u.db").rename(command.folder / "w.db")
    wanted = reference(recordings, row)
    want = command.json("replay", wanted, "--json")
    for key, value in figures(want).items():
        need(report[key] == value, f"{key} is not that of a plain replay")
    got, want = (
        command.json("energy", trace, "--format", "json")["sheets"][0]["rows"] for trace in ("w.db", wanted)
    )
    need(got == want, "prices are not those of a plain replay")
    status, out, _ = command.try_("diff", "w.db", wanted, "--populations", row["populations"])
    need(status == 0, f"spikes are not those of a plain replay: {out[:200]}")
    if row["change"] == "":
        samples = ["--samples", row["range"]] if row["range"] else []
        status, out, _ = command.try_("diff", "w.db", name, "--populations", row["populations"], *samples)
        need(status == 0, f"a replay without a change is another recording: {out[:200]}")
    meta = command.json("inspect", "--json", "w.db")["meta"]
    parent = command.run("inspect", "--digest", name).split()[0].decode()
    need(meta["parent"] == parent, "the new trace names another parent")
