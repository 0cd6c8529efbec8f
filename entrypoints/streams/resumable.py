"""Resumable uploads at `/api/v1/uploads`; `tus.py` has the protocol's words.

Bytes go through the same offset engine as those of a multipart upload, block by block, and
what is on disk is the offset: after a reset, a stall or a kill, HEAD tells it, and PATCH goes
on from there. Bytes with a checksum are kept apart until they prove right.

One request at a time writes to an upload. A newer one takes over: the older one, which may
hang for ever, writes what it has and is hung up on.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.web import stream_request_body

from entrypoints.edge import csrf, headers
from entrypoints.edge.cors import preflight_headers
from entrypoints.edge.documents import encode
from entrypoints.edge.errors import (
    BodyTooLarge,
    InternalError,
    MethodNotAllowed,
    TooManyBytes,
    TusVersionNotSupported,
    UnknownField,
)
from entrypoints.edge.handler import StreamHandler
from entrypoints.edge.limits import limit
from entrypoints.edge.presenters import present_upload
from entrypoints.streams import tus
from videohub_core.shared.errors import DomainError, FieldError
from videohub_core.shared.ids import UploadId
from videohub_core.videos.ports import UploadView

log = logging.getLogger(__name__)

UPLOADS = "/api/v1/uploads"
JSON = "application/json; charset=utf-8"

# A block is written in one hop to a thread; killed in between, this much is sent again.
_BLOCK = 1 << 20
_OVERRIDES = ("PATCH", "DELETE", "HEAD")


class Writers:
    """Which request writes to which upload."""

    def __init__(self) -> None:
        self._of: dict[UploadId, TusHandler] = {}

    async def stop(self, upload_id: UploadId) -> None:
        """Have whoever writes give way."""
        while (other := self._of.get(upload_id)) is not None:
            await other.give_way()

    async def take(self, upload_id: UploadId, handler: TusHandler) -> None:
        """Let the handler be the one, after those before it have given way."""
        await self.stop(upload_id)
        self._of[upload_id] = handler

    def leave(self, upload_id: UploadId, handler: TusHandler) -> None:
        if self._of.get(upload_id) is handler:
            del self._of[upload_id]


class TusHandler(StreamHandler):
    """What every request of the protocol has in common."""

    def initialize(self, writers: Writers, **parts: Any) -> None:
        super().initialize(**parts)
        self._writers = writers
        self._upload: UploadView | None = None
        self._block = bytearray()
        self._offset = 0
        self._checksum: tus.Checksum | None = None
        # Writing, ending and giving way exclude each other.
        self._busy = asyncio.Lock()
        self._gave_way = False

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Tus-Resumable", tus.VERSION)

    def write_refusal(self, error: DomainError) -> None:
        super().write_refusal(error)
        if isinstance(error, TusVersionNotSupported):
            self.set_header("Tus-Version", tus.VERSION)

    async def prepare(self) -> None:
        asked = self.request.headers.get("X-HTTP-Method-Override", "").strip().upper()
        if self.request.method == "POST" and asked in _OVERRIDES:
            self.request.method = asked
        if self.request.method == "OPTIONS":
            return
        try:
            await self._let_in()
            await self._begin()
        except DomainError as error:
            await self._give_up(error)
        self.expect_more()

    async def _let_in(self) -> None:
        method = str(self.request.method)
        if method not in self.methods:
            raise MethodNotAllowed
        await self.identify("upload")
        if not self.caller.is_bearer and method not in csrf.SAFE_METHODS:
            self.check_csrf(self.request.headers.get(csrf.HEADER, ""))
        if self.request.query:
            raise UnknownField(
                [FieldError("", "unknown_field", "This address takes no query.")]
            )
        # Bytes are bounded by the quota; of the requests that bring them there may be many.
        kind = "write" if method in ("POST", "DELETE") else "read"
        address = str(self.request.remote_ip)
        limit(self.container, kind=kind, caller=self.caller, address=address)
        if method != "GET":
            tus.check_version(self.request.headers)

    async def _begin(self) -> None:
        """Do what comes before the body; raise DomainError."""

    async def options(self, *_path: str) -> None:
        """Say what the hub can do; this needs no credential and no version."""
        said = {**headers.api_headers(), **tus.abilities(self.hub_settings.upload_size_most)}
        if "Access-Control-Allow-Origin" in self._headers:
            said |= preflight_headers()
        self._answer(204, said)

    def _answer(self, status: int, said: Mapping[str, str]) -> None:
        self.set_status(status)
        if "Content-Type" not in said:
            self.clear_header("Content-Type")
        for name, value in {**headers.api_headers(), **said}.items():
            self.set_header(name, value)

    async def _take(self, upload_id: UploadId) -> None:
        await self._writers.take(upload_id, self)
        self._taken = upload_id

    _taken: UploadId | None = None

    async def data_received(self, chunk: bytes) -> None:
        if self._refused or self._gave_way:
            self.drain(chunk)
            return
        self.expect_more()
        async with self._giving_up_on_errors():
            await self.identify_again()
            if self._upload is None:
                raise BodyTooLarge("There is nothing to send here.")
            if self._offset + len(self._block) + len(chunk) > self._upload.length:
                raise TooManyBytes
            self._block += chunk
            if len(self._block) >= _BLOCK:
                await self._write_block()

    async def _write_block(self) -> None:
        async with self._busy:
            await self._write_what_there_is()

    async def _write_what_there_is(self) -> None:
        upload, data = self._upload, bytes(self._block)
        self._block.clear()
        if upload is None or not data or self._gave_way:
            return
        append = self.container.append_to_upload()
        if self._checksum is None:
            offset = self._offset
            self._offset = await self.in_thread(
                lambda: append(upload_id=upload.id, offset=offset, data=data)
            )
        else:
            self._checksum.hash.update(data)
            self._offset += len(data)
            await self.in_thread(lambda: append.hold(upload_id=upload.id, data=data))

    async def _receive_all(self) -> UploadView:
        """Write the rest, accept what has a checksum, and end an upload that is whole."""
        upload = self._upload
        assert upload is not None
        await self._write_block()
        async with self._busy:
            if self._checksum is not None and self._offset > upload.offset:
                self._checksum.check()
                self._offset = await self.in_thread(
                    lambda: self.container.append_to_upload().accept(
                        upload_id=upload.id, offset=upload.offset
                    )
                )
            is_whole = self._offset == upload.length
            if is_whole and not upload.is_finished:
                await self.in_thread(
                    lambda: self.container.finish_upload()(
                        actor=self.caller.actor, upload_id=upload.id
                    )
                )
        return upload._replace(offset=self._offset, is_finished=is_whole)

    async def give_way(self) -> None:
        """Write what has come and let another request go on with it."""
        async with self._busy:
            if not self._gave_way:
                await self._keep_the_rest()
                self._gave_way = True
        self._leave()
        self.hang_up()

    async def _keep_the_rest(self) -> None:
        """Write what is not written yet; unverified bytes are worth nothing."""
        if self._checksum is None:
            with contextlib.suppress(DomainError):
                await self._write_what_there_is()

    def _leave(self) -> None:
        if self._taken is not None:
            self._writers.leave(self._taken, self)

    @contextlib.asynccontextmanager
    async def _giving_up_on_errors(self) -> AsyncIterator[None]:
        try:
            yield
        except DomainError as error:
            await self._give_up(error)
        except Exception:
            log.exception("unexpected error", extra={"request_id": self.request_id})
            await self._give_up(InternalError())

    async def _give_up(self, error: DomainError) -> None:
        async with self._busy:
            self._block.clear()
            if self._checksum is not None and self._upload is not None:
                upload_id = self._upload.id
                await self.in_thread(
                    lambda: self.container.append_to_upload().drop(upload_id=upload_id)
                )
        self._leave()
        with contextlib.suppress(StreamClosedError):
            await self.refuse(error)

    def on_connection_close(self) -> None:
        super().on_connection_close()
        # The lock orders it.
        self._cutting = asyncio.ensure_future(self._cut())

    async def _cut(self) -> None:
        async with self._busy:
            await self._keep_the_rest()
            self._gave_way = True
        self._leave()

    def on_finish(self) -> None:
        super().on_finish()
        self._leave()

    def nothing_here(self, *_path: str) -> None:
        """A method that `prepare` has refused already."""

    head = get = post = put = patch = delete = nothing_here  # type: ignore[assignment]


@stream_request_body
class UploadsHandler(TusHandler):
    """The caller's uploads: list them, begin one."""

    methods = ("GET", "POST")

    async def _begin(self) -> None:
        if self.request.method != "POST":
            return
        asked = self.request.headers
        length, metadata = tus.length(asked), tus.metadata(asked)
        if asked.get("Content-Length", "0") != "0" or "Transfer-Encoding" in asked:
            tus.check_bytes(asked)
        checksum = tus.checksum(asked)
        upload = await self.in_thread(
            lambda: self.container.start_upload().resumable(
                actor=self.caller.actor, length=length, metadata=metadata
            )
        )
        await self._take(upload.id)
        self._upload, self._checksum = upload, checksum

    async def get(self) -> None:
        if self._refused:
            return
        found = await self.in_thread(
            lambda: self.container.read_upload().all(actor=self.caller.actor)
        )
        self._answer(200, {"Content-Type": JSON})
        items = [present_upload(one, tus.file_name(one.metadata)) for one in found]
        self.write(encode({"items": items, "next_cursor": None}))

    async def post(self) -> None:
        if self._refused or self._gave_way:
            return
        self.expect_nothing()
        async with self._giving_up_on_errors():
            upload = await self._receive_all()
            location = {"Location": f"{UPLOADS}/{upload.id}", "Content-Type": JSON}
            self._answer(201, {**location, **tus.progress(upload)})
            self.write(encode(present_upload(upload, tus.file_name(upload.metadata))))


@stream_request_body
class UploadHandler(TusHandler):
    """One upload: how far it is, more of it, the end of it."""

    methods = ("DELETE", "HEAD", "PATCH")

    async def _begin(self) -> None:
        upload_id = UploadId(self.path_args[0])
        if self.request.method == "PATCH":
            tus.check_bytes(self.request.headers)
            offset = tus.number(self.request.headers, "Upload-Offset")
            checksum = tus.checksum(self.request.headers)
            await self._own(upload_id)
            await self._take(upload_id)
            self._upload = await self.in_thread(
                lambda: self.container.resume_upload()(
                    actor=self.caller.actor, upload_id=upload_id, offset=offset
                )
            )
            self._checksum, self._offset = checksum, offset
        else:
            await self._own(upload_id)
            # Whoever asks how far it is has lost the request that was sending.
            await self._writers.stop(upload_id)

    async def _own(self, upload_id: UploadId) -> UploadView:
        """Return an upload of the caller's; nobody else's request is hung up on."""
        found: UploadView = await self.in_thread(
            lambda: self.container.read_upload()(actor=self.caller.actor, upload_id=upload_id)
        )
        return found

    async def head(self, upload_id: str) -> None:
        if self._refused:
            return
        async with self._giving_up_on_errors():
            self._answer(200, tus.state(await self._own(UploadId(upload_id))))

    async def patch(self, _upload_id: str) -> None:
        if self._refused or self._gave_way:
            return
        self.expect_nothing()
        async with self._giving_up_on_errors():
            self._answer(204, tus.progress(await self._receive_all()))

    async def delete(self, upload_id: str) -> None:
        if self._refused:
            return
        actor, id_ = self.caller.actor, UploadId(upload_id)
        discard = self.container.discard_upload()
        async with self._giving_up_on_errors():
            await self.in_thread(lambda: discard.unless_used(actor=actor, upload_id=id_))
            # A request that was let in just before may have written since. That the row went
            # here is known, so what is there is nobody's.
            await self._writers.stop(id_)
            await self.in_thread(lambda: discard(actor=actor, upload_id=id_))
            self._answer(204, {})
