"""Ctrl-C and exceptions of callbacks during a call that runs samples in the library."""

from __future__ import annotations

import ctypes as c
import signal
import threading
from typing import Any, Callable, List, Optional

from . import _structs as s
from ._errors import INTERRUPTED


class Interruptible:
    """A block that calls the library with `progress` and `stop` of this.

    Python handles no signal while the library runs, but when it calls back, after each sample. There
    an exception would be lost; so a signal and what the user's progress raises are kept, end the run
    after the samples under way, and check() raises them. On other threads than the main one signals
    are left alone, as Python has it.
    """

    def __init__(self, progress: Optional[Callable[[int, int], object]]) -> None:
        self._user_progress = progress
        self._raised: List[BaseException] = []
        self._is_signalled = False
        self._old: Any = None
        self._stop = c.c_int(0)
        self.stop = c.pointer(self._stop)
        self.progress = s.ON_PROGRESS(self._on_progress)  # must live as long as the call

    def _on_signal(self, *_: Any) -> None:
        self._is_signalled = True
        self._stop.value = 1

    def _on_progress(self, _: Any, done: int, total: int) -> None:
        try:
            if self._user_progress is not None and not self._raised:
                self._user_progress(done, total)
        except BaseException as error:
            self._raised.append(error)
            self._stop.value = 1

    def __enter__(self) -> "Interruptible":
        if threading.current_thread() is threading.main_thread():
            self._old = signal.getsignal(signal.SIGINT)
            if callable(self._old):
                signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        if callable(self._old):
            signal.signal(signal.SIGINT, self._old)

    def check(self, status: int) -> None:
        """After the block: raise what came in between."""
        if self._raised:
            raise self._raised[0]
        if self._is_signalled:
            self._old(signal.SIGINT, None)
        if status == INTERRUPTED:
            raise KeyboardInterrupt
