"""What members report, what moderators decide, and which videos they hide."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.operations import Answer, problem
from entrypoints.edge.presenters import present_report
from entrypoints.http.recovery import ACCEPTED
from entrypoints.http.service import (
    PageQuery,
    Service,
    Strict,
    Text,
    list_of,
    page_request,
    validated,
)
from entrypoints.http.videos import visible_video
from videohub_core.moderation.entities import ReportKind, ReportReason, ReportState
from videohub_core.shared.ids import ID_PATTERN, ReportId, VideoId

DECIDED = [state.value for state in ReportState if state is not ReportState.OPEN]

reports = Service(name="reports", path="/api/v1/reports", description="Reports")
queue = Service(
    name="moderation.reports",
    path="/api/v1/moderation/reports",
    description="What members have reported",
)
report = Service(
    name="moderation.reports.one",
    path=f"/api/v1/moderation/reports/{{report_id:{ID_PATTERN}}}",
    description="A report",
)
hidden = Service(
    name="moderation.hidden",
    path=f"/api/v1/moderation/videos/{{video_id:{ID_PATTERN}}}/hidden",
    description="Whether a video is hidden",
)


class NewReport(Strict):
    kind = colander.SchemaNode(
        Text(), validator=colander.OneOf([kind.value for kind in ReportKind])
    )
    id = colander.SchemaNode(Text(), validator=colander.Regex(f"^{ID_PATTERN}\\Z"))
    reason = colander.SchemaNode(
        Text(), validator=colander.OneOf([reason.value for reason in ReportReason])
    )
    text = colander.SchemaNode(Text(), missing="")


class NewReportInput(colander.MappingSchema):
    body = NewReport()


class ReportsQuery(PageQuery):
    state = colander.SchemaNode(
        Text(),
        missing=ReportState.OPEN.value,
        validator=colander.OneOf([state.value for state in ReportState]),
    )


class ReportsInput(colander.MappingSchema):
    querystring = ReportsQuery()


class Decision(Strict):
    state = colander.SchemaNode(Text(), validator=colander.OneOf(DECIDED))
    note = colander.SchemaNode(Text(), missing="")


class DecisionInput(colander.MappingSchema):
    body = Decision()


class Hiding(Strict):
    reason = colander.SchemaNode(Text())


class HidingInput(colander.MappingSchema):
    body = Hiding()


def existing_report(request: Request, **_arguments: Any) -> None:
    """Validator: 404 comes before what is wrong with the input."""
    request.validated["report"] = request.container.list_reports().one(
        actor=request.actor, report_id=ReportId(request.matchdict["report_id"])
    )


@reports.post(
    schema=NewReportInput(),
    permission="member",
    validators=(validated,),
    tags=["moderation"],
    operation_id="report",
    field_rules=fields.REPORT,
    response_schemas={
        202: Answer("The moderators will see it.", shapes.Accepted()),
        404: problem(404),
    },
)
def post_report(request: Request) -> dict[str, Any]:
    """Say that something is wrong. Reported again, it says what was said last.

    What the caller cannot see is 404.
    """
    given = request.validated["body"]
    request.container.report_content()(
        actor=request.actor,
        kind=ReportKind(given["kind"]),
        subject_id=given["id"],
        reason=ReportReason(given["reason"]),
        text=given["text"],
    )
    request.response.status = 202
    return ACCEPTED


@queue.get(
    schema=ReportsInput(),
    permission="moderator",
    validators=(validated,),
    tags=["moderation"],
    operation_id="list_reports",
    field_rules=fields.PAGE,
    response_schemas={200: Answer("A page of reports.", shapes.ReportList(), ("Link",))},
)
def get_reports(request: Request) -> dict[str, Any]:
    """Reports in a state, the newest first; those that wait if none is given."""
    page = request.container.list_reports()(
        actor=request.actor,
        page=page_request(request),
        state=ReportState(request.validated["querystring"]["state"]),
    )
    return list_of(request, [present_report(one) for one in page.items], page.next)


@report.patch(
    schema=DecisionInput(),
    permission="moderator",
    validators=(existing_report, validated),
    tags=["moderation"],
    operation_id="decide_report",
    field_rules=fields.DECISION,
    response_schemas={200: Answer("The report.", shapes.Report())},
)
def patch_report(request: Request) -> dict[str, Any]:
    """Say what came of it, and of all the others that wait about the same thing."""
    report_id = ReportId(request.matchdict["report_id"])
    given = request.validated["body"]
    request.container.decide_report()(
        actor=request.actor,
        report_id=report_id,
        state=ReportState(given["state"]),
        note=given["note"],
    )
    decided = request.container.list_reports().one(actor=request.actor, report_id=report_id)
    return present_report(decided)


@hidden.put(
    schema=HidingInput(),
    permission="moderator",
    validators=(visible_video, validated),
    tags=["moderation", "videos"],
    operation_id="hide_video",
    field_rules=fields.HIDING,
    response_schemas={204: Answer("The video is hidden.")},
)
def put_hidden(request: Request) -> Response:
    """Hide the video and every byte of it from everybody but its owner and moderators.

    The owner reads the reason.
    """
    request.container.hide_video()(
        actor=request.actor,
        video_id=VideoId(request.matchdict["video_id"]),
        reason=request.validated["body"]["reason"],
    )
    return HTTPNoContent()


@hidden.delete(
    permission="moderator",
    validators=(visible_video, validated),
    tags=["moderation", "videos"],
    operation_id="unhide_video",
    response_schemas={204: Answer("The video is not hidden.")},
)
def delete_hidden(request: Request) -> Response:
    """Let the video be seen again by everybody who may; ending nothing is fine."""
    request.container.unhide_video()(
        actor=request.actor, video_id=VideoId(request.matchdict["video_id"])
    )
    return HTTPNoContent()
