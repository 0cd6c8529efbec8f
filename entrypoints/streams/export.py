"""A member's data, as one JSON document that is written as it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tornado.iostream import StreamClosedError
from tornado.web import stream_request_body

from entrypoints.edge import headers
from entrypoints.edge.documents import encode
from entrypoints.edge.handler import BodilessHandler
from entrypoints.edge.limits import limit
from entrypoints.edge.presenters import (
    present_access_token,
    present_block,
    present_channel,
    present_client,
    present_export_head,
    present_exported_comment,
    present_exported_video,
    present_invitation,
    present_like,
    present_self,
    present_session,
    present_subscription,
)
from videohub_core.portability.entities import Export
from videohub_core.shared.errors import DomainError


@stream_request_body
class ExportHandler(BodilessHandler):
    """GET /api/v1/me/export."""

    methods = ("GET",)
    head = BodilessHandler.nothing_left_to_do  # type: ignore[assignment]

    async def get(self) -> None:
        if self._refused:
            return
        try:
            await self.identify("account")
            address = str(self.request.remote_ip)
            limit(self.container, kind="read", caller=self.caller, address=address)
            export: Export = await self.in_thread(
                lambda: self.container.export_account()(actor=self.caller.actor)
            )
        except DomainError as error:
            self.write_refusal(error)
            return
        name = f"video-hub-{export.at:%Y-%m-%d}.json"
        for header, value in {
            **headers.api_headers(),
            "Content-Type": "application/json; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
        }.items():
            self.set_header(header, value)
        try:
            await self._send(export)
        except StreamClosedError:
            # Whoever gives up a download can begin it anew.
            self._finished = True
            self.on_finish()

    async def _send(self, export: Export) -> None:
        actor, current = self.caller.actor, self.caller.session
        head = {
            **present_export_head(export),
            "account": present_self(export.account),
            "channel": present_channel(export.channel, actor),
            "sessions": [
                *(present_session(one, current) for one in export.sessions),
                *(present_client(one) for one in export.clients),
            ],
            "access_tokens": [present_access_token(one) for one in export.access_tokens],
        }
        self.write(encode(head)[:-1])
        await self._send_list("invitations", export.invitations, present_invitation)
        await self._send_list(
            "videos", export.videos, lambda video: present_exported_video(video, actor)
        )
        await self._send_list("likes", export.likes, present_like)
        await self._send_list("subscriptions", export.subscriptions, present_subscription)
        await self._send_list("blocks", export.blocks, present_block)
        await self._send_list("comments", export.comments, present_exported_comment)
        self.write(b"}")

    async def _send_list(
        self,
        name: str,
        pages: Iterator[Sequence[Any]],
        present: Callable[[Any], dict[str, Any]],
    ) -> None:
        """Write a member of the document, a page at a time: no export is held whole."""
        self.write(f',"{name}":['.encode())
        is_first = True
        while (page := await self.in_thread(lambda: next(pages, None))) is not None:
            for item in page:
                self.write((b"" if is_first else b",") + encode(present(item)))
                is_first = False
            self.expect_more()
            await self.flush()
        self.write(b"]")
