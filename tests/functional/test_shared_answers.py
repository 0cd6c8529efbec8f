"""What strangers share for a moment: never what is one person's, never what is over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any
from unittest import mock

import pytest
from pyramid.router import Router

from entrypoints.container import Container, build_container
from entrypoints.http import shared_answers
from tests.functional.browser import Browser, problem
from tests.functional.test_manners import set_rate
from tests.waiting import eventually
from videohub_core.shared.rate_limit import Rate
from videohub_core.videos.entities import VideoDetails, Visibility

Store = Callable[..., Any]
LIST = "/api/v1/videos"


@pytest.fixture
def fetched(container: Container) -> Any:
    """Count what is read from the database."""
    database = container.database()
    with mock.patch.object(database, "fetch", wraps=database.fetch) as fetch:
        yield lambda: fetch.call_count


def test_strangers_share_an_answer(
    app: Router, anna: Browser, store_video: Store, fetched: Callable[[], int]
) -> None:
    video = store_video(anna)
    paths = [
        LIST,
        f"{LIST}/{video.id}",
        f"/api/v1/channels/{video.channel_id}",
        f"/api/v1/channels/{video.channel_id}/videos",
        "/api/v1/search/videos?q=a",
        "/api/v1/search/suggestions?q=a",
        "/",
        f"/watch/{video.id}",
    ]
    for path in paths:
        first = Browser(app).get(path)
        before = fetched()
        again = Browser(app).get(path)
        assert fetched() == before, path
        assert again.body == first.body
        assert again.headers["Content-Type"] == first.headers["Content-Type"]
        assert again.headers["Content-Security-Policy"]
        assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]


def test_whoever_has_it_already_is_told_so(stranger: Browser, anna: Browser) -> None:
    tag = stranger.get(LIST).headers["ETag"]
    answer = stranger.get(LIST, status=304, If_None_Match=f'"x", {tag}')
    assert (answer.body, answer.headers["ETag"]) == (b"", tag)
    stranger.get(LIST, status=200, If_None_Match='"x"')


def test_a_member_is_answered_anew(
    app: Router, anna: Browser, store_video: Store, fetched: Callable[[], int]
) -> None:
    path = f"{LIST}/{store_video(anna).id}"
    assert not Browser(app).get(path).json["viewer"]["can_edit"]
    assert anna.get(path).json["viewer"]["can_edit"]
    before = fetched()
    anna.get(path)
    assert fetched() > before
    assert not Browser(app).get(path).json["viewer"]["can_edit"]


def test_a_bad_credential_is_refused_whatever_is_kept(app: Router) -> None:
    Browser(app).get(LIST)
    problem(Browser(app).get(LIST, status=401, Authorization="Bearer x"), "invalid_token")


def test_another_language_is_another_answer(app: Router) -> None:
    english = Browser(app).get("/", Accept_Language="en").text
    russian = Browser(app).get("/", Accept_Language="ru").text
    assert 'lang="en"' in english
    assert 'lang="ru"' in russian


def test_a_change_shows_at_once(app: Router, anna: Browser, store_video: Store) -> None:
    video = store_video(anna)
    path = f"{LIST}/{video.id}"
    Browser(app).get(path)
    assert len(Browser(app).get(LIST).json["items"]) == 1
    anna.send("PATCH", path, {"visibility": Visibility.PRIVATE.value})
    problem(Browser(app).get(path, status=404), "no_such_video")
    assert Browser(app).get(LIST).json["items"] == []


def test_what_another_process_hints_at_shows_at_once(
    app: Router,
    anna: Browser,
    store_video: Store,
    container: Container,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared_answers, "SECONDS", 1000.0)
    changes, other = container.changes(), build_container(container.settings())
    video_id = store_video(anna).id
    count = changes.count
    with closing(shared_answers.heed_others(container)), closing(other.bus()):
        eventually(lambda: changes.count == count + 1)
        assert len(Browser(app).get(LIST).json["items"]) == 1
        with other.uow() as uow:
            uow.videos.get(video_id).report(0.5, None)
            uow.commit()
        with other.uow() as uow:
            details = VideoDetails.checked(title="Knots", visibility="private")
            uow.videos.get(video_id).edit(details, other.clock().now())
            uow.commit()
        eventually(lambda: Browser(app).get(LIST).json["items"] == [])
        assert changes.count == count + 2
    other.database().close()
    other.hints().close()


def test_what_another_process_does_shows_after_a_moment(
    app: Router,
    anna: Browser,
    store_video: Store,
    container: Container,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr(shared_answers.time, "monotonic", lambda: now)
    count = container.changes().count
    assert Browser(app).get(LIST).json["items"] == []
    store_video(anna)
    # The other process counts for itself.
    container.changes().count = count
    assert Browser(app).get(LIST).json["items"] == []
    now += shared_answers.SECONDS + 0.1
    assert len(Browser(app).get(LIST).json["items"]) == 1


def test_an_answer_is_kept_no_longer_than_a_moment(
    app: Router, fetched: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(shared_answers.time, "monotonic", lambda: now)
    Browser(app).get(LIST)
    before = fetched()
    now += shared_answers.SECONDS / 2
    Browser(app).get(LIST)
    assert fetched() == before
    now += shared_answers.SECONDS
    Browser(app).get(LIST)
    assert fetched() > before


def test_a_page_with_a_token_is_ones_own(app: Router, fetched: Callable[[], int]) -> None:
    first, second = Browser(app), Browser(app)
    path = "/auth/login"
    assert first.get(path).text != second.get(path).text
    assert "hub_presession" in first.http.cookies
    assert "hub_presession" in second.http.cookies


def test_errors_are_not_kept(app: Router, anna: Browser, container: Container) -> None:
    path = f"{LIST}/nothing000000000"
    one, two = (Browser(app).get(path, status=404).headers["X-Request-Id"] for _ in range(2))
    assert one != two


def test_shared_answers_are_counted_like_others(app: Router, container: Container) -> None:
    set_rate(container, "read", Rate(3, 60))
    for _ in range(3):
        Browser(app).get(LIST)
    answer = Browser(app).get(LIST, status=429)
    problem(answer, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 0


def test_no_more_is_kept_than_there_is_room_for(
    app: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_answers, "ANSWERS_MOST", 5)
    for number in range(1, 20):
        Browser(app).get(f"{LIST}?limit={number}")
    assert len(app.registry.shared_answers._kept) <= 5
