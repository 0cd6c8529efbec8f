"""A video in one request: multipart/form-data, its fields first, its file last.

Everything that can be refused is refused before the file: from the headers, then from
the fields. The file goes once, block by block, through the offset engine into the
upload store; only when it is durable does the video come into being. Whatever ends
early leaves nothing behind.
"""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from multipart import MultipartError, PushMultipartParser, parse_options_header
from tornado.web import stream_request_body

from entrypoints.edge import csrf, headers
from entrypoints.edge.errors import BodyTooLarge, CsrfFailed, MalformedBody, UnknownField
from entrypoints.edge.presenters import present_video
from entrypoints.streams.handler import StreamHandler
from videohub_core.shared.errors import (
    DomainError,
    FieldError,
    InvalidInput,
    UnsupportedMediaType,
)
from videohub_core.shared.ids import UploadId, VideoId
from videohub_core.videos.entities import VideoDetails
from videohub_core.videos.errors import FileTooLarge

FIELDS = ("title", "description", "tags", "visibility")
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
        # Writing, finishing and discarding exclude each other: a connection can end
        # while a block is on its way to the disk.
        self._busy = asyncio.Lock()
        self._gone = False
        try:
            await self.identify("member")
            self._check_headers()
        except DomainError as error:
            await self.refuse(error)

    def _check_headers(self) -> None:
        if sent := self.request.headers.get(csrf.HEADER):
            self._check_csrf(sent)
        content_type, options = parse_options_header(
            self.request.headers.get("Content-Type", "")
        )
        if content_type != "multipart/form-data":
            if not self._proven:
                raise CsrfFailed
            raise UnsupportedMediaType("Send multipart/form-data with the file in it.")
        length = self._content_length()
        if length is not None and length > self.hub_settings.upload_size_most + _BLOCK:
            raise FileTooLarge
        try:
            self._parser = PushMultipartParser(
                options.get("boundary", ""),
                content_length=-1 if length is None else length,
                strict=True,
            )
        except MultipartError as error:
            raise MalformedBody("The boundary is missing or wrong.") from error

    def _check_csrf(self, sent: str) -> None:
        csrf.check(
            secret=self.container.secret(),
            settings=self.hub_settings,
            caller=self.caller,
            cookies={},
            headers=self.request.headers,
            host=self.request.host,
            sent=sent,
        )
        self._proven = True

    def _content_length(self) -> int | None:
        text = self.request.headers.get("Content-Length")
        return int(text) if text is not None else None

    async def data_received(self, chunk: bytes) -> None:
        if self._refused:
            self.drain(chunk)
            return
        try:
            for event in self._parser.parse(chunk):
                await self._take(event)
        except MultipartError as error:
            await self._give_up(MalformedBody(str(error)))
        except DomainError as error:
            await self._give_up(error)

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
                [FieldError(f"/{part.name}", "after_file", "The fields come before the file.")]
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
                [FieldError(f"/{part.name}", "unknown_field", "This field is not known here.")]
            )
        elif part.name in self._fields and part.name != "tags":
            raise InvalidInput(
                [FieldError(f"/{part.name}", "repeated", "This field may come once.")]
            )
        elif sum(map(len, self._fields.values())) >= _FIELDS_MOST:
            raise BodyTooLarge

    async def _begin_file(self) -> None:
        self._details = self._checked_details()
        actor, length = self.caller.actor, self._content_length() or 0
        self._upload_id = await self.in_thread(
            lambda: self.container.start_upload()(actor=actor, length=length)
        )
        if self._gone:
            await self._discard()

    def _checked_details(self) -> VideoDetails:
        given = {name: values[0] for name, values in self._fields.items()}
        tags = [tag for value in self._fields.get("tags", []) for tag in value.split(",")]
        return VideoDetails.checked(**{"title": "", **given, "tags": tags})

    async def _take_bytes(self, data: bytes) -> None:
        if self._name == FILE:
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
                self._check_csrf(text)
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
        try:
            self._parser.close()
            if not self._proven:
                raise CsrfFailed
            if self._upload_id is None:
                self._checked_details()
                raise InvalidInput([FieldError("/file", "required", "There is no file.")])
            await self._write_block()
            video_id = await self._create()
        except MultipartError as error:
            await self._give_up(MalformedBody(str(error)))
        except DomainError as error:
            await self._give_up(error)
        else:
            await self.answer_created(video_id)

    async def _create(self) -> VideoId:
        actor, upload_id, details = self.caller.actor, self._upload_id, self._details

        def create() -> VideoId:
            self.container.finish_upload()(actor=actor, upload_id=upload_id)
            made: VideoId = self.container.create_video()(
                actor=actor, upload_id=upload_id, details=details
            )
            return made

        async with self._busy:
            video_id = await self.in_thread(create)
            # From here on the bytes are the video's.
            self._upload_id = None
        return video_id

    async def answer_created(self, video_id: VideoId) -> None:
        """Answer 201 with the video."""
        actor = self.caller.actor
        video = await self.in_thread(
            lambda: self.container.read_video()(actor=actor, video_id=video_id)
        )
        self.set_status(201)
        for name, value in headers.api_headers().items():
            self.set_header(name, value)
        self.set_header("Location", f"/api/v1/videos/{video_id}")
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.write(orjson.dumps(present_video(video, actor)))

    def on_connection_close(self) -> None:
        self._gone = True
        asyncio.ensure_future(self._discard())  # noqa: RUF006 - the lock orders it

    async def _give_up(self, error: DomainError) -> None:
        await self._discard()
        await self.refuse(error)

    async def _discard(self) -> None:
        async with self._busy:
            upload_id, self._upload_id = self._upload_id, None
            if upload_id is not None:
                actor = self.caller.actor
                await self.in_thread(
                    lambda: self.container.discard_upload()(actor=actor, upload_id=upload_id)
                )


class FormUploadHandler(VideoUploadHandler):
    """POST /upload: the same for a form without JavaScript, answered with redirects."""

    methods = ("GET", "HEAD", "POST")

    async def answer_created(self, video_id: VideoId) -> None:
        """Go on to the studio, where the video is shown on its way."""
        self.redirect(f"/studio?uploaded={video_id}", status=303)

    def write_refusal(self, error: DomainError) -> None:
        """Go back to the form, which says in words what was wrong."""
        code = (
            error.errors[0].code if isinstance(error, InvalidInput) and error.errors else None
        )
        self.clear()
        self.set_status(303)
        self.set_header("Location", f"/upload?error={code or error.code}")
        self.set_header("Content-Length", "0")
