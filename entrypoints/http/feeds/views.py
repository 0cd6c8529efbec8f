"""The feeds: what is fresh on the hub, in a channel and with a tag."""

from __future__ import annotations

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge import links
from entrypoints.http.feeds.queries import known_query
from entrypoints.http.feeds.rss import CONTENT_TYPE, Feed, render_feed
from entrypoints.http.feeds.versions import versioned
from entrypoints.http.pages.tags import tag_asked_for
from entrypoints.http.shared_answers import share
from videohub_core.shared.paging import PageRequest
from videohub_core.videos.ports import VideoFilter

NAME = "Video Hub"
NEWEST = PageRequest(50)


@view_config(route_name="feeds.videos", request_method="GET", permission="anyone")
def fresh(request: Request) -> Response:
    known_query(request)
    videos = request.container.list_videos()(page=NEWEST).items
    public_url = request.settings.public_url
    return _answer(request, Feed(NAME, NAME, f"{public_url}/", _address(request), videos))


@view_config(route_name="feeds.channel", request_method="GET", permission="anyone")
def of_channel(request: Request) -> Response:
    channel_id = request.matchdict["channel_id"]
    channel = request.container.read_channel()(channel_id=channel_id)
    known_query(request)
    only = VideoFilter(channel_id=channel_id)
    videos = request.container.list_videos()(page=NEWEST, only=only).items
    page = links.channel_link(request.settings.public_url, channel_id)
    described = channel.description or channel.title
    return _answer(request, Feed(channel.title, described, page, _address(request), videos))


@view_config(route_name="feeds.tag", request_method="GET", permission="anyone")
def of_tag(request: Request) -> Response:
    """However the tag is written; nobody has to have used it yet."""
    tag = tag_asked_for(request)
    known_query(request)
    videos = request.container.list_videos()(page=NEWEST, only=VideoFilter(tag=tag)).items
    public_url = request.settings.public_url
    title = f"#{tag} · {NAME}"
    page = links.tag_link(public_url, tag)
    address = f"{public_url}{links.tag_feed_path(tag)}"
    return _answer(request, Feed(title, title, page, address, videos))


def _address(request: Request) -> str:
    """Return where the feed is for everybody, whatever the request calls the hub."""
    return f"{request.settings.public_url}{request.path}"


def _answer(request: Request, feed: Feed) -> Response:
    share(request)
    body = render_feed(feed, request.settings.public_url)
    return versioned(request, body, CONTENT_TYPE)
