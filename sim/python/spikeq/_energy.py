"""Energies of a run, a trace or published rates, by the conventions of the field."""

from __future__ import annotations

import ctypes as c
import json
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from . import _structs as s
from ._errors import SpikeqWarning, UsageError
from ._library import encode, encode_list, pairs, text_of, warn, whole
from ._table import Table


class Energy(Mapping[str, Table]):
    """Tables of energies: energy["summary"], energy["layers_exact"], ...; of several models energy["models"].

    str(energy) is the table that `spikeq energy` prints. energy.mj is the energy of a sample in
    millijoules, of one convention; energy.of("paper") that of a named one.
    """

    def __init__(self, members: Dict[str, Any]) -> None:
        self._members = members
        text, found = _priced({**members, "format": "json"})
        warn(found)
        parsed = json.loads(text)
        self._tables = {
            sheet["name"]: Table.of_rows(sheet["rows"], sheet.get("title", ""), sheet.get("notes", ()))
            for sheet in parsed["sheets"]
        }
        self.warnings: List[SpikeqWarning] = [
            SpikeqWarning(item["text"], item["name"]) if isinstance(item, dict) else SpikeqWarning(item)
            for item in parsed.get("warnings", [])
        ]

    def __getitem__(self, name: str) -> Table:
        if name not in self._tables:
            raise UsageError(f"there is no table {name!r}; there are: {', '.join(self._tables)}")
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    @property
    def summary(self) -> Table:
        """A row a convention: additions (G ACs), multiply-accumulates (G MACs), energy_mj, ..."""
        return self["summary"]

    def of(self, convention: str) -> float:
        """Millijoules per sample by this convention; NaN where the profile lacks a price, which warns."""
        mj = self.summary.row(convention)["energy_mj"]
        return float("nan") if mj is None else float(mj)

    @property
    def mj(self) -> float:
        """Millijoules per sample, where one convention was asked for."""
        names = [name for name in self.summary["convention"] if name != "ann"]
        if len(names) != 1:
            raise UsageError(f"ask for one convention, or of(convention); there are: {', '.join(names)}")
        return self.of(names[0])

    def text(
        self,
        format: str = "table",
        *,
        columns: Union[None, str, Sequence[str]] = None,
        unit: Optional[str] = None,
        digits: Optional[int] = None,
    ) -> str:
        """As "table", "markdown", "latex" (booktabs), "csv" or "json".

        columns     names, in this order: "model,accuracy %,energy_mj"
        unit        of energies: "pJ", "nJ", "uJ", "mJ", "J"
        digits      significant digits, 1 to 17; default 5, of JSON and CSV all
        """
        chosen = columns if columns is None or isinstance(columns, str) else ",".join(columns)
        few = None if digits is None else whole("digits", digits, 1, 17)
        return _priced({**self._members, "format": format, "columns": chosen, "unit": unit}, few)[0]

    def __str__(self) -> str:
        return self.text().rstrip("\n")

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return "".join(table._repr_html_() for table in self._tables.values())


def _priced(members: Dict[str, Any], digits: Optional[int] = None) -> "Tuple[str, List[SpikeqWarning]]":
    switches, n_switches = encode_list("switches", members["switches"])
    more, n_more = encode_list("more", members.get("more"))
    texts = {name: encode(name, value) for name, value in members.items() if name not in ("switches", "more")}
    options = s.EnergyOptions(
        switches=switches, n_switches=n_switches, more=more, n_more=n_more, digits=digits or 0, **texts
    )
    return text_of("energy", c.byref(options))


def priced(
    source: Dict[str, Any],
    convention: Optional[str] = None,
    hardware: Any = None,
    per: Optional[str] = None,
    switches: Optional[Mapping[str, Any]] = None,
) -> Energy:
    """The energies of a source: a report's text, a path, rates."""
    chosen = pairs("switch", dict(switches or {}), dash=True)
    return Energy({**source, "convention": convention, "hardware": hardware, "per": per, "switches": chosen})


def energy(
    report: Any = None,
    *more: Any,
    rates: Any = None,
    table: Any = None,
    config: Any = None,
    architecture: Any = None,
    convention: Optional[str] = None,
    hardware: Any = None,
    per: Optional[str] = None,
    **switches: Any,
) -> Energy:
    """Price a network that was run, recorded or published.

    report        a Trace, or the path of a report (.json) or a trace; several make one table, a row a
                  model: energy("a.json", "b.db").text("latex"). Or else
    rates         path of a CSV file "name,rate", with `config`; or
    table         path of a CSV file "name,kind,flops,rate"
    convention    "exact", "paper", "syops", "spikingjelly", "neurobench", "lemaire"; default all
    hardware      a profile's name or path; default "fp32_45nm"
    per           "layer", "block", "timestep", "sample", "class"
    switches      disputed choices: pool="ac", batch_norm="mac" (docs/accounting.md)
    """
    first, *others = [getattr(one, "path", one) for one in (report, *more)]
    source: Dict[str, Any] = {"report": first, "rates": rates, "table": table, "config": config}
    source["architecture"] = architecture
    if others:
        source["more"] = others
    return priced(source, convention, hardware, per, switches)
