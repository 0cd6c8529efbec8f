"""What other sites are told of a video, and the page that they show in a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest

from entrypoints.container import Container
from tests.functional.browser import Browser, problem
from videohub_core.shared.actor import OPERATOR
from videohub_core.videos.entities import MediaKey, ProcessingState, Visibility

Store = Callable[..., Any]

URL = "http://localhost:6543"
ODD = """"><script>alert(1)</script> & 😀 \u202e \uffff"""
HIDDEN: dict[str, dict[str, Any]] = {
    "private": {"visibility": Visibility.PRIVATE},
    "probing": {"state": ProcessingState.PROBING, "published_at": None},
    "failed": {"state": ProcessingState.FAILED, "published_at": None},
}


def asked(url: str, **query: Any) -> str:
    return f"/oembed?{urlencode({'url': url, **query}, errors='surrogatepass')}"


def test_another_site_learns_how_to_embed(
    anna: Browser, stranger: Browser, store_video: Store
) -> None:
    size = {"width": 1280, "height": 720, "poster": MediaKey("media/x/poster.jpg")}
    video = store_video(anna, title=ODD, **size)
    watch, embed = f"{URL}/watch/{video.id}", f"{URL}/embed/{video.id}"
    answer = stranger.get(asked(watch), Origin="https://blog.example")
    assert answer.content_type == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.json == {
        "type": "video",
        "version": "1.0",
        "title": ODD,
        "author_name": "anna",
        "author_url": f"{URL}/channels/{video.channel_id}",
        "provider_name": "Video Hub",
        "provider_url": f"{URL}/",
        "html": answer.json["html"],
        "width": 640,
        "height": 360,
        "thumbnail_url": f"{URL}/media/{video.id}/poster.jpg",
        "thumbnail_width": 1280,
        "thumbnail_height": 720,
    }
    html = answer.json["html"]
    assert html.startswith(f'<iframe src="{embed}" width="640" height="360" title="')
    assert "<script" not in html
    root = ElementTree.fromstring(stranger.get(asked(watch, format="xml")).body)
    assert root.tag == "oembed"
    given = {name: str(value) for name, value in answer.json.items()}
    assert {child.tag: child.text for child in root} == {
        **given,
        "title": ODD.replace("\uffff", "\ufffd"),
        "html": html.replace("\uffff", "\ufffd"),
    }
    started = stranger.get(asked(f"{watch}?t=2", dnt=1)).json["html"]
    assert f'src="{embed}?t=2"' in started
    assert stranger.get(asked(embed)).json == answer.json


@pytest.mark.parametrize(
    ("size", "query", "expected", "with_thumbnail"),
    [
        ((1280, 720), {"maxwidth": 320}, (320, 180), False),
        ((1280, 720), {"maxheight": 90}, (160, 90), False),
        ((1280, 720), {"maxwidth": 1280, "maxheight": 720}, (1280, 720), True),
        ((1280, 720), {"maxwidth": 999_999_999}, (1138, 640), True),
        ((720, 1280), {}, (360, 640), True),
        ((1, 4000), {"maxwidth": 1, "maxheight": 1}, (1, 1), False),
        ((None, None), {}, (640, 360), False),
    ],
)
def test_a_frame_fits_where_it_is_to_go(
    anna: Browser,
    stranger: Browser,
    store_video: Store,
    size: tuple[int, int],
    query: dict[str, int],
    expected: tuple[int, int],
    with_thumbnail: bool,
) -> None:
    poster = MediaKey("media/x/poster.jpg")
    video = store_video(anna, width=size[0], height=size[1], poster=poster)
    answer = stranger.get(asked(f"{URL}/watch/{video.id}", **query)).json
    assert (answer["width"], answer["height"]) == expected
    assert ("thumbnail_url" in answer) is with_thumbnail


def test_what_a_stranger_may_not_see_looks_like_what_is_not_there(
    anna: Browser, stranger: Browser, store_video: Store
) -> None:
    ids = [store_video(anna, title="secret", **fields).id for fields in HIDDEN.values()]
    unlisted = store_video(anna, visibility=Visibility.UNLISTED).id
    addresses = [
        *[f"{URL}/watch/{id_}" for id_ in (*ids, "x" * 16)],
        f"https://elsewhere.example/watch/{unlisted}",
        f"http://localhost:6543@elsewhere.example/watch/{unlisted}",
        f"http://elsewhere.example\\@localhost:6543/watch/{unlisted}",
        f"ftp://localhost:6543/watch/{unlisted}",
        f"//localhost:6543/watch/{unlisted}",
        f"/watch/{unlisted}",
        f"{URL}/watch/{unlisted}/more",
        f"{URL}/watch/../watch/{unlisted}",
        f"{URL}/",
        "http://[",
        "http://localhost:99999999/watch/x",
        "javascript:alert(1)",
        "\0",
        "x" * 10_000,
        "",
    ]
    for browser in (stranger, anna):
        for address in addresses:
            answer = browser.get(asked(address), status=404)
            told = problem(answer, "no_such_video")
            assert "secret" not in answer.text
            assert (
                told["detail"]
                == problem(browser.get(asked(addresses[3]), status=404), "no_such_video")[
                    "detail"
                ]
            )
    assert stranger.get(asked(f"{URL}/watch/{unlisted}")).json["type"] == "video"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, "validation_failed"),
        ("url=x&format=yaml", 501, "format_not_offered"),
        ("url=x&format=", 501, "format_not_offered"),
        ("url=x&maxwidth=0", 400, "validation_failed"),
        ("url=x&maxwidth=-1", 400, "validation_failed"),
        ("url=x&maxwidth=1.5", 400, "validation_failed"),
        ("url=x&maxwidth=", 400, "validation_failed"),
        ("url=x&maxheight=9999999999999999999999", 400, "validation_failed"),
        ("url=x&maxheight=%D9%A3", 400, "validation_failed"),
        ("url=x&url=y", 400, "validation_failed"),
        ("url=x&callback=alert", 400, "unknown_field"),
        ("url=%ff", 400, "malformed_input"),
    ],
)
def test_what_is_asked_wrongly(stranger: Browser, query: str, status: int, code: str) -> None:
    problem(stranger.get(f"/oembed?{query}", status, Accept="text/html"), code)


def test_a_page_for_frames(anna: Browser, stranger: Browser, store_video: Store) -> None:
    video = store_video(anna, title=ODD, description="secret?")
    unlisted = store_video(anna, visibility=Visibility.UNLISTED)
    for _ in ("made", "kept"):
        page = stranger.get(f"/embed/{video.id}?t=2&x=1")
        policy = page.headers["Content-Security-Policy"].split("; ")
        assert "frame-ancestors *" in policy
        assert "unsafe" not in str(policy)
        assert "X-Frame-Options" not in page.headers
        assert page.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Set-Cookie" not in page.headers
        (link,) = page.html.select(".embed__title a")
        assert (link["href"], link["target"]) == (f"{URL}/watch/{video.id}?t=2", "_blank")
        assert link.text == ODD
        assert page.html.select("form:not([method=dialog])") == []
        assert page.html.select("meta[name=robots]") == []
    page = stranger.get(f"/embed/{unlisted.id}")
    assert page.html.select_one("meta[name=robots]")["content"] == "noindex"
    # The page itself is for no frame.
    watch = stranger.get(f"/watch/{video.id}")
    assert watch.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in watch.headers["Content-Security-Policy"]


def test_the_page_for_frames_is_the_same_for_everybody(
    anna: Browser,
    boris: Browser,
    stranger: Browser,
    store_video: Store,
    container: Container,
) -> None:
    video = store_video(anna)
    hidden = [store_video(anna, title="secret", **fields) for fields in HIDDEN.values()]
    container.ban_user()(actor=OPERATOR, user_id=boris.id, reason="spam", until=None)
    page = stranger.get(f"/embed/{video.id}")
    for browser in (anna, boris):
        assert browser.get(f"/embed/{video.id}").body == page.body
        assert "Set-Cookie" not in browser.get(f"/embed/{video.id}").headers
    bad = {"Authorization": "Bearer x", "Cookie": "hub_session=stale"}
    answer = stranger.get(f"/embed/{video.id}", **bad)
    assert (answer.body, "Set-Cookie" in answer.headers) == (page.body, False)
    missing = stranger.get(f"/embed/{'x' * 16}", status=404)
    assert "frame-ancestors *" in missing.headers["Content-Security-Policy"]
    for one in hidden:
        for browser in (anna, stranger):
            assert browser.get(f"/embed/{one.id}", status=404).body == missing.body
    stranger.get("/embed/no-id", status=404)
    stranger.get(f"/embed/{quote('x' * 15 + 'ы')}", status=404)


def test_both_follow_the_video_at_once(
    anna: Browser, stranger: Browser, store_video: Store
) -> None:
    video = store_video(anna)
    paths = (f"/embed/{video.id}", asked(f"{URL}/watch/{video.id}"))
    for visibility, status in (("private", 404), ("unlisted", 200), ("private", 404)):
        for path in paths:
            stranger.get(path, status="*")
        anna.send("PATCH", f"/api/v1/videos/{video.id}", {"visibility": visibility})
        for path in paths:
            stranger.get(path, status=status)
