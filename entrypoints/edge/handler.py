"""What Tornado's handlers share: the edge, and answers before the body has come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from http import HTTPStatus
from typing import Any, TypeVar

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler

from entrypoints.edge import csrf, headers, logs
from entrypoints.edge.actor import Caller, authorise, identify, session_cookie
from entrypoints.edge.cors import cors_headers
from entrypoints.edge.errors import (
    BodyTooLarge,
    HostNotAllowed,
    InternalError,
    MalformedBody,
    MethodNotAllowed,
    NoSuchAddress,
    UnknownField,
)
from entrypoints.edge.problems import make_problem
from videohub_core.shared.errors import DomainError, FieldError, Unavailable

log = logging.getLogger(__name__)

Result = TypeVar("Result")

# A refused client that goes on sending is listened to for this long, so that it gets
# to read the answer instead of a reset connection.
_DRAIN_BYTES_MOST = 256 << 20
_SILENT_SECONDS = 60.0
# A ban, or another visibility, holds for what is on its way too.
RECHECK_SECONDS = 2.0


class StreamHandler(RequestHandler):
    """A handler of the hub: knows the caller, answers in problem+json, logs once."""

    def initialize(self, container: Any, executor: Executor) -> None:
        self.container = container
        self.hub_settings = container.settings()
        self.executor = executor
        self.caller = Caller()
        self._refused = False
        self._drained = 0
        self._silence: asyncio.TimerHandle | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._identified_as = "anyone"
        self._identified_at = 0.0

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        if not hasattr(self, "request_id"):
            self.request_id = headers.new_request_id()
        settings = self.application.settings["hub_settings"]
        origin = self.request.headers.get("Origin")
        for name, value in {
            **headers.common_headers(settings),
            headers.REQUEST_ID: self.request_id,
            **cors_headers(settings, self.request.path, origin),
        }.items():
            self.set_header(name, value)

    async def in_thread(self, call: Callable[[], Result]) -> Result:
        """Run what blocks (database, disk) off the loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.executor, call)

    async def identify(self, permission: str) -> None:
        """Find out who is asking; raise unless they, and their token, have the permission."""
        self.check_host()
        cookies = {name: morsel.value for name, morsel in self.request.cookies.items()}
        authorization = self.request.headers.get("Authorization")
        if cookies or authorization is not None:
            self.caller = await self.in_thread(
                lambda: identify(self.container, cookies, authorization)
            )
        if self.caller.stale_cookie:
            behind_tls = self.hub_settings.behind_tls
            self.set_cookie(
                session_cookie(behind_tls=behind_tls),
                "",
                max_age=0,
                httponly=True,
                secure=behind_tls,
                samesite="Lax",
            )
        authorise(self.caller, permission)
        self.identified_as(permission)

    def check_host(self) -> None:
        """Raise HostNotAllowed for a request to another host than ours."""
        if not csrf.is_own_host(self.hub_settings, self.request.host):
            raise HostNotAllowed

    def identified_as(self, permission: str) -> None:
        """Remember when, and for what, the caller was found out."""
        self._identified_as = permission
        self._identified_at = asyncio.get_running_loop().time()

    def check_csrf(self, sent: str) -> None:
        """Raise CsrfFailed unless the caller's own page sent this token."""
        csrf.check(
            secret=self.container.secret(),
            settings=self.hub_settings,
            caller=self.caller,
            cookies={},
            headers=self.request.headers,
            host=self.request.host,
            sent=sent,
        )

    async def identify_again(self) -> None:
        """Raise if the caller may not go on; ask at most every `RECHECK_SECONDS`."""
        now = asyncio.get_running_loop().time()
        if now - self._identified_at >= RECHECK_SECONDS:
            await self.identify(self._identified_as)

    def watch(self, check: Callable[[], object]) -> None:
        """Hang up on a transfer as soon as its caller may not have the rest of it.

        `check` raises a DomainError then; it runs in a thread.
        """
        loop = asyncio.get_running_loop()
        self._watch = loop.call_later(
            RECHECK_SECONDS, lambda: loop.create_task(self._look_again(check))
        )

    async def _look_again(self, check: Callable[[], object]) -> None:
        try:
            await self.identify(self._identified_as)
            await self.in_thread(check)
        except Unavailable:
            # Nobody can say no now: what was allowed goes on until somebody can.
            log.warning("a transfer could not be checked", exc_info=True)
        except DomainError:
            self.hang_up()
            return
        if not self._finished:
            self.watch(check)

    def _unwatch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def expect_more(self) -> None:
        """Hang up on a client that neither sends nor takes a byte for a minute."""
        self.expect_nothing()
        loop = asyncio.get_running_loop()
        self._silence = loop.call_later(_SILENT_SECONDS, self.hang_up)

    def expect_nothing(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def hang_up(self) -> None:
        self.request.connection.stream.close()

    async def refuse(self, error: DomainError) -> None:
        """Answer now, whatever of the body is still to come is read and dropped."""
        self._refused = True
        self.write_refusal(error)
        if self.request.headers.get("Expect", "").lower() == "100-continue":
            # The client waits for a word before it sends anything: this is the word.
            await self.finish()
        else:
            await self.flush()

    def write_refusal(self, error: DomainError) -> None:
        """Write the answer to an error; ends nothing."""
        problem = make_problem(
            error, request_id=self.request_id, public_url=self.hub_settings.public_url
        )
        self.clear()
        self.set_status(problem.status)
        for name, value in {**headers.api_headers(), **problem.headers}.items():
            self.set_header(name, value)
        self.set_header("Content-Length", str(len(problem.body)))
        if isinstance(error, MethodNotAllowed):
            self.set_header("Allow", ", ".join(sorted(self.methods)))
        if self.request.method != "HEAD":
            self.write(problem.body)

    def drain(self, chunk: bytes) -> None:
        """Drop a piece of a refused body; end the connection of one that has no end."""
        self.expect_more()
        self._drained += len(chunk)
        if self._drained > _DRAIN_BYTES_MOST and not self._finished:
            self.finish()

    def write_error(self, status_code: int, **details: Any) -> None:
        """Tornado's own errors, and whatever was not foreseen."""
        raised = details.get("exc_info", (None, None, None))[1]
        if isinstance(raised, DomainError):
            error: DomainError = raised
        elif isinstance(raised, HTTPError) and status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            error = MethodNotAllowed()
        elif isinstance(raised, HTTPError) and status_code == HTTPStatus.NOT_FOUND:
            error = NoSuchAddress()
        elif isinstance(raised, HTTPError) and status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            error = MalformedBody()
        else:
            error = InternalError()
        self.write_refusal(error)
        self.finish()

    methods: tuple[str, ...] = ()
    """What the address answers to, for `Allow`."""

    def log_exception(self, kind: Any, value: Any, trace: Any) -> None:
        if isinstance(value, (DomainError, HTTPError, StreamClosedError)):
            return
        log.error(
            "unexpected error",
            exc_info=(kind, value, trace),
            extra={"request_id": self.request_id},
        )

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.expect_nothing()
        self._unwatch()

    def on_finish(self) -> None:
        self.expect_nothing()
        self._unwatch()
        viewer = self.caller.viewer
        logs.log_access(
            method=str(self.request.method),
            path=self.request.path,
            status=self.get_status(),
            seconds=self.request.request_time(),
            request_id=self.request_id,
            user_id=viewer.id if viewer else None,
        )


class BodilessHandler(StreamHandler):
    """A handler whose requests have no body: one that comes is not gathered."""

    methods = ("GET", "HEAD")
    fields: tuple[str, ...] = ()
    """What its query consists of, if there is one."""

    async def prepare(self) -> None:
        announced = self.request.headers.get("Content-Length", "0") != "0"
        if self.request.method not in self.methods:
            await self.refuse(MethodNotAllowed())
        elif not self._takes_query():
            await self.refuse(
                UnknownField(
                    [FieldError("", "unknown_field", "This address takes no such query.")]
                )
            )
        elif announced or "Transfer-Encoding" in self.request.headers:
            await self.refuse(BodyTooLarge("There is nothing to send here."))

    def _takes_query(self) -> bool:
        """Tell whether there is nothing in the query but what is known."""
        return set(self.request.query_arguments) <= set(self.fields)

    def data_received(self, chunk: bytes) -> None:
        self.drain(chunk)

    def nothing_left_to_do(self, *_path: str) -> None:
        """Every method that `prepare` has answered already."""

    post = put = patch = delete = options = nothing_left_to_do  # type: ignore[assignment]
