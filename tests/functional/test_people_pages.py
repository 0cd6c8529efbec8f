"""Liking and following with plain forms, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.functional.browser import Browser

StoreVideo = Callable[..., Any]


def submit(browser: Browser, page: str, form: str) -> Any:
    """Send a form of a page and follow where it leads."""
    html = {"Accept": "text/html"}
    return browser.http.get(page, headers=html).forms[form].submit(headers=html).follow()


def test_a_form_likes_and_takes_it_back(
    anna: Browser, boris: Browser, store_video: StoreVideo
) -> None:
    video = store_video(anna)
    watch, path = f"/watch/{video.id}", f"/api/v1/videos/{video.id}"
    for count in (1, 0):
        page = submit(boris, watch, "like")
        assert page.request.path == watch
        assert anna.get(path).json["counters"]["likes"] == count
    submit(boris, watch, "like")
    assert video.title in boris.http.get("/likes").text
    assert video.title not in anna.http.get("/likes").text
    assert boris.http.get(f"{watch}/like", status=303).location.endswith(watch)


def test_a_form_follows_rings_and_stops(
    anna: Browser, boris: Browser, store_video: StoreVideo
) -> None:
    video = store_video(anna)
    watch, channel = f"/watch/{video.id}", f"/channels/{video.channel_id}"
    assert submit(boris, watch, "subscription").request.path == watch
    assert boris.get(f"/api/v1{channel}").json["viewer"]["bell"] == "all"
    assert video.title in boris.http.get("/subscriptions").text
    for bell in ("none", "all"):
        assert submit(boris, channel, "bell").request.path == channel
        assert boris.get(f"/api/v1{channel}").json["viewer"]["bell"] == bell
    followed = boris.http.get("/subscriptions").click(href="/subscriptions/channels")
    assert followed.html.select_one(f".entry a[href='{channel}']") is not None
    stop = next(form for form in followed.forms.values() if form.action.startswith(channel))
    assert followed.request.path == (left := stop.submit(status=303).follow()).request.path
    assert left.html.select_one(".entry") is None
    assert boris.get(f"/api/v1{channel}").json["subscribers"] == 0
    assert video.title not in boris.http.get("/subscriptions").text


def test_a_channel_is_edited_with_a_form(anna: Browser, store_video: StoreVideo) -> None:
    channel = f"/channels/{store_video(anna).channel_id}"
    form = anna.http.get(f"{channel}/edit").forms[2]
    form["title"], form["description"] = "Узлы", "О них"
    assert "О них" in form.submit().follow()
    form["title"] = " "
    refused = form.submit(status=400)
    assert refused.html.select_one("#title-error") is not None
    assert anna.get(f"/api/v1{channel}").json["title"] == "Узлы"
