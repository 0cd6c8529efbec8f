"""Moderators and admins at a browser."""

from __future__ import annotations

from typing import Any

import pytest
from pyramid.router import Router

from entrypoints.container import Container
from tests.functional.browser import Browser, problem
from tests.functional.test_governing_api import somebody
from videohub_core.shared.actor import Role

USERS, AUDIT = "/moderation/users", "/moderation/audit"


@pytest.fixture
def chief(app: Router, container: Container) -> Browser:
    """An admin."""
    return somebody(app, container, "chief", Role.ADMIN)


@pytest.fixture
def keeper(app: Router, container: Container) -> Browser:
    """A moderator."""
    return somebody(app, container, "keeper", Role.MODERATOR)


def submit(browser: Browser, whom: Browser, what: str, status: int = 303, **fields: str) -> Any:
    given = {"csrf_token": browser.token(), **fields}
    return browser.http.post(f"{USERS}/{whom.id}/{what}", given, status=status)


def test_a_ban_from_the_page_holds_at_once_and_is_lifted(
    anna: Browser, keeper: Browser
) -> None:
    page = keeper.get(f"{USERS}?q=ann").click(href="/ban")
    form = page.forms["ban"]
    form["lasts"], form["reason"] = "7", "<b>spam</b>"
    page = form.submit(status=303).follow()
    assert "anna is banned." in page
    (row,) = page.html.select(".entry")
    assert "<b>spam</b>" in row.text
    assert "Banned until" in row.text
    problem(anna.get("/api/v1/me", status=403), "account_banned")
    assert [found["id"] for found in listed(keeper, banned="true")] == [anna.id]
    unban = next(form for form in page.forms.values() if form.action.endswith("unban?q=ann"))
    assert "anna is not banned any more." in unban.submit(status=303).follow()
    anna.get("/api/v1/me")
    acts = [" ".join(row.text.split()) for row in keeper.get(AUDIT).html.select(".entry")]
    assert acts[0].startswith("Ban lifted: anna by keeper")
    assert acts[1].startswith("Ban: anna <b>spam</b> until ")


def listed(browser: Browser, **query: str) -> Any:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return browser.get(f"/api/v1/users?{asked}").json["items"]


def test_a_ban_for_good_has_no_end(anna: Browser, keeper: Browser) -> None:
    submit(keeper, anna, "ban", lasts="forever")
    (found,) = listed(keeper, banned="true")
    assert (found["banned_until"], found["ban_reason"]) == (None, None)


def test_emails_are_for_admins(anna: Browser, keeper: Browser, chief: Browser) -> None:
    assert "anna@example.test" in chief.get(USERS)
    assert "example.test" not in keeper.get(USERS).html.main.text
    assert "Nobody fits." in keeper.get(f"{USERS}?q=example.test")
    assert "Nobody fits." not in chief.get(f"{USERS}?q=example.test")


def test_roles_are_given_by_admins(anna: Browser, keeper: Browser, chief: Browser) -> None:
    form = chief.get(f"{USERS}/{anna.id}/role").forms["change-role"]
    form["role"] = "moderator"
    assert "anna has another role now" in form.submit(status=303).follow()
    anna.sign_in("anna")
    anna.get(USERS)
    submit(keeper, anna, "role", status=403, role="member")
    assert "not allowed" in submit(keeper, anna, "ban", status=403, lasts="1")
    page = submit(chief, chief, "role", status=409, role="member")
    assert "Make somebody else an admin first." in page


def test_an_account_is_deleted_by_an_admin(
    anna: Browser, keeper: Browser, chief: Browser
) -> None:
    keeper.get(f"{USERS}/{anna.id}/delete", status=403)
    submit(keeper, anna, "delete", status=403)
    page = chief.get(f"{USERS}/{anna.id}/delete")
    assert "The account is deleted." in page.forms["delete-user"].submit(status=303).follow()
    chief.get(f"/api/v1/users/{anna.id}", status=404)
    submit(chief, anna, "delete", status=404)
    # One's own is deleted in the settings, where it takes the password.
    submit(chief, chief, "delete", status=409)
    assert f"Account deleted: {anna.id}" in " ".join(chief.get(AUDIT).html.main.text.split())


def test_members_and_strangers_do_not_moderate(
    anna: Browser, boris: Browser, stranger: Browser
) -> None:
    one = f"{USERS}/{boris.id}"
    for path in (USERS, AUDIT, f"{one}/ban", f"{one}/role", f"{one}/delete"):
        assert "/auth/login" in stranger.get(path, status=303).headers["Location"]
        anna.get(path, status=403)
    for what, given in (
        ("ban", {"lasts": "1"}),
        ("unban", {}),
        ("role", {"role": "admin"}),
        ("delete", {}),
    ):
        submit(anna, boris, what, status=403, **given)
        submit(stranger, boris, what)
    boris.get("/api/v1/me")


def test_the_lists_go_on(keeper: Browser, app: Router) -> None:
    for number in range(25):
        submit(keeper, Browser(app).register(f"member{number}"), "ban", lasts="1")
    for path in (f"{USERS}?banned=1", AUDIT):
        page = keeper.get(path)
        assert len(page.html.select(".entry")) == 24
        page = page.click("Show more")
        assert page.html.select(".entry")
        assert page.html.select("a[data-first]")
