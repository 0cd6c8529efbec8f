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
from adapters.security.phone_syntax import PhonenumbersSyntax
from tests.fakes.simple import FakeEmailSyntax, FakeIds, FakePasswords, FakePhoneSyntax
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


@pytest.mark.parametrize("syntax", [FakePhoneSyntax(), PhonenumbersSyntax("KZ")])
@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("87017075566", "+77017075566"),
        ("8 (701) 707-55-66", "+77017075566"),
        ("+7 701 707 55 66", "+77017075566"),
        ("7-701-707-55-66", "+77017075566"),
    ],
)
def test_a_phone_number_has_one_form(syntax: Any, written: str, number: str) -> None:
    assert syntax.normalise(written) == number


@pytest.mark.parametrize("syntax", [FakePhoneSyntax(), PhonenumbersSyntax("RU")])
@pytest.mark.parametrize("written", ["", "123", "nobody", "\0", "+", "8 912 345 67"])
def test_what_is_no_phone_number(syntax: Any, written: str) -> None:
    with pytest.raises(ValueError, match="not a phone number"):
        syntax.normalise(written)


@pytest.mark.parametrize(
    ("region", "written", "number"),
    [
        ("RU", "912 345-67-89", "+79123456789"),
        ("RU", "8 (701) 707-55-66", "+77017075566"),
        ("RU", "+44 20 7946 0958", "+442079460958"),
        (
            "KZ",
            " \u0668\u0667\u0660\u0661\u0667\u0660\u0667\u0665\u0665\u0666\u0666 ",
            "+77017075566",
        ),
        ("DE", "030 901820", "+4930901820"),
        ("RU", "030 901820", None),
        ("RU", "112", None),
        ("RU", "+1 650 253 0000 ext. 5", None),
        ("RU", "+7 912 345-67-89\0", None),
        ("RU", "\ud800+79123456789", None),
        ("RU", "1" * 1_000_000, None),
    ],
)
def test_a_phone_number_is_of_its_country(
    region: str, written: str, number: str | None
) -> None:
    syntax = PhonenumbersSyntax(region)
    if number is None:
        with pytest.raises(ValueError, match="with the country"):
            syntax.normalise(written)
    else:
        assert syntax.normalise(written) == number


@given(st.text(max_size=60))
def test_any_text_is_a_phone_number_or_is_not(text: str) -> None:
    try:
        number = PhonenumbersSyntax("RU").normalise(text)
    except ValueError:
        return
    assert re.fullmatch(r"\+[1-9][0-9]{5,15}", number)


def test_a_long_password_counts_to_its_last_byte() -> None:
    real = Argon2Passwords()
    for password in ("x" * 72 + "a", "ж" * 256):
        stored = real.hash(password)
        assert real.verify(stored, password)
        assert not real.verify(stored, password[:-1])
        assert not real.verify(stored, password[:-1] + "b")
