"""Passwords by Argon2id (RFC 9106)."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from videohub_core.shared.errors import Unavailable

# A hash takes 64 MiB and tens of milliseconds on purpose. No more than the cores can do
# run at once, and no more than some wait, so that a flood of sign-ins takes neither the
# memory nor all the threads that answer everybody else.
_AT_ONCE = os.cpu_count() or 2
_WAITING_MOST = 12


class Argon2Passwords:
    """`PasswordHasher` with the library's recommended cost (RFC 9106, low memory)."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(_AT_ONCE + _WAITING_MOST)
        self._cores = threading.BoundedSemaphore(_AT_ONCE)
        self._hasher = PasswordHasher()

    def hash(self, password: str) -> str:
        with self._turn():
            return self._hasher.hash(_bytes(password))

    def verify(self, password_hash: str | None, password: str) -> bool:
        try:
            with self._turn():
                self._hasher.verify(password_hash or self._nobodys, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None

    @cached_property
    def _nobodys(self) -> str:
        """What is verified where there is no account, so that both answers take as long."""
        return self._hasher.hash("nobody has this password")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for a core; raise Unavailable if too many wait already."""
        if not self._places.acquire(blocking=False):
            raise Unavailable("Too many people sign in at this moment. Try again shortly.")
        try:
            with self._cores:
                yield
        finally:
            self._places.release()


def _bytes(password: str) -> bytes:
    # A lone surrogate is no password, but must not be an error either.
    return password.encode("utf-8", "surrogatepass")
