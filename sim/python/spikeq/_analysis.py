"""Analyses: where the spikes of traces are, with the page that `spikeq analyze --html` makes."""

from __future__ import annotations

import json
import os
from typing import Any, Optional

from ._errors import UsageError
from ._library import encode_list, text_of, warn
from ._members import Members
from ._options import text_with


class Analysis(Members):
    """analysis["traces"] and the other members of docs/analysis.md; str() is the table for a terminal;
    in a notebook the page with all charts is shown."""

    def __init__(self, text: str) -> None:
        super().__init__(json.loads(text))
        self._text = text

    def json(self) -> str:
        """The analysis as `spikeq analyze --json` prints it."""
        return self._text

    def html(self) -> str:
        """One HTML page that needs nothing else."""
        return text_of("analysis_html", self._text.encode())[0]

    def save(self, path: Any) -> None:
        """Write the page to a new file."""
        page = self.html()
        try:
            with open(path, "x", encoding="utf-8") as file:
                file.write(page)
        except FileExistsError:
            raise UsageError(f"{os.fspath(path)}: exists already") from None

    def __str__(self) -> str:
        return text_of("analysis_table", self._text.encode(), 0, 0)[0].rstrip("\n")

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        return (
            f'<iframe srcdoc="{escape(self.html())}" sandbox="allow-scripts allow-downloads" '
            'style="width:100%;height:720px;border:0"></iframe>'
        )


def analyze(
    *traces: Any,
    populations: Any = None,
    samples: Any = None,
    model: Any = None,
    config: Any = None,
    weights: Optional[str] = None,
    architecture: Any = None,
    hardware: Any = None,
    threads: Optional[int] = None,
    class_names: Any = None,
    raster_sample: Any = None,
) -> Analysis:
    """Measure where the spikes of traces are (docs/analysis.md); the first is compared with others.

    traces          Trace objects or paths
    populations     only these; comma-separated shell patterns of names (default: all)
    samples         only these: 7, 10:20 (20 is out), 10: or :20 (default: all)
    model           checkpoint of the traces: accuracy after each timestep and early exit
    config          published size (spikeq configs lists them) or a JSON file (default: the published size with
                    these weights' sizes)
    weights         which network, of a file that holds several (EMA, teacher) (default: plain weights before
                    averages)
    architecture    what the network is made of: a name of configs/architectures/ or a file (default: the
                    configuration's, or the one that the weights fit)
    hardware        what an operation costs: a profile (spikeq energy --list shows them) or a file of that form
                    (default: fp32_45nm)
    threads         compute threads; same results (default: one per core)
    class_names     names of the classes: a text file, one name a line, class 0 first
    raster_sample   the sample whose spikes are kept one by one (default: the first)
    """
    if not traces:
        raise UsageError("analyze: expected a trace or its path")
    paths, n_traces = encode_list("traces", [getattr(trace, "path", trace) for trace in traces])
    text, found = text_with(
        "analyze", paths, n_traces, populations=populations, samples=samples, model=model, config=config,
        weights=weights, architecture=architecture, hardware=hardware, threads=threads, class_names=class_names,
        raster_sample=raster_sample,
    )  # fmt: skip
    warn(found)
    return Analysis(text)
