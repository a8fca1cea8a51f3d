"""spikeq: an event-driven simulator of spiking transformers, from Python.

    import spikeq

    net = spikeq.load("model.pth", "spikformer-4-384-cifar10")
    result = net.run(images, labels)            # uint8 or float32 [B,C,H,W]
    print(result.accuracy, result.energy(convention="exact"))

    trace = spikeq.Trace("run.db")              # lazy arrays of a recorded run
    with spikeq.record(torch_net, "torch.db"):  # spikes of a live PyTorch model
        torch_net(x)

Shapes: B samples, T timesteps, C channels, H height, W width, N tokens. Firing rates are spikes per
neuron and timestep, 0..1; energies are millijoules per sample unless a name says otherwise.

Everything that fails raises a subclass of spikeq.Error. What makes a figure doubtful without making it
wrong is a Python warning of the category spikeq.SpikeqWarning, and stands in `result.warnings`.

The import itself is quick: NumPy and the library (libspikeq.so) are loaded at first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List

from ._errors import (
    BusyError,
    Error,
    FileError,
    FormatError,
    OutOfMemoryError,
    PopulationError,
    ShapeError,
    SpikeqWarning,
    UnsupportedError,
    UsageError,
    ValueRangeError,
)
from ._version import __version__

if TYPE_CHECKING:
    from ._analysis import Analysis, analyze
    from ._compare import Comparison, compare
    from ._energy import Energy, energy
    from ._graph import Graph, Node
    from ._library import library_path
    from ._network import Network, Population, load
    from ._record import Recording, record
    from ._result import Batch, Result, Spikes
    from ._session import SampleResult, Session
    from ._table import Table
    from ._spike_array import SpikeArray
    from ._trace import Diff, Replay, Trace, merge

# Public name: module. A module is imported when a name of it is first asked for.
_HOMES = {
    "Analysis": "_analysis",
    "analyze": "_analysis",
    "Energy": "_energy",
    "energy": "_energy",
    "Graph": "_graph",
    "Node": "_graph",
    "library_path": "_library",
    "Network": "_network",
    "Population": "_network",
    "load": "_network",
    "Comparison": "_compare",
    "Recording": "_record",
    "compare": "_compare",
    "record": "_record",
    "Batch": "_result",
    "Result": "_result",
    "Spikes": "_result",
    "SampleResult": "_session",
    "Session": "_session",
    "Table": "_table",
    "Diff": "_trace",
    "Replay": "_trace",
    "SpikeArray": "_spike_array",
    "Trace": "_trace",
    "merge": "_trace",
}

__all__ = [
    "Analysis",
    "Batch",
    "BusyError",
    "Comparison",
    "Diff",
    "Energy",
    "Error",
    "FileError",
    "FormatError",
    "Graph",
    "Network",
    "Node",
    "OutOfMemoryError",
    "Population",
    "PopulationError",
    "Recording",
    "Replay",
    "Result",
    "SampleResult",
    "Session",
    "ShapeError",
    "SpikeArray",
    "Spikes",
    "SpikeqWarning",
    "Table",
    "Trace",
    "UnsupportedError",
    "UsageError",
    "ValueRangeError",
    "__version__",
    "analyze",
    "compare",
    "energy",
    "library_path",
    "load",
    "merge",
    "record",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'spikeq' has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module("." + home, __name__), name)
    globals()[name] = value
    return value


def __dir__() -> List[str]:
    return __all__
