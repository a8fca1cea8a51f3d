"""Networks: loading, describing, running."""

from __future__ import annotations

import ctypes as c
import os
import weakref
from typing import (
    TYPE_CHECKING, Any, Callable, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Tuple, Union,
)  # fmt: skip

from . import _structs as s
from ._errors import SpikeqWarning, UsageError
from ._graph import Graph
from ._library import Context, decode, library, pairs, warn
from ._options import Options
from ._table import Table

if TYPE_CHECKING:
    from ._result import Result, Stream
    from ._session import Session

_FIXED = ("weight_bits", "membrane_bits", "pixel_bits", "pixel_max", "scale", "rounding")


class Population(NamedTuple):
    """A population of neurons: its module path, the shape that the module returns behind [T,B], the
    number of neurons, and how many spikes one can send at a timestep (1; of multispike more)."""

    name: str
    shape: Tuple[int, ...]
    neurons: int
    levels: int


def population_of(info: Any) -> Population:
    """A Population of the library's struct."""
    return Population(decode(info.name), s.shape_of(info), int(info.neurons), int(info.levels))


class Network:
    """A trained network, immutable: load() makes one. Any number of threads may run it at once.

    populations     {name: Population}, in the order of the data's way
    timesteps, classes, input_shape, takes_frames, architecture, model, arith, n_parameters
    warnings        of loading it
    """

    def __init__(self, options: Dict[str, Any], fixed: Union[None, bool, Mapping[str, Any]]) -> None:
        self._options = options
        pointer = c.c_void_p()
        with Context() as ctx, Options(ctx, "run", **options, **_fixed_options(fixed)) as chosen:
            lib = library()
            ctx.check(lib.network_open(ctx.pointer, chosen.pointer, c.byref(pointer)))
            weakref.finalize(self, lib.network_free, pointer.value)
            self.warnings: List[SpikeqWarning] = ctx.take_warnings()
        self.pointer = pointer.value
        info = s.sized(s.NetworkInfo)
        lib.network_describe(self.pointer, c.byref(info))
        self.architecture: str = decode(info.architecture)
        self.config: str = decode(info.config)
        self.model: str = decode(info.model)
        self.arith: str = decode(info.arith)
        self.timesteps: int = info.timesteps
        self.classes: int = info.classes
        self.takes_frames: bool = bool(info.takes_frames)
        self.n_parameters: int = info.n_parameters
        image = (int(info.channels), int(info.height), int(info.width))
        self.input_shape: Tuple[int, ...] = (self.timesteps, *image) if self.takes_frames else image
        self.populations: Dict[str, Population] = {}
        for i in range(info.n_populations):
            found = s.sized(s.PopulationInfo)
            lib.network_population(self.pointer, i, c.byref(found))
            self.populations[decode(found.name)] = population_of(found)
        self._graph: Optional[Graph] = None
        warn(self.warnings)

    @property
    def graph(self) -> Graph:
        """What is executed, node by node: net.graph["block.0.attn.q_lif"].parameters."""
        if self._graph is None:
            options = self._options
            names = ("config", "set", "weights", "architecture")
            self._graph = Graph(source=options["model"], **{name: options[name] for name in names})
        return self._graph

    def run(
        self,
        x: Any,
        labels: Any = None,
        *,
        threads: Optional[int] = None,
        batch: Optional[int] = None,
        couple_batch: Optional[int] = None,
        schedule: Optional[str] = None,
        isa: Optional[str] = None,
        plan: Any = None,
        keep: Union[None, str, Iterable[str]] = None,
        trace: Any = None,
        trace_populations: Union[None, str, Iterable[str]] = None,
        trace_samples: Optional[str] = None,
        trace_detail: Optional[str] = None,
        trace_codec: Optional[str] = None,
        force: bool = False,
        limit: Optional[int] = None,
        input_digest: Optional[str] = None,
        shard: Optional[str] = None,
        dry_run_ranks: Optional[int] = None,
        frames: Optional[str] = None,
        bin: Optional[int] = None,
        crop: Optional[str] = None,
        pad: Optional[str] = None,
        view: Optional[str] = None,
        camera: Optional[str] = None,
        size: Optional[str] = None,
        tolerate: bool = False,
        progress: Optional[Callable[[int, int], object]] = None,
        **unknown: Any,
    ) -> "Result":
        """Run samples through the event queue; the figures are those of `spikeq run`.

        x         uint8 [B,C,H,W], pixels 0..255, which are scaled and normalised as the configuration
                  says; or floats and other integers, taken as they are; of networks for event cameras
                  frames [B,T,C,H,W]. A NumPy array, a PyTorch tensor, nested lists; or the path of any
                  input that `spikeq run --input` reads (IDX, PNG, CIFAR batch, a folder, recordings).
        labels    whole numbers [B], -1: none; of a path also a path
        progress  called as progress(samples done, samples in all) on this thread

        threads            compute threads; same results (default: one per core)
        batch              samples in the network at a time; same results (default: eight a thread, within 48 MiB)
        couple_batch       of QKFormer: run the state of its batch-coupled neurons on through the samples of a
                           batch of N, as its official code does (default: each sample alone)
        schedule           order in which ready nodes fire; same results (default: layer)
        isa                instruction set; same results (default: auto)
        plan               tilings of layers' weights, as spikeq graph --plan --json prints them; same results
                           (default: as the engine chooses)
        keep               populations whose spikes results have (default: none)
        trace              record the run: every spike, in one file that spikeq replay, energy, analyze, export
                           and any SQLite reader can open
        trace_populations  record only these populations (default: all)
        trace_samples      record only these samples (default: all)
        trace_detail       what a trace holds; counts: firing rates and prices only (default: spikes)
        trace_codec        compression of the trace (default: none)
        force              replace trace, report and dump that exist, each once the new one is whole
        limit              at most N samples (default: all)
        input_digest       by what report and trace know the input again: content, every byte, read before the
                           run begins; or names, with sizes and labels, for which nothing is read twice
                           (default: content)
        shard              run part I of N equal parts of the samples, 1 to N, for spikeq merge; auto or auto/N:
                           the part that Slurm, MPI or Kubernetes gave this process (docs/cluster.md) (default:
                           all samples)
        dry_run_ranks      run as N ranks in this process, as mpirun -n N does as N processes: to try what a job
                           does (default: one process, one run)
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

        Of others than the kept populations result.spikes[name] runs the samples again when it is asked
        for. `limit` and the options for recordings are of a path. Open the trace with spikeq.Trace.

        Ctrl-C raises KeyboardInterrupt after the samples under way; an array's results so far are
        dropped, and a trace stays incomplete and says so.
        """
        from . import _result

        chosen = {
            "threads": threads, "batch": batch, "couple_batch": couple_batch, "schedule": schedule, "isa": isa,
            "plan": plan,
            "trace": trace, "trace_populations": trace_populations, "trace_samples": trace_samples,
            "trace_detail": trace_detail, "trace_codec": trace_codec, "force": force, "limit": limit,
            "input_digest": input_digest, "shard": shard, "dry_run_ranks": dry_run_ranks, "frames": frames, "bin": bin,
            "crop": crop, "pad": pad, "view": view, "camera": camera, "size": size, "tolerate": tolerate,
            **unknown,  # the library names the nearest
        }  # fmt: skip
        if isinstance(x, (str, os.PathLike)):
            return _result.run_path(self, x, labels, keep, progress, chosen)
        return _result.run_arrays(self, x, labels, keep, progress, chosen)

    def stream(
        self,
        batches: Iterable[Any],
        *,
        threads: Optional[int] = None,
        batch: Optional[int] = None,
        couple_batch: Optional[int] = None,
        schedule: Optional[str] = None,
        isa: Optional[str] = None,
        queue: Optional[int] = None,
        plan: Any = None,
        profile: bool = False,
        keep: Union[None, str, Iterable[str]] = None,
        trace: Any = None,
        trace_populations: Union[None, str, Iterable[str]] = None,
        trace_samples: Optional[str] = None,
        trace_detail: Optional[str] = None,
        trace_codec: Optional[str] = None,
        force: bool = False,
        **unknown: Any,
    ) -> "Stream":
        """Results of the batches of a data loader, one a batch, in order.

        batches   yields x, or (x, labels), as run() takes them; sizes may differ

        threads            compute threads; same results (default: one per core)
        batch              samples in the network at a time; same results (default: eight a thread, within 48 MiB)
        couple_batch       of QKFormer: run the state of its batch-coupled neurons on through the samples of a
                           batch of N, as its official code does (default: each sample alone)
        schedule           order in which ready nodes fire; same results (default: layer)
        isa                instruction set; same results (default: auto)
        queue              samples under way at most, from push to their result (default: twice the batch, at
                           least 16)
        plan               tilings of layers' weights, as spikeq graph --plan --json prints them; same results
                           (default: as the engine chooses)
        profile            measure the time of every node, and compare with the processor's limit
        keep               populations whose spikes results have (default: none)
        trace              record the run: every spike, in one file that spikeq replay, energy, analyze, export
                           and any SQLite reader can open
        trace_populations  record only these populations (default: all)
        trace_samples      record only these samples (default: all)
        trace_detail       what a trace holds; counts: firing rates and prices only (default: spikes)
        trace_codec        compression of the trace (default: none)
        force              replace trace, report and dump that exist, each once the new one is whole

        One session runs them all: while a batch is computed, the next one is fetched from the loader,
        no more. Memory does not grow with the number of batches. A batch has logits, predictions,
        accuracy, rates and kept spikes. Energy and operations need all samples: `for b in (s :=
        net.stream(loader)): ...`, then s.report() is the Result-like summary of all batches.
        """
        from . import _result

        chosen = {
            "threads": threads, "batch": batch, "couple_batch": couple_batch, "schedule": schedule, "isa": isa,
            "queue": queue, "plan": plan, "profile": profile, "trace": trace, "trace_populations": trace_populations,
            "trace_samples": trace_samples, "trace_detail": trace_detail, "trace_codec": trace_codec, "force": force,
            **unknown,  # the library names the nearest
        }  # fmt: skip
        return _result.Stream(self, batches, keep, chosen)

    def session(
        self,
        *,
        threads: Optional[int] = None,
        batch: Optional[int] = None,
        couple_batch: Optional[int] = None,
        schedule: Optional[str] = None,
        isa: Optional[str] = None,
        queue: Optional[int] = None,
        from_: Union[None, str, Iterable[str]] = None,
        plan: Any = None,
        profile: bool = False,
        keep: Union[None, str, Iterable[str]] = None,
        trace: Any = None,
        trace_populations: Union[None, str, Iterable[str]] = None,
        trace_samples: Optional[str] = None,
        trace_detail: Optional[str] = None,
        trace_codec: Optional[str] = None,
        force: bool = False,
        **unknown: Any,
    ) -> "Session":
        """Samples in, results out, one by one: for a loop of your own. `with net.session() as s:`
        pushes by s.push(x, labels), fetches by s.next().

        threads            compute threads; same results (default: one per core)
        batch              samples in the network at a time; same results (default: eight a thread, within 48 MiB)
        couple_batch       of QKFormer: run the state of its batch-coupled neurons on through the samples of a
                           batch of N, as its official code does (default: each sample alone)
        schedule           order in which ready nodes fire; same results (default: layer)
        isa                instruction set; same results (default: auto)
        queue              samples under way at most, from push to their result (default: twice the batch, at
                           least 16)
        plan               tilings of layers' weights, as spikeq graph --plan --json prints them; same results
                           (default: as the engine chooses)
        profile            measure the time of every node, and compare with the processor's limit
        keep               populations whose spikes results have (default: none)
        trace              record the run: every spike, in one file that spikeq replay, energy, analyze, export
                           and any SQLite reader can open
        trace_populations  record only these populations (default: all)
        trace_samples      record only these samples (default: all)
        trace_detail       what a trace holds; counts: firing rates and prices only (default: spikes)
        trace_codec        compression of the trace (default: none)
        force              replace trace, report and dump that exist, each once the new one is whole
        from_              populations, or streams block.N, whose spikes are given; nothing upstream runs (default:
                           pixels)
        """
        from ._session import Session

        return Session(
            self, threads=threads, batch=batch, couple_batch=couple_batch, schedule=schedule, isa=isa, queue=queue,
            from_=from_, plan=plan, profile=profile, keep=keep, trace=trace, trace_populations=trace_populations,
            trace_samples=trace_samples, trace_detail=trace_detail, trace_codec=trace_codec, force=force,
            **unknown,  # the library names the nearest
        )  # fmt: skip

    def table(self) -> Table:
        """population, shape, neurons, levels: a row a population."""
        rows = [{"population": p.name, "shape": "x".join(map(str, p.shape)), "neurons": p.neurons, "levels": p.levels}
                for p in self.populations.values()]  # fmt: skip
        return Table.of_rows(rows, self.architecture)

    def __repr__(self) -> str:
        shape = ",".join(map(str, self.input_shape))
        return (
            f"<spikeq.Network {self.architecture}, {self.arith}: input [B,{shape}], {self.timesteps} timesteps, "
            f"{len(self.populations)} populations, {self.classes} classes, {self.n_parameters:,} parameters>"
        )

    def __reduce__(self) -> Any:
        raise UsageError("a network cannot be pickled: load() it in the other process")


def _fixed_options(fixed: Union[None, bool, Mapping[str, Any]]) -> Dict[str, Any]:
    if fixed is None or fixed is False:
        return {}
    if not (fixed is True or isinstance(fixed, Mapping)):
        raise UsageError(f"fixed: expected True or settings, not {fixed!r:.60}")
    values = {} if fixed is True else dict(fixed)
    unknown = [name for name in values if name not in _FIXED]
    if unknown:
        raise UsageError(f"fixed: has no setting {unknown[0]!r}; it has: {', '.join(_FIXED)}")
    return {"arith": "fixed", **values}


def load(
    model: Any,
    config: Any = None,
    *,
    weights: Optional[str] = None,
    architecture: Any = None,
    fixed: Union[None, bool, Mapping[str, Any]] = None,
    **overrides: Any,
) -> Network:
    """Load a trained checkpoint. It is parsed by a closed reader and never executed.

    model           trained checkpoint: .safetensors, .pth, .pth.tar; NIR graph
    config          published size (spikeq configs lists them) or a JSON file (default: the published size with
                    these weights' sizes)
    weights         which network, of a file that holds several (EMA, teacher) (default: plain weights before
                    averages)
    architecture    what the network is made of: a name of configs/architectures/ or a file (default: the
                    configuration's, or the one that the weights fit)
    fixed           True, or {"weight_bits": 8, "rounding": "down", ...}: run in integers
                    (docs/fixed-point.md)
    overrides       single keys of the configuration: T=2, attn_scale=0.25

    FormatError, UnsupportedError, ShapeError (names the tensor, what was expected and found),
    ValueRangeError (NaN or infinite weights), FileError, UsageError.
    """
    if model is None:
        raise UsageError("model: expected the path of a checkpoint")
    options = {
        "model": model,
        "config": config,
        "set": pairs("override", overrides) or None,
        "weights": weights,
        "architecture": architecture,
    }
    return Network(options, fixed)
