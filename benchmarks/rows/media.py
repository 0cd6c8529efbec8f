"""P8: stored bytes, against nginx with sendfile."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.harness import Row, Run, at_least, at_most, seconds_of
from benchmarks.nginx import is_there, running_nginx
from entrypoints.container import build_container
from entrypoints.settings import make_settings
from tests.end_to_end.hub import Hub, running_hub
from tests.factories.entities import NOW, make_channel, make_user, make_video
from videohub_core.videos.entities import MediaKey, ProcessingState

WHOLE = 1 << 30
FAR = 900 << 20
RANGE = 64 << 10
_MANY = 50


def bytes_out(run: Run) -> Iterator[Row]:
    """P8: a range near and far, and a whole file."""
    if not is_there():
        raise SystemExit("P8 compares with nginx, which is not installed.")
    with tempfile.TemporaryDirectory(dir=run.folder) as place:
        path = store_large(Path(place))
        with (
            running_hub(Path(place)) as hub,
            running_nginx(Path(place) / "nginx", hub.data_dir) as port,
        ):
            ours = Reader(hub.port, path)
            theirs = Reader(port, next(_files(hub)))
            yield from _compare(run, ours, theirs)


def _compare(run: Run, ours: Reader, theirs: Reader) -> Iterator[Row]:
    nginx = "nginx, sendfile"
    for name, start in (("0", 0), ("900 MiB", FAR)):
        yield run.compare(
            "P8",
            f"range of 64 KiB at {name}",
            unit="s",
            reference=(nginx, seconds_of(lambda at=start: theirs.ranges(at))),
            ours=seconds_of(lambda at=start: ours.ranges(at)),
            aim=None,
            note=f"{_MANY} of them, one after another over one connection",
        )
    yield run.compare(
        "P8",
        "range at 900 MiB against one at 0",
        unit="s",
        reference=("ours at 0", seconds_of(lambda: ours.ranges(0))),
        ours=seconds_of(lambda: ours.ranges(FAR)),
        aim=at_most(1.1),
    )
    yield run.compare(
        "P8",
        "whole file of 1 GiB",
        unit="GiB/s",
        reference=(nginx, theirs.whole),
        ours=ours.whole,
        aim=at_least(0.9),
    )


class Reader:
    """A client that does nothing with what it gets."""

    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._path = path
        self._buffer = bytearray(1 << 20)
        self._connection = self._connect()

    def ranges(self, start: int) -> None:
        for _ in range(_MANY):
            self._ask(self._connection, f"Range: bytes={start}-{start + RANGE - 1}\r\n")
            assert self._drain(self._connection, b" 206 ") == RANGE

    def whole(self) -> float:
        """Return GiB a second."""
        with self._connect() as connection:
            # From the first byte asked for to the last one that is there.
            sample = seconds_of(lambda: self._whole(connection))
            return 1 / sample()

    def _whole(self, connection: socket.socket) -> None:
        self._ask(connection, "")
        assert self._drain(connection, b" 200 ") == WHOLE

    def _connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._port), timeout=60)

    def _ask(self, connection: socket.socket, header: str) -> None:
        connection.sendall(
            f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n".encode()
        )

    def _drain(self, connection: socket.socket, status: bytes) -> int:
        """Return how many bytes the body had."""
        head = b""
        while b"\r\n\r\n" not in head:
            head += _some(connection.recv(4096))
        head, _, rest = head.partition(b"\r\n\r\n")
        assert status in head.partition(b"\r\n")[0] + b" ", head
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        got = len(rest)
        while got < length:
            got += _some(connection.recv_into(self._buffer))
        return got


def _some(received: Any) -> Any:
    assert received, "the connection ended"
    return received


def store_large(folder: Path) -> str:
    """Store a public video with a file of 1 GiB; return the file's address."""
    settings = make_settings({"videohub.data_dir": str(folder / "data")}, {})
    container = build_container(settings)
    container.migrate()
    user = make_user()
    channel = make_channel(user)
    key = MediaKey("media/large/large.mp4")
    ready = {"state": ProcessingState.READY, "published_at": NOW, "video_file": key}
    video = make_video(channel, **ready)
    with container.uow() as uow:
        uow.users.add(user)
        uow.channels.add(channel)
        uow.videos.add(video)
        uow.commit()
    container.database().close()
    container.hints().close()
    container.bus().close()
    file = settings.data_dir / key
    file.parent.mkdir(parents=True)
    block = bytes(range(256)) * 4096
    with file.open("wb") as out:
        for _ in range(WHOLE // len(block)):
            out.write(block)
    return f"/media/{video.id}/video.mp4"


def _files(hub: Hub) -> Iterator[str]:
    for file in (hub.data_dir / "media").rglob("*.mp4"):
        yield f"/{file.relative_to(hub.data_dir)}"
