"""What every media sandbox promises."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.media.sandbox import ChildProcessSandbox
from tests.fakes.media_sandbox import FakeMedia, FakeMediaSandbox
from tests.samples import cut, make_clip
from videohub_core.videos.entities import MediaInfo, MediaKey
from videohub_core.videos.errors import MediaRefused
from videohub_core.videos.ports import MediaSandbox

GOOD = MediaKey("good.mp4")
NOT_A_VIDEO = MediaKey("text.mp4")
CUT = MediaKey("cut.mp4")


class Lent:
    """Lends the files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def lend(self, key: MediaKey, to: Path) -> None:
        os.link(self._folder / key, to)


@dataclass
class Case:
    sandbox: MediaSandbox
    work_folder: Path


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    good = make_clip(folder / GOOD, seconds=4)
    cut(good, folder / CUT, 0.4)
    (folder / NOT_A_VIDEO).write_text("Once upon a time")
    return folder


def fake(work_folder: Path, _clips: Path) -> MediaSandbox:
    sandbox = FakeMediaSandbox(work_folder)
    sandbox.found[GOOD] = FakeMedia(info=MediaInfo(4.0, 320, 180))
    sandbox.found[NOT_A_VIDEO] = FakeMedia(errors={"probe": MediaRefused("not_a_video")})
    sandbox.found[CUT] = FakeMedia(errors={"make_playable": MediaRefused("damaged")})
    return sandbox


def child_process(work_folder: Path, clips: Path) -> MediaSandbox:
    return ChildProcessSandbox(work_folder, Lent(clips))


@pytest.fixture(params=[fake, child_process])
def case(request: pytest.FixtureRequest, tmp_path: Path, clips: Path) -> Case:
    make: Callable[[Path, Path], MediaSandbox] = request.param
    return Case(make(tmp_path / "work", clips), tmp_path / "work")


def test_a_video_is_probed_made_playable_and_gets_a_poster(case: Case) -> None:
    with case.sandbox.open(GOOD, "job") as media:
        info = media.probe()
        video = media.make_playable()
        poster = media.poster()
        assert (info.width, info.height) == (320, 180)
        assert info.duration == pytest.approx(4, abs=0.1)
        assert video.stat().st_size > 0
        assert poster is not None
        assert poster.stat().st_size > 0


def test_what_was_made_may_be_moved_away_before_the_next_step(
    case: Case, tmp_path: Path
) -> None:
    with case.sandbox.open(GOOD, "job") as media:
        media.probe()
        media.make_playable().replace(tmp_path / "kept.mp4")
        poster = media.poster()
        assert poster is not None
        poster.replace(tmp_path / "kept.jpg")
    assert (tmp_path / "kept.mp4").stat().st_size > 0
    assert (tmp_path / "kept.jpg").stat().st_size > 0


def test_a_file_that_is_no_video_is_refused(case: Case) -> None:
    with case.sandbox.open(NOT_A_VIDEO, "job") as media, pytest.raises(MediaRefused) as refusal:
        media.probe()
    assert refusal.value.reason == "not_a_video"


def test_a_file_that_ends_too_early_is_refused_when_it_is_read_through(case: Case) -> None:
    with case.sandbox.open(CUT, "job") as media:
        media.probe()
        with pytest.raises(MediaRefused) as refusal:
            media.make_playable()
    assert refusal.value.reason == "damaged"


def test_what_was_made_is_gone_afterwards(case: Case) -> None:
    with case.sandbox.open(GOOD, "job") as media:
        media.probe()
        made = [media.make_playable(), media.poster()]
    assert [path for path in made if path is not None and path.exists()] == []
    assert list(case.work_folder.iterdir()) == []


def test_it_is_gone_after_an_error_too(case: Case) -> None:
    def work() -> None:
        with case.sandbox.open(GOOD, "job") as media:
            media.make_playable()
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert list(case.work_folder.iterdir()) == []


def test_an_attempt_starts_afresh_after_one_that_was_killed(case: Case) -> None:
    left = case.work_folder / "job"
    left.mkdir(parents=True)
    (left / "original").write_text("what the killed one left")
    with case.sandbox.open(GOOD, "job") as media:
        assert media.probe().width == 320


def test_two_files_are_open_at_once(case: Case) -> None:
    with case.sandbox.open(GOOD, "one") as first, case.sandbox.open(GOOD, "two") as second:
        assert first.probe() == second.probe()
        assert first.make_playable() != second.make_playable()
