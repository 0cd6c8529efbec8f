"""Files that promise or ask for too much end as videos or as refusals, in bounded time."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.media import sandbox as sandbox_module
from adapters.media.child_process import SandboxDied
from adapters.media.sandbox import ChildProcessSandbox
from tests.integration.media_files import Made, decode
from tests.samples import encode, ffmpeg
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.errors import MediaRefused

SECONDS_MOST = 20
PLAIN = ("-pix_fmt", "yuv420p")
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "16", *PLAIN, "-an")
MJPEG = ("-c:v", "mjpeg", "-an")


@pytest.fixture
def end(make: Callable[[Path], Made]) -> Callable[[Path], str]:
    """Return `ready`, or the reason of the refusal, in time."""

    def end(original: Path) -> str:
        started, reason = time.monotonic(), "ready"
        try:
            make(original)
        except MediaRefused as refused:
            reason = refused.reason
        assert time.monotonic() - started < SECONDS_MOST
        return reason

    return end


def replaced(path: Path, *changes: tuple[bytes, bytes]) -> Path:
    """Write other bytes of the same length over all that are found."""
    data = path.read_bytes()
    for old, new in changes:
        assert old in data
        assert len(old) == len(new)
        data = data.replace(old, new)
    path.write_bytes(data)
    return path


# --- pictures


def small_jpegs(path: Path) -> Path:
    return encode(path, *MJPEG, seconds=0.2)


def jpeg_size(width: int, height: int) -> bytes:
    return struct.pack(">HH", height, width)


def avi_size(width: int, height: int) -> bytes:
    return struct.pack("<II", width, height)


JPEG_SIZE = (jpeg_size(320, 180), jpeg_size(20_000, 20_000))
AVI_SIZE = (avi_size(320, 180), avi_size(20_000, 20_000))


@pytest.mark.parametrize(
    ("side", "expected"),
    # Of what libav itself takes for impossible, nobody learns the size.
    [(12_000, {"picture_too_large"}), (20_000, {"picture_too_large", "damaged"})],
)
def test_enormous_pictures(end: Any, clips: Path, side: int, expected: set[str]) -> None:
    jpeg = (jpeg_size(320, 180), jpeg_size(side, side))
    avi = (avi_size(320, 180), avi_size(side, side))
    assert end(replaced(small_jpegs(clips / f"big{side}.avi"), jpeg, avi)) in expected


def test_pictures_larger_than_their_header_says(end: Any, clips: Path) -> None:
    bomb = replaced(small_jpegs(clips / "secret.avi"), JPEG_SIZE)
    assert end(bomb) in ("picture_too_large", "damaged")


def test_a_header_larger_than_its_pictures(end: Any, clips: Path) -> None:
    bomb = replaced(small_jpegs(clips / "boast.avi"), AVI_SIZE)
    assert end(bomb) in ("ready", "picture_too_large", "damaged")


def test_a_picture_that_grows_in_the_middle_beyond_all_bounds(end: Any, clips: Path) -> None:
    data = bytearray(encode(clips / "grows.avi", *MJPEG, seconds=4).read_bytes())
    middle = data.index(JPEG_SIZE[0], len(data) // 2)
    data[middle : middle + 4] = JPEG_SIZE[1]
    (clips / "grows.avi").write_bytes(data)
    # One picture is left out; the others play.
    assert end(clips / "grows.avi") == "ready"


@pytest.mark.parametrize("codec", ["mpeg2video", "libx264"])
def test_pictures_that_change_their_size(make: Any, clips: Path, codec: str) -> None:
    parts = [
        encode(clips / f"{size[0]}-{codec}.ts", "-c:v", codec, *PLAIN, "-c:a", "mp2", size=size)
        for size in ((320, 180), (160, 120), (640, 360))
    ]
    joined = clips / f"joined-{codec}.ts"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    made = make(joined)
    assert len(decode(made.video)[0]) == pytest.approx(90, abs=6)
    assert made.info.duration == pytest.approx(3, abs=0.3)


# --- times


def matroska_of(path: Path, seconds: float) -> Path:
    """Write one second that claims to last as long as told (Matroska: Duration)."""
    encode(path, *VP8)
    data = bytearray(path.read_bytes())
    at = data.index(b"\x44\x89\x88") + 3
    data[at : at + 8] = struct.pack(">d", seconds * 1000)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (11 * 3600, {"damaged"}),
        (9600 * 3600, {"too_long"}),
        (1e300, {"too_long", "damaged", "ready", "not_a_video"}),
        (float("nan"), {"too_long", "damaged", "ready", "not_a_video"}),
        (-1.0, {"too_long", "damaged", "ready", "not_a_video"}),
    ],
)
def test_enormous_claims(end: Any, clips: Path, seconds: float, expected: set[str]) -> None:
    assert end(matroska_of(clips / f"claims-{seconds}.webm", seconds)) in expected


@pytest.mark.parametrize(
    ("jump", "expected"), [(11 * 3600, {"ready", "damaged"}), (20 * 3600, {"too_long"})]
)
def test_enormous_gaps(end: Any, clips: Path, jump: int, expected: set[str]) -> None:
    gap = f",setpts='if(lt(N,10),N/30,{jump}+N/30)/TB'"
    options = [*VP8, "-fps_mode", "vfr", "-enc_time_base", "1:1000"]
    assert end(encode(clips / f"gap{jump}.mkv", *options, picture=gap)) in expected


def test_sound_with_an_enormous_gap(end: Any, clips: Path) -> None:
    gap = ["-af", "asetpts='if(lt(N,20),PTS,PTS+100/TB)'", "-c:a", "pcm_s16le"]
    assert end(encode(clips / "silence.mkv", *VP8[:-1], *gap)) in ("ready", "damaged")


def test_pictures_at_an_absurd_rate(make: Any, clips: Path) -> None:
    options = ["-c:v", "mpeg4", *PLAIN, "-an"]
    fast = encode(clips / "rate.mp4", *options, seconds=0.2, fps=60_000, size=(16, 16))
    assert len(decode(make(fast).video)[0]) <= 26


def test_a_single_picture(end: Any, clips: Path) -> None:
    for number, name in enumerate(["one.webm", "one.avi", "one.ts", "one.mp4"]):
        codec = [VP8, MJPEG, ["-c:v", "mpeg2video"], ["-c:v", "libx264", *PLAIN]][number]
        one = encode(clips / name, *codec, "-an", "-frames:v", "1")
        assert end(one) == "ready", name


def test_a_picture_that_is_shown_for_long(make: Any, clips: Path) -> None:
    slow = ",setpts='N*20/TB'"
    options = [*VP8, "-fps_mode", "vfr", "-enc_time_base", "1:1000"]
    made = make(encode(clips / "slides.webm", *options, picture=slow, seconds=0.1))
    assert decode(made.video)[0] == pytest.approx([0, 20, 40], abs=0.01)


# --- packets and streams


def test_packets_of_nothing(end: Any, clips: Path) -> None:
    data = small_jpegs(clips / "nothing.avi").read_bytes()
    at = data.index(b"movi") + 4
    (clips / "nothing.avi").write_bytes(data[:at] + b"00dc\0\0\0\0" * 500_000 + data[at:])
    assert end(clips / "nothing.avi") in ("ready", "damaged")


def test_nothing_but_packets_of_nothing(end: Any, clips: Path) -> None:
    data = small_jpegs(clips / "hollow.avi").read_bytes()
    at = data.index(b"movi") + 4
    (clips / "hollow.avi").write_bytes(data[:at] + b"00dc\0\0\0\0" * 500_000)
    assert end(clips / "hollow.avi") == "damaged"


def test_hundreds_of_streams(end: Any, clips: Path) -> None:
    one = encode(clips / "stream.mkv", *VP8, seconds=0.04, size=(16, 16))
    ffmpeg("-i", one, *["-map", "0:v"] * 900, "-c", "copy", clips / "hundreds.mkv")
    assert end(clips / "hundreds.mkv") in ("ready", "damaged")


def test_thousands_of_streams(end: Any, clips: Path) -> None:
    one = encode(clips / "track.mov", *MJPEG, seconds=0.1).read_bytes()
    moov, track = one.index(b"moov") - 4, one.index(b"trak") - 4
    size = int.from_bytes(one[track : track + 4])
    more = one[track : track + size] * 3000
    whole = int.from_bytes(one[moov : moov + 4]) + len(more)
    moved = whole.to_bytes(4) + one[moov + 4 : track] + more + one[track:]
    (clips / "thousands.mov").write_bytes(one[:moov] + moved)
    assert end(clips / "thousands.mov") in ("ready", "damaged")


def test_a_box_in_a_box_in_a_box(end: Any, clips: Path) -> None:
    boxes = b"".join(
        struct.pack(">I", (100_000 - depth) * 8) + b"moov" for depth in range(100_000)
    )
    (clips / "nested.mp4").write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0" + boxes)
    assert end(clips / "nested.mp4") in ("damaged", "no_video_track", "not_a_video")


# --- limits of the encoder


@pytest.mark.parametrize(
    ("limit", "value"),
    [
        ("ENCODING_MEMORY_MOST", 256 * 1024**2),
        ("ENCODING_TIME_LEAST", 0.0),
        ("PLAYABLE_MARGIN", -10_000_000),
    ],
    ids=["memory", "time", "output"],
)
def test_whoever_reaches_a_limit_is_not_called_damaged(
    sandbox: ChildProcessSandbox,
    clips: Path,
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    value: float,
) -> None:
    monkeypatch.setattr(sandbox_module, "ENCODING_TIMES_SLOWER", 0)
    monkeypatch.setattr(sandbox_module, limit, value)
    monkeypatch.setattr(sandbox_module, "ENCODED_BYTES_PER_SECOND", 5_000)
    noise = ",noise=alls=90:allf=t"
    heavy = encode(clips / "heavy.avi", *MJPEG, picture=noise, size=(960, 540), seconds=0.5)
    with sandbox.open(MediaKey(heavy.name), "job") as media:
        media.probe()
        with pytest.raises(SandboxDied):
            media.make_playable()
