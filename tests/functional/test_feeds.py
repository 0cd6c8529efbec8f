"""The feeds, as a feed reader reads them."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import feedparser
import pytest

from entrypoints.container import Container
from tests.factories.entities import NOW
from tests.functional.browser import Browser, problem
from videohub_core.shared.actor import OPERATOR
from videohub_core.videos.entities import MediaKey, ProcessingState, Visibility

Store = Callable[..., Any]

URL = "http://localhost:6543"
FRESH = "/feeds/videos.rss"
ODD = """<script>&amp;"']]> 😀 \u05e9\u05dc\u05d5\u05dd\u202e \ufffe\uffff {{7*7}}"""


def parsed(browser: Browser, path: str = FRESH) -> Any:
    answer = browser.get(path)
    assert answer.content_type == "application/rss+xml"
    feed = feedparser.parse(answer.body)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "rss20"
    return feed


def titles(browser: Browser, path: str = FRESH) -> list[str]:
    return [entry.title for entry in parsed(browser, path).entries]


def test_a_reader_finds_everything_about_a_video(
    anna: Browser, stranger: Browser, store_video: Store
) -> None:
    video = store_video(
        anna,
        title="Узлы",
        description="Как вязать\nузлы",
        tags=["море", "knots"],
        width=1280,
        height=720,
        duration=61.6,
        poster=MediaKey("media/x/poster.jpg"),
    )
    for path, page in ((FRESH, "/"), (channel_feed(video), f"/channels/{video.channel_id}")):
        feed = parsed(stranger, path)
        assert feed.feed.link == URL + page
        own = [link for link in feed.feed.links if link.rel == "self"]
        assert [(link.href, link.type) for link in own] == [(URL + path, "application/rss+xml")]
        (entry,) = feed.entries
        watch, media = f"{URL}/watch/{video.id}", f"{URL}/media/{video.id}"
        assert (entry.title, entry.summary) == ("Узлы", "Как вязать\nузлы")
        assert (entry.link, entry.id) == (watch, watch)
        assert entry.published == "Fri, 02 Jan 2026 03:04:05 GMT"
        assert entry.author == "anna"
        assert entry.media_content == [
            {
                "url": f"{media}/video.mp4",
                "type": "video/mp4",
                "medium": "video",
                "duration": "62",
                "width": "1280",
                "height": "720",
            }
        ]
        assert entry.media_thumbnail == [{"url": f"{media}/poster.jpg"}]
        assert entry.media_keywords == "море, knots"
        assert entry.media_player["url"] == f"{URL}/embed/{video.id}"


def channel_feed(video: Any) -> str:
    return f"/channels/{video.channel_id}/feed.rss"


def test_text_that_xml_does_not_have_breaks_nothing(
    anna: Browser, stranger: Browser, store_video: Store
) -> None:
    video = store_video(anna, title=ODD, description=f"{ODD}\n\t{ODD}", tags=[ODD])
    readable = ODD.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
    for path in (FRESH, channel_feed(video)):
        assert titles(stranger, path) == [readable]
        assert parsed(stranger, path).entries[0].media_keywords == readable


def test_a_description_is_no_html(anna: Browser, stranger: Browser, store_video: Store) -> None:
    written = 'a <b <img src="https://elsewhere.test/p.gif">'
    video = store_video(anna, description=written)
    for path in (FRESH, channel_feed(video)):
        item = ElementTree.fromstring(stranger.get(path).body).find("channel/item/description")
        assert item is not None
        assert html.unescape(str(item.text)) == written
        assert "<" not in str(item.text)


def test_only_what_everyone_finds_is_in_a_feed(
    anna: Browser, stranger: Browser, store_video: Store
) -> None:
    hidden = {
        "unlisted": {"visibility": Visibility.UNLISTED},
        "private": {"visibility": Visibility.PRIVATE},
        "probing": {"state": ProcessingState.PROBING, "published_at": None},
    }
    for title, fields in hidden.items():
        store_video(anna, title=title, **fields)
    video = store_video(anna, title="public")
    for browser in (stranger, anna):
        assert titles(browser) == titles(browser, channel_feed(video)) == ["public"]
    anna.send("PATCH", f"/api/v1/videos/{video.id}", {"visibility": "private"})
    assert titles(stranger) == titles(stranger, channel_feed(video)) == []
    anna.send("PATCH", f"/api/v1/videos/{video.id}", {"visibility": "public"})
    assert titles(stranger) == ["public"]
    anna.send("DELETE", f"/api/v1/videos/{video.id}", status=204)
    assert titles(stranger) == titles(stranger, channel_feed(video)) == []


@pytest.mark.parametrize(
    "tag", ["knots", "море и горы", "a/b", "a/../b", "100%25", "?#&=;", "..", "😀", "x.rss"]
)
def test_the_feed_of_a_tag(
    anna: Browser, stranger: Browser, store_video: Store, tag: str
) -> None:
    store_video(anna, title="tagged", tags=[tag.lower()])
    store_video(anna, title="other", tags=["other"])
    store_video(anna, title="hidden", tags=[tag.lower()], visibility=Visibility.UNLISTED)
    for written in (tag, tag.upper(), f" {tag} "):
        path = f"/feeds/tags/{quote(written, safe='')}.rss"
        feed = parsed(stranger, path)
        assert [entry.title for entry in feed.entries] == ["tagged"]
        own = next(link.href for link in feed.feed.links if link.rel == "self")
        assert titles(stranger, own.removeprefix(URL)) == ["tagged"]
    assert titles(stranger, "/feeds/tags/nobody%20uses%20it.rss") == []


@pytest.mark.parametrize("tag", ["%20", "x" * 51, "%00", "a%0Ab", "%FF"])
def test_what_is_no_tag_has_no_feed(stranger: Browser, tag: str) -> None:
    problem(stranger.get(f"/feeds/tags/{tag}.rss", 404), "no_such_address")


def test_what_a_banned_member_has_published_is_nowhere_while_the_ban_lasts(
    anna: Browser, stranger: Browser, store_video: Store, container: Container
) -> None:
    video = store_video(anna, title="theirs", tags=["knots"])
    places = (FRESH, channel_feed(video), "/feeds/tags/knots.rss")
    container.ban_user()(actor=OPERATOR, user_id=anna.id, reason="spam", until=None)
    for path in places:
        assert titles(stranger, path) == []
    for path in ("/sitemaps/videos.xml", "/sitemaps/channels.xml"):
        assert str(video.id) not in stranger.get(path).text
        assert str(video.channel_id) not in stranger.get(path).text
    # By its address it can be watched.
    assert stranger.get(f"/embed/{video.id}").status_int == 200
    assert stranger.get(f"/oembed?url={URL}/watch/{video.id}").json["title"] == "theirs"
    container.unban_user()(actor=OPERATOR, user_id=anna.id)
    for path in places:
        assert titles(stranger, path) == ["theirs"]


def test_the_newest_fifty(anna: Browser, stranger: Browser, store_video: Store) -> None:
    for number in range(52):
        store_video(anna, title=str(number), published_at=NOW + timedelta(seconds=number))
    assert titles(stranger) == [str(number) for number in range(51, 1, -1)]


def test_only_what_has_changed_is_sent_again(
    anna: Browser, stranger: Browser, store_video: Store
) -> None:
    video = store_video(anna, title="first")
    for browser in (stranger, anna):
        first = browser.get(FRESH)
        assert first.headers["Cache-Control"] == "no-cache"
        conditions = {
            "If_None_Match": first.headers["ETag"],
            "If_Modified_Since": first.headers["Last-Modified"],
        }
        for given in (dict([condition]) for condition in conditions.items()):
            again = browser.get(FRESH, status=304, **given)
            assert again.body == b""
            assert again.headers["ETag"] == first.headers["ETag"]
        # The first of the two is what counts.
        browser.get(FRESH, status=200, **{**conditions, "If_None_Match": '"x"'})
        browser.get(FRESH, status=304, **{**conditions, "If_Modified_Since": "nonsense"})
        later = "Fri, 31 Dec 2100 00:00:00 GMT"
        browser.get(FRESH, status=200, If_Modified_Since=later)
    anna.send("DELETE", f"/api/v1/videos/{video.id}", status=204)
    # What is gone is gone for whoever has it, within the same second too.
    assert stranger.get(FRESH, **{"If_None_Match": first.headers["ETag"]}).body != first.body
    for condition in conditions.items():
        assert anna.get(FRESH, **dict([condition])).body != first.body


def test_what_is_asked_wrongly(stranger: Browser) -> None:
    problem(stranger.get("/feeds/videos.rss?x=1", 400, Accept="*/*"), "unknown_field")
    problem(stranger.get("/feeds/videos.rss?limit=1000", 400, Accept="*/*"), "unknown_field")
    problem(stranger.get("/feeds/videos.rss?%ff", 400, Accept="*/*"), "malformed_input")
    path = f"/channels/{'x' * 16}/feed.rss"
    problem(stranger.get(path, 404, Accept="application/rss+xml"), "no_such_channel")
    problem(stranger.get(f"{path}?x=1", 404, Accept="*/*"), "no_such_channel")
    assert stranger.http.post(FRESH, status=405).headers["Allow"] == "GET, HEAD"


def test_a_feed_is_for_pages_of_any_origin_and_for_no_frame(stranger: Browser) -> None:
    headers = stranger.get(FRESH, Origin="https://reader.example").headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; frame-ancestors 'none'"
