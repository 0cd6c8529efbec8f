"""Accounts in the care of moderators and admins, and the log of what was done to them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge.problems import status_of
from entrypoints.http.pages.forms import Form, limit_form, typed
from entrypoints.http.pages.messages import (
    ACTS,
    BAN_LENGTHS,
    GOVERNED,
    ROLES,
    advice_text,
    problem_text,
    translated,
)
from entrypoints.http.pages.pagers import page_request, pager
from videohub_core.accounts.entities import BAN_REASON_MOST, UserQuery
from videohub_core.accounts.errors import LastAdmin, NoSuchUser, NotYourself
from videohub_core.accounts.policies import governs
from videohub_core.accounts.ports import UserView
from videohub_core.moderation.ports import AuditView
from videohub_core.shared.actor import OPERATOR, Role
from videohub_core.shared.errors import DomainError, FieldError, InvalidInput, NotAllowed
from videohub_core.shared.ids import ID_PATTERN, UserId

BAN = "templates/ban.jinja2"
ROLE = "templates/role.jinja2"
DELETE = "templates/delete_user.jinja2"

FOREVER = "forever"
REFUSALS = (LastAdmin, NotAllowed, NotYourself)
FILTERS = ("q", "role", "banned")

Page = dict[str, Any]


@view_config(
    route_name="pages.users",
    request_method="GET",
    renderer="templates/users.jinja2",
    permission="moderator",
    ask_to_sign_in=True,
)
def users(request: Request) -> Page:
    kept = _filters(request)
    role = next((role for role in Role if role.value == kept.get("role")), None)
    query = UserQuery(role=role, banned="banned" in kept, text=kept.get("q", ""))
    page = request.container.list_users()(
        actor=request.actor, query=query, page=page_request(request)
    )
    return {
        "users": page.items,
        "governed": {
            user.id
            for user in page.items
            if user.id != request.actor.id and governs(request.actor, user.role)
        },
        "is_admin": request.actor.role is Role.ADMIN,
        "pager": pager(request, page, **kept),
        "filters": kept,
        "role": role,
        "roles": translated(request.translations, ROLES),
        "said": _said(request),
    }


@view_config(
    route_name="pages.users.ban",
    request_method="GET",
    renderer=BAN,
    permission="moderator",
    ask_to_sign_in=True,
)
def ban_form(request: Request) -> Page:
    return _ban_page(request, _user(request), Form({"lasts": "1"}))


@view_config(
    route_name="pages.users.ban",
    request_method="POST",
    renderer=BAN,
    permission="moderator",
    ask_to_sign_in=True,
)
def ban(request: Request) -> Page | Response:
    user, form = _user(request), Form(typed(request, "reason", "lasts"))
    limit_form(request)
    try:
        request.container.ban_user()(
            actor=request.actor,
            user_id=user.id,
            reason=form.values["reason"],
            until=_end_of_ban(form.values["lasts"], request.container.clock().now()),
        )
    except InvalidInput as error:
        form.refuse(request, error)
        request.response.status_int = 400
        return _ban_page(request, user, form)
    except REFUSALS as error:
        _refuse(request, form, error)
        return _ban_page(request, user, form)
    return _done(request, "banned")


@view_config(
    route_name="pages.users.unban",
    request_method="POST",
    permission="moderator",
    ask_to_sign_in=True,
)
def unban(request: Request) -> Response:
    limit_form(request)
    request.container.unban_user()(actor=request.actor, user_id=_id(request))
    return _done(request, "unbanned")


@view_config(
    route_name="pages.users.role",
    request_method="GET",
    renderer=ROLE,
    permission="admin",
    ask_to_sign_in=True,
)
def role_form(request: Request) -> Page:
    user = _user(request)
    return _role_page(request, user, Form({"role": user.role.value}))


@view_config(
    route_name="pages.users.role",
    request_method="POST",
    renderer=ROLE,
    permission="admin",
    ask_to_sign_in=True,
)
def change_role(request: Request) -> Page | Response:
    user, form = _user(request), Form(typed(request, "role"))
    limit_form(request)
    try:
        role = _chosen_role(form.values["role"])
        request.container.change_role()(actor=request.actor, user_id=user.id, role=role)
    except InvalidInput as error:
        form.refuse(request, error)
        request.response.status_int = 400
        return _role_page(request, user, form)
    except REFUSALS as error:
        _refuse(request, form, error)
        return _role_page(request, user, form)
    return _done(request, "same_role" if role is user.role else "role")


@view_config(
    route_name="pages.users.delete",
    request_method="GET",
    renderer=DELETE,
    permission="admin",
    ask_to_sign_in=True,
)
def confirm_delete(request: Request) -> Page:
    return _page(request, _user(request), Form())


@view_config(
    route_name="pages.users.delete",
    request_method="POST",
    renderer=DELETE,
    permission="admin",
    ask_to_sign_in=True,
)
def delete_user(request: Request) -> Page | Response:
    user, form = _user(request), Form()
    limit_form(request)
    try:
        if user.id == request.actor.id:
            # One's own account goes with its password, in the settings.
            raise NotYourself
        request.container.delete_account().of_another(actor=request.actor, user_id=user.id)
    except REFUSALS as error:
        _refuse(request, form, error)
        return _page(request, user, form)
    return _done(request, "deleted")


@dataclass(frozen=True)
class Act:
    """An act as the page words it; `subject` and `actor` are names, or ids of who is gone."""

    what: str
    subject: str
    actor: str | None
    """None for whoever left by themselves."""
    at: datetime
    role: str | None = None
    until: datetime | None = None
    detail: str | None = None


@view_config(
    route_name="pages.audit",
    request_method="GET",
    renderer="templates/audit.jinja2",
    permission="moderator",
    ask_to_sign_in=True,
)
def audit(request: Request) -> Page:
    page = request.container.read_audit()(actor=request.actor, page=page_request(request))
    return {
        "acts": [_worded(request, act) for act in page.items],
        "pager": pager(request, page),
    }


def _worded(request: Request, act: AuditView) -> Act:
    gettext = request.translations.gettext
    until, role, detail = None, None, act.detail
    if act.action == "ban":
        until, detail = _parts_of_ban(act.detail or "")
    elif act.action == "change_role":
        roles = {role.value: gettext(text) for role, text in ROLES.items()}
        role, detail = roles.get(act.detail or "", act.detail), None
    actor = act.actor_name or act.actor_id
    if act.actor_id == OPERATOR.id:
        actor = gettext("whoever runs the hub")
    return Act(
        what=gettext(ACTS[act.action]) if act.action in ACTS else act.action,
        subject=act.subject_name or act.subject_id,
        actor=None if act.actor_id == act.subject_id else actor,
        at=act.at,
        role=role,
        until=until,
        detail=detail or None,
    )


def _parts_of_ban(detail: str) -> tuple[datetime | None, str]:
    """Return the end of a ban and its reason, from what the log says."""
    found = re.fullmatch(r"until (\S+?)(?:: (.*))?", detail)
    if found is not None:
        # A reason may begin like an end: what no page could show as a time is none.
        with suppress(ValueError, OverflowError):
            return datetime.fromisoformat(found[1]).astimezone(UTC), found[2] or ""
    return None, detail


def _id(request: Request) -> UserId:
    return UserId(request.matchdict["user_id"])


def _user(request: Request) -> UserView:
    found: UserView = request.container.read_user()(user_id=_id(request))
    return found


def _filters(request: Request) -> dict[str, str]:
    """Return what the list is narrowed to, which every way back to it keeps."""
    given = {name: request.GET.get(name, "").strip() for name in FILTERS}
    return {name: value for name, value in given.items() if value}


def _done(request: Request, what: str) -> Response:
    query = {**_filters(request), "done": what, "user": _id(request)}
    return HTTPSeeOther(request.route_path("pages.users", _query=query))


def _said(request: Request) -> str | None:
    """Return in words what has just been done."""
    done, user_id = request.GET.get("done", ""), request.GET.get("user", "")
    if done == "deleted":
        return str(request.translations.gettext("The account is deleted."))
    if done not in GOVERNED or not re.fullmatch(ID_PATTERN, user_id):
        return None
    try:
        user = request.container.read_user()(user_id=UserId(user_id))
    except NoSuchUser:
        return None
    return str(request.translations.gettext(GOVERNED[done]) % {"name": user.display_name})


def _end_of_ban(lasts: str, now: datetime) -> datetime | None:
    if lasts not in BAN_LENGTHS:
        error = FieldError("/lasts", "invalid_choice", "This is none of the choices.")
        raise InvalidInput([error])
    return None if lasts == FOREVER else now + timedelta(days=int(lasts))


def _chosen_role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError:
        error = FieldError("/role", "invalid_choice", "There is no such role.")
        raise InvalidInput([error]) from None


def _refuse(request: Request, form: Form, error: DomainError) -> None:
    text = problem_text(request.translations, error.code)
    form.problem = f"{text} {advice_text(request.translations, error.code)}"
    request.response.status_int = status_of(error)


def _page(request: Request, user: UserView, form: Form, **more: Any) -> Page:
    kept: Mapping[str, str] = _filters(request)
    back = request.route_path("pages.users", _query=kept)
    return {"user": user, "form": form, "filters": kept, "back": back, **more}


def _ban_page(request: Request, user: UserView, form: Form) -> Page:
    lengths = translated(request.translations, BAN_LENGTHS)
    return _page(request, user, form, lengths=lengths, reason_most=BAN_REASON_MOST)


def _role_page(request: Request, user: UserView, form: Form) -> Page:
    roles = translated(request.translations, {role.value: text for role, text in ROLES.items()})
    return _page(request, user, form, roles=roles)
