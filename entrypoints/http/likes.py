"""Likes: one's own, which nobody else is told of."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.operations import Answer
from entrypoints.edge.viewing import present_videos
from entrypoints.http.service import PageQuery, Service, list_of, page_request, validated
from entrypoints.http.videos import visible_video
from videohub_core.shared.ids import ID_PATTERN

like = Service(
    name="videos.like",
    path=f"/api/v1/videos/{{video_id:{ID_PATTERN}}}/like",
    description="Whether the caller likes a video",
)
my_likes = Service(
    name="me.likes", path="/api/v1/me/likes", description="The videos that the caller likes"
)


class ListInput(colander.MappingSchema):
    querystring = PageQuery()


@like.put(
    permission="member",
    validators=(visible_video, validated),
    tags=["likes"],
    operation_id="like_video",
    response_schemas={204: Answer("The caller likes the video.")},
)
def put_like(request: Request) -> Response:
    """Like the video; liking twice is liking once. Nobody is told who likes what."""
    request.container.like_video()(actor=request.actor, video_id=request.matchdict["video_id"])
    return HTTPNoContent()


@like.delete(
    permission="member",
    validators=(visible_video, validated),
    tags=["likes"],
    operation_id="unlike_video",
    response_schemas={204: Answer("The caller does not like the video.")},
)
def delete_like(request: Request) -> Response:
    """Take the like back, if there is one."""
    request.container.unlike_video()(
        actor=request.actor, video_id=request.matchdict["video_id"]
    )
    return HTTPNoContent()


@my_likes.get(
    schema=ListInput(),
    permission="member",
    validators=(validated,),
    tags=["likes", "videos"],
    operation_id="list_my_likes",
    field_rules=fields.PAGE,
    response_schemas={200: Answer("A page of videos.", shapes.VideoList(), ("Link",))},
)
def get_my_likes(request: Request) -> dict[str, Any]:
    """The videos that the caller likes and may see, liked last first."""
    page = request.container.list_liked_videos()(
        actor=request.actor, page=page_request(request)
    )
    items = present_videos(request.container, request.actor, page.items)
    return list_of(request, items, page.next)
