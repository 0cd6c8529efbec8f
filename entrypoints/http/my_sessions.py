"""Where a member is signed in, and leaving for good."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.limits import limit_password
from entrypoints.edge.operations import Answer, problem
from entrypoints.edge.presenters import present_client, present_session
from entrypoints.http.service import Service, Strict, Text, validated
from entrypoints.http.users import me
from videohub_core.accounts.errors import NoSuchSession
from videohub_core.shared.ids import ID_PATTERN, FamilyId
from videohub_core.tokens.errors import NoSuchToken

sessions = Service(
    name="me.sessions", path="/api/v1/me/sessions", description="Where the caller is signed in"
)
session = Service(
    name="me.sessions.one",
    path=f"/api/v1/me/sessions/{{session_id:{ID_PATTERN}}}",
    description="A browser or a client that is signed in",
)


class Leaving(Strict):
    password = colander.SchemaNode(Text(), missing=None)


class LeavingInput(colander.MappingSchema):
    body = Leaving()


@sessions.get(
    permission="account",
    validators=(validated,),
    tags=["session"],
    operation_id="list_my_sessions",
    response_schemas={200: Answer("All of them.", shapes.SignedInList())},
)
def get_sessions(request: Request) -> dict[str, Any]:
    """The caller's browsers and clients that are signed in, each kind by its last use."""
    current = request.caller.session
    browsers = request.container.list_sessions()(actor=request.actor)
    clients = request.container.list_families()(actor=request.actor)
    return {
        "items": [
            *(present_session(one, current) for one in browsers),
            *(present_client(one) for one in clients),
        ],
        "next_cursor": None,
    }


@session.delete(
    permission="account",
    validators=(validated,),
    tags=["session"],
    operation_id="end_session",
    response_schemas={204: Answer("It is signed out.")},
)
def delete_session(request: Request) -> Response:
    """Sign a browser or a client out."""
    ended = request.matchdict["session_id"]
    with suppress(NoSuchSession):
        request.container.end_session()(actor=request.actor, session_id=ended)
        return HTTPNoContent()
    try:
        request.container.revoke_tokens()(actor=request.actor, family_id=FamilyId(ended))
    except NoSuchToken:
        raise NoSuchSession from None
    return HTTPNoContent()


@me.delete(
    schema=LeavingInput(),
    permission="account",
    validators=(validated,),
    tags=["users"],
    operation_id="delete_me",
    field_rules=fields.CREDENTIALS,
    response_schemas={
        204: Answer("The account is gone.", None, ("Clear-Site-Data",)),
        409: problem(409),
    },
)
def delete_me(request: Request) -> Response:
    """Delete the caller's account with its channel, videos, sessions and tokens.

    It takes the password; an account without one has to have signed in within ten minutes.
    """
    current = request.caller.session
    # Whoever took over a session does not find out its password here.
    limit_password(request.container, caller=request.caller)
    request.container.delete_account()(
        actor=request.actor,
        password=request.validated["body"]["password"],
        signed_in=current.created if current else None,
    )
    request.end_session()
    return HTTPNoContent(headers={"Clear-Site-Data": '"cookies", "storage"'})
