"""Tokens that members give their own programs."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge.problems import status_of
from entrypoints.http.pages.forms import Form, chosen, limit_form, typed
from entrypoints.http.pages.messages import (
    LIFETIMES,
    SCOPE_HINTS,
    SCOPES,
    advice_text,
    problem_text,
    translated,
)
from videohub_core.shared.actor import Role
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.tokens.entities import NAME_MOST, AccessTokenDetails, Scope
from videohub_core.tokens.errors import TooManyTokens

PAGE = "templates/access_tokens.jinja2"
NEVER = "never"
DAYS = {NEVER: None, **{choice: int(choice) for choice in LIFETIMES if choice != NEVER}}


@view_config(
    route_name="pages.access_tokens",
    request_method="GET",
    renderer=PAGE,
    permission="account",
    ask_to_sign_in=True,
)
def access_tokens(request: Request) -> dict[str, Any]:
    return _page(request, Form({"days": "90"}), ["read"])


@view_config(
    route_name="pages.access_tokens",
    request_method="POST",
    renderer=PAGE,
    permission="account",
    ask_to_sign_in=True,
)
def create_access_token(request: Request) -> dict[str, Any]:
    """Make a token and show it, which no later page can."""
    form, scopes = Form(typed(request, "name", "days")), chosen(request, "scopes")
    limit_form(request)
    try:
        details = _details(form, scopes)
        made = request.container.create_access_token()(actor=request.actor, details=details)
    except InvalidInput as error:
        form.refuse(request, error)
        request.response.status_int = 400
        return _page(request, form, scopes)
    except TooManyTokens as error:
        text = problem_text(request.translations, error.code)
        form.problem = f"{text} {advice_text(request.translations, error.code)}"
        request.response.status_int = status_of(error)
        return _page(request, form, scopes)
    return _page(request, Form({"days": "90"}), ["read"], made=made)


@view_config(
    route_name="pages.access_tokens.delete",
    request_method="POST",
    permission="account",
    ask_to_sign_in=True,
)
def delete_access_token(request: Request) -> Response:
    limit_form(request)
    request.container.remove_access_token()(
        actor=request.actor, token_id=request.matchdict["token_id"]
    )
    return HTTPSeeOther(request.route_path("pages.access_tokens", _query={"deleted": "1"}))


def _details(form: Form, scopes: list[str]) -> AccessTokenDetails:
    """Return what is asked for; raise InvalidInput with everything that is wrong with it."""
    days = form.values["days"]
    wrong = []
    if days not in DAYS:
        wrong = [FieldError("/days", "invalid_choice", "This is none of the choices.")]
    try:
        details = AccessTokenDetails.checked(
            name=form.values["name"], scopes=scopes, days=DAYS.get(days)
        )
    except InvalidInput as error:
        raise InvalidInput([*error.errors, *wrong]) from None
    if wrong:
        raise InvalidInput(wrong)
    return details


def _page(request: Request, form: Form, scopes: list[str], **more: Any) -> dict[str, Any]:
    translations = request.translations
    governs = request.viewer.role.includes(Role.MODERATOR)
    return {
        "form": form,
        "tokens": request.container.list_access_tokens()(actor=request.actor),
        "scope_names": translated(translations, SCOPES),
        "scope_hints": translated(translations, SCOPE_HINTS),
        "scope_choices": [s.value for s in Scope if governs or s is not Scope.MODERATE],
        "chosen": scopes,
        "lifetimes": translated(translations, LIFETIMES),
        "name_most": NAME_MOST,
        "now": request.container.clock().now(),
        "made": None,
        "deleted": request.method == "GET" and "deleted" in request.GET,
        **more,
    }
