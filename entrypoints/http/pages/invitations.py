"""Moderators invite."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge.links import invitation_link
from entrypoints.http.pages.forms import Form, limit_form, typed
from entrypoints.http.pages.messages import INVITATION_STATES
from entrypoints.http.pages.pagers import page_request, pager
from videohub_core.invitations.entities import NOTE_MOST
from videohub_core.shared.errors import InvalidInput

PAGE = "templates/invitations.jinja2"


@view_config(
    route_name="pages.invitations",
    request_method="GET",
    renderer=PAGE,
    permission="moderator",
    ask_to_sign_in=True,
)
def invitations(request: Request) -> dict[str, Any]:
    return _page(request, Form())


@view_config(
    route_name="pages.invitations",
    request_method="POST",
    renderer=PAGE,
    permission="moderator",
    ask_to_sign_in=True,
)
def invite(request: Request) -> dict[str, Any]:
    """Make an invitation and show its link, which no later page can."""
    form = Form(typed(request, "email", "note"))
    limit_form(request)
    try:
        made = request.container.invite()(
            actor=request.actor,
            email=form.values["email"] or None,
            note=form.values["note"] or None,
        )
    except InvalidInput as error:
        form.refuse(request, error)
        request.response.status_int = 400
        return _page(request, form)
    link = invitation_link(request.container.settings().public_url, made.token)
    return _page(request, Form(), link=link, made_for=form.values["email"])


@view_config(
    route_name="pages.invitations.withdraw",
    request_method="POST",
    permission="moderator",
    ask_to_sign_in=True,
)
def withdraw(request: Request) -> Response:
    request.container.withdraw_invitation()(
        actor=request.actor, invitation_id=request.matchdict["invitation_id"]
    )
    return HTTPSeeOther(request.route_path("pages.invitations", _query={"withdrawn": "1"}))


def _page(request: Request, form: Form, **more: Any) -> dict[str, Any]:
    page = request.container.list_invitations()(actor=request.actor, page=page_request(request))
    states = {
        state: request.translations.gettext(text) for state, text in INVITATION_STATES.items()
    }
    return {
        "form": form,
        "invitations": page.items,
        "pager": pager(request, page),
        "states": states,
        "note_most": NOTE_MOST,
        "link": None,
        "withdrawn": request.method == "GET" and "withdrawn" in request.GET,
        **more,
    }
