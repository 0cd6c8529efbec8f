"""Error pages."""

from __future__ import annotations

from http import HTTPStatus

from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.http.pages.messages import advice_text, problem_text
from entrypoints.http.pages.signing_in import own_address

_TEMPLATE = "entrypoints.http.pages:templates/error.jinja2"


def render_error_page(
    request: Request, status: int, code: str, *, request_id: str | None = None
) -> Response:
    """Return the page that says what went wrong and what to do next."""
    response = render_to_response(
        _TEMPLATE,
        {
            "status": status,
            "code": code,
            "text": problem_text(request.translations, code),
            "advice": advice_text(request.translations, code),
            "request_id": request_id or getattr(request, "request_id", None),
            "return_to": own_address(request) if request.method == "GET" else "/",
            "is_ours": status >= HTTPStatus.INTERNAL_SERVER_ERROR,
        },
        request=request,
    )
    response.status_int = status
    return response
