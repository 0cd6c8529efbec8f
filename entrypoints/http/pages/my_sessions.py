"""Where a member is signed in."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge.presenters import present_client, present_session
from entrypoints.http.pages.clients import client_name
from entrypoints.http.pages.forms import limit_form
from videohub_core.accounts.errors import NoSuchSession
from videohub_core.shared.ids import FamilyId
from videohub_core.tokens.errors import NoSuchToken


@view_config(
    route_name="pages.sessions",
    request_method="GET",
    renderer="templates/sessions.jinja2",
    permission="account",
    ask_to_sign_in=True,
)
def sessions(request: Request) -> dict[str, Any]:
    found = _signed_in(request)
    for one in found:
        one["name"] = client_name(one["client"]) if one["client"] else None
    return {
        "sessions": found,
        "others": sum(not one["current"] for one in found),
        "said": {name for name in ("ended", "ended_others") if name in request.GET},
    }


@view_config(
    route_name="pages.sessions.end",
    request_method="POST",
    permission="account",
    ask_to_sign_in=True,
)
def end_session(request: Request) -> Response:
    limit_form(request)
    _end(request, request.matchdict["session_id"])
    return HTTPSeeOther(request.route_path("pages.sessions", _query={"ended": "1"}))


@view_config(
    route_name="pages.sessions.end_others",
    request_method="POST",
    permission="account",
    ask_to_sign_in=True,
)
def end_other_sessions(request: Request) -> Response:
    """Sign out everywhere but here."""
    limit_form(request)
    for one in _signed_in(request):
        if not one["current"]:
            _end(request, one["id"])
    return HTTPSeeOther(request.route_path("pages.sessions", _query={"ended_others": "1"}))


def _signed_in(request: Request) -> list[dict[str, Any]]:
    """Return browsers and clients, this browser first."""
    current = request.caller.session
    browsers = request.container.list_sessions()(actor=request.actor)
    clients = request.container.list_families()(actor=request.actor)
    found = [
        *(present_session(one, current) for one in browsers),
        *(present_client(one) for one in clients),
    ]
    return sorted(found, key=lambda one: not one["current"])


def _end(request: Request, session_id: str) -> None:
    """End a session of either kind; one that has ended is as it should be."""
    with suppress(NoSuchSession):
        request.container.end_session()(actor=request.actor, session_id=session_id)
        return
    with suppress(NoSuchToken):
        family_id = FamilyId(session_id)
        request.container.revoke_tokens()(actor=request.actor, family_id=family_id)
