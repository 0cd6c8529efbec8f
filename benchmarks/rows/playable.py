"""P10: from a file's last byte to the moment it can be watched."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import imageio_ffmpeg

from benchmarks.harness import Row, Run, at_most, seconds_of
from tests.end_to_end.hub import Hub, Member, running_hub, stored_files
from tests.samples import make_large_clip
from tests.waiting import eventually

MEGABYTES = {100: None, 1000: at_most(1.5)}
_ROUNDS = 5
_POLL = 0.01
_TIDY_SECONDS = 60


def playable(run: Run) -> Iterator[Row]:
    """P10: a file that browsers play as it is, against copying it with ffmpeg."""
    with (
        tempfile.TemporaryDirectory(dir=run.folder) as name,
        running_hub(Path(name), rate_limits="read=1000000/second") as hub,
    ):
        member = Member(hub, "member")
        for megabytes, aim in MEGABYTES.items():
            clip = make_large_clip(Path(name) / f"{megabytes}.mp4", megabytes)
            yield run.compare(
                "P10",
                f"last byte to playable, {megabytes} MB",
                unit="s",
                reference=("ffmpeg -c copy", seconds_of(lambda clip=clip: _copy(clip))),
                ours=lambda clip=clip: _until_playable(hub, member, clip),
                aim=aim,
                rounds=_ROUNDS,
                note="100 MB: under 2 s; ours outlives a power cut, the copy does not",
            )


def _copy(clip: Path) -> None:
    made = clip.with_name("copied.mp4")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y"]
    subprocess.run([*command, "-i", clip, "-c", "copy", made], check=True)
    made.unlink()


def _until_playable(hub: Hub, member: Member, clip: Path) -> float:
    """Return the seconds from the upload's answer to where it can be watched."""
    with clip.open("rb") as file:
        answer = member.post("/api/v1/videos", data=_Form(file), headers=_Form.HEADERS)
    begun = time.perf_counter()
    assert answer.status_code == 201, answer.text
    path = answer.headers["Location"]
    while member.get(path).json()["video_file"] is None:
        time.sleep(_POLL)
    passed = time.perf_counter() - begun
    member.send("DELETE", path)
    # Nobody works on its other qualities any more, and the disk has room for the next.
    eventually(lambda: not stored_files(hub), _TIDY_SECONDS)
    return passed


class _Form:
    """A multipart body that is read as it is sent."""

    _BOUNDARY = "----benchmark"
    HEADERS = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}  # noqa: RUF012

    def __init__(self, file: IO[bytes]) -> None:
        head = f"--{self._BOUNDARY}\r\nContent-Disposition: form-data; name="
        self._head = (
            f'{head}"title"\r\n\r\nLarge\r\n{head}"file"; filename="large.mp4"\r\n\r\n'.encode()
        )
        self._tail = f"\r\n--{self._BOUNDARY}--\r\n".encode()
        blocks = iter(lambda: file.read(1 << 20), b"")
        self._parts = [iter([self._head]), blocks, iter([self._tail])]
        self.len = len(self._head) + _size(file) + len(self._tail)

    def read(self, _size: int) -> bytes:
        while self._parts:
            if (block := next(self._parts[0], None)) is not None:
                return block
            self._parts.pop(0)
        return b""


def _size(file: IO[bytes]) -> int:
    return Path(file.name).stat().st_size
