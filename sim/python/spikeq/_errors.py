"""What can go wrong: one exception a status code of the library, each with its sentence."""

from __future__ import annotations

from typing import Dict, List, Type


class Error(Exception):
    """A call of spikeq that failed.

    str(error) is the library's sentence: what, where, what to do. `code` is the status of
    sim/spikeq.h, a negative number.
    """

    code: int = 0

    def __init__(self, text: str, code: int = 0) -> None:
        super().__init__(text)
        self.text = text
        if code != 0:
            self.code = code

    def __str__(self) -> str:
        return self.text


class UsageError(Error, ValueError):
    """The call is wrong: an unknown option, a closed session, an array of a wrong type."""

    code = -1


class FormatError(Error, ValueError):
    """A file is not what its format says, or is damaged."""

    code = -2


class ShapeError(Error, ValueError):
    """Sizes do not fit together."""

    code = -3


class ValueRangeError(Error, ValueError):
    """A value is out of range or not a number."""

    code = -4


class UnsupportedError(Error):
    """Well formed, but refused or not known."""

    code = -5


class OutOfMemoryError(Error, MemoryError):
    """Memory ended."""

    code = -6


class FileError(Error, OSError):
    """A file cannot be read or written."""

    code = -7


class BusyError(Error):
    """Another thread is in a call with the same object."""

    code = -10


class PopulationError(UsageError, KeyError):
    """There is no such population."""


class SpikeqWarning(UserWarning):
    """A figure is doubtful, not wrong. `name` is stable ("pixels-not-normalised"): docs/warnings.md
    lists every one with its remedy."""

    def __init__(self, text: str, name: str = "") -> None:
        super().__init__(text)
        self.name = name


INTERRUPTED = -8
AGAIN = -9

_CLASSES: Dict[int, Type[Error]] = {
    kind.code: kind
    for kind in (
        UsageError,
        FormatError,
        ShapeError,
        ValueRangeError,
        UnsupportedError,
        OutOfMemoryError,
        FileError,
        BusyError,
    )
}


def error_of(code: int, text: str) -> Error:
    """The exception of a status code."""
    return _CLASSES.get(code, Error)(text or f"status {code}", code)


def no_such(what: str, name: object, known: "List[str]") -> PopulationError:
    """A name that is not among the known ones, with the nearest."""
    import difflib

    near = difflib.get_close_matches(str(name), known, 1, 0.5)
    listed = ", ".join(known[:4]) + (", ..." if len(known) > 4 else "")
    hint = f"did you mean {near[0]}?" if near else f"it has: {listed}"
    return PopulationError(f"{what} has no population {name!r}; {hint}")


for _kind in (Error, PopulationError, SpikeqWarning, *_CLASSES.values()):
    _kind.__module__ = "spikeq"
