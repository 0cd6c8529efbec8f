"""`videohub import`: each file once, with what is said about it, and nothing half-way."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from adapters.media.local_files import LocalUploadStore
from entrypoints.cli import sending
from entrypoints.cli.importing import date_of, title_of
from entrypoints.container import Container
from tests.factories.entities import make_channel, make_user
from videohub_core.shared.actor import OPERATOR, Actor
from videohub_core.shared.errors import OutOfSpace, Unavailable
from videohub_core.shared.paging import PageRequest
from videohub_core.videos.entities import Origin, VideoDetails, Visibility
from videohub_core.videos.errors import AlreadyImported
from videohub_core.videos.ports import VideoView
from videohub_core.videos.use_cases.find_imported import FindImported

Import = Callable[..., Result]


@pytest.fixture
def anna(container: Container) -> Actor:
    user = make_user(email="anna@example.test")
    with container.uow() as uow:
        uow.users.add(user)
        uow.channels.add(make_channel(user))
        uow.commit()
    return Actor(user.id)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three videos, one of them twice, and what is none."""
    folder = tmp_path / "films"
    (folder / "deeper" / "still").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    files = {
        "first_knot--of-many.MP4": b"one",
        "deeper/два узла.mkv": b"two" * 1000,
        "deeper/still/three.webm": b"three",
        "deeper/the same.mp4": b"one",
        ".thumbnail.mp4": b"x",
        ".hidden/video.mp4": b"x",
        "notes.txt": b"x",
        "song.mp3": b"x",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    os.mkfifo(folder / "pipe.mp4")
    return folder


@pytest.fixture
def run(videohub: Callable[..., Result], anna: Actor, folder: Path) -> Import:
    def run(*options: str) -> Result:
        return videohub("import", str(folder), "--as", "Anna@example.test", *options)

    return run


def videos(container: Container, actor: Actor) -> dict[str, VideoView]:
    page = container.list_own_videos()(actor=actor, page=PageRequest(limit=100))
    return {video.title: video for video in page.items}


def originals(container: Container) -> list[bytes]:
    """Return the bytes of every file that was sent, whole or not."""
    folder = container.settings().data_dir / "originals"
    return sorted(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def counted(result: Result) -> dict[str, int]:
    """Return the summary's rows by their names."""
    cells = [line.split("│") for line in result.output.splitlines() if line.startswith("│")]
    return {row[1].strip() or row[3].strip(): int(row[2]) for row in cells}


def test_a_folder_becomes_a_members_videos(
    run: Import, container: Container, anna: Actor
) -> None:
    done = run("--tag", "Knots", "--tag", "sea", "--visibility", "unlisted")
    assert done.exit_code == 0, done.output
    assert counted(done) == {"imported": 3, "already there": 1, "skipped": 5, "failed": 0}
    assert "2 hidden, 3 of other kinds" in done.output
    found = videos(container, anna)
    assert set(found) == {"first knot of many", "два узла", "three"}
    for video in found.values():
        assert list(video.tags) == ["knots", "sea"]
        assert video.visibility is Visibility.UNLISTED
    assert originals(container) == sorted([b"one", b"two" * 1000, b"three"])
    assert "will be processed when the hub runs" in done.output


def test_what_is_there_is_not_sent_again(
    run: Import, container: Container, anna: Actor, folder: Path
) -> None:
    run()
    (folder / "another name.mov").write_bytes(b"three")
    (folder / "new.mov").write_bytes(b"new")
    done = run()
    assert done.exit_code == 0
    assert counted(done) == {"imported": 1, "already there": 5, "skipped": 5, "failed": 0}
    assert len(videos(container, anna)) == len(originals(container)) == 4
    done = run()
    assert counted(done)["imported"] == 0
    assert "will be processed" not in done.output


def test_another_member_gets_their_own(
    run: Import, videohub: Import, container: Container, folder: Path
) -> None:
    run()
    boris = make_user(email="boris@example.test")
    with container.uow() as uow:
        uow.users.add(boris)
        uow.channels.add(make_channel(boris))
        uow.commit()
    done = videohub("import", str(folder), "--as", boris.email)
    assert counted(done)["imported"] == 3
    assert len(videos(container, Actor(boris.id))) == 3


@pytest.mark.parametrize("keep", [True, False])
def test_a_video_is_dated_as_its_file_if_wanted(
    run: Import, container: Container, anna: Actor, folder: Path, keep: bool
) -> None:
    then = datetime(2011, 2, 3, 4, 5, 6, tzinfo=UTC)
    os.utime(folder / "deeper/still/three.webm", (then.timestamp(),) * 2)
    before = container.clock().now()
    run(*["--keep-dates"] * keep)
    video = videos(container, anna)["three"]
    if keep:
        assert video.upload_date == then
    else:
        assert video.upload_date >= before
    with container.uow() as uow:
        stored = uow.videos.get(video.id)
        assert stored is not None
        assert stored.dated == (then if keep else None)


def test_a_dry_run_changes_nothing(run: Import, container: Container, anna: Actor) -> None:
    done = run("--dry-run")
    assert done.exit_code == 0
    found = counted(done)
    assert found == {"would be imported": 3, "already there": 1, "skipped": 5, "failed": 0}
    assert videos(container, anna) == {}
    assert originals(container) == []


def test_what_fails_is_said_in_words_and_the_rest_goes_on(
    run: Import,
    container: Container,
    anna: Actor,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VIDEOHUB_UPLOAD_SIZE_MOST", "2000")
    monkeypatch.setenv("VIDEOHUB_QUOTA", "6")
    (folder / "empty.mp4").touch()
    (folder / "broken.mp4").symlink_to(folder / "nowhere")
    done = run()
    assert done.exit_code == 1
    assert "failed: " in done.output
    assert counted(done) == {
        "imported": 1,
        "already there": 1,
        "skipped": 5,
        "failed": 4,
        "unreadable: No such file or directory": 1,
        "empty": 1,
        "too large for this hub": 1,
        "over the member's quota": 1,
    }
    assert list(videos(container, anna)) == ["first knot of many"]
    assert originals(container) == [b"one"]


def test_a_dry_run_says_what_would_fail(
    run: Import, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDEOHUB_UPLOAD_SIZE_MOST", "2000")
    (folder / "empty.mp4").touch()
    done = run("--dry-run")
    assert done.exit_code == 1
    assert counted(done)["empty"] == counted(done)["too large for this hub"] == 1


def test_a_file_that_cannot_be_read_to_its_end_leaves_nothing(
    run: Import, container: Container, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    def blocks(file: Any) -> Any:
        yield b"t"
        raise sending.Unreadable("Input/output error")

    monkeypatch.setattr(sending, "_blocks", blocks)
    monkeypatch.setattr("entrypoints.cli.importing.digest_of", lambda path, _: (path.name, 1))
    done = run()
    assert done.exit_code == 1
    assert counted(done)["unreadable: Input/output error"] == 4
    assert originals(container) == []
    assert no_upload_waits(container)


def no_upload_waits(container: Container) -> bool:
    with container.database().reading() as connection:
        return connection.exec_driver_sql("SELECT * FROM uploads").first() is None


@pytest.mark.parametrize("change", [b"longer than it was", b""])
def test_a_file_that_changes_under_way_leaves_nothing(
    container: Container,
    anna: Actor,
    folder: Path,
    change: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "BLOCK", 1000)
    path = folder / "deeper/два узла.mkv"

    def step(_count: int) -> None:
        with path.open("r+b") as file:
            file.truncate(2000)
            file.seek(0, os.SEEK_END)
            file.write(change * 1000)

    with pytest.raises(sending.Changed):
        send(container, anna, path, step)
    assert originals(container) == []
    assert no_upload_waits(container)


def send(
    container: Container,
    anna: Actor,
    path: Path,
    step: Callable[[int], None] = lambda _count: None,
) -> Any:
    details = VideoDetails(title="Узлы")
    return sending.send(container, anna, path, details, Origin, step)


def test_of_two_imports_at_once_the_slower_one_makes_no_second_video(
    container: Container, anna: Actor, folder: Path, run: Import, monkeypatch: Any
) -> None:
    path = folder / "deeper/still/three.webm"
    first = send(container, anna, path)
    with pytest.raises(AlreadyImported):
        send(container, anna, path)
    assert [video.id for video in videos(container, anna).values()] == [first]
    assert originals(container) == [b"three"]
    assert no_upload_waits(container)
    # Both looked before either was done.
    run()
    monkeypatch.setattr(FindImported, "__call__", lambda *_given, **_named: None)
    again = run()
    assert again.exit_code == 0
    assert counted(again)["already there"] == 4


def test_when_nobody_knows_whether_a_video_was_made_its_bytes_stay(
    container: Container, anna: Actor, folder: Path
) -> None:
    """The commit of the video happens, and its answer gets lost."""
    real = container.create_video()

    class AnswerLost:
        def __call__(self, **given: Any) -> None:
            real(**given)
            raise Unavailable

    with container.create_video.override(AnswerLost()), pytest.raises(Unavailable):
        send(container, anna, folder / "deeper/still/three.webm")
    assert originals(container) == [b"three"]


def test_ctrl_c_ends_the_file_in_hand_cleanly(
    run: Import, container: Container, anna: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "BLOCK", 500)
    append = LocalUploadStore.append

    def interrupted(store: LocalUploadStore, upload_id: Any, offset: int, data: bytes) -> int:
        if offset:
            os.kill(os.getpid(), signal.SIGINT)
        return append(store, upload_id, offset, data)

    with monkeypatch.context() as while_interrupted:
        while_interrupted.setattr(LocalUploadStore, "append", interrupted)
        done = run()
    assert done.exit_code == 130
    assert "Stopped. Run the same command again to go on." in done.output
    assert counted(done) == {
        **{"imported": 1, "already there": 1, "skipped": 5, "failed": 0},
        "not reached": 2,
    }
    assert originals(container) == [b"one"]
    assert no_upload_waits(container)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert run().exit_code == 0
    assert len(videos(container, anna)) == 3


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Unavailable(), "The database does not answer"),
        (OutOfSpace(), "The hub has no room left"),
        (PermissionError(13, "Permission denied", "/data/x"), "The hub cannot store files"),
    ],
)
def test_what_concerns_every_file_stops_the_run(
    run: Import, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fail(*_given: Any) -> int:
        raise error

    monkeypatch.setattr(LocalUploadStore, "append", fail)
    done = run()
    assert done.exit_code == 1
    assert said in done.output
    assert "Run the same command again to go on." in done.output
    assert counted(done)["not reached"] == 4


def test_bars_are_drawn_for_a_terminal(run: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    done = run()
    assert done.exit_code == 0
    assert "all 4 files" in done.output
    assert "imported: " not in done.output


def test_nobody_unknown_or_banned_gets_videos(
    run: Import, videohub: Import, container: Container, anna: Actor, folder: Path
) -> None:
    done = videohub("import", str(folder), "--as", "eve@example.test")
    assert (done.exit_code, done.output) == (1, "Error: There is no such user.\n")
    container.ban_user()(actor=OPERATOR, user_id=anna.id)
    done = run()
    assert (done.exit_code, done.output) == (1, "Error: This account is banned.\n")
    assert videos(container, anna) == {}


def test_wrong_tags_are_said_before_the_first_file(
    run: Import, container: Container, anna: Actor
) -> None:
    done = run("--tag", "t" * 51)
    assert done.exit_code == 1
    assert "tags/0: This may have at most 50 characters." in done.output
    assert videos(container, anna) == {}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("holiday_2024-part-1.mp4", "holiday 2024 part 1"),
        ("__--.mp4", "Video"),
        ("Узлы__морские.mkv", "Узлы морские"),
        ("e\u0301te\u0301.mp4", "été"),
        ("a\nb\x07c.mp4", "a b c"),
        (os.fsdecode(b"half \xd0.mp4"), "half"),
        ("x" * 300 + ".mp4", "x" * 200),
        (".mp4", ".mp4"),
    ],
)
def test_a_files_name_is_its_title(name: str, title: str) -> None:
    assert title_of(Path("/films") / name) == title
    VideoDetails.checked(title=title)


def test_a_time_that_is_none_is_no_date(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    assert date_of(path) is None
    path.touch()
    assert date_of(path) is not None
