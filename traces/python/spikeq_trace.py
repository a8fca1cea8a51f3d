#!/usr/bin/env python3
"""Read spikeq traces (docs/trace-format.md): Trace("a.db").spikes("block.0.attn.q_lif")

Versions 1 and 2 are read; nodes and operations are those of version 2. The standard library and NumPy
are all it needs. Every checksum, count and digest is verified; a damaged file raises one of ERRORS."""
import hashlib, json, sqlite3, sys, zlib
from collections import namedtuple
from itertools import product
from pathlib import Path
import numpy as np

COUNT, BITS, GAPS, VALUES8, VALUES16, MISSING = 0, 1, 2, 3, 4, 255
FREE_KEYS = ("command", "complete", "description", "input_path", "input_recordings",
             "model_path", "parent_path", "shard_from", "warnings")
Population = namedtuple("Population", "id name kind shape axes n_rows n_channels neurons threshold")
Node = namedtuple("Node", "number id op inputs parameters edge max_value roles channels height "
                  "width population")
Operation = namedtuple("Operation", "number name kind node fan_out dense adder_bits factor_bits "
                       "weights weight_zeros")
TALLY = ("spikes units events additions unit_additions live_additions macs windows both coincidences_qk "
         "coincidences_kv events2_qk events2_kv unary2 currents not_binary_qk not_binary_kv").split()
ERRORS = (sqlite3.Error, zlib.error, ArithmeticError, LookupError, TypeError, ValueError)


def int64(*numbers):
    return np.array(numbers, "<i8").tobytes()


def encode(values, is_input):
    """The encoding and the bytes that the writer chooses for the values of all elements."""
    elements = np.flatnonzero(values)
    gap = np.diff(elements, prepend=-1) - 1
    end = np.cumsum(gap // 255 + 1)  # behind the step that names the element
    gaps = np.full(end[-1] if len(end) else 0, 255, np.uint8)
    gaps[end - 1] = gap % 255
    if is_input:
        wide = values.max(initial=0) > 255
        numbers = values[elements].astype("<u2" if wide else "u1")
        return (VALUES16 if wide else VALUES8), gaps.tobytes() + numbers.tobytes()
    bits = np.packbits(values != 0, bitorder="little")
    return (GAPS, gaps.tobytes()) if len(gaps) < len(bits) else (BITS, bits.tobytes())


class Trace:
    """version, meta {key: text}, populations {name: Population}, timesteps, complete, samples [B],
    labels and predictions int64 [B] (-1: none), logits float32 [B,classes]"""

    def __init__(self, path):
        self.path = path
        self.db = sqlite3.connect(Path(path).absolute().as_uri() + "?mode=ro", uri=True)
        number = lambda name: self.db.execute(f"PRAGMA {name}").fetchone()[0]
        self._need(number("application_id") == 0x53504B51, "is not a spikeq trace")
        self.version = number("user_version")
        self._need(self.version in (1, 2), "is a trace of another version than 1 and 2")
        sql = dict(self.db.execute("SELECT name, type || ' ' || sql FROM sqlite_schema"))
        self._need(all(sql.get(name, "").startswith(f"table CREATE TABLE {name} (")
                       for name in ("meta population synapse sample frame" +
                                    " node operation" * (self.version > 1)).split()), "is not a trace")
        self.meta = dict(self.db.execute("SELECT key, value FROM meta ORDER BY key"))
        rows = self.db.execute("SELECT * FROM population ORDER BY id").fetchall()
        self.populations = {r[1]: Population(*r[:3], json.loads(r[3]), *r[4:]) for r in rows}
        text = [f"meta {k} = {v}\n" for k, v in self.meta.items() if k not in FREE_KEYS]
        text += ["population %d = %s %s %s %s %d %d %.17g\n" % (*r[:7], r[8] or 0) for r in rows]
        text += ["synapse %d = %s %s %s %s %d %d %d %d\n" % r
                 for r in self.db.execute("SELECT * FROM synapse ORDER BY id")]
        if self.version > 1:
            self._nodes = self.db.execute("SELECT * FROM node ORDER BY number").fetchall()
            self._operations = self.db.execute("SELECT * FROM operation ORDER BY number").fetchall()
            text += ["node %d = %s %s %s %s %s %d %s %d %d %d %d\n" % (
                *r[:6], r[6] or 0, r[7], *(x or 0 for x in r[8:11]), -1 if r[11] is None else r[11])
                for r in self._nodes]
            text += ["operation %d = %s %s %s %d %d %d %d %d %d\n" % (
                *r[:3], r[3] or "", *(x or 0 for x in r[4:9]), -1 if r[9] is None else r[9])
                for r in self._operations]
        self._need(hashlib.sha256("".join(text).encode()).hexdigest() == self.meta["description"],
                   "its description was damaged or edited")
        self.timesteps, self.complete = int(self.meta["timesteps"]), self.meta["complete"] == "1"
        rows = sorted(self.db.execute(
            "SELECT id, ifnull(label, -1), ifnull(prediction, -1), ifnull(logits, x''), "
            "ifnull(operations, x''), checksum FROM sample"))
        for row in rows:
            self._need(zlib.crc32(int64(*row[:3]) + row[3] + row[4]) == row[5],
                       f"sample {row[0]}: its checksum is wrong")
        self.samples = [row[0] for row in rows]
        self.labels, self.predictions = np.array([row[1:3] for row in rows], int).reshape(-1, 2).T
        self.logits = np.array([np.frombuffer(row[3], "<f4") for row in rows], np.float32)

    def _need(self, holds, what):
        if not holds:
            raise ValueError(f"{self.path}: {what}")

    def nodes(self):
        """{id: Node} in the order of execution: inputs is a list of ids, parameters a dict, roles a
        text; what does not apply or is not known is None. Of version 1: the ids alone, from meta
        `nodes`; all else is None."""
        if self.version > 1:
            return {r[1]: Node(*r[:3], json.loads(r[3]), json.loads(r[4]), *r[5:])
                    for r in self._nodes}
        ids = json.loads(self.meta.get("nodes", "[]"))
        return {id: Node(i, id, *[None] * 10) for i, id in enumerate(ids)}

    def operations(self):
        """{name: Operation} in the order of registration; node is an id, None where no node counts
        for the operation. Of version 1: the synapses, with the widths of meta `adders`; kinds are
        those of the table synapse."""
        if self.version > 1:
            return {r[1]: Operation(*r) for r in self._operations}
        widths = json.loads(self.meta.get("adders", "{}"))
        return {name: Operation(i, name, kind, target, None, dense, *(widths.get(target, []) + [None] * 2)[:2],
                                n_in * n_out, zeros)
                for i, name, kind, _, target, n_in, n_out, dense, zeros in
                self.db.execute("SELECT * FROM synapse ORDER BY id")}

    def tallies(self, sample):
        """{id: int64 [T,17]}, columns TALLY: what each node counted in a sample; nodes that counted
        nothing may be missing. None: not recorded."""
        row = self.db.execute("SELECT operations FROM sample WHERE id = ?", (sample,)).fetchone()
        if not row or not row[0]:
            return None
        data, ids, found, number = iter(row[0]), list(self.nodes()), {}, -1

        def varint():
            value = 0
            for i, byte in enumerate(data):
                value |= (byte & 127) << 7 * i
                if byte < 128:
                    return value
            raise ValueError(f"{self.path}: sample {sample}: its operations end too early")

        def tally():
            mask, values = varint(), [0] * len(TALLY)
            for i in range(len(TALLY)):
                expected = values[0] if i == 1 else values[3] if i in (4, 5) else 0
                values[i] = varint() if mask >> i & 1 else expected
            return values

        self._need(next(data) == self.version, "has operations of another version")
        next(data), varint(), bytes(next(data) for _ in range(12))
        while (step := varint() if self.version > 1 else int(number + 1 < len(ids))) > 0:
            number += step
            found[ids[number]] = np.array([tally() for _ in range(self.timesteps)], np.int64)
        self._need(next(data, None) is None, f"sample {sample}: its operations do not end where they should")
        return found

    def _frame(self, sample, p, t):
        """(encoding, number of nonzeros, values at index row * n_channels + channel)"""
        values = np.zeros(p.neurons, int)
        id = (sample * len(self.populations) + p.id) * self.timesteps + t
        row = self.db.execute("SELECT sample, population, timestep, spikes, encoding, codec, "
                              "checksum, data FROM frame WHERE id = ?", (id,)).fetchone()
        if row is None and p.kind == "input":
            return MISSING, 0, values
        place = f"sample {sample}, timestep {t}, {p.name}: the frame "
        self._need(row and row[:3] == (sample, p.id, t), place + "is missing")
        spikes, encoding, codec, checksum, data = row[3:]
        self._need(zlib.crc32(int64(id, spikes) + bytes((encoding, codec)) + (data or b"")) == checksum
                   and 0 <= spikes <= p.neurons, place + "has a wrong checksum")
        if encoding == COUNT and data is None:
            return COUNT, spikes, values
        known = (VALUES8, VALUES16) if p.kind == "input" else (BITS, GAPS)
        self._need(data is not None and encoding in known, place + "has no such encoding")
        self._need(codec in (0, 1), place + f"has codec {codec}; 2 is zstd: use spikeq for it")
        data = zlib.decompressobj().decompress(data, 4 * p.neurons) if codec else data
        width = max(encoding - GAPS, 0)  # bytes of a value
        n_gaps = len(data) - spikes * width
        steps = np.frombuffer(data[:n_gaps], np.uint8)
        elements = (np.flatnonzero(np.unpackbits(steps, bitorder="little")) if encoding == BITS else
                    (np.cumsum(np.minimum(steps.astype(int) + 1, 255)) - 1)[steps < 255])
        self._need(n_gaps >= 0 and len(elements) == spikes and (elements < p.neurons).all() and (
            encoding != BITS or n_gaps == (p.neurons + 7) // 8), place + "is not what it says")
        values[elements] = np.frombuffer(data[n_gaps:], f"<u{width}") if width else 1
        return encoding, spikes, values

    def spikes(self, name, samples=None):
        """uint8 [T,B,...] (kind input: uint16), in the shape that the PyTorch module returns."""
        p, samples = self.populations[name], self.samples if samples is None else list(samples)
        shape = self.timesteps, len(samples)
        array = np.zeros((*shape, p.neurons), "u2" if p.kind == "input" else "u1")
        for t, b in np.ndindex(shape):
            encoding, _, array[t, b] = self._frame(samples[b], p, t)
            self._need(encoding != COUNT, "holds counts only, no spikes")
        array = array.reshape(*shape, p.n_rows, p.n_channels)
        array = array.swapaxes(2, 3) if p.axes == "channels_first" else array
        return array.reshape(*shape, *p.shape)

    def counts(self, name):
        """int64 [T,B]: nonzero elements"""
        return np.array([[self._frame(sample, self.populations[name], t)[1]
                          for sample in self.samples] for t in range(self.timesteps)], np.int64)

    def digest(self):
        """The digest that `spikeq inspect --digest` prints; reads and verifies everything."""
        populations, n_frames = self.populations.values(), 0
        hash = hashlib.sha256(f"spikeq trace 1\ntimesteps {self.timesteps}\n".encode())
        for p in populations:
            hash.update(f"population {p.name} {str(p.shape).replace(' ', '')} {p.axes}\n".encode())
        for sample, label, logits in zip(self.samples, self.labels, self.logits):
            hash.update(int64(sample, label, len(logits)) + logits.tobytes())
            for p, t in product(populations, range(self.timesteps)):
                encoding, spikes, values = self._frame(sample, p, t)
                if encoding == MISSING:
                    hash.update(b"\xff")
                    continue
                encoding, data = encode(values, p.kind == "input") if encoding else (COUNT, b"")
                hash.update(bytes([encoding]) + int64(spikes, len(data)) + data)
                n_frames += 1
        total, = self.db.execute("SELECT count(*) FROM frame").fetchone()
        self._need(total == n_frames, "has lost samples")
        return hash.hexdigest()


if __name__ == "__main__":
    try:
        trace = Trace(sys.argv[1])
        print(f"{len(trace.samples)} samples, {trace.timesteps} timesteps, digest {trace.digest()}")
        for name, p in trace.populations.items():
            print(f"{name:26} {p.kind:8} {str(p.shape):18} {trace.counts(name).sum():12}")
    except ERRORS as error:
        sys.exit(f"spikeq_trace.py: {error}")
