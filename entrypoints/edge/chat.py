"""Rooms and messages as the contract calls them: for the REST API and for the chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from entrypoints.edge.presenters import present_person
from videohub_core.chat.policies import may_look_after, may_talk
from videohub_core.chat.ports import MemberView, MessageView, RoomView
from videohub_core.chat.use_cases.read_messages import ReadMessages
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import FieldError, InvalidInput
from videohub_core.shared.paging import PAGE_LIMIT, PAGE_LIMIT_MOST

HISTORY_MOST = PAGE_LIMIT_MOST


def present_room(room: RoomView, actor: Actor | None, now: datetime) -> dict[str, Any]:
    """Return a room as the actor sees it."""
    place, video = room.place, room.place.video
    last = room.last_message
    return {
        "id": room.id,
        "kind": room.kind.value,
        "title": room.title,
        "user": room.other and present_person(room.other),
        "video": video and {"id": video.id, "title": video.title},
        "members": room.members,
        "role": place.role and place.role.value,
        "last_message": last and present_message(last, actor),
        "last_index": room.last_index,
        "last_at": room.last_at,
        "read_index": place.read_index if place.role else None,
        "unread": room.unread,
        "revision": room.revision,
        "slow_seconds": room.slow_seconds,
        "viewer": {
            "can_write": may_talk(actor, place, now),
            "can_moderate": actor is not None and may_look_after(actor, place),
            "muted_until": _still(place.muted_until, now),
        },
    }


def present_message(message: MessageView, actor: Actor | None) -> dict[str, Any]:
    """Return a message; its client id is for its author alone."""
    user = message.user
    is_own = actor is not None and user is not None and user.id == actor.id
    return {
        "room": message.room_id,
        "index": message.index,
        "user": user and present_person(user),
        "text": message.text,
        "at": message.at,
        "edited_at": message.edited_at,
        "deleted": message.deleted,
        "reply_to": message.reply_to,
        "client_id": message.client_id if is_own else None,
    }


def present_member(member: MemberView, now: datetime) -> dict[str, Any]:
    return {
        "user": present_person(member.user),
        "role": member.role.value,
        "since": member.since,
        "read_index": member.read_index,
        "muted_until": _still(member.muted_until, now),
    }


def _still(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and until > now else None


def stretch(
    reads: ReadMessages, room: RoomView, query: Mapping[str, int | None]
) -> Sequence[MessageView]:
    """Return the messages that a history query asks for; raise InvalidInput for a mixture."""
    places = [name for name in ("before", "after", "around") if query[name] is not None]
    if len(places) > 1:
        detail = "One of before, after and around will do."
        raise InvalidInput([FieldError(f"/{places[1]}", "invalid", detail)])
    limit = query["limit"] or PAGE_LIMIT
    if not places:
        return reads.latest(room=room, limit=limit)
    index = query[places[0]] or 0
    reading: Callable[..., Sequence[MessageView]] = getattr(reads, places[0])
    return reading(room=room, index=index, limit=limit)
