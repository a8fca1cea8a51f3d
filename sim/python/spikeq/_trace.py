"""Traces: recorded runs as lazy arrays and tables."""

from __future__ import annotations

import ctypes as c
import json
import os
import tempfile
import threading
import weakref
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple, Union

import numpy as np

from . import _structs as s
from ._energy import Energy, priced
from ._errors import AGAIN, BusyError, UsageError
from ._graph import Graph
from ._interrupt import Interruptible
from ._library import Context, decode, encode, encode_list, library, pairs, text_of, warn
from ._members import Members
from ._options import Options, text_with
from ._network import Network, Population, population_of
from ._report import Report
from ._spike_array import TraceSpikes
from ._table import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._analysis import Analysis

Texts = Union[None, str, Iterable[str]]


class Diff(Members):
    """Two traces compared. `equal`; `first` {sample, timestep, population, neuron, a, b, text} where
    they part, or None; diff["mismatches"] and the other members of `spikeq diff --json`."""

    def __init__(self, equal: bool, members: Dict[str, Any], text: Callable[[], str]) -> None:
        super().__init__(members)
        self.equal = equal
        self._text = text

    @property
    def first(self) -> Optional[Dict[str, Any]]:
        """The first spike in which they differ, in the order of samples, timesteps, populations."""
        first = self._members.get("first")
        return dict(first) if first is not None else None

    @property
    def populations(self) -> Table:
        """A row a population: mismatches, rate_a, rate_b."""
        rows = [
            {"population": p["name"], "mismatches": p["mismatches"], "rate_a": p["rate"]["a"], "rate_b": p["rate"]["b"]}
            for p in self._members["populations"]
        ]
        return Table.of_rows(rows)

    def __bool__(self) -> bool:
        return not self.equal

    def __str__(self) -> str:
        return self._text().rstrip("\n")

    __repr__ = __str__


class Replay(Members):
    """What a replay gave. `equal`: all that was compared is the trace's; replay["additions"] and the
    other members of `spikeq replay --json`."""

    def __init__(self, equal: bool, members: Dict[str, Any]) -> None:
        super().__init__(members)
        self.equal = equal

    @property
    def populations(self) -> Table:
        """population, role ("injected", "computed", ...), spikes_recorded, spikes, rate_recorded, rate"""
        rows = [{"population" if k == "name" else k: v for k, v in p.items()} for p in self._members["populations"]]
        return Table.of_rows(rows)

    def __repr__(self) -> str:
        change = self._members.get("change") or "no change"
        return f"<spikeq.Replay of {self._members['samples']} samples, {change}: equal {self.equal}>"


class Trace:
    """A recorded run, or a recording of another tool (docs/trace-format.md).

    populations   {name: Population}
    samples       int64 [B], their numbers in the input
    labels, predictions   int64 [B], -1: none
    logits        float32 [B, classes]; [B, 0] where none were recorded
    spikes        lazy arrays by population: trace.spikes["block.0.attn.q_lif"][0]
    meta          {key: text}

    What is read is verified; a damaged file is a FormatError that names the place. `with
    spikeq.Trace(path) as trace:` closes it at the end.
    """

    def __init__(self, path: Any) -> None:
        self.path = decode(encode("path", path)) if path is not None else ""
        if not self.path:
            raise UsageError("path: expected the path of a trace")
        self._lock = threading.Lock()
        self._ctx = Context()
        self._pid = os.getpid()
        self._pointer: Optional[int] = None
        pointer = c.c_void_p()
        lib = library()
        self._ctx.check(lib.trace_open(self._ctx.pointer, encode("path", path), c.byref(pointer)))
        self._pointer = pointer.value
        self._free = weakref.finalize(self, lib.trace_close, self._pointer)
        info = s.sized(s.TraceInfo)
        lib.trace_describe(self._pointer, c.byref(info))
        self.version: int = info.version
        self.timesteps: int = info.timesteps
        self.has_spikes: bool = bool(info.has_spikes)
        self.is_complete: bool = bool(info.is_complete)
        self.populations: Dict[str, Population] = {}
        for i in range(info.n_populations):
            found = s.sized(s.PopulationInfo)
            lib.trace_population(self._pointer, i, c.byref(found))
            self.populations[decode(found.name)] = population_of(found)
        self._read_samples(int(info.n_samples))

    def _read_samples(self, n: int) -> None:
        rows: List[Tuple[int, int, int]] = []
        logits: "List[NDArray[np.float32]]" = []
        sample = s.sized(s.TraceSample)
        lib = library()
        self._ctx.check(lib.trace_seek(self._ctx.pointer, self._pointer, 0))
        while True:
            status = lib.trace_next(self._ctx.pointer, self._pointer, c.byref(sample))
            if status == AGAIN:
                break
            self._ctx.check(status)
            rows.append((sample.number, sample.label, sample.prediction))
            values = np.zeros(sample.n_logits, np.float32)
            if values.nbytes:
                c.memmove(values.ctypes.data, sample.logits, values.nbytes)
            logits.append(values)
        table = np.array(rows, np.int64).reshape(-1, 3)
        self.samples: "NDArray[np.int64]" = table[:, 0].copy()
        self.labels: "NDArray[np.int64]" = table[:, 1].copy()
        self.predictions: "NDArray[np.int64]" = table[:, 2].copy()
        width = max(map(len, logits), default=0)
        self.logits: "NDArray[np.float32]" = np.full((len(rows), width), np.nan, np.float32)
        for i, values in enumerate(logits):
            self.logits[i, : len(values)] = values

    def _read(self, row: int, index: int, population: Population) -> "NDArray[Any]":
        """One sample of a population: bits [T,bytes], or uint16 [T,neurons]."""
        counts = population.levels > 1
        width = population.neurons if counts else (population.neurons + 7) // 8
        out = np.empty((self.timesteps, width), np.uint16 if counts else np.uint8)
        if not self._lock.acquire(blocking=False):
            raise BusyError(f"{self.path}: another thread is reading it; open it once a thread")
        try:
            self._check_open()
            status = library().trace_spikes(
                self._ctx.pointer, self._pointer, int(self.samples[row]), index, s.U16 if counts else s.BITS,
                out.ctypes.data, out.nbytes, None,
            )  # fmt: skip
            self._ctx.check(status)
        finally:
            self._lock.release()
        return out

    def _check_open(self) -> None:
        if self._pointer is None:
            raise UsageError(f"{self.path}: the trace is closed")
        if os.getpid() != self._pid:
            raise UsageError(f"{self.path}: was opened before fork(): open it in this process")

    @property
    def spikes(self) -> TraceSpikes:
        """Lazy arrays by population, bool [B,T,...]."""
        return TraceSpikes(self)

    @property
    def accuracy(self) -> Optional[float]:
        """Share of labelled samples whose prediction is right; None without labels."""
        known = self.labels >= 0
        return float((self.predictions[known] == self.labels[known]).mean()) if known.any() else None

    def _inspect(self) -> Dict[str, Any]:
        text, found = text_with("inspect", encode("path", self.path), json=True)
        warn(found)
        members = json.loads(text)
        assert isinstance(members, dict)
        return members

    @property
    def meta(self) -> Dict[str, Any]:
        """What the trace says of itself: {"model_path": ..., "config": {...}, ...}."""
        return dict(self._inspect()["meta"])

    @property
    def rates(self) -> Table:
        """Columns population, t0, t1, ...: firing rates, spikes per neuron."""
        found = self._inspect()["populations"]
        columns: Dict[str, Any] = {"population": [p["name"] for p in found]}
        for t in range(self.timesteps):
            columns[f"t{t}"] = [p["rate_per_timestep"][t] for p in found]
        return Table(columns)

    @property
    def operations(self) -> Table:
        """As Result.operations, from the trace alone. UnsupportedError: it was recorded without."""
        return self.report().operations()

    def report(self) -> Report:
        """The report of the recorded run: the same figures to the last digit."""
        pointer = c.c_void_p()
        with Context() as ctx:
            ctx.check(library().report_of_trace(ctx.pointer, encode("path", self.path), c.byref(pointer)))
            warn(ctx.take_warnings())
        return Report(pointer.value or 0)

    @property
    def graph(self) -> Graph:
        """The recorded network, node by node."""
        return Graph(source=self.path)

    def digest(self) -> str:
        """SHA-256 of the content, equal for equal content; reads and verifies everything."""
        return text_of("trace_digest", encode("path", self.path))[0]

    def energy(
        self, convention: Optional[str] = None, hardware: Any = None, per: Optional[str] = None, **switches: Any
    ) -> Energy:
        """Energies per sample; arguments as for spikeq.energy()."""
        return priced([self.path], None, convention, hardware, per, switches)

    def analyze(self, *others: Any, **options: Any) -> "Analysis":
        """Where the spikes are: spikeq.analyze(self, ...)."""
        from ._analysis import analyze

        return analyze(self, *others, **options)

    def model(self, model: Any = None) -> Network:
        """The recorded network, loaded again.

        model   its checkpoint; default: the recorded path. UsageError: the file is another one now,
                or the trace names none.
        """
        meta = self.meta
        path = model if model is not None else meta.get("model_path")
        if not path or "config" not in meta:
            raise UsageError(f"{self.path}: names no model; it was recorded elsewhere: use spikeq.load()")
        self._check_model(path, meta.get("model_sha256"))
        fixed = _fixed_of(str(meta.get("arith", "f32")))
        with tempfile.TemporaryDirectory(prefix="spikeq-") as folder:
            config = os.path.join(folder, "config.json")
            with open(config, "w", encoding="utf-8") as file:
                json.dump(meta["config"], file)
            options = {"model": path, "config": config, "set": None, "architecture": None,
                       "weights": meta.get("model_weights")}  # fmt: skip
            network = Network(options, fixed)
            network._graph = self.graph
            return network

    def _check_model(self, path: Any, wanted: Any) -> None:
        import hashlib

        if not wanted:
            return
        try:
            with open(path, "rb") as file:
                digest = hashlib.sha256(file.read()).hexdigest()
        except OSError as error:
            raise UsageError(f"{self.path}: its model {path} cannot be read ({error.strerror}): pass its path") from None
        if digest != wanted:
            raise UsageError(f"{self.path}: {path} is not the model that was recorded")

    def replay(
        self,
        model: Any = None,
        from_: Texts = None,
        *,
        verify: bool = False,
        samples: Any = None,
        drop: Optional[float] = None,
        seed: Optional[int] = None,
        shift: Optional[int] = None,
        silence: Texts = None,
        config: Any = None,
        weights: Optional[str] = None,
        architecture: Any = None,
        input: Any = None,
        frames: Optional[str] = None,
        bin: Optional[int] = None,
        crop: Optional[str] = None,
        pad: Optional[str] = None,
        view: Optional[str] = None,
        camera: Optional[str] = None,
        size: Optional[str] = None,
        tolerate: bool = False,
        record: Any = None,
        trace_populations: Texts = None,
        trace_detail: Optional[str] = None,
        trace_codec: Optional[str] = None,
        force: bool = False,
        threads: Optional[int] = None,
        batch: Optional[int] = None,
        schedule: Optional[str] = None,
        isa: Optional[str] = None,
        progress: Optional[Callable[[int, int], object]] = None,
        **overrides: Any,
    ) -> Replay:
        """Inject recorded spikes and compute what follows.

        model              checkpoint of the recorded network: recorded packets are injected, and what follows
                           is computed
        from_              begin at a population, at block.N (the residual stream that enters it) or at input
        verify             compare every recorded population spike for spike: exit status 0 if all are equal,
                           else 1 and the first difference
        samples            only these: 7, 10:20 (20 is out), 10: or :20 (default: all)
        drop               what if each injected spike were lost with this probability; needs seed (default: 0)
        seed               which spikes drop loses
        shift              what if injected spikes came N timesteps later (default: 0)
        silence            what if these never fired: a population, GLOB[head=2], GLOB[channel=0:16]
        config             published size (spikeq configs lists them) or a JSON file (default: as recorded)
        weights            which network, of a file that holds several (EMA, teacher) (default: as recorded)
        architecture       what the network is made of: a name of configs/architectures/ or a file (default: the
                           configuration's, or the one that the weights fit)
        input              the recorded input, for from input; recordings of an event camera are binned as they
                           were then, but for what the options for recordings say
        frames             the input is recordings of an event camera, binned by this rule: number:T, time:T,
                           duration:US[:new|:old], timesteps, tonic-... (spikeq events --help)
        bin                K x K pixels of the sensor make one; their counts add up (default: 1)
        crop               frames that are larger than the network's
        pad                frames that are smaller than the network's
        view               orientation and polarity of recordings (docs/events.md) (default: the format's own)
        camera             of AEDAT 2.0 recordings that do not name it: DVS128, DAVIS346, DVS640, ...
                           (docs/events.md)
        size               of the sensor, where a recording does not give it
        tolerate           use the events before damage, which is counted
        record             record the replay as a new trace that names its parent
        trace_populations  record only these populations (default: all)
        trace_detail       what a trace holds; counts: firing rates and prices only (default: spikes)
        trace_codec        compression of the trace (default: none)
        force              replace files that exist, once the new ones are whole
        threads            compute threads; same results (default: one per core)
        batch              samples in the network at a time; same results (default: eight a thread, within 48 MiB)
        schedule           order in which ready nodes fire; same results (default: layer)
        isa                instruction set; same results (default: auto)
        progress           called as progress(samples done, samples in all) on this thread
        overrides          single keys of the configuration: attn_scale=0.25

        Without `model` the recorded path is taken; without `seed` drop loses the spikes of seed 0.
        """
        path = model if model is not None else self.meta.get("model_path")
        if drop is not None and seed is None:
            seed = 0
        guard = Interruptible(progress)
        with Context() as ctx, Options(
            ctx, "replay", model=path, config=config, set=pairs("override", overrides) or None, weights=weights,
            architecture=architecture, from_=from_, input=input, frames=frames, bin=bin, crop=crop, pad=pad, view=view,
            camera=camera, size=size, tolerate=tolerate, samples=samples, verify=verify, drop=drop, seed=seed,
            shift=shift, silence=silence, trace=record, trace_populations=trace_populations, trace_detail=trace_detail,
            trace_codec=trace_codec, force=force, batch=batch, threads=threads, schedule=schedule, isa=isa, json=True,
        ) as options:  # fmt: skip
            options.watch(guard)
            text, equal = c.c_void_p(), c.c_int()
            with guard:
                status = library().replay(
                    ctx.pointer, encode("path", self.path), options.pointer, c.byref(text), c.byref(equal)
                )
            members = ctx.text(text) if text.value else ""
            guard.check(status)
            ctx.check(status)
            warn(ctx.take_warnings())
        return Replay(bool(equal.value), json.loads(members))

    def diff(
        self, other: Any, *, populations: Texts = None, samples: Any = None, logits_tolerance: Optional[float] = None
    ) -> Diff:
        """Compare spike by spike with another trace (a Trace or a path).

        populations       only these; comma-separated shell patterns of names (default: all)
        samples           only these: 7, 10:20 (20 is out), 10: or :20 (default: all)
        logits_tolerance  logits that are at most X apart are equal (default: 0, bit for bit)
        """
        path = encode("other", other.path if isinstance(other, Trace) else other)

        def compared(as_json: bool) -> Tuple[bool, str]:
            equal = c.c_int()
            with Context() as ctx, Options(
                ctx, "diff", populations=populations, samples=samples, json=as_json, logits_tolerance=logits_tolerance
            ) as options:
                text = c.c_void_p()
                ctx.check(
                    library().diff(
                        ctx.pointer, encode("path", self.path), path, options.pointer, c.byref(equal), c.byref(text)
                    )
                )
                if as_json:
                    warn(ctx.take_warnings())
                return bool(equal.value), ctx.text(text)

        if path is None:
            raise UsageError("other: expected a trace or its path")
        equal, text = compared(True)
        return Diff(equal, json.loads(text), lambda: compared(False)[1])

    def sql(self, query: str, parameters: Sequence[Any] = ()) -> Table:
        """A query on the file's tables and views (docs/trace-format.md), read-only:
        trace.sql("SELECT population, rate FROM firing_rate")."""
        import sqlite3
        import urllib.request

        self._check_open()
        uri = "file:" + urllib.request.pathname2url(os.path.abspath(self.path)) + "?mode=ro"
        try:
            db = sqlite3.connect(uri, uri=True)
            try:
                cursor = db.execute(query, parameters)
                names = [column[0] for column in cursor.description or ()]
                rows = cursor.fetchall()
            finally:
                db.close()
        except (sqlite3.Error, sqlite3.Warning, TypeError, ValueError, UnicodeError) as error:
            raise UsageError(f"{self.path}: {error}") from None
        return Table({name: [row[i] for row in rows] for i, name in enumerate(names)})

    def export(self, to: str, out: Any, *, populations: Texts = None, samples: Any = None, force: bool = False) -> None:
        """Write it in another format (docs/export.md).

        to              npz: one array [T,B,...] a population (NumPy); csv: lines
                        sample,timestep,population,index; hdf5: spikes in the SONATA layout; aer: binary address
                        events; prosperity: what enters each layer of one sample (npz)
        out             where to (default: standard output, of csv and aer)
        populations     only these; comma-separated shell patterns of names (default: all)
        samples         only these: 7, 10:20 (20 is out), 10: or :20 (default: all)
        force           replace files that exist, once the new ones are whole
        """
        with Context() as ctx, Options(
            ctx, "export", to=to, out=out, populations=populations, samples=samples, force=force
        ) as options:
            ctx.check(library().export(ctx.pointer, encode("path", self.path), options.pointer))
            warn(ctx.take_warnings())

    def close(self) -> None:
        """Close the file; spikes can no longer be read."""
        if not self._lock.acquire(blocking=False):
            raise BusyError(f"{self.path}: another thread is reading it")
        try:
            self._pointer = None
            self._free()
        finally:
            self._lock.release()

    def __enter__(self) -> "Trace":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "" if self.is_complete else ", incomplete"
        return (
            f"<spikeq.Trace {self.path}: {len(self.samples)} samples, {self.timesteps} timesteps, "
            f"{len(self.populations)} populations{state}>"
        )

    def __reduce__(self) -> Any:
        raise UsageError("a trace cannot be pickled: pass its path")


def merge(shards: Iterable[Any], out: Any, *, force: bool = False) -> None:
    """Make one trace (or report), as one run of all samples would have made it, of the traces (or reports) of
    all shards of a run, in any order (docs/cluster.md). ValueRangeError: one is missing or given twice; ShapeError: one
    is of another run.

    out     the trace, or the report, to be made
    force   replace files that exist, once the new ones are whole
    """
    paths, n_shards = encode_list("shards", [getattr(shard, "path", shard) for shard in shards])
    with Context() as ctx, Options(ctx, "merge", out=out, force=force) as options:
        ctx.check(library().merge(ctx.pointer, paths, n_shards, options.pointer, None))
        warn(ctx.take_warnings())


def _fixed_of(arith: str) -> Optional[Dict[str, Any]]:
    """Settings of a recorded arithmetic: "fixed weights=8 scale=channel ..."."""
    words = arith.split()
    if words[:1] != ["fixed"]:
        return None
    names = {"weights": "weight_bits", "membrane": "membrane_bits", "pixels": "pixel_bits", "max": "pixel_max",
             "scale": "scale", "rounding": "rounding"}  # fmt: skip
    settings: Dict[str, Any] = {}
    for word in words[1:]:
        key, _, value = word.partition("=")
        if key in names:
            name = names[key]
            settings[name] = int(value) if name.endswith("_bits") else float(value) if name == "pixel_max" else value
    return settings
