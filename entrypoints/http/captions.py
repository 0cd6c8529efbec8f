"""Captions of a video and its poster: what its owner adds to it."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import shapes
from entrypoints.edge.errors import BodyTooLarge
from entrypoints.edge.operations import Answer, problem
from entrypoints.edge.presenters import present_captions
from entrypoints.edge.viewing import present_seen_video
from entrypoints.http.body_sizes import BODY_MOST
from entrypoints.http.conditional import changed_resource, check_unchanged, single
from entrypoints.http.request import BODY_TOO_LARGE
from entrypoints.http.service import (
    JSON_TYPES,
    Number,
    Service,
    Strict,
    Text,
    validated,
)
from entrypoints.http.videos import editable_video, visible_video
from videohub_core.shared.errors import UnsupportedMediaType
from videohub_core.shared.ids import ID_PATTERN
from videohub_core.videos.entities import (
    CAPTION_ENCODINGS,
    CAPTIONS_FILE_MOST,
    PICTURE_FILE_MOST,
    Captions,
    MediaKey,
)
from videohub_core.videos.errors import NoSuchCaptions
from videohub_core.videos.ports import VideoView

CAPTION_TYPES = (
    *("text/vtt", "application/x-subrip", "text/plain"),
    "application/octet-stream",
)
PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp")
LANGUAGE_PATTERN = "[A-Za-z0-9-]{2,35}"
_VIDEO = f"/api/v1/videos/{{video_id:{ID_PATTERN}}}"

captions = Service(
    name="videos.captions", path=f"{_VIDEO}/captions", description="A video's captions"
)
captions_in = Service(
    name="videos.captions.one",
    path=f"{_VIDEO}/captions/{{language:{LANGUAGE_PATTERN}}}",
    description="A video's captions in a language",
)
poster = Service(
    name="videos.poster", path=f"{_VIDEO}/poster", description="What a video shows at first"
)


class CaptionsQuery(Strict):
    encoding = colander.SchemaNode(
        Text(),
        missing=None,
        validator=colander.OneOf(CAPTION_ENCODINGS),
        description="How the file is encoded, where the hub should not find out itself.",
    )


class CaptionsInput(colander.MappingSchema):
    querystring = CaptionsQuery()


class PosterChoice(Strict):
    at = colander.SchemaNode(
        Number(),
        validator=colander.Range(min=0),
        description="Seconds from the beginning of the video.",
    )


class PosterInput(colander.MappingSchema):
    body = PosterChoice()


def caption_file(request: Request, **_arguments: Any) -> None:
    """Validator: the body is a file of captions."""
    request.validated["data"] = _raw(request, CAPTION_TYPES, CAPTIONS_FILE_MOST)


def poster_input(request: Request, schema: Any = None, **_arguments: Any) -> None:
    """Validator: the body is a picture, or says where in the video one is."""
    if request.content_type in JSON_TYPES:
        if request.content_length and request.content_length > BODY_MOST:
            raise BodyTooLarge
        validated(request, schema)
    else:
        types = (*JSON_TYPES[:1], *PICTURE_TYPES)
        request.validated["picture"] = _raw(request, types, PICTURE_FILE_MOST)
        validated(request)


def _raw(request: Request, types: tuple[str, ...], most: int) -> bytes:
    if request.content_type not in types:
        raise UnsupportedMediaType(f"Send one of {', '.join(types)}.")
    length = request.content_length or 0
    if BODY_TOO_LARGE in request.environ or length > most:
        raise BodyTooLarge(f"A body here may have at most {most} bytes.")
    body: bytes = request.body
    return body


@captions.get(
    permission="anyone",
    validators=(visible_video, validated),
    tags=["captions"],
    operation_id="list_captions",
    response_schemas={200: Answer("The captions.", shapes.CaptionsList())},
)
def get_captions(request: Request) -> dict[str, Any]:
    """The video's captions, one for each language."""
    video = request.validated["video"]
    return {"items": [present_captions(video.id, one) for one in video.captions]}


@captions_in.get(
    permission="anyone",
    validators=(visible_video, validated),
    tags=["captions"],
    operation_id="get_captions",
    request_headers=("If-None-Match",),
    response_schemas={200: Answer("The captions.", shapes.CaptionsTrack(), ("ETag",))},
)
def get_captions_in(request: Request) -> dict[str, Any]:
    """Where the video's captions in a language are. Others in their place have another ETag."""
    video = request.validated["video"]
    found = _captions_in(request, video)
    return single(request, present_captions(video.id, found), version=found.file)


@captions_in.put(
    schema=CaptionsInput(),
    permission="member",
    validators=(editable_video, caption_file, validated),
    tags=["captions"],
    operation_id="put_captions",
    body_types=CAPTION_TYPES,
    response_schemas={
        200: Answer("The captions that replace others.", shapes.CaptionsTrack(), ("ETag",)),
        201: Answer("The new captions.", shapes.CaptionsTrack(), ("Location", "ETag")),
        409: problem(409),
        507: problem(507),
    },
)
def put_captions_in(request: Request) -> dict[str, Any]:
    """Give the video captions in a language, in the place of those that it has.

    The body is WebVTT or SubRip in whichever encoding, at most 2 MiB. It is kept as WebVTT
    that does nothing but show text: styles, regions, comments and unknown tags are left out.
    A file that cannot be read is 400 with the line, and changes nothing."""
    tag = request.matchdict["language"]
    video_id = request.matchdict["video_id"]
    put = request.container.put_captions()
    made = put(
        actor=request.actor,
        video_id=video_id,
        language=tag,
        data=request.validated["data"],
        encoding=request.validated["querystring"]["encoding"],
    )
    if made.is_new:
        request.response.status = 201
        request.response.location = f"/api/v1/videos/{video_id}/captions/{made.language}"
    video = request.container.read_video()(actor=request.actor, video_id=video_id)
    found = _captions_in(request, video)
    return changed_resource(request, present_captions(video.id, found), version=found.file)


@captions_in.delete(
    permission="member",
    validators=(editable_video, validated),
    tags=["captions"],
    operation_id="remove_captions",
    request_headers=("If-Match",),
    response_schemas={204: Answer("They are gone.")},
)
def delete_captions_in(request: Request) -> Response:
    """Take the video's captions in a language away."""
    request.container.remove_captions()(
        actor=request.actor,
        video_id=request.matchdict["video_id"],
        language=request.matchdict["language"],
        seen=_seen(request),
    )
    return HTTPNoContent()


@poster.put(
    schema=PosterInput(),
    permission="member",
    validators=(editable_video, poster_input),
    tags=["videos"],
    operation_id="put_poster",
    body_types=(JSON_TYPES[0], *PICTURE_TYPES),
    response_schemas={
        200: Answer("The video.", shapes.Video(), ("ETag",)),
        409: problem(409),
        507: problem(507),
    },
)
def put_poster(request: Request) -> dict[str, Any]:
    """Choose what the video shows before it is played.

    The body is a picture (JPEG, PNG or a WebP that is not animated, at most 10 MiB), or the
    time in the video whose frame it is to be. The new poster is there when this is answered."""
    video_id = request.matchdict["video_id"]
    choose = request.container.choose_poster()
    given = request.validated
    if "picture" in given:
        choose.picture(actor=request.actor, video_id=video_id, data=given["picture"])
    else:
        choose.at(actor=request.actor, video_id=video_id, seconds=given["body"]["at"])
    video = request.container.read_video()(actor=request.actor, video_id=video_id)
    return changed_resource(
        request, present_seen_video(request.container, request.actor, video)
    )


def _captions_in(request: Request, video: VideoView) -> Captions:
    try:
        language = request.container.language_tags().normalise(request.matchdict["language"])
    except ValueError:
        raise NoSuchCaptions from None
    for one in video.captions:
        if one.language == language:
            return one
    raise NoSuchCaptions


def _seen(request: Request) -> MediaKey | None:
    """Return the file that the caller has seen, None if they do not say."""
    if "If-Match" not in request.headers:
        return None
    video = request.validated["video"]
    found = _captions_in(request, video)
    check_unchanged(request, present_captions(video.id, found), version=found.file)
    return found.file
