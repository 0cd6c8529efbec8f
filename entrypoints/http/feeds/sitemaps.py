"""Sitemaps (sitemaps.org 0.9) with what Google's video extension says of a video."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element  # nosec B405 - nothing is parsed with it

import colander
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge import cursors, links
from entrypoints.http.feeds.queries import known_query
from entrypoints.http.feeds.versions import versioned
from entrypoints.http.feeds.xml import add, written
from entrypoints.http.pages.formats import iso
from entrypoints.http.service import Strict, Text
from entrypoints.http.shared_answers import share
from videohub_core.shared.ids import ID_PATTERN, ChannelId
from videohub_core.shared.paging import Position
from videohub_core.sitemaps.entities import Span
from videohub_core.videos.ports import VideoView

CONTENT_TYPE = "application/xml"
DESCRIPTION_MOST = 2048
DURATION_MOST = 28_800
TAGS_MOST = 32

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_VIDEO_NAMESPACE = "http://www.google.com/schemas/sitemap-video/1.1"
_CURSORS = "sitemap"

_ROBOTS = """User-agent: *
Disallow: /api/
Disallow: /auth/
Disallow: /health/
Disallow: /invitations
Disallow: /moderation/
Disallow: /register
Disallow: /search
Disallow: /settings/
Disallow: /studio
Disallow: /upload

Sitemap: {public_url}/sitemap.xml
"""


class VideosQuery(Strict):
    after = colander.SchemaNode(Text(), missing=None)
    to = colander.SchemaNode(Text(), missing=None)


class ChannelsQuery(Strict):
    after = colander.SchemaNode(
        Text(), missing=None, validator=colander.Regex(f"^{ID_PATTERN}\\Z")
    )
    to = colander.SchemaNode(
        Text(), missing=None, validator=colander.Regex(f"^{ID_PATTERN}\\Z")
    )


_VIDEOS_QUERY, _CHANNELS_QUERY = VideosQuery(), ChannelsQuery()


@view_config(route_name="feeds.robots", request_method="GET", permission="anyone")
def robots(request: Request) -> Response:
    known_query(request)
    text = _ROBOTS.format(public_url=request.settings.public_url)
    return versioned(request, text.encode(), "text/plain")


@view_config(route_name="feeds.sitemap", request_method="GET", permission="anyone")
def sitemap(request: Request) -> Response:
    """Name all parts."""
    share(request)
    known_query(request)
    parts = request.container.list_sitemaps()()
    root = Element("sitemapindex", {"xmlns": _NAMESPACE})
    for videos in parts.videos:
        _add_part(root, request, "videos", _bounds(request, videos))
    for channels in parts.channels:
        _add_part(root, request, "channels", {"after": channels.after, "to": channels.to})
    return versioned(request, written(root), CONTENT_TYPE)


@view_config(route_name="feeds.sitemap.videos", request_method="GET", permission="anyone")
def videos_of_sitemap(request: Request) -> Response:
    share(request)
    query = known_query(request, _VIDEOS_QUERY)
    span = Span(_place(request, query["after"]), _place(request, query["to"]))
    videos = request.container.list_videos_of_sitemap()(span=span)
    public_url = request.settings.public_url
    root = _url_set()
    if span.after is None:
        add(add(root, "url"), "loc", f"{public_url}/")
    for video in videos:
        url = add(root, "url")
        add(url, "loc", links.watch_link(public_url, video.id))
        if video.poster is not None:
            # Without a picture, search engines take nothing of what is said of a video.
            _describe(url, video, public_url)
    return versioned(request, written(root), CONTENT_TYPE)


@view_config(route_name="feeds.sitemap.channels", request_method="GET", permission="anyone")
def channels_of_sitemap(request: Request) -> Response:
    share(request)
    query = known_query(request, _CHANNELS_QUERY)
    span: Span[ChannelId] = Span(query["after"], query["to"])
    root = _url_set()
    for channel_id in request.container.list_channels_of_sitemap()(span=span):
        address = links.channel_link(request.settings.public_url, channel_id)
        add(add(root, "url"), "loc", address)
    return versioned(request, written(root), CONTENT_TYPE)


def _url_set() -> Element:
    return Element("urlset", {"xmlns": _NAMESPACE, "xmlns:video": _VIDEO_NAMESPACE})


def _bounds(request: Request, span: Span[Position]) -> dict[str, str | None]:
    secret = request.container.secret()
    bounds = (("after", span.after), ("to", span.to))
    return {
        name: None if place is None else cursors.encode(secret, _CURSORS, place)
        for name, place in bounds
    }


def _place(request: Request, cursor: str | None) -> Position | None:
    """Return where a part begins or ends; raise InvalidInput for what we did not write."""
    if cursor is None:
        return None
    return cursors.decode(request.container.secret(), _CURSORS, cursor)


def _add_part(root: Element, request: Request, kind: str, bounds: dict[str, Any]) -> None:
    query = urlencode({name: bound for name, bound in bounds.items() if bound is not None})
    address = f"{request.settings.public_url}/sitemaps/{kind}.xml"
    add(add(root, "sitemap"), "loc", f"{address}?{query}" if query else address)


def _describe(url: Element, video: VideoView, public_url: str) -> None:
    about = add(url, "video:video")
    poster = links.media_link(public_url, video.id, "poster.jpg")
    add(about, "video:thumbnail_loc", poster)
    add(about, "video:title", video.title)
    add(about, "video:description", (video.description or video.title)[:DESCRIPTION_MOST])
    add(about, "video:content_loc", links.media_link(public_url, video.id, "video.mp4"))
    add(about, "video:player_loc", links.embed_link(public_url, video.id))
    if video.duration is not None and video.duration <= DURATION_MOST:
        add(about, "video:duration", str(max(round(video.duration), 1)))
    add(about, "video:publication_date", iso(video.published_at or video.upload_date))
    add(about, "video:view_count", str(video.views))
    for tag in video.tags[:TAGS_MOST]:
        add(about, "video:tag", tag)
    add(
        about,
        "video:uploader",
        video.channel.title,
        info=links.channel_link(public_url, video.channel.id),
    )
