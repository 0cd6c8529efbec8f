"""Text, paging, roles."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from videohub_core.shared.actor import Role
from videohub_core.shared.text import text_error


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
