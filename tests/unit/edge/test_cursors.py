"""Cursors: what the hub gave comes back, and nothing else does."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.edge import cursors
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.paging import Position

SECRET = b"of this hub"
FRESH, POPULAR = "/api/v1/videos?sort=-published_at", "/api/v1/videos?sort=-views"

times = st.datetimes(timezones=st.just(UTC))
positions = st.builds(
    Position,
    at=times | st.floats(allow_nan=False, allow_infinity=False),
    id=st.text("abcXYZ019", min_size=16, max_size=16),
    as_of=st.none() | times,
)


@given(positions)
def test_a_cursor_comes_back_as_the_position_it_was(position: Position) -> None:
    cursor = cursors.encode(SECRET, FRESH, position)
    assert cursors.decode(SECRET, FRESH, cursor) == position


@given(st.text())
def test_no_text_but_a_cursor_is_a_cursor(text: str) -> None:
    with pytest.raises(InvalidInput):
        cursors.decode(SECRET, FRESH, text)


@given(positions, st.data())
def test_a_changed_cursor_is_none(position: Position, data: st.DataObject) -> None:
    cursor = cursors.encode(SECRET, FRESH, position)
    index = data.draw(st.integers(0, len(cursor) - 2))
    other = data.draw(st.sampled_from("Aa0-_").filter(lambda letter: letter != cursor[index]))
    with pytest.raises(InvalidInput):
        cursors.decode(SECRET, FRESH, cursor[:index] + other + cursor[index + 1 :])


@pytest.mark.parametrize(
    ("secret", "name"), [(SECRET, POPULAR), (SECRET, "/api/v1/me/feed?"), (b"other", FRESH)]
)
def test_a_cursor_is_of_one_list_of_one_hub(secret: bytes, name: str) -> None:
    position = Position(datetime(2026, 1, 1, tzinfo=UTC), "a" * 16)
    with pytest.raises(InvalidInput):
        cursors.decode(secret, name, cursors.encode(SECRET, FRESH, position))


@pytest.mark.parametrize("document", ['["2026-01-02T03:04:05+00:00","a"]', "[1,2]", "", "{}"])
def test_a_document_without_a_signature_is_refused(document: str) -> None:
    with pytest.raises(InvalidInput):
        cursors.decode(SECRET, FRESH, base64.urlsafe_b64encode(document.encode()).decode())
