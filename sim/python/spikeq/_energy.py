"""Energies of a run, a trace or published rates, by the conventions of the field."""

from __future__ import annotations

import ctypes as c
import json
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

from ._errors import SpikeqWarning, UsageError
from ._library import Context, encode_list, flag, library, pairs, warn, whole
from ._options import Options
from ._table import Table


class Energy(Mapping[str, Table]):
    """Tables of energies: energy["summary"], energy["layers_exact"], ...; of several models energy["models"].

    str(energy) is the table that `spikeq energy` prints. energy.mj is the energy of a sample in
    millijoules, of one convention; energy.of("paper") that of a named one.
    """

    def __init__(self, paths: Sequence[Any], report: Optional[str], options: Dict[str, Any]) -> None:
        self._source = paths, report
        self._options = options
        text, found = self._priced(format="json")
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
        columns: Union[None, str, Iterable[str]] = None,
        unit: Optional[str] = None,
        digits: Union[None, int, str] = None,
        verbose: bool = False,
    ) -> str:
        """As "table", "markdown", "latex" (booktabs), "csv" or "json".

        format          of the tables; latex for booktabs (default: table)
        columns         these columns alone, in this order
        unit            of energies (default: each column's own)
        digits          significant digits (default: 5; of json and csv full)
        verbose         all columns, and notes: prices with sources, what counts as nothing, bounds, deviation
        """
        chosen = columns if columns is None or isinstance(columns, str) else ",".join(columns)
        shown = {
            "format": format, "columns": chosen, "unit": unit, "verbose": flag("verbose", verbose),
            "digits": digits if digits is None or digits == "full" else whole("digits", digits, 1, 17),
        }  # fmt: skip
        return self._priced(**shown)[0]

    def _priced(self, **shown: Any) -> Tuple[str, List[SpikeqWarning]]:
        paths, report = self._source
        with Context() as ctx, Options(ctx, "energy", **self._options, **shown) as options:
            text = c.c_void_p()
            how = options.pointer, 0, c.byref(text)
            if report is not None:
                ctx.check(library().energy_of_report(ctx.pointer, report.encode(), *how))
            else:
                ctx.check(library().energy(ctx.pointer, *encode_list("report", paths), *how))
            return ctx.text(text), ctx.take_warnings()

    def __str__(self) -> str:
        return self.text().rstrip("\n")

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return "".join(table._repr_html_() for table in self._tables.values())


def priced(
    paths: Sequence[Any],
    report: Optional[str],
    convention: Optional[str] = None,
    hardware: Any = None,
    per: Optional[str] = None,
    switches: Optional[Mapping[str, Any]] = None,
    **options: Any,
) -> Energy:
    """The energies of reports and traces by their paths, or of one report's text, or of what `options` name."""
    chosen = pairs("switch", dict(switches or {}), dash=True)
    asked = {"convention": convention, "hardware": hardware, "per": per, "switch": chosen}
    return Energy(paths, report, {**asked, **options})


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
    compare: Any = None,
    **switches: Any,
) -> Energy:
    """Price a network that was run, recorded or published.

    report          a Trace, or path of a report (.json) or a trace; several make one table, a row a model:
                    energy("a.json", "b.db").text("latex"). Or else `rates` or `table`
    rates           columns name, rate: a network known by its firing rates
    table           columns name, kind, flops, rate: any network
    config          published size (spikeq configs lists them) or a JSON file (default: the published size with
                    these weights' sizes)
    architecture    what the network is made of: a name of configs/architectures/ or a file (default: the
                    configuration's, or the one that the weights fit)
    convention      how operations are counted and priced (spikeq energy --list shows them) (default: all; of
                    several models exact)
    hardware        what an operation costs: a profile (spikeq energy --list shows them) or a file of that form
                    (default: fp32_45nm)
    per             a row for each of these
    compare         columns name and rate, flops or ops: another tool's figures
    switches        disputed choices: pool="ac", batch_norm="mac" (docs/accounting.md)
    """
    paths = [getattr(one, "path", one) for one in (report, *more)] if report is not None or more else []
    return priced(
        paths, None, convention, hardware, per, switches, compare=compare, rates=rates, table=table, config=config,
        architecture=architecture,
    )  # fmt: skip
