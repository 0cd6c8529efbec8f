"""What moderators and admins do with accounts, and the log of it."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.operations import Answer, problem
from entrypoints.edge.presenters import present_act, present_listed_user
from entrypoints.http.service import (
    Moment,
    PageQuery,
    Service,
    Strict,
    Text,
    YesOrNo,
    list_of,
    page_request,
    validated,
)
from entrypoints.http.users import user, users
from videohub_core.accounts.entities import UserQuery
from videohub_core.shared.actor import Role
from videohub_core.shared.ids import ID_PATTERN, UserId

ROLES = [role.value for role in Role]

ban = Service(
    name="users.ban", path=f"/api/v1/users/{{user_id:{ID_PATTERN}}}/ban", description="A ban"
)
audit = Service(
    name="moderation.audit", path="/api/v1/moderation/audit", description="What was done"
)


class UsersQuery(PageQuery):
    search = colander.SchemaNode(Text(), missing="")
    role = colander.SchemaNode(Text(), missing=None, validator=colander.OneOf(ROLES))
    banned = colander.SchemaNode(YesOrNo(), missing=False)


class UsersInput(colander.MappingSchema):
    querystring = UsersQuery()


class AuditInput(colander.MappingSchema):
    querystring = PageQuery()


class Ban(Strict):
    reason = colander.SchemaNode(Text())
    until = colander.SchemaNode(Moment(), missing=None)


class BanInput(colander.MappingSchema):
    body = Ban()


class RoleChange(Strict):
    role = colander.SchemaNode(Text(), validator=colander.OneOf(ROLES))


class RoleInput(colander.MappingSchema):
    body = RoleChange()


def existing_user(request: Request, **_arguments: Any) -> None:
    """Validator: 404 comes before what is wrong with the input."""
    request.validated["user"] = request.container.read_user()(user_id=_id(request))


def _id(request: Request) -> UserId:
    return UserId(request.matchdict["user_id"])


@users.get(
    schema=UsersInput(),
    permission="moderator",
    validators=(validated,),
    tags=["moderation"],
    operation_id="list_users",
    field_rules=fields.USERS,
    response_schemas={200: Answer("A page of users.", shapes.ListedUserList(), ("Link",))},
)
def get_users(request: Request) -> dict[str, Any]:
    """All users, freshest first; e-mails are for admins alone."""
    query = request.validated["querystring"]
    role = Role(query["role"]) if query["role"] else None
    page = request.container.list_users()(
        actor=request.actor,
        query=UserQuery(role=role, banned=query["banned"], text=query["search"]),
        page=page_request(request),
    )
    items = [present_listed_user(found) for found in page.items]
    return list_of(request, items, page.next)


@user.patch(
    schema=RoleInput(),
    permission="admin",
    validators=(existing_user, validated),
    tags=["moderation"],
    operation_id="change_role",
    response_schemas={204: Answer("The user has that role."), 409: problem(409)},
)
def patch_user(request: Request) -> Response:
    """Give a user a role; whoever gets another one than before has to sign in again."""
    request.container.change_role()(
        actor=request.actor, user_id=_id(request), role=Role(request.validated["body"]["role"])
    )
    return HTTPNoContent()


@user.delete(
    permission="admin",
    validators=(existing_user, validated),
    tags=["moderation"],
    operation_id="delete_user",
    response_schemas={204: Answer("The account is gone."), 409: problem(409)},
)
def delete_user(request: Request) -> Response:
    """Delete somebody's account with all that is theirs."""
    request.container.delete_account().of_another(actor=request.actor, user_id=_id(request))
    return HTTPNoContent()


@ban.put(
    schema=BanInput(),
    permission="moderator",
    validators=(existing_user, validated),
    tags=["moderation"],
    operation_id="ban_user",
    field_rules=fields.BAN,
    response_schemas={204: Answer("The user is banned."), 409: problem(409)},
)
def put_ban(request: Request) -> Response:
    """Keep a user out, at once and everywhere; without `until`, for good.

    The user reads the reason whenever they are refused.
    Moderators ban members, admins everybody but themselves and the last admin.
    """
    request.container.ban_user()(
        actor=request.actor, user_id=_id(request), **request.validated["body"]
    )
    return HTTPNoContent()


@ban.delete(
    permission="moderator",
    validators=(existing_user, validated),
    tags=["moderation"],
    operation_id="unban_user",
    response_schemas={204: Answer("The user is not banned."), 409: problem(409)},
)
def delete_ban(request: Request) -> Response:
    """Let a user in again; ending no ban is fine."""
    request.container.unban_user()(actor=request.actor, user_id=_id(request))
    return HTTPNoContent()


@audit.get(
    schema=AuditInput(),
    permission="moderator",
    validators=(validated,),
    tags=["moderation"],
    operation_id="read_audit",
    field_rules=fields.PAGE,
    response_schemas={200: Answer("A page of acts.", shapes.ActList(), ("Link",))},
)
def get_audit(request: Request) -> dict[str, Any]:
    """What was done to accounts and by whom, the newest first."""
    page = request.container.read_audit()(actor=request.actor, page=page_request(request))
    return list_of(request, [present_act(act) for act in page.items], page.next)
