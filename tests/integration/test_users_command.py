"""`videohub users` on a real database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import Result

from entrypoints.cli import users as users_module
from entrypoints.container import Container
from tests.factories.entities import NOW, make_channel, make_user, make_video
from videohub_core.accounts.ports import UserView
from videohub_core.shared.actor import Role

Command = Callable[..., Result]


@pytest.fixture(autouse=True)
def members(container: Container) -> None:
    """Anna, an admin with two videos, and Boris, who came a day later."""
    anna = make_user(email="anna@example.test", display_name="Анна [b]Ёлкина", role=Role.ADMIN)
    boris = make_user(
        email="boris@example.test", display_name="Boris\u202e", created=NOW + timedelta(days=1)
    )
    with container.uow() as uow:
        for user in (anna, boris):
            uow.users.add(user)
            channel = make_channel(user)
            uow.channels.add(channel)
            for _ in range(2 if user is anna else 0):
                uow.videos.add(make_video(channel))
        uow.commit()


def user(container: Container, email: str) -> UserView:
    found: UserView = container.find_user()(whom=email)
    return found


def objects(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def test_a_role_is_given(videohub: Command, container: Container) -> None:
    done = videohub("users", "promote", "Boris@example.test", "--role", "moderator")
    assert (done.exit_code, done.output) == (0, "Boris@example.test is now moderator.\n")
    assert user(container, "boris@example.test").role is Role.MODERATOR


def test_who_has_no_email_is_called_by_id(videohub: Command, container: Container) -> None:
    clara = make_user(email=None, issuer="https://login.example.test", sub="7")
    with container.uow() as uow:
        uow.users.add(clara)
        uow.channels.add(make_channel(clara))
        uow.commit()
    assert clara.id in videohub("users", "list").output
    done = videohub("users", "promote", clara.id)
    assert (done.exit_code, done.output) == (0, f"{clara.id} is now admin.\n")
    found = container.account_reader().user(clara.id)
    assert found is not None
    assert found.role is Role.ADMIN


@pytest.mark.parametrize("command", ["promote", "ban", "unban"])
def test_somebody_unknown_is_said_to_be(videohub: Command, command: str) -> None:
    done = videohub("users", command, "eve@example.test")
    assert done.exit_code == 1
    assert done.output == "Error: There is no such user.\n"


def test_banning_and_letting_in_again(videohub: Command, container: Container) -> None:
    for _ in range(2):
        done = videohub("users", "ban", "boris@example.test", "--reason", "spam")
        assert (done.exit_code, done.output) == (0, "boris@example.test is banned.\n")
        assert user(container, "boris@example.test").is_banned
    (boris,) = objects(videohub("users", "list", "--banned", "--json"))
    assert (boris["ban_reason"], boris["banned_until"]) == ("spam", None)
    for _ in range(2):
        assert videohub("users", "unban", "boris@example.test").exit_code == 0
        assert not user(container, "boris@example.test").is_banned
    assert objects(videohub("users", "list", "--banned", "--json")) == []


@pytest.mark.parametrize(
    ("given", "end"),
    [
        ("2199-12-31", datetime(2199, 12, 31).astimezone(UTC)),
        ("2199-12-31T12:30", datetime(2199, 12, 31, 12, 30).astimezone(UTC)),
        ("2199-12-31T12:30:05+03:00", datetime(2199, 12, 31, 9, 30, 5, tzinfo=UTC)),
        ("2199-12-31T12:30Z", datetime(2199, 12, 31, 12, 30, tzinfo=UTC)),
    ],
)
def test_a_ban_has_an_end(videohub: Command, given: str, end: datetime) -> None:
    done = videohub("users", "ban", "boris@example.test", "--until", given)
    assert done.exit_code == 0
    assert "is banned until 21" in done.output
    (boris,) = objects(videohub("users", "list", "--banned", "--json"))
    assert datetime.fromisoformat(boris["banned_until"]) == end


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--until", "2001-01-01"), "until: This time is over already."),
        (("--until", "tomorrow"), "'tomorrow' does not match the formats"),
        (("--reason", "x" * 501), "reason: This may have at most 500 characters."),
    ],
)
def test_a_ban_that_cannot_be(
    videohub: Command, container: Container, given: tuple[str, ...], said: str
) -> None:
    done = videohub("users", "ban", "boris@example.test", *given)
    assert done.exit_code != 0
    assert said in done.output
    assert not user(container, "boris@example.test").is_banned


def test_the_last_admin_stays(videohub: Command, container: Container) -> None:
    done = videohub("users", "ban", "anna@example.test")
    assert done.exit_code == 1
    assert "last admin" in done.output
    assert not user(container, "anna@example.test").is_banned


def test_the_list_as_a_table(videohub: Command) -> None:
    videohub("users", "ban", "boris@example.test", "--reason", "spam", "--until", "2199-12-31")
    done = videohub("users", "list")
    assert done.exit_code == 0
    rows = [line for line in done.output.splitlines() if "example.test" in line]
    assert ["anna" in row for row in rows] == [False, True]
    assert "until 2199-12-31 00:00: spam" in rows[0]
    assert "Boris\\x202e" in rows[0]
    assert "Анна [b]Ёлкина" in rows[1]
    assert rows[1].rstrip("│ ").endswith("2")


def test_the_list_as_json(videohub: Command) -> None:
    boris, anna = objects(videohub("users", "list", "--json"))
    assert anna == {
        "id": anna["id"],
        "email": "anna@example.test",
        "display_name": "Анна [b]Ёлкина",
        "role": "admin",
        "is_banned": False,
        "ban_reason": None,
        "banned_until": None,
        "created": "2026-01-02T03:04:05.678901Z",
        "videos": 2,
    }
    assert boris["email"] == "boris@example.test"


@pytest.mark.parametrize(
    ("given", "emails"),
    [
        (("--role", "admin"), ["anna@example.test"]),
        (("--role", "moderator"), []),
        (("--search", "ёлк"), ["anna@example.test"]),
        (("--search", "EXAMPLE"), ["boris@example.test", "anna@example.test"]),
        (("--banned",), []),
        (("--limit", "1"), ["boris@example.test"]),
    ],
)
def test_a_part_of_the_list(
    videohub: Command, given: tuple[str, ...], emails: list[str]
) -> None:
    found = objects(videohub("users", "list", "--json", *given))
    assert [user["email"] for user in found] == emails


def test_a_long_table_says_that_there_are_more(
    videohub: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(users_module, "TABLE_ROWS", 1)
    done = videohub("users", "list")
    assert done.output.count("example.test") == 1
    assert "These are the newest 1; --limit shows more." in done.output
    monkeypatch.setattr(users_module, "TABLE_ROWS", 2)
    assert "--limit" not in videohub("users", "list").output


def test_every_page_is_read(videohub: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users_module, "PAGE_LIMIT_MOST", 1)
    assert len(objects(videohub("users", "list", "--json"))) == 2


def test_a_database_that_is_not_there_is_said_to_be(
    videohub: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDEOHUB_DATABASE_URL", "sqlite:////nowhere/hub.sqlite3")
    done = videohub("users", "list")
    assert done.exit_code == 1
    assert "The database does not answer" in done.output


def test_a_database_of_another_release_is_said_to_be(
    videohub: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("VIDEOHUB_DATA_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("VIDEOHUB_MIGRATE_ON_START", "no")
    done = videohub("users", "list")
    assert done.exit_code == 1
    assert "videohub migrate" in done.output


def test_who_has_no_email_is_listed(videohub: Command, container: Container) -> None:
    clara = make_user(email=None, display_name="Clara", issuer="https://login", sub="7")
    with container.uow() as uow:
        uow.users.add(clara)
        uow.channels.add(make_channel(clara))
        uow.commit()
    (listed,) = objects(videohub("users", "list", "--search", "clara", "--json"))
    assert (listed["email"], listed["display_name"]) == (None, "Clara")
    assert "Clara" in videohub("users", "list").output
