"""What pages say of themselves to programs that show them elsewhere.

OpenGraph and Twitter's cards are for messengers and networks, schema.org's `VideoObject` is
for search engines. All of it is what a stranger may see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from pyramid.request import Request

from entrypoints.edge import links
from entrypoints.http.pages.formats import iso
from videohub_core.channels.ports import ChannelView
from videohub_core.videos.entities import Visibility
from videohub_core.videos.policies import may_see
from videohub_core.videos.ports import VideoView

NAME = "Video Hub"
SUMMARY_MOST = 300
DESCRIPTION_MOST = 5000

_TERRITORIES = {"en": "en_US", "ru": "ru_RU"}
_FEED = "application/rss+xml"
_OEMBED = {"json": "application/json+oembed", "xml": "text/xml+oembed"}


@dataclass(frozen=True)
class Alternate:
    """Another form of a page, as a link in its head."""

    type: str
    address: str
    title: str


@dataclass(frozen=True)
class Preview:
    """What the head of a page says besides its title."""

    address: str | None = None
    """The one that the page is known by."""
    is_indexed: bool = True
    alternates: tuple[Alternate, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    """Of OpenGraph."""
    names: tuple[tuple[str, str], ...] = ()
    """Of Twitter's cards, and the description."""
    data: dict[str, Any] = field(default_factory=dict)
    """JSON-LD."""


def of_home(request: Request) -> Preview:
    """Return the preview of the front page."""
    public_url = request.settings.public_url
    feed = Alternate(_FEED, "/feeds/videos.rss", NAME)
    return _of_list(request, f"{public_url}/", NAME, "", feed)


def of_channel(request: Request, channel: ChannelView) -> Preview:
    address = links.channel_link(request.settings.public_url, channel.id)
    feed = Alternate(_FEED, f"/channels/{channel.id}/feed.rss", channel.title)
    return _of_list(request, address, channel.title, channel.description, feed)


def of_tag(request: Request, tag: str) -> Preview:
    address = links.tag_link(request.settings.public_url, tag)
    feed = Alternate(_FEED, links.tag_feed_path(tag), f"#{tag}")
    return _of_list(request, address, f"#{tag}", "", feed)


def of_video(request: Request, video: VideoView) -> Preview | None:
    """Return the preview of a watch page, None if it is not for strangers."""
    if not may_see(None, video):
        return None
    public_url = request.settings.public_url
    address = links.watch_link(public_url, video.id)
    summary = _summary(video.description) or video.channel.title
    properties = _common(request, "video.other", address, video.title, summary)
    return Preview(
        address=address,
        is_indexed=video.visibility is Visibility.PUBLIC,
        alternates=tuple(
            Alternate(kind, _oembed_path(address, name), video.title)
            for name, kind in _OEMBED.items()
        ),
        properties=(*properties, *_properties(video, public_url)),
        names=tuple(_card(video, public_url, summary)),
        data=_video_object(video, public_url),
    )


def _of_list(
    request: Request, address: str, title: str, description: str, feed: Alternate
) -> Preview:
    """Return the preview of a list; only its beginning has an address to be known by."""
    summary = _summary(description)
    names = (("twitter:card", "summary"), *([("description", summary)] if summary else []))
    return Preview(
        address=address if not request.GET else None,
        is_indexed="cursor" not in request.GET,
        alternates=(feed,),
        properties=_common(request, "website", address, title, summary),
        names=names,
    )


def _common(
    request: Request, kind: str, address: str, title: str, summary: str
) -> tuple[tuple[str, str], ...]:
    found = (
        ("og:site_name", NAME),
        ("og:type", kind),
        ("og:url", address),
        ("og:title", title),
        ("og:description", summary),
        ("og:locale", _TERRITORIES[request.locale_name]),
    )
    return tuple((name, value) for name, value in found if value)


def _properties(video: VideoView, public_url: str) -> Iterator[tuple[str, str]]:
    """Yield what OpenGraph has of videos: the file, then the player for who frames it."""
    if video.poster is not None:
        yield "og:image", links.media_link(public_url, video.id, "poster.jpg")
        yield "og:image:type", "image/jpeg"
        yield "og:image:alt", video.title
    for address, kind in (
        (links.media_link(public_url, video.id, "video.mp4"), "video/mp4"),
        (links.embed_link(public_url, video.id), "text/html"),
    ):
        yield "og:video", address
        if address.startswith("https:"):
            yield "og:video:secure_url", address
        yield "og:video:type", kind
        if video.width and video.height:
            yield "og:video:width", str(video.width)
            yield "og:video:height", str(video.height)
    if video.duration is not None:
        yield "video:duration", str(max(round(video.duration), 1))
    yield "video:release_date", iso(video.published_at or video.upload_date)
    for tag in video.tags:
        yield "video:tag", tag


def _card(video: VideoView, public_url: str, summary: str) -> Iterator[tuple[str, str]]:
    yield "description", summary
    yield "twitter:card", "player"
    yield "twitter:title", video.title
    yield "twitter:description", summary
    if video.poster is not None:
        yield "twitter:image", links.media_link(public_url, video.id, "poster.jpg")
    yield "twitter:player", links.embed_link(public_url, video.id)
    yield "twitter:player:width", str(video.width or 1280)
    yield "twitter:player:height", str(video.height or 720)


def _video_object(video: VideoView, public_url: str) -> dict[str, Any]:
    """Return the video as schema.org describes one."""
    found = {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": video.title,
        "description": video.description[:DESCRIPTION_MOST] or video.title,
        "uploadDate": iso(video.published_at or video.upload_date),
        "url": links.watch_link(public_url, video.id),
        "contentUrl": links.media_link(public_url, video.id, "video.mp4"),
        "encodingFormat": "video/mp4",
        "embedUrl": links.embed_link(public_url, video.id),
        "author": {
            "@type": "Person",
            "name": video.channel.title,
            "url": links.channel_link(public_url, video.channel.id),
        },
        "interactionStatistic": [
            {
                "@type": "InteractionCounter",
                "interactionType": {"@type": f"https://schema.org/{action}"},
                "userInteractionCount": count,
            }
            for action, count in (
                ("WatchAction", video.views),
                ("LikeAction", video.likes),
                ("CommentAction", video.comments),
            )
        ],
    }
    if video.poster is not None:
        found["thumbnailUrl"] = [links.media_link(public_url, video.id, "poster.jpg")]
    if video.duration is not None:
        found["duration"] = iso_duration(video.duration)
    if video.width and video.height:
        found |= {"width": video.width, "height": video.height}
    if video.tags:
        found["keywords"] = ", ".join(video.tags)
    return found


def iso_duration(seconds: float) -> str:
    """Return a duration as ISO 8601 writes it, in whole seconds."""
    minutes, seconds = divmod(max(round(seconds), 1), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "H"), (minutes, "M"), (int(seconds), "S"))
    return "PT" + "".join(f"{number}{unit}" for number, unit in parts if number)


def _summary(text: str) -> str:
    """Return the beginning of a text, on one line."""
    words = " ".join(text.split())
    if len(words) <= SUMMARY_MOST:
        return words
    return words[: SUMMARY_MOST - 1].rpartition(" ")[0].rstrip(",.;:") + "…"


def _oembed_path(address: str, name: str) -> str:
    return f"/oembed?{urlencode({'url': address, 'format': name})}"
