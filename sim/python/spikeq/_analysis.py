"""Analyses: where the spikes of traces are, with the page that `spikeq analyze --html` makes."""

from __future__ import annotations

import ctypes as c
import json
import os
from typing import Any, Optional

from . import _structs as s
from ._errors import UsageError
from ._library import encode, encode_list, text_of, warn, whole
from ._members import Members


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
        return text_of("analysis_table", self._text.encode(), c.byref(s.TableOptions()))[0].rstrip("\n")

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
    populations     patterns; samples "10:20": only these
    model           the checkpoint: decisions after each timestep; with config, weights, architecture
    hardware        prices operations: a profile's name or path
    class_names     a text file, one name a line
    raster_sample   number of the sample whose raster is kept
    """
    if not traces:
        raise UsageError("analyze: expected a trace or its path")
    paths, n_traces = encode_list("traces", [getattr(trace, "path", trace) for trace in traces])
    chosen = populations if populations is None or isinstance(populations, str) else ",".join(populations)
    texts = {
        "populations": chosen, "samples": samples, "model": model, "config": config, "weights": weights,
        "architecture": architecture, "hardware": hardware, "class_names": class_names,
        "raster_sample": None if raster_sample is None else str(raster_sample),
    }  # fmt: skip
    options = s.AnalyzeOptions(
        traces=paths,
        n_traces=n_traces,
        threads=whole("threads", threads),
        **{name: encode(name, value) for name, value in texts.items()},
    )
    text, found = text_of("analyze", c.byref(options))
    warn(found)
    return Analysis(text)
