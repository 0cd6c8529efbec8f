"""Members report, moderators decide and hide."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.http.pages.forms import Form, limit_form, typed
from entrypoints.http.pages.messages import (
    REPORT_KINDS,
    REPORT_REASONS,
    REPORT_STATES,
    translated,
)
from entrypoints.http.pages.pagers import page_request, pager
from videohub_core.moderation.entities import (
    NOTE_MOST,
    REPORT_MOST,
    ReportKind,
    ReportReason,
    ReportState,
)
from videohub_core.moderation.ports import ReportView
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.ids import ReportId, UserId, VideoId
from videohub_core.videos.entities import HIDDEN_REASON_MOST
from videohub_core.videos.ports import VideoView

REPORT = "templates/report.jinja2"
HIDE = "templates/hide_video.jinja2"

Page = dict[str, Any]


@view_config(
    route_name="pages.report",
    request_method="GET",
    renderer=REPORT,
    permission="member",
    ask_to_sign_in=True,
)
def report_form(request: Request) -> Page:
    return _report_page(request, Form({"reason": ReportReason.SPAM.value}))


@view_config(
    route_name="pages.report",
    request_method="POST",
    renderer=REPORT,
    permission="member",
    ask_to_sign_in=True,
)
def report(request: Request) -> Page | Response:
    form = Form(typed(request, "reason", "text"))
    limit_form(request)
    try:
        request.container.report_content()(
            actor=request.actor,
            kind=_kind(request),
            subject_id=request.matchdict["subject_id"],
            reason=_chosen(form.values["reason"]),
            text=form.values["text"],
        )
    except InvalidInput as error:
        form.refuse(request, error)
        request.response.status_int = 400
        return _report_page(request, form)
    return HTTPSeeOther(f"{request.path}?sent=1")


@view_config(
    route_name="pages.reports",
    request_method="GET",
    renderer="templates/reports.jinja2",
    permission="moderator",
    ask_to_sign_in=True,
)
def reports(request: Request) -> Page:
    asked = request.GET.get("state")
    state = next((one for one in ReportState if one.value == asked), ReportState.OPEN)
    page = request.container.list_reports()(
        actor=request.actor, page=page_request(request), state=state
    )
    kept = {} if state is ReportState.OPEN else {"state": state.value}
    return {
        "reports": page.items,
        "addresses": {one.id: _address(request, one) for one in page.items},
        "state": state,
        "states": translated(request.translations, REPORT_STATES),
        "reasons": translated(request.translations, REPORT_REASONS),
        "kinds": translated(request.translations, REPORT_KINDS),
        "pager": pager(request, page, **kept),
        "note_most": NOTE_MOST,
        "decided": request.GET.get("decided") == "1",
    }


@view_config(
    route_name="pages.reports.decide",
    request_method="POST",
    permission="moderator",
    ask_to_sign_in=True,
)
def decide(request: Request) -> Response:
    """Decide by which button was pressed; a note that is too long is cut."""
    given = typed(request, "state", "note")
    limit_form(request)
    dismissed = given["state"] == ReportState.DISMISSED.value
    request.container.decide_report()(
        actor=request.actor,
        report_id=ReportId(request.matchdict["report_id"]),
        state=ReportState.DISMISSED if dismissed else ReportState.RESOLVED,
        note=given["note"][:NOTE_MOST],
    )
    return HTTPSeeOther(request.route_path("pages.reports", _query={"decided": "1"}))


@view_config(
    route_name="pages.hide",
    request_method="GET",
    renderer=HIDE,
    permission="moderator",
    ask_to_sign_in=True,
)
def hide_form(request: Request) -> Page:
    return _hide_page(request, Form())


@view_config(
    route_name="pages.hide",
    request_method="POST",
    renderer=HIDE,
    permission="moderator",
    ask_to_sign_in=True,
)
def hide(request: Request) -> Page | Response:
    form = Form(typed(request, "reason"))
    limit_form(request)
    try:
        request.container.hide_video()(
            actor=request.actor, video_id=_video_id(request), reason=form.values["reason"]
        )
    except InvalidInput as error:
        form.refuse(request, error)
        request.response.status_int = 400
        return _hide_page(request, form)
    return HTTPSeeOther(request.route_path("pages.watch", video_id=_video_id(request)))


@view_config(
    route_name="pages.unhide",
    request_method="POST",
    permission="moderator",
    ask_to_sign_in=True,
)
def unhide(request: Request) -> Response:
    limit_form(request)
    request.container.unhide_video()(actor=request.actor, video_id=_video_id(request))
    return HTTPSeeOther(request.route_path("pages.watch", video_id=_video_id(request)))


def _kind(request: Request) -> ReportKind:
    try:
        return ReportKind(request.matchdict["kind"])
    except ValueError:
        raise HTTPNotFound from None


def _chosen(name: str) -> ReportReason:
    try:
        return ReportReason(name)
    except ValueError:
        error = FieldError("/reason", "invalid_choice", "This is none of the choices.")
        raise InvalidInput([error]) from None


def _report_page(request: Request, form: Form) -> Page:
    kind, subject_id = _kind(request), request.matchdict["subject_id"]
    if kind is ReportKind.COMMENT:
        comment, video = request.container.read_comment()(
            actor=request.actor, comment_id=subject_id
        )
        name, back = video.title, _comment_path(request, video.id, comment.id)
    elif kind is ReportKind.VIDEO:
        video = request.container.read_video()(actor=request.actor, video_id=subject_id)
        name, back = video.title, request.route_path("pages.watch", video_id=subject_id)
    else:
        user = request.container.read_user()(user_id=UserId(subject_id))
        name = user.display_name
        back = request.route_path("pages.channel", channel_id=user.channel.id)
    return {
        "form": form,
        "name": name,
        "back": back,
        "reasons": {
            reason.value: text
            for reason, text in translated(request.translations, REPORT_REASONS).items()
        },
        "text_most": REPORT_MOST,
        "sent": request.method == "GET" and request.GET.get("sent") == "1",
    }


def _hide_page(request: Request, form: Form) -> Page:
    video: VideoView = request.container.read_video()(
        actor=request.actor, video_id=_video_id(request)
    )
    back = request.route_path("pages.watch", video_id=video.id)
    return {"form": form, "video": video, "back": back, "reason_most": HIDDEN_REASON_MOST}


def _address(request: Request, found: ReportView) -> str | None:
    """Return where a moderator looks at what a report is about."""
    if found.subject_name is None:
        return None
    if found.kind is ReportKind.COMMENT:
        return _comment_path(request, str(found.video_id), found.subject_id)
    if found.kind is ReportKind.VIDEO:
        return str(request.route_path("pages.watch", video_id=found.subject_id))
    return str(request.route_path("pages.users", _query={"q": found.subject_name}))


def _comment_path(request: Request, video_id: str, comment_id: str) -> str:
    return str(
        request.route_path("pages.watch", video_id=video_id, _query={"comment": comment_id})
    )


def _video_id(request: Request) -> VideoId:
    return VideoId(request.matchdict["video_id"])
