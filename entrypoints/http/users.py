"""Accounts: register, oneself, others."""

from __future__ import annotations

from typing import Any

import colander
import orjson
from pyramid.request import Request

from entrypoints.edge import fields, shapes
from entrypoints.edge.limits import limit
from entrypoints.edge.operations import CREATED, Answer, problem
from entrypoints.edge.presenters import present_person, present_self
from entrypoints.http.conditional import single
from entrypoints.http.creation import created, done_once
from entrypoints.http.recovery import ACCEPTED
from entrypoints.http.service import OptionalText, Service, Strict, Text, validated
from videohub_core.shared.ids import ID_PATTERN

users = Service(name="users", path="/api/v1/users", description="Local accounts")
user = Service(
    name="users.one",
    path=f"/api/v1/users/{{user_id:{ID_PATTERN}}}",
    description="A user as others see them",
)
me = Service(name="me", path="/api/v1/me", description="The caller's own account")


class Registration(Strict):
    email = colander.SchemaNode(Text())
    password = colander.SchemaNode(Text())
    display_name = colander.SchemaNode(Text())
    invitation = colander.SchemaNode(OptionalText(), missing=None)


class RegistrationInput(colander.MappingSchema):
    body = Registration()


def may_register(request: Request, **_arguments: Any) -> None:
    """Validator: who may not register is told so before what is wrong with the input."""
    try:
        sent = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        sent = None
    invited = isinstance(sent, dict) and sent.get("invitation") is not None
    request.container.register_user().check_allowed(request.actor, invited=invited)


@users.post(
    schema=RegistrationInput(),
    permission="anyone",
    validators=(may_register, validated),
    tags=["users"],
    operation_id="register_user",
    field_rules=fields.REGISTRATION,
    request_headers=("Idempotency-Key",),
    response_schemas={
        201: Answer("The account.", shapes.Self(), CREATED),
        202: Answer("What came of it goes by mail.", shapes.Accepted()),
        409: problem(409),
    },
)
@done_once("users.post")
def post_user(request: Request) -> dict[str, Any]:
    """Open an account; its channel comes with it.

    Where e-mails are verified, the answer to a stranger is 202, whether the e-mail has an
    account or not: the mail says what to do next.
    """
    limit(
        request.container,
        kind="register",
        caller=request.caller,
        address=request.client_addr,
    )
    made = request.container.register_user()(
        actor=request.actor,
        **request.validated["body"],
        locale=request.locale_name,
        once=request.once,
    )
    if made is None:
        request.response.status = 202
        return ACCEPTED
    created(request, f"/api/v1/users/{made.id}", replayed=made.replayed)
    return present_self(request.container.read_user()(user_id=made.id))


@user.get(
    permission="anyone",
    validators=(validated,),
    tags=["users"],
    operation_id="get_user",
    request_headers=("If-None-Match",),
    response_schemas={200: Answer("The profile.", shapes.User(), ("ETag",))},
)
def get_user(request: Request) -> dict[str, Any]:
    """The public profile."""
    user = request.container.read_user()(user_id=request.matchdict["user_id"])
    return single(request, present_person(user))


@me.get(
    permission="member",
    validators=(validated,),
    tags=["users"],
    operation_id="get_me",
    request_headers=("If-None-Match",),
    response_schemas={200: Answer("The account.", shapes.Self(), ("ETag",))},
)
def get_me(request: Request) -> dict[str, Any]:
    """The caller's account."""
    return single(request, present_self(request.viewer))
