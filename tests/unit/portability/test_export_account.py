"""What a member takes along."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.entities import make_channel, make_user, make_video
from tests.fakes.simple import FakeClock
from tests.fakes.storage import FakeStorage
from videohub_core.accounts.entities import SESSION_ABSOLUTE, Session
from videohub_core.accounts.errors import NoSuchUser
from videohub_core.portability.entities import Export
from videohub_core.portability.use_cases.export_account import ExportAccount
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.ids import UserId


def export(storage: FakeStorage, user_id: UserId, clock: FakeClock) -> Export:
    use_case = ExportAccount(
        storage.account_reader,
        storage.channel_reader,
        storage.token_reader,
        storage.invitation_reader,
        storage.video_reader,
        storage.like_reader,
        storage.subscription_reader,
        storage.block_reader,
        storage.comment_reader,
        clock,
    )
    return use_case(actor=Actor(user_id, Role.MEMBER))


def test_only_what_is_the_members(fake_storage: FakeStorage, clock: FakeClock) -> None:
    made = []
    with fake_storage.uow() as uow:
        for _ in range(2):
            user = make_user()
            channel = make_channel(user)
            uow.users.add(user)
            uow.channels.add(channel)
            video = make_video(channel)
            uow.videos.add(video)
            for age in (timedelta(0), SESSION_ABSOLUTE):
                at = clock.now() - age
                token = Session.hash(f"{user.id} {age}")
                session = Session(
                    token_hash=token, user_id=user.id, created=at, last_used=clock.now()
                )
                uow.sessions.add(session)
            made.append((user, video))
        uow.commit()
    user, video = made[0]
    found = export(fake_storage, user.id, clock)
    assert found.account.id == user.id
    assert found.channel.user_id == user.id
    assert len(found.sessions) == 1, "one has ended"
    assert [one.id for page in found.videos for one in page] == [video.id]
    assert [list(page) for page in found.invitations] == [[]]
    assert [list(page) for page in found.blocks] == [[]]
    assert [list(page) for page in found.comments] == [[]]


def test_whoever_has_left_takes_nothing(fake_storage: FakeStorage, clock: FakeClock) -> None:
    with pytest.raises(NoSuchUser):
        export(fake_storage, UserId("0" * 16), clock)
