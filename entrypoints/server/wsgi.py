"""Pyramid behind Tornado: small bodies in, whole answers out, in threads.

Tornado's own container would take a body of any size into memory and names itself in
every answer. Ours never reads more than it may: the application hears that the body is too
large where it would read it, so that whatever comes before that is answered first.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable
from concurrent.futures import Executor
from http import HTTPStatus
from typing import Any, NoReturn

from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.ioloop import IOLoop
from tornado.iostream import StreamClosedError
from tornado.wsgi import WSGIContainer

from entrypoints.edge import headers as edge_headers
from entrypoints.edge.actor import session_cookie
from entrypoints.edge.errors import BodyTooLarge, InternalError
from entrypoints.edge.logs import log_access
from entrypoints.edge.problems import make_problem
from entrypoints.http.body_sizes import BODY_MOST, body_most
from entrypoints.http.request import BODY_TOO_LARGE
from entrypoints.settings import Settings
from videohub_core.shared.errors import DomainError, Unavailable

log = logging.getLogger(__name__)

# RFC 9110, section 8.6: these answers carry no Content-Length of their own.
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
# A body this small that takes longer is not coming.
_BODY_SECONDS = 30.0
_SECONDS_PER_MEBIBYTE = 12.0
# Larger bodies are files, which few send at a time: all of them together take no more.
_LARGER_BODIES_MOST = 64 << 20
# One that stops coming gives its room to others.
_SILENT_SECONDS = 10.0
# What a refused client may still send while it reads its answer.
_DRAIN_MOST = 16 << 20


class WsgiBridge(WSGIContainer):
    """Runs the application in threads and writes its answer as it is."""

    def __init__(self, app: Any, executor: Executor, settings: Settings) -> None:
        super().__init__(app, executor)
        self.settings = settings
        self.room_for_larger_bodies = _LARGER_BODIES_MOST

    async def handle_request(self, request: HTTPServerRequest) -> None:
        with contextlib.suppress(StreamClosedError):
            await self.write_answer(request)
            request.connection.finish()

    async def write_answer(
        self, request: HTTPServerRequest, *, body_too_large: bool = False
    ) -> None:
        """Answer, and leave it to the caller to finish."""
        try:
            await self._write_answer(request, self._environ(request, body_too_large))
        except StreamClosedError:
            raise
        except Exception:
            # The application answers its own errors; this is one in what answers them.
            log.exception("the application did not answer")
            send_problem(request, self.settings, InternalError())

    async def _write_answer(self, request: HTTPServerRequest, environ: dict[str, Any]) -> None:
        loop = IOLoop.current()
        status, headers, body = await loop.run_in_executor(self.executor, self._call, environ)
        code, _, reason = status.partition(" ")
        answer = HTTPHeaders()
        for name, value in headers:
            answer.add(name, value)
        if int(code) in _WITHOUT_BODY:
            answer.pop("Content-Length", None)
        elif "Content-Length" not in answer:
            answer["Content-Length"] = str(len(body))
        request.connection.write_headers(
            ResponseStartLine("HTTP/1.1", int(code), reason),
            answer,
            b"" if request.method == "HEAD" else body,
        )

    def _call(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        started: list[Any] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], _info: Any = None
        ) -> Any:
            started[:] = [status, headers]
            return written.append

        written: list[bytes] = []
        parts = self.wsgi_application(environ, start_response)
        try:
            written.extend(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        return started[0], started[1], b"".join(written)

    def _environ(self, request: HTTPServerRequest, body_too_large: bool) -> dict[str, Any]:
        """Return the WSGI environment; a header name with `_` could pass for another's."""
        for name in [name for name in request.headers if "_" in name]:
            del request.headers[name]
        environ = self.environ(request)
        host, port = _host_and_port(request)
        environ |= {
            "SERVER_NAME": host,
            "SERVER_PORT": port,
            # A body that came in chunks has no length of its own.
            "CONTENT_LENGTH": str(len(request.body)),
            # The body is in memory; without this WebOb would copy it to a temporary file.
            "webob.is_body_seekable": True,
        }
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        if body_too_large:
            environ |= {
                BODY_TOO_LARGE: True,
                "CONTENT_LENGTH": str(BODY_MOST + 1),
                "wsgi.input": _TooLargeBody(),
            }
        if self.settings.behind_tls:
            # Whoever ends TLS for us speaks plain HTTP to us.
            environ["wsgi.url_scheme"] = "https"
        return environ


class _TooLargeBody:
    """`wsgi.input` of a body that is larger than anything reads here."""

    def seek(self, _position: int) -> None:
        """Nothing has been read."""

    def read(self, _size: int = -1) -> NoReturn:
        raise BodyTooLarge(f"A body here may have at most {BODY_MOST} bytes.")


class BoundedBody(HTTPMessageDelegate):
    """Gathers a body for the application, which answers one that is too large as well."""

    def __init__(self, bridge: WsgiBridge, connection: HTTPConnection) -> None:
        self._bridge = bridge
        self._connection = connection
        self._chunks: list[bytes] = []
        self._length = 0
        self._too_large = False
        self._most = BODY_MOST
        self._room = 0
        self._is_larger = False
        self._silence: asyncio.TimerHandle | None = None

    def headers_received(
        self,
        start_line: RequestStartLine | ResponseStartLine,
        headers: HTTPHeaders,
    ) -> Awaitable[None] | None:
        self._request = HTTPServerRequest(
            connection=self._connection,
            start_line=start_line,  # type: ignore[arg-type]
            # The WSGI environment takes headers away that reading the body still needs.
            headers=headers.copy(),
        )
        self._most = body_most(str(self._request.method), self._request.path)
        seconds = _BODY_SECONDS + _SECONDS_PER_MEBIBYTE * (self._most / BODY_MOST - 1)
        self._timer = asyncio.get_running_loop().call_later(seconds, self._hang_up)
        announced = self._announced(headers)
        if announced > self._most:
            return self._answer_now()
        self._is_larger = announced > BODY_MOST
        if self._is_larger:
            if not self._has_credential():
                # Nobody reads it: these are for members.
                return self._answer_now()
            if announced > self._bridge.room_for_larger_bodies:
                return self._answer_now(Unavailable())
            self._expect_more()
        return None

    def _has_credential(self) -> bool:
        cookie = session_cookie(behind_tls=self._bridge.settings.behind_tls)
        return "Authorization" in self._request.headers or cookie in self._request.cookies

    def _announced(self, headers: HTTPHeaders) -> int:
        """Return how many bytes may come; what comes in chunks does not say it."""
        if "Transfer-Encoding" in headers:
            return self._most
        length = headers.get("Content-Length", "0")
        return int(length) if length.isdigit() else 0

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        self._length += len(chunk)
        if self._too_large:
            if self._length > _DRAIN_MOST:
                self._connection.finish()
        elif self._length > self._most:
            return self._answer_now()
        elif self._length > BODY_MOST and not self._make_room():
            return self._answer_now(Unavailable())
        else:
            self._chunks.append(chunk)
            if self._is_larger:
                self._expect_more()
        return None

    def finish(self) -> None:
        self._timer.cancel()
        self._expect_nothing()
        if self._too_large:
            self._connection.finish()
            return
        self._request.body = b"".join(self._chunks)
        self._handling = asyncio.ensure_future(self._handle())

    async def _handle(self) -> None:
        try:
            await self._bridge.handle_request(self._request)
        finally:
            self._give_room_back()

    def on_connection_close(self) -> None:
        self._timer.cancel()
        self._expect_nothing()
        self._chunks.clear()
        self._give_room_back()

    def _expect_more(self) -> None:
        self._expect_nothing()
        loop = asyncio.get_running_loop()
        self._silence = loop.call_later(_SILENT_SECONDS, self._hang_up)

    def _expect_nothing(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _make_room(self) -> bool:
        """Take room for what has come: what is announced only takes none."""
        grown = self._length - self._room
        if grown > self._bridge.room_for_larger_bodies:
            return False
        self._bridge.room_for_larger_bodies -= grown
        self._room = self._length
        return True

    def _give_room_back(self) -> None:
        self._bridge.room_for_larger_bodies += self._room
        self._room = 0

    def _hang_up(self) -> None:
        self._chunks.clear()
        self._connection.stream.close()

    async def _answer_now(self, refusal: DomainError | None = None) -> None:
        """Answer while the client still sends; what comes after that is dropped."""
        self._too_large = True
        self._expect_nothing()
        self._chunks.clear()
        self._give_room_back()
        with contextlib.suppress(StreamClosedError):
            if refusal is None:
                await self._bridge.write_answer(self._request, body_too_large=True)
            else:
                send_problem(self._request, self._bridge.settings, refusal)
        if self._request.headers.get("Expect", "").lower() == "100-continue":
            # The client waits for a word before it sends anything: this was the word.
            self._connection.finish()


def send_problem(request: HTTPServerRequest, settings: Settings, error: DomainError) -> None:
    """Write and log an answer that the application does not give."""
    request_id = edge_headers.new_request_id()
    problem = make_problem(error, request_id=request_id, public_url=settings.public_url)
    answer = HTTPHeaders(
        {
            **edge_headers.common_headers(settings),
            edge_headers.REQUEST_ID: request_id,
            **edge_headers.api_headers(),
            **problem.headers,
            "Content-Length": str(len(problem.body)),
        }
    )
    status = HTTPStatus(problem.status)
    log_access(
        method=str(request.method),
        path=request.path,
        status=problem.status,
        seconds=request.request_time(),
        request_id=request_id,
        user_id=None,
    )
    with contextlib.suppress(StreamClosedError):
        request.connection.write_headers(
            ResponseStartLine("HTTP/1.1", status.value, status.phrase), answer, problem.body
        )


def _host_and_port(request: HTTPServerRequest) -> tuple[str, str]:
    host, colon, port = request.host.rpartition(":")
    if colon and port.isdigit():
        return host.strip("[]"), port
    return request.host.strip("[]"), "443" if request.protocol == "https" else "80"
