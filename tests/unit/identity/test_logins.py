"""Signing in through a provider, over fakes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.factories.entities import make_channel, make_user
from tests.fakes.identity import ISSUER, FakeProvider, FakeSeal
from tests.fakes.simple import FakeClock, FakeEmailSyntax, FakeIds, FakePasswords
from tests.fakes.storage import FakeStorage
from videohub_core.accounts.errors import (
    AccountBanned,
    EmailTaken,
    IdentityTaken,
    InvalidToken,
    WrongCredentials,
)
from videohub_core.identity.entities import LOGIN_LASTS
from videohub_core.identity.errors import (
    EmailOfAnotherAccount,
    InvalidLogin,
    LoginDenied,
    ProviderUnavailable,
)
from videohub_core.identity.use_cases.begin_login import BeginLogin
from videohub_core.identity.use_cases.finish_login import FinishedLogin, FinishLogin
from videohub_core.identity.use_cases.link_account import LinkAccount
from videohub_core.identity.use_cases.read_account_link import ReadAccountLink
from videohub_core.identity.use_cases.read_provider_token import ReadProviderToken
from videohub_core.identity.use_cases.sign_out_of_provider import SignOutOfProvider
from videohub_core.identity.use_cases.take_login import TakeLogin
from videohub_core.shared.actor import OPERATOR


class Logins:
    """The area's use cases over fakes, and a browser."""

    def __init__(self, storage: FakeStorage, ids: FakeIds, clock: FakeClock) -> None:
        self.storage = storage
        self.clock = clock
        self.provider = FakeProvider()
        self._ids = ids
        self._seal = FakeSeal()
        self.state = self.browser = ""

    def begin(self, return_to: str = "/upload", browser: str | None = None) -> None:
        begin = BeginLogin(self.storage.uow(), self.provider, self._seal, self._ids, self.clock)
        begun = begin(return_to=return_to, browser=browser)
        self.browser = begun.browser
        self.state = begun.url.partition("state=")[2]

    def take(self, **given: Any) -> Any:
        back = {"state": self.state, "browser": self.browser, **given}
        return TakeLogin(self.storage.uow(), self._seal, self.clock)(**back)

    def finish(self, sub: str | None = "anna", **given: Any) -> FinishedLogin:
        finish = FinishLogin(
            self.storage.uow(),
            self.storage.account_reader,
            self.provider,
            self._seal,
            FakeEmailSyntax(),
            self._ids,
            self.clock,
        )
        code = f"code of {sub}" if sub else None
        return finish(**{"login": self.take(), "code": code, **given})

    def sign_in(self, sub: str = "anna", **given: Any) -> Any:
        """Go there and back; return the session."""
        self.begin()
        finished = self.finish(sub, **given)
        assert finished.signed_in is not None
        return finished.signed_in

    def linking(self, sub: str = "anna") -> str:
        """Go there and back; return the token of the link that waits."""
        self.begin()
        finished = self.finish(sub)
        assert finished.signed_in is None
        assert finished.link is not None
        return finished.link

    def link(self, token: str | None, password: str = "long enough", **given: Any) -> Any:
        link = LinkAccount(
            self.storage.uow(),
            self.storage.account_reader,
            FakePasswords(),
            self._seal,
            self._ids,
            self.clock,
        )
        return link(token=token, password=password, **given)

    def waiting(self, token: str | None) -> Any:
        return ReadAccountLink(self.storage.uow(), self._seal, self.clock)(token=token)

    def sign_out(self, token: str) -> str | None:
        return SignOutOfProvider(self.storage.uow(), self.provider, self._seal)(token=token)

    def owner(self, token: str) -> Any:
        return ReadProviderToken(
            self.storage.uow(),
            self.storage.account_reader,
            self.provider,
            FakeEmailSyntax(),
            self._ids,
            self.clock,
        )(token=token)

    def user(self, sub: str = "anna") -> Any:
        return self.storage.account_reader.by_identity(ISSUER, sub)

    def local(self, **fields: Any) -> Any:
        """Store an account with a password."""
        given = {"email": "anna@example.test", "password_hash": "hash of long enough"}
        user = make_user(**{**given, **fields})
        with self.storage.uow() as uow:
            uow.users.add(user)
            uow.channels.add(make_channel(user))
            uow.commit()
        return user

    def stored(self, user: Any) -> Any:
        return self.storage.rows.users[user.id]


@pytest.fixture
def logins(fake_storage: FakeStorage, ids: FakeIds, clock: FakeClock) -> Logins:
    logins = Logins(fake_storage, ids, clock)
    logins.provider.know("anna", names=("Анна Ёлкина",), locale="ru-RU")
    return logins


def test_the_first_sign_in_makes_an_account_and_a_channel(logins: Logins) -> None:
    signed_in = logins.sign_in()
    user = logins.user()
    assert user.id == signed_in.user_id
    assert (user.sub, user.email, user.email_verified) == ("anna", "anna@example.test", True)
    assert (user.display_name, user.channel.title) == ("Анна Ёлкина", "Анна Ёлкина")
    assert user.locale == "ru"


def test_the_next_sign_in_is_to_the_same_account(logins: Logins) -> None:
    first = logins.sign_in()
    logins.provider.know("anna", email="other@example.test", names=("Another",))
    assert logins.sign_in().user_id == first.user_id
    # What the hub knows stays: members change it here.
    assert logins.user().email == "anna@example.test"
    assert len(logins.storage.rows.users) == len(logins.storage.rows.channels) == 1


def test_what_is_stored_tells_no_state_no_token_and_no_cookie(logins: Logins) -> None:
    logins.begin()
    rows = logins.storage.rows
    (attempt,) = rows.login_attempts.values()
    assert logins.state not in attempt.state_hash
    assert logins.browser not in repr(attempt)
    token = logins.finish().signed_in.token  # type: ignore[union-attr]
    assert token not in rows.provider_sessions


def test_the_page_it_began_on_is_kept(logins: Logins) -> None:
    logins.begin("/watch/x?t=3")
    assert logins.take().return_to == "/watch/x?t=3"


@pytest.mark.parametrize(
    "given",
    [
        {"state": None},
        {"state": ""},
        {"state": "made up"},
        {"state": "\ud800"},
        {"browser": None},
        {"browser": "another"},
    ],
)
def test_a_way_back_that_is_none_of_this_browsers(
    logins: Logins, given: dict[str, Any]
) -> None:
    logins.begin()
    with pytest.raises(InvalidLogin):
        logins.take(**given)
    assert "finish" not in logins.provider.asked
    # Nothing has happened to the one that is.
    assert logins.finish().signed_in is not None


def test_a_state_is_good_once(logins: Logins) -> None:
    logins.sign_in()
    with pytest.raises(InvalidLogin):
        logins.finish()


def test_a_state_is_gone_before_the_provider_is_asked(logins: Logins) -> None:
    logins.begin()
    logins.provider.is_down = True
    with pytest.raises(ProviderUnavailable):
        logins.finish()
    logins.provider.is_down = False
    with pytest.raises(InvalidLogin):
        logins.finish()
    assert logins.storage.rows.users == {}


def test_a_state_expires(logins: Logins) -> None:
    logins.begin()
    logins.clock.pass_(LOGIN_LASTS - timedelta(microseconds=1))
    logins.finish()
    logins.begin()
    logins.clock.pass_(LOGIN_LASTS)
    with pytest.raises(InvalidLogin):
        logins.finish()


def test_old_attempts_go_when_a_new_one_comes(logins: Logins) -> None:
    logins.begin()
    logins.clock.pass_(LOGIN_LASTS)
    logins.begin()
    assert len(logins.storage.rows.login_attempts) == 1


def test_two_windows_of_one_browser_both_get_in(logins: Logins) -> None:
    logins.begin("/one")
    first = logins.state
    logins.begin("/two", browser=logins.browser)
    assert logins.take(state=first).return_to == "/one"
    assert logins.take().return_to == "/two"


def test_nothing_is_stored_while_the_provider_is_down(logins: Logins) -> None:
    logins.provider.is_down = True
    with pytest.raises(ProviderUnavailable):
        logins.begin()
    assert logins.storage.rows.login_attempts == {}


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        ("access_denied", LoginDenied),
        ("<script>", LoginDenied),
        ("temporarily_unavailable", ProviderUnavailable),
        ("server_error", ProviderUnavailable),
    ],
)
def test_who_is_not_let_in_there_is_not_let_in_here(
    logins: Logins, error: str, raised: type[Exception]
) -> None:
    logins.begin()
    with pytest.raises(raised):
        logins.finish(error=error)
    assert "finish" not in logins.provider.asked


def test_a_way_back_without_a_code(logins: Logins) -> None:
    logins.begin()
    with pytest.raises(InvalidLogin):
        logins.finish(None)


def test_a_code_of_nobody(logins: Logins) -> None:
    logins.begin()
    with pytest.raises(InvalidLogin):
        logins.finish("boris")
    assert logins.storage.rows.users == {}


def test_the_session_before_ends(logins: Logins) -> None:
    first = logins.sign_in()
    second = logins.sign_in(replaces=first.token)
    assert len(logins.storage.rows.sessions) == 1
    assert second.token != first.token


def test_what_the_token_does_not_say_the_provider_is_asked_for_once(logins: Logins) -> None:
    logins.provider.says_nothing_in_tokens = True
    logins.sign_in()
    assert logins.user().email == "anna@example.test"
    assert logins.user().display_name == "Анна Ёлкина"
    logins.sign_in()
    assert logins.provider.asked.count("userinfo") == 1


@pytest.mark.parametrize(
    "claims", [{"email_verified": False}, {"email": None}, {"email": "nonsense"}]
)
def test_an_email_that_nobody_vouches_for_is_not_stored(
    logins: Logins, claims: dict[str, Any]
) -> None:
    logins.provider.know("boris", **claims)
    logins.sign_in("boris")
    assert (logins.user("boris").email, logins.user("boris").email_verified) == (None, False)


def test_capitals_do_not_make_another_email(logins: Logins) -> None:
    user = logins.local()
    logins.provider.know("anna", email=" ANNA@Example.TEST")
    assert logins.waiting(logins.linking()).user_id == user.id


def test_a_banned_member_is_not_let_in(logins: Logins) -> None:
    user_id = logins.sign_in().user_id
    logins.storage.rows.users[user_id].ban(OPERATOR.id, "spam", None)
    before = dict(logins.storage.rows.sessions)
    logins.begin()
    with pytest.raises(AccountBanned):
        logins.finish()
    assert logins.storage.rows.sessions.keys() == before.keys()


def test_a_local_account_is_linked_by_its_password(logins: Logins) -> None:
    user = logins.local()
    token = logins.linking()
    assert logins.waiting(token).email == "anna@example.test"
    assert logins.user() is None
    assert logins.storage.rows.sessions == {}
    linked = logins.link(token)
    assert (linked.signed_in.user_id, linked.return_to) == (user.id, "/upload")
    assert logins.stored(user).email_verified
    assert logins.stored(user).password_hash
    # From now on the provider is enough.
    assert logins.sign_in().user_id == user.id
    assert len(logins.storage.rows.users) == 1


def test_a_wrong_password_links_nothing_and_may_be_corrected(logins: Logins) -> None:
    user = logins.local()
    token = logins.linking()
    with pytest.raises(WrongCredentials):
        logins.link(token, "not this one")
    assert logins.stored(user).sub is None
    assert logins.link(token).signed_in.user_id == user.id


def test_a_password_that_is_replaced_meanwhile_links_nothing(
    logins: Logins, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = logins.local()
    token = logins.linking()

    def slow(_passwords: FakePasswords, _stored: str | None, _password: str) -> bool:
        logins.stored(user).password_hash = "hash of the owner's new one"
        return True

    monkeypatch.setattr(FakePasswords, "verify", slow)
    with pytest.raises(WrongCredentials):
        logins.link(token)
    assert logins.stored(user).sub is None
    assert logins.storage.rows.sessions == {}


def test_a_link_is_made_once(logins: Logins) -> None:
    logins.local()
    token = logins.linking()
    logins.link(token)
    with pytest.raises(InvalidLogin):
        logins.link(token)


@pytest.mark.parametrize("token", [None, "", "made up"])
def test_a_link_of_nobody(logins: Logins, token: str | None) -> None:
    logins.local()
    logins.linking()
    with pytest.raises(InvalidLogin):
        logins.waiting(token)
    with pytest.raises(InvalidLogin):
        logins.link(token)


def test_a_link_expires(logins: Logins) -> None:
    user = logins.local()
    token = logins.linking()
    logins.clock.pass_(LOGIN_LASTS)
    with pytest.raises(InvalidLogin):
        logins.waiting(token)
    with pytest.raises(InvalidLogin):
        logins.link(token)
    assert logins.stored(user).sub is None


def test_a_banned_account_is_told_so_after_the_password_and_not_linked(
    logins: Logins,
) -> None:
    user = logins.local(is_banned=True)
    token = logins.linking()
    with pytest.raises(WrongCredentials):
        logins.link(token, "not this one")
    with pytest.raises(AccountBanned):
        logins.link(token)
    assert logins.stored(user).sub is None


def test_an_email_that_has_moved_on_meanwhile_links_nothing(logins: Logins) -> None:
    user = logins.local()
    token = logins.linking()
    logins.stored(user).email = "other@example.test"
    another = logins.local()
    with pytest.raises(InvalidLogin):
        logins.link(token)
    assert logins.stored(user).sub is None
    assert logins.stored(another).sub is None


def test_an_account_is_linked_anew_by_its_password(logins: Logins) -> None:
    user = logins.local(issuer="https://former.example.test", sub="7")
    assert logins.link(logins.linking()).signed_in.user_id == user.id
    assert (logins.stored(user).issuer, logins.stored(user).sub) == (ISSUER, "anna")


def test_an_identity_that_has_got_an_account_meanwhile_is_not_linked(logins: Logins) -> None:
    user = logins.local()
    token = logins.linking()
    logins.local(email="other@example.test", issuer=ISSUER, sub="anna")
    with pytest.raises(IdentityTaken):
        logins.link(token)
    assert logins.stored(user).sub is None
    assert logins.storage.rows.sessions == {}


@pytest.mark.parametrize(
    ("claims", "account"),
    [({"email_verified": False}, {}), ({}, {"password_hash": None})],
)
def test_an_account_that_cannot_be_proven_is_left_alone(
    logins: Logins, claims: dict[str, Any], account: dict[str, Any]
) -> None:
    user = logins.local(**account)
    logins.provider.know("anna", **claims)
    logins.begin()
    with pytest.raises(EmailOfAnotherAccount):
        logins.finish()
    assert logins.stored(user).sub is None
    assert len(logins.storage.rows.users) == 1


@pytest.mark.parametrize("error", [EmailTaken, IdentityTaken])
def test_two_first_sign_ins_at_once_make_one_account(
    logins: Logins, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    from tests.fakes.storage import FakeUsers

    right = FakeUsers.add
    made: list[Any] = []

    def quicker(self: Any, user: Any) -> None:
        monkeypatch.setattr(FakeUsers, "add", right)
        made.append(logins.local(issuer=ISSUER, sub="anna", email=None))
        raise error

    monkeypatch.setattr(FakeUsers, "add", quicker)
    assert logins.sign_in().user_id == made[0].id


def test_signing_out_ends_both_sessions(logins: Logins) -> None:
    token = logins.sign_in().token
    assert logins.sign_out(token) == f"{ISSUER}/logout?id_token_hint=id token of anna"
    assert logins.storage.rows.sessions == {}
    assert logins.sign_out(token) is None


def test_signing_out_works_while_the_provider_is_down(logins: Logins) -> None:
    token = logins.sign_in().token
    logins.provider.is_down = True
    assert logins.sign_out(token) is None
    assert logins.storage.rows.sessions == {}


def test_an_access_token_is_its_owners(logins: Logins) -> None:
    signed_in = logins.sign_in()
    assert logins.owner("token of anna").id == signed_in.user_id
    assert "userinfo" not in logins.provider.asked


def test_an_access_token_of_somebody_new_makes_an_account(logins: Logins) -> None:
    user = logins.owner("token of anna")
    assert (user.sub, user.email, user.channel.title) == (
        "anna",
        "anna@example.test",
        "Анна Ёлкина",
    )
    assert logins.owner("token of anna").id == user.id
    assert logins.sign_in().user_id == user.id


@pytest.mark.parametrize("email_verified", [True, False])
def test_an_access_token_never_takes_an_account_over(
    logins: Logins, email_verified: bool
) -> None:
    user = logins.local()
    logins.provider.know("anna", email_verified=email_verified)
    with pytest.raises(InvalidToken):
        logins.owner("token of anna")
    assert logins.stored(user).sub is None
    assert len(logins.storage.rows.users) == 1


def test_an_access_token_of_nobody(logins: Logins) -> None:
    with pytest.raises(InvalidToken):
        logins.owner("token of boris")


def test_an_access_token_of_a_banned_member_says_so(logins: Logins) -> None:
    user = logins.owner("token of anna")
    logins.storage.rows.users[user.id].ban(OPERATOR.id, None, None)
    assert logins.owner("token of anna").is_banned


@pytest.mark.parametrize("error", [EmailTaken, IdentityTaken])
def test_two_access_tokens_of_somebody_new_at_once(
    logins: Logins, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    from tests.fakes.storage import FakeUsers

    right = FakeUsers.add

    def quicker(self: Any, user: Any) -> None:
        monkeypatch.setattr(FakeUsers, "add", right)
        if error is IdentityTaken:
            logins.local(issuer=ISSUER, sub="anna", email=None)
        raise error

    monkeypatch.setattr(FakeUsers, "add", quicker)
    if error is IdentityTaken:
        assert logins.owner("token of anna").sub == "anna"
    else:
        with pytest.raises(InvalidToken):
            logins.owner("token of anna")
