"""Memory that ends at any allocation of any command: status 1 and one line, or the same output as ever.

    memory.py SPIKEQ FAIL_MALLOC.so ROOT SITES [CASE...]

Every command of CASES is run once as it is, then again and again with one allocation failing
(fail_malloc.c): SITES of them, evenly spread, 0 is every one. After a failure nothing may
be left but whole files; no block may be lost that a good run frees.
"""
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import h5py

spikeq, shim, root = (str(Path(argument).absolute()) for argument in sys.argv[1:4])
sites = int(sys.argv[4])
golden = f"{root}/test/golden"
net = ["--model", f"{golden}/cifar-1-48-odd/model.safetensors",
       "--config", f"{golden}/cifar-1-48-odd/config.json"]
run = ["run", "--quiet", "--threads", "1", *net, "--input", f"{golden}/cifar-1-48-odd/input.npy"]
small = ["--model", f"{root}/test/bugcases/net.safetensors", "--config", f"{root}/test/bugcases/net.json"]
EVENTS = "0 1 2 1\n5 3 1 0\n9 1 1 1\n14 0 3 0\n20 2 2 1\n"
SPIKES = "sample,timestep,population,index\n0,0,a,1\n0,1,a,3\n1,0,a,2\n"

# name: arguments, the files that it writes; {in} is the folder of inputs.
CASES = {
    "run": [*run, "--report", "r.json", "--trace", "t.db", "--labels", "{in}/labels.npy"],
    "run to stdout": [*run, "--json"],
    "run in words": [a for a in run if a != "--quiet"],
    "run --dump": [*run, "--dump", "d"],
    "run --trace zstd": [*run, "--trace", "t.db", "--trace-codec", "zstd"],
    "run --profile": [*run, "--profile", "--report", "r.json"],
    "run fixed": [*run, "--arith", "fixed", "--report", "r.json", "--trace", "t.db"],
    "run --frames": ["run", "--quiet", "--threads", "1", "--model", f"{golden}/dvs-1-64/model.safetensors",
                     "--config", f"{golden}/dvs-1-64/config.json", "--set", "timesteps=2",
                     "--input", "{in}/e.txt", "--frames", "number:2", "--pad", "center", "--report", "r.json"],
    "energy": ["energy", "{in}/r.json"],
    "energy of a trace": ["energy", "{in}/t.db"],
    "energy --format json": ["energy", "{in}/r.json", "--format", "json", "--convention", "all"],
    "energy --format latex": ["energy", "{in}/r.json", "--format", "latex"],
    "energy of models": ["energy", "{in}/r.json", "{in}/t.db", "--convention", "all", "--unit", "uJ"],
    "energy --csv": ["energy", "{in}/r.json", "--per", "layer", "--csv", "c"],
    "analyze": ["analyze", "{in}/t.db", "--threads", "1"],
    "analyze --json": ["analyze", "{in}/t.db", "{in}/u.db", *net, "--threads", "1", "--json", "a.json"],
    "analyze --csv": ["analyze", "{in}/t.db", "--csv", "c", "--threads", "1"],
    "analyze --html": ["analyze", "{in}/t.db", "--html", "a.html", "--threads", "1"],
    "replay": ["replay", "{in}/t.db", *net, "--silence", "block.0.attn.q_lif", "--trace", "u.db", "--json"],
    "replay in words": ["replay", "{in}/t.db", *net, "--from", "block.0", "--verify"],
    "synthesize": ["synthesize", "--config", f"{golden}/cifar-1-48-odd/config.json", "--rate", "0.1",
                   "--limit", "1", "--save-input", "n.npy", "-o", "m.safetensors", "--json"],
    "quantize": ["quantize", *net, "--bits", "8", "-o", "q.safetensors"],
    "quantize --calibrate": ["quantize", *net, "--threads", "1", "--calibrate",
                             f"{golden}/cifar-1-48-odd/input.npy", "--bits", "8", "--format", "json"],
    "export csv": ["export", "{in}/t.db", "--to", "csv", "-o", "x.csv"],
    "export aer": ["export", "{in}/t.db", "--to", "aer", "-o", "x.aer"],
    "export npz": ["export", "{in}/t.db", "--to", "npz", "-o", "x.npz"],
    "export hdf5": ["export", "{in}/t.db", "--to", "hdf5", "-o", "x.h5"],
    "export prosperity": ["export", "{in}/t.db", "--to", "prosperity", "--samples", "0", "-o", "x.npz"],
    "import csv": ["import", "{in}/x.csv", "--config", net[3], "--partial", "-o", "i.db"],
    "import npz": ["import", "{in}/x.npz", "-o", "i.db"],
    "import hdf5": ["import", "{in}/x.h5", "-o", "i.db"],
    "run --dry-run-ranks": [*run, "--dry-run-ranks", "2", "--report", "r.json", "--trace", "t.db"],
    "run --shard": [*run, "--shard", "2/2", "--report", "r.json", "--trace", "t.db"],
    "merge traces": ["merge", "{in}/s2.db", "{in}/s1.db", "-o", "w.db"],
    "merge reports": ["merge", "{in}/s2.json", "{in}/s1.json", "-o", "w.json"],
    "diff": ["diff", "{in}/t.db", "{in}/u.db"],
    "diff --json": ["diff", "{in}/t.db", "{in}/u.db", "--json"],
    "inspect": ["inspect", "{in}/t.db"],
    "inspect --json": ["inspect", "{in}/t.db", "--json"],
    "inspect --digest": ["inspect", "{in}/t.db", "--digest"],
    "inspect a model": ["inspect", net[1], "--json"],
    "inspect .pth": ["inspect", f"{golden}/checkpoints/training.pth"],
    "inspect npz": ["inspect", "{in}/x.npz"],
    "inspect npy": ["inspect", f"{golden}/cifar-1-48-odd/input.npy", "--json"],
    "events": ["events", "{in}/e.txt", "--json", "--dump-events", "e.bin"],
    "events --frames": ["events", "{in}/e.txt", "--frames", "number:2", "-o", "f.npy"],
    "configs": ["configs"],
    "energy --list": ["energy", "--list"],
    "inspect a picture": ["inspect", f"{golden}/images/rgb8.png"],
    "inspect a JPEG": ["inspect", f"{golden}/images/cmyk.jpg", "--json"],
    "inspect a recording": ["inspect", "{in}/e.txt"],
    "run a picture": ["run", "--quiet", "--threads", "1", *net, "--set", "fit=resize",
                      "--input", f"{golden}/images/rgb8.png", "--json"],
    "run JPEG": ["run", "--quiet", "--threads", "1", *net, "--set", "fit=resize",
                 "--input", f"{golden}/images/cmyk.jpg", "--json"],
    "run a folder": ["run", "--quiet", "--threads", "1", *small, "--input", f"{root}/test/bugcases/clean", "--json"],
    "run an archive": ["run", "--quiet", "--threads", "1", *small, "--input", "{in}/set.tar", "--json"],
    "run a compressed archive": ["run", "--quiet", "--threads", "1", *small, "--input", "{in}/set.tar.gz", "--json"],
    "run archives by names": ["run", "--quiet", "--threads", "1", *small, "--input", "{in}/set-{0..1}.tar",
                              "--input-digest", "names", "--json"],
    "inspect an archive": ["inspect", "{in}/set.tar"],
}
# diff says by its status that traces differ.
GOOD_STATUS = {"diff": 1, "diff --json": 1}
# HDF5 keeps lists of its own, and crashes, complains or loses blocks where memory ends inside of it. What these
# commands publish must be right all the same. libuv ends the process where its list of watchers cannot grow.
LIBRARIES = {"export hdf5", "import hdf5"}
# libzip loses a block where memory ends while it opens an archive, or makes a member of one.
# So does libarchive, where memory ends while it opens one.
MAY_LOSE = {**{name: 1 for name in CASES if " archive" in name}, "export npz": 1, "export prosperity": 1, "import npz": 1, "inspect npz": 1}
TIMES = re.compile(rb'"(seconds|merge_seconds|samples_per_second|limit_additions_per_second|share_of_limit)":\s*[-+.e0-9]+|[0-9.]+ (s|samples/s)\b|[0-9.]+ seconds')


def database(path):
    """What a trace holds, but for who made it."""
    db = sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True)
    tables = [name for name, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")]
    rows = {name: list(db.execute(f'SELECT * FROM "{name}" ORDER BY 1')) for name in tables}
    rows["meta"] = [row for row in rows["meta"] if row[0] != "command"]
    db.close()
    return rows


def arrays(path):
    """What an HDF5 file holds, however its chunks are packed."""
    found = {}
    with h5py.File(path, "r") as file:
        file.visititems(lambda name, item: found.__setitem__(
            name, (sorted(map(str, item.attrs.items())), item[()].tolist() if isinstance(item, h5py.Dataset) else None)))
    return found


def content(path):
    data = path.read_bytes()
    if data.startswith(b"SQLite format 3"):
        return database(path)
    if data.startswith(b"PK") and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    if data.startswith(b"\x89HDF") and h5py.is_hdf5(path):
        return arrays(path)
    return TIMES.sub(b"", data)


def files(folder):
    return {str(path.relative_to(folder)): content(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def execute(arguments, folder, fails_at=None):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    environment = {**os.environ, "LD_PRELOAD": shim, "SPIKEQ_FAIL_LOG": str(folder) + ".log", "LC_ALL": "C",
                   "MALLOC_PERTURB_": "90", "TZ": "UTC0", "SPIKEQ_CONFIGS": f"{root}/configs"}
    if fails_at is not None:
        environment["SPIKEQ_FAIL_AT"] = str(fails_at)
    done = subprocess.run([spikeq, *arguments], cwd=folder, env=environment, capture_output=True, timeout=120,
                          stdin=subprocess.DEVNULL)
    n, blocks = (int(word) for word in Path(str(folder) + ".log").read_text().split()) if done.returncode >= 0 else (0, 0)
    return done, n, blocks


def is_resumable(rows):
    """A recording that was cut short and says so."""
    return dict(rows["meta"]).get("complete") == "0" and len(rows["sample"]) > 0 if isinstance(rows, dict) else False


def complaint(done, good, left, wanted):
    """What is wrong with a run in which an allocation failed; None: nothing."""
    lines = [line for line in done.stderr.decode(errors="replace").splitlines() if ": warning: " not in line]
    if done.returncode < 0:
        return f"signal {-done.returncode}"
    if done.returncode == good.returncode and not (lines and good.returncode):
        if TIMES.sub(b"", done.stdout) != TIMES.sub(b"", good.stdout):
            return "another standard output"
        if done.stderr != good.stderr:
            return "another standard error: " + done.stderr.decode(errors="replace")
        if left != wanted:
            return f"other files: {sorted(left)}"
        return None
    if done.returncode not in (1, 2) or len(lines) != 1 or not lines[0].startswith("spikeq "):
        return f"status {done.returncode}: {lines}"
    if done.stdout and not good.stdout.startswith(done.stdout):
        return "part of another standard output"
    for name, what in left.items():
        if wanted.get(name) != what and not is_resumable(what):
            return f"left behind: {name}: {lines[0]}"
    return None


def check(name, arguments, top):
    arguments = [argument.replace("{in}", str(top / "in")) for argument in arguments]
    folder = top / "work"
    good, n, blocks = execute(arguments, folder)
    if good.returncode != GOOD_STATUS.get(name, 0):
        return n, [f"{name}: status {good.returncode}: {good.stderr.decode()}"]
    wanted = files(folder)
    wrong = []
    for at in range(0, n, max(n // sites, 1) if sites > 0 else 1):
        done, _, lost = execute(arguments, folder, at)
        what = complaint(done, good, files(folder), wanted)
        # libarchive ends the process by a line of its own, or crashes where memory ends while it sets itself up.
        if b"Fatal Internal Error in libarchive" in done.stderr or (
                done.returncode < 0 and "libarchive" in Path(str(folder) + ".log.site").read_text()):
            what = None
        if done.returncode == -signal.SIGABRT and "libuv" in Path(str(folder) + ".log.site").read_text():
            what = None
        if name in LIBRARIES and (done.returncode != 0 or "standard error" in (what or "")):
            what = None
        if what is None and lost > blocks + MAY_LOSE.get(name, 0) and name not in LIBRARIES:
            what = f"{lost - blocks} blocks lost: {done.stderr.decode(errors='replace').strip()}"
        if what is not None:
            wrong.append(f"{name}: allocation {at} of {n}: {what}")
    return n, wrong


def prepare(folder):
    """The inputs of all commands, made by good ones."""
    folder.mkdir()
    (folder / "e.txt").write_text(EVENTS)
    (folder / "labels.npy").write_bytes(
        b"\x93NUMPY\x01\x00\x76\x00" + b"{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }".ljust(117) + b"\n\1\0\2")
    for archive in ("set.tar", "set.tar.gz", "set-0.tar", "set-1.tar"):
        with tarfile.open(folder / archive, "w:gz" if archive.endswith("gz") else "w") as file:
            file.add(f"{root}/test/bugcases/clean", ".")
    for arguments in (
            [*run, "--labels", "labels.npy", "--trace", "t.db", "--report", "r.json"],
            ["replay", "t.db", *net, "--silence", "block.0.attn.q_lif", "--trace", "u.db"],
            [*run, "--shard", "1/2", "--trace", "s1.db", "--report", "s1.json"],
            [*run, "--shard", "2/2", "--trace", "s2.db", "--report", "s2.json"],
            ["export", "t.db", "--to", "csv", "-o", "x.csv"],
            ["export", "t.db", "--to", "hdf5", "-o", "x.h5"],
            ["export", "t.db", "--to", "npz", "-o", "x.npz"]):
        subprocess.run([spikeq, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def main():
    passed = failed = 0
    chosen = sys.argv[5:] or list(CASES)
    with tempfile.TemporaryDirectory() as top:
        top = Path(top)
        prepare(top / "in")
        for name in chosen:
            n, wrong = check(name, CASES[name], top)
            print("\n".join(f"FAIL {line}" for line in wrong[:int(os.environ.get("SHOW", "12"))])
                  or f"ok   {name}: {min(sites, n) or n} of {n} allocations", flush=True)
            passed += not wrong
            failed += bool(wrong)
    print(f"{passed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
