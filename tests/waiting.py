"""Waiting for a condition instead of for a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def eventually(look: Callable[[], Found], seconds: float = 15.0) -> Found:
    """Return what `look` finds as soon as it is true; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing after {seconds} s: {found!r}"
        pause.wait(0.02)
    return found
