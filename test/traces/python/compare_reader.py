"""compare_reader.py READER DIR: the Python reader says of the traces in DIR (test/traces/make_traces)
what the C library wrote there, and refuses whatever is damaged; of the traces of version 1 it says the
same as of the same runs in version 2 (DIR/f32.db, DIR/fixed.db). Prints "N passed, N failed"."""
import random
import shutil
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
import numpy as np  # noqa: E402
import spikeq_trace  # noqa: E402
from spikeq_trace import ERRORS, Trace  # noqa: E402

folder = Path(sys.argv[2])
digests = (folder / "digests").read_text().split()
arrays = {path.stem: np.load(path) for path in (folder / "npy").glob("*.npy")}
passed = failed = 0


def check(name, holds):
    global passed, failed
    passed, failed = passed + bool(holds), failed + (not holds)
    if not holds:
        print(f"FAIL {name}")


def is_refused(path, says=""):
    """Opening and digesting the file ends in an error that says so."""
    try:
        Trace(path).digest()
    except ERRORS as error:
        return says in str(error)
    return False


def edited(sql):
    path = folder / "edited.db"
    shutil.copy(folder / "plain.db", path)
    db = sqlite3.connect(path)
    db.executescript(sql)
    db.close()
    return path


for name in ("plain", "zlib"):
    trace = Trace(folder / f"{name}.db")
    check(f"{name}: complete", trace.complete and trace.samples == list(range(6)))
    check(f"{name}: populations", set(trace.populations) == set(arrays) - {"logits"})
    for p in trace.populations:
        spikes = trace.spikes(p)
        kind = np.uint16 if p == "input" else np.uint8
        check(f"{name}: {p}", spikes.dtype == kind and np.array_equal(spikes, arrays[p]))
        check(f"{name}: some of {p}", np.array_equal(trace.spikes(p, [4, 1]), arrays[p][:, [4, 1]]))
        want = (arrays[p] != 0).reshape(*arrays[p].shape[:2], -1).sum(2)
        check(f"{name}: counts of {p}", np.array_equal(trace.counts(p), want))
    check(f"{name}: logits", np.array_equal(trace.logits, arrays["logits"]))
    check(f"{name}: labels", list(trace.labels) == [-1, 0, 1, 2, -1, 0])
    check(f"{name}: predictions", list(trace.predictions) == [0, 1, 2, 3, 4, 0])
    check(f"{name}: digest", trace.digest() == digests[0])

nodes, operations = Trace(folder / "plain.db").nodes(), Trace(folder / "plain.db").operations()
check("nodes", list(nodes) == ["input", "a.proj_lif", "b.attn.q_lif", "b.sum"])
check("inputs", nodes["b.sum"].inputs == ["a.proj_lif", "b.attn.q_lif"])
check("parameters", nodes["a.proj_lif"].parameters == {"weight": "a.proj_conv", "kernel": 3})
check("sizes", nodes["b.attn.q_lif"][8:] == (100, 7, 1, 2) and nodes["b.sum"][8:] == (None,) * 4)
check("widths", operations["a.proj_conv"][4:] == (45, 2000, 14, 96, 90, None))
check("no node", operations["a.proj_bn"].node is None)

counts = Trace(folder / "counts.db")
check("counts: digest", counts.digest() == digests[1])
check("counts: counts", np.array_equal(counts.counts("c"), Trace(folder / "plain.db").counts("c")))
try:
    counts.spikes("c")
    check("counts: no spikes", False)
except ERRORS as error:
    check("counts: no spikes", "counts only" in str(error))

wide, listed = Trace(folder / "wide.db"), [0, 255, 256, 511, 1021, 1499, 1500, 1501, 2999]
check("wide: digest", wide.digest() == digests[2])
numbers, spikes = wide.spikes("wide.input")[0, 0], wide.spikes("wide.lif")[0, 0].ravel()
check("wide: elements", list(numbers.nonzero()[0]) == listed == list(spikes.nonzero()[0]))
check("wide: numbers", list(numbers[listed]) == [1 + 7281 * i for i in range(9)])
check("partial: incomplete", not Trace(folder / "partial.db").complete)

for sql, says in (
    ("UPDATE frame SET codec = 2 WHERE id = 17", "wrong checksum"),
    ("UPDATE frame SET data = zeroblob(3) WHERE id = 17", "sample 1, timestep 2, a.proj_lif"),
    ("UPDATE frame SET spikes = spikes + 1 WHERE id = 17", "checksum"),
    ("UPDATE frame SET encoding = 3 - encoding WHERE id = 17", "wrong checksum"),
    ("UPDATE frame SET encoding = 7 WHERE id = 17", "wrong checksum"),
    ("UPDATE frame SET codec = 1 WHERE id = 17", ""),
    ("UPDATE frame SET timestep = 1 WHERE id = 17", "missing"),
    ("DELETE FROM frame WHERE id = 17", "missing"),
    ("DELETE FROM sample WHERE id = 1", "lost samples"),
    ("UPDATE sample SET label = 3 WHERE id = 1", "sample 1: its checksum"),
    ("UPDATE meta SET value = '4' WHERE key = 'timesteps'", "description"),
    ("UPDATE population SET threshold = 2 WHERE id = 1", "description"),
    ("DELETE FROM meta WHERE key = 'description'", ""),
    ("PRAGMA user_version = 3", "another version"),
    ("PRAGMA user_version = 1", "description"),
    ("UPDATE node SET roles = 'k' WHERE number = 2", "description"),
    ("UPDATE operation SET weights = NULL WHERE number = 2", "description"),
    ("DELETE FROM node WHERE number = 3", "description"),
    ("PRAGMA application_id = 7", "not a spikeq trace"),
    ("DROP TABLE node; CREATE VIEW node AS SELECT 1", "not a trace"),
    ("DROP TABLE synapse; CREATE VIEW synapse AS SELECT 1", "not a trace"),
):
    check(sql, is_refused(edited(sql), says))
check("missing file", is_refused(folder / "none.db"))
check("no database", is_refused(folder / "digests"))

def tallies(trace, id):
    """[B,T,17] of a node; 0 where it is missing."""
    nothing = np.zeros((trace.timesteps, len(spikeq_trace.TALLY)), np.int64)
    return np.array([trace.tallies(sample).get(id, nothing) for sample in trace.samples])


for name in ("f32", "fixed"):
    old, new = Trace(f"test/traces/format1/{name}.db"), Trace(folder / f"{name}.db")
    check(f"{name}: versions", (old.version, new.version) == (1, 2))
    kept = Path(f"test/traces/format1/{name}.digest").read_text().strip()
    check(f"{name}: digest", old.digest() == new.digest() == kept)
    check(f"{name}: nodes", list(old.nodes()) == [id for id in new.nodes() if id in old.nodes()])
    check(f"{name}: tallies", all(np.array_equal(tallies(old, id), tallies(new, id)) for id in old.nodes()))
    check(f"{name}: no others", set(new.tallies(0)) <= set(old.nodes()))
    counts = {p: new.counts(p).T for p in new.populations}
    check(f"{name}: spikes", all(np.array_equal(tallies(new, p)[..., 0], counts[p]) for p in counts if p != "input"))
    for layer, was in old.operations().items():
        now = new.operations()[layer]
        check(f"{name}: {layer}", (was.node, *was[5:]) == (now.node, *now[5:]))
try:
    Trace(folder / "plain.db").tallies(0)
    check("operations of another version", False)
except ERRORS as error:
    check("operations of another version", "another version" in str(error))

random.seed(20)
whole, wrong, n_refused = (folder / "plain.db").read_bytes(), 0, 0
for i in range(300):
    damaged = bytearray(whole)
    damaged[random.randrange(len(whole))] ^= random.randrange(1, 256)
    path = folder / "damaged.db"
    path.write_bytes(damaged[: random.randrange(len(whole))] if i % 5 == 0 else damaged)
    if is_refused(path):
        n_refused += 1
    elif Trace(path).digest() != digests[0]:
        wrong += 1
check(f"damage: {wrong} wrong, {n_refused} of 300 refused", wrong == 0 and n_refused > 60)
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
