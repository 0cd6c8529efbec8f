"""Channels and their videos."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.request import Request

from entrypoints.edge import fields, shapes
from entrypoints.edge.operations import Answer
from entrypoints.edge.viewing import present_seen_channel, present_videos
from entrypoints.http.conditional import changed_resource, check_unchanged, single
from entrypoints.http.service import (
    Service,
    Strict,
    Text,
    list_of,
    page_request,
    validated,
)
from entrypoints.http.shared_answers import share
from entrypoints.http.videos import SortedQuery
from videohub_core.channels.entities import ChannelDetails
from videohub_core.shared.ids import ID_PATTERN
from videohub_core.videos.ports import VideoFilter, VideoSort

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
    querystring = SortedQuery()


class ChannelChange(Strict):
    """A merge patch: `null` empties the description."""

    def deserialize(self, cstruct: Any = colander.null) -> Any:
        if isinstance(cstruct, dict) and cstruct.get("description", "") is None:
            cstruct = {**cstruct, "description": ""}
        return super().deserialize(cstruct)

    title = colander.SchemaNode(Text(), missing=colander.drop)
    description = colander.SchemaNode(Text(), missing=colander.drop)


class ChannelChangeInput(colander.MappingSchema):
    body = ChannelChange()


def existing_channel(request: Request, **_arguments: Any) -> None:
    """Validator: 404 comes before what is wrong with the query."""
    request.validated["channel"] = request.container.read_channel()(
        channel_id=request.matchdict["channel_id"]
    )


def editable_channel(request: Request, **_arguments: Any) -> None:
    """Validator: 404 and 403 come before what is wrong with the input."""
    request.validated["channel"] = request.container.check_channel_editable()(
        actor=request.actor, channel_id=request.matchdict["channel_id"]
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


@channel.patch(
    schema=ChannelChangeInput(),
    permission="member",
    validators=(editable_channel, validated),
    tags=["channels"],
    operation_id="edit_channel",
    field_rules=fields.CHANNEL_CHANGE,
    request_headers=("If-Match",),
    response_schemas={200: Answer("The changed channel.", shapes.Channel(), ("ETag",))},
)
def patch_channel(request: Request) -> dict[str, Any]:
    """Change what is given (RFC 7396); `null` empties the description."""
    channel_id = request.matchdict["channel_id"]
    seen = _seen(request)
    request.container.edit_channel()(
        actor=request.actor, channel_id=channel_id, seen=seen, **request.validated["body"]
    )
    changed = request.container.read_channel()(channel_id=channel_id)
    shown = present_seen_channel(request.container, request.actor, changed)
    return changed_resource(request, shown)


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
    """Its public videos, freshest first unless `sort` says otherwise."""
    share(request)
    page = request.container.list_videos()(
        page=page_request(request),
        sort=VideoSort(request.validated["querystring"]["sort"]),
        only=VideoFilter(channel_id=request.validated["channel"].id),
    )
    items = present_videos(request.container, request.actor, page.items)
    return list_of(request, items, page.next)


def _seen(request: Request) -> ChannelDetails | None:
    """Return what the caller has seen of the channel, None if they do not say."""
    if "If-Match" not in request.headers:
        return None
    channel = request.validated["channel"]
    check_unchanged(request, present_seen_channel(request.container, request.actor, channel))
    return ChannelDetails(channel.title, channel.description)
