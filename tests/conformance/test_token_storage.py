"""What the repositories and readers of tokens, keys and acts promise, whatever is below."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.factories.entities import (
    NOW,
    make_channel,
    make_upload,
    make_user,
    make_video,
    new_id,
)
from tests.fakes.simple import FakeClock
from videohub_core.accounts.entities import Session
from videohub_core.moderation.entities import AuditEntry
from videohub_core.shared.actor import OPERATOR
from videohub_core.shared.ids import AccessTokenId, AuditId, FamilyId, UserId
from videohub_core.shared.paging import PageRequest
from videohub_core.tokens.entities import (
    FAMILY_LASTS,
    REFRESH_LASTS,
    AccessToken,
    RefreshToken,
    SigningKey,
    TokenFamily,
)
from videohub_core.videos.entities import ProcessingState


def add(storage: Any, *rows: tuple[str, Any]) -> None:
    with storage.uow() as uow:
        for table, row in rows:
            getattr(uow, table).add(row)
        uow.commit()


@pytest.fixture
def user(storage: Any) -> Any:
    return add_user(storage)


def add_user(storage: Any) -> Any:
    user = make_user()
    add(storage, ("users", user), ("channels", make_channel(user)))
    return user


def make_family(user: Any, **fields: Any) -> TokenFamily:
    given = {"id": FamilyId(new_id("fam")), "user_id": user.id, "client": None}
    return TokenFamily(**{**given, "created": NOW, "last_used": NOW, **fields})


def make_access_token(user: Any, **fields: Any) -> AccessToken:
    id_ = AccessTokenId(new_id("tok"))
    given = {"id": id_, "user_id": user.id, "name": "script", "token_hash": f"hash of {id_}"}
    rest = {"scopes": ["read"], "created": NOW, "expires_at": None}
    return AccessToken(**{**given, **rest, **fields})


def add_family(storage: Any, user: Any, *tokens: str, **fields: Any) -> TokenFamily:
    family = make_family(user, **fields)
    with storage.uow() as uow:
        uow.families.add(family)
        for token in tokens:
            refresh = RefreshToken(token_hash=token, family_id=family.id, created=NOW)
            uow.families.add_refresh(refresh)
        uow.commit()
    return family


def test_a_refresh_token_leads_to_its_family(storage: Any, user: Any) -> None:
    family = add_family(storage, user, "one", "two", client="player" * 100)
    with storage.uow() as uow:
        assert uow.families.refresh("three") is None
        assert uow.families.get(FamilyId("nothing")) is None
        uow.families.refresh("one").use(NOW)
        uow.commit()
    with storage.uow() as uow:
        assert uow.families.refresh("one").used_at == NOW
        assert uow.families.refresh("two").used_at is None
        assert uow.families.get(uow.families.refresh("two").family_id).id == family.id


def test_whose_a_refresh_token_is(storage: Any, user: Any) -> None:
    add_family(storage, user, "one")
    add_family(storage, add_user(storage), "two")
    with storage.uow() as uow:
        assert uow.families.user_of("one") == user.id
        assert uow.families.user_of("three") is None


def test_a_family_that_has_ended_has_no_owner(storage: Any, user: Any) -> None:
    family = add_family(storage, user)
    assert storage.token_reader.owner(family.id).id == user.id
    assert storage.token_reader.owner(FamilyId("nothing000000000")) is None
    with storage.uow() as uow:
        uow.families.get(family.id).revoke(NOW)
        uow.commit()
    assert storage.token_reader.owner(family.id) is None


def test_families_are_listed_while_they_last(storage: Any, user: Any, clock: FakeClock) -> None:
    now = clock.now()
    moment = timedelta(seconds=1)
    old = add_family(storage, user, last_used=now - REFRESH_LASTS + moment)
    long = add_family(
        storage, user, created=now - FAMILY_LASTS + moment, last_used=now, client="ы"
    )
    add_family(storage, user, last_used=now, revoked_at=now)
    add_family(storage, user, last_used=now - REFRESH_LASTS)
    add_family(storage, add_user(storage), last_used=now)
    found = storage.token_reader.families_of(user.id)
    assert [(one.id, one.client, one.ends) for one in found] == [
        (long.id, "ы", now + moment),
        (old.id, None, now + moment),
    ]


def test_all_of_a_users_families_end_and_nobody_elses(storage: Any, user: Any) -> None:
    mine = [add_family(storage, user) for _ in range(2)]
    mine.append(add_family(storage, user, revoked_at=NOW))
    other = add_family(storage, add_user(storage))
    later = NOW + timedelta(days=1)
    with storage.uow() as uow:
        uow.families.revoke_of(user.id, later)
        uow.commit()
    with storage.uow() as uow:
        ends = [uow.families.get(family.id).revoked_at for family in (*mine, other)]
    assert ends == [later, later, NOW, None]


def test_families_that_are_over_go_with_their_tokens(storage: Any, user: Any) -> None:
    over = add_family(storage, user, "one", last_used=NOW)
    old = add_family(
        storage, user, "two", created=NOW - FAMILY_LASTS, last_used=NOW + timedelta(days=30)
    )
    left = add_family(storage, user, "three", last_used=NOW + timedelta(days=1))
    with storage.uow() as uow:
        uow.families.remove_ended(NOW + REFRESH_LASTS)
        uow.commit()
    with storage.uow() as uow:
        assert uow.families.get(over.id) is uow.families.get(old.id) is None
        assert uow.families.refresh("one") is uow.families.refresh("two") is None
        assert uow.families.get(left.id) is not None
        assert uow.families.refresh("three") is not None


def test_a_personal_token_is_found_by_its_hash(storage: Any, user: Any) -> None:
    token = make_access_token(user, scopes=["read", "upload"], expires_at=NOW)
    add(storage, ("access_tokens", token))
    found = storage.token_reader.personal(token.token_hash)
    assert (found.user.id, found.user.channel.title) == (user.id, user.display_name)
    assert (list(found.token.scopes), found.token.expires_at) == (["read", "upload"], NOW)
    assert storage.token_reader.personal("another") is None


def test_personal_tokens_are_listed_counted_and_removed(storage: Any, user: Any) -> None:
    old = make_access_token(user)
    new = make_access_token(user, created=NOW + timedelta(days=1))
    other = make_access_token(add_user(storage))
    add(storage, *(("access_tokens", token) for token in (old, new, other)))
    assert [one.id for one in storage.token_reader.access_tokens_of(user.id)] == [
        new.id,
        old.id,
    ]
    with storage.uow() as uow:
        assert uow.access_tokens.count_of(user.id) == 2
        uow.access_tokens.remove(uow.access_tokens.get(old.id))
        uow.commit()
    assert [one.id for one in storage.token_reader.access_tokens_of(user.id)] == [new.id]
    assert storage.token_reader.personal(old.token_hash) is None
    with storage.uow() as uow:
        uow.access_tokens.remove_of(user.id)
        uow.commit()
    assert storage.token_reader.personal(new.token_hash) is None
    assert storage.token_reader.personal(other.token_hash) is not None


def make_key(kid: str, created: datetime, **fields: Any) -> SigningKey:
    public = {"kid": kid, "kty": "RSA"}
    return SigningKey(
        kid=kid,
        private_key=b"\0\xff" + kid.encode(),
        public_key=public,
        created=created,
        **fields,
    )


def test_keys_are_read_newest_first(storage: Any) -> None:
    later = NOW + timedelta(days=1)
    add(
        storage,
        ("signing_keys", make_key("old", NOW, retired_at=later)),
        ("signing_keys", make_key("new", later)),
    )
    reader = storage.token_reader
    assert [(key.kid, key.jwk["kid"], key.retired_at) for key in reader.public_keys()] == [
        ("new", "new", None),
        ("old", "old", later),
    ]
    assert reader.private_key("old") == b"\0\xffold"
    assert reader.private_key("none") is None
    with storage.uow() as uow:
        newest, oldest = uow.signing_keys.all()
        assert newest.kid == "new"
        uow.signing_keys.remove(oldest)
        uow.commit()
    assert [key.kid for key in reader.public_keys()] == ["new"]


def make_act(at: datetime, actor_id: str, subject_id: str) -> AuditEntry:
    return AuditEntry(
        id=AuditId(new_id("act")),
        at=at,
        actor_id=UserId(actor_id),
        action="ban",
        subject_kind="user",
        subject_id=subject_id,
        detail="Причина",
    )


def test_acts_are_read_page_by_page_with_the_names_there_are(storage: Any, user: Any) -> None:
    # Two of one moment are in one order, on every page.
    moments = [NOW + timedelta(days=number // 2) for number in range(5)]
    acts = [make_act(moment, OPERATOR.id, user.id) for moment in moments[:-1]]
    acts.append(make_act(moments[-1], user.id, "gone000000000000"))
    add(storage, *(("audit", act) for act in acts))
    ids = [act.id for act in reversed(acts)]
    first = storage.audit_reader.entries(PageRequest(limit=3))
    second = storage.audit_reader.entries(PageRequest(limit=3, after=first.next))
    found = [*first.items, *second.items]
    assert [act.id for act in found] == ids
    assert second.next is None
    name = user.display_name
    assert [act.actor_name for act in found] == [name, None, None, None, None]
    assert [act.subject_name for act in found] == [None, name, name, name, name]
    assert {act.detail for act in found} == {"Причина"}


def test_what_is_a_users_alone_goes_with_them(storage: Any, user: Any) -> None:
    other = add_user(storage)
    personal = {one.id: make_access_token(one) for one in (user, other)}
    families = {one.id: add_family(storage, one, f"of {one.id}") for one in (user, other)}
    for one in (user, other):
        session = Session(token_hash=f"of {one.id}", user_id=one.id, created=NOW, last_used=NOW)
        add(
            storage,
            ("access_tokens", personal[one.id]),
            ("sessions", session),
            ("uploads", make_upload(one)),
            ("audit", make_act(NOW, one.id, one.id)),
        )
    with storage.uow() as uow:
        uow.users.remove(uow.users.get(user.id))
        uow.commit()
    assert storage.account_reader.user(user.id) is None
    assert storage.account_reader.session(f"of {user.id}") is None
    assert storage.token_reader.owner(families[user.id].id) is None
    assert storage.token_reader.personal(personal[user.id].token_hash) is None
    with storage.uow() as uow:
        assert uow.families.refresh(f"of {user.id}") is None
        assert uow.uploads.of_user(user.id) == []
        assert uow.sessions.of_user(user.id) == []
        assert len(uow.sessions.of_user(other.id)) == len(uow.uploads.of_user(other.id)) == 1
    assert storage.token_reader.owner(families[other.id].id).id == other.id
    assert storage.token_reader.personal(personal[other.id].token_hash) is not None
    assert len(storage.audit_reader.entries(PageRequest()).items) == 2


def test_a_users_videos_are_found_in_every_state(storage: Any, user: Any) -> None:
    with storage.uow() as uow:
        video = make_video(uow.channels.of_user(user.id))
        uow.videos.add(video)
        uow.videos.add(make_video(uow.channels.of_user(user.id), state=ProcessingState.FAILED))
        uow.commit()
    stranger = add_user(storage)
    with storage.uow() as uow:
        assert len(uow.videos.of_owner(user.id)) == 2
        assert uow.videos.of_owner(stranger.id) == []
