"""How to embed a video, for programs that only have its address (oEmbed 1.0)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element  # nosec B405 - nothing is parsed with it

import colander
from markupsafe import Markup
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge import links
from entrypoints.edge.csrf import is_own_host
from entrypoints.edge.documents import encode
from entrypoints.edge.errors import FormatNotOffered
from entrypoints.http.feeds.queries import known_query
from entrypoints.http.feeds.versions import versioned
from entrypoints.http.feeds.xml import add, written
from entrypoints.http.pages.watch import start_second
from entrypoints.http.service import Count, Strict, Text
from entrypoints.http.shared_answers import share
from videohub_core.shared.ids import ID_PATTERN, VideoId
from videohub_core.videos.errors import NoSuchVideo
from videohub_core.videos.ports import VideoView

USUAL_SIDE = 640
SIDE_MOST = 1920
POSTER_SIDE_MOST = 1280

_PATH = re.compile(f"/(?:watch|embed)/({ID_PATTERN})/?")
_FRAME = Markup(
    '<iframe src="{}" width="{}" height="{}" title="{}" frameborder="0" '
    'allow="autoplay; picture-in-picture" allowfullscreen></iframe>'
)
Size = tuple[int, int]


class OembedQuery(Strict):
    """`dnt` asks to track nobody, which the hub never does."""

    url = colander.SchemaNode(Text())
    format = colander.SchemaNode(Text(), missing="json")
    maxwidth = colander.SchemaNode(Count(), missing=None, validator=colander.Range(min=1))
    maxheight = colander.SchemaNode(Count(), missing=None, validator=colander.Range(min=1))
    dnt = colander.SchemaNode(Text(), missing=None)


_QUERY = OembedQuery()


@view_config(route_name="feeds.oembed", request_method="GET", permission="anyone")
def oembed(request: Request) -> Response:
    """Raise FormatNotOffered, and NoSuchVideo for whatever a stranger may not see."""
    share(request)
    query = known_query(request, _QUERY)
    if query["format"] not in ("json", "xml"):
        raise FormatNotOffered
    video_id, start = _asked_for(request, query["url"])
    video = request.container.read_video()(actor=None, video_id=video_id)
    about = _about(video, request.settings.public_url, query, start)
    if query["format"] == "xml":
        return versioned(request, _as_xml(about), "text/xml")
    return versioned(request, encode(about), "application/json")


def _asked_for(request: Request, url: str) -> tuple[VideoId, str | None]:
    """Return which video an address is of, and the second it names."""
    try:
        parts = urlsplit(url)
        is_ours = parts.scheme in ("http", "https") and "@" not in parts.netloc
        is_ours = is_ours and is_own_host(request.settings, parts.netloc)
        match = _PATH.fullmatch(parts.path)
        second = parse_qs(parts.query).get("t", [None])[0]
    except ValueError:
        is_ours, match, second = False, None, None
    if not is_ours or match is None:
        raise NoSuchVideo
    return VideoId(match[1]), second


def _about(
    video: VideoView, public_url: str, query: dict[str, Any], second: str | None
) -> dict[str, Any]:
    limits = (query["maxwidth"], query["maxheight"])
    width, height = _fitting(video, *[min(most or USUAL_SIDE, SIDE_MOST) for most in limits])
    start = start_second(second, video.duration)
    embed = links.embed_link(public_url, video.id) + (f"?t={start}" if start else "")
    return {
        "type": "video",
        "version": "1.0",
        "title": video.title,
        "author_name": video.channel.title,
        "author_url": links.channel_link(public_url, video.channel.id),
        "provider_name": "Video Hub",
        "provider_url": f"{public_url}/",
        "html": str(_FRAME.format(embed, width, height, video.title)),
        "width": width,
        "height": height,
        **_thumbnail(video, public_url, limits),
    }


def _thumbnail(
    video: VideoView, public_url: str, limits: tuple[int | None, int | None]
) -> dict[str, Any]:
    """Return the poster, if it is no larger than asked for: there is one size of it."""
    side = min(max(video.width or 0, video.height or 0), POSTER_SIDE_MOST)
    width, height = _fitting(video, side, side)
    too_large = any(
        most is not None and most < length
        for most, length in zip(limits, (width, height), strict=True)
    )
    if video.poster is None or not side or too_large:
        return {}
    return {
        "thumbnail_url": links.media_link(public_url, video.id, "poster.jpg"),
        "thumbnail_width": width,
        "thumbnail_height": height,
    }


def _fitting(video: VideoView, width_most: int, height_most: int) -> Size:
    """Return the largest size of the video's shape within a box."""
    width, height = video.width or 16, video.height or 9
    scale = min(width_most / width, height_most / height)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def _as_xml(about: dict[str, Any]) -> bytes:
    root = Element("oembed")
    for name, value in about.items():
        add(root, name, str(value))
    return written(root)
