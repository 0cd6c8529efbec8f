"""A channel's page."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from entrypoints.http.pages import previews
from entrypoints.http.pages.pagers import page_request, pager
from entrypoints.http.pages.signing_in import viewer_of
from entrypoints.http.shared_answers import share
from videohub_core.videos.ports import VideoFilter


@view_config(
    route_name="pages.channel",
    request_method="GET",
    renderer="templates/channel.jinja2",
    permission="anyone",
)
def channel(request: Request) -> dict[str, Any]:
    share(request)
    channel_id = request.matchdict["channel_id"]
    channel = request.container.read_channel()(channel_id=channel_id)
    page = request.container.list_videos()(
        page=page_request(request), only=VideoFilter(channel_id=channel_id)
    )
    viewer = viewer_of(request)
    return {
        "channel": channel,
        "is_own": viewer is not None and viewer.id == channel.user_id,
        "videos": page.items,
        "pager": pager(request, page),
        "preview": previews.of_channel(request, channel),
    }
