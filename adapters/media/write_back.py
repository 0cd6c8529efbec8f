"""Have a file that is being written go to the disk meanwhile, not all at once at its end.

sync_file_range(2): starts the writing and waits for nothing; it promises nothing either, so
whoever needs the file to be durable syncs it all the same, and finds little left to do.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_EVERY = 32 << 20
_WRITE = 2
"""SYNC_FILE_RANGE_WRITE."""


class WriteBack:
    """Starts writing back a file each time it has grown by some megabytes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._libc = ctypes.CDLL(None) if sys.platform == "linux" else None
        self._grown = 0

    def grew(self, count: int) -> None:
        """Say that the file has `count` bytes more."""
        self._grown += count
        if self._grown >= _EVERY:
            self._grown = 0
            self._start()

    def _start(self) -> None:
        if self._libc is None:
            return
        descriptor = os.open(self._path, os.O_RDONLY)
        try:
            everything = (ctypes.c_int64(0), ctypes.c_int64(0))
            self._libc.sync_file_range(descriptor, *everything, ctypes.c_uint(_WRITE))
        finally:
            os.close(descriptor)
