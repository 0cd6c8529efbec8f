"""Comments on videos: lists, one, add, edit, delete, and what they said before."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.limits import limit
from entrypoints.edge.operations import CREATED, Answer
from entrypoints.edge.presenters import present_comment, present_version
from entrypoints.http.conditional import changed_resource, check_unchanged, single
from entrypoints.http.creation import created, done_once
from entrypoints.http.service import (
    OptionalNumber,
    OptionalText,
    PageQuery,
    Service,
    Strict,
    Text,
    an_id,
    list_of,
    page_request,
    validated,
)
from entrypoints.http.shared_answers import share
from entrypoints.http.videos import visible_video
from videohub_core.comments.errors import NotYourComment
from videohub_core.comments.policies import (
    author_of,
    check_open,
    may_delete,
    may_edit,
    may_read_history,
)
from videohub_core.comments.ports import CommentSort
from videohub_core.shared.errors import NotAllowed
from videohub_core.shared.ids import ID_PATTERN, CommentId

comments = Service(
    name="videos.comments",
    path=f"/api/v1/videos/{{video_id:{ID_PATTERN}}}/comments",
    description="What is said about a video",
)
comment = Service(
    name="comments.one",
    path=f"/api/v1/comments/{{comment_id:{ID_PATTERN}}}",
    description="A comment",
)
history = Service(
    name="comments.history",
    path=f"/api/v1/comments/{{comment_id:{ID_PATTERN}}}/history",
    description="What a comment said before",
)


class CommentsQuery(PageQuery):
    sort = colander.SchemaNode(
        Text(),
        missing=CommentSort.FRESH.value,
        validator=colander.OneOf([sort.value for sort in CommentSort]),
    )
    reply_to = colander.SchemaNode(Text(), missing=None, validator=an_id)


class CommentsInput(colander.MappingSchema):
    querystring = CommentsQuery()


class NewComment(Strict):
    text = colander.SchemaNode(Text())
    media_time = colander.SchemaNode(OptionalNumber(), missing=None)
    reply_to = colander.SchemaNode(OptionalText(), missing=None, validator=an_id)


class NewCommentInput(colander.MappingSchema):
    body = NewComment()


class CommentChange(Strict):
    text = colander.SchemaNode(Text(), missing=colander.drop)


class CommentChangeInput(colander.MappingSchema):
    body = CommentChange()


class HistoryInput(colander.MappingSchema):
    querystring = PageQuery()


def open_video(request: Request, **_arguments: Any) -> None:
    """Validator: whoever may not comment here is told so before their input is looked at."""
    visible_video(request)
    check_open(request.validated["video"])


def visible_comment(request: Request, **_arguments: Any) -> None:
    """Validator: a comment that the caller may not see is not there."""
    found = request.container.read_comment()(
        actor=request.actor, comment_id=request.matchdict["comment_id"]
    )
    request.validated["comment"], request.validated["video"] = found


def own_comment(request: Request, **_arguments: Any) -> None:
    """Validator: 404 and 403 come before what is wrong with the input."""
    visible_comment(request)
    found = request.validated["comment"]
    if not found.deleted and not may_edit(request.actor, author_of(found)):
        raise NotYourComment


def deletable_comment(request: Request, **_arguments: Any) -> None:
    """Validator: so they do here."""
    visible_comment(request)
    found, owner_id = request.validated["comment"], request.validated["video"].owner_id
    if not found.deleted and not may_delete(request.actor, author_of(found), owner_id):
        raise NotYourComment


def readable_history(request: Request, **_arguments: Any) -> None:
    """Validator: and here."""
    visible_comment(request)
    if not may_read_history(request.actor, author_of(request.validated["comment"])):
        raise NotAllowed


def limit_comments(request: Request) -> None:
    """Count what is said; raise TooManyRequests."""
    limit(
        request.container,
        kind="comment",
        caller=request.caller,
        address=request.client_addr,
    )


def unchanged(request: Request) -> str | None:
    """Return what the caller has seen of the comment, None if they do not say.

    Raise PreconditionFailed if it is not what there is; what changes from here on is
    found by the use case.
    """
    if "If-Match" not in request.headers:
        return None
    check_unchanged(request, _presented(request))
    return str(request.validated["comment"].text)


def _presented(request: Request) -> dict[str, Any]:
    video = request.validated["video"]
    return present_comment(request.validated["comment"], request.actor, video.owner_id)


@comments.get(
    schema=CommentsInput(),
    permission="anyone",
    validators=(visible_video, validated),
    tags=["comments"],
    operation_id="list_comments",
    field_rules=fields.COMMENTS,
    request_headers=("If-None-Match",),
    response_schemas={200: Answer("A page of comments.", shapes.CommentList(), ("Link",))},
)
def get_comments(request: Request) -> dict[str, Any]:
    """What is said about the video, freshest first; with `reply_to`, the replies to that.

    A comment that was deleted stays, without words and author, while replies hang on it.
    What people say whom the caller has blocked is left out; it is counted all the same.
    """
    share(request)
    query, video = request.validated["querystring"], request.validated["video"]
    page = request.container.list_comments()(
        actor=request.actor,
        video=video,
        page=page_request(request),
        reply_to=query["reply_to"],
        sort=CommentSort(query["sort"]),
    )
    items = [present_comment(said, request.actor, video.owner_id) for said in page.items]
    return list_of(request, items, page.next)


@comments.post(
    schema=NewCommentInput(),
    permission="member",
    validators=(open_video, validated),
    tags=["comments"],
    operation_id="add_comment",
    field_rules=fields.COMMENT,
    request_headers=("Idempotency-Key",),
    response_schemas={201: Answer("The comment.", shapes.Comment(), CREATED)},
)
@done_once("comments.post")
def post_comment(request: Request) -> dict[str, Any]:
    """Say something about the video, or reply to what was said.

    A reply answers a comment on the same video that is there still, and not another reply:
    anything else is 400 at `/reply_to`. Where comments are turned off, it is 403 for everyone.
    """
    limit_comments(request)
    made = request.container.add_comment()(
        actor=request.actor,
        video_id=request.validated["video"].id,
        once=request.once,
        **request.validated["body"],
    )
    created(request, f"/api/v1/comments/{made.id}", replayed=made.replayed)
    request.matchdict["comment_id"] = CommentId(made.id)
    visible_comment(request)
    return _presented(request)


@comment.get(
    permission="anyone",
    validators=(visible_comment, validated),
    tags=["comments"],
    operation_id="get_comment",
    request_headers=("If-None-Match",),
    response_schemas={200: Answer("The comment.", shapes.Comment(), ("ETag",))},
)
def get_comment(request: Request) -> dict[str, Any]:
    """The comment."""
    share(request)
    return single(request, _presented(request))


@comment.patch(
    schema=CommentChangeInput(),
    permission="member",
    validators=(own_comment, validated),
    tags=["comments"],
    operation_id="edit_comment",
    field_rules=fields.COMMENT_CHANGE,
    request_headers=("If-Match",),
    response_schemas={200: Answer("The changed comment.", shapes.Comment(), ("ETag",))},
)
def patch_comment(request: Request) -> dict[str, Any]:
    """Say it otherwise: for its author alone. Everyone sees that it was edited."""
    seen, given = unchanged(request), request.validated["body"]
    if given:
        limit_comments(request)
        request.container.edit_comment()(
            actor=request.actor, comment_id=request.matchdict["comment_id"], seen=seen, **given
        )
        visible_comment(request)
    return changed_resource(request, _presented(request))


@comment.delete(
    permission="member",
    validators=(deletable_comment, validated),
    tags=["comments"],
    operation_id="delete_comment",
    request_headers=("If-Match",),
    response_schemas={204: Answer("Its words are gone.")},
)
def delete_comment(request: Request) -> Response:
    """Delete it: for its author, the video's owner and moderators."""
    request.container.delete_comment()(
        actor=request.actor,
        comment_id=request.matchdict["comment_id"],
        seen=unchanged(request),
    )
    return HTTPNoContent()


@history.get(
    schema=HistoryInput(),
    permission="member",
    validators=(readable_history, validated),
    tags=["comments"],
    operation_id="list_comment_history",
    field_rules=fields.PAGE,
    response_schemas={
        200: Answer("A page of versions.", shapes.CommentVersionList(), ("Link",))
    },
)
def get_history(request: Request) -> dict[str, Any]:
    """What the comment said before it was edited, the latest first.

    For its author and moderators.
    """
    page = request.container.read_history()(
        actor=request.actor,
        comment=request.validated["comment"],
        page=page_request(request),
    )
    return list_of(request, [present_version(one) for one in page.items], page.next)
