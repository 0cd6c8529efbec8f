"""What is said about a video: below its player, and on pages for those without scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge import cursors
from entrypoints.edge.limits import limit
from entrypoints.http.pages import descriptions
from entrypoints.http.pages.blocks import has_blocked
from entrypoints.http.pages.forms import Form, limit_form, typed
from entrypoints.http.shared_answers import share
from videohub_core.comments.entities import TEXT_MOST
from videohub_core.comments.errors import NoSuchComment, NotYourComment
from videohub_core.comments.policies import author_of, may_delete, may_edit
from videohub_core.comments.ports import CommentSort, CommentView
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.ids import ID_PATTERN, CommentId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.videos.ports import VideoView

LIST = "templates/comments.jinja2"
EDIT = "templates/edit_comment.jinja2"
PAGE_SIZE = 20

_POINTERS = {"/text": "/comment", "/media_time": "/at"}

_TIME = re.compile(r"(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d(?:\.\d{1,3})?)", re.ASCII)


@dataclass(frozen=True)
class Said:
    """A comment as a page shows it."""

    comment: CommentView
    text: Markup
    can_edit: bool
    can_delete: bool
    is_owner: bool
    """Whether the video's owner says it."""


@dataclass(frozen=True)
class Thread:
    """A comment with its replies; where there are more of them, if there are."""

    said: Said
    replies: list[Said]
    next_path: str | None


def conversation(request: Request, video: VideoView) -> dict[str, Any]:
    """Return what the watch page shows of it: the latest, and the thread it is asked for."""
    thread = _asked_thread(request, video)
    page = _listed(request, video, PageRequest(PAGE_SIZE))
    shown = thread.said.comment.id if thread else None
    return {
        "comments": [_said(request, video, c) for c in page.items if c.id != shown],
        "comments_next": _next_path(request, video, page, None),
        "thread": thread,
        "comment_form": Form(),
        "comment_most": TEXT_MOST,
    }


@view_config(
    route_name="pages.comments", request_method="GET", renderer=LIST, permission="anyone"
)
def comments(request: Request) -> dict[str, Any]:
    share(request)
    return _page(request, _video(request), request.GET.get("thread"), Form())


@view_config(
    route_name="pages.comments",
    request_method="POST",
    renderer=LIST,
    permission="member",
    ask_to_sign_in=True,
)
def add(request: Request) -> dict[str, Any] | Response:
    video = _video(request)
    form = Form(typed(request, "text", "at", "reply_to"))
    reply_to = form.values["reply_to"] or None
    _limit(request)
    try:
        made = request.container.add_comment()(
            actor=request.actor,
            video_id=video.id,
            text=form.values["text"],
            media_time=_seconds(form.values["at"]),
            reply_to=reply_to if reply_to is None else _an_id(reply_to),
        )
    except InvalidInput as error:
        _refuse(request, form, error)
        form.problem = form.errors.get("reply_to")
        request.response.status_int = 400
        return _page(request, video, reply_to, form)
    return HTTPSeeOther(_path_of(request, video, CommentId(made.id)))


@view_config(
    route_name="pages.comments.edit",
    request_method="GET",
    renderer=EDIT,
    permission="member",
    ask_to_sign_in=True,
)
def edit_form(request: Request) -> dict[str, Any]:
    comment, video = _own(request)
    return _edit_page(comment, video, Form({"text": comment.text}))


@view_config(
    route_name="pages.comments.edit",
    request_method="POST",
    renderer=EDIT,
    permission="member",
    ask_to_sign_in=True,
)
def edit(request: Request) -> dict[str, Any] | Response:
    comment, video = _own(request)
    form = Form(typed(request, "text"))
    _limit(request)
    try:
        request.container.edit_comment()(
            actor=request.actor, comment_id=comment.id, text=form.values["text"]
        )
    except InvalidInput as error:
        _refuse(request, form, error)
        request.response.status_int = 400
        return _edit_page(comment, video, form)
    return HTTPSeeOther(_path_of(request, video, comment.id))


@view_config(
    route_name="pages.comments.delete",
    request_method="GET",
    renderer="templates/delete_comment.jinja2",
    permission="member",
    ask_to_sign_in=True,
)
def confirm_delete(request: Request) -> dict[str, Any]:
    comment, video = _there(request)
    if not may_delete(request.actor, author_of(comment), video.owner_id):
        raise NotYourComment
    return {"said": _said(request, video, comment), "video": video}


@view_config(
    route_name="pages.comments.delete",
    request_method="POST",
    permission="member",
    ask_to_sign_in=True,
)
def delete(request: Request) -> Response:
    comment, video = _there(request)
    limit_form(request)
    request.container.delete_comment()(actor=request.actor, comment_id=comment.id)
    if comment.reply_to is not None:
        return HTTPSeeOther(_path_of(request, video, comment.reply_to))
    return HTTPSeeOther(
        request.route_path("pages.watch", video_id=video.id, _anchor="comments")
    )


def _page(
    request: Request, video: VideoView, thread_id: str | None, form: Form
) -> dict[str, Any]:
    thread = _thread(request, video, thread_id) if thread_id else None
    shown: dict[str, Any] = {"comments": [], "comments_next": None}
    if thread_id and thread is None and not form.errors:
        raise NoSuchComment
    if thread is None:
        after = _page_request(request, video, None)
        page = _listed(request, video, after)
        shown["comments"] = [_said(request, video, comment) for comment in page.items]
        shown["comments_next"] = _next_path(request, video, page, None)
    about = {"video": video, "thread": thread, "comment_form": form}
    return {**about, **shown, "comment_most": TEXT_MOST}


def _thread(request: Request, video: VideoView, comment_id: str) -> Thread | None:
    """Return a comment on the video with its replies, None if the viewer sees none."""
    try:
        comment, on = request.container.read_comment()(
            actor=request.actor, comment_id=_an_id(comment_id)
        )
    except (NoSuchComment, InvalidInput):
        return None
    if on.id != video.id or comment.reply_to is not None:
        return None
    if has_blocked(request, author_of(comment)):
        return None
    after = PageRequest(PAGE_SIZE)
    if request.matched_route.name == "pages.comments":
        after = _page_request(request, video, comment.id)
    page = _listed(request, video, after, comment.id)
    return Thread(
        _said(request, video, comment),
        [_said(request, video, reply) for reply in page.items],
        _next_path(request, video, page, comment.id),
    )


def _asked_thread(request: Request, video: VideoView) -> Thread | None:
    """Return the thread that `?comment=` is of, with that very reply in it."""
    asked = request.GET.get("comment")
    if not asked:
        return None
    try:
        comment, on = request.container.read_comment()(
            actor=request.actor, comment_id=_an_id(asked)
        )
    except (NoSuchComment, InvalidInput):
        return None
    thread = _thread(request, video, comment.reply_to or comment.id)
    if thread is None or on.id != video.id:
        return None
    shown = [reply.comment.id for reply in thread.replies]
    if comment.reply_to is None or comment.id in shown:
        return thread
    if not has_blocked(request, author_of(comment)):
        thread.replies.append(_said(request, video, comment))
    return thread


def _said(request: Request, video: VideoView, comment: CommentView) -> Said:
    author_id = author_of(comment)
    text = descriptions.linked(
        comment.text,
        watch_path=request.route_path("pages.watch", video_id=video.id),
        duration=video.duration,
    )
    return Said(
        comment,
        text,
        may_edit(request.actor, author_id),
        may_delete(request.actor, author_id, video.owner_id),
        author_id == video.owner_id,
    )


def _listed(
    request: Request, video: VideoView, page: PageRequest, reply_to: CommentId | None = None
) -> Page[CommentView]:
    found: Page[CommentView] = request.container.list_comments()(
        actor=request.actor,
        video=video,
        page=page,
        reply_to=reply_to,
        sort=CommentSort.OLDEST if reply_to else CommentSort.FRESH,
    )
    return found


def _name(video: VideoView, thread: CommentId | None) -> str:
    return f"comments {video.id} {thread or ''}"


def _page_request(request: Request, video: VideoView, thread: CommentId | None) -> PageRequest:
    cursor = request.GET.get("cursor")
    if not cursor:
        return PageRequest(PAGE_SIZE)
    secret = request.container.secret()
    return PageRequest(PAGE_SIZE, cursors.decode(secret, _name(video, thread), cursor))


def _next_path(
    request: Request, video: VideoView, page: Page[CommentView], thread: CommentId | None
) -> str | None:
    if page.next is None:
        return None
    cursor = cursors.encode(request.container.secret(), _name(video, thread), page.next)
    query = {**({"thread": thread} if thread else {}), "cursor": cursor}
    return str(request.route_path("pages.comments", video_id=video.id, _query=query))


def _path_of(request: Request, video: VideoView, comment_id: CommentId) -> str:
    return str(
        request.route_path(
            "pages.watch",
            video_id=video.id,
            _query={"comment": comment_id},
            _anchor=f"comment-{comment_id}",
        )
    )


def _video(request: Request) -> VideoView:
    found: VideoView = request.container.read_video()(
        actor=request.actor, video_id=request.matchdict["video_id"]
    )
    return found


def _there(request: Request) -> tuple[CommentView, VideoView]:
    comment, video = request.container.read_comment()(
        actor=request.actor, comment_id=request.matchdict["comment_id"]
    )
    if comment.deleted:
        raise NoSuchComment
    return comment, video


def _own(request: Request) -> tuple[CommentView, VideoView]:
    comment, video = _there(request)
    if not may_edit(request.actor, author_of(comment)):
        raise NotYourComment
    return comment, video


def _edit_page(comment: CommentView, video: VideoView, form: Form) -> dict[str, Any]:
    return {"comment": comment, "video": video, "form": form, "comment_most": TEXT_MOST}


def _limit(request: Request) -> None:
    limit_form(request)
    limit(
        request.container,
        kind="comment",
        caller=request.caller,
        address=request.client_addr,
    )


def _refuse(request: Request, form: Form, error: InvalidInput) -> None:
    """Put each error beside its field; the words of a comment have texts of their own."""
    named = [
        replace(wrong, pointer=_POINTERS.get(wrong.pointer, wrong.pointer))
        for wrong in error.errors
    ]
    form.refuse(request, InvalidInput(named))
    if "comment" in form.errors:
        form.errors["text"] = form.errors.pop("comment")


def _an_id(text: str) -> CommentId:
    if not re.fullmatch(ID_PATTERN, text):
        raise InvalidInput([FieldError("/reply_to", "no_such_comment", "This is no id.")])
    return CommentId(text)


def _seconds(text: str) -> float | None:
    """Return the second of a time such as 1:23; raise InvalidInput."""
    if not text.strip():
        return None
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise InvalidInput([FieldError("/at", "not_a_time", "This is no time such as 1:23.")])
    return (int(match[1] or 0) * 60 + int(match[2])) * 60 + float(match[3])
