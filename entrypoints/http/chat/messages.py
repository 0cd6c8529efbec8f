"""Messages: what was said in a room, saying something, and how far one has read."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNoContent
from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge import fields, shapes
from entrypoints.edge.chat import HISTORY_MOST, present_message, stretch
from entrypoints.edge.limits import limit
from entrypoints.edge.operations import Answer
from entrypoints.http.chat.rooms import visible_room
from entrypoints.http.creation import created
from entrypoints.http.service import (
    Count,
    NeededWhole,
    OptionalText,
    Service,
    Strict,
    Text,
    Whole,
    validated,
)
from videohub_core.chat.entities import INDEX_MOST
from videohub_core.shared.ids import ID_PATTERN
from videohub_core.shared.paging import PAGE_LIMIT

_ROOM = f"/api/v1/chat/rooms/{{room_id:{ID_PATTERN}}}"

messages = Service(
    name="chat.messages", path=f"{_ROOM}/messages", description="What is said in a room"
)
message = Service(
    name="chat.message",
    path=f"{_ROOM}/messages/{{index:[0-9]{{1,9}}}}",
    description="A message",
)
read = Service(
    name="chat.read", path=f"{_ROOM}/read", description="How far the caller has read a room"
)


def _an_index(node: colander.SchemaNode, value: int | None) -> None:
    if value is not None:
        colander.Range(min=1, max=INDEX_MOST)(node, value)


class HistoryQuery(Strict):
    before = colander.SchemaNode(Count(), missing=None)
    after = colander.SchemaNode(Count(), missing=None)
    around = colander.SchemaNode(Count(), missing=None)
    limit = colander.SchemaNode(
        Count(), missing=PAGE_LIMIT, validator=colander.Range(min=1, max=HISTORY_MOST)
    )


class HistoryInput(colander.MappingSchema):
    querystring = HistoryQuery()


class NewMessage(Strict):
    text = colander.SchemaNode(Text())
    client_id = colander.SchemaNode(OptionalText(), missing=None)
    reply_to = colander.SchemaNode(Whole(), missing=None, validator=_an_index)


class NewMessageInput(colander.MappingSchema):
    body = NewMessage()


class MessageChange(Strict):
    text = colander.SchemaNode(Text())


class MessageChangeInput(colander.MappingSchema):
    body = MessageChange()


class ReadMark(Strict):
    index = colander.SchemaNode(NeededWhole(), validator=colander.Range(min=0, max=INDEX_MOST))


class ReadInput(colander.MappingSchema):
    body = ReadMark()


def _limit(request: Request) -> None:
    limit(request.container, kind="chat", caller=request.caller, address=request.client_addr)


@messages.get(
    schema=HistoryInput(),
    permission="anyone",
    validators=(visible_room, validated),
    tags=["chat"],
    operation_id="list_messages",
    field_rules=fields.HISTORY,
    response_schemas={200: Answer("Some messages, oldest first.", shapes.MessageList())},
)
def get_messages(request: Request) -> dict[str, Any]:
    """What was said: the latest, or `before`, `after` or `around` an index; oldest first.

    A message that was deleted keeps its place, without its words.
    """
    room, query = request.validated["room"], request.validated["querystring"]
    found = stretch(request.container.read_messages(), room, query)
    return {
        "items": [present_message(one, request.actor) for one in found],
        "last_index": room.last_index,
    }


@messages.post(
    schema=NewMessageInput(),
    permission="member",
    validators=(visible_room, validated),
    tags=["chat"],
    operation_id="post_message",
    field_rules=fields.NEW_MESSAGE,
    response_schemas={
        200: Answer("The message, which was stored before.", shapes.Message()),
        201: Answer("The message.", shapes.Message(), ("Location",)),
    },
)
def post_message(request: Request) -> dict[str, Any]:
    """Say something. It is stored when this answers.

    The same `client_id` of the same author in a room says it once, however often it is sent.
    """
    _limit(request)
    room_id = request.validated["room"].id
    posted = request.container.post_message()(
        actor=request.actor, room_id=room_id, **request.validated["body"]
    )
    if posted.is_new:
        created(request, f"{request.path}/{posted.index}")
    return _message(request, posted.index)


@message.get(
    permission="anyone",
    validators=(visible_room, validated),
    tags=["chat"],
    operation_id="get_message",
    response_schemas={200: Answer("The message.", shapes.Message())},
)
def get_message(request: Request) -> dict[str, Any]:
    """The message."""
    return _message(request, int(request.matchdict["index"]))


@message.patch(
    schema=MessageChangeInput(),
    permission="member",
    validators=(visible_room, validated),
    tags=["chat"],
    operation_id="edit_message",
    field_rules=fields.MESSAGE_CHANGE,
    response_schemas={200: Answer("The changed message.", shapes.Message())},
)
def patch_message(request: Request) -> dict[str, Any]:
    """Say it otherwise: for its author alone. Everyone sees that it was edited."""
    _limit(request)
    index = int(request.matchdict["index"])
    request.container.edit_message()(
        actor=request.actor,
        room_id=request.validated["room"].id,
        index=index,
        **request.validated["body"],
    )
    return _message(request, index)


@message.delete(
    permission="member",
    validators=(visible_room, validated),
    tags=["chat"],
    operation_id="delete_message",
    response_schemas={204: Answer("Its words are gone; its place stays.")},
)
def delete_message(request: Request) -> Response:
    """Delete it: for its author and those who look after the room."""
    request.container.delete_message()(
        actor=request.actor,
        room_id=request.validated["room"].id,
        index=int(request.matchdict["index"]),
    )
    return HTTPNoContent()


@read.put(
    schema=ReadInput(),
    permission="member",
    validators=(visible_room, validated),
    tags=["chat"],
    operation_id="mark_room_read",
    field_rules=fields.READ_MARK,
    response_schemas={204: Answer("It is read so far.")},
)
def put_read(request: Request) -> Response:
    """Say how far the caller has read. What is read stays read."""
    request.container.mark_read()(
        actor=request.actor,
        room_id=request.validated["room"].id,
        index=request.validated["body"]["index"],
    )
    return HTTPNoContent()


def _message(request: Request, index: int) -> dict[str, Any]:
    found = request.container.read_messages().one(room=request.validated["room"], index=index)
    return present_message(found, request.actor)
