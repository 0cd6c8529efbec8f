"""Files of all kinds, from upload to picture."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import psutil
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.end_to_end.hub import Hub, Member, running_hub, stored_files
from tests.end_to_end.test_browser import ARGUMENTS, CHROMIUM
from tests.samples import difference, encode, ffmpeg, look
from tests.waiting import eventually

PLAIN = ("-pix_fmt", "yuv420p")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", *PLAIN)
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", *PLAIN)


def become(member: Member, original: Path) -> Any:
    """Return the video that the hub makes of a file."""
    uploaded = member.upload(original, original.name)
    return member.processed(uploaded.json()["id"])


def played(member: Member, video: Any, folder: Path) -> Path:
    """Fetch what a browser plays."""
    answer = member.get(f"/media/{video['id']}/video.mp4")
    assert answer.headers["Content-Type"] == "video/mp4"
    path = folder / "played.mp4"
    path.write_bytes(answer.content)
    return path


def tracks(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [stream.codec_context.codec.canonical_name for stream in container.streams]


def webm(folder: Path, seconds: float = 2) -> Path:
    sound = ("-c:a", "libopus")
    return encode(folder / "knots.webm", *VP9, *sound, seconds=seconds)


def mov(folder: Path) -> Path:
    upright = encode(folder / "upright.mov", *HEVC, "-tag:v", "hvc1", "-c:a", "aac")
    turned = folder / "turned.mov"
    ffmpeg("-display_rotation", "90", "-i", upright, "-c", "copy", turned)
    return turned


def avi(folder: Path) -> Path:
    return encode(
        folder / "old.avi",
        *("-c:v", "mpeg4", "-q:v", "3", *PLAIN, "-c:a", "libmp3lame"),
    )


@pytest.mark.parametrize(
    ("write", "size"),
    [(webm, (320, 180)), (mov, (180, 320)), (avi, (320, 180))],
    ids=["vp9 in webm", "turned hevc in mov", "mpeg-4 in avi"],
)
def test_a_file_that_no_browser_plays_is_played(
    anna: Member, tmp_path: Path, write: Any, size: tuple[int, int]
) -> None:
    original = write(tmp_path)
    video = become(anna, original)
    assert video["processing"]["state"] == "ready"
    made = played(anna, video, tmp_path)
    assert tracks(made) == ["h264", "aac"]
    with av.open(str(made)) as container:
        frame = next(container.decode(video=0))
    assert (frame.width, frame.height, frame.rotation) == (*size, 0)
    assert difference(look(original), look(made)) < 8
    assert anna.get(f"/media/{video['id']}/poster.jpg").status_code == 200


def test_sound_alone_is_refused_in_words(anna: Member, shared_hub: Hub, tmp_path: Path) -> None:
    song = tmp_path / "song.mp3"
    ffmpeg("-f", "lavfi", "-i", "sine=d=1", song)
    video = become(anna, song)
    assert video["processing"]["state"] == "failed"
    assert video["processing"]["code"] == "no_video_track"
    # Nothing of it stays.
    eventually(lambda: not [name for name in stored_files(shared_hub) if video["id"] in name])


def encoder(hub: Hub) -> psutil.Process | None:
    with contextlib.suppress(psutil.NoSuchProcess):
        for process in psutil.Process(hub.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if Path(process.exe()).name.startswith("ffmpeg"):
                    return process
    return None


def is_gone(process: psutil.Process) -> bool:
    # Where nobody waits for orphans, they stay as zombies.
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() == psutil.STATUS_ZOMBIE
    return True


def test_a_killed_worker_takes_the_encoder_along_and_the_next_one_goes_on(
    tmp_path: Path,
) -> None:
    second = encode(tmp_path / "second.avi", "-c:v", "mjpeg", "-an", size=(960, 540))
    long = tmp_path / "long.avi"
    ffmpeg("-stream_loop", "5", "-i", second, "-c", "copy", long)
    with running_hub(tmp_path) as hub:
        member = Member(hub, "olga")
        uploaded = member.upload(long, long.name).json()
        process = eventually(lambda: encoder(hub))
        assert process is not None
        hub.worker().kill()
        eventually(lambda: is_gone(process))
        assert member.processed(uploaded["id"])["processing"]["state"] == "ready"
        # The working files go after the row says "ready".
        eventually(lambda: not [name for name in stored_files(hub) if name.startswith("work/")])


@pytest.mark.parametrize("name", ["long.avi", "long.mp4"])
def test_who_deletes_a_video_ends_the_work_on_it(
    tmp_path: Path, shared_hub: Hub, anna: Member, name: str
) -> None:
    second = tmp_path / f"second{Path(name).suffix}"
    codec = ("-c:v", "mjpeg") if name == "long.avi" else ("-c:v", "libx264")
    encode(second, *codec, "-an", *PLAIN, size=(960, 540))
    long = tmp_path / name
    # It would take minutes: an AVI to be playable, an MP4 to have its other qualities.
    ffmpeg("-stream_loop", "300", "-i", second, "-c", "copy", long)
    video = anna.upload(long, name).json()
    eventually(lambda: encoder(shared_hub), 20)
    path = f"/api/v1/videos/{video['id']}"
    if name == "long.mp4":
        eventually(lambda: anna.get(path).json()["processing"]["progress"], 10)
    assert anna.send("DELETE", path).status_code == 204
    eventually(lambda: encoder(shared_hub) is None, 10)
    eventually(lambda: not [kept for kept in stored_files(shared_hub) if video["id"] in kept])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "These tests need Chromium: install your system's package chromium."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def test_a_browser_plays_what_was_encoded(
    browser: Browser, shared_hub: Hub, anna: Member, tmp_path: Path
) -> None:
    video = become(anna, webm(tmp_path, seconds=4))
    page = browser.new_page(base_url=shared_hub.url)
    page.goto(f"/watch/{video['id']}")
    player = page.locator("video")
    player.evaluate("video => { video.muted = true; return video.play(); }")
    eventually(lambda: player.evaluate("video => video.currentTime") > 0.5)
    assert player.evaluate("video => video.error") is None
    assert player.evaluate("video => [video.videoWidth, video.videoHeight]") == [320, 180]
    assert player.evaluate("video => video.duration") == pytest.approx(4, abs=0.1)
    page.close()
