"""Arrays of users for the library: type, order and byte order as it wants them, or a sentence."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

import numpy as np

from . import _structs as s
from ._errors import UsageError

_DTYPES: Dict[str, int] = {
    "u1": s.U8,
    "f4": s.F32,
    "i4": s.I32,
    "i8": s.I64_,
    "b1": s.BOOL,
    "i1": s.I8,
    "i2": s.I16,
    "u2": s.U16,
    "u4": s.U32_,
    "u8": s.U64_,
    "f2": s.F16,
    "f8": s.F64,
}


def plain(what: str, x: Any) -> "np.ndarray[Any, Any]":
    """An array of a list, a PyTorch tensor (its values on the CPU) or an array."""
    if hasattr(x, "detach") and hasattr(x, "cpu"):
        x = x.detach().cpu()
        if "bfloat16" in str(getattr(x, "dtype", "")):
            x = x.float()
        if hasattr(x, "numpy"):
            x = x.numpy()
    if isinstance(x, np.ma.MaskedArray) and np.ma.getmaskarray(x).any():  # type: ignore[no-untyped-call]
        raise UsageError(f"{what}: is masked; fill() it first, or take its valid samples")
    try:
        array = np.asarray(x)
    except Exception as error:  # of foreign __array__ methods anything may come
        raise UsageError(f"{what}: is no array: {error}") from None
    if array.dtype.kind + str(array.dtype.itemsize) not in _DTYPES:
        raise UsageError(f"{what}: expected numbers such as uint8 or float32, not {array.dtype.name}")
    return array


def contiguous(what: str, x: Any) -> "np.ndarray[Any, Any]":
    """plain(), in C order and the machine's byte order; a copy only where it is not."""
    array = plain(what, x)
    if array.ndim > 8:
        raise UsageError(f"{what}: has {array.ndim} axes; expected at most 8")
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    return np.require(array, requirements=["C", "A"])


def described(array: "np.ndarray[Any, Any]", dtype: Optional[int] = None) -> Any:
    """struct spikeq_array of a contiguous array, which must outlive it."""
    kind = _DTYPES[array.dtype.kind + str(array.dtype.itemsize)] if dtype is None else dtype
    dims = (s.U64 * 8)(*array.shape)
    return s.sized(s.Array, data=array.ctypes.data, dtype=kind, n_dims=array.ndim, dim=dims)


def labels_of(labels: Any, n: int) -> "Optional[np.ndarray[Any, Any]]":
    """int64 [n]; None stays None."""
    if labels is None:
        return None
    array = plain("labels", labels)
    if array.dtype.kind not in "iu":
        raise UsageError(f"labels: expected whole numbers, not {array.dtype.name}")
    if array.shape != (n,):
        raise UsageError(f"labels: expected one for each of {n} samples, shape ({n},), not {array.shape}")
    if array.dtype.kind == "u" and array.size and int(array.max()) > 2**63 - 1:
        raise UsageError(f"labels: {int(array.max())} is no class")
    return np.require(array, np.int64, requirements=["C", "A"])


def unpacked(bits: "np.ndarray[Any, Any]", shape: Tuple[int, ...]) -> "np.ndarray[Any, Any]":
    """bool [..., *shape] of uint8 [..., bytes], the first neuron in the lowest bit."""
    neurons = 1
    for axis in shape:
        neurons *= axis
    flat = np.unpackbits(bits, axis=-1, count=neurons, bitorder="little")
    return flat.reshape(*bits.shape[:-1], *shape).view(np.bool_)
