"""Registering, signing in and out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.factories.entities import make_channel, make_user
from tests.fakes.simple import FakeClock, FakeEmailSyntax, FakeIds, FakePasswords
from tests.fakes.storage import FakeStorage
from videohub_core.accounts.entities import (
    SESSION_ABSOLUTE,
    SESSION_IDLE,
    SESSION_TOUCH,
    UserQuery,
)
from videohub_core.accounts.errors import (
    AccountBanned,
    AlreadySignedIn,
    EmailTaken,
    LastAdmin,
    NoSuchUser,
    NotYourself,
    WrongCredentials,
)
from videohub_core.accounts.policies import PasswordDoor
from videohub_core.accounts.use_cases.ban_user import BanUser
from videohub_core.accounts.use_cases.change_role import ChangeRole
from videohub_core.accounts.use_cases.find_user import FindUser
from videohub_core.accounts.use_cases.list_users import ListUsers
from videohub_core.accounts.use_cases.read_session import ReadSession
from videohub_core.accounts.use_cases.register_user import RegisterUser
from videohub_core.accounts.use_cases.sign_in import SignIn
from videohub_core.accounts.use_cases.sign_out import SignOut
from videohub_core.accounts.use_cases.unban_user import UnbanUser
from videohub_core.invitations.entities import Registration
from videohub_core.mail.policies import Outbox
from videohub_core.shared.actor import OPERATOR, Actor, Role
from videohub_core.shared.errors import InvalidInput, NotAllowed, Unavailable
from videohub_core.shared.idempotency import KEPT, IdempotencyKey, KeyReused
from videohub_core.shared.ids import UserId
from videohub_core.shared.paging import PageRequest


class Accounts:
    """The area's use cases over fakes."""

    def __init__(self, storage: FakeStorage, ids: FakeIds, clock: FakeClock) -> None:
        self.storage = storage
        self.clock = clock
        self._ids = ids

    def register(self, actor: Actor | None = None, **fields: Any) -> UserId:
        use_case = RegisterUser(
            self.storage.uow(),
            FakePasswords(),
            FakeEmailSyntax(),
            Outbox(self._ids, self.clock),
            self._ids,
            self.clock,
            registration=Registration.OPEN,
            verification=False,
        )
        given = {"email": "anna@example.test", "password": "long enough"}
        made = use_case(actor=actor, **{**given, "display_name": "Анна", **fields})
        assert made is not None
        return UserId(made.id)

    def sign_in(self, password: str = "long enough", **given: Any) -> Any:
        storage = self.storage
        door = PasswordDoor(
            storage.account_reader, FakePasswords(), FakeEmailSyntax(), verification=False
        )
        use_case = SignIn(storage.uow(), door, self._ids, self.clock)
        return use_case(**{"email": "Anna@Example.test ", "password": password, **given})

    def session(self, token: str) -> Any:
        return ReadSession(self.storage.uow(), self.storage.account_reader, self.clock)(
            token=token
        )

    def ban(
        self, email: str = "anna@example.test", actor: Actor = OPERATOR, **given: Any
    ) -> None:
        ban = BanUser(self.storage.uow(), self.clock)
        ban(actor=actor, user_id=self.id_of(email), **given)

    def unban(self, email: str = "anna@example.test", actor: Actor = OPERATOR) -> None:
        UnbanUser(self.storage.uow())(actor=actor, user_id=self.id_of(email))

    def change_role(self, email: str, role: Role, actor: Actor = OPERATOR) -> None:
        change = ChangeRole(self.storage.uow(), self.clock)
        change(actor=actor, user_id=self.id_of(email), role=role)

    def id_of(self, email: str) -> UserId:
        return UserId(self.stored(email).id)

    def promote(self, email: str) -> None:
        self.change_role(email, Role.ADMIN)

    def stored(self, email: str = "anna@example.test") -> Any:
        with self.storage.uow() as uow:
            return uow.users.by_email(email)


@pytest.fixture
def accounts(fake_storage: FakeStorage, ids: FakeIds, clock: FakeClock) -> Accounts:
    return Accounts(fake_storage, ids, clock)


def test_a_new_user_has_a_channel(accounts: Accounts) -> None:
    user_id = accounts.register(display_name="  Анна ")
    user = accounts.storage.account_reader.user(user_id)
    assert user is not None
    assert (user.display_name, user.channel.title) == ("Анна", "Анна")
    assert user.role is Role.MEMBER


def test_an_email_registers_once_however_it_is_written(accounts: Accounts) -> None:
    accounts.register()
    with pytest.raises(EmailTaken):
        accounts.register(email="ANNA@example.TEST")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "nobody", "invalid_email"),
        ("password", "short", "too_short"),
        ("password", "p" * 257, "too_long"),
        ("display_name", "   ", "required"),
        ("display_name", "n" * 81, "too_long"),
        ("display_name", "a\0b", "invalid_character"),
        ("display_name", "a\ud800", "invalid_character"),
        ("display_name", "a\nb", "invalid_character"),
    ],
)
def test_wrong_input_names_the_field_and_changes_nothing(
    accounts: Accounts, field: str, value: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        accounts.register(**{field: value})
    assert [(error.pointer, error.code) for error in caught.value.errors] == [
        (f"/{field}", code)
    ]
    assert accounts.storage.rows.users == {}


def test_all_wrong_fields_are_named_at_once(accounts: Accounts) -> None:
    with pytest.raises(InvalidInput) as caught:
        accounts.register(email="", password="", display_name="")
    assert {error.pointer for error in caught.value.errors} == {
        "/email",
        "/password",
        "/display_name",
    }


def test_members_do_not_register_others_and_admins_do(accounts: Accounts) -> None:
    with pytest.raises(AlreadySignedIn):
        accounts.register(actor=Actor(UserId("x")))
    accounts.register(actor=Actor(UserId("x"), Role.ADMIN))


def test_signing_in_starts_a_session(accounts: Accounts) -> None:
    user_id = accounts.register()
    signed_in = accounts.sign_in()
    assert accounts.session(signed_in.token).user.id == user_id
    assert signed_in.token not in str(accounts.storage.rows.sessions)


@pytest.mark.parametrize(
    "given",
    [{"password": "not this one"}, {"email": "eve@example.test"}, {"email": "nonsense"}],
)
def test_wrong_credentials_look_alike(accounts: Accounts, given: dict[str, str]) -> None:
    accounts.register()
    with pytest.raises(WrongCredentials):
        accounts.sign_in(**given)


def test_an_account_without_a_password_cannot_sign_in_by_one(accounts: Accounts) -> None:
    user = make_user(email="anna@example.test")
    with accounts.storage.uow() as uow:
        uow.users.add(user)
        uow.channels.add(make_channel(user))
        uow.commit()
    with pytest.raises(WrongCredentials):
        accounts.sign_in(password="")


def test_a_banned_user_is_told_so_after_the_right_password_only(accounts: Accounts) -> None:
    user_id = accounts.register()
    with accounts.storage.uow() as uow:
        found = uow.users.get(user_id)
        assert found is not None
        found.ban(OPERATOR.id, None, None)
        uow.commit()
    with pytest.raises(WrongCredentials):
        accounts.sign_in("not this one")
    with pytest.raises(AccountBanned):
        accounts.sign_in()


@pytest.mark.parametrize("until", [None, timedelta(days=1)])
def test_a_banned_users_sessions_are_of_no_use_at_once(
    accounts: Accounts, until: timedelta | None
) -> None:
    accounts.register()
    token = accounts.sign_in().token
    accounts.ban(reason=" spam ", until=until and accounts.clock.now() + until)
    assert accounts.session(token).user.is_banned
    with pytest.raises(AccountBanned):
        accounts.sign_in()
    assert accounts.stored().ban_reason == "spam"


def test_a_ban_with_an_end_ends_by_itself(accounts: Accounts) -> None:
    accounts.register()
    token = accounts.sign_in().token
    accounts.ban(until=accounts.clock.now() + timedelta(days=1))
    accounts.clock.pass_(timedelta(days=1) - timedelta(microseconds=1))
    with pytest.raises(AccountBanned):
        accounts.sign_in()
    accounts.clock.pass_(timedelta(microseconds=1))
    assert not accounts.session(token).user.is_banned
    accounts.sign_in()


def test_banning_twice_is_banning_once_and_the_newest_counts(accounts: Accounts) -> None:
    accounts.register()
    accounts.ban(reason="spam", until=accounts.clock.now() + timedelta(days=1))
    for _ in range(2):
        accounts.ban(reason="more spam")
        stored = accounts.stored()
        assert (stored.is_banned, stored.ban_reason, stored.banned_until) == (
            True,
            "more spam",
            None,
        )


def test_lifting_a_ban_lets_in_and_may_be_repeated(accounts: Accounts) -> None:
    accounts.register()
    accounts.ban(reason="spam", until=accounts.clock.now() + timedelta(days=1))
    for _ in range(2):
        accounts.unban()
        accounts.sign_in()
    stored = accounts.stored()
    assert (stored.is_banned, stored.ban_reason, stored.banned_until) == (False, None, None)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"reason": "r" * 501}, "too_long"),
        ({"reason": "a\nb"}, "invalid_character"),
        ({"until": timedelta(0)}, "in_the_past"),
    ],
)
def test_a_ban_that_cannot_be_bans_nobody(
    accounts: Accounts, wrong: dict[str, Any], code: str
) -> None:
    accounts.register()
    if "until" in wrong:
        wrong = {"until": accounts.clock.now()}
    with pytest.raises(InvalidInput) as caught:
        accounts.ban(**wrong)
    assert [error.code for error in caught.value.errors] == [code]
    assert not accounts.stored().is_banned


@pytest.mark.parametrize("email", ["eve@example.test", "nonsense"])
def test_nobody_is_found(accounts: Accounts, email: str) -> None:
    accounts.register()
    with pytest.raises(NoSuchUser):
        FindUser(accounts.storage.account_reader, FakeEmailSyntax())(whom=email)


def test_a_user_is_found_by_email_however_it_is_written(accounts: Accounts) -> None:
    user_id = accounts.register()
    find = FindUser(accounts.storage.account_reader, FakeEmailSyntax())
    assert find(whom=" Anna@EXAMPLE.test").id == user_id
    assert find(whom=user_id).id == user_id


def test_the_last_admin_cannot_be_banned(accounts: Accounts) -> None:
    accounts.register(email="boris@example.test")
    accounts.register()
    accounts.promote("anna@example.test")
    with pytest.raises(LastAdmin):
        accounts.ban()
    accounts.promote("boris@example.test")
    accounts.ban(email="boris@example.test", until=accounts.clock.now() + timedelta(days=1))
    with pytest.raises(LastAdmin):
        accounts.ban()
    # As a ban of an admin who is banned, it is one again.
    accounts.ban(email="boris@example.test", until=accounts.clock.now() + timedelta(hours=1))
    accounts.clock.pass_(timedelta(hours=1))
    accounts.ban()
    assert accounts.stored().is_banned


def test_the_last_admin_stays_one(accounts: Accounts) -> None:
    accounts.register(email="boris@example.test")
    accounts.register()
    accounts.promote("anna@example.test")
    with pytest.raises(LastAdmin):
        accounts.change_role("anna@example.test", Role.MODERATOR)
    accounts.promote("anna@example.test")
    accounts.promote("boris@example.test")
    accounts.change_role("anna@example.test", Role.MEMBER)
    assert accounts.stored().role is Role.MEMBER


def test_users_are_listed(accounts: Accounts) -> None:
    user_id = accounts.register()
    list_users = ListUsers(accounts.storage.account_reader)
    anna = (user_id, "anna@example.test")
    for role, text, found in (
        (Role.ADMIN, "анна", [anna]),
        (Role.ADMIN, "EXAMPLE.test", [anna]),
        (Role.MODERATOR, "анна", [(user_id, None)]),
        # Whoever may not see e-mails cannot find out about them either.
        (Role.MODERATOR, "EXAMPLE.test", []),
    ):
        actor = Actor(UserId("x"), role)
        page = list_users(actor=actor, query=UserQuery(text=text), page=PageRequest())
        assert [(user.id, user.email) for user in page.items] == found
    with pytest.raises(NotAllowed):
        list_users(actor=Actor(UserId("x")), query=UserQuery(), page=PageRequest())


def test_signing_in_again_ends_the_session_it_replaces(accounts: Accounts) -> None:
    accounts.register()
    first = accounts.sign_in()
    second = accounts.sign_in(replaces=first.token)
    assert accounts.session(first.token) is None
    assert accounts.session(second.token) is not None


def test_signing_out_ends_the_session_and_may_be_repeated(accounts: Accounts) -> None:
    accounts.register()
    token = accounts.sign_in().token
    for _ in range(2):
        SignOut(accounts.storage.uow())(token=token)
    assert accounts.session(token) is None


def test_a_session_ends_when_it_is_not_used(accounts: Accounts) -> None:
    accounts.register()
    token = accounts.sign_in().token
    accounts.clock.pass_(SESSION_IDLE)
    assert accounts.session(token) is None


def test_a_session_in_use_lasts_but_not_for_ever(accounts: Accounts) -> None:
    accounts.register()
    token = accounts.sign_in().token
    began = accounts.clock.now()
    step = SESSION_IDLE - timedelta(days=1)
    while accounts.clock.now() + step < began + SESSION_ABSOLUTE:
        accounts.clock.pass_(step)
        assert accounts.session(token) is not None
    accounts.clock.pass_(step)
    assert accounts.session(token) is None


def test_using_a_session_is_not_written_each_time(accounts: Accounts) -> None:
    accounts.register()
    token = accounts.sign_in().token
    before = accounts.session(token).last_used
    accounts.clock.pass_(SESSION_TOUCH - timedelta(seconds=1))
    assert accounts.session(token).last_used == before
    assert accounts.session(token).last_used == before
    accounts.clock.pass_(timedelta(seconds=1))
    accounts.session(token)
    assert accounts.session(token).last_used == accounts.clock.now()


def test_whoever_gets_another_role_signs_in_again(accounts: Accounts) -> None:
    user_id = accounts.register()
    token = accounts.sign_in().token
    accounts.change_role("anna@example.test", Role.MEMBER)
    assert accounts.session(token) is not None
    accounts.promote("anna@example.test")
    assert accounts.session(token) is None
    user = accounts.storage.account_reader.user(user_id)
    assert user is not None
    assert user.role is Role.ADMIN


@pytest.mark.parametrize(
    ("actor", "whom", "allowed"),
    [
        (Role.MEMBER, Role.MEMBER, False),
        (Role.MODERATOR, Role.MEMBER, True),
        (Role.MODERATOR, Role.MODERATOR, False),
        (Role.MODERATOR, Role.ADMIN, False),
        (Role.ADMIN, Role.MEMBER, True),
        (Role.ADMIN, Role.MODERATOR, True),
        (Role.ADMIN, Role.ADMIN, True),
    ],
)
def test_moderators_ban_members_and_admins_everybody(
    accounts: Accounts, actor: Role, whom: Role, allowed: bool
) -> None:
    accounts.register(email="boris@example.test")
    accounts.promote("boris@example.test")
    accounts.register()
    accounts.change_role("anna@example.test", whom)
    somebody = Actor(UserId("01JZ00000000000000000000SB"), actor)
    for act in (accounts.ban, accounts.unban):
        if allowed:
            act(actor=somebody)
        else:
            with pytest.raises(NotAllowed):
                act(actor=somebody)
    assert not accounts.stored().is_banned


def test_nobody_bans_themselves(accounts: Accounts) -> None:
    accounts.register()
    anna = Actor(accounts.id_of("anna@example.test"), Role.ADMIN)
    with pytest.raises(NotYourself):
        accounts.ban(actor=anna)
    assert not accounts.stored().is_banned


@pytest.mark.parametrize("role", [Role.MEMBER, Role.MODERATOR])
def test_only_admins_give_roles(accounts: Accounts, role: Role) -> None:
    accounts.register()
    with pytest.raises(NotAllowed):
        accounts.change_role("anna@example.test", Role.ADMIN, Actor(UserId("x"), role))
    assert accounts.stored().role is Role.MEMBER


def test_nobody_unknown_is_governed(accounts: Accounts) -> None:
    nobody = UserId("01JZ00000000000000000000NB")
    with pytest.raises(NoSuchUser):
        BanUser(accounts.storage.uow(), accounts.clock)(actor=OPERATOR, user_id=nobody)
    with pytest.raises(NoSuchUser):
        UnbanUser(accounts.storage.uow())(actor=OPERATOR, user_id=nobody)
    change = ChangeRole(accounts.storage.uow(), accounts.clock)
    with pytest.raises(NoSuchUser):
        change(actor=OPERATOR, user_id=nobody, role=Role.ADMIN)


def test_a_session_is_read_where_nothing_can_be_written(accounts: Accounts) -> None:
    accounts.register()
    token = accounts.sign_in().token
    accounts.clock.pass_(SESSION_TOUCH)

    class FullDisk:
        def __enter__(self) -> Any:
            raise Unavailable

        def __exit__(self, *_error: object) -> None:
            pass

    read = ReadSession(FullDisk(), accounts.storage.account_reader, accounts.clock)  # type: ignore[arg-type]
    assert read(token=token) is not None


def test_a_registration_with_its_key_is_done_once(accounts: Accounts) -> None:
    key = IdempotencyKey("scope", "users.post", "k", "digest")
    first = accounts.register(once=key)
    assert accounts.register(once=key) == first
    with pytest.raises(KeyReused):
        accounts.register(once=replace(key, digest="another"))
    accounts.clock.pass_(KEPT)
    accounts.register(email="b@example.test", once=replace(key, key="other"))
    assert list(accounts.storage.rows.keys) == [("scope", "users.post", "other")]
