"""Invitations: make, see, take back."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.links import invitation_link
from entrypoints.edge.operations import CREATED, Answer
from entrypoints.edge.presenters import present_invitation
from entrypoints.http.conditional import single
from entrypoints.http.creation import created, done_once
from entrypoints.http.service import (
    OptionalText,
    PageQuery,
    Service,
    Strict,
    list_of,
    page_request,
    validated,
)
from videohub_core.shared.ids import ID_PATTERN

invitations = Service(
    name="invitations", path="/api/v1/invitations", description="Who may register"
)
invitation = Service(
    name="invitations.one",
    path=f"/api/v1/invitations/{{invitation_id:{ID_PATTERN}}}",
    description="An invitation",
)


class NewInvitation(Strict):
    email = colander.SchemaNode(OptionalText(), missing=None)
    note = colander.SchemaNode(OptionalText(), missing=None)


class NewInvitationInput(colander.MappingSchema):
    body = NewInvitation()


class InvitationsInput(colander.MappingSchema):
    querystring = PageQuery()


def own_invitation(request: Request, **_arguments: Any) -> None:
    """Validator: an invitation of somebody else is not there."""
    request.validated["invitation"] = request.container.read_invitation()(
        actor=request.actor, invitation_id=request.matchdict["invitation_id"]
    )


@invitations.post(
    schema=NewInvitationInput(),
    permission="moderator",
    validators=(validated,),
    tags=["invitations"],
    operation_id="invite",
    field_rules=fields.NEW_INVITATION,
    request_headers=("Idempotency-Key",),
    response_schemas={201: Answer("The invitation.", shapes.Invitation(), CREATED)},
)
@done_once("invitations.post")
def post_invitation(request: Request) -> dict[str, Any]:
    """Invite somebody; the link is told now and never again.

    It works once, for 7 days, and with `email` for that address only.
    """
    made = request.container.invite()(
        actor=request.actor, **request.validated["body"], once=request.once
    )
    created(request, f"/api/v1/invitations/{made.id}", replayed=made.token is None)
    link = made.token and invitation_link(request.settings.public_url, made.token)
    found = request.container.read_invitation()(actor=request.actor, invitation_id=made.id)
    return present_invitation(found, link)


@invitations.get(
    schema=InvitationsInput(),
    permission="moderator",
    validators=(validated,),
    tags=["invitations"],
    operation_id="list_invitations",
    field_rules=fields.PAGE,
    response_schemas={
        200: Answer("A page of invitations.", shapes.InvitationList(), ("Link",))
    },
)
def get_invitations(request: Request) -> dict[str, Any]:
    """The caller's invitations, freshest first; an admin sees everybody's."""
    page = request.container.list_invitations()(actor=request.actor, page=page_request(request))
    return list_of(request, [present_invitation(found) for found in page.items], page.next)


@invitation.get(
    permission="moderator",
    validators=(own_invitation, validated),
    tags=["invitations"],
    operation_id="get_invitation",
    request_headers=("If-None-Match",),
    response_schemas={200: Answer("The invitation.", shapes.Invitation(), ("ETag",))},
)
def get_invitation(request: Request) -> dict[str, Any]:
    """One invitation, without its link."""
    return single(request, present_invitation(request.validated["invitation"]))


@invitation.delete(
    permission="moderator",
    validators=(own_invitation, validated),
    tags=["invitations"],
    operation_id="withdraw_invitation",
    response_schemas={204: Answer("It lets nobody in any more.")},
)
def delete_invitation(request: Request) -> Response:
    """Take the invitation back; whoever came with it stays."""
    request.container.withdraw_invitation()(
        actor=request.actor, invitation_id=request.matchdict["invitation_id"]
    )
    return HTTPNoContent()
