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
from tests.factories.entities import make_video
from tests.fakes.files import FakeFiles
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.ids import UserId
from videohub_core.shared.paging import PageRequest
from videohub_core.videos.entities import MediaKey, ProcessingState


@pytest.fixture
def url(container: Container) -> Iterator[str]:
    port = free_port()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    started = threading.Event()

    async def serve() -> None:
        server = HTTPServer(
            make_streams(container, ThreadPoolExecutor(4), ThreadPoolExecutor(4))
        )
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


class Elsewhere(FakeFiles):
    """A store whose bytes are not on this machine, and which may go away."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[int, int]] = []
        self.is_away = self.breaks_off = False
        self.answers = threading.Event()
        self.answers.set()

    def open(self, key: MediaKey) -> Any:
        self.answers.wait(30)
        if self.is_away:
            raise Unavailable
        return ElsewhereFile(self, self.bytes[key])


class ElsewhereFile:
    def __init__(self, store: Elsewhere, data: bytes) -> None:
        self.size = len(data)
        self._store = store
        self._data = data

    def fileno(self) -> None:
        return None

    def blocks(self, start: int, length: int) -> Iterator[bytes]:
        self._store.asked.append((start, length))
        for at in range(start, start + length, 1000):
            yield self._data[at : min(at + 1000, start + length)]
            if self._store.breaks_off:
                raise Unavailable

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def elsewhere(container: Container) -> Elsewhere:
    files = Elsewhere()
    container.media_store.override(files)
    return files


@pytest.fixture
def watched(container: Container, elsewhere: Elsewhere, url: str, user_id: UserId) -> str:
    """The address of a public video that a store elsewhere has."""
    key = MediaKey("media/video00000000001/a-1.mp4")
    elsewhere.bytes[key] = bytes(range(256)) * 100
    with container.uow() as uow:
        channel = uow.channels.of_user(user_id)
        video = make_video(channel, video_file=key, state=ProcessingState.READY)
        uow.videos.add(video)
        uow.commit()
    return f"{url}/media/{video.id}/video.mp4"


def test_bytes_from_elsewhere_are_asked_for_as_far_as_they_are_wanted(
    watched: str, elsewhere: Elsewhere
) -> None:
    whole = requests.get(watched, timeout=20).content
    assert whole == bytes(range(256)) * 100
    part = requests.get(watched, headers={"Range": "bytes=5000-7499"}, timeout=20)
    assert (part.status_code, part.content) == (206, whole[5000:7500])
    several = requests.get(watched, headers={"Range": "bytes=0-9,-5"}, timeout=20)
    assert several.content.count(b"Content-Range") == 2
    assert requests.head(watched, timeout=20).headers["Content-Length"] == "25600"
    assert elsewhere.asked == [(0, 25600), (5000, 2500), (0, 10), (25595, 5)]


def test_a_store_that_is_away_is_503(watched: str, elsewhere: Elsewhere) -> None:
    elsewhere.is_away = True
    answer = requests.get(watched, timeout=20)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]


def test_a_store_that_goes_away_ends_the_answer_short(
    watched: str, elsewhere: Elsewhere
) -> None:
    elsewhere.breaks_off = True
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="1000 bytes read"):
        requests.get(watched, timeout=20)
    elsewhere.breaks_off = False
    assert requests.get(watched, timeout=20).status_code == 200


def test_uploads_go_on_while_a_store_does_not_answer(
    watched: str, elsewhere: Elsewhere, upload: Any
) -> None:
    elsewhere.answers.clear()
    with ThreadPoolExecutor(8) as viewers:
        waiting = [viewers.submit(requests.get, watched, timeout=30) for _ in range(8)]
        assert upload().status_code == 201
        assert not any(viewer.done() for viewer in waiting)
        elsewhere.answers.set()
    assert {viewer.result().status_code for viewer in waiting} == {200}
