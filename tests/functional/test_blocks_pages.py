"""Blocking with plain forms, without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.functional.browser import Browser

StoreVideo = Callable[..., Any]

BLOCKED = "/settings/blocked"


def listed(browser: Browser) -> list[str]:
    return [one["user"]["id"] for one in browser.get("/api/v1/me/blocks").json["items"]]


def test_forms_block_and_unblock(
    anna: Browser, boris: Browser, stranger: Browser, store_video: StoreVideo
) -> None:
    video = store_video(anna)
    channel, watch = f"/channels/{video.channel_id}", f"/watch/{video.id}"
    path = f"/api/v1/videos/{video.id}/comments"
    anna.send("POST", path, {"text": "From Anna"}, status=201)
    assert "From Anna" in boris.http.get(watch)
    asked = boris.http.get(channel).click(href=f"/users/{anna.id}/block")
    assert listed(boris) == [], "asking changes nothing"
    page = asked.forms["block"].submit(status=303).follow()
    assert page.request.path == channel
    assert listed(boris) == [anna.id]
    for address in (watch, f"{watch}/comments"):
        assert "From Anna" not in boris.http.get(address)
        assert "From Anna" in stranger.http.get(address)
        assert "From Anna" in anna.http.get(address)
    unblock = next(form for form in page.forms.values() if form.action.endswith("/block"))
    assert unblock.submit(status=303).follow().request.path == channel
    assert listed(boris) == []
    assert "From Anna" in boris.http.get(watch)


def test_the_list_unblocks_and_comes_back(anna: Browser, boris: Browser) -> None:
    boris.send("PUT", f"/api/v1/me/blocks/{anna.id}", status=204)
    page = boris.http.get(BLOCKED)
    assert [one.text for one in page.html.select(".entry bdi")] == ["anna"]
    form = next(form for form in page.forms.values() if form.action.endswith("/block"))
    page = form.submit(status=303).follow()
    assert page.request.path == BLOCKED
    assert page.html.select_one(".empty") is not None
    assert listed(boris) == []


def test_what_is_refused_has_a_page(anna: Browser, boris: Browser) -> None:
    html = {"Accept": "text/html"}
    token = {"csrf_token": anna.token(), "on": "1"}
    own, other = f"/users/{anna.id}/block", f"/users/{boris.id}/block"
    anna.http.get(own, headers=html, status=409)
    anna.http.post(own, token, headers=html, status=409)
    anna.http.post(f"/users/{'0' * 16}/block", token, headers=html, status=404)
    anna.http.post(other, {"on": "1"}, headers=html, status=403)
    assert listed(anna) == []
    away = anna.http.post(other, {**token, "return_to": "//evil.example"}, headers=html)
    assert away.location == "http://localhost:6543/"
