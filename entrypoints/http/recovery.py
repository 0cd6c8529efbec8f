"""Proving an e-mail, and choosing a new password, by links that are mailed."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.limits import limit_mail
from entrypoints.edge.operations import Answer
from entrypoints.http.service import Service, Strict, Text, validated

# What is none of the hub's secrets is a link that is not valid, whatever it looks like.
TOKEN_PATTERN = "[0-9A-Za-z_-]{1,128}"  # nosec B105 - a pattern

verifications = Service(
    name="verifications", path="/api/v1/email-verifications", description="Proofs of an e-mail"
)
verification = Service(
    name="verifications.one",
    path=f"/api/v1/email-verifications/{{token:{TOKEN_PATTERN}}}",
    description="A link that proves an e-mail",
)
resets = Service(
    name="resets", path="/api/v1/password-resets", description="Forgotten passwords"
)
reset = Service(
    name="resets.one",
    path=f"/api/v1/password-resets/{{token:{TOKEN_PATTERN}}}",
    description="A link to a new password",
)


class MailRequest(Strict):
    email = colander.SchemaNode(Text())


class MailRequestInput(colander.MappingSchema):
    body = MailRequest()


class PasswordReset(Strict):
    password = colander.SchemaNode(Text())


class PasswordResetInput(colander.MappingSchema):
    body = PasswordReset()


ACCEPTED = {"status": "accepted"}


@verifications.post(
    schema=MailRequestInput(),
    permission="recovery",
    validators=(validated,),
    tags=["recovery"],
    operation_id="request_email_verification",
    field_rules=fields.MAIL_REQUEST,
    response_schemas={202: Answer("A mail leaves if there is a need.", shapes.Accepted())},
)
def post_verification(request: Request) -> dict[str, Any]:
    """Have the mail sent again that proves an e-mail.

    The answer is the same whether there is an account that waits for it or not.
    """
    return _requested(request, request.container.request_verification())


@verification.post(
    permission="recovery",
    validators=(validated,),
    tags=["recovery"],
    operation_id="verify_email",
    response_schemas={204: Answer("The e-mail is proved.")},
)
def post_proof(request: Request) -> Response:
    """Follow the link of such a mail; it works once.

    A link that is not valid any more is 400 `link_not_valid`.
    """
    request.container.confirm_email()(token=request.matchdict["token"])
    return HTTPNoContent()


@resets.post(
    schema=MailRequestInput(),
    permission="recovery",
    validators=(validated,),
    tags=["recovery"],
    operation_id="request_password_reset",
    field_rules=fields.MAIL_REQUEST,
    response_schemas={202: Answer("A mail leaves if there is an account.", shapes.Accepted())},
)
def post_reset(request: Request) -> dict[str, Any]:
    """Ask for a link to a new password.

    The answer is the same whether there is an account or not.
    """
    return _requested(request, request.container.request_password_reset())


@reset.post(
    schema=PasswordResetInput(),
    permission="recovery",
    validators=(validated,),
    tags=["recovery"],
    operation_id="reset_password",
    field_rules=fields.PASSWORD_RESET,
    response_schemas={204: Answer("The password is changed; sessions and tokens have ended.")},
)
def post_new_password(request: Request) -> Response:
    """Choose a new password by the link of such a mail; it works once.

    A link that is not valid any more is 400 `link_not_valid`.
    """
    request.container.reset_password()(
        token=request.matchdict["token"],
        password=request.validated["body"]["password"],
        locale=request.locale_name,
    )
    return HTTPNoContent()


def _requested(request: Request, use_case: Any) -> dict[str, Any]:
    limit_mail(request.container, address=request.client_addr)
    use_case(email=request.validated["body"]["email"], locale=request.locale_name)
    request.response.status = 202
    return ACCEPTED
