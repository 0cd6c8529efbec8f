"""Accounts: register, oneself, others."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.request import Request

from entrypoints.edge.presenters import present_self, present_user
from entrypoints.http.service import Service, Strict, Text, validated
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


class RegistrationInput(colander.MappingSchema):
    body = Registration()


@users.post(
    schema=RegistrationInput(), permission="anyone", validators=(validated,), tags=["users"]
)
def post_user(request: Request) -> dict[str, Any]:
    """Open an account; its channel comes with it."""
    user_id = request.container.register_user()(
        actor=request.actor, **request.validated["body"]
    )
    request.response.status = 201
    request.response.location = f"/api/v1/users/{user_id}"
    return present_self(request.container.read_user()(user_id=user_id))


@user.get(permission="anyone", validators=(validated,), tags=["users"])
def get_user(request: Request) -> dict[str, Any]:
    """The public profile."""
    return present_user(request.container.read_user()(user_id=request.matchdict["user_id"]))


@me.get(permission="member", validators=(validated,), tags=["users"])
def get_me(request: Request) -> dict[str, Any]:
    """The caller's account."""
    return present_self(request.viewer)
