"""The report of a run: counts of all its samples."""

from __future__ import annotations

import ctypes as c
import weakref
from typing import Any, Callable, Dict, List, cast

import numpy as np

from . import _structs as s
from ._errors import SpikeqWarning
from ._library import Context, decode, library
from ._table import Table


class Report:
    """What a run or a trace counted; a run's `timing` apart, it depends on model and input only."""

    def __init__(self, pointer: int, network: object = None) -> None:
        self._pointer = pointer
        self._network = network  # must outlive it
        weakref.finalize(self, library().report_free, pointer)
        self.summary = s.sized(s.Summary)
        library().report_summary(pointer, c.byref(self.summary))

    def _items(self, kind: Any, call: Callable[[int, int, Any], int], n: int) -> List[Any]:
        items = []
        for i in range(n):
            items.append(s.sized(kind))
            status = call(self._pointer, i, c.byref(items[i]))
            assert status == 0
        return items

    @property
    def warnings(self) -> List[SpikeqWarning]:
        """Of loading the network and of the run, in order."""
        found = self._items(s.Warning, library().report_warning, self.summary.n_warnings)
        return [SpikeqWarning(decode(item.text), decode(item.name)) for item in found]

    def populations(self) -> Table:
        """Columns population, neurons, spikes (of all samples and timesteps), rate."""
        found = self._items(s.ReportPopulation, library().report_population, self.summary.n_populations)
        return Table(
            {
                "population": [decode(item.name) for item in found],
                "neurons": [item.neurons for item in found],
                "spikes": [item.spikes for item in found],
                "rate": [item.rate for item in found],
            }
        )

    def rates(self) -> Table:
        """Column population, then one per timestep: t0, t1, ..."""
        found = self._items(s.ReportPopulation, library().report_population, self.summary.n_populations)
        columns: Dict[str, Any] = {"population": [decode(item.name) for item in found]}
        for t in range(self.summary.timesteps):
            columns[f"t{t}"] = np.array([item.rate_per_timestep[t] for item in found], np.float64)
        return Table(columns)

    def operations(self) -> Table:
        """A row a synapse, then a row a product of attention, over all samples and timesteps:
        name, kind, source, target, events, additions, sops, dense_additions, macs."""
        rows = []
        for item in self._items(s.Synapse, library().report_synapse, self.summary.n_synapses):
            rows.append((item.name, item.kind, item.source, item.target, item.events, item.additions, item.sops,
                         item.dense_additions, item.macs))  # fmt: skip
        for item in self._items(s.Attention, library().report_attention, self.summary.n_attentions):
            rows.append((item.name, item.order, None, item.target, item.events, item.additions, item.additions,
                         item.dense_additions, 0))  # fmt: skip
        names = ("name", "kind", "source", "target", "events", "additions", "sops", "dense_additions", "macs")
        columns: Dict[str, List[Any]] = {name: [row[i] for row in rows] for i, name in enumerate(names)}
        for name in names[:4]:
            columns[name] = [None if text is None else decode(text) for text in columns[name]]
        return Table(columns)

    def json(self) -> str:
        """The report as `spikeq run --report` writes it."""
        with Context() as ctx:
            text = c.c_void_p()
            ctx.check(library().report_json(ctx.pointer, self._pointer, c.byref(text)))
            return ctx.text(text)

    def facts(self) -> Dict[str, Any]:
        """Members of the summary that are texts and numbers."""
        found = {}
        for name, _ in cast(Any, s.Summary)._fields_[1:]:
            value = getattr(self.summary, name)
            found[name] = decode(value) if isinstance(value, bytes) else value
        return found
