"""Shards by pairs of options: whatever two options say, the shards merge to what one run makes."""
import json
import sqlite3

from command import need
from recordings import without_timing

PARAMETERS = {
    "net": ["cifar-2-40", "dvs-1-32", "imagenet-1-48"],
    "arith": ["f32", "fixed"],
    "schedule": ["layer", "step"],
    "threads": [1, 3],
    "batch": [1, 2, 7],
    "limit": [None, 5],
    "labels": [False, True],
    "begin": ["new", "force", "nothing --resume", "cut --resume", "whole --resume"],
    "detail": ["spikes", "counts"],
    "populations": ["*", "block.*"],
    "samples": ["", "1:4", "3:", "2"],
    "codec": ["none", "zlib", "zstd"],
    "profile": [False, True],
    "n": [1, 2, 3, 5],
    "kind": ["traces", "reports"],
}


def excluded(row):
    """A profile is of all samples that run."""
    return "--resume" in row.get("begin", "") and bool(row.get("profile"))


def whole(recordings, row):
    """One run of all samples that records as the row says: its trace and report."""
    key = ("whole", *(row[name] for name in ("net", "arith", "limit", "labels", "detail", "populations", "samples", "codec")))
    return recordings.once(key, lambda: make_whole(recordings, row))


def make_whole(recordings, row):
    name = f"whole-{len(recordings.known)}"
    recordings.command.run(*recordings.run_of(row), "--quiet", *wish(recordings, row, name + ".db"), "--report", name + ".json")
    return name


def wish(recordings, row, trace):
    options = recordings.wish(row)
    return ["--trace", trace, *options[2:]]


def cut(path):
    """What a writer leaves that was killed after some of its samples."""
    db = sqlite3.connect(path)
    ids = [number for number, in db.execute("SELECT id FROM sample ORDER BY id")]
    for number in ids[len(ids) // 2:]:
        db.execute("DELETE FROM sample WHERE id = ?", (number,))
        db.execute("DELETE FROM frame WHERE sample = ?", (number,))
    db.execute("UPDATE meta SET value = '0' WHERE key = 'complete'")
    db.commit()
    db.close()


def run_shard(recordings, row, i):
    """Run shard i, on the file that lies there; the names of its trace and report."""
    command, name = recordings.command, f"shard-{i}"
    begin, *resume = row["begin"].split()
    how = ["--schedule", row["schedule"], "--threads", row["threads"], "--batch", row["batch"]]
    shard = [*recordings.run_of(row), "--quiet", "--shard", f"{i}/{row['n']}", *wish(recordings, row, name + ".db")]
    for ending in (".db", ".json"):
        (command.folder / (name + ending)).unlink(missing_ok=True)
    if begin == "force":
        (command.folder / (name + ".db")).write_text("another file\n")
        resume = ["--force"]
    elif begin in ("cut", "whole"):
        command.run(*shard)
        if begin == "cut":
            cut(command.folder / (name + ".db"))
    command.run(*shard, *how, *resume, *(["--profile"] if row["profile"] else []), "--report", name + ".json")
    return name


def check(recordings, row):
    command = recordings.command
    one = whole(recordings, row)
    names = [run_shard(recordings, row, i) for i in range(1, row["n"] + 1)]
    ending = ".db" if row["kind"] == "traces" else ".json"
    command.run("merge", *(name + ending for name in reversed(names)), "-o", "merged" + ending, "--force", "--quiet")
    if row["kind"] == "traces":
        digests = [command.run("inspect", "--digest", name + ".db").split()[0] for name in (one, "merged")]
        need(digests[0] == digests[1], f"other digests: {digests}")
        return
    reports = [json.loads((command.folder / (name + ".json")).read_text()) for name in (one, "merged")]
    need(without_timing(reports[0]) == without_timing(reports[1]), "other reports")
