"""Ctrl-C, heard where it does no harm."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Any, Self


class Interrupted(Exception):
    """Whoever runs the command wants it to end."""


class Interruption:
    """Notes Ctrl-C instead of letting it strike in the middle of a transaction.

    The second one ends the process at once, as a kill does.
    """

    EXIT_STATUS = 128 + signal.SIGINT

    def __init__(self) -> None:
        self.happened = False

    def __enter__(self) -> Self:
        self._before: Any = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def check(self) -> None:
        """Raise Interrupted if it happened."""
        if self.happened:
            raise Interrupted

    def _note(self, _signal: int, _frame: FrameType | None) -> None:
        self.happened = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)
