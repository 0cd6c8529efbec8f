"""What members write about their channels."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.entities import make_channel, make_user
from tests.fakes.storage import FakeStorage
from videohub_core.channels.entities import Channel, ChannelDetails
from videohub_core.channels.errors import ChannelChanged, NoSuchChannel, NotYourChannel
from videohub_core.channels.events import ChannelEdited
from videohub_core.channels.use_cases.edit_channel import EditChannel
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.ids import ChannelId, UserId


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
    actor = given.pop("actor", Actor(channel.user_id))
    EditChannel(storage.uow())(actor=actor, channel_id=channel.id, **given)
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


def test_the_owner_and_admins_change_a_channel(
    fake_storage: FakeStorage, channel: Channel
) -> None:
    with pytest.raises(NotYourChannel):
        edited(fake_storage, channel, actor=Actor(UserId("other"), Role.MODERATOR), title="x")
    admin = Actor(UserId("admin"), Role.ADMIN)
    assert edited(fake_storage, channel, actor=admin, title="x") == ("x", "О них")
    with pytest.raises(NoSuchChannel):
        EditChannel(fake_storage.uow())(actor=admin, channel_id=ChannelId("0" * 16))


def test_nothing_unseen_is_overwritten(fake_storage: FakeStorage, channel: Channel) -> None:
    seen = ChannelDetails("Узлы", "О них")
    assert edited(fake_storage, channel, title="Knots", seen=seen)[0] == "Knots"
    with pytest.raises(ChannelChanged):
        edited(fake_storage, channel, title="Ropes", seen=seen)


def test_what_changes_a_channel_is_told_and_what_does_not_is_not(channel: Channel) -> None:
    channel.edit(title="Узлы ", description="О них")
    assert channel.release_events() == []
    channel.edit(title="Knots", description="О них")
    (event,) = channel.release_events()
    assert event == ChannelEdited(channel.id)
    assert event.subject == channel.id
