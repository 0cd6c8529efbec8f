"""What members write about their channels."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.entities import make_channel, make_user
from tests.fakes.storage import FakeStorage
from videohub_core.channels.entities import Channel
from videohub_core.channels.use_cases.edit_channel import EditChannel
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import InvalidInput


@pytest.fixture
def channel(fake_storage: FakeStorage) -> Channel:
    user = make_user()
    channel = make_channel(user, title="Узлы", description="О них")
    with fake_storage.uow() as uow:
        uow.users.add(user)
        uow.channels.add(channel)
        uow.commit()
    return channel


def edited(storage: FakeStorage, channel: Channel, **given: Any) -> tuple[str, str]:
    EditChannel(storage.uow())(actor=Actor(channel.user_id), **given)
    stored = storage.rows.channels[channel.id]
    return stored.title, stored.description


def test_what_is_given_is_replaced(fake_storage: FakeStorage, channel: Channel) -> None:
    assert edited(fake_storage, channel) == ("Узлы", "О них")
    assert edited(fake_storage, channel, title=" Knots ") == ("Knots", "О них")
    assert edited(fake_storage, channel, description="") == ("Knots", "")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"title": "  "}, "required"),
        ({"title": "t" * 81}, "too_long"),
        ({"title": "a\nb"}, "invalid_character"),
        ({"description": "d" * 5001}, "too_long"),
        ({"description": "\0"}, "invalid_character"),
    ],
)
def test_wrong_input_changes_nothing(
    fake_storage: FakeStorage, channel: Channel, given: dict[str, str], code: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        edited(fake_storage, channel, **given)
    (error,) = caught.value.errors
    assert (error.pointer, error.code) == (f"/{next(iter(given))}", code)
    assert edited(fake_storage, channel) == ("Узлы", "О них")
