"""Videos: lists, one, edit, delete. A new one comes in by `entrypoints/streams`."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.operations import CREATED, Answer
from entrypoints.edge.viewing import present_seen_video, present_videos
from entrypoints.http.conditional import changed_resource, check_unchanged, single
from entrypoints.http.creation import created, done_once
from entrypoints.http.service import (
    PageQuery,
    Service,
    Strict,
    Text,
    Truth,
    list_of,
    page_request,
    validated,
)
from entrypoints.http.shared_answers import share
from videohub_core.shared.ids import ID_PATTERN, UploadId, VideoId
from videohub_core.videos.entities import VideoDetails, tag_of
from videohub_core.videos.errors import NoSuchUpload
from videohub_core.videos.ports import VideoFilter, VideoSort

videos = Service(name="videos", path="/api/v1/videos", description="Public videos")
my_videos = Service(
    name="me.videos", path="/api/v1/me/videos", description="The caller's own videos"
)
video = Service(
    name="videos.one", path=f"/api/v1/videos/{{video_id:{ID_PATTERN}}}", description="A video"
)


def _as_tag(text: str | None) -> str | None:
    return tag_of(text) if text else text


class SortedQuery(PageQuery):
    sort = colander.SchemaNode(
        Text(),
        missing=VideoSort.FRESH.value,
        validator=colander.OneOf([sort.value for sort in VideoSort]),
    )


class VideosQuery(SortedQuery):
    channel = colander.SchemaNode(
        Text(), missing=None, validator=colander.Regex(f"^{ID_PATTERN}\\Z")
    )
    tag = colander.SchemaNode(Text(), missing=None, preparer=_as_tag)


class VideosInput(colander.MappingSchema):
    querystring = VideosQuery()


class OwnVideosInput(colander.MappingSchema):
    querystring = PageQuery()


class Tags(colander.SequenceSchema):
    tag = colander.SchemaNode(Text())


class NewVideo(Strict):
    upload_id = colander.SchemaNode(
        Text(), validator=colander.Regex(f"^{ID_PATTERN}\\Z", "There is no such upload.")
    )
    title = colander.SchemaNode(Text())
    description = colander.SchemaNode(Text(), missing="")
    tags = Tags(missing=())
    visibility = colander.SchemaNode(Text(), missing="public")
    comments_allowed = colander.SchemaNode(Truth(), missing=True)


class NewVideoInput(colander.MappingSchema):
    body = NewVideo()


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
    comments_allowed = colander.SchemaNode(Truth(), missing=colander.drop)


class VideoChangeInput(colander.MappingSchema):
    body = VideoChange()


def visible_video(request: Request, **_arguments: Any) -> None:
    """Validator: a video that the caller may not see is not there."""
    request.validated["video"] = request.container.read_video()(
        actor=request.actor, video_id=request.matchdict["video_id"]
    )


def editable_video(request: Request, **_arguments: Any) -> None:
    """Validator: 404 and 403 come before what is wrong with the input."""
    request.validated["video"] = request.container.check_editable()(
        actor=request.actor, video_id=request.matchdict["video_id"]
    )


def unchanged(request: Request) -> VideoDetails | None:
    """Return what the caller has seen of the video, None if they do not say.

    Raise PreconditionFailed if it is not what there is; what changes from here on is
    found by the use case.
    """
    if "If-Match" not in request.headers:
        return None
    video = request.validated["video"]
    check_unchanged(request, present_seen_video(request.container, request.actor, video))
    return VideoDetails(
        video.title,
        video.description,
        tuple(video.tags),
        video.visibility,
        video.comments_allowed,
    )


@videos.get(
    schema=VideosInput(),
    permission="anyone",
    validators=(validated,),
    tags=["videos"],
    operation_id="list_videos",
    field_rules=fields.VIDEO_LIST,
    request_headers=("If-None-Match",),
    response_schemas={200: Answer("A page of videos.", shapes.VideoList(), ("Link",))},
)
def get_videos(request: Request) -> dict[str, Any]:
    """Public videos that can be watched, freshest first."""
    share(request)
    query = request.validated["querystring"]
    page = request.container.list_videos()(
        page=page_request(request),
        sort=VideoSort(query["sort"]),
        only=VideoFilter(query["channel"], query["tag"]),
    )
    items = present_videos(request.container, request.actor, page.items)
    return list_of(request, items, page.next)


@videos.post(
    schema=NewVideoInput(),
    permission="upload",
    validators=(validated,),
    tags=["videos"],
    operation_id="create_video_of_upload",
    field_rules=fields.VIDEO,
    request_headers=("Idempotency-Key",),
    response_schemas={201: Answer("The video.", shapes.Video(), CREATED)},
)
@done_once("videos.post")
def post_video(request: Request) -> dict[str, Any]:
    """Make a video of a finished resumable upload."""
    given = dict(request.validated["body"])
    actor, upload_id = request.actor, UploadId(given.pop("upload_id"))
    details = VideoDetails.checked(**given)
    try:
        # The hub may have been killed between the last byte and this.
        request.container.finish_upload()(actor=actor, upload_id=upload_id)
    except NoSuchUpload:
        # An earlier request of the same key may have made the video.
        if request.once is None:
            raise
    made = request.container.create_video()(
        actor=actor, upload_id=upload_id, details=details, once=request.once
    )
    created(request, f"/api/v1/videos/{made.id}", replayed=made.replayed)
    video = request.container.read_video()(actor=actor, video_id=VideoId(made.id))
    return present_seen_video(request.container, actor, video)


@my_videos.get(
    schema=OwnVideosInput(),
    permission="member",
    validators=(validated,),
    tags=["videos"],
    operation_id="list_my_videos",
    field_rules=fields.PAGE,
    response_schemas={200: Answer("A page of videos.", shapes.VideoList(), ("Link",))},
)
def get_my_videos(request: Request) -> dict[str, Any]:
    """The caller's videos in every state, freshest first."""
    page = request.container.list_own_videos()(actor=request.actor, page=page_request(request))
    items = present_videos(request.container, request.actor, page.items)
    return list_of(request, items, page.next)


@video.get(
    permission="anyone",
    validators=(visible_video, validated),
    tags=["videos"],
    operation_id="get_video",
    request_headers=("If-None-Match",),
    response_schemas={200: Answer("The video.", shapes.Video(), ("ETag",))},
)
def get_video(request: Request) -> dict[str, Any]:
    """The video."""
    share(request)
    video = request.validated["video"]
    return single(request, present_seen_video(request.container, request.actor, video))


@video.patch(
    schema=VideoChangeInput(),
    permission="member",
    validators=(editable_video, validated),
    tags=["videos"],
    operation_id="edit_video",
    field_rules=fields.VIDEO_CHANGE,
    request_headers=("If-Match",),
    response_schemas={200: Answer("The changed video.", shapes.Video(), ("ETag",))},
)
def patch_video(request: Request) -> dict[str, Any]:
    """Change what is given (RFC 7396); `null` empties the description and the tags."""
    video_id = request.matchdict["video_id"]
    seen = unchanged(request)
    request.container.edit_video()(
        actor=request.actor, video_id=video_id, seen=seen, **request.validated["body"]
    )
    changed = request.container.read_video()(actor=request.actor, video_id=video_id)
    shown = present_seen_video(request.container, request.actor, changed)
    return changed_resource(request, shown)


@video.delete(
    permission="member",
    validators=(editable_video, validated),
    tags=["videos"],
    operation_id="delete_video",
    request_headers=("If-Match",),
    response_schemas={204: Answer("The video is gone.")},
)
def delete_video(request: Request) -> Response:
    """Delete the video and all its bytes."""
    request.container.delete_video()(
        actor=request.actor, video_id=request.matchdict["video_id"], seen=unchanged(request)
    )
    return HTTPNoContent()
