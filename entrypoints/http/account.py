"""What members change about their own account."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.limits import limit_mail, limit_password
from entrypoints.edge.operations import Answer
from entrypoints.edge.presenters import present_self
from entrypoints.http.conditional import changed_resource, check_unchanged
from entrypoints.http.service import OptionalText, Service, Strict, Text, validated
from entrypoints.http.users import me
from videohub_core.accounts.entities import AccountDetails

password = Service(
    name="me.password", path="/api/v1/me/password", description="The caller's password"
)


class AccountChange(Strict):
    """A merge patch: `null` removes what can be removed."""

    display_name = colander.SchemaNode(OptionalText(), missing=colander.drop)
    locale = colander.SchemaNode(OptionalText(), missing=colander.drop)
    phone = colander.SchemaNode(OptionalText(), missing=colander.drop)
    email = colander.SchemaNode(OptionalText(), missing=colander.drop)
    current_password = colander.SchemaNode(Text(), missing=colander.drop)


class AccountChangeInput(colander.MappingSchema):
    body = AccountChange()


class PasswordChange(Strict):
    current_password = colander.SchemaNode(Text())
    new_password = colander.SchemaNode(Text())


class PasswordChangeInput(colander.MappingSchema):
    body = PasswordChange()


@me.patch(
    schema=AccountChangeInput(),
    permission="account",
    validators=(validated,),
    tags=["users"],
    operation_id="edit_me",
    field_rules=fields.ACCOUNT_CHANGE,
    request_headers=("If-Match",),
    response_schemas={200: Answer("The changed account.", shapes.Self(), ("ETag",))},
)
def patch_me(request: Request) -> dict[str, Any]:
    """Change what is given (RFC 7396); `null` removes the phone and the locale.

    Another `email` needs `current_password`; an account without one has to have signed in
    within ten minutes. It waits as `pending_email` until the link
    that is mailed to it is followed; whether it has an account is not told.
    """
    changes = dict(request.validated["body"])
    seen = _seen(request)
    current = changes.pop("current_password", None)
    session = request.caller.session
    if current is not None:
        limit_password(request.container, caller=request.caller)
    if "email" in changes:
        limit_mail(request.container, address=request.client_addr)
    request.container.edit_account()(
        actor=request.actor,
        changes=changes,
        current_password=current,
        signed_in=session.created if session else None,
        locale=request.locale_name,
        seen=seen,
    )
    changed = request.container.read_user()(user_id=request.actor.id)
    return changed_resource(request, present_self(changed))


@password.put(
    schema=PasswordChangeInput(),
    permission="account",
    validators=(validated,),
    tags=["users"],
    operation_id="change_password",
    field_rules=fields.PASSWORD_CHANGE,
    response_schemas={204: Answer("Every other session has ended.")},
)
def put_password(request: Request) -> Response:
    """Choose another password. Every session ends but this one."""
    limit_password(request.container, caller=request.caller)
    request.container.change_password()(
        actor=request.actor,
        **request.validated["body"],
        keep=request.caller.token,
        locale=request.locale_name,
    )
    return HTTPNoContent()


def _seen(request: Request) -> AccountDetails | None:
    """Return what the caller has seen of the account, None if they do not say."""
    if "If-Match" not in request.headers:
        return None
    check_unchanged(request, present_self(request.viewer))
    details: AccountDetails = request.viewer.details
    return details
