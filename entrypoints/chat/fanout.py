"""From what is stored to those who listen: one for each process that serves the chat.

Each room that somebody here listens to is a channel with a cursor: how far its messages went
out. What this process stored itself arrives with the commit; hints say when another one did;
and once a second the heads of all channels are looked at, so that a hint may get lost. Each
listener has a cursor of its own: a message goes out if it is the next one, and otherwise what
is missing is read first. So order, gaplessness and once-ness hang on one comparison.

All of this runs on the loop; what reads the database does so in threads.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

from entrypoints.chat.frames import framed
from entrypoints.edge.chat import present_message
from entrypoints.edge.documents import encode
from videohub_core.chat.policies import check_enter
from videohub_core.chat.ports import (
    Head,
    MessageReader,
    MessageView,
    RoomReader,
    RoomVideo,
    RoomView,
)
from videohub_core.shared.actor import Actor
from videohub_core.shared.bus import Hint, Topic
from videohub_core.shared.clock import Clock
from videohub_core.shared.errors import DomainError, NotFound, Unavailable
from videohub_core.shared.ids import RoomId, UserId

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
_READ_AT_ONCE = 200

Result = TypeVar("Result")
InThread = Callable[[Callable[[], Any]], Awaitable[Any]]


class Socket(Protocol):
    """Where frames go; all of one member's rooms share it."""

    @property
    def actor(self) -> Actor: ...

    def send(self, data: bytes) -> None:
        """Write ready frames; a client that does not read is hung up on."""

    async def drained(self) -> None:
        """Wait until what was written is out; raise ConnectionError if it never will be."""

    def dismissed(self, room_id: RoomId, code: int) -> None:
        """Take note that a room's subscription is over, and tell the client."""


@dataclass(eq=False)
class Listener:
    """A socket's subscription to a room."""

    socket: Socket
    room_id: RoomId
    last: int
    """The index of the message that was sent to it last."""
    revision: int
    """Until which edits and deletions were sent to it."""
    is_behind: bool = False
    """Whether what is missing is being read for it."""


@dataclass(eq=False)
class _Channel:
    room_id: RoomId
    last_index: int
    revision: int
    state: int
    video: RoomVideo | None
    listeners: set[Listener] = field(default_factory=set)


class Fanout:
    """Sends what is said in rooms to those of this process who listen."""

    def __init__(
        self, rooms: RoomReader, messages: MessageReader, clock: Clock, in_thread: InThread
    ) -> None:
        self._rooms = rooms
        self._messages = messages
        self._clock = clock
        self._in_thread = in_thread
        self._channels: dict[RoomId, _Channel] = {}
        self._to_look: set[RoomId] = set()
        self._to_judge: set[RoomId] = set()
        self._videos_to_look_at: set[RoomId] = set()
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._spawn(self._keep_looking())

    def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()

    def join(
        self,
        socket: Socket,
        room: RoomView,
        after: int | None = None,
        revision: int | None = None,
    ) -> Listener:
        """Let a socket listen to a room that it may read, from now on.

        First it gets the messages after `after`, and those until there that were edited or
        deleted after `revision`.
        """
        channel = self._channels.get(room.id)
        if channel is None:
            heads = (room.last_index, room.revision, room.state)
            channel = _Channel(room.id, *heads, room.place.video)
            self._channels[room.id] = channel
        last = room.last_index if after is None else min(after, room.last_index)
        known = room.revision if revision is None else min(revision, room.revision)
        listener = Listener(socket, room.id, last, known)
        channel.listeners.add(listener)
        # Between the reading of the room and now, others may have changed it.
        self._catch_up(channel, listener)
        self._look([room.id])
        if room.state < channel.state:
            self._judge_soon(room.id)
        return listener

    def leave(self, listener: Listener) -> None:
        channel = self._channels.get(listener.room_id)
        if channel is not None:
            channel.listeners.discard(listener)
            if not channel.listeners:
                del self._channels[listener.room_id]

    def stored(self, messages: Sequence[MessageView]) -> None:
        """Pass on what this process has just stored."""
        of_rooms: dict[RoomId, list[MessageView]] = {}
        for message in messages:
            if message.room_id in self._channels:
                of_rooms.setdefault(message.room_id, []).append(message)
        for room_id, found in of_rooms.items():
            self._deliver(self._channels[room_id], found)

    def hinted(self, hint: Hint) -> None:
        """Look at what another process, or a use case of this one, says has changed."""
        room_id = RoomId(hint.key)
        channel = self._channels.get(room_id)
        if channel is None:
            return
        if hint.topic is Topic.READ:
            self._tell(channel, _read_frame(hint))
        elif hint.topic is Topic.TYPING:
            typing = {"op": "typing", "room": room_id, "user": hint.owner_id}
            self._tell(channel, framed(encode(typing)), but=hint.owner_id)
        elif hint.topic is Topic.ROOM:
            if not hint.version or hint.version > channel.last_index:
                self._look([room_id])
        elif hint.topic is Topic.VIDEO:
            self._videos_to_look_at.add(room_id)
            self._wake.set()

    def refill(self) -> None:
        """Look at everything: hints may have been lost."""
        self._look(self._channels)

    def _deliver(self, channel: _Channel, messages: Sequence[MessageView]) -> None:
        new = [one for one in messages if one.index > channel.last_index]
        if not new:
            return
        if new[0].index != channel.last_index + 1:
            # Another process was first with something between.
            self._look([channel.room_id])
            return
        channel.last_index = new[-1].index
        frames = [_frame("message", one) for one in new]
        together = b"".join(frames)
        first, last = new[0].index, new[-1].index
        own = {one.user.id for one in new if one.user is not None and one.client_id}
        for listener in list(channel.listeners):
            if listener.is_behind:
                continue
            if listener.last != first - 1:
                self._catch_up(channel, listener)
                continue
            listener.last = last
            if listener.socket.actor.id in own:
                listener.socket.send(_own_frames(new, frames, listener.socket.actor))
            else:
                listener.socket.send(together)

    def _tell(self, channel: _Channel, frame: bytes, but: UserId | None = None) -> None:
        for listener in list(channel.listeners):
            if not listener.is_behind and listener.socket.actor.id != but:
                listener.socket.send(frame)

    def _look(self, room_ids: Collection[RoomId]) -> None:
        if room_ids:
            self._to_look.update(room_ids)
            self._wake.set()

    def _judge_soon(self, room_id: RoomId) -> None:
        self._to_judge.add(room_id)
        self._wake.set()

    async def _keep_looking(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + LOOK_SECONDS
        while True:
            try:
                await asyncio.wait_for(self._wake.wait(), max(due - loop.time(), 0))
            except TimeoutError:
                due = loop.time() + LOOK_SECONDS
                self._to_look.update(self._channels)
                self._videos_to_look_at.update(self._channels)
            self._wake.clear()
            looked, self._to_look = self._to_look, set()
            videos, self._videos_to_look_at = self._videos_to_look_at, set()
            try:
                await self._look_at([one for one in looked if one in self._channels])
                await self._look_at_videos(videos)
                while self._to_judge:
                    await self._judge(self._to_judge.pop())
            except Unavailable:
                log.warning("the chat waits for the database")
            except Exception:
                # The next look may find what this one did not.
                log.exception("rooms could not be looked at")

    async def _look_at(self, room_ids: Sequence[RoomId]) -> None:
        if not room_ids:
            return
        heads = await self._in_thread(lambda: self._rooms.heads(room_ids))
        for room_id in room_ids:
            channel, head = self._channels.get(room_id), heads.get(room_id)
            if channel is None:
                continue
            if head is not None:
                await self._follow(channel, head)
            elif channel.video is None:
                self._dismiss_all(channel)

    async def _look_at_videos(self, room_ids: Collection[RoomId]) -> None:
        """Find out whether videos are still for those who are in the rooms beside them."""
        beside = [
            room_id
            for room_id in room_ids
            if room_id in self._channels and self._channels[room_id].video is not None
        ]
        found = await self._in_thread(
            lambda: {one: self._rooms.get(one, None) for one in beside}
        )
        for room_id, room in found.items():
            channel = self._channels.get(room_id)
            if channel is None:
                continue
            if room is None:
                self._dismiss_all(channel)
            elif room.place.video != channel.video:
                channel.video = room.place.video
                self._to_judge.add(room_id)

    async def _follow(self, channel: _Channel, head: Head) -> None:
        while channel.last_index < head.last_index:
            after = channel.last_index
            found = await self._in_thread(
                partial(
                    self._messages.after,
                    channel.room_id,
                    after,
                    _READ_AT_ONCE,
                    until=head.last_index,
                )
            )
            if not found:
                break
            self._deliver(channel, found)
        if channel.revision < head.revision:
            await self._follow_changes(channel, head.revision)
        for listener in list(channel.listeners):
            # The database may not have answered when it was brought up last.
            self._catch_up(channel, listener)
        if channel.state < head.state:
            channel.state = head.state
            self._to_judge.add(channel.room_id)
            changed = {"op": "member", "room": channel.room_id}
            self._tell(channel, framed(encode(changed)))

    async def _follow_changes(self, channel: _Channel, until: int) -> None:
        while channel.revision < until:
            after = channel.revision
            found = await self._in_thread(
                partial(self._messages.changed, channel.room_id, after, until, _READ_AT_ONCE)
            )
            channel.revision = until
            if len(found) == _READ_AT_ONCE:
                channel.revision = found[-1].revision or until
            for listener in list(channel.listeners):
                if listener.is_behind:
                    # It reads them by itself.
                    continue
                for message in found:
                    # What it is still to get it gets as it is now.
                    if message.index <= listener.last:
                        listener.socket.send(_changed(message))
                listener.revision = channel.revision

    async def _judge(self, room_id: RoomId) -> None:
        """End the subscriptions of those who may not read the room any more."""
        channel = self._channels.get(room_id)
        if channel is None:
            return
        ids = {one.socket.actor.id for one in channel.listeners}
        places = await self._in_thread(lambda: self._rooms.places(room_id, ids))
        now = self._clock.now()
        for listener in list(channel.listeners):
            actor = listener.socket.actor
            try:
                check_enter(actor, places.get(actor.id), now)
            except NotFound:
                self._dismiss(listener, NO_SUCH_ROOM if places else GONE)
            except DomainError:
                self._dismiss(listener, PUT_OUT)

    def _dismiss_all(self, channel: _Channel) -> None:
        for listener in list(channel.listeners):
            self._dismiss(listener, GONE)

    def _dismiss(self, listener: Listener, code: int) -> None:
        self.leave(listener)
        listener.socket.dismissed(listener.room_id, code)

    def _catch_up(self, channel: _Channel, listener: Listener) -> None:
        is_short = listener.last < channel.last_index
        if (is_short or listener.revision < channel.revision) and not listener.is_behind:
            listener.is_behind = True
            self._spawn(self._bring_up(channel, listener))

    async def _bring_up(self, channel: _Channel, listener: Listener) -> None:
        """Send a listener what is missing, at the pace at which it reads."""
        try:
            await self._bring_changes(channel, listener)
            while listener in channel.listeners and listener.last < channel.last_index:
                after, until = listener.last, channel.last_index
                found = await self._in_thread(
                    partial(
                        self._messages.after,
                        channel.room_id,
                        after,
                        _READ_AT_ONCE,
                        until=until,
                    )
                )
                if not found or listener not in channel.listeners:
                    break
                actor = listener.socket.actor
                listener.socket.send(b"".join(_frame("message", one, actor) for one in found))
                listener.last = found[-1].index
                await listener.socket.drained()
        except (Unavailable, ConnectionError):
            # It comes back, and says from where on.
            log.info("a listener could not be brought up")
        finally:
            listener.is_behind = False

    async def _bring_changes(self, channel: _Channel, listener: Listener) -> None:
        """Send a listener what became of the messages that it has already."""
        while listener in channel.listeners and listener.revision < channel.revision:
            after, until = listener.revision, channel.revision
            found = await self._in_thread(
                partial(self._messages.changed, channel.room_id, after, until, _READ_AT_ONCE)
            )
            for message in found:
                if message.index <= listener.last:
                    listener.socket.send(_changed(message))
            listener.revision = until
            if len(found) == _READ_AT_ONCE:
                listener.revision = found[-1].revision or until
            await listener.socket.drained()

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        # The loop holds tasks weakly.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


NO_SUCH_ROOM = 4404
PUT_OUT = 4403
GONE = 4410


def _changed(message: MessageView) -> bytes:
    return _frame("deleted" if message.deleted else "edited", message)


def _frame(op: str, message: MessageView, actor: Actor | None = None) -> bytes:
    return framed(encode({"op": op, **present_message(message, actor)}))


def _own_frames(
    messages: Sequence[MessageView], frames: Sequence[bytes], actor: Actor
) -> bytes:
    """Return the frames with the client ids of what the actor said among them."""
    return b"".join(
        _frame("message", message, actor)
        if message.user is not None and message.user.id == actor.id
        else frame
        for message, frame in zip(messages, frames, strict=True)
    )


def _read_frame(hint: Hint) -> bytes:
    read = {"op": "read", "room": hint.key, "user": hint.owner_id, "index": hint.version}
    return framed(encode(read))
