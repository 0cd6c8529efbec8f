"""What has a tag."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from entrypoints.edge.errors import NoSuchAddress
from entrypoints.http.pages import previews
from entrypoints.http.pages.pagers import page_request, pager
from entrypoints.http.shared_answers import share
from videohub_core.videos.entities import tag_error, tag_of
from videohub_core.videos.ports import VideoFilter


def tag_asked_for(request: Request) -> str:
    """Return the tag as it is stored; raise NoSuchAddress for what is none."""
    tag = tag_of(request.matchdict["tag"])
    if tag_error("/tag", tag):
        raise NoSuchAddress
    return tag


@view_config(
    route_name="pages.tag",
    request_method="GET",
    renderer="templates/tag.jinja2",
    permission="anyone",
)
def tag(request: Request) -> dict[str, Any]:
    share(request)
    tag = tag_asked_for(request)
    only = VideoFilter(tag=tag)
    page = request.container.list_videos()(page=page_request(request), only=only)
    return {
        "tag": tag,
        "videos": page.items,
        "pager": pager(request, page),
        "preview": previews.of_tag(request, tag),
    }
