"""Options by name: keyword arguments as the library's table has them, the table of the command line."""

from __future__ import annotations

import ctypes as c
import os
from typing import Any, Dict, List, Mapping, NamedTuple, Tuple

from . import _structs as s
from ._errors import SpikeqWarning, UsageError
from ._interrupt import Interruptible
from ._library import Context, decode, encode, library

# Keyword: option, where they differ by more than "_" for "-".
KEYWORDS = {"from_": "from"}


class Row(NamedTuple):
    """A row of the table, as struct spikeq_option has it."""

    name: str
    type: str
    metavar: str
    range: str
    initial: str
    help: str


def option_of(keyword: str) -> str:
    """The option of a keyword argument: "trace-codec" of trace_codec."""
    return KEYWORDS.get(keyword, keyword.replace("_", "-"))


def text_with(command: str, *arguments: Any, **values: Any) -> Tuple[str, List[SpikeqWarning]]:
    """A command that gives a text: spikeq_COMMAND(ctx, arguments..., options, &text)."""
    with Context() as ctx, Options(ctx, command, **values) as options:
        pointer = c.c_void_p()
        ctx.check(getattr(library(), command)(ctx.pointer, *arguments, options.pointer, c.byref(pointer)))
        return ctx.text(pointer), ctx.take_warnings()


def rows(command: str) -> Dict[str, Row]:
    """The options of a command by name, in the order of its help."""
    with Context() as ctx, Options(ctx, command) as options:
        return options.rows()


class Options:
    """Options of a command: a block at whose end they are freed.

    with Options(ctx, "diff", samples="10:20") as options:
        library().diff(ctx.pointer, a, b, options.pointer, ...)

    A value is None or False (not set), True, a number, a text or a path; several are set one after the
    other, or joined by commas where the option takes one text.
    """

    def __init__(self, ctx: Context, command: str, **values: Any) -> None:
        self._ctx = ctx
        self._known: Dict[str, Row] = {}
        pointer = c.c_void_p()
        ctx.check(library().options_new(ctx.pointer, command.encode(), c.byref(pointer)))
        self.pointer = pointer.value
        try:
            self.set(values)
        except BaseException:
            self.close()
            raise

    def set(self, values: Mapping[str, Any]) -> None:
        """Set options by their keywords."""
        for keyword, value in values.items():
            if value is None or value is False:
                continue
            option = encode("option", option_of(keyword)) or b""
            for text in self._texts(keyword, value):
                self._ctx.check(library().options_set(self.pointer, option, encode(keyword, text)))

    def rows(self) -> Dict[str, Row]:
        """Every row."""
        if not self._known:
            row = s.sized(s.Option)
            while library().options_list(self.pointer, len(self._known), c.byref(row)) == 0:
                name = decode(row.name)
                self._known[name] = Row(
                    name, decode(row.type), decode(row.metavar), decode(row.range), decode(row.initial), decode(row.help)
                )
        return self._known

    def watch(self, guard: Interruptible) -> None:
        """Let a block of this guard end what runs; it must live as long as the call."""
        library().options_on_progress(self.pointer, guard.progress, None)
        library().options_watch(self.pointer, guard.stop)

    def _texts(self, keyword: str, value: Any) -> List[Any]:
        if isinstance(value, (str, bytes, os.PathLike)):
            return [value]
        if isinstance(value, bool):
            return [str(int(value))]
        try:
            if hasattr(value, "__index__"):
                return [str(value.__index__())]
        except (TypeError, ValueError):
            pass  # an array has it, whatever it holds
        try:
            if hasattr(value, "__float__"):
                return [repr(float(value))]
        except (TypeError, ValueError, OverflowError):
            pass
        return self._several(keyword, value)

    def _several(self, keyword: str, values: Any) -> List[Any]:
        try:
            texts = [os.fsdecode(value) for value in values]
        except (TypeError, UnicodeError):
            raise UsageError(f"{keyword}: expected a text, or several, not {type(values).__name__}") from None
        row = self.rows().get(option_of(keyword))
        return texts if row is not None and row.type == "list" else [",".join(texts)]

    def close(self) -> None:
        """Free them."""
        pointer, self.pointer = self.pointer, None
        library().options_free(pointer)

    def __enter__(self) -> "Options":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
