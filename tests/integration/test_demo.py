"""`videohub demo`, with two members and two videos of a second; the clips one by one."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from adapters.media import drawing
from entrypoints.cli import demo as demo_module
from entrypoints.cli import demo_content, demo_pictures, worker_at_hand
from entrypoints.cli.demo_content import PASSWORD
from entrypoints.cli.demo_pictures import PICTURES, Picture, make_graph
from entrypoints.container import Container
from entrypoints.edge.data_lock import DataLock
from tests.samples import difference, look, make_clip
from videohub_core.channels.use_cases.edit_channel import EditChannel
from videohub_core.shared.paging import PageRequest
from videohub_core.videos.entities import ProcessingState
from videohub_core.videos.ports import VideoView
from videohub_core.videos.use_cases.create_video import CreateVideo

Command = Callable[..., Result]

MEMBERS = demo_content.MEMBERS[:2]
VIDEOS = tuple(
    replace(video, owner=member.name)
    for video, member in zip(demo_content.VIDEOS, MEMBERS, strict=False)
)


@pytest.fixture(autouse=True)
def less(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two members, two short videos that are quick to draw."""
    monkeypatch.setattr(demo_content, "MEMBERS", MEMBERS)
    monkeypatch.setattr(demo_content, "VIDEOS", VIDEOS)
    for video in VIDEOS:
        quick = Picture("testsrc2=s=128x72:r=10", 1)
        monkeypatch.setitem(demo_pictures.PICTURES, video.picture, quick)


def published(container: Container) -> list[VideoView]:
    page = container.list_videos()(page=PageRequest())
    return list(page.items)


def test_an_empty_hub_that_does_not_run_is_filled(
    videohub: Command, container: Container
) -> None:
    done = videohub("demo")
    assert done.exit_code == 0, done.output
    assert "New here: 2 members, 2 videos." in done.output
    assert "Start the hub with: videohub up" in done.output
    assert PASSWORD in done.output
    found = published(container)
    assert [video.title for video in found] == [video.title for video in VIDEOS]
    now = container.clock().now()
    for shown, video in zip(found, VIDEOS, strict=True):
        assert shown.state is ProcessingState.READY
        assert shown.published_at == shown.upload_date
        age = now - shown.upload_date
        assert abs(age - timedelta(days=video.days)) < timedelta(minutes=5)
    for member in MEMBERS:
        user = container.find_user()(whom=member.email)
        assert now - user.created > timedelta(days=member.days - 1)
        channel = container.read_channel()(channel_id=user.channel.id)
        assert channel.description == member.channel
        assert now - channel.created > timedelta(days=member.days - 1)
    # Nobody holds the folder any more.
    DataLock(container.settings().data_dir, exclusive=True).release()


def test_a_second_run_adds_nothing_and_says_so(videohub: Command, container: Container) -> None:
    videohub("demo")
    before = published(container)
    member = container.find_user()(whom=MEMBERS[0].email)
    container.edit_channel()(
        actor=member.actor, channel_id=member.channel.id, description="My own words"
    )
    done = videohub("demo")
    assert done.exit_code == 0
    assert "Everything is there already: nothing was added." in done.output
    assert published(container) == before
    channel = container.read_channel()(channel_id=member.channel.id)
    assert channel.description == "My own words"


def test_what_was_deleted_comes_back(videohub: Command, container: Container) -> None:
    videohub("demo")
    video = published(container)[0]
    owner = container.read_user()(user_id=video.owner_id).actor
    container.delete_video()(actor=owner, video_id=video.id)
    assert "New here: 0 members, 1 videos." in videohub("demo").output
    assert len(published(container)) == 2


@pytest.mark.parametrize("use_case", [EditChannel, CreateVideo])
def test_a_run_that_was_killed_is_gone_on_with(
    videohub: Command,
    container: Container,
    monkeypatch: pytest.MonkeyPatch,
    use_case: type[Any],
) -> None:
    def die(*_given: Any, **_named: Any) -> None:
        raise SystemExit(137)

    with monkeypatch.context() as dying:
        dying.setattr(use_case, "__call__", die)
        assert videohub("demo").exit_code == 137
    assert published(container) == []
    done = videohub("demo")
    assert done.exit_code == 0
    assert len(published(container)) == 2
    for member in MEMBERS:
        user = container.find_user()(whom=member.email)
        channel = container.read_channel()(channel_id=user.channel.id)
        assert channel.description == member.channel


def test_ctrl_c_stops_it(
    videohub: Command, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = demo_module.DemoHub._draw

    def interrupted(hub: Any, video: Any, folder: Path) -> Path:
        if video == VIDEOS[0]:
            os.kill(os.getpid(), signal.SIGINT)
        return draw(hub, video, folder)

    with monkeypatch.context() as pressing:
        pressing.setattr(demo_module.DemoHub, "_draw", interrupted)
        done = videohub("demo")
    assert done.exit_code == 130
    assert "Run the same command again to go on." in done.output
    DataLock(container.settings().data_dir, exclusive=True).release()
    assert videohub("demo").exit_code == 0
    assert len(published(container)) == 2


def test_a_hub_in_production_is_left_alone(
    videohub: Command, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDEOHUB_DEVELOPMENT", "no")
    done = videohub("demo")
    assert done.exit_code == 1
    assert "--yes-in-production" in done.output
    assert published(container) == []
    assert videohub("demo", "--yes-in-production").exit_code == 0
    assert len(published(container)) == 2


def test_a_worker_that_dies_is_said_to_have(
    videohub: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("sh", "-c", "echo no such module >&2; exit 1")
    monkeypatch.setattr(worker_at_hand, "worker_command", lambda _settings: command)
    done = videohub("demo")
    assert done.exit_code == 1
    assert "The worker ended by itself:\nno such module" in done.output


def test_a_worker_that_is_elsewhere_is_waited_for_in_vain(
    videohub: Command, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("VIDEOHUB_WORKER", "external")
        elsewhere.setattr(demo_module, "PATIENCE_SECONDS", 0.3)
        done = videohub("demo")
    assert done.exit_code == 1
    assert f"Not processed yet: {VIDEOS[0].title}" in done.output
    assert "Is the hub's worker at work?" in done.output
    assert videohub("demo").exit_code == 0
    assert len(published(container)) == 2


def test_a_video_that_cannot_be_played_is_named(
    videohub: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(_hub: Any, _video: Any, folder: Path) -> Path:
        (folder / "clip.mp4").write_bytes(b"no video")
        return folder / "clip.mp4"

    monkeypatch.setattr(demo_content, "VIDEOS", VIDEOS[:1])
    monkeypatch.setattr(demo_module.DemoHub, "_draw", draw)
    done = videohub("demo")
    assert done.exit_code == 1
    assert f"Cannot be played: {VIDEOS[0].title}: This file is not a video" in done.output


def test_an_ffmpeg_that_cannot_draw_is_said_to_be(
    videohub: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = Picture("no_such_source=s=128x72", 1)
    monkeypatch.setitem(demo_pictures.PICTURES, VIDEOS[0].picture, unknown)
    done = videohub("demo")
    assert done.exit_code == 1
    assert "ffmpeg did not draw a clip" in done.output
    assert "no_such_source" in done.output


def test_bars_are_drawn_for_a_terminal(
    videohub: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    done = videohub("demo")
    assert done.exit_code == 0
    assert "2/2" in done.output
    assert "drawn: " not in done.output


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_a_picture_can_be_drawn_and_moves(name: str, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    drawing.draw(make_graph(PICTURES[name], "a3 c4"), 2, clip)
    first, last = look(clip, 0.1), look(clip, 1.8)
    assert difference(first, last) > 0.2, "nothing moves"
    for seen in (first, last):
        assert len(set(seen)) > 5, "it is of one colour"
    assert clip.stat().st_size < 2_000_000


def test_sound_is_under_every_picture(tmp_path: Path) -> None:
    silent = make_clip(tmp_path / "silent.mp4", audio=None)
    clip = tmp_path / "clip.mp4"
    drawing.draw(make_graph(Picture("testsrc2=s=128x72:r=10", 1), "a3"), 1, clip)
    assert b"mp4a" in clip.read_bytes()
    assert b"mp4a" not in silent.read_bytes()
