"""Real files, good and bad, in the real sandbox."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from adapters.media import child_process
from adapters.media.child_process import SandboxDied
from adapters.media.probe import open_original
from adapters.media.refused import Refused
from adapters.media.sandbox import ChildProcessSandbox
from tests.integration.media_files import (
    Lent,
    LentPipe,
    boxes,
    child_of,
    decode,
    is_gone,
)
from tests.samples import cut, encode, ffmpeg, make_clip, make_large_clip
from tests.waiting import eventually
from videohub_core.shared.errors import OutOfSpace
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.errors import MediaRefused

PATIENCE = 20


# --- good files


def test_a_good_file_plays_from_its_first_bytes(make: Any, good: Path) -> None:
    made = make(good)
    assert (made.info.width, made.info.height) == (320, 180)
    assert made.info.duration == pytest.approx(4, abs=0.05)
    assert boxes(made.video).index("moov") < boxes(made.video).index("mdat")
    pictures, sound = decode(made.video)
    assert len(pictures) == 120
    assert pictures[0] == 0
    assert pictures == sorted(pictures)
    assert sound[-1] == pytest.approx(4, abs=0.1)


def test_the_bytes_of_pictures_and_sound_stay_the_same(make: Any, good: Path) -> None:
    def payload(path: Path) -> list[bytes]:
        with av.open(str(path)) as container:
            return sorted(bytes(packet) for packet in container.demux() if packet.size)

    assert payload(make(good).video) == payload(good)


def test_titles_places_and_chapters_stay_behind(make: Any, clips: Path, good: Path) -> None:
    chapters = clips / "chapters.txt"
    chapters.write_text(";FFMETADATA1\n[CHAPTER]\nSTART=0\nEND=1000000000\ntitle=Kitchen\n")
    named = clips / "named.mov"
    tags = ["-metadata", "title=Holidays", "-metadata", "location=+48.85+002.35/"]
    inputs = ["-i", good, "-i", chapters, "-map_metadata", "1", "-map_chapters", "1"]
    ffmpeg(*inputs, *tags, "-c", "copy", named)
    assert all(word in named.read_bytes() for word in (b"Holidays", b"+48.85", b"Kitchen"))
    video = make(named).video
    data = video.read_bytes()
    assert not [w for w in (b"Holidays", b"+48.85", b"Kitchen", b"Lavf") if w in data]
    with av.open(str(video)) as container:
        assert container.chapters() == []
        assert len(container.streams) == 2


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_video_is_measured_and_shown_as_it_is_seen(
    make: Any, clips: Path, rotation: int
) -> None:
    turned = make_clip(clips / f"turned{rotation}.mp4", rotation=rotation)
    made = make(turned)
    seen = (320, 180) if rotation == 180 else (180, 320)
    assert (made.info.width, made.info.height) == seen
    with av.open(str(made.video)) as container, av.open(str(turned)) as before:
        kept = next(container.decode(video=0)).rotation
        assert kept == next(before.decode(video=0)).rotation
        assert kept % 180 == rotation % 180
    # ffmpeg turns pictures by itself, and finds the poster's.
    picture = clips / "seen.png"
    ffmpeg("-ss", "1", "-i", turned, "-frames:v", "1", picture)
    with Image.open(picture) as expected, Image.open(made.poster) as poster:
        assert poster.size == seen
        difference = ImageChops.difference(expected.convert("RGB"), poster)
    assert max(ImageStat.Stat(difference).mean) < 10


def test_a_video_without_sound_plays(make: Any, clips: Path) -> None:
    pictures, sound = decode(make(make_clip(clips / "silent.mp4", audio=None)).video)
    assert (len(pictures), sound) == (60, [])


def test_mp3_sound_is_kept(make: Any, clips: Path) -> None:
    made = make(make_clip(clips / "mp3.mp4", audio="libmp3lame"))
    with av.open(str(made.video)) as container:
        assert container.streams.audio[0].codec_context.codec.canonical_name == "mp3"


def test_of_several_sound_tracks_the_first_is_kept(make: Any, clips: Path) -> None:
    made = make(make_clip(clips / "tracks.mp4", audio_tracks=2))
    with av.open(str(made.video)) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]


def test_matroska_becomes_mp4(make: Any, clips: Path) -> None:
    made = make(make_clip(clips / "clip.mkv", seconds=3))
    assert made.info.duration == pytest.approx(3, abs=0.1)
    pictures, sound = decode(made.video)
    assert len(pictures) == 90
    assert pictures[0] == pytest.approx(0, abs=0.001)
    assert sound[0] == pytest.approx(0, abs=0.05)


def test_a_recording_that_does_not_know_its_length_is_measured(make: Any, clips: Path) -> None:
    live = make_clip(clips / "live.mkv", seconds=3, options=["-f", "matroska", "-live", "1"])
    assert make(live).info.duration == pytest.approx(3, abs=0.1)


def test_a_fragmented_file_becomes_a_plain_one(make: Any, clips: Path) -> None:
    options = ["-movflags", "frag_keyframe+empty_moov"]
    fragmented = make_clip(clips / "fragmented.mp4", faststart=False, options=options)
    made = make(fragmented)
    assert "moof" not in boxes(made.video)
    assert len(decode(made.video)[0]) == 60


def test_a_trimmed_file_starts_where_its_edit_list_says(
    make: Any, clips: Path, good: Path
) -> None:
    trimmed = clips / "trimmed.mp4"
    ffmpeg("-ss", "1.5", "-i", good, "-c", "copy", trimmed)
    made = make(trimmed)
    assert made.info.duration == pytest.approx(2.5, abs=0.1)
    pictures, sound = decode(made.video)
    assert pictures[0] == pytest.approx(0, abs=0.04)
    assert sound[0] == pytest.approx(0, abs=0.04)
    assert len(pictures) == pytest.approx(75, abs=2)


def test_pixels_that_are_not_square_are_shown_wide(make: Any, clips: Path) -> None:
    made = make(make_clip(clips / "wide.mp4", size=(240, 180), picture=",setsar=4/3"))
    assert (made.info.width, made.info.height) == (320, 180)
    with Image.open(made.poster) as poster:
        assert poster.size == (320, 180)


def test_a_poster_is_no_larger_than_a_screen_needs(make: Any, clips: Path) -> None:
    with Image.open(make(make_clip(clips / "hd.mp4", size=(1920, 1080))).poster) as poster:
        assert poster.size == (1280, 720)
        assert poster.format == "JPEG"


@pytest.mark.parametrize("pictures_between_keys", ["30", "300"])
def test_a_poster_is_not_dark_while_there_is_light(
    make: Any, clips: Path, pictures_between_keys: str
) -> None:
    dark = make_clip(
        clips / f"dark{pictures_between_keys}.mp4",
        seconds=4,
        picture=",drawbox=c=black:t=fill:enable='lt(t,2.5)'",
        options=["-g", pictures_between_keys],
    )
    with Image.open(make(dark).poster) as poster:
        low, high = poster.convert("L").getextrema()
    assert high - low > 100


def test_a_dark_video_has_a_dark_poster(make: Any, clips: Path) -> None:
    black = make_clip(clips / "black.mp4", picture=",drawbox=c=black:t=fill")
    assert make(black).poster is not None


# --- files that are refused


def test_text_is_not_a_video(refusal: Any, clips: Path) -> None:
    (clips / "text.mp4").write_text("Once upon a time")
    assert refusal(clips / "text.mp4") == "not_a_video"


def test_nothing_is_not_a_video(refusal: Any, clips: Path) -> None:
    (clips / "empty.mp4").touch()
    assert refusal(clips / "empty.mp4") == "not_a_video"


@pytest.mark.parametrize("share", [0.05, 0.5, 0.7])
def test_a_file_cut_short_is_damaged(
    refusal: Any, clips: Path, good: Path, share: float
) -> None:
    assert refusal(cut(good, clips / "cut.mp4", share)) == "damaged"


def test_a_file_cut_before_its_index_is_damaged(refusal: Any, clips: Path) -> None:
    whole = make_clip(clips / "index-last.mp4", faststart=False)
    assert boxes(whole)[-1] == "moov"
    assert refusal(cut(whole, clips / "cut-index.mp4", 0.9)) == "damaged"


def test_matroska_cut_short_is_damaged(refusal: Any, clips: Path) -> None:
    whole = make_clip(clips / "whole.mkv", seconds=4)
    assert refusal(cut(whole, clips / "cut.mkv", 0.5)) == "damaged"


def test_a_file_without_its_pictures_bytes_is_damaged(
    refusal: Any, clips: Path, good: Path
) -> None:
    data = good.read_bytes()
    start = data.index(b"mdat") + 4
    (clips / "hollow.mp4").write_bytes(data[:start] + bytes(len(data) - start))
    assert refusal(clips / "hollow.mp4") == "damaged"


def test_sound_alone_has_no_pictures(refusal: Any, clips: Path) -> None:
    assert refusal(make_clip(clips / "sound.mp4", video=None)) == "no_video_track"


def test_a_cover_is_no_video(refusal: Any, clips: Path, good: Path) -> None:
    cover, covered = clips / "cover.jpg", clips / "covered.mp4"
    ffmpeg("-i", good, "-frames:v", "1", cover)
    maps = ["-map", "0:a", "-map", "1", "-disposition:v:0", "attached_pic"]
    ffmpeg("-i", good, "-i", cover, *maps, "-c", "copy", covered)
    assert refusal(covered) == "no_video_track"


@pytest.mark.parametrize(
    "codecs",
    [["-c:v", "cinepak"], ["-c:v", "ffv1"], ["-map", "1", "-map", "0", "-c:a", "tta"]],
    ids=["cinepak", "ffv1", "tta"],
)
def test_codecs_of_archives_are_not_supported(
    refusal: Any, clips: Path, codecs: list[str]
) -> None:
    rare = encode(clips / f"{codecs[-1]}.mkv", *codecs, "-shortest", seconds=0.2)
    assert refusal(rare) == "unsupported_codec"


@pytest.mark.parametrize("size", [(8208, 64), (7000, 6000)])
def test_enormous_pictures_are_refused(
    refusal: Any, clips: Path, size: tuple[int, int]
) -> None:
    enormous = make_clip(clips / f"{size[0]}.mp4", size=size, seconds=0.1, fps=10)
    assert refusal(enormous) == "picture_too_large"


def test_what_lasts_too_long_is_refused(tmp_path: Path, clips: Path, good: Path) -> None:
    strict = ChildProcessSandbox(tmp_path / "work", Lent(clips), duration_most=3)
    with strict.open(MediaKey(good.name), "job") as media:
        with pytest.raises(MediaRefused) as refused:
            media.probe()
        assert refused.value.reason == "too_long"


# --- files that name other files


@pytest.fixture
def playlists(clips: Path, good: Path) -> list[Path]:
    """Texts that make libav read another file, as `open` without options shows."""
    segment, hls, concat = clips / "part.ts", clips / "hls.m3u8", clips / "concat.mp4"
    ffmpeg("-i", good, "-c", "copy", segment)
    hls.write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:4,\n{segment.name}\n#EXT-X-ENDLIST\n"
    )
    concat.write_text(f"ffconcat version 1.0\nfile {segment.name}\n")
    return [hls, concat]


def test_a_playlist_is_not_a_video(refusal: Any, playlists: list[Path]) -> None:
    assert [refusal(playlist) for playlist in playlists] == ["not_a_video", "not_a_video"]


def test_demuxers_alone_keep_a_playlist_from_other_files(playlists: list[Path]) -> None:
    for playlist in playlists:
        with av.open(str(playlist)) as container:
            assert next(container.decode(video=0)).width == 320
        with pytest.raises(Refused):
            open_original(playlist)


@pytest.mark.parametrize("target", ["/etc/hostname", "http://127.0.0.1:9/secret"])
def test_a_playlist_of_places_outside_is_refused(
    refusal: Any, clips: Path, target: str
) -> None:
    text = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n"
    (clips / "outside.mp4").write_text(text)
    assert refusal(clips / "outside.mp4") == "not_a_video"


# --- the confinement itself

ATTEMPTS = """
import json, os, socket, sys
from adapters.media.confinement import Limits, confine

port, path, confined, ordinary = json.loads(sys.argv[1])
if ordinary and os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
held = {"network": False, "files": False}
if confined:
    held = confine("original", "made", Limits(1 << 30, 60, 1 << 20))

def connect_tcp(): socket.socket().connect(("127.0.0.1", port))
def send_udp(): socket.socket(type=socket.SOCK_DGRAM).sendto(b"", ("127.0.0.1", port))
def connect_unix(): socket.socket(socket.AF_UNIX).connect("socket")
def read_outside(): open("/etc/hostname").read()
def list_outside(): os.listdir("/")
def write_outside(): open("outside", "a").close()
def write_original(): open("original", "a").close()
def link_original(): os.link("original", "made/link")
def run(): os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
def read_original(): open("original").read()
def write_made(): open("made/new", "w").write("new")

def works(attempt):
    try:
        attempt()
    except OSError:
        return False
    return True

network = [connect_tcp, send_udp, connect_unix]
files = [read_outside, list_outside, write_outside, write_original, link_original, run]
print(json.dumps({
    "held": held,
    "network": [a.__name__ for a in network if works(a)],
    "files": [a.__name__ for a in files if works(a)],
    "own": [works(read_original), works(write_made)],
}))
"""


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A port and a folder that anybody may use, with a socket in it."""
    folder = tmp_path / "job"
    (folder / "made").mkdir(parents=True)
    (folder / "original").write_text("original")
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        with contextlib.chdir(folder):
            unix.bind("socket")
        unix.listen()
        for path in (folder, *folder.iterdir()):
            path.chmod(0o777)
            if os.getuid() == 0:
                os.chown(path, 65534, 65534)
        yield tcp.getsockname()[1], folder


def attempts(listening: tuple[int, Path], *, confined: bool, ordinary: bool) -> Any:
    port, folder = listening
    arguments = json.dumps([port, str(folder), confined, ordinary])
    done = subprocess.run(
        [sys.executable, "-c", ATTEMPTS, arguments],
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("ordinary", [True, False])
def test_a_confined_process_reaches_only_its_own_files(
    listening: tuple[int, Path], ordinary: bool
) -> None:
    found = attempts(listening, confined=True, ordinary=ordinary)
    assert found["own"] == [True, True]
    # Where the system lacks a part, the process says so.
    for part in ("network", "files"):
        assert (found[part] == []) is found["held"][part]
    if sys.platform == "linux":
        assert found["held"]["network"]


def test_the_same_attempts_succeed_without_confinement(listening: tuple[int, Path]) -> None:
    found = attempts(listening, confined=False, ordinary=False)
    assert len(found["network"] + found["files"]) == 9


@pytest.mark.parametrize(
    ("limits", "deed", "end"),
    [
        ("1 << 28, 60, 1 << 20", "bytearray(1 << 29)", "MemoryError"),
        ("1 << 30, 60, 1 << 20", "open('made/new', 'wb').write(bytes(1 << 21))", "EFBIG"),
        ("1 << 30, 1, 1 << 20", "all(iter(int, 1)) or [0 for _ in iter(int, 1)]", "-9"),
    ],
    ids=["memory", "output", "processor time"],
)
def test_limits_take_effect(
    listening: tuple[int, Path], limits: str, deed: str, end: str
) -> None:
    script = (
        "import errno\n"
        "from adapters.media.confinement import Limits, confine\n"
        f"assert confine('original', 'made', Limits({limits}))['limits']\n"
        f"try: {deed}\n"
        "except MemoryError: print('MemoryError')\n"
        "except OSError as error: print(errno.errorcode[error.errno])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=listening[1],
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert end in (done.stdout.strip(), str(done.returncode)), done.stderr


def test_a_child_without_enough_memory_dies_alone(
    tmp_path: Path, clips: Path, good: Path
) -> None:
    poor = ChildProcessSandbox(tmp_path / "work", Lent(clips), memory_most=64 * 1024**2)

    def work() -> None:
        with poor.open(MediaKey(good.name), "job") as media:
            media.probe()
            media.make_playable()

    with pytest.raises(SandboxDied):
        work()


# --- children that die, stall or lie


def test_the_child_knows_nothing_of_the_hub() -> None:
    script = "import sys, adapters.media.child; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    loaded = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    ).stdout.split()
    packages = {name.partition(".")[0] for name in loaded}
    assert packages & {"adapters", "av", "videohub_core", "entrypoints"} == {"adapters", "av"}
    assert {name for name in loaded if name.startswith("adapters.")} == {
        f"adapters.media{name}"
        for name in (
            *("", ".call_filter", ".child", ".chosen_poster", ".confinement"),
            *(".description", ".formats", ".job_folder"),
            *(".length", ".poster", ".probe", ".recipe", ".refused", ".remux"),
            *(".still", ".storyboard", ".write_back"),
        )
    }


def test_the_child_gets_no_secrets(
    sandbox: ChildProcessSandbox, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDEOHUB_DATABASE_URL", "postgresql://hub:secret@db/hub")
    with sandbox.open(MediaKey(good.name), "job"):
        child = child_of(os.getpid())
        assert set(child.environ()) <= {"PATH", "LANG", "LC_CTYPE", "PYTHONPATH"}
        assert child.num_fds() < 8


def test_a_child_killed_in_the_middle_is_told_from_a_bad_file(
    sandbox: ChildProcessSandbox, good: Path
) -> None:
    with sandbox.open(MediaKey(good.name), "job") as media:
        media.probe()
        child = child_of(os.getpid())
        child.suspend()
        threading.Timer(0.1, child.kill).start()
        with pytest.raises(SandboxDied):
            media.make_playable()
        with pytest.raises(SandboxDied):
            media.poster()


def test_a_step_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    sandbox = ChildProcessSandbox(tmp_path / "work", LentPipe(), time_most=0.3)
    with sandbox.open(MediaKey("pipe"), "job") as media:
        child = child_of(os.getpid())
        with pytest.raises(SandboxDied, match="took too long"):
            media.probe()
    assert is_gone(child)
    assert list((tmp_path / "work").iterdir()) == []


PARENT = """
import os, sys
from pathlib import Path
from adapters.media.sandbox import ChildProcessSandbox

class Lent:
    def lend(self, key, to):
        os.mkfifo(to) if key == "pipe" else os.link(key, to)

with ChildProcessSandbox(Path(sys.argv[1]), Lent()).open(sys.argv[2], "job") as media:
    media.probe()
    print("probed", flush=True)
    while True:
        media.make_playable()
"""


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    with contextlib.ExitStack() as stack:

        def start(original: str) -> subprocess.Popen[str]:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", PARENT, str(tmp_path / "work"), original],
                    env={"PYTHONPATH": str(Path(__file__).parents[2])},
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(process.kill)
            return process

        yield start


def test_the_child_ends_with_its_parent_while_it_waits_for_a_file(
    tmp_path: Path, parent: Callable[[str], subprocess.Popen[str]]
) -> None:
    worker = parent("pipe")
    child = child_of(worker.pid)
    descriptors: list[int] = []

    def opened() -> bool:
        # Opening a pipe for writing succeeds once somebody is there to read.
        with contextlib.suppress(OSError):
            path = tmp_path / "work/job/original"
            descriptors.append(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        return bool(descriptors)

    eventually(opened)
    worker.send_signal(signal.SIGKILL)
    eventually(lambda: is_gone(child))
    os.close(descriptors[0])


def test_the_child_ends_with_its_parent_while_it_writes(
    tmp_path: Path, clips: Path, parent: Callable[[str], subprocess.Popen[str]]
) -> None:
    worker = parent(str(make_large_clip(clips / "large.mp4", 100)))
    child = child_of(worker.pid)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "probed\n"
    made = tmp_path / "work/job/made/playable.mp4"
    eventually(lambda: made.exists() and made.stat().st_size > 1_000_000)
    worker.send_signal(signal.SIGKILL)
    eventually(lambda: is_gone(child))


@pytest.mark.parametrize("points_to", ["elsewhere.mp4", "../original", "../../../outside"])
def test_a_link_in_place_of_a_video_is_not_followed(
    sandbox: ChildProcessSandbox, tmp_path: Path, good: Path, points_to: str
) -> None:
    outside = tmp_path / "outside"
    outside.write_text("not yours")
    with sandbox.open(MediaKey(good.name), "job") as media:
        media.probe()
        (tmp_path / "work/job/made/playable.mp4").symlink_to(points_to)
        with pytest.raises(SandboxDied):
            media.make_playable()
    assert outside.read_text() == "not yours"
    assert good.stat().st_size > 1000


LIAR = """
import sys
sys.stdin.readline()
print('{"confined": {}}', flush=True)
sys.stdin.readline()
sys.stderr.write("x" * 100_000)
print(sys.argv[1], flush=True)
sys.stdin.read()
"""


def info(duration: str = "1.0", width: str = "320", height: str = "180") -> str:
    return f'{{"info": {{"duration": {duration}, "width": {width}, "height": {height}}}}}'


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "nonsense",
        "[]",
        "[" * 3000,
        "x" * 100_000,
        "{}",
        '{"info": 1}',
        info(duration="NaN"),
        info(duration="Infinity"),
        info(duration="-1.0"),
        info(duration="1e300"),
        info(duration='"1"'),
        info(width="true"),
        info(width="0"),
        info(height="1e3"),
        info(height="9" * 30),
        '{"refused": "because"}',
        '{"refused": ["damaged"]}',
        '{"failed": "out of memory"}',
    ],
    ids=lambda answer: answer[:40] or "an empty line",
)
def test_no_lie_is_believed(
    sandbox: ChildProcessSandbox, good: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(child_process, "_COMMAND", (sys.executable, "-S", "-c", LIAR, answer))
    with sandbox.open(MediaKey(good.name), "job") as media, pytest.raises(SandboxDied):
        media.probe()


@pytest.mark.parametrize("step", ["make_playable", "poster"])
def test_a_file_that_was_never_written_is_not_believed_in(
    sandbox: ChildProcessSandbox, good: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(
        child_process, "_COMMAND", (sys.executable, "-S", "-c", LIAR, '{"made": true}')
    )
    with sandbox.open(MediaKey(good.name), "job") as media, pytest.raises(SandboxDied):
        getattr(media, step)()


def test_the_folder_of_a_killed_worker_is_replaced(
    sandbox: ChildProcessSandbox, tmp_path: Path, good: Path
) -> None:
    left = tmp_path / "work/job"
    (left / "made").mkdir(parents=True)
    shutil.copy(good, left / "original")
    (left / "made/playable.mp4").write_text("half")
    with sandbox.open(MediaKey(good.name), "job") as media:
        assert list((left / "made").iterdir()) == []
        media.probe()
    assert not left.exists()


@pytest.mark.parametrize(("free", "error"), [(0, OutOfSpace), (1 << 40, SandboxDied)])
def test_a_child_that_died_of_a_full_disk_is_told_from_one_that_crashed(
    sandbox: ChildProcessSandbox,
    good: Path,
    monkeypatch: pytest.MonkeyPatch,
    free: int,
    error: type[Exception],
) -> None:
    usage = shutil.disk_usage(good.parent)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)

    def die() -> None:
        with sandbox.open(MediaKey(good.name), "job") as media:
            child_of(os.getpid()).kill()
            media.probe()

    with pytest.raises(error):
        die()
