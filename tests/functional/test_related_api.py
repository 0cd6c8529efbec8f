"""What goes with a video."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from entrypoints.container import Container
from tests.functional.browser import Browser, problem
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import Visibility
from videohub_core.views.entities import Viewing


@pytest.fixture
def publish(container: Container, store_video: Callable[..., Any]) -> Callable[..., VideoId]:
    def publish(owner: Browser, title: str, *tags: str, **fields: Any) -> VideoId:
        video = store_video(owner, title=title, tags=list(tags), **{"heat": 1.0, **fields})
        with container.uow() as uow:
            uow.videos.tag(uow.videos.get(video.id))
            uow.commit()
        return VideoId(video.id)

    return publish


def related_to(browser: Browser, video_id: str, query: str = "") -> list[str]:
    answer = browser.get(f"/api/v1/videos/{video_id}/related{query}").json
    assert answer["next_cursor"] is None
    return [video["title"] for video in answer["items"]]


def test_tags_then_views_then_channel_then_what_is_trending(
    container: Container,
    anna: Browser,
    boris: Browser,
    stranger: Browser,
    publish: Callable[..., VideoId],
) -> None:
    video = publish(anna, "itself", "knots", "boats")
    publish(boris, "one common tag", "boats")
    publish(boris, "another common tag", "boats", heat=0.5)
    publish(boris, "both tags", "knots", "boats")
    publish(anna, "of the channel")
    publish(boris, "warm", heat=3.0)
    publish(boris, "cold", heat=0.1)
    publish(boris, "hidden", "knots", "boats", visibility=Visibility.PRIVATE)
    publish(boris, "unlisted", "knots", "boats", visibility=Visibility.UNLISTED)
    seen = publish(boris, "seen by its viewers")
    lately = container.clock().now() - timedelta(days=1)
    container.view_store().count(
        [Viewing(one, f"m{number}", lately) for one in (video, seen) for number in range(3)]
    )
    order = [
        *("seen by its viewers", "both tags", "one common tag", "another common tag"),
        *("of the channel", "warm", "cold"),
    ]
    assert related_to(stranger, video) == order
    assert related_to(anna, video, "?limit=2") == order[:2]
    problem(stranger.get(f"/api/v1/videos/{video}/related?limit=51", 400), "validation_failed")


def test_what_a_withheld_channel_has_is_not_related(
    container: Container, anna: Browser, boris: Browser, publish: Callable[..., VideoId]
) -> None:
    video = publish(anna, "itself", "knots")
    publish(boris, "of somebody banned", "knots")
    with container.uow() as uow:
        uow.channels.of_user(boris.id).withheld_until = container.clock().now() + timedelta(1)
        uow.commit()
    assert related_to(anna, video) == []


def test_nobody_is_told_what_one_member_watched(
    container: Container,
    anna: Browser,
    boris: Browser,
    publish: Callable[..., VideoId],
) -> None:
    secret = publish(boris, "secret", heat=0.1)
    publish(boris, "warm", heat=1e12)
    public, sent = (
        publish(anna, f"trap {how.value}", visibility=how)
        for how in (Visibility.PUBLIC, Visibility.UNLISTED)
    )
    lately = container.clock().now() - timedelta(days=1)

    def watched(viewers: list[str]) -> None:
        container.view_store().count(
            [Viewing(one, who, lately) for one in (secret, public, sent) for who in viewers]
        )

    def secret_is_first(trap: VideoId) -> bool:
        # Strangers get for a moment what they got last.
        found = related_to(boris, trap)
        return found.index("secret") < found.index("warm")

    # Strangers may be one person under many names.
    watched(["mboris", "manna", *(f"s{number}" for number in range(9))])
    assert not secret_is_first(public)
    assert not secret_is_first(sent)
    watched(["mcarl"])
    assert secret_is_first(public)
    assert not secret_is_first(sent)
