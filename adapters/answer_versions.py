"""Since when each address of the hub answers what it does.

No row says when a list last changed: a video that is deleted leaves nothing behind. So the
time of a change is when this process first saw it.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from threading import Lock
from typing import NamedTuple

ADDRESSES_MOST = 1000


class Version(NamedTuple):
    """What an address answers."""

    digest: str
    since: int
    """When it was first seen, in seconds since 1970."""
    is_alone: bool
    """Whether that second saw no other version."""


class Versions:
    """Since when each address answers what it does."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Version] = OrderedDict()
        self._lock = Lock()

    def seen(self, address: str, digest: str, now: datetime) -> Version:
        """Return the version that an address answers now."""
        second = int(now.timestamp())
        with self._lock:
            known = self._known.pop(address, None)
            is_same = known is not None and known.digest == digest
            if known is None or not (is_same and known.is_alone):
                is_alone = known is None or known.since < second
                known = Version(digest, second, is_alone)
            self._known[address] = known
            while len(self._known) > ADDRESSES_MOST:
                self._known.popitem(last=False)
        return known
