"""Which modules of a PyTorch model are neurons, and what they send.

Decided by what they send: a module qualifies if all its outputs are 0 or 1 and it keeps a state, or has
inputs other than 0 and 1. Layers of torch.nn never qualify, nor does what is made of them.
"""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Any, Callable, Iterable, List, NamedTuple, Optional, Tuple, Union

import numpy as np

from ._errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

LAYOUTS = ("TB", "BT", "T*B", "B*T", "B")
Neurons = Union[None, str, Iterable[str], Callable[[str, Any], bool]]

# Attributes that hold the state of neurons in SpikingJelly, snnTorch, norse and sinabs.
_STATES = ("_memories", "mem", "v_mem", "v", "state_fallback")


class Call(NamedTuple):
    """What a module sent once: bits uint8 [first axes..., bytes], and the shape of the array."""

    bits: "NDArray[np.uint8]"
    shape: Tuple[int, ...]


class Watched:
    """A module that may be a population."""

    def __init__(self, name: str, module: Any) -> None:
        self.name, self.module = name, module
        self.calls: List[Call] = []
        self.is_stateful = any(has_state(module, attribute) for attribute in _STATES)
        self.has_other_inputs = False
        self.is_seen = self.is_refused = False
        self.layout = ""
        self.shape: Tuple[int, ...] = ()


def has_state(module: Any, attribute: str) -> bool:
    if attribute in module.__dict__:
        return attribute != "_memories" or bool(module.__dict__[attribute])
    return attribute in module.__dict__.get("_buffers", ())


def is_layer(module: Any) -> bool:
    """Is it, or is it derived from, a layer or a container of torch.nn?"""
    return any(
        base.__module__.startswith("torch.nn.") and base.__name__ != "Module" for base in type(module).__mro__
    )


def is_elementary(module: Any) -> bool:
    """May it be a neuron: neither a layer nor made of layers, or of neurons that keep a state?"""
    if is_layer(module):
        return False
    own = Watched("", module)
    if own.is_stateful:
        return True
    inner = [child for child in module.modules() if child is not module]
    if any(is_layer(child) or Watched("", child).is_stateful for child in inner):
        return False
    return all(parameter.dim() < 2 for parameter in module.parameters())


def candidates(network: Any) -> List[Watched]:
    """The outermost modules that may be neurons, by name."""
    found: List[Watched] = []
    for name, module in network.named_modules():
        inside = any(name.startswith(outer.name + ".") for outer in found)
        if name and not inside and is_elementary(module):
            found.append(Watched(name, module))
    return found


def named(network: Any, neurons: Neurons) -> List[Watched]:
    """The modules that the user names."""
    if callable(neurons):
        found = [Watched(name, module) for name, module in network.named_modules() if name and neurons(name, module)]
    else:
        patterns = neurons.split(",") if isinstance(neurons, str) else [str(pattern) for pattern in neurons or ()]
        found = [
            Watched(name, module)
            for name, module in network.named_modules()
            if name and any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
        ]
    if not found:
        raise UsageError("neurons: chooses no module of the network")
    return found


def first_tensor(value: Any) -> Any:
    """The tensor of an output: itself, or the first of a tuple (spikes, membrane)."""
    if isinstance(value, (tuple, list)):
        for item in value:
            tensor = first_tensor(item)
            if tensor is not None:
                return tensor
        return None
    return value if hasattr(value, "detach") and hasattr(value, "dim") else None


def values_of(tensor: Any) -> "NDArray[Any]":
    tensor = tensor.detach()
    if "bfloat16" in str(tensor.dtype):
        tensor = tensor.float()
    array = tensor.cpu().contiguous().numpy()
    return np.asarray(array)


_ONE = np.float32(1).view(np.uint32)
# Of a large array, what is looked at first: values that are no spikes are rarely alone.
_FIRST = 4096


def spikes_of(array: "NDArray[Any]") -> "Optional[NDArray[np.bool_]]":
    """The array as bools, or None where it holds anything but 0 and 1."""
    if array.size > 16 * _FIRST and array.flags.c_contiguous and _bools(array.reshape(-1)[:_FIRST]) is None:
        return None
    return _bools(array)


def _bools(array: "NDArray[Any]") -> "Optional[NDArray[np.bool_]]":
    if array.dtype == np.bool_:
        return array
    if array.dtype == np.float32:  # by bits: compared as integers, and zeros counted without a second array
        bits = array.view(np.uint32)
        ones = bits == _ONE
        if np.count_nonzero(bits) == np.count_nonzero(ones):
            return np.asarray(ones)
    ones = array == 1
    return np.asarray(ones) if np.count_nonzero(array) == np.count_nonzero(ones) else None


def packed(spikes: "NDArray[np.bool_]", axes: int) -> "NDArray[np.uint8]":
    """uint8 [first axes..., bytes]: each row of the rest begins a byte."""
    n = int(np.prod(spikes.shape[axes:], dtype=object))
    return np.packbits(spikes.reshape(*spikes.shape[:axes], n), axis=-1, bitorder="little")


def n_axes(layout: str) -> int:
    """How many axes come before those of the neurons."""
    return 2 if layout in ("TB", "BT") else 1


def shape_behind(layout: str, shape: Tuple[int, ...]) -> Tuple[int, ...]:
    """Axes of the neurons; a single neuron has one axis of one."""
    return shape[n_axes(layout) :] or (1,)


def is_sinabs(module: Any) -> bool:
    return type(module).__module__.split(".")[0] == "sinabs"
