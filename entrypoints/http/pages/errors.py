"""Error pages."""

from __future__ import annotations

from http import HTTPStatus

from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.http.pages.messages import advice_text, problem_text
from entrypoints.http.pages.signing_in import own_address, own_path
from videohub_core.accounts.errors import AccountBanned, IdentityTaken
from videohub_core.identity.errors import (
    EmailOfAnotherAccount,
    InvalidLogin,
    LoginDenied,
    ProviderUnavailable,
)

_TRY_AGAIN = (InvalidLogin.code, LoginDenied.code, ProviderUnavailable.code)
_TRY_A_PASSWORD = (EmailOfAnotherAccount.code, IdentityTaken.code)
_TEMPLATE = "entrypoints.http.pages:templates/error.jinja2"


def render_error_page(
    request: Request, status: int, code: str, *, request_id: str | None = None
) -> Response:
    """Return the page that says what went wrong and what to do next."""
    error = getattr(request, "exception", None)
    response = render_to_response(
        _TEMPLATE,
        {
            "status": status,
            "code": code,
            "text": problem_text(request.translations, code),
            "advice": advice_text(request.translations, code),
            "request_id": request_id or getattr(request, "request_id", None),
            "return_to": _way_back(request),
            "may_sign_in_again": code in _TRY_AGAIN,
            "may_sign_in_here": code in _TRY_AGAIN + _TRY_A_PASSWORD,
            "ban": error if isinstance(error, AccountBanned) else None,
            "is_ours": status >= HTTPStatus.INTERNAL_SERVER_ERROR,
        },
        request=request,
    )
    response.status_int = status
    return response


def _way_back(request: Request) -> str:
    """Return the page to go on from: the one that a sign-in began on, or this one."""
    began_on: str | None = getattr(request, "return_to", None)
    if began_on is not None:
        return own_path(began_on)
    return own_address(request) if request.method == "GET" else "/"
