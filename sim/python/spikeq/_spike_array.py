"""Lazy arrays of the spikes in a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from ._arrays import plain, unpacked
from ._errors import UsageError, no_such
from ._network import Population

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._trace import Trace


class SpikeArray:
    """Spikes of a population, bool [B,T,...] (of event counts uint16), read from the file as they are
    indexed: array[7], array[10:20, 0], array[[1, 5]]. Memory is that of the result and one sample.
    np.asarray(array) reads all. B counts the samples of the trace; trace.samples has their numbers.
    """

    def __init__(self, trace: "Trace", index: int, population: Population) -> None:
        self._trace, self._index, self.population = trace, index, population
        self.shape: Tuple[int, ...] = (len(trace.samples), trace.timesteps, *population.shape)
        self.dtype: "np.dtype[Any]" = np.dtype(np.uint16 if population.levels > 1 else np.bool_)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(np.prod(self.shape, dtype=object))

    @property
    def nbytes(self) -> int:
        """Bytes of the whole array, were it read."""
        return self.size * self.dtype.itemsize

    def __len__(self) -> int:
        return self.shape[0]

    def _raw(self, row: int) -> "NDArray[Any]":
        return self._trace._read(row, self._index, self.population)

    def _sample(self, row: int) -> "NDArray[Any]":
        raw = self._raw(row)
        if self.population.levels > 1:
            return raw.reshape(self.shape[1:])
        return unpacked(raw, self.population.shape)

    def packed(self) -> "NDArray[np.uint8]":
        """uint8 [B, T, ceil(neurons / 8)]: all spikes as bits, the first neuron in the lowest."""
        if self.population.levels > 1:
            raise UsageError(f"{self.population.name}: event counts cannot be packed into bits")
        out = np.zeros((*self.shape[:2], (self.population.neurons + 7) // 8), np.uint8)
        for row in range(len(self)):
            out[row] = self._raw(row)
        return out

    def __getitem__(self, key: Any) -> "NDArray[Any]":
        first, rest = self._split(key)
        if isinstance(first, int):
            return np.asarray(self._sample(first)[rest])
        if len(first) == 0:
            return np.zeros((0, *np.zeros(self.shape[1:], self.dtype)[rest].shape), self.dtype)
        out: "Optional[NDArray[Any]]" = None
        for i, row in enumerate(first):
            part = self._sample(row)[rest]
            if out is None:
                out = np.empty((len(first), *part.shape), self.dtype)
            out[i] = part
        assert out is not None
        return out

    def _split(self, key: Any) -> "Tuple[Union[int, Sequence[int]], Tuple[Any, ...]]":
        """Rows of the first axis, and what is left for a sample's axes."""
        keys = list(key) if isinstance(key, tuple) else [key]
        for item in keys:
            if item is None or isinstance(item, (float, str, bytes)):
                raise UsageError(f"an array of spikes is indexed by whole numbers, slices and lists, not {item!r:.40}")
        if any(item is Ellipsis for item in keys):
            at = next(i for i, item in enumerate(keys) if item is Ellipsis)
            keys[at : at + 1] = [slice(None)] * (self.ndim - len(keys) + 1)
        if len(keys) > self.ndim:
            raise UsageError(f"{len(keys)} indices for an array of {self.ndim} axes")
        if not keys:
            keys = [slice(None)]
        first, rest = keys[0], tuple(keys[1:])
        if isinstance(first, slice):
            return range(*first.indices(len(self))), self._plain(rest)
        if hasattr(first, "__index__") and not isinstance(first, (bool, np.bool_)) and np.ndim(first) == 0:
            row = first.__index__()
            if not -len(self) <= row < len(self):
                raise IndexError(f"sample {row}: the trace has {len(self)}")
            return row % len(self), self._plain(rest)
        rows = plain("index", first) if not isinstance(first, list) or first else np.zeros(0, int)
        if rows.dtype == np.bool_ and rows.shape == (len(self),):
            rows = np.flatnonzero(rows)
        if rows.ndim != 1 or (rows.dtype.kind not in "iu" and rows.size):
            raise UsageError("the first axis takes a number, a slice, a list of numbers or a mask [B]")
        if rows.size and not (-len(self) <= int(rows.min()) and int(rows.max()) < len(self)):
            raise IndexError(f"samples {rows.min()} to {rows.max()}: the trace has {len(self)}")
        return [int(row) % len(self) for row in rows], self._plain(rest)

    def _plain(self, rest: Tuple[Any, ...]) -> Tuple[Any, ...]:
        if not all(isinstance(item, slice) or (hasattr(item, "__index__") and np.ndim(item) == 0) for item in rest):
            raise UsageError("behind the first axis only numbers and slices; use np.asarray(array)[...]")
        return rest

    def __iter__(self) -> "Iterator[NDArray[Any]]":
        return (self._sample(row) for row in range(len(self)))

    def __array__(self, dtype: Any = None, copy: Optional[bool] = None) -> "NDArray[Any]":
        array = self[:]
        return array if dtype is None else array.astype(dtype)

    def counts(self) -> "NDArray[np.int64]":
        """int64 [B,T]: spikes of each sample at each timestep (of event counts their sum)."""
        axes = tuple(range(1, self.ndim - 1))
        return np.array([sample.sum(axis=axes) for sample in self], np.int64).reshape(self.shape[:2])

    def __repr__(self) -> str:
        return f"<spikeq.SpikeArray {self.population.name}, {self.dtype} {list(self.shape)}, in {self._trace.path}>"


class TraceSpikes(Mapping[str, SpikeArray]):
    """trace.spikes["block.0.attn.q_lif"]: lazy arrays by population."""

    def __init__(self, trace: "Trace") -> None:
        self._trace = trace

    def __getitem__(self, name: str) -> SpikeArray:
        names = list(self._trace.populations)
        if not isinstance(name, str) or name not in self._trace.populations:
            raise no_such(self._trace.path, name, names)
        return SpikeArray(self._trace, names.index(name), self._trace.populations[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._trace.populations)

    def __len__(self) -> int:
        return len(self._trace.populations)

    def __repr__(self) -> str:
        return f"<spikes of {len(self)} populations in {self._trace.path}>"
