"""Results of runs: logits, predictions, firing rates, spikes, operations, energy."""

from __future__ import annotations

import ctypes as c
import fnmatch
import math
import os
import stat
import tempfile
import threading
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Tuple, Union

import numpy as np

from . import _structs as s
from ._arrays import unpacked
from ._energy import Energy, priced
from ._errors import BusyError, Error, SpikeqWarning, UsageError, no_such
from ._interrupt import Interruptible
from ._library import Context, library, warn
from ._options import Options
from ._report import Report
from ._session import Prepared, Session
from ._table import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._network import Network

# Of a run's queue: memory of the samples under way, and their number.
_QUEUE_BYTES, _LONGEST_QUEUE = 16 << 20, 256

Keep = Union[None, str, Iterable[str]]
Progress = Optional[Callable[[int, int], object]]


class Spikes(Mapping[str, "NDArray[Any]"]):
    """Spikes by population: result.spikes["block.0.attn.q_lif"] is bool [B,T,...], the axes behind as
    the PyTorch module returns them (of multispike neurons uint8, how many).

    Kept populations are held in bits, an eighth of these arrays, and unpacked at each access. Others
    are found by running the samples again; logits and spikes of both runs are compared, so that an
    input that was changed meanwhile is an error, never a wrong array.
    """

    def __init__(self, network: "Network", again: "Optional[Callable[[str], NDArray[Any]]]") -> None:
        self._network = network
        self._again = again
        self.kept: "Dict[str, NDArray[np.uint8]]" = {}  # [B,T,bytes], of multispike [B,T,neurons]

    def __getitem__(self, name: str) -> "NDArray[Any]":
        known = self._network.populations.get(name) if isinstance(name, str) else None
        if known is None:
            raise no_such(self._network.architecture, name, list(self._network.populations))
        if name not in self.kept:
            if self._again is None:
                raise UsageError(f"the spikes of {name} were not kept: pass keep={name!r}")
            self.kept[name] = self._again(name)
        raw = self.kept[name]
        if known.levels > 1:
            return raw.reshape(*raw.shape[:2], *known.shape).copy()
        return unpacked(raw, known.shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self._network.populations)

    def __len__(self) -> int:
        return len(self._network.populations)

    def __repr__(self) -> str:
        return f"<Spikes of {len(self)} populations, {len(self.kept)} kept>"


class Batch:
    """What the samples of a batch gave.

    logits       float32 [B, classes]
    predictions  int64 [B], class of the largest logit, the first of equal ones
    labels       int64 [B], -1: none; or None
    accuracy     share of labelled samples whose prediction is right; None without labels
    rates        Table, a row a population, a column a timestep: spikes per neuron, 0..1
    spikes       arrays by population, see Spikes
    """

    def __init__(self, network: "Network", n: int, labels: "Optional[NDArray[np.int64]]", spikes: Spikes) -> None:
        self.network = network
        self.logits: "NDArray[np.float32]" = np.zeros((n, network.classes), np.float32)
        self.predictions: "NDArray[np.int64]" = np.zeros(n, np.int64)
        self.labels = labels
        self.spikes = spikes
        self.warnings: List[SpikeqWarning] = []
        self._all_spikes: "NDArray[np.uint64]" = np.zeros(n, np.uint64)
        self._sums: "NDArray[np.uint64]" = np.zeros((2, len(network.populations), network.timesteps), np.uint64)
        self._sample = np.zeros_like(self._sums)
        # Where a result goes: logits, counts of a sample, and bytes of a row of the former, half the latter.
        self._places = (self.logits.ctypes.data, self._sample.ctypes.data, self.logits.strides[0], self._sample[0].nbytes)
        self._n = 0

    def __len__(self) -> int:
        return len(self.predictions)

    def _take(self, session: Session, kept: List[str]) -> None:
        """The session's last result, as the next sample."""
        o, i = session.output, self._n
        self._n = i + 1
        logits, sample, row, half = self._places
        c.memmove(logits + i * row, o.logits, row)
        c.memmove(sample, o.spikes, half)
        c.memmove(sample + half, o.additions, half)
        self._sums += self._sample
        self.predictions[i] = o.prediction
        self._all_spikes[i] = o.all_spikes
        for name in kept:
            raw = session.raw_spikes(name)
            if name not in self.spikes.kept:
                self.spikes.kept[name] = np.zeros((len(self), o.timesteps, raw.size // o.timesteps), np.uint8)
            self.spikes.kept[name][i] = raw.reshape(o.timesteps, -1)

    @property
    def accuracy(self) -> Optional[float]:
        """Share of labelled samples whose prediction is right, 0..1; None without labels."""
        if self.labels is None or not (self.labels >= 0).any():
            return None
        known = self.labels >= 0
        return float((self.predictions[known] == self.labels[known]).mean())

    @property
    def rates(self) -> Table:
        """Columns population, t0, t1, ...: firing rate at each timestep, spikes per neuron."""
        sizes = np.array([p.neurons for p in self.network.populations.values()], np.float64)
        rates = self._sums[0] / (sizes[:, None] * max(len(self), 1))
        columns: Dict[str, Any] = {"population": list(self.network.populations)}
        columns.update({f"t{t}": rates[:, t] for t in range(self.network.timesteps)})
        return Table(columns)

    @property
    def additions(self) -> Table:
        """Columns population, t0, t1, ...: synaptic operations in front of each population."""
        columns: Dict[str, Any] = {"population": list(self.network.populations)}
        columns.update({f"t{t}": self._sums[1][:, t] for t in range(self.network.timesteps)})
        return Table(columns)

    def __repr__(self) -> str:
        accuracy = self.accuracy
        shown = "" if accuracy is None else f", accuracy {accuracy:.4f}"
        return f"<spikeq.{type(self).__name__} of {len(self)} samples{shown}>"


class Result(Batch):
    """What a run gave: a Batch, and

    populations   Table: population, neurons, spikes, rate
    operations    Table: events, additions and MACs of every synapse and product of attention
    energy()      energies by the conventions of the field
    warnings      what makes a figure doubtful; also raised as Python warnings
    seconds       of the run by the clock
    trace         path of the trace, where one was recorded
    """

    report: Report
    trace: Any = None

    @property
    def rates(self) -> Table:
        """Columns population, t0, t1, ...: firing rate at each timestep, spikes per neuron."""
        return self.report.rates()

    @property
    def populations(self) -> Table:
        """Columns population, neurons, spikes (of all samples and timesteps), rate."""
        return self.report.populations()

    @property
    def operations(self) -> Table:
        """Columns name, kind, source, target, events, additions, sops, dense_additions, macs, of all
        samples and timesteps: a row a synapse, then a row a product of attention."""
        return self.report.operations()

    @property
    def seconds(self) -> float:
        """Of the run by the clock."""
        return float(self.report.summary.seconds)

    def energy(
        self, convention: Optional[str] = None, hardware: Any = None, per: Optional[str] = None, **switches: Any
    ) -> Energy:
        """Energies per sample; arguments as for spikeq.energy()."""
        return priced([], self.report.json(), convention, hardware, per, switches)

    def save_report(self, path: Any) -> None:
        """Write the report as `spikeq run --report` does."""
        with open(path, "x", encoding="utf-8") as file:
            file.write(self.report.json())

    def __repr__(self) -> str:
        accuracy = self.accuracy
        shown = "" if accuracy is None else f", accuracy {accuracy:.4f}"
        summary = self.report.summary
        return (
            f"<spikeq.Result of {len(self)} samples in {summary.seconds:.2f} s: {summary.samples_per_second:.1f} "
            f"samples/s{shown}>"
        )


def kept_names(network: "Network", keep: Keep) -> List[str]:
    """Populations that the patterns choose. PopulationError: a pattern chooses none."""
    if keep is None:
        return []
    patterns = keep.split(",") if isinstance(keep, str) else [str(pattern) for pattern in keep]
    names = list(network.populations)
    found = {name for pattern in patterns for name in names if fnmatch.fnmatchcase(name, pattern)}
    for pattern in patterns:
        if not any(fnmatch.fnmatchcase(name, pattern) for name in names):
            raise no_such(network.architecture, pattern, names)
    return [name for name in names if name in found]


def queue_of(network: "Network", kept: List[str], options: Mapping[str, Any]) -> Optional[int]:
    """Samples under way at most in a run of arrays: so many that results are looked for rarely and threads never wait, within
    16 MiB. None: what the engine chooses, where that may be more, or the caller decides what it depends on."""
    if any(options.get(name) is not None for name in ("queue", "batch", "couple_batch")):
        return None
    bits = sum(p.neurons if p.levels > 1 else (p.neurons + 7) // 8 for p in (network.populations[name] for name in kept))
    queue = min(_QUEUE_BYTES // (4 * math.prod(network.input_shape) + network.timesteps * bits), _LONGEST_QUEUE)
    threads = options.get("threads")
    least = 16 * (threads if isinstance(threads, int) else os.cpu_count() or 1)  # twice the default batch
    return queue if queue > max(16, least) else None


def _fill(session: Session, prepared: Prepared, batch: Batch, kept: List[str], progress: Progress) -> None:
    first = 0
    while batch._n < prepared.n:
        if first < prepared.n:
            first += session.push_prepared(prepared, first)
            if first == prepared.n:
                session.finish()
        is_patient = True
        while batch._n < prepared.n and session.wait(is_patient):
            is_patient = first == prepared.n
            batch._take(session, kept)
            if progress is not None:
                progress(batch._n, prepared.n)


def run_arrays(
    network: "Network", x: Any, labels: Any, keep: Keep, progress: Progress, options: Dict[str, Any]
) -> Result:
    """network.run() of arrays."""
    prepared = Prepared([x], labels, False)
    names = kept_names(network, keep)

    def again(name: str) -> "NDArray[Any]":
        chosen = {key: value for key, value in options.items() if not key.startswith(("trace", "force"))}
        second, _ = collect([name], None, chosen)
        same = np.array_equal(second.logits.view(np.uint32), result.logits.view(np.uint32))
        if not same or not np.array_equal(second._all_spikes, result._all_spikes):
            raise UsageError(f"{name}: the input was changed since the run; run it again, with keep={name!r}")
        return second.spikes.kept[name]

    def collect(kept: List[str], to: Progress, chosen: Dict[str, Any]) -> Tuple[Result, Session]:
        found = Result(network, prepared.n, prepared.labels, Spikes(network, again))
        chosen = {"queue": queue_of(network, kept, chosen), **chosen}
        with Session(network, keep=kept or None, **chosen) as session:
            _fill(session, prepared, found, kept, to)
            found.report = session.close()
        return found, session

    result, session = collect(names, progress, options)
    result.warnings = network.warnings + session.warnings
    result.trace = options.get("trace")
    return result


class Stream(Iterator[Batch]):
    """Iterator over the results of batches; see Network.stream()."""

    def __init__(self, network: "Network", batches: Iterable[Any], keep: Keep, options: Dict[str, Any]) -> None:
        self._network = network
        self._kept = kept_names(network, keep)
        self._session = Session(network, keep=self._kept or None, **options)
        self._steps = self._run(iter(batches))
        self._lock = threading.Lock()
        self._report: Optional[Report] = None

    def _begin(self, item: Any) -> "Tuple[Prepared, Batch]":
        is_pair = isinstance(item, (tuple, list)) and len(item) == 2
        x, labels = item if is_pair else (item, None)
        prepared = Prepared([x], labels, False)
        return prepared, Batch(self._network, prepared.n, prepared.labels, Spikes(self._network, None))

    def _run(self, batches: Iterator[Any]) -> Iterator[Batch]:
        """Batches under way: the one whose results are fetched, and the next; of a network that couples
        samples as many as it takes."""
        session = self._session
        waiting: "List[Tuple[Prepared, Batch]]" = []
        is_last = False
        with session:
            while waiting or not is_last:
                item = None if is_last else next(batches, self)
                if item is self:
                    is_last = True
                    session.finish()
                elif not is_last:
                    waiting.append(self._begin(item))
                    self._push(waiting)
                while len(waiting) > (not is_last) and self._is_whole(waiting[0][1]):
                    yield waiting.pop(0)[1]
                if is_last and waiting:
                    raise Error("the session has ended before its last sample")
            self._report = session.close()

    def _push(self, waiting: "List[Tuple[Prepared, Batch]]") -> None:
        """Push the last batch whole; where there is no room, results of the oldest make some."""
        prepared, first = waiting[-1][0], 0
        while first < prepared.n:
            first += self._session.push_prepared(prepared, first)
            is_patient = first < prepared.n
            for _, batch in waiting:
                while batch._n < len(batch) and self._session.wait(is_patient):
                    batch._take(self._session, self._kept)
                    is_patient = False
                if batch._n < len(batch):
                    break

    def _is_whole(self, batch: Batch) -> bool:
        """Fetch its results; False: they wait for samples of later batches."""
        while batch._n < len(batch) and self._session.wait(True):
            batch._take(self._session, self._kept)
        return batch._n == len(batch)

    def __iter__(self) -> "Stream":
        return self

    def __next__(self) -> Batch:
        if not self._lock.acquire(blocking=False):
            raise BusyError("another thread is waiting for a batch of this stream")
        try:
            return next(self._steps)
        finally:
            self._lock.release()

    def report(self) -> Report:
        """Of all batches, after the last one: rates(), operations(), json()."""
        if self._report is None:
            raise UsageError("the report of a stream is there after its last batch")
        return self._report

    def energy(
        self, convention: Optional[str] = None, hardware: Any = None, per: Optional[str] = None, **switches: Any
    ) -> Energy:
        """Energies per sample of all batches, after the last one."""
        return priced([], self.report().json(), convention, hardware, per, switches)

    def close(self) -> None:
        """Abandon what is under way."""
        if self._session.is_open:
            self._session.abandon()


def run_path(
    network: "Network", path: Any, labels: Any, keep: Keep, progress: Progress, options: Dict[str, Any]
) -> Result:
    """network.run() of a file or a folder: spikeq_run(), whose trace gives logits and spikes."""
    from ._trace import Trace

    names = kept_names(network, keep)
    if str(path) == "-" or str(path).startswith(("tcp://", "tcp-listen://")) or _is_fifo(path):
        raise UsageError(f"{path}: streams are for `spikeq run`; here push frames: with net.session() as session")
    with tempfile.TemporaryDirectory(prefix="spikeq-") as folder:
        is_own = options.get("trace") is None
        chosen = dict(options)
        if is_own:
            _refuse_trace_options(options)
            chosen["trace"] = os.path.join(folder, "run.db")
            chosen["trace_populations"] = ",".join(names) or None
            chosen["trace_detail"] = "spikes" if names else "counts"
        report, found = _run_file(network, path, labels, progress, chosen)
        with Trace(chosen["trace"]) as trace:
            n = len(trace.samples)
            result = Result(network, n, trace.labels if (trace.labels >= 0).any() else None, Spikes(network, None))
            if trace.logits.size:
                result.logits[:] = trace.logits
            result.predictions[:] = trace.predictions
            for name in names:
                result.spikes.kept[name] = trace.spikes[name].packed()

    def again(name: str) -> "NDArray[Any]":
        second = run_path(network, path, labels, [name], None, {**options, "trace": None, **_no_trace(options)})
        if not np.array_equal(second.logits.view(np.uint32), result.logits.view(np.uint32)):
            raise UsageError(f"{path} was changed since the run; run it again, with keep={name!r}")
        return second.spikes.kept[name]

    result.spikes._again = again
    result.report = report
    result.warnings = report.warnings
    result.trace = options.get("trace")
    warn(found)
    return result


def _is_fifo(path: Any) -> bool:
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)


def _no_trace(options: Dict[str, Any]) -> Dict[str, Any]:
    return {name: None for name in options if name.startswith("trace_") or name == "force"}


def _refuse_trace_options(options: Dict[str, Any]) -> None:
    for name, value in options.items():
        if value is not None and value is not False and (name.startswith("trace_") or name == "force"):
            raise UsageError(f"{name}: changes nothing without trace")


def _run_file(
    network: "Network", path: Any, labels: Any, progress: Progress, options: Dict[str, Any]
) -> "Tuple[Report, List[SpikeqWarning]]":
    guard = Interruptible(progress)
    report = c.c_void_p()
    with Context() as ctx, Options(ctx, "run", input=path, labels=labels, **options) as chosen:
        chosen.watch(guard)
        with guard:
            status = library().run(ctx.pointer, network.pointer, chosen.pointer, c.byref(report))
        found = Report(report.value, network) if report.value else None
        guard.check(status)
        ctx.check(status)
        if found is None:
            raise Error("the run gave no report")
        return found, ctx.take_warnings()


