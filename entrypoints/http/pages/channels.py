"""A channel's page, and the form that its owner edits it with."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.http.pages import previews
from entrypoints.http.pages.blocks import has_blocked
from entrypoints.http.pages.forms import Form, limit_form, typed
from entrypoints.http.pages.pagers import page_request, pager, sort_of
from entrypoints.http.pages.people import following_of
from entrypoints.http.shared_answers import share
from videohub_core.channels.policies import may_edit
from videohub_core.channels.ports import ChannelView
from videohub_core.shared.errors import InvalidInput
from videohub_core.videos.ports import VideoFilter, VideoSort

EDIT = "templates/edit_channel.jinja2"


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
    sort = sort_of(request)
    page = request.container.list_videos()(
        page=page_request(request), sort=sort, only=VideoFilter(channel_id=channel_id)
    )
    kept = {} if sort is VideoSort.FRESH else {"sort": sort.value}
    return {
        "channel": channel,
        "following": following_of(request, channel),
        "can_edit": may_edit(request.actor, channel),
        "is_blocked": has_blocked(request, channel.user_id),
        "videos": page.items,
        "sort": sort,
        "pager": pager(request, page, **kept),
        "preview": previews.of_channel(request, channel),
    }


@view_config(
    route_name="pages.channel.edit",
    request_method="GET",
    renderer=EDIT,
    permission="member",
    ask_to_sign_in=True,
)
def edit_form(request: Request) -> dict[str, Any]:
    channel = _editable(request)
    form = Form({"title": channel.title, "description": channel.description})
    return {"channel": channel, "form": form}


@view_config(
    route_name="pages.channel.edit",
    request_method="POST",
    renderer=EDIT,
    permission="member",
    ask_to_sign_in=True,
)
def edit(request: Request) -> dict[str, Any] | Response:
    channel = _editable(request)
    form = Form(typed(request, "title", "description"))
    limit_form(request)
    try:
        request.container.edit_channel()(
            actor=request.actor, channel_id=channel.id, **form.values
        )
    except InvalidInput as error:
        form.refuse(request, error)
        request.response.status_int = 400
        return {"channel": channel, "form": form}
    return HTTPSeeOther(request.route_path("pages.channel", channel_id=channel.id))


def _editable(request: Request) -> ChannelView:
    channel: ChannelView = request.container.check_channel_editable()(
        actor=request.actor, channel_id=request.matchdict["channel_id"]
    )
    return channel
