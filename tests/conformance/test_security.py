"""What passwords, e-mail syntax and ids promise, the fakes included."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.security.email_syntax import EmailValidatorSyntax
from adapters.security.ids import RandomIds
from adapters.security.passwords import Argon2Passwords
from tests.fakes.simple import FakeEmailSyntax, FakeIds, FakePasswords
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.ids import ID_PATTERN


@pytest.fixture(scope="module", params=[FakePasswords, Argon2Passwords])
def passwords(request: pytest.FixtureRequest) -> Any:
    return request.param()


def test_a_password_is_known_again(passwords: Any) -> None:
    stored = passwords.hash("пароль 😀")
    assert passwords.verify(stored, "пароль 😀")
    assert not passwords.verify(stored, "пароль")
    assert not passwords.verify(stored, "\ud800")


def test_nobody_has_no_password(passwords: Any) -> None:
    assert not passwords.verify(None, "")
    assert not passwords.verify(None, "nobody has this password")


def test_a_broken_hash_matches_nothing(passwords: Any) -> None:
    assert not passwords.verify("nonsense", "anything")


def test_the_real_hash_is_argon2id_and_salted() -> None:
    real = Argon2Passwords()
    assert real.hash("same").startswith("$argon2id$")
    assert real.hash("same") != real.hash("same")


def test_a_flood_of_sign_ins_takes_a_bounded_number_of_threads() -> None:
    real = Argon2Passwords()
    stored = real.hash("right")
    together = threading.Barrier(40)
    answers: list[bool | None] = []

    def sign_in() -> None:
        together.wait()
        try:
            answers.append(real.verify(stored, "right"))
        except Unavailable:
            answers.append(None)

    threads = [threading.Thread(target=sign_in) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {True, None}
    assert real.verify(stored, "right")


@pytest.fixture(
    scope="module", params=[FakeEmailSyntax(), EmailValidatorSyntax(special_domains=True)]
)
def email_syntax(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_an_address_has_one_form(email_syntax: Any) -> None:
    assert email_syntax.normalise(" Anna@Example.TEST ") == "anna@example.test"


@pytest.mark.parametrize("text", ["", "anna", "@example.test", "anna@", "a b@c"])
def test_what_is_no_address_is_refused(email_syntax: Any, text: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail"):
        email_syntax.normalise(text)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    syntax = EmailValidatorSyntax(special_domains=True)
    try:
        address = syntax.normalise(text)
    except ValueError:
        return
    assert syntax.normalise(address) == address


def test_outside_of_development_names_of_no_host_are_refused() -> None:
    syntax = EmailValidatorSyntax(special_domains=False)
    assert syntax.normalise("anna@example.org") == "anna@example.org"
    with pytest.raises(ValueError, match="not an e-mail"):
        syntax.normalise("anna@localhost")


@pytest.mark.parametrize("ids", [FakeIds(), RandomIds()], ids=["fake", "random"])
def test_ids_are_new_and_have_the_pattern(ids: Any) -> None:
    made = [ids.new() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert all(re.fullmatch(ID_PATTERN, id_) for id_ in made)
    secrets = [ids.secret() for _ in range(100)]
    assert len(set(secrets)) == 100
    assert all(re.fullmatch(r"[\w-]{43,}", secret) for secret in secrets)
