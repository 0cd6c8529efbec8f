"""Tokens of clients that keep no cookies, and what verifies them."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.limits import limit_sign_in
from entrypoints.edge.operations import CREATED, Answer
from entrypoints.http.creation import created, done_once, of_caller
from entrypoints.http.security import check_csrf
from entrypoints.http.service import Service, Strict, Text, read, validated
from videohub_core.shared.errors import Unauthenticated
from videohub_core.tokens.use_cases.issue_tokens import TokenPair

KEYS_SECONDS = 300

tokens = Service(name="tokens", path="/api/v1/tokens", description="Tokens of clients")
refresh = Service(
    name="tokens.refresh", path="/api/v1/tokens/refresh", description="The next pair of tokens"
)
revoke = Service(
    name="tokens.revoke", path="/api/v1/tokens/revoke", description="The end of tokens"
)
keys = Service(
    name="tokens.keys", path="/.well-known/jwks.json", description="The keys that verify tokens"
)


class TokenRequest(Strict):
    email = colander.SchemaNode(Text(), missing=colander.drop)
    password = colander.SchemaNode(Text(), missing=colander.drop)


class Credentials(Strict):
    email = colander.SchemaNode(Text())
    password = colander.SchemaNode(Text())


class TokensInput(colander.MappingSchema):
    body = TokenRequest()


class RefreshToken(Strict):
    refresh_token = colander.SchemaNode(Text())


class RefreshInput(colander.MappingSchema):
    body = RefreshToken()


def of_account(request: Request) -> str:
    """Return whose keys these are: of the account that signs in, or of who is signed in."""
    email = request.validated["body"].get("email")
    return of_caller(request) if email is None else str(email.strip().lower())


def present_pair(pair: TokenPair) -> dict[str, Any]:
    return {
        "access_token": pair.access_token,
        "token_type": "Bearer",  # nosec B105 - a kind of token, not one
        "expires_in": pair.expires_in,
        "refresh_token": pair.refresh_token,
    }


@tokens.post(
    schema=TokensInput(),
    permission="sign_in",
    # With a password there is no cookie that could be misused; without one it is asked for.
    require_csrf=False,
    validators=(validated,),
    tags=["session"],
    operation_id="issue_tokens",
    field_rules=fields.CREDENTIALS,
    request_headers=("Idempotency-Key",),
    response_schemas={201: Answer("A pair of tokens.", shapes.TokenPair(), CREATED)},
)
@done_once("tokens.post", scope=of_account)
def post_tokens(request: Request) -> dict[str, Any]:
    """Get tokens for an e-mail and its password, or with `{}` for the present session.

    The access token goes into `Authorization: Bearer`; it lasts for minutes. The refresh
    token gets the next pair, once. With the session's cookie, the CSRF token is needed.
    """
    issue = request.container.issue_tokens()
    body = request.validated["body"]
    if body:
        credentials = read(Credentials(), body)
        limit_sign_in(
            request.container, email=credentials["email"], address=request.client_addr
        )
        pair = issue.for_password(**credentials, client=request.user_agent)
    else:
        if request.actor is None:
            raise Unauthenticated
        check_csrf(request)
        pair = issue(
            actor=request.actor, session=request.caller.token, client=request.user_agent
        )
    created(request, f"/api/v1/me/sessions/{pair.family_id}")
    return present_pair(pair)


@refresh.post(
    schema=RefreshInput(),
    permission="sign_in",
    require_csrf=False,
    validators=(validated,),
    tags=["session"],
    operation_id="refresh_tokens",
    field_rules=fields.REFRESH,
    response_schemas={200: Answer("The next pair of tokens.", shapes.TokenPair())},
)
def post_refresh(request: Request) -> dict[str, Any]:
    """Get the next pair for a refresh token, which is used up by it.

    One that is sent a second time ends the tokens of the whole client: somebody has a copy.
    """
    token = request.validated["body"]["refresh_token"]
    return present_pair(request.container.refresh_tokens()(refresh_token=token))


@revoke.post(
    schema=RefreshInput(),
    permission="sign_out",
    require_csrf=False,
    validators=(validated,),
    tags=["session"],
    operation_id="revoke_tokens",
    field_rules=fields.REFRESH,
    response_schemas={204: Answer("The tokens are good for nothing any more.")},
)
def post_revoke(request: Request) -> Response:
    """End a client's tokens; revoking what means nothing is no error (RFC 7009)."""
    token = request.validated["body"]["refresh_token"]
    request.container.revoke_tokens().by_token(refresh_token=token)
    return HTTPNoContent()


@keys.get(
    permission="anyone",
    validators=(validated,),
    tags=["session"],
    operation_id="get_keys",
    response_schemas={200: Answer("A JWK set (RFC 7517).", shapes.KeySet())},
)
def get_keys(request: Request) -> dict[str, Any]:
    """The public keys of the hub's access tokens."""
    request.response.headerlist.append(("Cache-Control", f"public, max-age={KEYS_SECONDS}"))
    return {"keys": list(request.container.read_public_keys()())}
