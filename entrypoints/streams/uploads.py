"""A video in one request: multipart/form-data, its fields first, its file last.

Everything that can be refused is refused before the file: from the headers, then from
the fields. The file goes once, block by block, through the offset engine into the
upload store; only when it is durable does the video come into being. Whatever ends
early leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from multipart import MultipartError, PushMultipartParser, parse_options_header
from tornado.web import stream_request_body
from webob.acceptparse import create_accept_header

from entrypoints.edge import csrf, headers
from entrypoints.edge.documents import encode
from entrypoints.edge.errors import (
    BodyTooLarge,
    CsrfFailed,
    InternalError,
    LengthRequired,
    MalformedBody,
    NotAcceptable,
    UnknownField,
)
from entrypoints.edge.handler import StreamHandler
from entrypoints.edge.idempotency import (
    HEADER,
    REPLAYED,
    KeptAnswer,
    body_digest,
    idempotency_key,
)
from entrypoints.edge.limits import limit
from entrypoints.edge.presenters import present_video
from entrypoints.edge.problems import CONTENT_TYPE
from videohub_core.shared.errors import (
    DomainError,
    FieldError,
    InvalidInput,
    Unavailable,
    UnsupportedMediaType,
)
from videohub_core.shared.idempotency import Created, IdempotencyKey
from videohub_core.shared.ids import UploadId, VideoId
from videohub_core.videos.entities import VideoDetails
from videohub_core.videos.errors import FileTooLarge

log = logging.getLogger(__name__)

FIELDS = ("title", "description", "tags", "visibility", "comments_allowed")
FILE = "file"

# A block is written in one hop to a thread; killed in between, this much is lost.
_BLOCK = 1 << 20
_FIELD_BYTES_MOST = 64 << 10
_FIELDS_MOST = 64


@stream_request_body
class VideoUploadHandler(StreamHandler):
    """POST /api/v1/videos."""

    methods = ("GET", "HEAD", "POST")

    async def prepare(self) -> None:
        self._fields: dict[str, list[str]] = {}
        self._name: str | None = None
        self._value = bytearray()
        self._block = bytearray()
        self._upload_id: UploadId | None = None
        self._offset = 0
        self._proven = False
        # Hashing costs as much as receiving, so only whoever sends a key pays for it.
        secret = self.container.secret()
        self._hash = body_digest(secret) if HEADER in self.request.headers else None
        # Writing, finishing and discarding exclude each other: a connection can end
        # while a block is on its way to the disk.
        self._busy = asyncio.Lock()
        self._gone = False
        try:
            await self.identify("upload")
            self._check_headers()
        except DomainError as error:
            await self.refuse(error)
        self.expect_more()

    def _check_headers(self) -> None:
        self._proven = self.caller.is_bearer
        if not self._proven and (sent := self.request.headers.get(csrf.HEADER)):
            self._prove(sent)
        if not self.answers_in(self.request.headers.get("Accept")):
            raise NotAcceptable
        content_type, options = parse_options_header(
            self.request.headers.get("Content-Type", "")
        )
        if content_type != "multipart/form-data":
            if not self._proven:
                raise CsrfFailed
            raise UnsupportedMediaType("Send multipart/form-data with the file in it.")
        if self.request.query:
            raise UnknownField(
                [FieldError("", "unknown_field", "This address takes no query.")]
            )
        self._length = self._content_length()
        if self._length > self.hub_settings.upload_size_most + _BLOCK:
            raise FileTooLarge
        try:
            # Strictly, the parser takes the last line's end for an excess if it comes in a
            # read of its own.
            self._parser = PushMultipartParser(
                options.get("boundary", ""), content_length=self._length, strict=False
            )
        except MultipartError as error:
            raise MalformedBody("The boundary is missing or wrong.") from error

    @staticmethod
    def answers_in(accept: str | None) -> bool:
        """Tell whether the client takes what this address answers with."""
        offers = ["application/json", CONTENT_TYPE]
        return not accept or bool(create_accept_header(accept).acceptable_offers(offers))

    def _prove(self, sent: str) -> None:
        self.check_csrf(sent)
        self._proven = True

    def _content_length(self) -> int:
        text = self.request.headers.get("Content-Length")
        if text is None:
            raise LengthRequired
        if not text.isdigit():
            raise MalformedBody("The Content-Length is not a number.")
        return int(text)

    async def data_received(self, chunk: bytes) -> None:
        if self._refused:
            self.drain(chunk)
            return
        self.expect_more()
        async with self._giving_up_on_errors():
            await self.identify_again()
            for event in self._parser.parse(chunk):
                await self._take(event)

    @asynccontextmanager
    async def _giving_up_on_errors(self) -> AsyncIterator[None]:
        try:
            yield
        except (MultipartError, UnicodeDecodeError) as error:
            # What the parser says of itself is for programmers, not for clients.
            log.info("a malformed body: %r", error, extra={"request_id": self.request_id})
            await self._give_up(MalformedBody())
        except DomainError as error:
            await self._give_up(error)
        except Exception:
            log.exception("unexpected error", extra={"request_id": self.request_id})
            await self._give_up(InternalError())

    async def _take(self, event: Any) -> None:
        if event is None:
            self._end_part()
        elif isinstance(event, (bytes, bytearray)):
            await self._take_bytes(event)
        else:
            await self._begin_part(event)

    async def _begin_part(self, part: Any) -> None:
        if self._upload_id is not None:
            raise InvalidInput(
                [FieldError(_pointer(part), "after_file", "The fields come before the file.")]
            )
        self._name = part.name
        if part.name == csrf.FIELD:
            return
        if not self._proven:
            raise CsrfFailed
        if part.name == FILE:
            await self._begin_file()
        elif part.name not in FIELDS:
            raise UnknownField(
                [FieldError(_pointer(part), "unknown_field", "This field is not known here.")]
            )
        elif part.name in self._fields and part.name != "tags":
            raise InvalidInput(
                [FieldError(_pointer(part), "repeated", "This field may come once.")]
            )
        elif sum(map(len, self._fields.values())) >= _FIELDS_MOST:
            raise BodyTooLarge

    async def _begin_file(self) -> None:
        self._details = self._checked_details()
        limit(
            self.container,
            kind="write",
            caller=self.caller,
            address=str(self.request.remote_ip),
        )
        actor, length = self.caller.actor, self._length
        # Whoever the caller is in the end, the upload is of who began it.
        self._owner = actor
        self._upload_id = await self.in_thread(
            lambda: self.container.start_upload()(actor=actor, length=length)
        )
        if self._gone:
            await self._discard()

    def _checked_details(self) -> VideoDetails:
        given: dict[str, Any] = {name: values[0] for name, values in self._fields.items()}
        if "comments_allowed" in given:
            given["comments_allowed"] = self.allows_comments(given["comments_allowed"])
        tags = [tag for value in self._fields.get("tags", []) for tag in value.split(",")]
        return VideoDetails.checked(**{"title": "", **given, "tags": tags})

    @staticmethod
    def allows_comments(text: str) -> bool:
        """Return what the field says; raise InvalidInput."""
        if text not in ("true", "false"):
            raise InvalidInput(
                [FieldError("/comments_allowed", "invalid_choice", "This is true or false.")]
            )
        return text == "true"

    async def _take_bytes(self, data: bytes) -> None:
        if self._name == FILE:
            if self._hash is not None:
                self._hash.update(data)
            self._block += data
            if len(self._block) >= _BLOCK:
                await self._write_block()
            return
        self._value += data
        if len(self._value) > _FIELD_BYTES_MOST:
            raise BodyTooLarge

    def _end_part(self) -> None:
        if self._name == FILE:
            return
        try:
            text = self._value.decode()
        except UnicodeDecodeError as error:
            raise InvalidInput(
                [FieldError(f"/{self._name}", "invalid_character", "This is not UTF-8.")]
            ) from error
        self._value.clear()
        if self._name == csrf.FIELD:
            if not self._proven:
                self._prove(text)
        else:
            self._fields.setdefault(str(self._name), []).append(text)

    async def _write_block(self) -> None:
        async with self._busy:
            upload_id, offset, data = self._upload_id, self._offset, bytes(self._block)
            self._block.clear()
            if upload_id is None:
                return
            if offset + len(data) > self.hub_settings.upload_size_most:
                raise FileTooLarge
            self._offset = await self.in_thread(
                lambda: self.container.append_to_upload()(
                    upload_id=upload_id, offset=offset, data=data
                )
            )

    async def post(self) -> None:
        if self._refused:
            return
        self.expect_nothing()
        async with self._giving_up_on_errors():
            self._parser.close()
            if not self._proven:
                raise CsrfFailed
            if self._upload_id is None:
                self._checked_details()
                raise InvalidInput([FieldError("/file", "required", "There is no file.")])
            await self._write_block()
            # Who was banned or signed out since the first byte makes no video.
            await self.identify("upload")
            once = self._idempotency_key()
            if once is not None and (kept := await self._kept_answer(once)) is not None:
                await self._discard()
                self._answer_again(kept)
                return
            body = await self.answer_created(await self._create(once))
            if once is not None:
                await self._keep_answer(once, body)
            self.write(body)

    async def _create(self, once: IdempotencyKey | None) -> Created:
        actor, upload_id, details = self.caller.actor, self._upload_id, self._details

        def create() -> Created:
            self.container.finish_upload()(actor=actor, upload_id=upload_id)
            made: Created = self.container.create_video()(
                actor=actor, upload_id=upload_id, details=details, once=once
            )
            return made

        async with self._busy:
            try:
                made = await self.in_thread(create)
            except Unavailable:
                # The video may be there all the same, with these bytes. If it is not, the
                # sweep finds them.
                self._upload_id = None
                raise
            if not made.replayed:
                # From here on the bytes are the video's.
                self._upload_id = None
        await self._discard()
        return made

    def _idempotency_key(self) -> IdempotencyKey | None:
        if self._hash is None or self.caller.actor is None:
            return None
        self._hash.update(repr(self._details).encode())
        return idempotency_key(
            self.request.headers,
            scope=self.caller.actor.id,
            operation="videos.post",
            digest=self._hash.hexdigest(),
        )

    async def _kept_answer(self, once: IdempotencyKey) -> KeptAnswer | None:
        kept = await self.in_thread(lambda: self.container.kept_answers().get(once))
        return None if kept is None else KeptAnswer.decode(kept)

    async def _keep_answer(self, once: IdempotencyKey, body: bytes) -> None:
        answer = KeptAnswer.of(self.get_status(), self._headers.get_all(), body).encode()
        try:
            await self.in_thread(lambda: self.container.kept_answers().keep(once, answer))
        except Unavailable:
            # It is made; asked again, the hub answers with what was made.
            log.warning("an answer could not be kept for its Idempotency-Key")

    def _answer_again(self, kept: KeptAnswer) -> None:
        self.set_status(kept.status)
        for name, value in {**headers.api_headers(), **dict(kept.headers)}.items():
            self.set_header(name, value)
        self.set_header(REPLAYED, "true")
        self.write(kept.body)

    async def answer_created(self, made: Created) -> bytes:
        """Prepare the answer 201 and return its body, the video."""
        actor, video_id = self.caller.actor, VideoId(made.id)
        video = await self.in_thread(
            lambda: self.container.read_video()(actor=actor, video_id=video_id)
        )
        self.set_status(201)
        for name, value in headers.api_headers().items():
            self.set_header(name, value)
        self.set_header("Location", f"/api/v1/videos/{video_id}")
        if made.replayed:
            self.set_header(REPLAYED, "true")
        self.set_header("Content-Type", "application/json; charset=utf-8")
        return encode(present_video(video, actor))

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._gone = True
        asyncio.ensure_future(self._discard())  # noqa: RUF006 - the lock orders it

    async def _give_up(self, error: DomainError) -> None:
        await self._discard()
        await self.refuse(error)

    async def _discard(self) -> None:
        async with self._busy:
            self._block.clear()
            upload_id, self._upload_id = self._upload_id, None
            if upload_id is None:
                return
            actor = self._owner
            try:
                await self.in_thread(
                    lambda: self.container.discard_upload()(actor=actor, upload_id=upload_id)
                )
            except Exception:
                # The sweep finds it; what the client is told is why it came to this.
                log.exception("an upload could not be discarded")


def _pointer(part: Any) -> str:
    escaped = str(part.name).replace("~", "~0").replace("/", "~1")
    return f"/{escaped}"


class FormUploadHandler(VideoUploadHandler):
    """POST /upload: the same for a form without JavaScript, answered with redirects."""

    methods = ("GET", "HEAD", "POST")

    @staticmethod
    def answers_in(_accept: str | None) -> bool:
        """A redirect has no representation to choose."""
        return True

    async def answer_created(self, made: Created) -> bytes:
        """Go on to the studio, where the video is shown on its way."""
        self.set_status(303)
        self.set_header("Location", f"/studio?uploaded={made.id}")
        return b""

    def write_refusal(self, error: DomainError) -> None:
        """Go back to the form, which says in words what was wrong."""
        code = (
            error.errors[0].code if isinstance(error, InvalidInput) and error.errors else None
        )
        self.clear()
        self.set_status(303)
        self.set_header("Location", f"/upload?error={code or error.code}")
        self.set_header("Content-Length", "0")
