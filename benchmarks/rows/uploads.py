"""P9: a large file in, by one request and by tus, against a loopback copy into a file."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.harness import Row, Run, at_least, at_most, seconds_of
from tests.end_to_end.hub import Hub, Member, running_hub
from tests.end_to_end.tus_client import BYTES, begin

SIZE = 1 << 30
_BLOCK = 1 << 20
_ROUNDS = 5
_RATES = "write=1000000/second read=1000000/second"
_BOUNDARY = "benchmark"


def bytes_in(run: Run) -> Iterator[Row]:
    """P9: how fast 1 GiB comes in and is durable, and what memory that takes."""
    with tempfile.TemporaryDirectory(dir=run.folder) as name:
        place = Path(name)
        with running_hub(place, quota="1T", rate_limits=_RATES) as hub:
            sender = Sender(hub)
            copy = Copy(place / "copy")
            for what, ours in (
                ("1 GiB by one request", sender.at_once),
                ("1 GiB by tus", sender.by_tus),
            ):
                yield run.compare(
                    "P9",
                    what,
                    unit="GiB/s",
                    reference=("loopback copy into a file, synced", copy.speed),
                    ours=lambda call=ours: 1 / seconds_of(call)(),
                    aim=at_least(0.7),
                    rounds=_ROUNDS,
                )
            yield run.compare(
                "P9",
                "memory of the server while 1 GiB comes by tus",
                unit="MB",
                reference=("before it comes", sender.memory),
                ours=sender.memory_while_sending,
                aim=at_most(1.2),
                rounds=1,
            )


def send(port: int, head: str, tail: bytes = b"") -> bytes:
    """Send a head, the bytes and a tail; return the beginning of the answer."""
    block = bytes(_BLOCK)
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(head.encode())
        for _ in range(SIZE // _BLOCK):
            connection.sendall(block)
        connection.sendall(tail)
        return connection.recv(4096)


class Copy:
    """Whatever comes over loopback goes into a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def speed(self) -> float:
        """Return GiB a second."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=self._receive, args=[server])
            thread.start()
            sample = seconds_of(lambda: send(server.getsockname()[1], ""))
            taken = sample()
            thread.join()
        self._path.unlink()
        return 1 / taken

    def _receive(self, server: socket.socket) -> None:
        buffer = bytearray(_BLOCK)
        connection, _ = server.accept()
        with connection, self._path.open("wb") as file:
            left = SIZE
            while left:
                count = connection.recv_into(buffer)
                file.write(memoryview(buffer)[:count])
                left -= count
            file.flush()
            os.fsync(file.fileno())
            connection.sendall(b"done")


class Sender:
    """A member who sends the same file again and again."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._member = Member(hub, "sender")
        self._server = psutil.Process(hub.process.pid)

    def _head(self, method: str, path: str, length: int, **headers: str) -> str:
        named = {
            "Host": f"127.0.0.1:{self._hub.port}",
            "Cookie": f"hub_session={self._member.http.cookies['hub_session']}",
            "X-CSRF-Token": self._member.csrf,
            "Content-Length": str(length),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        lines = [f"{method} {path} HTTP/1.1", *(f"{k}: {v}" for k, v in named.items())]
        return "\r\n".join([*lines, "", ""])

    def at_once(self) -> None:
        part = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="'
        before = f'{part}title"\r\n\r\nT\r\n{part}file"; filename="a.mp4"\r\n\r\n'
        after = f"\r\n--{_BOUNDARY}--\r\n".encode()
        kind = f"multipart/form-data; boundary={_BOUNDARY}"
        length = len(before) + SIZE + len(after)
        head = self._head("POST", "/api/v1/videos", length, Content_Type=kind)
        answer = send(self._hub.port, head + before, after)
        assert b" 201 " in answer, answer

    def by_tus(self) -> None:
        path = begin(self._member, SIZE)
        about = {"Tus_Resumable": "1.0.0", "Upload_Offset": "0", "Content_Type": BYTES}
        answer = send(self._hub.port, self._head("PATCH", path, SIZE, **about))
        assert b" 204 " in answer, answer
        self._member.http.delete(
            self._hub.url + path,
            headers={"Tus-Resumable": "1.0.0", "X-CSRF-Token": self._member.csrf},
            timeout=60,
        )

    def memory(self) -> float:
        return self._server.memory_info().rss / 2**20

    def memory_while_sending(self) -> float:
        """Return the most that was taken."""
        thread = threading.Thread(target=self.by_tus)
        thread.start()
        most = 0.0
        while thread.is_alive():
            most = max(most, self.memory())
            thread.join(0.02)
        return most
