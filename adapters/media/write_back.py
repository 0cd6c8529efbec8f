"""Have a file that is being written go to the disk meanwhile, not all at once at its end.

sync_file_range(2): starts the writing and waits for nothing; it promises nothing either, so
whoever needs the file to be durable syncs it all the same, and finds little left to do.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

EVERY = 32 << 20
"""How many bytes are written before they are started on their way to the disk."""
_WRITE = 2
"""SYNC_FILE_RANGE_WRITE."""
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def start_write_back(descriptor: int) -> None:
    """Start writing back what a file has in memory only."""
    if _libc is not None:
        everything = (ctypes.c_int64(0), ctypes.c_int64(0))
        _libc.sync_file_range(ctypes.c_int(descriptor), *everything, ctypes.c_uint(_WRITE))


class WriteBack:
    """Starts writing back a file each time it has grown by some megabytes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._grown = 0

    def grew(self, count: int) -> None:
        """Say that the file has `count` bytes more."""
        self._grown += count
        if self._grown >= EVERY:
            self._grown = 0
            self._start()

    def _start(self) -> None:
        descriptor = os.open(self._path, os.O_RDONLY)
        try:
            start_write_back(descriptor)
        finally:
            os.close(descriptor)
