"""Sign in, sign out, and who I am."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.limits import limit_sign_in
from entrypoints.edge.operations import CREATED, Answer
from entrypoints.edge.presenters import present_self
from entrypoints.http.creation import created, done_once
from entrypoints.http.service import Service, Strict, Text, validated

csrf = Service(name="csrf", path="/api/v1/csrf", description="The CSRF token of this browser")
session = Service(
    name="session", path="/api/v1/session", description="The session of this browser"
)


class Credentials(Strict):
    email = colander.SchemaNode(Text())
    password = colander.SchemaNode(Text())


class SignInInput(colander.MappingSchema):
    body = Credentials()


def of_account(request: Request) -> str:
    """Return whose keys these are: the browser's cookies change by signing in."""
    return str(request.validated["body"]["email"].strip().lower())


@csrf.get(
    permission="anyone",
    validators=(validated,),
    tags=["session"],
    operation_id="get_csrf_token",
    response_schemas={200: Answer("The token of this browser.", shapes.CsrfToken())},
)
def get_csrf(request: Request) -> dict[str, Any]:
    """The token that unsafe methods need, as header `X-CSRF-Token`."""
    return {"csrf_token": request.csrf_token}


@session.get(
    permission="anyone",
    validators=(validated,),
    tags=["session"],
    operation_id="get_session",
    response_schemas={200: Answer("The session, or that there is none.", shapes.Session())},
)
def get_session(request: Request) -> dict[str, Any]:
    """Whether the caller is signed in, and as whom; a bearer's end is in its token."""
    viewer, found = request.viewer, request.caller.session
    return {
        "authenticated": viewer is not None,
        "user": present_self(viewer) if viewer else None,
        "expires_at": found.expires_at if found else None,
        "csrf_token": request.csrf_token,
    }


@session.post(
    schema=SignInInput(),
    permission="sign_in",
    validators=(validated,),
    tags=["session"],
    operation_id="sign_in",
    field_rules=fields.CREDENTIALS,
    request_headers=("Idempotency-Key",),
    response_schemas={
        201: Answer("The session; its cookie is set.", shapes.Session(), CREATED)
    },
)
@done_once("session.post", scope=of_account)
def post_session(request: Request) -> dict[str, Any]:
    """Sign in with e-mail and password."""
    body = request.validated["body"]
    limit_sign_in(
        request.container,
        email=body["email"],
        address=request.client_addr,
        device=request.device,
    )
    signed_in = request.container.sign_in()(
        email=body["email"],
        password=body["password"],
        replaces=request.caller.token,
        client=request.user_agent,
    )
    token = request.start_session(signed_in)
    request.remember_device(body["email"])
    created(request, "/api/v1/session")
    return {
        "authenticated": True,
        "user": present_self(request.container.read_user()(user_id=signed_in.user_id)),
        "expires_at": signed_in.expires_at,
        "csrf_token": token,
    }


@session.delete(
    permission="sign_out",
    validators=(validated,),
    tags=["session"],
    operation_id="sign_out",
    response_schemas={204: Answer("There is no session.", None, ("Clear-Site-Data",))},
)
def delete_session(request: Request) -> Response:
    """Sign out; signing out twice is signing out once."""
    request.end_session()
    return HTTPNoContent(headers={"Clear-Site-Data": '"cookies", "storage"'})
