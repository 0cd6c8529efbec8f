"""Lists of videos as RSS 2.0, with what Media RSS 1.5.1 says of a video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from html import escape
from xml.etree.ElementTree import Element  # nosec B405 - nothing is parsed with it

from entrypoints.edge import links
from entrypoints.http.feeds.xml import add, written
from videohub_core.videos.ports import VideoView

CONTENT_TYPE = "application/rss+xml"

_NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
}


@dataclass(frozen=True)
class Feed:
    """A list of videos as readers subscribe to it. The addresses are whole."""

    title: str
    description: str
    page: str
    """Where people see the list."""
    address: str
    """Where the feed itself is."""
    videos: Sequence[VideoView]


def render_feed(feed: Feed, public_url: str) -> bytes:
    """Return the feed as a document."""
    root = Element("rss", {"version": "2.0", **_NAMESPACES})
    channel = add(root, "channel")
    add(channel, "title", feed.title)
    add(channel, "link", feed.page)
    add(channel, "description", escape(feed.description))
    add(channel, "generator", "Video Hub")
    add(channel, "atom:link", href=feed.address, rel="self", type=CONTENT_TYPE)
    for video in feed.videos:
        _add_item(channel, video, public_url)
    return written(root)


def _add_item(channel: Element, video: VideoView, public_url: str) -> None:
    item = add(channel, "item")
    watch = links.watch_link(public_url, video.id)
    add(item, "title", video.title)
    add(item, "link", watch)
    add(item, "guid", watch, isPermaLink="true")
    published = video.published_at or video.upload_date
    add(item, "pubDate", format_datetime(published, usegmt=True))
    add(item, "dc:creator", video.channel.title)
    if video.description:
        # Readers take it for HTML (RSS 2.0, "description").
        add(item, "description", escape(video.description))
    for tag in video.tags:
        add(item, "category", tag)
    _add_media(item, video, public_url)


def _add_media(item: Element, video: VideoView, public_url: str) -> None:
    if video.video_file is not None:
        known = {"width": video.width, "height": video.height, "duration": _whole(video)}
        add(
            item,
            "media:content",
            url=links.media_link(public_url, video.id, "video.mp4"),
            type="video/mp4",
            medium="video",
            **{name: str(value) for name, value in known.items() if value is not None},
        )
    add(item, "media:title", video.title, type="plain")
    add(item, "media:player", url=links.embed_link(public_url, video.id))
    if video.poster is not None:
        add(
            item,
            "media:thumbnail",
            url=links.media_link(public_url, video.id, "poster.jpg"),
        )
    community = add(item, "media:community")
    add(community, "media:statistics", views=str(video.views), favorites=str(video.likes))
    if video.tags:
        add(item, "media:keywords", ", ".join(video.tags))


def _whole(video: VideoView) -> int | None:
    return None if video.duration is None else max(round(video.duration), 1)
