"""See who is in a room."""

from __future__ import annotations

from videohub_core.chat.ports import MemberView, RoomReader, RoomView
from videohub_core.shared.paging import Page, PageRequest


class ListMembers:
    """Return who is in a room of two or a group, those first who came first.

    The caller has asked `ReadRoom` for the room. Beside a video nobody is a member.
    """

    def __init__(self, reader: RoomReader) -> None:
        self._reader = reader

    def __call__(self, *, room: RoomView, page: PageRequest) -> Page[MemberView]:
        return self._reader.members(room.id, page)
