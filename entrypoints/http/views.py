"""Views: what players say of a playback, and what is watched after it."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.limits import limit
from entrypoints.edge.operations import Answer
from entrypoints.edge.viewing import present_videos
from entrypoints.http.service import Count, Number, Service, Strict, read_input, validated
from entrypoints.http.shared_answers import share
from entrypoints.http.videos import visible_video
from videohub_core.shared.ids import ID_PATTERN
from videohub_core.shared.paging import PAGE_LIMIT
from videohub_core.views.use_cases.list_related import RELATED_MOST

views = Service(
    name="videos.views",
    path=f"/api/v1/videos/{{video_id:{ID_PATTERN}}}/views",
    description="What is watched of a video",
)

related = Service(
    name="videos.related",
    path=f"/api/v1/videos/{{video_id:{ID_PATTERN}}}/related",
    description="What goes with a video",
)


class RelatedQuery(Strict):
    limit = colander.SchemaNode(
        Count(), missing=PAGE_LIMIT, validator=colander.Range(1, RELATED_MOST)
    )


class RelatedInput(colander.MappingSchema):
    querystring = RelatedQuery()


class Heartbeat(Strict):
    seconds = colander.SchemaNode(Number(), validator=colander.Range(0, fields.PLAYED_MOST))


class HeartbeatInput(colander.MappingSchema):
    body = Heartbeat()


def heartbeat(request: Request, schema: Any = None, **_arguments: Any) -> None:
    """Validator: heartbeats have a rate of their own."""
    read_input(request, schema)
    limit(
        request.container,
        kind="heartbeat",
        caller=request.caller,
        address=request.client_addr,
    )


@views.post(
    schema=HeartbeatInput(),
    permission="anyone",
    validators=(visible_video, heartbeat),
    tags=["videos"],
    operation_id="record_playback",
    field_rules=fields.PLAYBACK,
    response_schemas={204: Answer("It is noted.")},
)
def post_view(request: Request) -> Response:
    """Say how many seconds of the video this playback has shown so far.

    Players say so when it makes a view, every 30 s after that, and at the end; saying it
    again is fine. It is a view once 10 s were shown, or half of a shorter video: one for each
    viewer in 6 hours, none for the owner, none for programs that read pages.
    """
    request.container.record_playback()(
        actor=request.actor,
        video_id=request.matchdict["video_id"],
        seconds=request.validated["body"]["seconds"],
        address=request.client_addr or "",
        client=request.user_agent or "",
    )
    return HTTPNoContent()


@related.get(
    schema=RelatedInput(),
    permission="anyone",
    validators=(visible_video, validated),
    tags=["videos"],
    operation_id="list_related_videos",
    request_headers=("If-None-Match",),
    response_schemas={200: Answer("Videos; there is one page.", shapes.VideoList())},
)
def get_related(request: Request) -> dict[str, Any]:
    """Public videos that go with this one: by tags, channel, and what its viewers watched."""
    share(request)
    found = request.container.list_related()(
        actor=request.actor,
        video_id=request.matchdict["video_id"],
        limit=request.validated["querystring"]["limit"],
    )
    items = present_videos(request.container, request.actor, found)
    return {"items": items, "next_cursor": None}
