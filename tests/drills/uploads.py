"""Cut connections and kill hubs while files are sent; nothing acknowledged may be lost.

`make drill-uploads` does it 300 times. Each fault hits a PATCH at a random byte: its
connection is reset, or the whole hub is killed (SIGKILL) and started again. After each, what
the hub says to have is compared with what it acknowledged and with the file that is sent.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import socket
import struct
import sys
import tempfile
from pathlib import Path

import click

from tests.end_to_end.hub import Hub, Member, running_hub
from tests.end_to_end.tus_client import begin, offset_of, open_patch, original, patch
from tests.waiting import eventually

MB = 1 << 20
_PIECE = 64 << 10
_AT_ONCE = struct.pack("ii", 1, 0)


class Drill:
    """Files that are sent through faults, and what came of it."""

    def __init__(self, hub: Hub, seed: int) -> None:
        self._hub = hub
        self._random = random.Random(seed)
        self._member = Member(hub, "drill")
        self.cuts = self.kills = self.files = self.lost = 0

    @property
    def faults(self) -> int:
        return self.cuts + self.kills

    def send_file(self, faults_most: int) -> None:
        """Send one file through several faults, then the rest, and compare."""
        data = self._random.randbytes(self._random.randint(MB, 6 * MB))
        path, acknowledged = begin(self._member, len(data)), 0
        for _ in range(min(faults_most, self._random.randint(1, 6))):
            offset = offset_of(self._member, path)
            self._compare(path, data, offset, acknowledged)
            if offset == len(data):
                break
            acknowledged = offset
            size = self._random.randint(1, len(data) - offset)
            if self._random.random() < 0.3:
                if self._sent(path, offset, data[offset : offset + size]):
                    acknowledged = offset + size
            else:
                self._fail(path, offset, data[offset : offset + size], len(data) - offset)
        while (offset := offset_of(self._member, path)) < len(data):
            self._compare(path, data, offset, acknowledged)
            self._sent(path, offset, data[offset:])
        made = hashlib.sha256(original(self._hub, path)).digest()
        assert made == hashlib.sha256(data).digest(), "the file is another one"
        self.files += 1

    def _sent(self, path: str, offset: int, data: bytes) -> bool:
        """Send bytes; tell whether they were taken.

        They are not where a request that was cut came late and brought some of them.
        """
        answer = patch(self._member, path, offset, data)
        assert answer.status_code in (204, 409), answer.text
        return bool(answer.ok)

    def _fail(self, path: str, offset: int, data: bytes, announced: int) -> None:
        """Send data of a PATCH that announces more, and let it end badly."""
        kills = self._random.random() < 0.1
        with open_patch(self._member, path, offset, announced + kills) as connection:
            for start in range(0, len(data), _PIECE):
                # A hub that is dead by now takes nothing more.
                with contextlib.suppress(OSError):
                    connection.sendall(data[start : start + _PIECE])
            if kills:
                self._kill()
            else:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
                self.cuts += 1

    def _kill(self) -> None:
        tree = self._hub.note_processes()
        for process in tree:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        self._hub.process.wait(10)
        eventually(lambda: not self._hub.survivors())
        self._hub.start()
        self.kills += 1

    def _compare(self, path: str, data: bytes, offset: int, acknowledged: int) -> None:
        self.lost += max(0, acknowledged - offset)
        assert original(self._hub, path)[:offset] == data[:offset], "bytes are others"


@click.command()
@click.option("--faults", default=300, show_default=True, help="How many cuts and kills.")
@click.option("--seed", type=int, help="Repeat a drill.")
def main(faults: int, seed: int | None) -> None:
    """Send files until so many faults have happened, and print what came of it."""
    seed = random.randrange(1 << 32) if seed is None else seed
    click.echo(f"seed {seed}")
    rates = "read=99999/second write=99999/second"
    with (
        tempfile.TemporaryDirectory() as folder,
        running_hub(Path(folder), rate_limits=rates, quota="1T") as hub,
    ):
        drill = Drill(hub, seed)
        while drill.faults < faults:
            drill.send_file(faults - drill.faults)
        click.echo(
            f"{drill.files} files, {drill.cuts} cuts, {drill.kills} kills: "
            f"{drill.lost} acknowledged bytes lost, every SHA-256 equal"
        )
        sys.exit(1 if drill.lost else 0)


if __name__ == "__main__":
    main()
