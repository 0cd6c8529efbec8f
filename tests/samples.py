"""Small videos, made with ffmpeg where a test wants them."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import imageio_ffmpeg


def ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg quietly; what it complains about shows in the test's failure."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def make_clip(
    path: Path,
    *,
    seconds: float = 2,
    size: tuple[int, int] = (320, 180),
    fps: int = 30,
    video: str | None = "libx264",
    audio: str | None = "aac",
    audio_tracks: int = 1,
    rotation: int = 0,
    faststart: bool = True,
    bitrate: str | None = None,
    picture: str = "",
    options: Sequence[str] = (),
) -> Path:
    """Write a test picture and a tone; `rotation` is counterclockwise, as it is shown.

    `picture` appends filters, `options` go before the output's name.
    """
    source = f"testsrc2=s={size[0]}x{size[1]}:r={fps}:d={seconds}{picture}"
    inputs = ["-f", "lavfi", "-i", source, "-f", "lavfi", "-i", f"sine=d={seconds}"]
    made: list[str | Path] = [*inputs]
    if video:
        made += ["-map", "0:v", "-c:v", video, "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
        # A key picture each second, and pictures stored out of order, as cameras do.
        made += ["-g", str(fps), "-bf", "2"]
        made += ["-b:v", bitrate] if bitrate else []
    if audio:
        made += ["-map", "1:a"] * audio_tracks + ["-c:a", audio]
    made += ["-movflags", "faststart"] if faststart and path.suffix == ".mp4" else []
    if not rotation:
        ffmpeg(*made, *options, path)
        return path
    upright = path.with_name(f"upright-{path.name}")
    ffmpeg(*made, *options, upright)
    copy = ["-c", "copy", "-movflags", "faststart"]
    ffmpeg("-display_rotation", str(rotation), "-i", upright, *copy, path)
    upright.unlink()
    return path


def encode(
    path: Path,
    *arguments: str | Path,
    seconds: float = 1,
    size: tuple[int, int] = (320, 180),
    fps: int = 30,
    picture: str = "",
) -> Path:
    """Write a test picture (input 0) and a tone (input 1) with any encoder's own options."""
    source = f"testsrc2=s={size[0]}x{size[1]}:r={fps}:d={seconds}{picture}"
    tone = f"sine=d={seconds}:r=44100"
    ffmpeg("-f", "lavfi", "-i", source, "-f", "lavfi", "-i", tone, *arguments, path)
    return path


def look(path: Path, at: float = 0.5) -> bytes:
    """Return what a player shows at a time, as 32 by 18 points of red, green and blue."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-i", path]
    picture = ["-ss", str(at), "-frames:v", "1", "-vf", "format=rgb24,scale=32:18:flags=area"]
    output = ["-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    done = subprocess.run([*command, *picture, *output], capture_output=True, check=False)
    assert len(done.stdout) == 32 * 18 * 3, done.stderr
    return done.stdout


def difference(one: bytes, other: bytes) -> float:
    """Return how far apart two looks are: 0 for none, 255 for black and white."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def make_large_clip(path: Path, megabytes: int) -> Path:
    """Write about as many megabytes quickly: one noisy second, over and over."""
    second = path.with_name(f"second-{path.name}")
    noise = ",noise=alls=60:allf=t"
    make_clip(second, seconds=1, size=(1280, 720), bitrate="40M", picture=noise)
    times = megabytes * 1_000_000 // second.stat().st_size
    loop = ["-stream_loop", str(max(times - 1, 0)), "-i", second]
    ffmpeg(*loop, "-c", "copy", "-movflags", "faststart", path)
    second.unlink()
    return path


def cut(whole: Path, path: Path, share: float) -> Path:
    """Write the first part of a file, as an upload that broke off would leave it."""
    data = whole.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path
