"""Blocking people: the question before, the button after, and whom one has blocked."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.http.pages.forms import limit_form, typed
from entrypoints.http.pages.pagers import page_request, pager
from entrypoints.http.pages.signing_in import own_path
from videohub_core.accounts.errors import NotYourself
from videohub_core.accounts.ports import UserView
from videohub_core.shared.ids import UserId


def has_blocked(request: Request, user_id: UserId | None) -> bool:
    """Tell whether the viewer has blocked somebody; strangers have blocked nobody."""
    if request.actor is None or user_id is None:
        return False
    return bool(request.container.has_blocked()(actor=request.actor, user_id=user_id))


@view_config(
    route_name="pages.block",
    request_method="GET",
    renderer="templates/block.jinja2",
    permission="member",
    ask_to_sign_in=True,
)
def confirm(request: Request) -> dict[str, Any]:
    if request.matchdict["user_id"] == request.actor.id:
        raise NotYourself
    return {"user": _user(request)}


@view_config(
    route_name="pages.block", request_method="POST", permission="member", ask_to_sign_in=True
)
def block(request: Request) -> Response:
    values, user = typed(request, "on", "return_to"), _user(request)
    container, blocks = request.container, values["on"] == "1"
    limit_form(request)
    change = container.block_user() if blocks else container.unblock_user()
    change(actor=request.actor, user_id=user.id)
    page = request.route_path("pages.channel", channel_id=user.channel.id)
    return HTTPSeeOther(own_path(values["return_to"] or page))


@view_config(
    route_name="pages.blocked",
    request_method="GET",
    renderer="templates/blocked.jinja2",
    permission="account",
    ask_to_sign_in=True,
)
def blocked(request: Request) -> dict[str, Any]:
    page = request.container.list_blocked()(actor=request.actor, page=page_request(request))
    return {"blocked": page.items, "pager": pager(request, page)}


def _user(request: Request) -> UserView:
    user: UserView = request.container.read_user()(user_id=request.matchdict["user_id"])
    return user
