"""Nothing in or around a file makes ffmpeg reach anything but its own folder.

The attempts are ffmpeg's own arguments, as if a file could choose them: what stops them is
the confinement. The files are hostile ones with the arguments that the hub uses.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from adapters.media import ffmpeg
from adapters.media.checkup import confinement
from adapters.media.confinement import Limits
from adapters.media.recipe import Recipe
from tests.integration.media_files import is_gone
from tests.samples import cut, difference, encode, look, make_clip
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
LIMITS = Limits(memory=2 * 1024**3, cpu=60, output=50_000_000)
PATIENCE = 20
PLAIN = ("-pix_fmt", "yuv420p")
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "16", *PLAIN)
QUIETLY = ("-nostdin", "-v", "error", "-y")
COPY = ("-t", "1", "-c", "copy", "-f", "mpegts")


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """Which parts of the confinement this system gives."""
    return confinement(tmp_path_factory.mktemp("held"))


@dataclass
class Place:
    """A job's folder, what lies around it, and a server that hears every call."""

    folder: Path
    outside: Path
    port: int
    heard: Callable[[], bool]
    sockets: list[socket.socket] = field(default_factory=list)

    def confined(self, *arguments: str) -> bool:
        """Whether ffmpeg succeeds inside."""
        return ffmpeg.run(self.folder, [*QUIETLY, *arguments], LIMITS, PATIENCE)[0] == 0

    def free(self, *arguments: str) -> bool:
        """Whether ffmpeg succeeds without any confinement."""
        return (
            subprocess.run(
                [ffmpeg.program()[0], *QUIETLY, *arguments],
                cwd=self.folder,
                capture_output=True,
                timeout=PATIENCE,
                check=False,
            ).returncode
            == 0
        )


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    return encode(folder / "clip.ts", "-c:v", "mpeg2video", *PLAIN, "-c:a", "mp2")


@pytest.fixture
def place(tmp_path: Path, clip: Path) -> Iterator[Place]:
    folder = tmp_path / "job"
    (folder / "made").mkdir(parents=True)
    for path in (folder / "original", folder / "neighbour.ts", tmp_path / "outside.ts"):
        path.write_bytes(clip.read_bytes())
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(type=socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as unix,
        contextlib.chdir(folder),
    ):
        unix.bind("socket")
        unix.listen()
        udp.bind(("127.0.0.1", tcp.getsockname()[1]))
        sockets = [tcp, udp, unix]
        for listening in sockets:
            listening.setblocking(False)

        def heard() -> bool:
            with contextlib.suppress(BlockingIOError):
                return bool(udp.recv(1))
            for server in (tcp, unix):
                with contextlib.suppress(BlockingIOError):
                    server.accept()[0].close()
                    return True
            return False

        yield Place(folder, tmp_path / "outside.ts", tcp.getsockname()[1], heard, sockets)


# --- ffmpeg itself can do no harm


def test_it_reads_its_original_and_writes_what_it_makes(place: Place) -> None:
    assert place.confined("-i", "file:original", *COPY, "file:made/new.ts")
    assert (place.folder / "made/new.ts").stat().st_size > 10_000


READS = {
    "another file": ["-i", "file:{outside}"],
    "a neighbour": ["-i", "file:neighbour.ts"],
    "a concatenation": ["-i", "concat:original|neighbour.ts"],
    "a part of a file": ["-i", "subfile,,start,0,end,0,,:{outside}"],
    "a list of files": ["-f", "concat", "-safe", "0", "-i", "file:made/list"],
    "a playlist": ["-f", "hls", "-allowed_extensions", "ALL", "-i", "file:made/playlist"],
    "a filter": ["-f", "lavfi", "-i", "movie={outside}"],
    "a text in a picture": [
        *("-i", "file:original", "-filter_complex", "metadata=mode=print:file={outside}.txt"),
        *("-c:v", "mpeg2video", "-y"),
    ],
}


@pytest.mark.parametrize("name", READS)
def test_no_argument_makes_it_reach_another_file(
    place: Place, held: dict[str, bool], name: str
) -> None:
    if not held["files"]:
        pytest.skip("This kernel has no Landlock; the lists of demuxers remain.")
    made = place.folder / "made"
    (made / "list").write_text(f"ffconcat version 1.0\nfile {place.outside}\n")
    (made / "playlist").write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\n{place.outside}\n#EXT-X-ENDLIST\n"
    )
    copy = ["-t", "1", "-f", "mpegts"] if name in ("a filter", "a text in a picture") else COPY
    attempt = [word.format(outside=place.outside) for word in READS[name]]
    assert not place.confined(*attempt, *copy, "file:made/new.ts")
    assert place.free(*attempt, *copy, "file:made/new.ts")


@pytest.mark.parametrize("target", ["../beside.ts", "new.ts", "original", "made/../new.ts"])
def test_it_writes_nowhere_else(place: Place, held: dict[str, bool], target: str) -> None:
    if not held["files"]:
        pytest.skip("This kernel has no Landlock.")
    before = place.outside.read_bytes()
    attempt = ["-i", "file:original", *COPY, f"file:{target}"]
    assert not place.confined(*attempt)
    assert (place.folder / "original").read_bytes() == before
    assert sorted(path.name for path in place.folder.iterdir()) == [
        *("made", "neighbour.ts", "original", "socket")
    ]
    if target != "original":
        assert place.free(*attempt)


CALLS = {
    "http": ["-i", "http://127.0.0.1:{port}/secret"],
    "tcp": ["-i", "tcp://127.0.0.1:{port}"],
    "tls": ["-i", "https://127.0.0.1:{port}/secret"],
    "a local socket": ["-i", "unix:socket"],
    "udp": ["-i", "file:original", "-c", "copy", "-f", "mpegts", "udp://127.0.0.1:{port}"],
    "rtp": ["-i", "file:original", "-an", "-f", "rtp", "rtp://127.0.0.1:{port}"],
}


@pytest.mark.parametrize("name", CALLS)
def test_no_argument_makes_it_use_a_network(place: Place, name: str) -> None:
    attempt = [word.format(port=place.port) for word in CALLS[name]]
    if "-f" not in attempt:
        attempt += [*COPY, "file:made/new.ts"]
    assert not place.confined(*attempt)
    assert not place.heard()
    # Unconfined, the same is heard: whether or not anybody answers.
    process = subprocess.Popen(
        [ffmpeg.program()[0], *QUIETLY, *attempt],
        cwd=place.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(place.heard)
    finally:
        process.kill()
        process.wait()


def test_it_becomes_no_other_program(place: Place, held: dict[str, bool]) -> None:
    if not held["files"]:
        pytest.skip("This kernel has no Landlock.")
    script = (
        "import json, os, sys\n"
        "from adapters.media.confinement import Limits, confine\n"
        "program = json.loads(sys.argv[1])\n"
        "confine('original', 'made', Limits(1 << 32, 60, 1 << 20), program)\n"
        "for attempt in (lambda: os.execv('/bin/sh', ['sh', '-c', 'echo sh']),\n"
        "                os.fork, lambda: os.posix_spawn(program[0], ['ffmpeg'], {})):\n"
        "    try: attempt()\n"
        "    except OSError as error: print(type(error).__name__, flush=True)\n"
        "os.execv(program[0], ['ffmpeg', '-version'])\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, json.dumps(ffmpeg.program())],
        cwd=place.folder,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    ).stdout.splitlines()
    assert said[:3] == ["PermissionError"] * 3
    assert said[3].startswith("ffmpeg version")


# --- the process

WORKER = """
import sys
from pathlib import Path
from adapters.media import ffmpeg
from adapters.media.confinement import Limits
limits = Limits(2 << 30, 600, 1 << 30)
print(ffmpeg.run(Path.cwd(), sys.argv[1:], limits, 600), flush=True)
"""


@pytest.fixture
def worker(place: Place) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Somebody who lets ffmpeg work in the folder."""
    with contextlib.ExitStack() as stack:

        def start(*arguments: str) -> subprocess.Popen[bytes]:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", WORKER, *QUIETLY, *arguments],
                    cwd=place.folder,
                    env={"PYTHONPATH": str(ROOT), "SECRET": "secret"},
                )
            )
            stack.callback(process.kill)
            return process

        yield start


WAITING = ("-i", "file:original", *COPY, "file:made/new.ts")
WORKING = (
    *("-stream_loop", "-1", "-i", "file:original", "-c:v", "libx264", "-an"),
    *("-f", "mpegts", "file:made/new.ts"),
)


def encoder_of(worker: subprocess.Popen[bytes]) -> psutil.Process:
    """Return the process once it has become ffmpeg."""
    found = eventually(lambda: named_ffmpeg(worker.pid))
    assert found is not None
    return found


def named_ffmpeg(pid: int) -> psutil.Process | None:
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(pid).children():
            # Before it works on a file, it is asked for its version and its libraries.
            if child.exe() == ffmpeg.program()[0] and "-i" in child.cmdline():
                return child
    return None


def wait_for_nobody(place: Place) -> None:
    """Put a pipe that nobody writes to in place of the original."""
    (place.folder / "original").unlink()
    os.mkfifo(place.folder / "original")


def test_it_has_no_privileges_and_knows_nothing(
    place: Place, worker: Callable[..., subprocess.Popen[bytes]], held: dict[str, bool]
) -> None:
    wait_for_nobody(place)
    process = encoder_of(worker(*WAITING))
    assert set(process.environ()) <= {"PATH", "LANG", "LC_CTYPE", "PYTHONPATH"}
    assert process.num_fds() <= 4
    assert process.rlimit(psutil.RLIMIT_FSIZE) == (1 << 30, 1 << 30)
    if sys.platform != "linux":
        return
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    assert status["NoNewPrivs"] == "1"
    assert (status["Seccomp"] == "2") is held["calls"]
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0


@pytest.mark.parametrize("arguments", [WAITING, WORKING], ids=["waiting", "working"])
def test_it_ends_with_whoever_started_it(
    place: Place,
    worker: Callable[..., subprocess.Popen[bytes]],
    arguments: tuple[str, ...],
) -> None:
    if arguments is WAITING:
        wait_for_nobody(place)
    parent = worker(*arguments)
    process = encoder_of(parent)
    made = place.folder / "made/new.ts"
    eventually(lambda: arguments is WAITING or (made.exists() and made.stat().st_size > 0))
    parent.send_signal(signal.SIGKILL)
    eventually(lambda: is_gone(process))


def test_one_that_takes_too_long_is_ended(place: Place) -> None:
    wait_for_nobody(place)
    before = {child.pid for child in psutil.Process().children()}
    with pytest.raises(ffmpeg.TookTooLong):
        ffmpeg.run(place.folder, [*QUIETLY, *WAITING], LIMITS, 0.5)
    left = {c.pid for c in psutil.Process().children() if c.status() != "zombie"}
    assert left <= before


def test_what_it_says_without_end_is_not_kept(place: Place) -> None:
    arguments = ["-nostdin", "-v", "debug", *WAITING]
    _, said = ffmpeg.run(place.folder, arguments, LIMITS, PATIENCE)
    assert len(said) == ffmpeg.LOG_MOST


# --- hostile files, with the hub's own arguments

RECIPE = Recipe(pictures=0, sound=None, copy_pictures=False, width=320, height=180)


def encode_original(place: Place, original: bytes) -> bool:
    (place.folder / "original").write_bytes(original)
    status, _ = ffmpeg.run(place.folder, RECIPE.arguments(2), LIMITS, PATIENCE)
    made = place.folder / "made/playable.mp4"
    return status == 0 and made.exists() and made.stat().st_size > 0


def test_the_hub_s_own_arguments_work(place: Place, clip: Path) -> None:
    assert encode_original(place, clip.read_bytes())


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\n{name}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {name}\n",
        "[playlist]\nFile1={name}\n",
        "v=0\nc=IN IP4 127.0.0.1\nm=video {port} RTP/AVP 33\n",
        "<ASX><ENTRY><REF HREF='{name}'/></ENTRY></ASX>",
        "<MPD><Period><AdaptationSet><BaseURL>{name}</BaseURL></AdaptationSet></Period></MPD>",
    ],
    ids=["hls", "concat", "pls", "sdp", "asx", "dash"],
)
@pytest.mark.parametrize(
    "name",
    ["file:{outside}", "neighbour.ts", "http://127.0.0.1:{port}/x", "concat:a|{outside}"],
)
def test_a_text_that_names_others_is_not_opened(place: Place, text: str, name: str) -> None:
    named = name.format(outside=place.outside, port=place.port)
    assert not encode_original(place, text.format(name=named, port=place.port).encode())
    assert not place.heard()


def wrapped(data: bytes, path: list[bytes], change: Callable[[bytes], bytes]) -> bytes:
    """Rewrite one box of an MP4, and the sizes of those around it."""
    at = data.index(path[0]) - 4
    size = int.from_bytes(data[at : at + 4])
    body = data[at + 8 : at + size]
    body = wrapped(body, path[1:], change) if path[1:] else change(body)
    return data[:at] + struct.pack(">I", len(body) + 8) + path[0] + body + data[at + size :]


def alias(name: bytes) -> bytes:
    """Return a `dref` body with an alias to a file beside (as libavformat reads them)."""
    record = bytes(10 + 1 + 27 + 12) + bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16)
    path = name + bytes(len(name) % 2)
    record += struct.pack(">HH", 1, 1) + bytes(16)
    record += struct.pack(">HH", 2, len(name)) + path + struct.pack(">hH", -1, 0)
    entry = struct.pack(">I", len(record) + 12) + b"alis" + bytes(4) + record
    return bytes(4) + struct.pack(">I", 1) + entry


def test_a_movie_that_keeps_its_pictures_in_another_file(place: Place, tmp_path: Path) -> None:
    whole = encode(tmp_path / "whole.mov", "-c:v", "mjpeg", "-an")
    neighbour = place.folder / "neighbour.mov"
    neighbour.write_bytes(whole.read_bytes())
    data = whole.read_bytes()
    start = data.index(b"mdat") + 4
    size = int.from_bytes(data[start - 8 : start - 4]) - 8
    hollow = data[:start] + bytes(size) + data[start + size :]
    path = [b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"]
    referring = wrapped(hollow, path, lambda _: alias(b"neighbour.mov"))
    assert not encode_original(place, referring)
    # Told to follow, ffmpeg does: the file is what it is meant to be.
    follow = ["-enable_drefs", "1", "-use_absolute_path", "1", "-i", "file:original"]
    assert place.free(*follow, "-c", "copy", "-f", "mov", "file:made/followed.mov")
    assert difference(look(place.folder / "made/followed.mov"), look(neighbour)) < 1


def test_attachments_are_not_written(place: Place, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("attached")
    named = ["-attach", note, "-metadata:s:t", "filename=../../attached.txt"]
    tags = ["-metadata:s:t", "mimetype=text/plain"]
    original = encode(tmp_path / "attached.mkv", *named, *tags, *VP8, "-an")
    assert encode_original(place, original.read_bytes())
    assert sorted(path.name for path in (place.folder / "made").iterdir()) == ["playable.mp4"]
    assert not list(tmp_path.rglob("attached.txt"))


def test_half_a_file_leaves_no_more_than_it_may(place: Place, tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "whole.mp4", seconds=1, faststart=False)
    encode_original(place, cut(whole, tmp_path / "cut.mp4", 0.5).read_bytes())
    assert {path.name for path in (place.folder / "made").iterdir()} <= {"playable.mp4"}
