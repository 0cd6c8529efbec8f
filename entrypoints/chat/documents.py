"""What the chat answers by HTTP: its history, its description, and whether it works."""

from __future__ import annotations

import hashlib
from typing import Any

from tornado.web import stream_request_body

from entrypoints.chat.asyncapi import make_document
from entrypoints.edge import headers
from entrypoints.edge.chat import HISTORY_MOST, present_message, stretch
from entrypoints.edge.documents import encode
from entrypoints.edge.errors import NoSuchAddress
from entrypoints.edge.handler import BodilessHandler
from entrypoints.edge.limits import limit
from videohub_core.chat.ports import MessageView, RoomView
from videohub_core.shared.errors import DomainError, FieldError, InvalidInput, Unavailable
from videohub_core.shared.ids import RoomId

_PLACES = ("before", "after", "around")
_DIGITS_MOST = 9
JSON = "application/json; charset=utf-8"


class DocumentHandler(BodilessHandler):
    """A handler that answers one document, or a problem."""

    async def get(self, *path: str) -> None:
        if self._refused:
            return
        try:
            body = await self.document(*path)
        except DomainError as error:
            self.write_refusal(error)
            return
        for name, value in {**headers.api_headers(), "Content-Type": JSON}.items():
            self.set_header(name, value)
        self.set_header("Content-Length", str(len(body)))
        if self.request.method != "HEAD":
            self.write(body)

    head = get

    async def document(self, *path: str) -> bytes:
        """Return the answer's body; raise a DomainError."""
        raise NotImplementedError


@stream_request_body
class HistoryHandler(DocumentHandler):
    """GET /websocket/rooms/{id}/messages: as the REST API has it."""

    fields = (*_PLACES, "limit")

    async def document(self, *path: str) -> bytes:
        await self.identify("anyone")
        query = {name: self._number(name) for name in self.fields}
        if query["limit"] is not None and not 1 <= query["limit"] <= HISTORY_MOST:
            detail = f"This is a number from 1 to {HISTORY_MOST}."
            raise InvalidInput([FieldError("/limit", "invalid", detail)])
        address = str(self.request.remote_ip)
        limit(self.container, kind="read", caller=self.caller, address=address)
        actor, room_id = self.caller.actor, RoomId(path[0])

        def read() -> tuple[RoomView, Any]:
            room = self.container.read_room()(actor=actor, room_id=room_id)
            return room, stretch(self.container.read_messages(), room, query)

        room: RoomView
        found: list[MessageView]
        room, found = await self.in_thread(read)
        items = [present_message(one, actor) for one in found]
        return encode({"items": items, "last_index": room.last_index})

    def _number(self, name: str) -> int | None:
        given = self.get_query_arguments(name, strip=False)
        if not given:
            return None
        text = given[0]
        if (
            len(given) > 1
            or not (text.isascii() and text.isdigit())
            or len(text) > _DIGITS_MOST
        ):
            detail = "This has to be a whole number."
            raise InvalidInput([FieldError(f"/{name}", "invalid", detail)])
        return int(text)


@stream_request_body
class HealthHandler(DocumentHandler):
    """GET /websocket/health: whether the chat can do its work."""

    async def document(self, *_path: str) -> bytes:
        await self.identify("anyone")
        if not await self.in_thread(self.container.schema_is_current):
            raise Unavailable("The database has not been migrated to this release.")
        return encode({"status": "ok"})


@stream_request_body
class AsyncApiHandler(DocumentHandler):
    """GET /websocket/asyncapi.json."""

    async def document(self, *_path: str) -> bytes:
        await self.identify("anyone")
        settings = self.hub_settings
        body = encode(make_document(settings.public_url, behind_tls=settings.behind_tls))
        self.set_header("ETag", f'"{hashlib.sha256(body).hexdigest()[:16]}"')
        return body


@stream_request_body
class NoDocumentHandler(DocumentHandler):
    """Whatever else is asked for under `/websocket/`."""

    async def document(self, *_path: str) -> bytes:
        raise NoSuchAddress
