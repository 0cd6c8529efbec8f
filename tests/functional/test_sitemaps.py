"""What search engines find of the hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest import mock
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest

from entrypoints.container import Container
from tests.factories.entities import NOW, make_channel, make_user, make_video
from tests.functional.browser import Browser, problem
from videohub_core.sitemaps.use_cases import list_sitemaps
from videohub_core.videos.entities import MediaKey, ProcessingState, Visibility

Store = Callable[..., Any]

URL = "http://localhost:6543"
NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "video": "http://www.google.com/schemas/sitemap-video/1.1",
}


def read(browser: Browser, path: str) -> ElementTree.Element:
    answer = browser.get(path)
    assert answer.content_type == "application/xml"
    return ElementTree.fromstring(answer.body)


def texts(root: ElementTree.Element, path: str) -> list[str]:
    return [found.text or "" for found in root.findall(path, NAMES)]


def parts(browser: Browser, kind: str) -> list[str]:
    """Return the paths of the parts that the sitemap names."""
    addresses = texts(read(browser, "/sitemap.xml"), "s:sitemap/s:loc")
    assert all(address.startswith(f"{URL}/sitemaps/") for address in addresses)
    return [a.removeprefix(URL) for a in addresses if urlsplit(a).path.endswith(f"{kind}.xml")]


def listed(browser: Browser, kind: str = "videos") -> list[list[str]]:
    """Return the addresses in each part."""
    return [texts(read(browser, path), "s:url/s:loc") for path in parts(browser, kind)]


def test_everything_about_a_video(anna: Browser, stranger: Browser, store_video: Store) -> None:
    odd = "<&> 😀 \uffff"
    video = store_video(
        anna,
        title=odd,
        description="x" * 3000,
        tags=["море", "a/b"],
        duration=61.6,
        views=12,
        poster=MediaKey("media/x/poster.jpg"),
    )
    plain = store_video(anna, published_at=NOW + timedelta(seconds=1))
    (part,) = parts(stranger, "videos")
    root = read(stranger, part)
    watch = [f"{URL}/watch/{one.id}" for one in (video, plain)]
    assert texts(root, "s:url/s:loc") == [f"{URL}/", *watch]
    (about,) = root.findall("s:url/video:video", NAMES)
    told = [(child.tag.partition("}")[2], child.text) for child in about]
    media = f"{URL}/media/{video.id}"
    assert told == [
        ("thumbnail_loc", f"{media}/poster.jpg"),
        ("title", "<&> 😀 \ufffd"),
        ("description", "x" * 2048),
        ("content_loc", f"{media}/video.mp4"),
        ("player_loc", f"{URL}/embed/{video.id}"),
        ("duration", "62"),
        ("publication_date", "2026-01-02T03:04:05Z"),
        ("view_count", "12"),
        ("tag", "море"),
        ("tag", "a/b"),
        ("uploader", "anna"),
    ]
    assert listed(stranger, "channels") == [[f"{URL}/channels/{video.channel_id}"]]


def test_only_what_everyone_finds(
    anna: Browser, boris: Browser, stranger: Browser, store_video: Store
) -> None:
    store_video(boris, visibility=Visibility.UNLISTED)
    store_video(boris, visibility=Visibility.PRIVATE)
    store_video(boris, state=ProcessingState.PROBING, published_at=None)
    video = store_video(anna)
    everything = [f"{URL}/", f"{URL}/watch/{video.id}"]
    for browser in (stranger, boris):
        assert listed(browser) == [everything]
        assert listed(browser, "channels") == [[f"{URL}/channels/{video.channel_id}"]]
    anna.send("PATCH", f"/api/v1/videos/{video.id}", {"visibility": "unlisted"})
    assert listed(stranger) == [everything[:1]]
    assert listed(stranger, "channels") == [[]]


@pytest.fixture
def small_parts() -> Iterator[None]:
    with mock.patch.object(list_sitemaps, "PART_USUAL", 2):
        yield


@pytest.mark.usefixtures("small_parts")
def test_parts_have_everything_once(anna: Browser, store_video: Store) -> None:
    def published(second: int) -> str:
        at = NOW + timedelta(seconds=second)
        return f"{URL}/watch/{store_video(anna, published_at=at).id}"

    def all_parts() -> list[list[str]]:
        first, *rest = listed(anna)
        assert first[0] == f"{URL}/"
        return [first[1:], *rest]

    assert all_parts() == [[]]
    # Some at the same time: then the id decides.
    made = [published(second) for second in (0, 1, 1, 1, 4)]
    assert all_parts() == [made[:2], made[2:4], made[4:]]
    made.append(published(9))
    assert all_parts() == [made[:2], made[2:4], made[4:], []]
    # What is dated back finds its place, and parts stay as they are when they shrink.
    early = published(-5)
    anna.send("DELETE", made[2].replace(f"{URL}/watch", "/api/v1/videos"), status=204)
    assert all_parts() == [[early, *made[:2]], [made[3]], made[4:], []]


@pytest.mark.usefixtures("small_parts")
def test_channels_in_parts(container: Container, stranger: Browser) -> None:
    with container.uow() as uow:
        for letter in "zaZA0":
            user = make_user()
            channel = make_channel(user, id=letter * 16)
            uow.users.add(user)
            uow.channels.add(channel)
            ready = {"state": ProcessingState.READY, "published_at": NOW}
            uow.videos.add(make_video(channel, **ready))
        uow.commit()
    found = listed(stranger, "channels")
    assert [len(part) for part in found] == [2, 2, 1]
    once = [address[-1] for part in found for address in part]
    assert sorted(once) == sorted("zaZA0")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/sitemap.xml?x=1", "unknown_field"),
        ("/sitemaps/videos.xml?page=2", "unknown_field"),
        ("/sitemaps/videos.xml?after=", "validation_failed"),
        ("/sitemaps/videos.xml?after=nonsense", "validation_failed"),
        ("/sitemaps/videos.xml?to=WyIyMDI2LTAxLTAyIiwgIngiXQ", "validation_failed"),
        ("/sitemaps/channels.xml?after=%00", "validation_failed"),
        ("/sitemaps/channels.xml?after=x&after=y", "validation_failed"),
        ("/sitemaps/channels.xml?to=' OR 1=1 --", "validation_failed"),
    ],
)
def test_what_is_asked_wrongly(stranger: Browser, path: str, code: str) -> None:
    problem(stranger.get(path, 400, Accept="text/html"), code)


@pytest.mark.parametrize(
    "path", ["/sitemap.xml", "/sitemaps/videos.xml", "/sitemaps/channels.xml", "/robots.txt"]
)
def test_only_what_has_changed_is_sent_again(anna: Browser, path: str) -> None:
    first = anna.get(path)
    anna.get(path, 304, If_None_Match=first.headers["ETag"])
    anna.get(path, 304, If_Modified_Since=first.headers["Last-Modified"])


def test_robots_are_told_where_to_go(stranger: Browser) -> None:
    answer = stranger.get("/robots.txt")
    assert answer.content_type == "text/plain"
    robots = RobotFileParser()
    robots.parse(answer.text.splitlines())
    assert robots.site_maps() == [f"{URL}/sitemap.xml"]
    for path in (
        "/api/v1/videos",
        "/auth/login",
        "/studio",
        "/settings/profile",
        "/search?q=a",
    ):
        assert not robots.can_fetch("any", path), path
    for path in ("/", "/watch/x", "/channels/x", "/embed/x", "/media/x/video.mp4", "/feeds/x"):
        assert robots.can_fetch("any", path), path
