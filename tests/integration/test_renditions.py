"""Renditions by the real ffmpeg: every kind of video that people bring."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest
from PIL import Image

from adapters.media.child_process import SandboxDied
from adapters.media.sandbox import ChildProcessSandbox
from adapters.media.segments import picture_codec, read_segments
from tests.integration.media_files import Lent
from tests.samples import ffmpeg, make_clip
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.ports import MadeRendition, Rung

LOW = Rung("360p", 640, 360, 9_000_000)
LOWEST = Rung("180p", 320, 180, 300_000)


class Rendered:
    """The renditions of one file, copied out before they are gone."""

    def __init__(self, folder: Path, made: list[MadeRendition]) -> None:
        self.made = {one.name: one for one in made}
        self.files = {one.name: one.file.rename(folder / one.file.name) for one in made}


@pytest.fixture
def render(
    sandbox: ChildProcessSandbox, tmp_path: Path
) -> Iterator[Callable[[Path, Rung, list[Rung]], Rendered]]:
    def render(clip: Path, best: Rung, rest: list[Rung]) -> Rendered:
        with sandbox.open_playable(MediaKey(clip.name), "job") as media:
            copied = list(media.copy(best))
            missing = [rung for rung in [best, *rest] if rung.name not in names(copied)]
            made = [*copied, *(media.render(missing) if missing else [])]
            return Rendered(tmp_path, made)

    return render


def names(made: list[MadeRendition]) -> list[str]:
    return [one.name for one in made]


def shown(path: Path) -> tuple[int, int, float, float]:
    """Return the size, and the seconds at which pictures begin and end."""
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        times = sorted(float(frame.time or 0) for frame in container.decode(video))
        return video.width, video.height, times[0], times[-1]


def starts(path: Path) -> float:
    with av.open(str(path)) as container:
        return next(float(f.time or 0) for f in container.decode(container.streams[0]))


def test_pictures_and_sound_are_copied_and_encoded_in_step(
    clips: Path, render: Callable[..., Rendered]
) -> None:
    clip = make_clip(clips / "wide.mp4", seconds=9, size=(640, 360))
    rendered = render(clip, LOW, [LOWEST])
    assert names(list(rendered.made.values())) == ["360p", "audio", "180p"]
    for name, size in (("360p", (640, 360)), ("180p", (320, 180))):
        width, height, first, last = shown(rendered.files[name])
        assert (width, height) == size
        assert first == pytest.approx(0, abs=0.001)
        assert last == pytest.approx(9 - 1 / 30, abs=0.04)
        made = rendered.made[name]
        seconds = [length for length, _ in made.segments.parts]
        assert sum(seconds) == pytest.approx(9, abs=0.1)
        assert max(seconds) <= 5
        assert re.fullmatch("avc1.(64|4d|42)[0-9a-f]{4}", made.codecs)
        assert made.bandwidth >= made.average_bandwidth > 0
    assert starts(rendered.files["audio"]) == pytest.approx(0, abs=0.03)
    # The pictures were not encoded anew: each has the bytes that it had.
    assert packet_sizes(rendered.files["360p"]) == packet_sizes(clip)


def packet_sizes(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        return [packet.size for packet in container.demux(video) if packet.size]


@pytest.mark.parametrize(
    ("about", "best", "size"),
    [
        ({"size": (360, 640)}, Rung("360p", 360, 640, 900_000), (360, 640)),
        ({"size": (640, 360), "rotation": 90}, Rung("360p", 360, 640, 900_000), (360, 640)),
        ({"size": (642, 362), "audio": None}, Rung("360p", 640, 360, 900_000), (640, 360)),
        ({"size": (640, 360), "audio_tracks": 3}, LOW, (640, 360)),
    ],
)
def test_portraits_turned_odd_and_silent_ones(
    clips: Path,
    render: Callable[..., Rendered],
    about: dict[str, object],
    best: Rung,
    size: tuple[int, int],
) -> None:
    clip = make_clip(clips / f"odd-{len(list(clips.iterdir()))}.mp4", seconds=2, **about)  # type: ignore[arg-type]
    rendered = render(clip, best, [])
    assert shown(rendered.files[best.name])[:2] == size
    assert ("audio" in rendered.made) == ("audio" not in about)
    (mirrored,) = [clip] if "rotation" in about else [None]
    if mirrored:
        # It is turned for good: nothing is left to turn it again.
        with av.open(str(rendered.files[best.name])) as container:
            assert next(container.decode(video=0)).rotation == 0


def test_uneven_times_stay_as_they_are(clips: Path, render: Callable[..., Rendered]) -> None:
    clip = clips / "uneven.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=4"),
        *("-vf", "select=lt(t\\,1)+gt(mod(n\\,5)\\,3)", "-fps_mode", "vfr"),
        *("-c:v", "libx264", "-preset", "ultrafast", clip),
    )
    rendered = render(clip, Rung("large", 1280, 720, 10**6), [LOWEST])
    source, made = times(clip), times(rendered.files["180p"])
    assert made == pytest.approx(source, abs=0.002)


def times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return sorted(float(frame.time or 0) for frame in container.decode(video=0))


def test_pictures_that_cannot_be_cut_or_take_too_many_bits_are_encoded_anew(
    clips: Path, render: Callable[..., Rendered]
) -> None:
    sparse = make_clip(clips / "sparse.mp4", seconds=14, fps=5, options=["-g", "1000"])
    best = Rung("180p", 320, 180, 9_000_000)
    rendered = render(sparse, best, [])
    assert max(seconds for seconds, _ in rendered.made["180p"].segments.parts) <= 5
    heavy = make_clip(clips / "heavy.mp4", seconds=2, bitrate="4M", picture=",noise=alls=90")
    rendered = render(heavy, Rung("180p", 320, 180, 300_000), [])
    assert rendered.made["180p"].average_bandwidth < 600_000


def test_progress_is_told_and_an_end_is_an_end(
    clips: Path, sandbox: ChildProcessSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.media.ffmpeg._LOOK_SECONDS", 0.05)
    clip = make_clip(clips / "slow.mp4", seconds=20, size=(1280, 720))
    told: list[float] = []

    class EnoughSeen(Exception):
        pass

    def watch(progress: float | None) -> None:
        if progress and progress not in told:
            told.append(progress)
        if len(told) == 3:
            raise EnoughSeen

    with (
        pytest.raises(EnoughSeen),
        sandbox.open_playable(MediaKey(clip.name), "job", watch) as media,
    ):
        media.render([Rung("720p", 1280, 720, 3_000_000)])
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] <= 1


def test_a_storyboard_shows_the_video_in_order(
    clips: Path, sandbox: ChildProcessSandbox
) -> None:
    clip = clips / "grey.mp4"
    # Brighter and brighter, with one picture only that stands alone.
    ffmpeg(
        *("-f", "lavfi", "-i", "color=black:s=320x180:r=10:d=20"),
        *("-vf", "geq=lum='T*12':cb=128:cr=128", "-g", "1000", "-c:v", "libx264", clip),
    )
    with sandbox.open(MediaKey(clip.name), "job") as media:
        media.probe()
        made = media.storyboard()
        assert made is not None
        (sheet,) = made.sheets
        picture = Image.open(sheet).convert("L")
        picture.load()
    assert (made.width, made.height, made.count, made.interval) == (160, 90, 10, 2.0)
    assert picture.size == (1600, 900)
    middles = [picture.getpixel((80 + 160 * index, 45)) for index in range(10)]
    assert middles == sorted(middles)
    assert middles[0] < 40
    assert middles[-1] > 180


def test_a_turned_video_has_an_upright_storyboard(
    clips: Path, sandbox: ChildProcessSandbox
) -> None:
    clip = make_clip(clips / "turned.mp4", seconds=2, rotation=90)
    with sandbox.open(MediaKey(clip.name), "job") as media:
        media.probe()
        made = media.storyboard()
    assert made is not None
    assert (made.width, made.height) == (90, 160)


PLAYLIST = """#EXTM3U
#EXT-X-MAP:URI="x",BYTERANGE="10@0"
#EXTINF:4.000000,
#EXT-X-BYTERANGE:20@10
x
#EXTINF:2.000000,
#EXT-X-BYTERANGE:{size}@30
x
"""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#EXTM3U\n",
        PLAYLIST.format(size=11),
        PLAYLIST.format(size=0),
        PLAYLIST.format(size=10).replace("@30", "@31"),
        PLAYLIST.format(size=10).replace("10@0", "11@0"),
    ],
)
def test_a_playlist_that_does_not_fit_its_file_is_not_believed(
    tmp_path: Path, text: str
) -> None:
    file, playlist = tmp_path / "a.mp4", tmp_path / "a.m3u8"
    file.write_bytes(bytes(40))
    playlist.write_text(text)
    with pytest.raises(SandboxDied):
        read_segments(playlist, file)
    playlist.write_text(PLAYLIST.format(size=10))
    assert read_segments(playlist, file).parts == ((4.0, 20), (2.0, 10))


def test_the_lender_is_the_only_way_in(tmp_path: Path) -> None:
    sandbox = ChildProcessSandbox(tmp_path / "work", Lent(tmp_path))
    with pytest.raises(FileNotFoundError), sandbox.open_playable(MediaKey("none"), "job"):
        pass
    assert list((tmp_path / "work").iterdir()) == []


def test_no_more_of_a_file_is_read_than_a_head_has(tmp_path: Path) -> None:
    file = tmp_path / "v.mp4"
    with file.open("wb") as made:
        made.write(b"avcC\x01\x64\x00\x1f")
        made.truncate(999_999_999)
    assert picture_codec(file, 1000) == "avc1.64001f"
    with pytest.raises(SandboxDied):
        picture_codec(file, 999_999_999)
