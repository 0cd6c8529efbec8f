"""Tokens of clients and of programs, and the keys that sign."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.factories.entities import make_channel, make_user
from tests.fakes.simple import FakeClock, FakeEmailSyntax, FakeIds, FakePasswords
from tests.fakes.storage import FakeStorage
from tests.fakes.tokens import FakeKeyMaker, FakeSigner
from videohub_core.accounts.entities import Session, User
from videohub_core.accounts.errors import AccountBanned, InvalidToken, WrongCredentials
from videohub_core.accounts.events import PasswordChanged
from videohub_core.accounts.policies import PasswordDoor
from videohub_core.accounts.use_cases.sign_out import SignOut
from videohub_core.shared.actor import OPERATOR, Role
from videohub_core.shared.errors import InvalidInput, Unauthenticated, Unavailable
from videohub_core.tokens.entities import (
    ACCESS_LASTS,
    FAMILY_LASTS,
    KEY_KEPT,
    PERSONAL_MOST,
    PERSONAL_PREFIX,
    REFRESH_LASTS,
    USE_NOTED,
    AccessTokenDetails,
    Scope,
)
from videohub_core.tokens.errors import InvalidRefreshToken, NoSuchToken, TooManyTokens
from videohub_core.tokens.use_cases.create_access_token import CreateAccessToken
from videohub_core.tokens.use_cases.issue_tokens import IssueTokens, TokenPair
from videohub_core.tokens.use_cases.list_access_tokens import ListAccessTokens
from videohub_core.tokens.use_cases.list_families import ListFamilies
from videohub_core.tokens.use_cases.read_access_token import ReadAccessToken
from videohub_core.tokens.use_cases.read_personal_token import ReadPersonalToken
from videohub_core.tokens.use_cases.read_public_keys import ReadPublicKeys
from videohub_core.tokens.use_cases.refresh_tokens import RefreshTokens
from videohub_core.tokens.use_cases.remove_access_token import RemoveAccessToken
from videohub_core.tokens.use_cases.revoke_tokens import RevokeTokens
from videohub_core.tokens.use_cases.rotate_signing_key import RotateSigningKey


class Tokens:
    """The area's use cases over fakes, and a member to have tokens."""

    def __init__(self, storage: FakeStorage, ids: FakeIds, clock: FakeClock) -> None:
        self.storage = storage
        self.clock = clock
        self._ids = ids
        self.signer = FakeSigner(clock)
        self.anna = self.member("anna@example.test")
        self.session = "the token of a session"
        now = clock.now()
        with storage.uow() as uow:
            uow.sessions.add(
                Session(
                    token_hash=Session.hash(self.session),
                    user_id=self.anna.id,
                    created=now,
                    last_used=now,
                )
            )
            uow.commit()

    def member(self, email: str) -> Any:
        user = make_user(email=email, password_hash=FakePasswords().hash("right"))
        with self.storage.uow() as uow:
            uow.users.add(user)
            uow.channels.add(make_channel(user))
            uow.commit()
        found = self.storage.account_reader.user(user.id)
        assert found is not None
        return found.actor

    def issuer(self) -> IssueTokens:
        reader = self.storage.account_reader
        door = PasswordDoor(reader, FakePasswords(), FakeEmailSyntax(), verification=False)
        return IssueTokens(self.storage.uow(), door, self.signer, self._ids, self.clock)

    def pair(self) -> TokenPair:
        return self.issuer()(actor=self.anna, session=self.session, client="player/1.0")

    def refresh(self, token: str) -> TokenPair:
        use_case = RefreshTokens(self.storage.uow(), self.signer, self._ids, self.clock)
        return use_case(refresh_token=token)

    def reads(self, token: str) -> Any:
        return ReadAccessToken(self.signer, self.storage.token_reader)(token=token)

    def revoke(self) -> RevokeTokens:
        return RevokeTokens(self.storage.uow(), self.clock)

    def change(self, change: Any) -> None:
        with self.storage.uow() as uow:
            user = uow.users.get(self.anna.id)
            assert user is not None
            change(user)
            uow.commit()

    def personal(self, actor: Any = None, **given: Any) -> Any:
        details = {"name": "upload script", "scopes": ["upload"], "days": None, **given}
        create = CreateAccessToken(self.storage.uow(), self._ids, self.clock)
        return create(actor=actor or self.anna, details=AccessTokenDetails.checked(**details))

    def reads_personal(self, token: str) -> Any:
        reader = self.storage.token_reader
        return ReadPersonalToken(self.storage.uow(), reader, self.clock)(token=token)

    def listed(self) -> Any:
        return ListAccessTokens(self.storage.token_reader)(actor=self.anna)

    def clients(self) -> Any:
        return ListFamilies(self.storage.token_reader)(actor=self.anna)


@pytest.fixture
def tokens(fake_storage: FakeStorage, ids: FakeIds, clock: FakeClock) -> Tokens:
    return Tokens(fake_storage, ids, clock)


def test_a_pair_is_given_for_a_password_and_read_back(tokens: Tokens) -> None:
    pair = tokens.issuer().for_password(
        email="Anna@example.test", password="right", client=None
    )
    assert tokens.reads(pair.access_token).id == tokens.anna.id == pair.user_id
    assert pair.expires_in == ACCESS_LASTS.total_seconds()
    assert pair.refresh_token not in str(tokens.storage.rows.refresh_tokens)


@pytest.mark.parametrize(
    ("email", "password"), [("anna@example.test", "wrong"), ("eve@example.test", "right")]
)
def test_wrong_credentials_get_no_tokens(tokens: Tokens, email: str, password: str) -> None:
    with pytest.raises(WrongCredentials):
        tokens.issuer().for_password(email=email, password=password, client=None)
    assert not tokens.storage.rows.families


def test_a_refresh_token_is_good_for_one_pair(tokens: Tokens) -> None:
    first = tokens.pair()
    second = tokens.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    assert tokens.reads(second.access_token).id == tokens.anna.id
    # What is still on its way with the token before goes on.
    assert tokens.reads(first.access_token).id == tokens.anna.id


def test_one_that_comes_twice_ends_its_family_and_no_other(tokens: Tokens) -> None:
    other = tokens.pair()
    first = tokens.pair()
    second = tokens.refresh(first.refresh_token)
    with pytest.raises(InvalidRefreshToken):
        tokens.refresh(first.refresh_token)
    for token in (first.access_token, second.access_token):
        with pytest.raises(InvalidToken):
            tokens.reads(token)
    with pytest.raises(InvalidRefreshToken):
        tokens.refresh(second.refresh_token)
    tokens.refresh(other.refresh_token)


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(tokens: Tokens) -> None:
    pair = tokens.pair()
    with pytest.raises(InvalidRefreshToken):
        tokens.refresh(pair.access_token)
    with pytest.raises(InvalidToken):
        tokens.reads(pair.refresh_token)
    with pytest.raises(InvalidToken):
        tokens.reads_personal(pair.refresh_token)


@pytest.mark.parametrize("end", [REFRESH_LASTS, timedelta(days=1000)])
def test_a_family_that_is_not_used_ends(tokens: Tokens, end: timedelta) -> None:
    pair = tokens.pair()
    tokens.clock.pass_(end)
    assert tokens.clients() == []
    with pytest.raises(InvalidRefreshToken):
        tokens.refresh(pair.refresh_token)


def test_a_family_in_use_lasts_but_not_for_ever(tokens: Tokens) -> None:
    pair = tokens.pair()
    step = REFRESH_LASTS - timedelta(days=1)
    began = tokens.clock.now()
    while tokens.clock.now() + step < began + FAMILY_LASTS:
        tokens.clock.pass_(step)
        pair = tokens.refresh(pair.refresh_token)
    tokens.clock.pass_(step)
    with pytest.raises(InvalidRefreshToken):
        tokens.refresh(pair.refresh_token)


def test_families_that_are_over_are_cleared_away(tokens: Tokens) -> None:
    tokens.pair()
    tokens.clock.pass_(REFRESH_LASTS)
    tokens.pair()
    assert len(tokens.storage.rows.families) == 1
    assert len(tokens.storage.rows.refresh_tokens) == 1


def test_a_client_is_listed_and_signed_out_by_its_owner_alone(tokens: Tokens) -> None:
    pair = tokens.pair()
    assert [(one.id, one.client) for one in tokens.clients()] == [
        (pair.family_id, "player/1.0")
    ]
    with pytest.raises(NoSuchToken):
        tokens.revoke()(actor=tokens.member("b@example.test"), family_id=pair.family_id)
    tokens.revoke()(actor=tokens.anna, family_id=pair.family_id)
    assert tokens.clients() == []
    with pytest.raises(InvalidToken):
        tokens.reads(pair.access_token)
    with pytest.raises(NoSuchToken):
        tokens.revoke()(actor=tokens.anna, family_id=pair.family_id)


def test_revoking_by_token_may_be_repeated_and_be_about_nothing(tokens: Tokens) -> None:
    pair = tokens.pair()
    for token in (pair.refresh_token, pair.refresh_token, "unknown"):
        tokens.revoke().by_token(refresh_token=token)
    with pytest.raises(InvalidRefreshToken):
        tokens.refresh(pair.refresh_token)


def banned(user: User) -> None:
    user.ban(OPERATOR.id, None, None)


def test_a_ban_holds_for_tokens_given_before(tokens: Tokens) -> None:
    pair, personal = tokens.pair(), tokens.personal()
    tokens.change(banned)
    assert tokens.reads(pair.access_token).is_banned
    assert tokens.reads_personal(personal.token).user.is_banned
    with pytest.raises(AccountBanned):
        tokens.refresh(pair.refresh_token)
    with pytest.raises(AccountBanned):
        tokens.issuer().for_password(email="anna@example.test", password="right", client=None)
    # The refused attempt used nothing up.
    tokens.change(lambda user: user.unban(OPERATOR.id))
    tokens.refresh(pair.refresh_token)


@pytest.mark.parametrize(
    "change",
    [
        lambda user: user.change_role(OPERATOR.id, Role.MODERATOR),
        lambda user: user.record(PasswordChanged(user.id)),
    ],
    ids=["role", "password"],
)
def test_clients_sign_in_again_after(tokens: Tokens, change: Any) -> None:
    pair = tokens.pair()
    tokens.change(change)
    with pytest.raises(InvalidToken):
        tokens.reads(pair.access_token)
    with pytest.raises(InvalidRefreshToken):
        tokens.refresh(pair.refresh_token)


def test_a_session_that_has_ended_meanwhile_gets_no_tokens(tokens: Tokens) -> None:
    SignOut(tokens.storage.uow())(token=tokens.session)
    with pytest.raises(Unauthenticated):
        tokens.pair()
    assert not tokens.storage.rows.families


def test_a_personal_token_is_shown_once_and_says_what_it_allows(tokens: Tokens) -> None:
    made = tokens.personal(scopes=["upload", "read", "upload"])
    assert made.token.startswith(PERSONAL_PREFIX)
    assert made.token not in str(tokens.storage.rows.access_tokens)
    access = tokens.reads_personal(made.token)
    assert access.user.id == tokens.anna.id
    assert access.scopes == {Scope.UPLOAD, Scope.READ}
    assert [one.name for one in tokens.listed()] == ["upload script"]


@pytest.mark.parametrize(
    ("held", "needed", "allowed"),
    [
        (Scope.READ, Scope.READ, True),
        (Scope.READ, Scope.WRITE, False),
        (Scope.WRITE, Scope.UPLOAD, True),
        (Scope.WRITE, Scope.READ, False),
        (Scope.UPLOAD, Scope.WRITE, False),
        (Scope.WRITE, Scope.MODERATE, False),
    ],
)
def test_what_a_scope_allows(held: Scope, needed: Scope, allowed: bool) -> None:
    assert held.allows(needed) is allowed


def test_a_personal_tokens_last_use_is_noted_now_and_then(tokens: Tokens) -> None:
    token = tokens.personal().token
    assert tokens.listed()[0].last_used is None
    began = tokens.clock.now()
    tokens.reads_personal(token)
    tokens.clock.pass_(USE_NOTED - timedelta(seconds=1))
    tokens.reads_personal(token)
    assert tokens.listed()[0].last_used == began
    tokens.clock.pass_(timedelta(seconds=1))
    tokens.reads_personal(token)
    assert tokens.listed()[0].last_used == tokens.clock.now()


def test_a_personal_token_is_read_where_nothing_can_be_written(tokens: Tokens) -> None:
    token = tokens.personal().token

    class FullDisk:
        def __enter__(self) -> Any:
            raise Unavailable

        def __exit__(self, *_error: object) -> None:
            pass

    read = ReadPersonalToken(FullDisk(), tokens.storage.token_reader, tokens.clock)  # type: ignore[arg-type]
    assert read(token=token).user.id == tokens.anna.id


def test_a_personal_token_ends_when_it_was_to(tokens: Tokens) -> None:
    made = tokens.personal(days=2)
    tokens.clock.pass_(timedelta(days=2) - timedelta(seconds=1))
    tokens.reads_personal(made.token)
    tokens.clock.pass_(timedelta(seconds=1))
    with pytest.raises(InvalidToken):
        tokens.reads_personal(made.token)


def test_a_personal_token_is_deleted_by_its_owner_alone(tokens: Tokens) -> None:
    made = tokens.personal()
    remove = RemoveAccessToken(tokens.storage.uow())
    with pytest.raises(NoSuchToken):
        remove(actor=tokens.member("b@example.test"), token_id=made.view.id)
    remove(actor=tokens.anna, token_id=made.view.id)
    with pytest.raises(InvalidToken):
        tokens.reads_personal(made.token)
    with pytest.raises(NoSuchToken):
        remove(actor=tokens.anna, token_id=made.view.id)


def test_there_are_only_so_many_personal_tokens(tokens: Tokens) -> None:
    for number in range(PERSONAL_MOST):
        tokens.personal(name=str(number))
    with pytest.raises(TooManyTokens):
        tokens.personal()
    tokens.personal(tokens.member("b@example.test"))


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"name": " "}, "/name", "required"),
        ({"name": "n" * 81}, "/name", "too_long"),
        ({"name": "a\nb"}, "/name", "invalid_character"),
        ({"scopes": []}, "/scopes", "required"),
        ({"scopes": ["read", "root"]}, "/scopes/1", "invalid_choice"),
        ({"days": 0}, "/days", "out_of_range"),
        ({"days": 367}, "/days", "out_of_range"),
        ({"days": 10**400}, "/days", "out_of_range"),
    ],
)
def test_a_personal_token_that_cannot_be(
    tokens: Tokens, wrong: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        tokens.personal(**wrong)
    assert [(e.pointer, e.code) for e in caught.value.errors] == [(pointer, code)]
    assert not tokens.listed()


def rotation(tokens: Tokens, maker: FakeKeyMaker) -> RotateSigningKey:
    return RotateSigningKey(tokens.storage.uow(), maker, tokens.clock)


def published(tokens: Tokens) -> list[str]:
    reader = tokens.storage.token_reader
    return [key["kid"] for key in ReadPublicKeys(reader, tokens.clock)()]


def test_the_first_key_is_made_once(tokens: Tokens) -> None:
    rotate = rotation(tokens, FakeKeyMaker())
    for _ in range(2):
        rotate.if_there_is_none()
    assert published(tokens) == ["key1"]


def test_a_retired_key_is_published_until_what_it_signed_has_ended(tokens: Tokens) -> None:
    rotate = rotation(tokens, FakeKeyMaker())
    rotate()
    tokens.clock.pass_(timedelta(days=90))
    rotate()
    assert published(tokens) == ["key2", "key1"]
    assert KEY_KEPT > ACCESS_LASTS
    tokens.clock.pass_(KEY_KEPT)
    assert published(tokens) == ["key2"]
    rotate()
    assert list(tokens.storage.rows.signing_keys) == ["key2", "key3"]


def test_a_key_that_leaked_is_gone_at_once(tokens: Tokens) -> None:
    rotate = rotation(tokens, FakeKeyMaker())
    rotate()
    assert rotate(at_once=True) == "key2"
    assert list(tokens.storage.rows.signing_keys) == ["key2"]
