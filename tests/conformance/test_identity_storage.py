"""What is promised about identities, in memory and on each database."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from tests.factories.entities import NOW, make_channel, make_user
from videohub_core.accounts.entities import Session, UserQuery
from videohub_core.accounts.errors import IdentityTaken
from videohub_core.identity.entities import LOGIN_LASTS, AccountLink, LoginAttempt
from videohub_core.shared.paging import PageRequest

ISSUER = "https://login.example.test"


def make_attempt(state: str = "s", **fields: Any) -> LoginAttempt:
    given = {"browser_hash": "b", "sealed": b"\0sealed", "created": NOW}
    return LoginAttempt(state_hash=state, **{**given, **fields})


def add(storage: Any, **rows: Any) -> None:
    with storage.uow() as uow:
        for table, row in rows.items():
            getattr(uow, table).add(row)
        uow.commit()


def take(storage: Any, state: str = "s", browser: str = "b") -> Any:
    with storage.uow() as uow:
        taken = uow.login_attempts.take(state, browser)
        uow.commit()
    return taken


def test_an_attempt_is_taken_once(storage: Any) -> None:
    add(storage, login_attempts=make_attempt())
    assert take(storage) == make_attempt()
    assert take(storage) is None


def test_an_attempt_is_its_browsers_alone(storage: Any) -> None:
    add(storage, login_attempts=make_attempt())
    assert take(storage, browser="another") is None
    assert take(storage, state="another") is None
    assert take(storage) is not None


def test_old_attempts_and_links_are_removed(storage: Any) -> None:
    link = AccountLink(token_hash="t", sealed=b"x", created=NOW)
    add(storage, login_attempts=make_attempt(), account_links=link)
    for age, is_there in (
        (LOGIN_LASTS - timedelta(microseconds=1), True),
        (LOGIN_LASTS, False),
    ):
        now = NOW + age
        with storage.uow() as uow:
            uow.login_attempts.remove_expired(now)
            uow.account_links.remove_expired(now)
            assert (uow.account_links.get("t") is not None) is is_there
            assert (uow.login_attempts.take("s", "b") is not None) is is_there


def test_a_link_is_read_often_and_taken_once(storage: Any) -> None:
    link = AccountLink(token_hash="t", sealed=b"\0sealed", created=NOW)
    add(storage, account_links=link)
    with storage.uow() as uow:
        assert uow.account_links.get("t") == uow.account_links.get("t") == link
        assert uow.account_links.get("another") is None
        assert uow.account_links.take("t") == link
        assert uow.account_links.take("t") is None
        uow.commit()
    with storage.uow() as uow:
        assert uow.account_links.get("t") is None


def test_where_a_session_began_ends_with_it(storage: Any) -> None:
    user = make_user()
    session = Session(token_hash="h", user_id=user.id, created=NOW, last_used=NOW)
    add(storage, users=user, sessions=session)
    with storage.uow() as uow:
        uow.provider_sessions.add("h", b"\0sealed")
        uow.commit()
    with storage.uow() as uow:
        assert uow.provider_sessions.get("h") == b"\0sealed"
        assert uow.provider_sessions.get("another") is None
        uow.sessions.remove(uow.sessions.get("h"))
        uow.commit()
    with storage.uow() as uow:
        assert uow.provider_sessions.get("h") is None


def test_a_user_is_found_by_issuer_and_sub_together(storage: Any) -> None:
    user = make_user(issuer=ISSUER, sub="7", email=None)
    add(storage, users=user, channels=make_channel(user))
    with storage.uow() as uow:
        assert uow.users.by_identity(ISSUER, "7").id == user.id
        assert uow.users.by_identity(ISSUER, "8") is None
        assert uow.users.by_identity("https://else.example.test", "7") is None
    found = storage.account_reader.by_identity(ISSUER, "7")
    assert (found.id, found.sub, found.email) == (user.id, "7", None)
    assert storage.account_reader.by_identity("https://else.example.test", "7") is None


def test_an_identity_has_one_account(storage: Any) -> None:
    add(storage, users=make_user(issuer=ISSUER, sub="7"))
    add(storage, users=make_user(issuer="https://else.example.test", sub="7"))
    with pytest.raises(IdentityTaken), storage.uow() as uow:
        uow.users.add(make_user(issuer=ISSUER, sub="7"))
    local = make_user()
    add(storage, users=local)
    with pytest.raises(IdentityTaken), storage.uow() as uow:
        uow.users.identify(uow.users.get(local.id), ISSUER, "7")
    with storage.uow() as uow:
        uow.users.identify(uow.users.get(local.id), ISSUER, "8")
        uow.users.identify(uow.users.get(local.id), ISSUER, "8")
        uow.commit()
    with storage.uow() as uow:
        assert uow.users.by_identity(ISSUER, "8").id == local.id


def test_many_may_have_no_email(storage: Any) -> None:
    for _ in range(2):
        user = make_user(email=None)
        add(storage, users=user, channels=make_channel(user))
    assert storage.account_reader.user(user.id).email is None
    page = storage.account_reader.users(UserQuery(text="ёлкина"), PageRequest())
    assert [listed.email for listed in page.items] == [None, None]
    assert not storage.account_reader.users(UserQuery(text="none"), PageRequest()).items


def test_of_two_that_come_back_at_once_one_gets_in(sql_storage: Any) -> None:
    add(sql_storage, login_attempts=make_attempt())
    both = threading.Barrier(2)
    taken: list[Any] = []

    def come_back() -> None:
        both.wait(10)
        taken.append(take(sql_storage))

    threads = [threading.Thread(target=come_back) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(found is None for found in taken) == [False, True]
