"""What the hub makes of what a provider says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videohub_core.accounts.entities import DISPLAY_NAME_MOST, display_name_error
from videohub_core.identity.entities import NAMELESS, Identity


def identity(**claims: Any) -> Identity:
    return Identity(issuer="https://login.example.test", sub="7", **claims)


@pytest.mark.parametrize(
    ("names", "email", "shown"),
    [
        (("Anna", "anna7"), None, "Anna"),
        (("  ", "\n\0", "anna7"), None, "anna7"),
        (("Anna\r\n  Petrova\0",), None, "Anna Petrova"),
        (("Анна\ud800 Ёлкина",), None, "Анна Ёлкина"),
        # An e-mail is never public, also where the provider takes it for a name.
        (("anna@example.test",), "anna@example.test", "anna"),
        ((), "anna.petrova@example.test", "anna.petrova"),
        (("Anna <anna@example.test>",), None, "Anna <anna"),
        (("@",), None, NAMELESS),
        ((), None, NAMELESS),
        (("я" * 10_000,), None, "я" * DISPLAY_NAME_MOST),
        (("a " * 10_000,), None, ("a " * 40).rstrip()),
        (("\0" * 10_000, "Anna"), None, "Anna"),
    ],
)
def test_a_name_is_made_valid(names: tuple[str, ...], email: str | None, shown: str) -> None:
    assert identity(names=names, email=email).display_name == shown


@given(st.lists(st.text()), st.one_of(st.none(), st.text()))
def test_whatever_they_are_called_it_is_a_display_name(
    names: list[str], email: str | None
) -> None:
    shown = identity(names=tuple(names), email=email).display_name
    assert display_name_error(shown) is None


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("ru", "ru"),
        ("ru-RU", "ru"),
        ("EN_us", "en"),
        ("de", None),
        ("", None),
        (None, None),
        ("ru" * 9999, None),
    ],
)
def test_a_language_is_one_of_the_hubs(locale: str | None, language: str | None) -> None:
    assert identity(locale=locale).language == language


def test_an_email_comes_with_its_own_verification() -> None:
    unverified = identity(email="a@example.test", names=("A",))
    other = identity(email="b@example.test", email_verified=True, names=("B",), locale="ru")
    both = unverified.completed(other)
    assert (both.email, both.email_verified) == ("a@example.test", False)
    assert (both.names, both.locale) == (("A", "B"), "ru")
    both = identity().completed(other)
    assert (both.email, both.email_verified) == ("b@example.test", True)
