"""Text, paging, roles."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videohub_core.shared.actor import Role
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.paging import Position
from videohub_core.shared.text import text_error


@given(
    at=st.datetimes(timezones=st.just(UTC)),
    id_=st.text("abcXYZ019", min_size=16, max_size=16),
)
def test_a_cursor_comes_back_as_the_position_it_was(at: datetime, id_: str) -> None:
    assert Position.decode(Position(at, id_).encode()) == Position(at, id_)


@given(st.text())
def test_no_text_but_a_cursor_is_a_cursor(text: str) -> None:
    try:
        position = Position.decode(text)
    except InvalidInput:
        return
    assert Position.decode(position.encode()) == position


@pytest.mark.parametrize("document", ['["2026-01-02T03:04:05","a"]', "[1,2]", "[]", "{}", "1"])
def test_json_that_is_no_position_is_refused(document: str) -> None:
    import base64

    with pytest.raises(InvalidInput):
        Position.decode(base64.urlsafe_b64encode(document.encode()).decode())


@given(st.text(max_size=50))
def test_text_is_taken_whole_or_refused(text: str) -> None:
    error = text_error("/text", text, most=50)
    storable = not any(
        0xD800 <= ord(c) <= 0xDFFF or (ord(c) < 32 and c not in "\t\n\r") or 127 <= ord(c) < 160
        for c in text
    )
    assert (error is None) == storable


def test_roles_include_the_ones_below() -> None:
    assert Role.ADMIN.includes(Role.MODERATOR)
    assert Role.MODERATOR.includes(Role.MODERATOR)
    assert not Role.MEMBER.includes(Role.MODERATOR)
