"""Bans, roles, the list of users and the audit log; and leaving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pyramid.router import Router
from sqlalchemy import inspect, text

from entrypoints.container import Container
from tests.functional.browser import PASSWORD, Browser, problem
from tests.functional.mailbox import Mailbox
from videohub_core.jobs.entities import JobKind
from videohub_core.shared.actor import OPERATOR, Role
from videohub_core.shared.rate_limit import Rate


@pytest.fixture
def chief(app: Router, container: Container) -> Browser:
    """An admin."""
    return somebody(app, container, "chief", Role.ADMIN)


@pytest.fixture
def keeper(app: Router, container: Container) -> Browser:
    """A moderator."""
    return somebody(app, container, "keeper", Role.MODERATOR)


def somebody(app: Router, container: Container, name: str, role: Role) -> Browser:
    browser = Browser(app).register(name)
    container.change_role()(actor=OPERATOR, user_id=browser.id, role=role)
    browser.sign_in(name)
    return browser


def ban(browser: Browser, whom: Browser, status: int = 204, **given: Any) -> Any:
    body = {"reason": "spam", **given}
    return browser.send("PUT", f"/api/v1/users/{whom.id}/ban", body, status=status)


def test_a_ban_holds_at_once_and_is_lifted(anna: Browser, keeper: Browser) -> None:
    anna.get("/api/v1/me")
    for _ in range(2):
        ban(keeper, anna)
    problem(anna.get("/api/v1/me", status=403), "account_banned")
    ban(keeper, anna, until="2999-01-01T12:00:00Z")
    refused = problem(Browser(anna.http.app).sign_in("anna", status=403), "account_banned")
    assert refused["detail"] == (
        "This account is banned. The ban ends on 2999-01-01 at 12:00 UTC. The reason: spam"
    )
    page = anna.get("/studio", status=403, Accept="text/html")
    assert "spam" in page
    assert "2999" in page
    for _ in range(2):
        keeper.send("DELETE", f"/api/v1/users/{anna.id}/ban", status=204)
    anna.get("/api/v1/me")


def test_a_ban_holds_for_every_kind_of_token(
    anna: Browser, keeper: Browser, container: Container
) -> None:
    container.rotate_signing_key().if_there_is_none()
    credentials = {"email": "anna@example.test", "password": PASSWORD}
    pair = anna.http.post_json("/api/v1/tokens", credentials, status=201).json
    body = {"name": "script", "scopes": ["read"]}
    key = anna.send("POST", "/api/v1/me/access-tokens", body, status=201).json["token"]
    program = Browser(anna.http.app).http
    ban(keeper, anna)
    for token in (pair["access_token"], key):
        headers = {"Authorization": f"Bearer {token}"}
        for path in ("/api/v1/me", "/api/v1/videos", "/.well-known/jwks.json"):
            problem(program.get(path, headers=headers, status=403), "account_banned")
    refresh = {"refresh_token": pair["refresh_token"]}
    problem(program.post_json("/api/v1/tokens/refresh", refresh, status=403), "account_banned")
    problem(program.post_json("/api/v1/tokens", credentials, status=403), "account_banned")
    wrong = {**credentials, "password": "wrong one"}
    problem(program.post_json("/api/v1/tokens", wrong, status=401), "wrong_credentials")


def test_a_ban_may_end_by_itself(anna: Browser, keeper: Browser, container: Container) -> None:
    until = container.clock().now() + timedelta(days=1)
    ban(keeper, anna, until=until.isoformat())
    problem(anna.get("/api/v1/me", status=403), "account_banned")
    (listed,) = keeper.get("/api/v1/users?banned=true").json["items"]
    assert listed["id"] == anna.id
    assert listed["ban_reason"] == "spam"
    assert listed["banned_until"].startswith(until.isoformat()[:19])


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"until": "2020-01-01T00:00:00Z"}, "/until", "in_the_past"),
        ({"until": "tomorrow"}, "/until", "invalid"),
        ({"until": "2999-01-01T00:00:00"}, "/until", "invalid"),
        ({"until": 1}, "/until", "invalid"),
        ({"reason": "r" * 501}, "/reason", "too_long"),
        ({"reason": "a\nb"}, "/reason", "invalid_character"),
        ({"reason": None}, "/reason", "invalid"),
    ],
)
def test_a_ban_that_cannot_be(
    anna: Browser, keeper: Browser, wrong: dict[str, Any], pointer: str, code: str
) -> None:
    errors = problem(ban(keeper, anna, 400, **wrong), "validation_failed")["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [(pointer, code)]
    anna.get("/api/v1/me")


def test_who_may_ban_whom(
    anna: Browser, keeper: Browser, chief: Browser, app: Router, container: Container
) -> None:
    other = somebody(app, container, "other-keeper", Role.MODERATOR)
    for whom in (chief, other, keeper):
        problem(ban(keeper, whom, 403), "not_allowed")
    problem(ban(chief, chief, 409), "not_yourself")
    ban(chief, keeper)
    second = somebody(app, container, "second", Role.ADMIN)
    ban(second, chief)
    problem(chief.get("/api/v1/me", status=403), "account_banned")


def test_roles_are_given_and_sign_out(anna: Browser, chief: Browser) -> None:
    path = f"/api/v1/users/{anna.id}"
    chief.send("PATCH", path, {"role": "moderator"}, status=204)
    assert not anna.get("/api/v1/session").json["authenticated"]
    anna.sign_in("anna")
    assert anna.get("/api/v1/me").json["role"] == "moderator"
    problem(chief.send("PATCH", path, {"role": "root"}, status=400), "validation_failed")
    own = chief.send("PATCH", f"/api/v1/users/{chief.id}", {"role": "member"}, status=409)
    problem(own, "last_admin")


def test_users_are_listed_with_their_emails_to_admins_alone(
    anna: Browser, boris: Browser, keeper: Browser, chief: Browser
) -> None:
    for browser, emails in ((chief, True), (keeper, False)):
        items = browser.get("/api/v1/users").json["items"]
        assert {item["id"] for item in items} >= {anna.id, boris.id, keeper.id, chief.id}
        assert all((item["email"] is not None) is emails for item in items)
    (found,) = chief.get("/api/v1/users?search=ANN").json["items"]
    assert found["email"] == "anna@example.test"
    # Whoever may not see e-mails cannot find out about them either.
    assert keeper.get("/api/v1/users?search=example.test").json["items"] == []
    (found,) = keeper.get("/api/v1/users?role=moderator").json["items"]
    assert found["id"] == keeper.id


def test_users_are_listed_page_by_page(anna: Browser, boris: Browser, keeper: Browser) -> None:
    first = keeper.get("/api/v1/users?limit=2").json
    second = keeper.get(f"/api/v1/users?limit=2&cursor={first['next_cursor']}").json
    ids = [item["id"] for item in first["items"] + second["items"]]
    assert sorted(ids) == sorted([anna.id, boris.id, keeper.id])
    assert second["next_cursor"] is None


def test_what_was_done_is_in_the_audit_log(
    anna: Browser, boris: Browser, keeper: Browser, chief: Browser
) -> None:
    ban(keeper, anna)
    keeper.send("DELETE", f"/api/v1/users/{anna.id}/ban", status=204)
    chief.send("PATCH", f"/api/v1/users/{boris.id}", {"role": "moderator"}, status=204)
    chief.send("DELETE", f"/api/v1/users/{anna.id}", status=204)
    items = keeper.get("/api/v1/moderation/audit?limit=4").json["items"]
    told = [
        (item["action"], item["actor"]["id"], item["subject"]["id"], item["detail"])
        for item in items
    ]
    assert told == [
        ("delete_account", chief.id, anna.id, None),
        ("change_role", chief.id, boris.id, "moderator"),
        ("unban", keeper.id, anna.id, None),
        ("ban", keeper.id, anna.id, "spam"),
    ]
    names = [item["subject"]["display_name"] for item in items]
    assert names == [None, "boris", None, None]


def test_leaving_takes_everything_along(
    anna: Browser,
    boris: Browser,
    app: Router,
    container: Container,
    store_video: Callable[..., Any],
) -> None:
    """Nothing in the database names who left, but what others answer for."""
    container.rotate_signing_key().if_there_is_none()
    mine, theirs = store_video(anna), store_video(boris)
    me = anna.get("/api/v1/me").json
    body = {"name": "script", "scopes": ["read"]}
    key = anna.send("POST", "/api/v1/me/access-tokens", body, status=201).json["token"]
    pair = anna.send("POST", "/api/v1/tokens", {}, status=201).json
    for wrong in ({}, {"password": "wrong one"}):
        answer = anna.send("DELETE", "/api/v1/me", wrong, status=403)
        problem(answer, "password_needed")
    gone = anna.send("DELETE", "/api/v1/me", {"password": PASSWORD}, status=204)
    assert gone.headers["Clear-Site-Data"] == '"cookies", "storage"'
    for token in (key, pair["access_token"]):
        headers = {"Authorization": f"Bearer {token}"}
        problem(
            Browser(app).http.get("/api/v1/me", headers=headers, status=401), "invalid_token"
        )
    refresh = {"refresh_token": pair["refresh_token"]}
    Browser(app).http.post_json("/api/v1/tokens/refresh", refresh, status=401)
    problem(Browser(app).sign_in("anna", status=401), "wrong_credentials")
    assert not anna.get("/api/v1/session").json["authenticated"]
    for path in (
        f"/api/v1/videos/{mine.id}",
        f"/api/v1/users/{me['id']}",
        f"/api/v1/channels/{me['channel']['id']}",
    ):
        boris.get(path, status=404)
    boris.get(f"/api/v1/videos/{theirs.id}")
    assert rows_that_name(container, me["id"], me["channel"]["id"], me["email"]) == {"audit"}
    # The files go by a job, which is in the same transaction.
    assert rows_that_name(container, mine.id) == {"jobs"}
    # The address is free again.
    Browser(app).register("anna")


def test_leaving_takes_invitations_and_mails_along(
    app: Router, chief: Browser, container: Container
) -> None:
    mailbox = Mailbox(container)
    anna, email, other = Browser(app), "anna@example.test", "anna@elsewhere.test"
    body = {"email": email, "note": "Anna"}
    link = chief.send("POST", "/api/v1/invitations", body, status=201).json["link"]
    anna.register("anna", invitation=link.partition("invitation=")[2]).sign_in("anna")
    anna.send("POST", "/api/v1/password-resets", {"email": email}, status=202)
    anna.send("PATCH", "/api/v1/me", {"email": other, "current_password": PASSWORD})
    assert len(mailbox.take()) == 3
    anna.send("PATCH", "/api/v1/me", {"email": other, "current_password": PASSWORD})
    anna.send("DELETE", "/api/v1/me", {"password": PASSWORD}, status=204)
    assert mailbox.take() == []
    assert rows_that_name(container, anna.id, email, other) == {"audit"}


def rows_that_name(container: Container, *canaries: str) -> set[str]:
    """Return the tables in which any of these texts is."""
    database = container.database()
    found = set()
    with database.reading() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                if any(canary in str(value) for value in row for canary in canaries):
                    found.add(table)
    return found


def test_the_last_admin_does_not_leave(
    chief: Browser, app: Router, container: Container
) -> None:
    answer = chief.send("DELETE", "/api/v1/me", {"password": PASSWORD}, status=409)
    problem(answer, "last_admin")
    somebody(app, container, "second", Role.ADMIN)
    chief.send("DELETE", "/api/v1/me", {"password": PASSWORD}, status=204)


def test_an_admin_leaves_by_their_password_as_everybody_does(
    chief: Browser, app: Router, container: Container
) -> None:
    somebody(app, container, "second", Role.ADMIN)
    answer = chief.send("DELETE", f"/api/v1/users/{chief.id}", status=409)
    problem(answer, "not_yourself")
    chief.get("/api/v1/me")


def test_guessing_the_password_by_leaving_is_limited(
    anna: Browser, container: Container
) -> None:
    settings = container.settings()
    limits = {**settings.rate_limits, "sign_in": Rate(2, 60)}
    container.settings.override(replace(settings, rate_limits=limits))
    for _ in range(2):
        anna.send("DELETE", "/api/v1/me", {"password": "wrong one"}, status=403)
    answer = anna.send("DELETE", "/api/v1/me", {"password": PASSWORD}, status=429)
    problem(answer, "too_many_requests")
    anna.get("/api/v1/me")


def test_the_files_of_whoever_left_are_removed(
    anna: Browser, container: Container, store_video: Callable[..., Any]
) -> None:
    video = store_video(anna)
    anna.send("DELETE", "/api/v1/me", {"password": PASSWORD}, status=204)
    with container.uow() as uow:
        due = uow.jobs.due(container.clock().now(), 10)
        jobs = [uow.jobs.get(job_id) for job_id in due]
    assert [(job.kind, str(video.id) in job.subject) for job in jobs if job] == [
        (JobKind.REMOVE_MEDIA, True)
    ]
