"""Stored bytes out: `/media/{video_id}/{name}`, authorised like the video itself."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Generator
from concurrent.futures import Executor
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.web import stream_request_body

from entrypoints.edge import headers, playback_links
from entrypoints.edge.actor import Caller, authorise
from entrypoints.edge.credentials import caller_by_name
from entrypoints.edge.errors import (
    NoSuchAddress,
    PlaybackLinkInvalid,
    RangeNotSatisfiable,
)
from entrypoints.edge.handler import BodilessHandler, Result
from entrypoints.streams.ranges import ByteRange, etag_matches, parse_ranges
from entrypoints.streams.sending import FilePart
from videohub_core.shared.errors import DomainError
from videohub_core.shared.ids import VideoId
from videohub_core.videos.use_cases.open_media import OpenedMedia


@stream_request_body
class MediaHandler(BodilessHandler):
    """GET and HEAD with Range, ETag, If-None-Match and If-Range; seeks, never reads through."""

    fields = playback_links.FIELDS

    def initialize(self, store_executor: Executor, **parts: Any) -> None:
        super().initialize(**parts)
        self._store_executor = store_executor

    async def _in_store(self, call: Callable[[], Result]) -> Result:
        """Run what may wait for the store of the files."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._store_executor, call)

    async def identify(self, permission: str) -> None:
        """By a playback link, the caller is the member who made it, for this one video."""
        if self.request.query:
            self.caller = await self.in_thread(self._link_caller)
            self.check_host()
            authorise(self.caller, permission)
            self.identified_as(permission)
        else:
            await super().identify(permission)

    def _link_caller(self) -> Caller:
        credential = playback_links.read_query(
            self.container.secret(),
            VideoId(self.path_args[0]),
            self._link(),
            self.container.clock().now().timestamp(),
        )
        caller = caller_by_name(self.container, credential)
        if caller is None:
            raise PlaybackLinkInvalid
        return caller

    def _link(self) -> dict[str, str]:
        return {name: self.get_query_argument(name, "") for name in self.fields}

    async def head(self, video_id: str, name: str) -> None:
        await self.get(video_id, name)

    async def get(self, video_id: str, name: str) -> None:
        if self._refused:
            return
        try:
            await self.identify("anyone")
            # A link is signed for one method, so the hub answers HEAD itself.
            may_link = self.request.method == "GET"
            media = await self._in_store(lambda: self._open(video_id, name, may_link=may_link))
        except DomainError as error:
            self.write_refusal(error)
            return
        if media.link:
            self._send_away(media)
            return
        self.watch(lambda: self._check(video_id, name))
        try:
            await self._answer(media)
        except StreamClosedError:
            # A player that seeks hangs up and asks again: nothing went wrong.
            self._finished = True
            self.on_finish()
        finally:
            media.close()

    def _open(self, video_id: str, name: str, *, may_link: bool = False) -> OpenedMedia:
        """Return a file of a video if the caller may have it now."""
        opened: OpenedMedia = self.container.open_media()(
            actor=self.caller.actor,
            video_id=VideoId(video_id),
            name=name,
            may_link=may_link,
            to_watch=bool(self.request.query),
        )
        if self.request.query and opened.names_files:
            link = self._link()
            return opened.rewritten(lambda text: playback_links.carry_on(text, link))
        return opened

    def _send_away(self, media: OpenedMedia) -> None:
        """Answer with where the bytes are to be had."""
        self.set_status(302)
        self.set_header("Location", media.link)
        self.set_header("Content-Length", "0")
        for name, value in headers.link_headers(is_public=media.is_public).items():
            self.set_header(name, value)

    def _check(self, video_id: str, name: str) -> None:
        """Raise if the caller may not have the file any more."""
        self.container.open_media().check(
            actor=self.caller.actor, video_id=VideoId(video_id), name=name
        )

    async def _answer(self, media: OpenedMedia) -> None:
        etag = f'"{media.version}"'
        size = media.size
        self.set_header("ETag", etag)
        self.set_header("Accept-Ranges", "bytes")
        for name, value in headers.media_headers(
            is_public=media.is_public, is_lasting=media.is_lasting
        ).items():
            self.set_header(name, value)
        if media.is_download:
            self.set_header("Content-Disposition", "attachment")
        asked = self.request.headers
        if etag_matches(asked.get("If-None-Match"), etag, weak=True):
            self.set_status(304)
            return
        if self._hand_over(media):
            return
        ranges = parse_ranges(asked.get("Range"), size)
        if asked.get("If-Range", etag) != etag:
            ranges = None
        if ranges is None:
            self.set_header("Content-Type", media.content_type)
            await self._send(media, [ByteRange(0, size)], size)
        elif not ranges:
            self.write_refusal(RangeNotSatisfiable())
            self.set_header("Content-Range", f"bytes */{size}")
        elif len(ranges) == 1:
            self.set_status(206)
            self.set_header("Content-Type", media.content_type)
            self.set_header("Content-Range", ranges[0].content_range(size))
            await self._send(media, ranges, ranges[0].length)
        else:
            self.set_status(206)
            await self._send_parts(media, ranges, size)

    def _hand_over(self, media: OpenedMedia) -> bool:
        """Have the proxy in front send the file, ranges included, where it is to do so."""
        prefix, content = self.hub_settings.accel_redirect, media.content
        if not prefix or media.key is None or isinstance(content, bytes | None):
            return False
        if content.fileno() is None:
            return False
        self.set_header("Content-Type", media.content_type)
        self.set_header("X-Accel-Redirect", f"{prefix}/{media.key}")
        self.clear_header("ETag")
        return True

    async def _send_parts(self, media: OpenedMedia, ranges: list[ByteRange], size: int) -> None:
        """Answer several ranges as multipart/byteranges (RFC 9110, section 14.6)."""
        boundary = secrets.token_hex(16)
        heads = [
            f"\r\n--{boundary}\r\nContent-Type: {media.content_type}\r\n"
            f"Content-Range: {part.content_range(size)}\r\n\r\n".encode()
            for part in ranges
        ]
        end = f"\r\n--{boundary}--\r\n".encode()
        length = sum(map(len, heads)) + sum(part.length for part in ranges) + len(end)
        self.set_header("Content-Type", f"multipart/byteranges; boundary={boundary}")
        await self._send(media, ranges, length, heads, end)

    async def _send(
        self,
        media: OpenedMedia,
        ranges: list[ByteRange],
        length: int,
        heads: list[bytes] | None = None,
        end: bytes = b"",
    ) -> None:
        self.set_header("Content-Length", str(length))
        if self.request.method == "HEAD":
            return
        for index, part in enumerate(ranges):
            if heads:
                self.write(heads[index])
            await self._send_range(media, part)
        self.write(end)

    async def _send_range(self, media: OpenedMedia, part: ByteRange) -> None:
        if isinstance(media.content, bytes):
            self.write(media.content[part.start : part.start + part.length])
            return
        await self.flush()
        self.expect_more()
        descriptor = media.content.fileno()
        if descriptor is None:
            await self._send_blocks(media.content.blocks(part.start, part.length))
            return
        sent = FilePart(descriptor, part.start, part.length, self.executor, self.expect_more)
        connection: Any = self.request.connection
        if connection.stream.closed():
            raise StreamClosedError
        connection.write(sent)
        await sent.done

    async def _send_blocks(self, blocks: Generator[bytes]) -> None:
        """Send what has no descriptor, a block at a time."""
        try:
            while block := await self._in_store(lambda: next(blocks, b"")):
                self.write(block)
                await self.flush()
                self.expect_more()
        except DomainError:
            # The promised length cannot be kept, and a closed connection says so.
            self.hang_up()
            raise StreamClosedError from None
        finally:
            await self._in_store(blocks.close)


@stream_request_body
class NoMediaHandler(BodilessHandler):
    """Whatever else is below `/media/` does not exist."""

    async def prepare(self) -> None:
        await self.refuse(NoSuchAddress())

    get = head = BodilessHandler.nothing_left_to_do  # type: ignore[assignment]
