"""Channels and their videos."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.request import Request

from entrypoints.edge import fields, shapes
from entrypoints.edge.operations import Answer
from entrypoints.edge.viewing import present_seen_channel, present_videos
from entrypoints.http.conditional import single
from entrypoints.http.service import PageQuery, Service, list_of, page_request, validated
from entrypoints.http.shared_answers import share
from videohub_core.shared.ids import ID_PATTERN
from videohub_core.videos.ports import VideoFilter

channel = Service(
    name="channels.one",
    path=f"/api/v1/channels/{{channel_id:{ID_PATTERN}}}",
    description="A channel",
)
channel_videos = Service(
    name="channels.videos",
    path=f"/api/v1/channels/{{channel_id:{ID_PATTERN}}}/videos",
    description="The public videos of a channel",
)


class ListInput(colander.MappingSchema):
    querystring = PageQuery()


def existing_channel(request: Request, **_arguments: Any) -> None:
    """Validator: 404 comes before what is wrong with the query."""
    request.validated["channel"] = request.container.read_channel()(
        channel_id=request.matchdict["channel_id"]
    )


@channel.get(
    permission="anyone",
    validators=(existing_channel, validated),
    tags=["channels"],
    operation_id="get_channel",
    request_headers=("If-None-Match",),
    response_schemas={200: Answer("The channel.", shapes.Channel(), ("ETag",))},
)
def get_channel(request: Request) -> dict[str, Any]:
    """The channel."""
    share(request)
    channel = request.validated["channel"]
    return single(request, present_seen_channel(request.container, request.actor, channel))


@channel_videos.get(
    schema=ListInput(),
    permission="anyone",
    validators=(existing_channel, validated),
    tags=["channels", "videos"],
    operation_id="list_channel_videos",
    field_rules=fields.PAGE,
    request_headers=("If-None-Match",),
    response_schemas={200: Answer("A page of videos.", shapes.VideoList(), ("Link",))},
)
def get_channel_videos(request: Request) -> dict[str, Any]:
    """Its public videos, freshest first."""
    share(request)
    page = request.container.list_videos()(
        page=page_request(request),
        only=VideoFilter(channel_id=request.validated["channel"].id),
    )
    items = present_videos(request.container, request.actor, page.items)
    return list_of(request, items, page.next)
