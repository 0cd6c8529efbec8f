"""Files out by sendfile(2): from the page cache to the socket, past this process.

Reading blocks and writing them to the connection copies every byte twice and holds the
interpreter meanwhile, which gave half of what nginx sends. Tornado has no such thing, but
for whoever writes to a connection a part of a file is a chunk like any other.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from tornado.iostream import IOStream, StreamClosedError

# As much as one call sends: others get their turn after each.
_BLOCK = 4 << 20
# Not every system and file system can say whether a read would wait.
_NO_WAIT = getattr(os, "RWF_NOWAIT", 0)


@dataclass(frozen=True)
class FilePart:
    """Bytes of an open file, to be written to a connection."""

    descriptor: int
    start: int
    length: int
    executor: Executor
    """Waits for the disk."""
    progress: Callable[[], None]
    """Called whenever some of it has gone."""
    done: asyncio.Future[None] = field(default_factory=asyncio.Future)
    """Resolves when all of it has gone, to StreamClosedError if it cannot.

    What the connection returns for a write is forgotten when the client goes.
    """

    def __len__(self) -> int:
        return self.length


class FileStream(IOStream):
    """A stream that takes a `FilePart` where it takes bytes, once all before it is written."""

    _sending: asyncio.Task[None] | None = None

    def write(self, data: Any) -> Any:
        if not isinstance(data, FilePart):
            return super().write(data)
        self._sending = asyncio.get_running_loop().create_task(self._send(data))
        return data.done

    def close(self, exc_info: Any = False) -> None:
        if self._sending is not None:
            # It may wait for a client that takes nothing any more.
            self._sending.cancel()
        super().close(exc_info)

    async def _send(self, part: FilePart) -> None:
        try:
            await self._send_all(part)
        except BaseException as error:
            self.close()
            closed = StreamClosedError(error if isinstance(error, OSError) else None)
            part.done.set_exception(closed)
            if not isinstance(error, (OSError, asyncio.CancelledError)):
                raise
        else:
            part.done.set_result(None)

    async def _send_all(self, part: FilePart) -> None:
        # A descriptor of our own to wait on: the stream has this one's in the loop already.
        with self.socket.dup() as out:
            end = part.start + part.length
            position = part.start
            while position < end:
                count = min(_BLOCK, end - position)
                if not _is_cached(part.descriptor, position, count):
                    await _read_ahead(part, position, count)
                position += await self._some(out, part.descriptor, position, count)
                part.progress()

    async def _some(self, out: socket.socket, file: int, position: int, count: int) -> int:
        """Return how many bytes went, after waiting until some can."""
        while True:
            try:
                sent = os.sendfile(out.fileno(), file, position, count)
            except BlockingIOError:
                await _writable(out)
                continue
            if not sent:
                # The promised length cannot be kept, and a closed connection says so.
                raise OSError("the file is shorter than it was")
            await asyncio.sleep(0)
            return sent


def _is_cached(file: int, position: int, count: int) -> bool:
    """Tell whether the bytes can be had without waiting for the disk, as far as is known."""
    if not _NO_WAIT:
        return False
    probe = bytearray(1)
    try:
        for at in (position, position + count - 1):
            os.preadv(file, [probe], at, _NO_WAIT)
    except OSError:
        return False
    return True


def _read_ahead(part: FilePart, position: int, count: int) -> Awaitable[bytes]:
    """Have the bytes read into the page cache by a thread."""
    loop = asyncio.get_running_loop()
    return loop.run_in_executor(part.executor, os.pread, part.descriptor, count, position)


async def _writable(out: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_writer(out, _set, ready)
    try:
        await ready
    finally:
        loop.remove_writer(out)


def _set(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
