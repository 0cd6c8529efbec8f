"""One member's websocket: every room over one connection, subprotocol `hub.v1`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import msgspec
from tornado.iostream import StreamBufferFullError, StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from entrypoints.chat import frames
from entrypoints.chat.fanout import Fanout, Listener
from entrypoints.chat.frames import BadFrame, framed
from entrypoints.chat.pace import Pace
from entrypoints.edge import csrf, headers
from entrypoints.edge.actor import Caller, authorise, identify
from entrypoints.edge.documents import encode
from entrypoints.edge.errors import HostNotAllowed, InternalError
from entrypoints.edge.problems import make_problem
from videohub_core.accounts.errors import AccountBanned
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import DomainError, NotAllowed, Unavailable
from videohub_core.shared.ids import RoomId
from videohub_core.shared.rate_limit import TooManyRequests
from videohub_core.tokens.entities import Scope

log = logging.getLogger(__name__)

PROTOCOL = "hub.v1"
AUTH_SECONDS = 5.0
BUFFER_MOST = 256 << 10
"""So many bytes wait for a client that does not read; then it is hung up on."""
SOCKETS_MOST = 20
ROOMS_MOST = 1000
TYPING_SECONDS = 2.0
_BAD_FRAMES_MOST = 3
_REFUSALS_MOST = 3

BAD_PROTOCOL, UNAUTHENTICATED, BANNED, TOO_SLOW, TOO_MANY = 4400, 4401, 4403, 4408, 4429
UNSUPPORTED = 1003


class Hall:
    """What the sockets of one process share."""

    def __init__(self, container: Any, executor: Executor, fanout: Fanout) -> None:
        self.container = container
        self.executor = executor
        self.fanout = fanout
        self.sockets: set[ChatSocket] = set()
        self._of_user: Counter[str] = Counter()
        self._rate = container.settings().rate_limits["chat"]
        self._paces: WeakValueDictionary[str, Pace] = WeakValueDictionary()

    def is_full_of(self, user_id: str) -> bool:
        """Tell whether a member has as many sockets as they may."""
        return self._of_user[user_id] >= SOCKETS_MOST

    def enter(self, socket: ChatSocket) -> Pace:
        """Take a member's socket in; return their pace, which all their sockets share."""
        user_id = socket.actor.id
        self.sockets.add(socket)
        self._of_user[user_id] += 1
        pace = self._paces.get(user_id)
        if pace is None:
            pace = self._paces[user_id] = Pace(self._rate)
        return pace

    def leave(self, socket: ChatSocket) -> None:
        """Forget a socket; forgetting it again is fine."""
        if socket in self.sockets:
            self.sockets.discard(socket)
            self._of_user -= Counter([socket.actor.id])


class ChatSocket(WebSocketHandler):
    """`WS /websocket/chat`."""

    def initialize(self, hall: Hall) -> None:
        self.hall = hall
        self.container = hall.container
        self.hub_settings = hall.container.settings()
        self.caller = Caller()
        self.request_id = headers.new_request_id()
        self._credentials: tuple[dict[str, str], str | None] = ({}, None)
        self._listeners: dict[RoomId, Listener] = {}
        self._deadline: asyncio.TimerHandle | None = None
        self._pace: Pace | None = None
        self._typed: dict[RoomId, float] = {}
        self._bad_frames = 0
        self._refusals = 0
        self._is_open = False

    # How it begins.

    async def get(self, *arguments: Any, **options: Any) -> None:
        try:
            await self._admit()
        except DomainError as error:
            self._refuse(error)
            return
        await super().get(*arguments, **options)

    async def _admit(self) -> None:
        if not csrf.is_own_host(self.hub_settings, self.request.host):
            raise HostNotAllowed
        cookies = {name: morsel.value for name, morsel in self.request.cookies.items()}
        authorization = self.request.headers.get("Authorization")
        origin = self.request.headers.get("Origin")
        is_page = origin is not None or (cookies and authorization is None)
        # A page of another site may open a socket, and the browser sends our cookie along.
        if is_page and not csrf.is_own_origin(
            self.hub_settings, origin or "null", self.request.host
        ):
            raise NotAllowed("The request comes from a page of another site.")
        if cookies or authorization is not None:
            caller = await self._identified(cookies, authorization)
            if caller.viewer is not None and self.hall.is_full_of(caller.viewer.id):
                raise TooManyRequests(60)
            self.caller, self._credentials = caller, (cookies, authorization)

    async def _identified(self, cookies: dict[str, str], authorization: str | None) -> Caller:
        """Return who proves themselves so; raise what `authorise` raises."""
        caller: Caller = await self.in_thread(
            lambda: identify(self.container, cookies, authorization)
        )
        authorise(caller, "anyone")
        return caller

    def _refuse(self, error: DomainError) -> None:
        problem = make_problem(
            error, request_id=self.request_id, public_url=self.hub_settings.public_url
        )
        self.set_status(problem.status)
        for name, value in {**headers.api_headers(), **problem.headers}.items():
            self.set_header(name, value)
        self.finish(problem.body)

    def set_default_headers(self) -> None:
        self.clear_header("Server")

    def check_origin(self, origin: str) -> bool:
        """Say yes: `_admit` has asked, also where Tornado would not."""
        del origin
        return True

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return PROTOCOL if PROTOCOL in subprotocols else None

    def open(self, *_arguments: str, **_options: str) -> None:
        self._is_open = True
        connection: Any = self.ws_connection
        connection.stream.max_write_buffer_size = BUFFER_MOST
        self._stream = connection.stream
        self.set_nodelay(True)
        if self.caller.viewer is None:
            loop = asyncio.get_running_loop()
            self._deadline = loop.call_later(AUTH_SECONDS, self.close, UNAUTHENTICATED)
        else:
            self._settle_in()

    def _settle_in(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if self._pace is None:
            self._pace = self.hall.enter(self)

    def on_close(self) -> None:
        self._is_open = False
        if self._deadline is not None:
            self._deadline.cancel()
        for listener in self._listeners.values():
            self.hall.fanout.leave(listener)
        self._listeners.clear()
        self.hall.leave(self)

    # What comes in.

    async def on_message(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            self.close(UNSUPPORTED, "Send text.")
            return
        try:
            frame = frames.decode(message)
        except BadFrame as error:
            self._answer_error(error.number, error)
            self._bad_frames += 1
            if self._bad_frames >= _BAD_FRAMES_MOST:
                self.close(BAD_PROTOCOL, "Too much that is no frame.")
            return
        try:
            await self._take(frame)
        except DomainError as error:
            self._answer_error(frame.id, error)
        except Exception:
            log.exception("unexpected error", extra={"request_id": self.request_id})
            self._answer_error(frame.id, InternalError())

    async def _take(self, frame: frames.AnyClientFrame) -> None:
        if isinstance(frame, frames.Auth):
            await self._authenticate(frame)
        elif self.caller.viewer is None:
            self.close(UNAUTHENTICATED, "Say first who this is.")
        elif isinstance(frame, frames.Ping):
            self._answer(frame.id)
        else:
            self._check_pace()
            self._check_scope(frame)
            await _TAKERS[type(frame)](self, frame)

    def _check_pace(self) -> None:
        assert self._pace is not None
        wait = self._pace.take(asyncio.get_running_loop().time())
        if not wait:
            return
        self._refusals += 1
        if self._refusals >= _REFUSALS_MOST:
            self.close(TOO_MANY, "Too much at once.")
        raise TooManyRequests(wait)

    def _check_scope(self, frame: frames.ClientFrame) -> None:
        """A personal token does what its scopes say; reading is one of them."""
        reads = isinstance(frame, (frames.Subscribe, frames.Unsubscribe))
        authorise(self.caller, "member", Scope.READ if reads else Scope.WRITE)

    async def _authenticate(self, frame: frames.Auth) -> None:
        """Let a stranger in, or let a member go on by another token of theirs."""
        before, authorization = self.caller.viewer, f"Bearer {frame.token}"
        try:
            caller = await self._identified({}, authorization)
        except AccountBanned:
            self.close(BANNED)
            return
        except DomainError:
            if before is not None:
                # What was proved before holds as long as it does.
                raise
            self.close(UNAUTHENTICATED)
            return
        assert caller.viewer is not None
        if before is None and self.hall.is_full_of(caller.viewer.id):
            self.close(TOO_MANY, "There are too many of yours.")
        elif before is not None and caller.viewer.id != before.id:
            self.close(UNAUTHENTICATED, "Somebody else began here.")
        else:
            self.caller, self._credentials = caller, ({}, authorization)
            self._settle_in()
            self._answer(frame.id)

    async def _subscribe(self, frame: frames.Subscribe) -> None:
        room_id = RoomId(frame.room)
        if room_id in self._listeners:
            self._answer(frame.id, last_index=self._listeners[room_id].last)
            return
        if len(self._listeners) >= ROOMS_MOST:
            raise TooManyRequests(60)
        actor = self.actor
        room = await self.in_thread(
            lambda: self.container.read_room()(actor=actor, room_id=room_id)
        )
        if not self._is_open:
            return
        self._answer(frame.id, last_index=room.last_index, revision=room.revision)
        self._listeners[room_id] = self.hall.fanout.join(
            self, room, frame.after, frame.revision
        )

    async def _unsubscribe(self, frame: frames.Unsubscribe) -> None:
        listener = self._listeners.pop(RoomId(frame.room), None)
        if listener is not None:
            self.hall.fanout.leave(listener)
        self._answer(frame.id)

    async def _post(self, frame: frames.Post) -> None:
        posted = self.container.post_message().begin(
            actor=self.actor,
            room_id=RoomId(frame.room),
            text=frame.text,
            client_id=frame.client_id,
            reply_to=frame.reply_to,
        )
        self._answer_later(frame.id, posted, lambda done: {"index": done.index, "at": done.at})

    async def _read(self, frame: frames.Read) -> None:
        marked = self.container.mark_read().begin(
            actor=self.actor, room_id=RoomId(frame.room), index=frame.index
        )
        self._answer_later(frame.id, marked, lambda index: {"index": index})

    async def _typing(self, frame: frames.Typing) -> None:
        room_id, now = RoomId(frame.room), asyncio.get_running_loop().time()
        # Said again at once it is no news, and asks nobody.
        if now - self._typed.get(room_id, -TYPING_SECONDS) >= TYPING_SECONDS:
            actor = self.actor
            await self.in_thread(
                lambda: self.container.tell_typing()(actor=actor, room_id=room_id)
            )
            self._typed = {room_id: now}
        self._answer(frame.id)

    async def _edit(self, frame: frames.Edit) -> None:
        await self._change(
            frame.id, self.container.edit_message, frame.room, frame.index, text=frame.text
        )

    async def _delete(self, frame: frames.Delete) -> None:
        await self._change(frame.id, self.container.delete_message, frame.room, frame.index)

    async def _change(
        self, number: int, use_case: Callable[[], Any], room: str, index: int, **more: str
    ) -> None:
        actor = self.actor
        await self.in_thread(
            lambda: use_case()(actor=actor, room_id=RoomId(room), index=index, **more)
        )
        self._answer(number)

    # What goes out.

    @property
    def actor(self) -> Actor:
        actor = self.caller.actor
        assert actor is not None
        return actor

    def send(self, data: bytes) -> None:
        if not self._is_open:
            return
        try:
            # Whether it went out is asked where it matters, by `drained`.
            self._stream.write(data)
        except StreamBufferFullError:
            self._give_up_on()
        except StreamClosedError:
            pass

    def _give_up_on(self) -> None:
        """Hang up on a client that does not read; what it missed it asks for by index."""
        log.info("a client does not read", extra={"request_id": self.request_id})
        self._is_open = False
        self._stream.close()

    async def drained(self) -> None:
        try:
            await self._stream.write(b"")
        except StreamClosedError as error:
            raise ConnectionError from error

    def dismissed(self, room_id: RoomId, code: int) -> None:
        self._listeners.pop(room_id, None)
        self.send(framed(encode({"op": "goodbye", "room": room_id, "code": code})))

    def _answer(self, number: int, **more: Any) -> None:
        self.send(framed(encode({"re": number, "ok": True, **more})))

    def _answer_error(self, number: int | None, error: DomainError) -> None:
        problem = make_problem(
            error, request_id=self.request_id, public_url=self.hub_settings.public_url
        )
        document = msgspec.json.decode(problem.body)
        if isinstance(error, (TooManyRequests, Unavailable)):
            document["retry_after"] = error.retry_after
        self.send(framed(encode({"re": number, "error": document})))

    def _answer_later(
        self, number: int, future: Future[Any], shown: Callable[[Any], dict[str, Any]]
    ) -> None:
        """Answer when it is stored; the next frame is read meanwhile."""
        loop = asyncio.get_running_loop()
        settled = partial(self._answer_settled, number, shown)
        future.add_done_callback(lambda done: loop.call_soon_threadsafe(settled, done))

    def _answer_settled(
        self, number: int, shown: Callable[[Any], dict[str, Any]], future: Future[Any]
    ) -> None:
        error = future.exception()
        if error is None:
            self._answer(number, **shown(future.result()))
        elif isinstance(error, DomainError):
            self._answer_error(number, error)
        else:
            log.error("a message could not be stored", exc_info=error)
            self._answer_error(number, InternalError())

    # How it ends.

    @property
    def credentials(self) -> tuple[frozenset[tuple[str, str]], str | None]:
        """What the client has proved itself with; sockets that share it are checked at once."""
        cookies, authorization = self._credentials
        return frozenset(cookies.items()), authorization

    def verdict(self) -> Caller | int | None:
        """Return who the member is by now, or the code to end with if they may not go on.

        None where nobody can say. Reads the database.
        """
        cookies, authorization = self._credentials
        try:
            caller = identify(self.container, cookies, authorization)
            authorise(caller, "member")
        except AccountBanned:
            return BANNED
        except Unavailable:
            # Nobody can say no now: what was allowed goes on until somebody can.
            log.warning("a socket could not be checked")
            return None
        except DomainError:
            return UNAUTHENTICATED
        return caller

    def end(self, code: int) -> None:
        """Send nothing any more but the reason."""
        for listener in self._listeners.values():
            self.hall.fanout.leave(listener)
        self._listeners.clear()
        self._is_open = False
        with contextlib.suppress(WebSocketClosedError):
            self.close(code)

    async def in_thread(self, call: Callable[[], Any]) -> Any:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.hall.executor, call)


_Taker = Callable[[ChatSocket, Any], Awaitable[None]]
_TAKERS: dict[type[frames.ClientFrame], _Taker] = {
    frames.Subscribe: ChatSocket._subscribe,
    frames.Unsubscribe: ChatSocket._unsubscribe,
    frames.Post: ChatSocket._post,
    frames.Read: ChatSocket._read,
    frames.Typing: ChatSocket._typing,
    frames.Edit: ChatSocket._edit,
    frames.Delete: ChatSocket._delete,
}
