"""Browsers, and videos that are there without a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyramid.router import Router

from entrypoints.container import Container, build_container
from entrypoints.settings import Settings
from tests.factories.entities import NOW, make_video
from tests.fakes.simple import FakePasswords
from tests.functional.browser import Browser
from videohub_core.videos.entities import MediaKey, ProcessingState


@pytest.fixture(params=["sqlite", "postgres"])
def container(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path
) -> Iterator[Container]:
    """The real container on each database; passwords are hashed in no time."""
    database = request.getfixturevalue(request.param)
    url = database.url.render_as_string(hide_password=False)
    built = build_container(replace(settings, database_url=url))
    built.passwords.override(FakePasswords())
    yield built
    built.database().close()
    built.hints().close()
    built.bus().close()


@pytest.fixture
def stranger(app: Router) -> Browser:
    return Browser(app)


@pytest.fixture
def anna(app: Router) -> Browser:
    browser = Browser(app).register("anna")
    browser.sign_in("anna")
    return browser


@pytest.fixture
def boris(app: Router) -> Browser:
    browser = Browser(app).register("boris")
    browser.sign_in("boris")
    return browser


@pytest.fixture
def store_video(container: Container) -> Callable[..., Any]:
    """Store a video of a browser's member as if it had been processed."""

    def store(owner: Browser, **fields: Any) -> Any:
        with container.uow() as uow:
            channel = uow.channels.of_user(owner.id)
            ready = {"state": ProcessingState.READY, "published_at": NOW, "duration": 3.5}
            video = make_video(channel, **{**ready, **fields})
            if video.state.can_be_watched and video.video_file is None:
                video.video_file = MediaKey(f"media/{video.id}/video.mp4")
            uow.videos.add(video)
            uow.videos.tag(video)
            uow.commit()
        return video

    return store
