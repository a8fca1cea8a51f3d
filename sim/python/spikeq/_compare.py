"""A PyTorch model beside a network of spikeq."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any, Optional

import numpy as np

from ._arrays import plain
from ._errors import UsageError
from ._neurons import Neurons
from ._record import record

if TYPE_CHECKING:
    from ._network import Network
    from ._trace import Diff


class Comparison:
    """A PyTorch model and a network of spikeq on the same samples.

    equal        every spike is
    first        {sample, timestep, population, neuron, a, b, text}: the first spike that is not (a:
                 PyTorch, b: spikeq), or None
    logits       largest absolute difference of logits
    diff         all figures, a Diff
    """

    def __init__(self, diff: "Diff", logits: Optional[float], text: str) -> None:
        self.diff, self.logits, self._text = diff, logits, text
        self.first = diff.first
        self.equal = bool(diff["mismatches"] == 0)

    def __bool__(self) -> bool:
        return self.equal

    def __repr__(self) -> str:
        return self._text


def compare(
    torch_network: Any,
    network: "Network",
    x: Any,
    *,
    timesteps: Optional[int] = None,
    neurons: Neurons = None,
    layout: Optional[str] = None,
    threads: Optional[int] = None,
) -> Comparison:
    """Run both on x and find the first population and neuron where they part.

    torch_network   a torch.nn.Module, as for record(); called once, without gradients
    network         of spikeq.load()
    x               [B,C,H,W] or frames [B,T,C,H,W]; a tensor, or an array that becomes one
    """
    import sys

    from ._trace import Trace

    torch = sys.modules.get("torch")
    if torch is None:
        raise UsageError("compare: expected a torch.nn.Module")
    array = plain("x", x)
    tensor = x if hasattr(x, "detach") else torch.from_numpy(np.ascontiguousarray(array))
    with tempfile.TemporaryDirectory(prefix="spikeq-") as folder:
        paths = [os.path.join(folder, name) for name in ("torch", "spikeq")]
        with record(
            torch_network, paths[0], timesteps=timesteps, neurons=neurons, layout=layout, like=network, partial=True
        ):
            with torch.no_grad():
                torch_network(tensor)
        network.run(array, trace=paths[1], threads=threads)
        with Trace(paths[0]) as a, Trace(paths[1]) as b:
            common = [name for name in a.populations if name in b.populations]
            diff = a.diff(b, populations=common)
            logits = float(np.abs(a.logits - b.logits).max()) if a.logits.shape == b.logits.shape else None
            text = f"equal: {len(common)} populations, {diff['samples']} samples"
            if diff.first is not None:
                where = diff.first
                place = ",".join(map(str, where["neuron"]))
                who = "PyTorch" if where["a"] else "spikeq"
                text = (
                    f"differ: {diff['mismatches']} spikes; first in sample {where['sample']}, timestep "
                    f"{where['timestep']}, {where['population']}[{place}]: only {who} fires"
                )
            return Comparison(diff, logits, text)
