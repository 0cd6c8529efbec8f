"""Views: who is counted, how often, and by whom at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.persistence.views import SqlViewStore
from adapters.viewing.view_log import GatheringViewLog
from entrypoints.container import Container
from tests.factories.entities import NOW
from tests.functional.browser import Browser, problem
from videohub_core.shared.ids import VideoId
from videohub_core.videos.entities import Visibility
from videohub_core.videos.heat import VIEW, warmed
from videohub_core.views.entities import ONCE_IN, Viewing

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def watch(browser: Browser, video_id: str, seconds: float = 12, status: int = 204) -> Any:
    path = f"/api/v1/videos/{video_id}/views"
    return browser.send("POST", path, {"seconds": seconds}, status, User_Agent=CHROME)


def views_of(browser: Browser, video_id: str) -> int:
    return int(browser.get(f"/api/v1/videos/{video_id}").json["counters"]["views"])


def test_each_viewer_is_counted_once_and_the_owner_never(
    anna: Browser, boris: Browser, stranger: Browser, store_video: Callable[..., Any]
) -> None:
    video = store_video(anna, duration=60.0)
    watch(stranger, video.id, 9.9)
    watch(anna, video.id)
    assert views_of(anna, video.id) == 0
    for _ in range(2):
        watch(boris, video.id)
        watch(stranger, video.id)
    assert views_of(anna, video.id) == 2


def test_half_of_a_short_video_is_a_view(
    anna: Browser, boris: Browser, store_video: Callable[..., Any]
) -> None:
    video = store_video(anna, duration=4.0)
    watch(boris, video.id, 1.9)
    assert views_of(anna, video.id) == 0
    watch(boris, video.id, 2)
    assert views_of(anna, video.id) == 1


def test_programs_are_not_counted(
    anna: Browser, stranger: Browser, store_video: Callable[..., Any]
) -> None:
    video = store_video(anna)
    path = f"/api/v1/videos/{video.id}/views"
    for client in (BOT, ""):
        stranger.send("POST", path, {"seconds": 12}, 204, User_Agent=client)
    assert views_of(anna, video.id) == 0


def test_what_is_wrong_counts_nothing(
    anna: Browser, stranger: Browser, store_video: Callable[..., Any]
) -> None:
    video = store_video(anna)
    hidden = store_video(anna, visibility=Visibility.PRIVATE)
    problem(watch(stranger, hidden.id, status=404), "no_such_video")
    problem(watch(stranger, video.id, -1, status=400), "validation_failed")
    path = f"/api/v1/videos/{video.id}/views"
    for body in ({}, {"seconds": "12"}, {"seconds": 12, "viewer": "x"}):
        stranger.send("POST", path, body, status=400, User_Agent=CHROME)
    answer = stranger.http.post_json(path, {"seconds": 12}, status=403)
    problem(answer, "csrf_failed")
    assert views_of(anna, video.id) == 0


def test_six_hours_later_it_is_another_view(
    container: Container, anna: Browser, store_video: Callable[..., Any]
) -> None:
    video = store_video(anna)
    store = container.view_store()
    for after, counts in (
        (timedelta(), 1),
        (ONCE_IN - timedelta(seconds=1), 0),
        (ONCE_IN, 1),
        (ONCE_IN + timedelta(hours=5), 0),
    ):
        assert len(store.count([Viewing(video.id, "viewer", NOW + after)])) == counts
    # A video that was deleted meanwhile, and one that is told of twice.
    again = [Viewing(video.id, "second", NOW)] * 2
    assert len(store.count([Viewing(VideoId("nothing000000000"), "viewer", NOW), *again])) == 1
    assert views_of(anna, video.id) == 3


def test_several_processes_count_exactly(
    container: Container, anna: Browser, store_video: Callable[..., Any]
) -> None:
    ids = [store_video(anna).id for _ in range(5)]
    logs = [GatheringViewLog(SqlViewStore(container.database())) for _ in range(4)]
    for log in logs:
        log.start()

    def watch_all(log: GatheringViewLog, number: int) -> None:
        # Each viewer is at two processes at once, and in another order.
        for viewer in range(40)[:: 1 if number % 2 else -1]:
            for video_id in ids if number < 2 else reversed(ids):
                log.add(Viewing(video_id, f"viewer {viewer}", NOW))

    threads = [
        threading.Thread(target=watch_all, args=(log, number))
        for number, log in enumerate(logs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for log in logs:
        log.close()
    assert [views_of(anna, video_id) for video_id in ids] == [40] * 5
    assert list(container.recount()(repair=False)) == []


def test_viewers_of_long_ago_are_forgotten_and_their_views_are_not(
    container: Container, anna: Browser, store_video: Callable[..., Any]
) -> None:
    video = store_video(anna)
    now = container.clock().now()
    old = [Viewing(video.id, f"viewer {n}", now - timedelta(days=31)) for n in range(600)]
    store = container.view_store()
    store.count([*old, Viewing(video.id, "lately", now)])
    assert container.fold_views()() == 600
    assert container.fold_views()() == 0
    store.count([Viewing(video.id, "viewer 1", now)])
    assert views_of(anna, video.id) == 602
    assert list(container.recount()(repair=False)) == []


def test_a_recount_finds_and_puts_right(
    container: Container, anna: Browser, store_video: Callable[..., Any]
) -> None:
    video = store_video(anna)
    container.view_store().count([Viewing(video.id, "viewer", NOW)])
    with container.uow() as uow:
        uow.videos.get(video.id).views = 7
        uow.commit()
    for repair in (False, True):
        (found,) = container.recount()(repair=repair)
        assert found == ("videos.views", video.id, 7, 1)
    assert list(container.recount()(repair=True)) == []
    assert views_of(anna, video.id) == 1


def test_views_warm_a_video_and_the_list_follows(
    container: Container, anna: Browser, store_video: Callable[..., Any]
) -> None:
    heat = warmed(None, NOW, 1)
    cold, warm = (store_video(anna, title=name, heat=heat) for name in ("cold", "warm"))
    store = container.view_store()

    def order() -> list[str]:
        answer = anna.get("/api/v1/videos?sort=trending").json
        return [video["title"] for video in answer["items"]]

    store.count([Viewing(warm.id, f"viewer {n}", NOW) for n in range(3)])
    assert order() == ["warm", "cold"]
    # Ten days later, one view weighs more than three of then.
    later = NOW + timedelta(days=10)
    store.count([Viewing(cold.id, "viewer 1", later)])
    assert order() == ["cold", "warm"]
    with container.uow() as uow:
        assert uow.videos.get(cold.id).heat == pytest.approx(warmed(heat, later, VIEW))
