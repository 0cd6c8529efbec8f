"""Storing what is said: many posts and read marks in one transaction.

A commit costs a sync of the disk, whatever is in it. The first to want one therefore takes
everybody along who waits; each of them still has their own answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from adapters.persistence.accounts import users
from adapters.persistence.channels import channels
from adapters.persistence.chat_places import Pair, RoomRow, held_rooms, places
from adapters.persistence.chat_rows import members, messages, rooms, standings
from adapters.persistence.database import Database, translated_errors
from adapters.persistence.unit_of_work import OutgoingHints
from videohub_core.accounts.entities import ban_holds
from videohub_core.accounts.errors import AccountBanned
from videohub_core.accounts.ports import ChannelRef, PublicUser
from videohub_core.chat.policies import check_enter, check_pace, check_talk
from videohub_core.chat.ports import MessageView, Place, Post, Posted, ReadMark
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.bus import Hint, Topic
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import DomainError, FieldError, InvalidInput, Unauthenticated
from videohub_core.shared.ids import RoomId, UserId

Said = Post | ReadMark
Outcome = Posted | int | DomainError
"""What became of it; of a read mark, how far it is read."""


@dataclass(frozen=True)
class _Author:
    user: PublicUser
    role: Role
    is_banned: bool
    ban_reason: str | None
    banned_until: datetime | None


@dataclass
class _Room:
    """A held room, and what this transaction adds to it."""

    row: RoomRow
    last_index: int
    last_at: datetime
    by: UserId | None = None
    added: list[MessageView] = field(default_factory=list)


class SqlPostStore:
    """Stores posts and read marks in the order in which they came, each by its own right."""

    def __init__(self, database: Database, clock: Clock, bus: OutgoingHints) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus

    def store(self, said: Sequence[Said]) -> tuple[list[Outcome], list[MessageView]]:
        """Return what became of each, in order, and the new messages; all is committed.

        Raise Unavailable, and then it is not known whether any of it is stored.
        """
        with translated_errors(), Session(self._database.writer) as session:
            batch = _Batch(session.connection(), said, self._clock.now())
            outcomes = [batch.take(one) for one in said]
            batch.write()
            with self._bus.leaving(session, batch.hints()):
                session.commit()
        return outcomes, batch.new


class _Batch:
    def __init__(self, connection: Connection, said: Sequence[Said], now: datetime) -> None:
        self._connection = connection
        self._now = now
        posts = [one for one in said if isinstance(one, Post)]
        found = held_rooms(connection, {one.room_id for one in said})
        self._rooms = {
            id_: _Room(row, row.last_index, row.last_at) for id_, row in found.items()
        }
        pairs = {(one.room_id, one.actor.id) for one in said}
        self._places = places(connection, found, pairs)
        self._authors = _authors(connection, {one.actor.id for one in said})
        self._sent = _sent(connection, posts)
        self._answered = _answered(connection, posts)
        self._spoke = _spoke(connection, found, pairs)
        self._spoke_now: dict[Pair, datetime] = {}
        self._read: dict[Pair, int] = {}
        self.new: list[MessageView] = []

    def take(self, one: Said) -> Outcome:
        try:
            if isinstance(one, Post):
                return self._post(one)
            return self._mark(one)
        except DomainError as error:
            return error

    def _post(self, post: Post) -> Posted:
        pair = (post.room_id, post.actor.id)
        author = self._author(post.actor)
        known = self._sent.get((*pair, post.client_id))
        if known is not None:
            return known
        actor = Actor(post.actor.id, author.role)
        place = check_talk(actor, self._places.get(pair), self._now)
        room = self._rooms[post.room_id]
        slow = room.row.slow_seconds
        check_pace(actor, place, slow, self._spoke.get(pair), self._now)
        self._check_answer(post, room)
        # A clock that was put back does not put messages out of order.
        at = max(self._now, room.last_at)
        room.last_index += 1
        room.last_at = at
        room.by = post.actor.id
        message = MessageView(
            room_id=post.room_id,
            index=room.last_index,
            user=author.user,
            text=post.text,
            at=at,
            reply_to=post.reply_to,
            client_id=post.client_id,
        )
        self.new.append(message)
        if post.client_id is not None:
            self._sent[(*pair, post.client_id)] = Posted(message.index, at, is_new=False)
        if slow:
            self._spoke[pair] = self._spoke_now[pair] = at
        if place.role is not None:
            # Whoever answers has read.
            self._read[pair] = message.index
        return Posted(message.index, at, is_new=True)

    def _author(self, actor: Actor) -> _Author:
        author = self._authors.get(actor.id)
        if author is None:
            raise Unauthenticated
        if ban_holds(author.is_banned, author.banned_until, self._now):
            raise AccountBanned(author.ban_reason, author.banned_until)
        return author

    def _check_answer(self, post: Post, room: _Room) -> None:
        if post.reply_to is None or (post.room_id, post.reply_to) in self._answered:
            return
        if not room.row.last_index < post.reply_to <= room.last_index:
            detail = "There is no such message in this room."
            raise InvalidInput([FieldError("/reply_to", "no_such_message", detail)])

    def _mark(self, mark: ReadMark) -> int:
        pair = (mark.room_id, mark.actor.id)
        place: Place = check_enter(mark.actor, self._places.get(pair), self._now)
        read = min(mark.index, self._rooms[mark.room_id].last_index)
        read = max(read, place.read_index, self._read.get(pair, 0))
        if place.role is not None and read > place.read_index:
            self._read[pair] = read
        return read

    def write(self) -> None:
        if self.new:
            self._connection.execute(insert(messages), [_row(one) for one in self.new])
            changed = [room for room in self._rooms.values() if room.by is not None]
            self._connection.execute(
                _ROOM_GROWS,
                [
                    {"of": room.row.id, "to": room.last_index, "now": room.last_at}
                    for room in changed
                ],
            )
        if self._read:
            self._connection.execute(
                _MEMBER_READS,
                [{"of": p[0], "by": p[1], "to": self._read[p]} for p in sorted(self._read)],
            )
        if self._spoke_now:
            self._connection.execute(
                _speaks(self._connection),
                [
                    {"room_id": pair[0], "user_id": pair[1], "spoke_at": at}
                    for pair, at in self._spoke_now.items()
                ],
            )

    def hints(self) -> list[Hint]:
        said = [
            Hint(Topic.ROOM, room.row.id, room.by, room.last_index)
            for room in self._rooms.values()
            if room.by is not None
        ]
        # Of a post everyone knows that its author has read so far.
        own = {(one.room_id, one.user.id): one.index for one in self.new if one.user}
        read = [
            Hint(Topic.READ, room_id, user_id, index)
            for (room_id, user_id), index in self._read.items()
            if own.get((room_id, user_id)) != index
        ]
        return said + read


_ROOM_GROWS = (
    update(rooms)
    .where(rooms.c.id == bindparam("of"))
    .values(last_index=bindparam("to"), last_at=bindparam("now"))
)
_MEMBER_READS = (
    update(members)
    .where(members.c.room_id == bindparam("of"), members.c.user_id == bindparam("by"))
    .values(read_index=bindparam("to"))
)


def _speaks(connection: Connection) -> Any:
    insert_ = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    statement = insert_(standings)
    return statement.on_conflict_do_update(
        index_elements=[standings.c.room_id, standings.c.user_id],
        set_={"spoke_at": statement.excluded.spoke_at},
    )


def _row(message: MessageView) -> dict[str, Any]:
    assert message.user is not None
    return {
        "room_id": message.room_id,
        "index": message.index,
        "user_id": message.user.id,
        "client_id": message.client_id,
        "text": message.text,
        "at": message.at,
        "reply_to": message.reply_to,
    }


def _authors(connection: Connection, ids: Iterable[UserId]) -> dict[UserId, _Author]:
    statement = (
        select(
            users.c.id,
            users.c.display_name,
            users.c.role,
            users.c.is_banned,
            users.c.ban_reason,
            users.c.banned_until,
            channels.c.id,
            channels.c.title,
        )
        .join(channels, channels.c.user_id == users.c.id)
        .where(users.c.id.in_(ids))
    )
    found = {}
    for id_, name, role, is_banned, reason, until, channel_id, title in connection.execute(
        statement
    ):
        user = PublicUser(id_, name, ChannelRef(channel_id, title))
        found[id_] = _Author(user, role, is_banned, reason, until)
    return found


def _sent(
    connection: Connection, posts: Sequence[Post]
) -> dict[tuple[RoomId, UserId, str | None], Posted]:
    keys = {(p.room_id, p.actor.id, p.client_id) for p in posts if p.client_id is not None}
    if not keys:
        return {}
    key = (messages.c.room_id, messages.c.user_id, messages.c.client_id)
    statement = select(*key, messages.c.index, messages.c.at).where(tuple_(*key).in_(keys))
    return {
        (row[0], row[1], row[2]): Posted(row[3], row[4], is_new=False)
        for row in connection.execute(statement)
    }


def _answered(connection: Connection, posts: Sequence[Post]) -> set[tuple[RoomId, int]]:
    """Return which of the messages that are answered there are, and not deleted."""
    keys = {(post.room_id, post.reply_to) for post in posts if post.reply_to is not None}
    if not keys:
        return set()
    key = (messages.c.room_id, messages.c.index)
    statement = select(*key).where(tuple_(*key).in_(keys), messages.c.deleted.is_(False))
    return {(row[0], row[1]) for row in connection.execute(statement)}


def _spoke(
    connection: Connection, found: dict[RoomId, RoomRow], pairs: Iterable[Pair]
) -> dict[Pair, datetime]:
    slow = [pair for pair in pairs if pair[0] in found and found[pair[0]].slow_seconds]
    if not slow:
        return {}
    key = (standings.c.room_id, standings.c.user_id)
    statement = select(*key, standings.c.spoke_at).where(
        tuple_(*key).in_(slow), standings.c.spoke_at.is_not(None)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(statement)}
