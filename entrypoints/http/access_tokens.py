"""Personal access tokens: what a member gives their own programs."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.operations import CREATED, Answer, problem
from entrypoints.edge.presenters import present_access_token
from entrypoints.http.creation import created, done_once
from entrypoints.http.service import Service, Strict, Text, Whole, validated
from videohub_core.shared.ids import ID_PATTERN
from videohub_core.tokens.entities import AccessTokenDetails

access_tokens = Service(
    name="me.access_tokens",
    path="/api/v1/me/access-tokens",
    description="The caller's personal access tokens",
)
access_token = Service(
    name="me.access_tokens.one",
    path=f"/api/v1/me/access-tokens/{{token_id:{ID_PATTERN}}}",
    description="A personal access token",
)


class Scopes(colander.SequenceSchema):
    scope = colander.SchemaNode(Text())


class AccessTokenRequest(Strict):
    name = colander.SchemaNode(Text())
    scopes = Scopes()
    days = colander.SchemaNode(Whole(), missing=None)


class AccessTokenInput(colander.MappingSchema):
    body = AccessTokenRequest()


@access_tokens.get(
    permission="account",
    validators=(validated,),
    tags=["session"],
    operation_id="list_access_tokens",
    response_schemas={200: Answer("All of them.", shapes.AccessTokenList())},
)
def get_access_tokens(request: Request) -> dict[str, Any]:
    """The caller's tokens, freshest first; the tokens themselves are never shown again."""
    found = request.container.list_access_tokens()(actor=request.actor)
    return {"items": [present_access_token(token) for token in found], "next_cursor": None}


@access_tokens.post(
    schema=AccessTokenInput(),
    permission="account",
    validators=(validated,),
    tags=["session"],
    operation_id="create_access_token",
    field_rules=fields.ACCESS_TOKEN,
    request_headers=("Idempotency-Key",),
    response_schemas={
        201: Answer(
            "The token, at the only moment it is shown.", shapes.NewAccessToken(), CREATED
        ),
        409: problem(409),
    },
)
@done_once("access_tokens.post")
def post_access_token(request: Request) -> dict[str, Any]:
    """Make a token with scopes.

    `read` allows what reads, `upload` sending videos, `write` all that changes something
    but the account itself, `moderate` what the member's role allows besides.
    """
    details = AccessTokenDetails.checked(**request.validated["body"])
    made = request.container.create_access_token()(actor=request.actor, details=details)
    created(request, f"/api/v1/me/access-tokens/{made.view.id}")
    return {**present_access_token(made.view), "token": made.token}


@access_token.delete(
    permission="account",
    validators=(validated,),
    tags=["session"],
    operation_id="delete_access_token",
    response_schemas={204: Answer("The token is good for nothing any more.")},
)
def delete_access_token(request: Request) -> Response:
    """Delete a token."""
    request.container.remove_access_token()(
        actor=request.actor, token_id=request.matchdict["token_id"]
    )
    return HTTPNoContent()
