"""A way to the hub that breaks again and again."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator, Sequence

_BLOCK = 16 << 10
_AT_ONCE = struct.pack("ii", 1, 0)


class CuttingProxy:
    """Forwards connections; the first ones are reset after so many bytes of the client's.

    With `hold`, they are not reset at once but stay silent until `let_go`.
    """

    def __init__(self, port: int, budgets: Sequence[int], *, hold: bool = False) -> None:
        self._port = port
        self._budgets = list(budgets)
        self._gone_on = threading.Event()
        if not hold:
            self._gone_on.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        # What this side has not read yet counts as sent on the other.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BLOCK)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts = 0

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._forward, args=[client], daemon=True).start()

    def let_go(self) -> None:
        """Reset what is held, and hold nothing more."""
        self._budgets.clear()
        self._gone_on.set()

    def close(self) -> None:
        self.let_go()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _forward(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._port)) as hub:
            back = threading.Thread(target=_pump, args=[hub, client], daemon=True)
            back.start()
            self._send(client, hub)
            back.join(30)

    def _send(self, client: socket.socket, hub: socket.socket) -> None:
        left: int | None = None
        with contextlib.suppress(OSError):
            while data := client.recv(_BLOCK):
                if left is None and data.startswith(b"PATCH ") and self._budgets:
                    left = self._budgets.pop(0)
                if left is not None:
                    left -= len(data)
                    if left <= 0:
                        self.cuts += 1
                        self._gone_on.wait(60)
                        for end in (client, hub):
                            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
                            end.close()
                        return
                hub.sendall(data)
            hub.shutdown(socket.SHUT_WR)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_BLOCK):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def cutting(port: int, budgets: Sequence[int], *, hold: bool = False) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(port, budgets, hold=hold)
    thread = threading.Thread(target=proxy.serve)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(5)
