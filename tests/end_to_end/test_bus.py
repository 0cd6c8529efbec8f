"""What the hub's worker does is heard in another process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from entrypoints.container import build_container
from entrypoints.settings import make_settings
from tests.end_to_end.hub import Hub, Member, running_hub
from tests.postgres import Postgres
from tests.samples import make_clip
from tests.waiting import eventually
from videohub_core.shared.bus import Hint, Topic
from videohub_core.videos.entities import ProcessingState


@pytest.fixture
def wide_clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "wide.mp4", seconds=4, size=(854, 480))


@pytest.fixture(params=["sqlite", "postgres"])
def hub(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_server: Postgres
) -> Iterator[Hub]:
    if request.param == "sqlite":
        yield request.getfixturevalue("shared_hub")
        return
    name = postgres_server.create()
    with running_hub(tmp_path, database_url=postgres_server.url(name)) as hub:
        yield hub
    postgres_server.drop(name)


@pytest.fixture
def container(hub: Hub) -> Iterator[Any]:
    """Another process of the same hub."""
    built = build_container(make_settings({}, hub.environ))
    yield built
    built.bus().close()
    built.database().close()


def test_an_owner_sees_how_far_processing_is(hub: Hub, container: Any, wide_clip: Path) -> None:
    owner = Member(hub, "follower")
    owner_id = owner.get("/api/v1/session").json()["user"]["id"]
    refills: list[bool] = []
    seen: list[tuple[str, Topic, ProcessingState]] = []

    def look(hint: Hint) -> None:
        if hint.owner_id == owner_id:
            video = container.video_reader().get(hint.key)
            seen.append((video.id, hint.topic, video.state))

    with closing(container.bus().subscribe(look, lambda: refills.append(True))):
        eventually(lambda: refills)
        video_id = owner.upload(wide_clip).json()["id"]
        eventually(lambda: seen and seen[-1][2] is ProcessingState.READY, 40)
    assert {found for found, _, _ in seen} == {video_id}
    assert {topic for _, topic, _ in seen} == {Topic.VIDEO, Topic.PROGRESS}
    states = list(dict.fromkeys(state for _, _, state in seen))
    assert ProcessingState.PROCESSING in states
    assert states == [state for state in ProcessingState if state in states]
    assert refills == [True]
