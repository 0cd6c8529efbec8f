"""What pages say of themselves to messengers, networks and search engines."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from entrypoints.http.pages.previews import iso_duration
from tests.unit.pages.stub_hub import make_id, make_video, make_viewer
from tests.unit.pages.test_every_page import HOSTILE
from videohub_core.channels.ports import ChannelView
from videohub_core.videos.entities import ProcessingState, Visibility

URL = "https://hub.example.org"
WATCH = f"/watch/{make_id('knots')}"
EMBED = f"{URL}/embed/{make_id('knots')}"
MEDIA = f"{URL}/media/{make_id('knots')}"
AT = datetime(2026, 3, 5, 12, tzinfo=UTC)


def metas(page, attribute):
    """Return what a page's head says, a list where it says several things."""
    found = {}
    for meta in page.html.select(f"meta[{attribute}]"):
        found.setdefault(meta[attribute], []).append(meta["content"])
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def links(page, relation):
    return {
        link.get("type"): link["href"] for link in page.html.select(f"link[rel={relation}]")
    }


def data_of(page):
    blocks = page.html.select("script[type='application/ld+json']")
    return [json.loads(block.string) for block in blocks]


def test_a_video_says_what_it_is(browse):
    video = make_video(
        title="Узлы",
        description="Как вязать\n\nузлы. " * 40,
        tags=["море", "knots"],
        published_at=AT,
        poster="poster.jpg",
        views=12,
        likes=3,
    )
    page = browse("ru", videos=[video]).get(f"{WATCH}?t=12")
    properties, names = metas(page, "property"), metas(page, "name")
    assert properties["og:type"] == "video.other"
    assert properties["og:title"] == names["twitter:title"] == "Узлы"
    assert properties["og:url"] == URL + WATCH
    assert properties["og:image"] == names["twitter:image"] == f"{MEDIA}/poster.jpg"
    assert properties["og:video"] == [f"{MEDIA}/video.mp4", EMBED]
    assert properties["og:video:secure_url"] == properties["og:video"]
    assert properties["og:video:type"] == ["video/mp4", "text/html"]
    assert properties["og:video:width"] == ["1280", "1280"]
    assert properties["og:video:height"] == ["720", "720"]
    assert properties["video:duration"] == "185"
    assert properties["video:tag"] == ["море", "knots"]
    assert (properties["og:site_name"], properties["og:locale"]) == ("Video Hub", "ru_RU")
    summary = properties["og:description"]
    assert summary.startswith("Как вязать узлы. Как вязать узлы.")
    assert len(summary) <= 300
    assert summary.endswith("…")
    assert names["description"] == names["twitter:description"] == summary
    assert (names["twitter:card"], names["twitter:player"]) == ("player", EMBED)
    assert links(page, "canonical") == {None: URL + WATCH}
    assert links(page, "alternate") == {
        f"{kind}+oembed": f"/oembed?url=https%3A%2F%2Fhub.example.org%2Fwatch%2F"
        f"{video.id}&format={name}"
        for name, kind in (("json", "application/json"), ("xml", "text/xml"))
    }
    assert "robots" not in names
    (data,) = data_of(page)
    assert (
        data.items()
        >= {
            "@context": "https://schema.org",
            "@type": "VideoObject",
            "name": "Узлы",
            "description": video.description,
            "thumbnailUrl": [f"{MEDIA}/poster.jpg"],
            "uploadDate": "2026-03-05T12:00:00Z",
            "duration": "PT3M5S",
            "contentUrl": f"{MEDIA}/video.mp4",
            "embedUrl": EMBED,
            "keywords": "море, knots",
        }.items()
    )
    counted = {
        counter["interactionType"]["@type"]: counter["userInteractionCount"]
        for counter in data["interactionStatistic"]
    }
    actions = ("WatchAction", "LikeAction", "CommentAction")
    assert counted == {
        f"https://schema.org/{action}": count
        for action, count in zip(actions, (12, 3, 0), strict=True)
    }


def test_tags_lead_to_their_lists(browse):
    hostile = ["a/b", "100%", "..", "море"]
    browser = browse(videos=[make_video(tags=hostile)])
    found = browser.get(WATCH).html.select("a.tag")
    assert [link.text for link in found] == hostile
    for link in (found[0], found[1], found[3]):
        page = browser.get(link["href"])
        assert page.html.h1.text == f"#{link.text}"
        assert page.html.select(".video-card")
    assert browser.get("/tags/Nobody").html.select_one(".empty a")


def test_a_video_of_which_little_is_known(browse):
    video = make_video(title=HOSTILE, duration=None, width=None, height=None)
    page = browse(videos=[video]).get(WATCH)
    assert HOSTILE not in page.text
    assert "alert(1)</script>" not in page.text
    assert metas(page, "property")["og:title"] == HOSTILE
    assert metas(page, "property")["og:description"] == "Anna Petrova"
    (data,) = data_of(page)
    assert data["name"] == data["description"] == HOSTILE
    assert not {"duration", "width", "thumbnailUrl", "keywords"} & set(data)


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({"visibility": Visibility.UNLISTED}, True),
        ({"visibility": Visibility.PRIVATE}, False),
        ({"state": ProcessingState.PROBING}, False),
        ({"state": ProcessingState.FAILED, "failure": "damaged"}, False),
    ],
)
def test_what_is_not_for_everybody_is_not_told_about(browse, fields, is_told):
    page = browse(viewer=make_viewer(), videos=[make_video(**fields)]).get(WATCH)
    assert bool(metas(page, "property")) is bool(data_of(page)) is is_told
    assert bool(links(page, "alternate")) is is_told
    if is_told:
        assert metas(page, "name")["robots"] == "noindex"


def test_lists_say_what_they_are_and_have_a_feed(browse):
    channel = ChannelView(
        make_id("annaschannel"), make_id("anna"), "Anna", HOSTILE, "All of\nmine", AT, 0
    )
    videos = [make_video(str(number), tags=["a/b %"]) for number in range(30)]
    browser = browse(videos=videos, channels=[channel])
    for path, title, feed in (
        ("/", "Video Hub", "/feeds/videos.rss"),
        ("/tags/a%2Fb%20%25", "#a/b %", "/feeds/tags/a%2Fb%20%25.rss"),
        (f"/channels/{channel.id}", HOSTILE, f"/channels/{channel.id}/feed.rss"),
    ):
        page = browser.get(path)
        assert metas(page, "property")["og:title"] == title
        assert metas(page, "property")["og:url"] == URL + path
        assert links(page, "canonical") == {None: URL + path}
        assert links(page, "alternate") == {"application/rss+xml": feed}
        assert page.html.select_one(".feed-link")["href"] == feed
        continued = page.click("Show more")
        assert metas(continued, "name")["robots"] == "noindex"
        assert links(continued, "canonical") == {}
    assert metas(page, "property")["og:description"] == "All of mine"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "PT1S"), (59.6, "PT1M"), (60, "PT1M"), (3600, "PT1H"), (43_199, "PT11H59M59S")],
)
def test_durations_of_iso_8601(seconds, text):
    assert iso_duration(seconds) == text
