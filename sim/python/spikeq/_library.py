"""libspikeq.so: where it is, its functions, and a context for calls.

The library is looked for, in this order: SPIKEQ_LIBRARY (a file, or a folder that holds one); beside
this package (a wheel); build/release of the source tree that the package lies in; lib/ of the prefix
that it is installed in; where the system's loader looks.
"""

from __future__ import annotations

import ctypes as c
import os
import threading
import warnings
import weakref
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from . import _structs as s
from ._errors import Error, SpikeqWarning, UsageError, error_of
from ._version import __version__

_HERE = os.path.dirname(os.path.abspath(__file__))
_NAMES = ("libspikeq.so", "libspikeq.so." + __version__.split(".")[0])

_P = c.c_void_p
_REF = c.c_void_p  # of a struct, by byref()
_OUT = c.c_void_p  # of a handle or a text, by byref()

# Function: arguments; all return int.
_STATUS: Dict[str, Tuple[Any, ...]] = {
    "ctx_new": (_OUT,),
    "network_open": (_P, _P, _OUT),
    "network_describe": (_P, _REF),
    "network_population": (_P, s.Size, _REF),
    "run": (_P, _P, _P, _OUT),
    "report_of_trace": (_P, s.Text, _OUT),
    "report_summary": (_P, _REF),
    "report_population": (_P, s.Size, _REF),
    "report_synapse": (_P, s.Size, _REF),
    "report_attention": (_P, s.Size, _REF),
    "report_warning": (_P, s.Size, _REF),
    "report_json": (_P, _P, _OUT),
    "replay": (_P, s.Text, _P, _OUT, _OUT),
    "graph": (_P, s.Text, _P, _OUT),
    "inspect": (_P, s.Text, _P, _OUT),
    "trace_digest": (_P, s.Text, _OUT),
    "diff": (_P, s.Text, s.Text, _P, _OUT, _OUT),
    "energy": (_P, s.Texts, s.Size, _P, s.Unsigned, _OUT),
    "energy_of_report": (_P, s.Text, _P, s.Unsigned, _OUT),
    "analyze": (_P, s.Texts, s.Size, _P, _OUT),
    "analysis_table": (_P, s.Text, s.Unsigned, s.Int, _OUT),
    "analysis_html": (_P, s.Text, _OUT),
    "export": (_P, s.Text, _P),
    "merge": (_P, s.Texts, s.Size, _P, _P),
    "options_new": (_P, s.Text, _OUT),
    "options_set": (_P, s.Text, s.Text),
    "options_list": (_P, s.Size, _REF),
    "session_open": (_P, _P, _P, _OUT),
    "session_wanted": (_P, s.Size, _REF),
    "session_push": (_P, _REF, _OUT),
    "session_next": (_P, _REF),
    "session_state": (_P, _REF),
    "session_spikes": (_P, s.Text, s.Int, _P, s.Size, _OUT),
    "session_finish": (_P,),
    "session_close": (_P, _OUT),
    "recorder_open": (_P, _REF, _OUT),
    "recorder_write": (_P, s.U64, s.Text, s.U32, _REF),
    "recorder_finish_sample": (_P, s.U64, s.I64, s.I64, _P),
    "recorder_close": (_P, _P),
    "trace_open": (_P, s.Text, _OUT),
    "trace_describe": (_P, _REF),
    "trace_population": (_P, s.Size, _REF),
    "trace_seek": (_P, _P, s.U64),
    "trace_next": (_P, _P, _REF),
    "trace_spikes": (_P, _P, s.U64, s.Size, s.Int, _P, s.Size, _OUT),
}
_NOTHING: Dict[str, Tuple[Any, ...]] = {
    "ctx_free": (_P,),
    "ctx_on_warning": (_P, s.ON_WARNING, _P),
    "network_free": (_P,),
    "report_free": (_P,),
    "options_free": (_P,),
    "options_on_progress": (_P, s.ON_PROGRESS, _P),
    "options_watch": (_P, _P),
    "session_free": (_P,),
    "recorder_free": (_P,),
    "trace_close": (_P,),
    "free": (_P,),
}
_TEXT: Dict[str, Tuple[Any, ...]] = {"version": (), "error_text": (_P,), "status_text": (s.Int,)}


def _candidates() -> Iterator[str]:
    chosen = os.environ.get("SPIKEQ_LIBRARY")
    if chosen:
        folders: Iterable[str] = (chosen,)
        if not os.path.isdir(chosen):
            yield chosen
            return
    else:
        up = os.path.join(_HERE, *[os.pardir] * 3)
        prefix = os.path.join(up, os.pardir)
        libraries = [os.path.join(prefix, "lib"), os.path.join(prefix, "lib64")]
        if os.path.isdir(libraries[0]):  # lib/x86_64-linux-gnu
            libraries += [os.path.join(libraries[0], name) for name in sorted(os.listdir(libraries[0]))]
        folders = (_HERE, os.path.join(up, "build", "release"), *libraries)
    for folder in folders:
        for name in _NAMES:
            path = os.path.normpath(os.path.join(folder, name))
            if os.path.exists(path):
                yield path
    if not chosen:
        yield _NAMES[1]


class _Library:
    """The loaded library: library.energy(...) is spikeq_energy(...), with its argument types."""

    def __init__(self) -> None:
        tried: List[str] = []
        for path in _candidates():
            try:
                self.dll = c.CDLL(path)
                self.path = path
                break
            except OSError as error:
                tried.append(str(error))
        else:
            raise Error(
                "libspikeq.so was not found: build it (make), install it, or set SPIKEQ_LIBRARY to its path"
                + "".join(f"\n  {line}" for line in tried)
            )
        version = self.version().decode()
        if version != __version__:
            raise Error(f"{self.path} is spikeq {version}, and this package is of {__version__}: install both anew")

    def __getattr__(self, name: str) -> Any:
        for table, result in ((_STATUS, c.c_int), (_NOTHING, None), (_TEXT, c.c_char_p)):
            if name in table:
                break
        else:
            raise AttributeError(name)
        try:
            function = getattr(self.dll, "spikeq_" + name)
        except AttributeError:
            raise Error(f"{self.path} has no function spikeq_{name}: it is of another build; run make") from None
        function.restype, function.argtypes = result, table[name]
        setattr(self, name, function)
        return function


_lock = threading.Lock()
_library: Optional[_Library] = None


def library() -> _Library:
    """The library, loaded at the first call."""
    global _library
    if _library is None:
        with _lock:
            if _library is None:
                _library = _Library()
    return _library


def library_path() -> str:
    """Path of the libspikeq.so in use, or its name where the system's loader found it."""
    return library().path


def encode(what: str, value: Any) -> Optional[bytes]:
    """A text or a path for the library; None stays None."""
    if value is None:
        return None
    try:
        text = os.fsencode(value)
    except (TypeError, UnicodeError):
        raise UsageError(f"{what}: expected a text or a path, not {type(value).__name__}") from None
    if b"\0" in text:
        raise UsageError(f"{what}: a text cannot hold a NUL")
    return text


def encode_list(what: str, values: Any) -> Tuple[Any, int]:
    """Texts as an array for the library, and how many; a single text is a list of one."""
    if values is None:
        return None, 0
    if isinstance(values, (str, bytes, os.PathLike)):
        values = [values]
    try:
        items = [encode(what, value) for value in values]
    except TypeError:
        raise UsageError(f"{what}: expected texts, not {type(values).__name__}") from None
    if None in items:
        raise UsageError(f"{what}: expected texts, not None")
    return (c.c_char_p * len(items))(*items), len(items)


def whole(what: str, value: Any, least: int = 0, most: int = 2**31 - 1) -> int:
    """A whole number in a range; None is 0, the library's default."""
    if value is None:
        return 0
    try:
        number = value.__index__()
    except AttributeError:
        raise UsageError(f"{what}: expected a whole number, not {value!r:.60}") from None
    if not least <= number <= most:
        raise UsageError(f"{what}: expected {least} to {most}, not {number}")
    return int(number)


def flag(what: str, value: Any) -> bool:
    """True or False; None is False."""
    if value is None or (isinstance(value, (bool, int)) and value in (0, 1)):
        return bool(value)
    raise UsageError(f"{what}: expected True or False, not {value!r:.60}")


def real(what: str, value: Any) -> float:
    """A finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"{what}: expected a number, not {value!r:.60}") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise UsageError(f"{what}: expected a finite number, not {number}")
    return number


def pairs(what: str, values: Dict[str, Any], dash: bool = False) -> List[str]:
    """KEY=VALUE texts of keyword arguments; `dash`: a key's "_" is a "-"."""
    texts = []
    for key, value in values.items():
        if isinstance(value, (str, os.PathLike)):
            text = os.fspath(value)
        else:
            import json

            try:
                text = json.dumps(value.tolist() if hasattr(value, "tolist") else value)
            except (TypeError, ValueError):
                raise UsageError(f"{what} {key}: expected a number, a text or a list, not {value!r:.60}") from None
        texts.append(f"{key.replace('_', '-') if dash else key}={text}")
    return texts


class Context:
    """One spikeq_ctx: the error and the warnings of the calls made with it, on one thread."""

    def __init__(self) -> None:
        lib = library()
        pointer = c.c_void_p()
        status = lib.ctx_new(c.byref(pointer))
        if status < 0 or not pointer.value:
            raise error_of(status, "no context can be made")
        self.pointer = pointer.value
        found: List[SpikeqWarning] = []
        self._warnings = found

        def on_warning(_: Any, warning: int) -> None:
            item = s.Warning.from_address(warning)
            found.append(SpikeqWarning(decode(item.text), decode(item.name)))

        self._callback = s.ON_WARNING(on_warning)  # must live as long as the context
        lib.ctx_on_warning(self.pointer, self._callback, None)
        self._free = weakref.finalize(self, lib.ctx_free, self.pointer)

    def check(self, status: int) -> int:
        """The status, or the exception of a failure."""
        if status < 0:
            raise error_of(status, self.sentence(status))
        return status

    def sentence(self, status: int) -> str:
        """The last error's sentence."""
        return decode(library().error_text(self.pointer))

    def text(self, pointer: Any) -> str:
        """A text of the library's, which is freed."""
        try:
            return decode(c.string_at(pointer.value))
        finally:
            library().free(pointer)

    def take_warnings(self) -> List[SpikeqWarning]:
        """Warnings since the last call of this."""
        found = list(self._warnings)
        del self._warnings[:]
        return found

    def __enter__(self) -> "Context":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free it."""
        self._free()


def decode(text: Optional[bytes]) -> str:
    """A text of the library's."""
    return os.fsdecode(text) if text is not None else ""


def text_of(call: str, *arguments: Any) -> Tuple[str, List[SpikeqWarning]]:
    """A call that gives a text, in a context of its own: spikeq_CALL(ctx, arguments..., &text)."""
    with Context() as ctx:
        pointer = c.c_void_p()
        ctx.check(getattr(library(), call)(ctx.pointer, *arguments, c.byref(pointer)))
        return ctx.text(pointer), ctx.take_warnings()


def _is_inside(path: str) -> bool:
    """Is it code of this package, or of PyTorch that calls its hooks?"""
    return path.startswith(_HERE + os.sep) or f"{os.sep}torch{os.sep}nn{os.sep}" in path


def warn(found: Sequence[SpikeqWarning]) -> None:
    """Raise them as Python warnings, at the line of the caller outside this package."""
    if not found:
        return
    import sys

    level, frame = 1, sys._getframe(0)
    while frame.f_back is not None and _is_inside(frame.f_code.co_filename):
        frame, level = frame.f_back, level + 1
    for warning in found:
        warnings.warn(warning, stacklevel=level)
