"""The streams over a container of the test's own, to see what happens when parts fail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from dependency_injector.providers import Factory
from tornado.httpserver import HTTPServer

from entrypoints.container import Container
from entrypoints.edge.csrf import make_token
from entrypoints.streams.app import make_streams
from tests.end_to_end.hub import PASSWORD, free_port
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.ids import UserId
from videohub_core.shared.paging import PageRequest


@pytest.fixture
def url(container: Container) -> Iterator[str]:
    port = free_port()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    started = threading.Event()

    async def serve() -> None:
        server = HTTPServer(make_streams(container, ThreadPoolExecutor(4)))
        server.listen(port, "127.0.0.1")
        started.set()
        await stop.wait()
        server.stop()
        await server.close_all_connections()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    started.wait(10)
    yield f"http://127.0.0.1:{port}"
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


@pytest.fixture
def user_id(container: Container) -> UserId:
    account = {"email": "anna@example.test", "password": PASSWORD, "display_name": "Anna"}
    return UserId(container.register_user()(actor=None, **account).id)


@pytest.fixture
def upload(container: Container, url: str, user_id: UserId) -> Any:
    signed_in = container.sign_in()(email="anna@example.test", password=PASSWORD)
    token = make_token(container.secret(), signed_in.token)

    def upload() -> requests.Response:
        return requests.post(
            f"{url}/api/v1/videos",
            files=[("title", (None, "Knots")), ("file", ("a.mp4", b"bytes", "video/mp4"))],
            cookies={"hub_session": signed_in.token},
            headers={"X-CSRF-Token": token},
            timeout=20,
        )

    return upload


def originals(container: Container) -> list[bytes]:
    folder = container.settings().data_dir / "originals"
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


class AnswerLost:
    """`CreateVideo` whose commit happens, or not, before the database goes away."""

    def __init__(self, real: Any, commits: bool) -> None:
        self._real = real
        self._commits = commits

    def __call__(self, **arguments: Any) -> Any:
        if self._commits:
            self._real(**arguments)
        raise Unavailable


def test_a_video_keeps_its_bytes_if_the_answer_to_its_commit_is_lost(
    container: Container, upload: Any, user_id: UserId
) -> None:
    real = container.create_video()
    container.create_video.override(Factory(AnswerLost, real, True))
    assert upload().status_code == 503
    (video,) = container.list_own_videos()(actor=Actor(user_id), page=PageRequest()).items
    assert video.title == "Knots"
    assert originals(container) == [b"bytes"]


def test_bytes_that_no_video_took_are_left_to_the_sweep(
    container: Container, upload: Any, user_id: UserId
) -> None:
    real = container.create_video()
    container.create_video.override(Factory(AnswerLost, real, False))
    assert upload().status_code == 503
    assert originals(container) == [b"bytes"]
    with container.uow() as uow:
        assert uow.uploads.bytes_of(user_id) > 0
