"""Likes, subscriptions, the feed and channels over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from entrypoints.container import Container
from tests.factories.entities import NOW
from tests.functional.browser import Browser, problem
from videohub_core.shared.actor import OPERATOR, Actor, Role
from videohub_core.shared.ids import UserId
from videohub_core.videos.entities import Visibility

StoreVideo = Callable[..., Any]


def channel_of(browser: Browser) -> str:
    return str(browser.get("/api/v1/me").json["channel"]["id"])


def test_a_like_is_one_and_is_seen_by_who_gave_it(
    anna: Browser, boris: Browser, stranger: Browser, store_video: StoreVideo
) -> None:
    path = f"/api/v1/videos/{store_video(anna).id}"
    for _ in range(2):
        boris.send("PUT", f"{path}/like", status=204)
    seen = boris.get(path).json
    assert (seen["counters"]["likes"], seen["viewer"]["liked"]) == (1, True)
    for other in (anna, stranger):
        seen = other.get(path).json
        assert (seen["counters"]["likes"], seen["viewer"]["liked"]) == (1, False)
    assert [
        video["viewer"]["liked"] for video in boris.get("/api/v1/me/likes").json["items"]
    ] == [True]
    assert anna.get("/api/v1/me/likes").json["items"] == []
    for _ in range(2):
        boris.send("DELETE", f"{path}/like", status=204)
    assert boris.get(path).json["counters"]["likes"] == 0
    problem(boris.http.put(f"{path}/like", status=403), "csrf_failed")


def test_liked_videos_page_by_page(
    anna: Browser, boris: Browser, store_video: StoreVideo
) -> None:
    videos = [store_video(anna) for _ in range(3)]
    for video in videos:
        boris.send("PUT", f"/api/v1/videos/{video.id}/like", status=204)
    first = boris.get("/api/v1/me/likes?limit=2").json
    second = boris.get(f"/api/v1/me/likes?limit=2&cursor={first['next_cursor']}").json
    found = [video["id"] for video in (*first["items"], *second["items"])]
    assert found == [video.id for video in reversed(videos)]
    assert second["next_cursor"] is None
    foreign = boris.get(f"/api/v1/me/feed?cursor={first['next_cursor']}", status=400)
    problem(foreign, "validation_failed")


def test_following_a_channel(anna: Browser, boris: Browser, stranger: Browser) -> None:
    path = f"/api/v1/channels/{channel_of(anna)}"
    boris.send("PUT", f"{path}/subscription", status=204)
    viewer = {"subscribed": True, "bell": "all", "can_edit": False}
    assert boris.get(path).json["viewer"] == viewer
    boris.send("PUT", f"{path}/subscription", {"bell": "none"}, status=204)
    boris.send("PUT", f"{path}/subscription", {}, status=204)
    (found,) = boris.get("/api/v1/me/subscriptions").json["items"]
    assert found["channel"] == {"id": channel_of(anna), "title": "anna"}
    assert found["bell"] == "none"
    for browser in (anna, stranger):
        seen = browser.get(path).json
        assert (seen["subscribers"], seen["viewer"]["subscribed"]) == (1, False)
    for wrong in ({"bell": "some"}, {"bell": None}, {"bell": 1}, {"sound": "all"}, []):
        boris.send("PUT", f"{path}/subscription", wrong, status=400)
    problem(anna.send("PUT", f"{path}/subscription", {"x": 1}, status=403), "own_channel")
    for _ in range(2):
        boris.send("DELETE", f"{path}/subscription", status=204)
    assert boris.get(path).json["subscribers"] == 0
    assert boris.get("/api/v1/me/subscriptions").json["items"] == []


def test_the_feed_has_the_listed_videos_of_who_is_followed(
    container: Container, anna: Browser, boris: Browser, store_video: StoreVideo
) -> None:
    old, new = (store_video(anna, published_at=NOW + timedelta(days=n)) for n in range(2))
    store_video(boris)
    hidden = store_video(anna, visibility=Visibility.PRIVATE)
    assert boris.get("/api/v1/me/feed").json["items"] == []
    boris.send("PUT", f"/api/v1/channels/{channel_of(anna)}/subscription", status=204)
    first = boris.get("/api/v1/me/feed?limit=1").json
    second = boris.get(f"/api/v1/me/feed?limit=1&cursor={first['next_cursor']}").json
    assert [video["id"] for video in (*first["items"], *second["items"])] == [new.id, old.id]
    assert first["items"][0]["viewer"]["subscribed"]
    assert second["next_cursor"] is None
    assert hidden.id not in boris.get("/api/v1/me/feed").text
    container.ban_user()(actor=OPERATOR, user_id=UserId(anna.id), reason="spam", until=None)
    assert boris.get("/api/v1/me/feed").json["items"] == []
    container.unban_user()(actor=OPERATOR, user_id=UserId(anna.id))
    assert len(boris.get("/api/v1/me/feed").json["items"]) == 2


def test_a_channel_is_edited_by_its_owner_and_admins(
    container: Container, anna: Browser, boris: Browser
) -> None:
    path = f"/api/v1/channels/{channel_of(anna)}"
    seen = anna.get(path)
    assert seen.json["viewer"]["can_edit"]
    changed = anna.send("PATCH", path, {"title": " Knots "}, If_Match=seen.headers["ETag"])
    assert (changed.json["title"], changed.json["description"]) == ("Knots", "")
    stale = anna.send("PATCH", path, {"title": "x"}, 412, If_Match=seen.headers["ETag"])
    problem(stale, "precondition_failed")
    anna.send("PATCH", path, {"description": "About\nknots"}, If_Match=changed.headers["ETag"])
    assert anna.send("PATCH", path, {"description": None}).json["description"] == ""
    problem(boris.send("PATCH", path, {"title": ""}, 403), "not_your_channel")
    for wrong in ({"title": None}, {"title": " "}, {"user": "x"}, {"subscribers": 5}):
        anna.send("PATCH", path, wrong, status=400)
    container.change_role()(actor=OPERATOR, user_id=UserId(boris.id), role=Role.ADMIN)
    boris.sign_in("boris")
    assert boris.get(path).json["viewer"]["can_edit"]
    assert boris.send("PATCH", path, {"title": "By an admin"}).json["title"] == "By an admin"


def test_the_videos_of_a_channel_are_sorted(anna: Browser, store_video: StoreVideo) -> None:
    store_video(anna, views=1, heat=3.0, published_at=NOW)
    store_video(anna, views=2, heat=1.0, published_at=NOW - timedelta(days=1))
    store_video(anna, views=0, heat=2.0, published_at=NOW + timedelta(days=1))
    path = f"/api/v1/channels/{channel_of(anna)}/videos"
    views = {
        sort: [
            video["counters"]["views"]
            for video in anna.get(f"{path}?sort={sort}").json["items"]
        ]
        for sort in ("-published_at", "-views", "trending")
    }
    assert views == {"-published_at": [0, 1, 2], "-views": [2, 1, 0], "trending": [1, 0, 2]}
    anna.get(f"{path}?sort=title", status=400)


def test_who_leaves_is_counted_no_more(
    container: Container, anna: Browser, boris: Browser, store_video: StoreVideo
) -> None:
    video, channel = f"/api/v1/videos/{store_video(anna).id}", channel_of(anna)
    boris.send("PUT", f"{video}/like", status=204)
    boris.send("PUT", f"/api/v1/channels/{channel}/subscription", status=204)
    exported = container.export_account()(actor=Actor(UserId(boris.id)))
    assert [
        [len(page) for page in pages] for pages in (exported.likes, exported.subscriptions)
    ] == [
        [1],
        [1],
    ]
    boris.send("DELETE", "/api/v1/me", {"password": "long enough"}, status=204)
    assert anna.get(video).json["counters"]["likes"] == 0
    assert anna.get(f"/api/v1/channels/{channel}").json["subscribers"] == 0
