"""Passwords by Argon2id (RFC 9106)."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from videohub_core.shared.errors import Unavailable

Result = TypeVar("Result")

# A hash takes 64 MiB and tens of milliseconds on purpose. No more than the cores can do
# run at once, and no more than some wait, so that a flood of sign-ins takes neither the
# memory nor all the threads that answer everybody else; and it gives way to them.
_AT_ONCE = os.cpu_count() or 2
_WAITING_MOST = 12
_NICENESS = 10


class Argon2Passwords:
    """`PasswordHasher` with the library's recommended cost (RFC 9106, low memory)."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(_AT_ONCE + _WAITING_MOST)
        self._cores = ThreadPoolExecutor(_AT_ONCE, "password", initializer=_give_way)
        self._hasher = PasswordHasher()

    def hash(self, password: str) -> str:
        return self._in_turn(self._hasher.hash, _bytes(password))

    def verify(self, password_hash: str | None, password: str) -> bool:
        try:
            stored = password_hash or self._nobodys
            self._in_turn(self._hasher.verify, stored, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None

    @cached_property
    def _nobodys(self) -> str:
        """What is verified where there is no account, so that both answers take as long."""
        return self._hasher.hash("nobody has this password")

    def _in_turn(self, call: Callable[..., Result], *given: Any) -> Result:
        """Wait for a core; raise Unavailable if too many wait already."""
        if not self._places.acquire(blocking=False):
            raise Unavailable("Too many people sign in at this moment. Try again shortly.")
        try:
            return self._cores.submit(call, *given).result()
        finally:
            self._places.release()


def _give_way() -> None:
    """Let this thread, and those that it starts to hash, run when others have no need to.

    On Linux each thread has a niceness; elsewhere it may be all the process's, and stays.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        nice = os.getpriority(os.PRIO_PROCESS, thread) + _NICENESS
        os.setpriority(os.PRIO_PROCESS, thread, min(nice, 19))


def _bytes(password: str) -> bytes:
    # A lone surrogate is no password, but must not be an error either.
    return password.encode("utf-8", "surrogatepass")
