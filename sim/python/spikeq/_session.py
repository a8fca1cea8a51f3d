"""Sessions: samples in, results out, while the network stays set up."""

from __future__ import annotations

import ctypes as c
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from . import _structs as s
from ._arrays import contiguous, described, labels_of, unpacked
from ._errors import AGAIN, BusyError, SpikeqWarning, UsageError, error_of, no_such
from ._library import Context, decode, library, warn
from ._options import Options
from ._report import Report

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._network import Network

# From the first wait for a result to the longest, in seconds: with few samples under way, which are waited for one by one;
# and with a full queue, of which a part becomes ready meanwhile. Ctrl-C ends a sleep.
_FIRST_WAIT, _LONGEST_WAIT, _LONGEST_PAUSE = 1e-4, 1e-2, 1e-1


class SampleResult(NamedTuple):
    """What one sample gave.

    sample       its number, from 0 in the order of push
    label        -1: none
    prediction   class of the largest logit
    logits       float32 [classes]
    spikes       uint64 [populations, T], spikes of each population at each timestep
    additions    uint64 [populations, T], synaptic operations in front of each
    """

    sample: int
    label: int
    prediction: int
    logits: "NDArray[np.float32]"
    spikes: "NDArray[np.uint64]"
    additions: "NDArray[np.uint64]"


class Session:
    """Opened by net.session(); one thread at a time uses it, another gets BusyError.

        with net.session(threads=2) as session:
            session.push(images)                  # copies; takes as many as there is room for
            while (r := session.next()) is not None:
                print(r.sample, r.prediction)

    The block's end closes it; an exception within abandons what is under way, and a trace then stays
    incomplete and says so. After a fork() the child cannot use it.
    """

    def __init__(self, network: "Network", *, keep: Union[None, str, Iterable[str]] = None, **options: Any) -> None:
        self._network = network
        self._lock = threading.RLock()  # held from a result's arrival to its copy
        self._pid = os.getpid()
        self._ctx = Context()
        self._pointer: Optional[int] = None
        self.warnings: List[SpikeqWarning] = []
        lib = library()
        with Options(self._ctx, "session", keep=keep, **options) as chosen:
            pointer = c.c_void_p()
            self._ctx.check(lib.session_open(self._ctx.pointer, network.pointer, chosen.pointer, c.byref(pointer)))
        self._pointer = pointer.value
        self._free = weakref.finalize(self, _free, pointer.value or 0, self._pid)
        self._output = s.sized(s.SampleOutput)
        self._state = s.sized(s.SessionState)
        self._output_reference, self._state_reference = c.byref(self._output), c.byref(self._state)
        self._n_under_way = self._n_ready = 0
        self._finished = False
        self._pause = _FIRST_WAIT
        self._take_warnings()

    def _use(self) -> "_Use":
        """A block that has the pointer, while no other thread has it."""
        return _Use(self)

    def _take_warnings(self) -> None:
        found = self._ctx.take_warnings()
        self.warnings += found
        warn(found)

    def push(self, x: Any, labels: Any = None, first: int = 0) -> int:
        """Give samples x[first:] to the network; how many were taken, 0 where there is no room.

        x        as for net.run(); with `from_` a list of arrays [T,B,...], one per wanted population
        labels   whole numbers [B], or None
        """
        if isinstance(first, int) and first < 0:
            raise UsageError(f"first: expected a sample's number, 0 or more, not {first}")
        return self.push_prepared(self.prepare(x, labels), first)

    def prepare(self, x: Any, labels: Any = None) -> "Prepared":
        """Arrays as push_prepared() takes them, converted once for all pushes."""
        arrays = x if isinstance(x, (list, tuple)) and self.wanted else [x]
        return Prepared(arrays, labels, bool(self.wanted))

    def push_prepared(self, prepared: "Prepared", first: int = 0) -> int:
        """push() of prepared samples."""
        taken = s.U64()
        prepared.samples.first = first
        with self._use() as pointer:
            status = library().session_push(pointer, c.byref(prepared.samples), c.byref(taken))
            if status != AGAIN:
                self._ctx.check(status)
            self._n_under_way += taken.value
        self._take_warnings()
        return int(taken.value)

    @property
    def wanted(self) -> "Dict[str, Tuple[int, ...]]":
        """{name: shape} of the populations that `from_` wants to be given; {} without it."""
        found: Dict[str, Tuple[int, ...]] = {}
        info = s.sized(s.PopulationInfo)
        with self._use() as pointer:
            while library().session_wanted(pointer, len(found), c.byref(info)) == 0:
                found[decode(info.name)] = s.shape_of(info)
        return found

    def wait(self, is_patient: bool) -> bool:
        """Fetch the next result; False: there is none yet (or, being patient, none under way).

        It sleeps and looks again, as a signal is not seen within a call. The pause adapts: while the
        queue is full a quarter of it is ready when it ends, so that looking costs little and threads
        always have samples.
        """
        lib, state = library(), self._state
        pause = self._pause if 2 * self._n_under_way > state.queue else _FIRST_WAIT
        is_seen = False  # the state, behind the last sleep
        while self._n_under_way > 0:
            with self._use() as pointer:
                if self._n_ready == 0 and not is_seen:
                    lib.session_state(pointer, self._state_reference)
                    self._n_ready = state.n_ready
                # Where nothing is to come without another push, the library says so at once.
                if self._n_ready > 0 or (is_patient and state.room > 0 and not self._finished):
                    status = lib.session_next(pointer, self._output_reference)
                    if status == AGAIN:
                        return False
                    self._ctx.check(status)
                    self._n_under_way -= 1
                    self._n_ready = max(0, self._n_ready - 1)
                    return True
                if not is_patient or (state.is_finished and state.n_pushed == state.n_fetched):
                    return False
            time.sleep(pause)
            pause = self._next_pause(pause)
            is_seen = True
        return False

    def _next_pause(self, pause: float) -> float:
        """After a sleep: the next one, and the first one of later waits."""
        state = self._state
        with self._use() as pointer:
            library().session_state(pointer, self._state_reference)
        self._n_ready = int(state.n_ready)
        if 2 * self._n_under_way <= state.queue:
            return min(2 * pause, _LONGEST_WAIT)
        if 4 * self._n_ready > state.queue:
            self._pause = max(self._pause / 1.5, _FIRST_WAIT)
        elif 8 * self._n_ready < state.queue:
            self._pause = min(self._pause * 1.5, _LONGEST_PAUSE)
        return self._pause

    @property
    def output(self) -> Any:
        """struct spikeq_result of the last result, its pointers valid until the next one."""
        return self._output

    def next(self) -> Optional[SampleResult]:
        """The next result in the order of the samples; None where no sample is under way (or those
        that are wait for the rest of a coupled batch: push more, or finish)."""
        with self._use():
            if not self.wait(True):
                return None
            o = self._output
            shape = (o.n_populations, o.timesteps)
            return SampleResult(
                int(o.sample),
                int(o.label),
                int(o.prediction),
                copied(o.logits, (o.n_classes,), np.float32),
                copied(o.spikes, shape, np.uint64),
                copied(o.additions, shape, np.uint64),
            )

    def spikes(self, population: str) -> "NDArray[Any]":
        """Spikes of a kept population in the last result: bool [T,...] as PyTorch has it; of
        multispike neurons uint8, how many."""
        known = self._network.populations.get(population)
        if known is None:
            raise no_such(self._network.architecture, population, list(self._network.populations))
        if known.levels > 1:
            return self.raw_spikes(population).reshape(self._network.timesteps, *known.shape)
        return unpacked(self.raw_spikes(population).reshape(self._network.timesteps, -1), known.shape)

    def raw_spikes(self, population: str) -> "NDArray[np.uint8]":
        """Its bytes, uint8 [n]: bits, [T, ceil(neurons / 8)]; of multispike a byte a neuron."""
        known = self._network.populations[population]
        bits = known.levels == 1
        out = np.empty(self._network.timesteps * ((known.neurons + 7) // 8 if bits else known.neurons), np.uint8)
        with self._use() as pointer:
            self._ctx.check(
                library().session_spikes(
                    pointer, population.encode(), s.BITS if bits else s.U8, out.ctypes.data, out.nbytes, None
                )
            )
        return out

    def state(self) -> Dict[str, int]:
        """pushed, ready, fetched, room, queue, threads, batch; it does not wait."""
        with self._use() as pointer:
            self._ctx.check(library().session_state(pointer, c.byref(self._state)))
            t = self._state
            return {"pushed": t.n_pushed, "ready": t.n_ready, "fetched": t.n_fetched, "room": t.room,
                    "queue": t.queue, "threads": t.threads, "batch": t.batch}  # fmt: skip

    def finish(self) -> None:
        """No more samples will come; results can still be fetched."""
        with self._use() as pointer:
            self._ctx.check(library().session_finish(pointer))
            self._finished = True

    def close(self) -> Report:
        """Finish, run what is under way, give a trace its name; the report of all samples."""
        report = c.c_void_p()
        with self._use() as pointer:
            try:
                self._ctx.check(library().session_close(pointer, c.byref(report)))
            finally:
                self._drop()
        self._take_warnings()
        return Report(report.value or 0, self._network)

    def abandon(self) -> None:
        """Drop what is under way; a trace stays incomplete. Nothing to do where it is closed."""
        if os.getpid() != self._pid:
            self._pointer = None  # the parent's
        elif self._pointer is not None:
            with self._use():
                self._drop()

    def _drop(self) -> None:
        self._pointer = None
        self._free()

    @property
    def is_open(self) -> bool:
        """False after close() or abandon()."""
        return self._pointer is not None

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if not self.is_open:
            return
        if kind is None:
            self.close()
        else:
            self.abandon()

    def __reduce__(self) -> Any:
        raise UsageError("a session cannot be pickled")


class _Use:
    """`with` of a session's pointer: BusyError where another thread is in such a block."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> int:
        session = self._session
        if not session._lock.acquire(blocking=False):
            raise BusyError("another thread is in a call with this session")
        pointer = session._pointer
        if pointer is None or os.getpid() != session._pid:
            session._lock.release()
            if pointer is None:
                raise UsageError("the session is closed")
            raise UsageError("the session was opened before fork(): open one in this process")
        return int(pointer)

    def __exit__(self, *_: object) -> None:
        self._session._lock.release()


class Prepared:
    """Arrays of samples as the library takes them; they live as long as this."""

    def __init__(self, arrays: Sequence[Any], labels: Any, is_given: bool) -> None:
        self.arrays = [contiguous("x" if len(arrays) == 1 else f"x[{i}]", x) for i, x in enumerate(arrays)]
        shape = self.arrays[0].shape if self.arrays else ()
        axis = 1 if is_given else 0
        if len(shape) <= axis:
            raise UsageError(f"x: expected samples, an array of more axes than {shape}")
        self.n = int(shape[axis])
        self.labels = labels_of(labels, self.n)
        self._structs = (s.Array * len(self.arrays))(*[described(x) for x in self.arrays])
        self.samples = s.sized(
            s.Samples,
            array=self._structs,
            n_arrays=len(self.arrays),
            labels=None if self.labels is None else self.labels.ctypes.data,
        )


def copied(pointer: int, shape: Tuple[int, ...], dtype: Any) -> "NDArray[Any]":
    """A copy of the library's memory as an array."""
    out = np.empty(shape, dtype)
    if out.nbytes:
        c.memmove(out.ctypes.data, pointer, out.nbytes)
    return out


def _free(pointer: int, pid: int) -> None:
    if os.getpid() == pid:  # in a forked child its threads do not exist
        library().session_free(pointer)
