"""Rooms: those one is in, a new one, one of them, and who is in it."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.chat import present_member, present_room
from entrypoints.edge.operations import CREATED, Answer, problem
from entrypoints.http.creation import created, done_once
from entrypoints.http.service import (
    Moment,
    NeededWhole,
    OptionalText,
    PageQuery,
    Service,
    Strict,
    Text,
    an_id,
    list_of,
    page_request,
    validated,
)
from videohub_core.chat.entities import Restriction, RoomKind, RoomRole
from videohub_core.chat.policies import check_look_after
from videohub_core.chat.use_cases.restrict_user import FOR_GOOD
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.ids import ID_PATTERN, RoomId, UserId

_ROOM = f"/api/v1/chat/rooms/{{room_id:{ID_PATTERN}}}"

rooms = Service(
    name="chat.rooms", path="/api/v1/chat/rooms", description="The rooms that the caller is in"
)
room = Service(name="chat.room", path=_ROOM, description="A room to talk in")
members = Service(name="chat.members", path=f"{_ROOM}/members", description="Who is in a room")
member = Service(
    name="chat.member",
    path=f"{_ROOM}/members/{{user_id:{ID_PATTERN}}}",
    description="Somebody's place in a group",
)
mute = Service(
    name="chat.mute",
    path=f"{_ROOM}/mutes/{{user_id:{ID_PATTERN}}}",
    description="Whether somebody may only read in a room",
)
room_ban = Service(
    name="chat.ban",
    path=f"{_ROOM}/bans/{{user_id:{ID_PATTERN}}}",
    description="Whether somebody is kept out of a room",
)


class ListInput(colander.MappingSchema):
    querystring = PageQuery()


class NewRoom(Strict):
    kind = colander.SchemaNode(
        Text(), validator=colander.OneOf([RoomKind.PRIVATE.value, RoomKind.GROUP.value])
    )
    user_id = colander.SchemaNode(OptionalText(), missing=None, validator=an_id)
    title = colander.SchemaNode(OptionalText(), missing=None)
    member_ids = colander.SchemaNode(
        colander.Sequence(), colander.SchemaNode(Text(), validator=an_id), missing=()
    )


class NewRoomInput(colander.MappingSchema):
    body = NewRoom()


class RoomChange(Strict):
    title = colander.SchemaNode(Text(), missing=colander.drop)
    slow_seconds = colander.SchemaNode(NeededWhole(), missing=colander.drop)


class RoomChangeInput(colander.MappingSchema):
    body = RoomChange()


class Membership(Strict):
    role = colander.SchemaNode(
        Text(), missing=None, validator=colander.OneOf([role.value for role in RoomRole])
    )


class MembershipInput(colander.MappingSchema):
    body = Membership(missing={})


class Limit(Strict):
    until = colander.SchemaNode(Moment(), missing=None)


class LimitInput(colander.MappingSchema):
    body = Limit(missing={})


def visible_room(request: Request, **_arguments: Any) -> None:
    """Validator: a room that the caller may not know of is not there."""
    request.validated["room"] = request.container.read_room()(
        actor=request.actor, room_id=RoomId(request.matchdict["room_id"])
    )


def moderated_room(request: Request, **arguments: Any) -> None:
    """Validator: 404 and 403 come before what is wrong with the input."""
    visible_room(request, **arguments)
    check_look_after(request.actor, request.validated["room"].place)


def _presented(request: Request) -> dict[str, Any]:
    now = request.container.clock().now()
    return present_room(request.validated["room"], request.actor, now)


@rooms.get(
    schema=ListInput(),
    permission="member",
    validators=(validated,),
    tags=["chat"],
    operation_id="list_rooms",
    field_rules=fields.PAGE,
    response_schemas={200: Answer("A page of rooms.", shapes.RoomList(), ("Link",))},
)
def get_rooms(request: Request) -> dict[str, Any]:
    """The rooms of two and the groups that the caller is in, freshest first."""
    now = request.container.clock().now()
    page = request.container.list_rooms()(actor=request.actor, page=page_request(request))
    items = [present_room(one, request.actor, now) for one in page.items]
    return list_of(request, items, page.next)


@rooms.post(
    schema=NewRoomInput(),
    permission="member",
    validators=(validated,),
    tags=["chat"],
    operation_id="open_room",
    field_rules=fields.NEW_ROOM,
    request_headers=("Idempotency-Key",),
    response_schemas={
        200: Answer("The room of these two, which was there.", shapes.Room()),
        201: Answer("The new room.", shapes.Room(), CREATED),
        404: problem(404),
        409: problem(409),
    },
)
@done_once("chat.rooms.post")
def post_room(request: Request) -> dict[str, Any]:
    """Open the room of two, or make a group.

    A private room takes `user_id`: each pair has one, whoever asks. A group takes `title` and
    may take `member_ids`. The room beside a video needs no opening: its id is the video's.
    """
    body, actor = request.validated["body"], request.actor
    if body["kind"] == RoomKind.PRIVATE.value:
        _only(body, needed="user_id", unwanted=("title", "member_ids"))
        opened = request.container.open_private_room()(
            actor=actor, user_id=UserId(body["user_id"])
        )
        room_id, is_new, replayed = opened.id, opened.is_new, False
    else:
        _only(body, needed="title", unwanted=("user_id",))
        made = request.container.create_group()(
            actor=actor,
            title=body["title"],
            member_ids=[UserId(one) for one in body["member_ids"]],
            once=request.once,
        )
        room_id, is_new, replayed = RoomId(made.id), True, made.replayed
    if is_new:
        created(request, f"/api/v1/chat/rooms/{room_id}", replayed=replayed)
    request.matchdict["room_id"] = room_id
    visible_room(request)
    return _presented(request)


def _only(body: dict[str, Any], *, needed: str, unwanted: tuple[str, ...]) -> None:
    """Raise InvalidInput for what goes with the other kind of room."""
    if body[needed] is None:
        raise InvalidInput([FieldError(f"/{needed}", "required", "This is needed.")])
    wrong = [name for name in unwanted if body[name]]
    if wrong:
        detail = "This does not go with a room of this kind."
        raise InvalidInput([FieldError(f"/{name}", "invalid", detail) for name in wrong])


@room.get(
    permission="anyone",
    validators=(visible_room, validated),
    tags=["chat"],
    operation_id="get_room",
    response_schemas={200: Answer("The room.", shapes.Room())},
)
def get_room(request: Request) -> dict[str, Any]:
    """The room. The one beside a video has the video's id, and is there as long as that is."""
    return _presented(request)


@room.patch(
    schema=RoomChangeInput(),
    permission="member",
    validators=(moderated_room, validated),
    tags=["chat"],
    operation_id="edit_room",
    field_rules=fields.ROOM_CHANGE,
    response_schemas={200: Answer("The changed room.", shapes.Room())},
)
def patch_room(request: Request) -> dict[str, Any]:
    """Call a group otherwise, or let everyone wait between two messages.

    For the owner and moderators of a group, the owner of a video, and the hub's moderators
    beside videos. A room of two stays as it is.
    """
    given = request.validated["body"]
    if given:
        request.container.change_room()(
            actor=request.actor, room_id=request.matchdict["room_id"], **given
        )
        visible_room(request)
    return _presented(request)


@room.delete(
    permission="member",
    validators=(visible_room, validated),
    tags=["chat"],
    operation_id="delete_room",
    response_schemas={204: Answer("The group and all that was said in it are gone.")},
)
def delete_room(request: Request) -> Response:
    """Delete a group: for its owner and admins. Other rooms stay (403 `room_stays`)."""
    request.container.delete_room()(actor=request.actor, room_id=request.matchdict["room_id"])
    return HTTPNoContent()


@members.get(
    schema=ListInput(),
    permission="anyone",
    validators=(visible_room, validated),
    tags=["chat"],
    operation_id="list_members",
    field_rules=fields.PAGE,
    response_schemas={200: Answer("A page of members.", shapes.MemberList(), ("Link",))},
)
def get_members(request: Request) -> dict[str, Any]:
    """Who is in the room, those first who came first. Beside a video nobody is a member."""
    now = request.container.clock().now()
    page = request.container.list_members()(
        room=request.validated["room"], page=page_request(request)
    )
    return list_of(request, [present_member(one, now) for one in page.items], page.next)


@member.put(
    schema=MembershipInput(),
    permission="member",
    validators=(visible_room, validated),
    tags=["chat"],
    operation_id="put_member",
    response_schemas={204: Answer("They are in the group."), 409: problem(409)},
)
def put_member(request: Request) -> Response:
    """Invite somebody into a group, or give them another role there.

    The group's owner and moderators invite; its owner gives roles. Whoever is made the owner
    takes the group over.
    """
    role = request.validated["body"].get("role")
    request.container.put_member()(
        actor=request.actor,
        room_id=request.matchdict["room_id"],
        user_id=request.matchdict["user_id"],
        role=RoomRole(role) if role else None,
    )
    return HTTPNoContent()


@member.delete(
    permission="member",
    validators=(visible_room, validated),
    tags=["chat"],
    operation_id="remove_member",
    response_schemas={204: Answer("They are not in the group any more."), 409: problem(409)},
)
def delete_member(request: Request) -> Response:
    """Leave a group, or put somebody out of it who is below in rank.

    Its owner hands it over first (409 `owner_stays`). The last one takes the group along.
    """
    request.container.remove_member()(
        actor=request.actor,
        room_id=request.matchdict["room_id"],
        user_id=request.matchdict["user_id"],
    )
    return HTTPNoContent()


def _restrict(request: Request, restriction: Restriction, *, lift: bool = False) -> Response:
    until = None
    if not lift:
        until = request.validated["body"].get("until") or FOR_GOOD
    request.container.restrict_user()(
        actor=request.actor,
        room_id=request.matchdict["room_id"],
        user_id=request.matchdict["user_id"],
        restriction=restriction,
        until=until,
    )
    return HTTPNoContent()


@mute.put(
    schema=LimitInput(),
    permission="member",
    validators=(moderated_room, validated),
    tags=["chat"],
    operation_id="mute_user",
    field_rules=fields.ROOM_LIMIT,
    response_schemas={204: Answer("They may read, not write.")},
)
def put_mute(request: Request) -> Response:
    """Let somebody only read; without `until`, for good. For those who look after the room."""
    return _restrict(request, Restriction.MUTE)


@mute.delete(
    permission="member",
    validators=(moderated_room, validated),
    tags=["chat"],
    operation_id="unmute_user",
    response_schemas={204: Answer("They may write.")},
)
def delete_mute(request: Request) -> Response:
    """Let somebody write again; ending no mute is fine."""
    return _restrict(request, Restriction.MUTE, lift=True)


@room_ban.put(
    schema=LimitInput(),
    permission="member",
    validators=(moderated_room, validated),
    tags=["chat"],
    operation_id="ban_from_room",
    field_rules=fields.ROOM_LIMIT,
    response_schemas={204: Answer("They may not enter.")},
)
def put_room_ban(request: Request) -> Response:
    """Keep somebody out; without `until`, for good. They are no member of a group any more."""
    return _restrict(request, Restriction.BAN)


@room_ban.delete(
    permission="member",
    validators=(moderated_room, validated),
    tags=["chat"],
    operation_id="let_into_room",
    response_schemas={204: Answer("They may enter.")},
)
def delete_room_ban(request: Request) -> Response:
    """Let somebody in again; ending no ban is fine."""
    return _restrict(request, Restriction.BAN, lift=True)
