"""Recordings of live PyTorch models: hooks, axes, and the trace that they make."""

from __future__ import annotations

import ctypes as c
import os
import weakref
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Tuple

import numpy as np

from . import _structs as s
from ._arrays import labels_of, plain
from ._errors import ShapeError, SpikeqWarning, UsageError, ValueRangeError
from ._library import Context, encode, encode_list, flag, library, warn, whole
from ._neurons import (
    LAYOUTS, Call, Neurons, Watched, candidates, first_tensor, is_sinabs, n_axes, named, packed, shape_behind, spikes_of,
    values_of,
)  # fmt: skip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._network import Network

_MOST_OPEN = 4096  # samples, SPIKEQ_MAX_OPEN_SAMPLES


class Recording:
    """A recording under way; record() makes one. After the block:

    path          of the trace
    populations   names that were recorded, in the order in which they fire
    n_samples     samples that were recorded
    warnings      what should be known of it
    """

    def __init__(
        self,
        network: Any,
        path: Any,
        labels: Any,
        timesteps: Optional[int],
        neurons: Neurons,
        layout: Optional[str],
        like: "Optional[Network]",
        options: Dict[str, Any],
    ) -> None:
        if not hasattr(network, "register_forward_hook") or not hasattr(network, "named_modules"):
            raise UsageError(f"record: expected a torch.nn.Module, not {type(network).__name__}")
        if layout is not None and layout not in LAYOUTS:
            raise UsageError(f"layout: expected one of {', '.join(LAYOUTS)}, not {layout!r:.40}")
        self._path = encode("path", path)
        if self._path is None:
            raise UsageError("path: expected the path of the trace to make")
        if os.path.exists(path) and not options.get("force"):
            raise UsageError(f"{os.fspath(path)}: exists already; force=True replaces it")
        self.path = path
        self.populations: List[str] = []
        self.n_samples = 0
        self.warnings: List[SpikeqWarning] = []
        self._network = network
        self._labels = None if labels is None else plain("labels", labels).reshape(-1)
        if self._labels is not None:
            self._labels = labels_of(self._labels, len(self._labels))
        if timesteps is None and like is not None:
            timesteps = like.timesteps
        self._timesteps = whole("timesteps", timesteps, 1, 65536)
        self._neurons, self._layout, self._like, self._options = neurons, layout, like, options
        self._watched: List[Watched] = []
        self._order: List[Watched] = []
        self._hooks: List[Any] = []
        self._outside = False
        self._n_roots = 0
        self._n_logits = 0
        self._input_shape: Tuple[int, ...] = ()
        self._ctx: Optional[Context] = None
        self._recorder: Optional[int] = None
        self._free: Any = None
        self._refused: Optional[BaseException] = None
        self._is_done = False

    # ---- hooks

    def __enter__(self) -> "Recording":
        if self._hooks or self._is_done:
            raise UsageError("a recording is entered once: record() again")
        is_named = self._neurons is not None
        self._watched = named(self._network, self._neurons) if is_named else candidates(self._network)
        if not self._watched:
            raise UsageError("record: no module of the network may be a neuron; name them by neurons=")
        for watched in self._watched:
            self._hooks.append(watched.module.register_forward_hook(self._hook_of(watched)))
        self._hooks.append(self._network.register_forward_pre_hook(self._before))
        self._hooks.append(self._network.register_forward_hook(self._after))
        return self

    def _hook_of(self, watched: Watched) -> Callable[[Any, Any, Any], None]:
        def hook(module: Any, inputs: Any, output: Any) -> None:
            self._see(watched, inputs, output)

        return hook

    def _see(self, watched: Watched, inputs: Any, output: Any) -> None:
        """A module has sent something."""
        if watched.is_refused:
            return
        if not watched.is_seen:
            watched.is_seen = True
            self._order.append(watched)
        tensor = first_tensor(output)
        array = values_of(tensor) if tensor is not None else None
        spikes = spikes_of(array) if array is not None else None
        if array is None or spikes is None or spikes.ndim == 0:
            self._refuse(watched, array)
            return
        if self._recorder is None:
            self._note_inputs(watched, inputs, output)
        watched.calls.append(Call(packed(spikes, self._axes_of(watched)), spikes.shape))

    def _axes_of(self, watched: Watched) -> int:
        """How many axes come before those of the neurons; not known before the first batch ends."""
        return 0 if self._recorder is None else n_axes(watched.layout)

    def _refuse(self, watched: Watched, array: "Optional[NDArray[Any]]") -> None:
        """It sends other values: no neuron; one that was taken for one before, or was named, is an error."""
        if self._recorder is not None or self._neurons is not None:
            shown = "no tensor"
            if array is not None:
                other = array[(array != 0) & (array != 1)].reshape(-1)
                shown = f"{other[0]!s:.20}" if other.size else "a single number"
            self._refused = ValueRangeError(f"{watched.name}: sent {shown}, expected spikes, 0 and 1")
            raise self._refused
        watched.is_refused = True  # its hook stays for now: hooks cannot go while they are called
        watched.calls.clear()
        self._order.remove(watched)

    def _note_inputs(self, watched: Watched, inputs: Any, output: Any) -> None:
        if isinstance(output, (tuple, list)) and len(output) > 1:
            watched.is_stateful = True
        tensor = first_tensor(inputs)
        if tensor is not None and not watched.has_other_inputs and not watched.is_stateful:
            watched.has_other_inputs = spikes_of(values_of(tensor)) is None

    def _before(self, module: Any, inputs: Any) -> None:
        if self._refused is not None:
            raise self._refused
        tensor = first_tensor(inputs)
        self._input_shape = tuple(tensor.shape) if tensor is not None else ()

    def _after(self, module: Any, inputs: Any, output: Any) -> None:
        """The network has sent its output: a batch, or a timestep of one."""
        try:
            tensor = first_tensor(output)
            logits = values_of(tensor) if tensor is not None else None
            self._n_roots += 1
            if self._recorder is None and self._n_roots == 1:
                self._outside = self._is_outside(self._samples_of(logits))
            if self._outside and self._n_roots % self._timesteps:
                return
            if self._recorder is None:
                self._open(logits)
            self._write(logits)
        except BaseException as error:
            self._refused = error
            raise

    # ---- the layout of what modules send

    def _is_outside(self, b: int) -> bool:
        """Does every call of the network compute one timestep, the loop being outside?"""
        if self._timesteps <= 1 or not self._order:
            return False
        if self._layout not in (None, "B") or any(len(watched.calls) != 1 for watched in self._order):
            return False
        if self._layout == "B":
            return True
        return all(w.calls[0].shape[0] != self._timesteps and w.calls[0].shape[0] == b for w in self._order)

    def _samples_of(self, logits: "Optional[NDArray[Any]]") -> int:
        """B, from the output [B,classes] or the inputs; 0: not known."""
        if logits is not None and logits.ndim == 2:
            return int(logits.shape[0])
        if logits is not None and logits.ndim == 3 and self._timesteps in (0, logits.shape[0]):
            return int(logits.shape[1])
        if len(self._input_shape) in (2, 4):
            return int(self._input_shape[0])
        return 0

    def _settle(self, logits: "Optional[NDArray[Any]]") -> None:
        """Timesteps, and each population's layout and shape, from the first batch."""
        n_calls = {len(watched.calls) for watched in self._order}
        b = self._samples_of(logits)
        t = self._timesteps
        if t == 0 and len(n_calls) == 1 and min(n_calls) > 1 and self._layout in (None, "B"):
            t = min(n_calls)
        if t == 0:
            t = self._timesteps_by_shape(b)
        self._timesteps = t
        for watched in self._order:
            watched.layout = self._layout_of(watched, t, b)
            watched.shape = shape_behind(watched.layout, watched.calls[0].shape)
        for watched in self._order:
            for call in watched.calls[1:]:
                if call.shape != watched.calls[0].shape:
                    raise ShapeError(f"{watched.name}: sends {call.shape} after {watched.calls[0].shape}")

    def _timesteps_by_shape(self, b: int) -> int:
        """T, where modules send all timesteps at once."""
        found = set()
        for watched in self._order:
            shape = watched.calls[0].shape
            layout = self._layout or ("BT" if is_sinabs(watched.module) else None)
            if layout == "BT" and len(shape) > 1:
                found.add(shape[1])
            elif layout == "TB" or (len(shape) > 1 and b and shape[1] == b and shape[0] != b):
                found.add(shape[0])
            elif layout in ("T*B", "B*T") and b:
                found.add(shape[0] // b)
            elif layout == "B":
                found.add(len(watched.calls))
        if len(found) != 1:
            example = self._order[0]
            raise UsageError(
                f"{example.name}: sends {list(example.calls[0].shape)}; which axis is time is not clear: "
                "pass timesteps=, or layout= (TB, BT, T*B, B*T, or B: a timestep a call)"
            )
        return int(found.pop())

    def _layout_of(self, watched: Watched, t: int, b: int) -> str:
        shape, n = watched.calls[0].shape, len(watched.calls)
        wanted = self._layout
        if wanted is None and is_sinabs(watched.module) and n == 1:
            wanted = "BT" if len(shape) > 1 and shape[1] == t else None
        fits = {
            "TB": n == 1 and len(shape) > 1 and shape[0] == t and b in (0, shape[1]),
            "BT": n == 1 and len(shape) > 1 and shape[1] == t and b in (0, shape[0]),
            "B": n == t and b in (0, shape[0]),
            "T*B": n == 1 and b > 0 and shape[0] == t * b,
            "B*T": n == 1 and b > 0 and shape[0] == t * b,
        }
        if wanted is not None and fits[wanted]:
            return wanted
        choices = [name for name in ("TB", "B", "BT") if fits[name]]
        if wanted is None and choices and (choices[0] == "TB" or len(choices) == 1):
            return choices[0]
        raise UsageError(
            f"{watched.name}: sends {list(shape)} in {n} calls, which is not {wanted or 'clear'} for {t} timesteps"
            + (f" of {b} samples" if b else "")
            + "; pass timesteps= and layout="
        )

    # ---- the file

    def _qualified(self) -> None:
        """Keep the neurons: of classes of which one keeps a state or has other inputs than 0 and 1."""
        if self._neurons is None:
            classes = {type(w.module) for w in self._order if w.is_stateful or w.has_other_inputs}
            self._order = [watched for watched in self._order if type(watched.module) in classes]
        if not self._order:
            raise UsageError("record: no module sent spikes, 0 and 1; name the neurons by neurons=")
        for watched, hook in zip(self._watched, self._hooks):
            if watched not in self._order:
                watched.is_refused = True
                watched.calls.clear()
                hook.remove()

    def _open(self, logits: "Optional[NDArray[Any]]") -> None:
        self._qualified()
        self._settle(logits)
        is_whole = logits is not None and logits.ndim == 2 and not self._outside and logits.dtype.kind == "f"
        self._n_logits = int(logits.shape[1]) if is_whole and logits is not None else 0
        if not self._n_logits:
            text = "the network's output is not [B, classes]: neither logits nor predictions are recorded"
            self.warnings.append(SpikeqWarning(text, "recorded-without-logits"))
            warn(self.warnings[-1:])
        for watched in self._order:
            self._repack(watched)
        populations = (s.RecorderPopulation * len(self._order))()
        names = []
        for item, watched in zip(populations, self._order):
            names.append(watched.name.encode())
            if len(watched.shape) > 6:
                raise ShapeError(f"{watched.name}: has {len(watched.shape)} axes behind time and samples, at most 6")
            item.size, item.name, item.n_dims = c.sizeof(item), names[-1], len(watched.shape)
            for i, axis in enumerate(watched.shape):
                item.dim[i] = axis
        known = self._like._options if self._like is not None else {}
        pairs, n_set = encode_list("set", known.get("set"))
        options = s.sized(
            s.RecorderOptions,
            path=self._path,
            model=type(self._network).__name__.encode(),
            timesteps=self._timesteps,
            population=populations,
            n_populations=len(self._order),
            config=encode("config", known.get("config")),
            architecture=encode("architecture", known.get("architecture")),
            checkpoint=encode("model", known.get("model")),
            weights=encode("weights", known.get("weights")),
            set=pairs,
            n_set=n_set,
            partial=flag("partial", self._options.get("partial")),
            n_logits=self._n_logits,
            codec=encode("codec", self._options.get("codec")),
            force=flag("force", self._options.get("force")),
        )
        self._ctx = Context()
        pointer = c.c_void_p()
        self._ctx.check(library().recorder_open(self._ctx.pointer, c.byref(options), c.byref(pointer)))
        self._recorder = pointer.value
        self._free = weakref.finalize(self, library().recorder_free, self._recorder)
        self.populations = [watched.name for watched in self._order]

    def _repack(self, watched: Watched) -> None:
        """The first batch was packed before its axes were known."""
        axes = n_axes(watched.layout)
        for i, call in enumerate(watched.calls):
            n = int(np.prod(call.shape, dtype=object))
            flat = np.unpackbits(call.bits.reshape(-1), count=n, bitorder="little").view(np.bool_)
            watched.calls[i] = Call(packed(flat.reshape(call.shape), axes), call.shape)

    def _write(self, logits: "Optional[NDArray[Any]]") -> None:
        """A batch: every population's bits [B,T,bytes], then the samples."""
        n: Optional[int] = None
        parts: List[Tuple[bytes, "NDArray[np.uint8]"]] = []
        for watched in self._order:
            bits = self._batch_of(watched)
            watched.calls.clear()
            if n is not None and len(bits) != n:
                raise ShapeError(f"{watched.name}: sent {len(bits)} samples, {self._order[0].name} {n}")
            n = len(bits)
            parts.append((watched.name.encode(), bits))
        assert n is not None
        if logits is not None and self._n_logits and logits.shape != (n, self._n_logits):
            raise ShapeError(f"the output is {logits.shape}, expected {(n, self._n_logits)}")
        labels, first = self._labels_of_batch(n), self.n_samples
        for begin in range(0, n, _MOST_OPEN):
            rows = range(begin, min(n, begin + _MOST_OPEN))
            for name, bits in parts:
                self._write_population(name, bits, rows, first)
            self._finish(rows, first, labels, logits)

    def _batch_of(self, watched: Watched) -> "NDArray[np.uint8]":
        calls, t, layout = watched.calls, self._timesteps, watched.layout
        wanted = t if layout == "B" else 1
        if len(calls) != wanted:
            raise ShapeError(f"{watched.name}: was called {len(calls)} times in this batch, expected {wanted}")
        if layout == "B":
            bits = np.stack([call.bits for call in calls], 1)
        else:
            bits, shape = calls[0].bits, calls[0].shape
            if layout in ("T*B", "B*T"):
                if shape[0] % t:
                    raise ShapeError(f"{watched.name}: sent {shape[0]} rows, no multiple of {t} timesteps")
                b = shape[0] // t
                bits = bits.reshape(t, b, -1) if layout == "T*B" else bits.reshape(b, t, -1)
            if layout in ("TB", "T*B"):
                bits = bits.swapaxes(0, 1)
        if bits.shape[1] != t:
            raise ShapeError(f"{watched.name}: sent {bits.shape[1]} timesteps, expected {t}")
        if shape_behind(layout, calls[0].shape) != watched.shape:
            raise ShapeError(f"{watched.name}: sent {calls[0].shape}, expected [...] + {watched.shape}")
        return np.ascontiguousarray(bits)

    def _write_population(self, name: bytes, bits: "NDArray[np.uint8]", rows: range, first: int) -> None:
        assert self._ctx is not None
        lib, n = library(), int(bits.shape[2])
        dims = (s.U64 * 8)(self._timesteps, n)
        array = s.sized(s.Array, dtype=s.BITS, n_dims=2, dim=dims)
        base, step = bits.ctypes.data, bits.strides[0]
        reference = c.byref(array)
        for row in rows:
            array.data = base + row * step
            status = lib.recorder_write(self._recorder, first + row, name, s.ALL_TIMESTEPS, reference)
            if status < 0:
                self._ctx.check(status)

    def _labels_of_batch(self, n: int) -> "Optional[NDArray[np.int64]]":
        if self._labels is None:
            return None
        labels = self._labels[self.n_samples : self.n_samples + n]
        if len(labels) < n:
            raise UsageError(f"labels: has {len(self._labels)}, and there are {self.n_samples + n} samples already")
        return labels

    def _finish(self, rows: range, first: int, labels: Any, logits: Any) -> None:
        assert self._ctx is not None
        values = np.ascontiguousarray(logits, np.float32) if self._n_logits else None
        for row in rows:
            pointer = None if values is None else values.ctypes.data + row * values.strides[0]
            label = -1 if labels is None else int(labels[row])
            self._ctx.check(library().recorder_finish_sample(self._recorder, first + row, label, -1, pointer))
            self.n_samples += 1

    # ---- the end

    def __exit__(self, kind: object, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()
        self._is_done = True
        try:
            if kind is None:
                self._close()
        finally:
            if self._free is not None:
                self._free()  # without a close before, no file is left
            self._recorder = None
            for watched in self._order:
                watched.calls.clear()

    def _close(self) -> None:
        if self._refused is not None:
            raise self._refused
        if self._outside and self._n_roots % self._timesteps:
            raise UsageError(f"record: {self._n_roots} calls are no multiple of {self._timesteps} timesteps")
        if self._recorder is None or self._ctx is None:
            raise UsageError("record: the network was not called; nothing was recorded")
        self._ctx.check(library().recorder_close(self._recorder, None))
        found = self._ctx.take_warnings()
        if self._labels is not None and len(self._labels) > self.n_samples:
            text = f"labels: has {len(self._labels)}, and only {self.n_samples} samples were recorded"
            found.append(SpikeqWarning(text, "labels-left-over"))
        self.warnings += found
        warn(found)

    def __repr__(self) -> str:
        return f"<spikeq.Recording {self.path}: {self.n_samples} samples, {len(self.populations)} populations>"


def record(
    network: Any,
    path: Any,
    *,
    labels: Any = None,
    timesteps: Optional[int] = None,
    neurons: Neurons = None,
    layout: Optional[str] = None,
    like: "Optional[Network]" = None,
    partial: bool = False,
    codec: Optional[str] = None,
    force: bool = False,
) -> Recording:
    """Record the spikes of a live PyTorch model as a trace; nothing is exported, no code is changed.

        with spikeq.record(net, "run.db", labels=y) as r:
            net(x)                                   # once, or batch after batch
        spikeq.Trace("run.db").analyze()

    network     a torch.nn.Module with spiking neurons: of SpikingJelly, snnTorch, norse, sinabs or your
                own; multi-step modules, modules that are called once per timestep, outputs (spikes, membrane)
    labels      whole numbers, one a sample, in the order of the samples; -1: none
    timesteps   T, where it is not clear from the calls; needed where your loop over time is outside
                the network (every call is a timestep then, T calls make a batch)
    neurons     patterns of module names, or a function (name, module) -> bool; default: every module
                that sends 0 and 1 alone and keeps a state or has other inputs than 0 and 1
    layout      what modules send: "TB" [T,B,...], "BT", "T*B" [T*B,...], "B*T", "B": [B,...], a call a timestep
    like        the network of spikeq that it is: populations are checked and ordered by it, and the trace
                can be priced. partial: populations of it may be missing
    codec       "none" (default), "zlib", "zstd"; force: replace an existing file at the end

    The trace appears when the block ends well; after an exception there is no file, and an existing one
    is kept. Gradients, training and results are not touched.
    """
    options = {"partial": partial, "codec": codec, "force": force}
    return Recording(network, path, labels, timesteps, neurons, layout, like, options)
