"""Videos: lists, one, edit, delete. A new one comes in by `entrypoints/streams`."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge.presenters import present_video
from entrypoints.http.service import (
    PageQuery,
    Service,
    Strict,
    Text,
    list_of,
    page_request,
    validated,
)
from videohub_core.shared.ids import ID_PATTERN

videos = Service(name="videos", path="/api/v1/videos", description="Public videos")
my_videos = Service(
    name="me.videos", path="/api/v1/me/videos", description="The caller's own videos"
)
video = Service(
    name="videos.one", path=f"/api/v1/videos/{{video_id:{ID_PATTERN}}}", description="A video"
)


class VideosQuery(PageQuery):
    sort = colander.SchemaNode(
        Text(), missing="-published_at", validator=colander.OneOf(["-published_at"])
    )
    channel = colander.SchemaNode(
        Text(), missing=None, validator=colander.Regex(f"^{ID_PATTERN}\\Z")
    )


class VideosInput(colander.MappingSchema):
    querystring = VideosQuery()


class OwnVideosInput(colander.MappingSchema):
    querystring = PageQuery()


class Tags(colander.SequenceSchema):
    tag = colander.SchemaNode(Text())


class VideoChange(Strict):
    """A merge patch: `null` removes a field, which empties what can be empty."""

    def deserialize(self, cstruct: Any = colander.null) -> Any:
        empty: dict[str, Any] = {"description": "", "tags": []}
        if isinstance(cstruct, dict):
            cstruct = {k: empty.get(k) if v is None else v for k, v in cstruct.items()}
        return super().deserialize(cstruct)

    title = colander.SchemaNode(Text(), missing=colander.drop)
    description = colander.SchemaNode(Text(), missing=colander.drop)
    tags = Tags(missing=colander.drop)
    visibility = colander.SchemaNode(Text(), missing=colander.drop)


class VideoChangeInput(colander.MappingSchema):
    body = VideoChange()


def visible_video(request: Request, **_arguments: Any) -> None:
    """Validator: a video that the caller may not see is not there."""
    request.validated["video"] = request.container.read_video()(
        actor=request.actor, video_id=request.matchdict["video_id"]
    )


def editable_video(request: Request, **_arguments: Any) -> None:
    """Validator: 404 and 403 come before what is wrong with the input."""
    request.container.check_editable()(
        actor=request.actor, video_id=request.matchdict["video_id"]
    )


@videos.get(schema=VideosInput(), permission="anyone", validators=(validated,), tags=["videos"])
def get_videos(request: Request) -> dict[str, Any]:
    """Public videos that can be watched, freshest first."""
    query = request.validated["querystring"]
    page = request.container.list_videos()(
        page=page_request(query), channel_id=query["channel"]
    )
    items = [present_video(found, request.actor) for found in page.items]
    return list_of(request, items, page.next)


@my_videos.get(
    schema=OwnVideosInput(), permission="member", validators=(validated,), tags=["videos"]
)
def get_my_videos(request: Request) -> dict[str, Any]:
    """The caller's videos in every state, freshest first."""
    page = request.container.list_own_videos()(
        actor=request.actor, page=page_request(request.validated["querystring"])
    )
    items = [present_video(found, request.actor) for found in page.items]
    return list_of(request, items, page.next)


@video.get(permission="anyone", validators=(visible_video, validated), tags=["videos"])
def get_video(request: Request) -> dict[str, Any]:
    """The video."""
    return present_video(request.validated["video"], request.actor)


@video.patch(
    schema=VideoChangeInput(),
    permission="member",
    validators=(editable_video, validated),
    tags=["videos"],
)
def patch_video(request: Request) -> dict[str, Any]:
    """Change what is given (RFC 7396); `null` empties the description and the tags."""
    video_id = request.matchdict["video_id"]
    request.container.edit_video()(
        actor=request.actor, video_id=video_id, **request.validated["body"]
    )
    changed = request.container.read_video()(actor=request.actor, video_id=video_id)
    return present_video(changed, request.actor)


@video.delete(permission="member", validators=(editable_video, validated), tags=["videos"])
def delete_video(request: Request) -> Response:
    """Delete the video and all its bytes."""
    request.container.delete_video()(
        actor=request.actor, video_id=request.matchdict["video_id"]
    )
    return HTTPNoContent()
