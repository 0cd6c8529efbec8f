"""Who may register: modes, invitations over the API and in the pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from pyramid.router import Router

from entrypoints.container import Container
from tests.functional.browser import PASSWORD, Browser, problem
from tests.functional.mailbox import Mailbox, configure
from videohub_core.invitations.entities import Registration
from videohub_core.shared.actor import Role

PATH = "/api/v1/invitations"
ANNA = {"email": "anna@example.test", "password": PASSWORD, "display_name": "Анна"}


@pytest.fixture
def mailbox(container: Container) -> Mailbox:
    return Mailbox(container)


def with_role(app: Router, container: Container, name: str, role: Role) -> Browser:
    browser = Browser(app).register(name)
    browser.sign_in(name)
    with container.uow() as uow:
        user = uow.users.by_email(f"{name}@example.test")
        assert user is not None
        user.role = role
        uow.commit()
    return browser


@pytest.fixture
def dora(app: Router, container: Container) -> Browser:
    return with_role(app, container, "dora", Role.MODERATOR)


@pytest.fixture
def admin(app: Router, container: Container) -> Browser:
    return with_role(app, container, "admin", Role.ADMIN)


def invite(browser: Browser, **body: Any) -> Any:
    return browser.send("POST", PATH, body, status=201).json


def secret_of(invitation: dict[str, Any]) -> str:
    parts = urlsplit(invitation["link"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "http://localhost:6543/register"
    return parts.query.removeprefix("invitation=")


def test_a_closed_hub_lets_nobody_in_but_by_an_admin(
    stranger: Browser, admin: Browser, container: Container
) -> None:
    configure(container, registration=Registration.CLOSED)
    for body in (ANNA, {**ANNA, "invitation": "x"}, {"nonsense": 1}):
        answer = stranger.send("POST", "/api/v1/users", body, status=403)
        problem(answer, "registration_closed")
    headers = {"X-CSRF-Token": stranger.token(), "Content-Type": "text/plain"}
    answer = stranger.http.post("/api/v1/users", b"x", headers=headers, status=403)
    problem(answer, "registration_closed")
    problem(admin.send("POST", PATH, {}, status=403), "registration_closed")
    admin.send("POST", "/api/v1/users", ANNA, status=201)
    stranger.sign_in("anna")


def test_the_pages_of_a_closed_hub(
    stranger: Browser, admin: Browser, container: Container
) -> None:
    assert stranger.get("/").html.select("a[href='/register']")
    configure(container, registration=Registration.CLOSED)
    for path in ("/", "/auth/login"):
        assert not stranger.get(f"{path}?x").html.select("a[href^='/register']")
    page = stranger.get("/register")
    assert "The people who run this hub open the accounts." in page
    assert not page.html.select("form[action='/register']")
    form = {"csrf_token": stranger.token(), **ANNA}
    assert "Nobody can register here." in stranger.http.post("/register", form, status=403)
    assert not admin.get("/").html.select("a[href='/invitations']")
    assert "Registration is closed" in admin.get("/invitations")


def test_an_invitation_lets_one_person_in(
    app: Router, stranger: Browser, dora: Browser, container: Container
) -> None:
    configure(container, registration=Registration.INVITATION)
    problem(stranger.send("POST", "/api/v1/users", ANNA, status=403), "invitation_needed")
    made = invite(dora, note="for Anna")
    assert (made["note"], made["email"], made["state"]) == ("for Anna", None, "waiting")
    assert made["inviter"] == {"id": dora.id, "display_name": "dora"}
    secret = secret_of(made)
    wrong = stranger.send("POST", "/api/v1/users", {**ANNA, "invitation": "x"}, status=400)
    problem(wrong, "invitation_not_valid")
    member = stranger.send("POST", "/api/v1/users", {**ANNA, "invitation": secret}, status=201)
    assert member.json["email_verified"] is False
    boris = {**ANNA, "email": "boris@example.test", "invitation": secret}
    problem(stranger.send("POST", "/api/v1/users", boris, status=400), "invitation_not_valid")
    seen = dora.get(f"{PATH}/{made['id']}").json
    assert (seen["state"], seen["link"]) == ("used", None)
    assert seen["member"] == {"id": member.json["id"], "display_name": "Анна"}


def test_an_invitation_for_an_address(
    stranger: Browser, dora: Browser, container: Container, mailbox: Mailbox
) -> None:
    configure(container, registration=Registration.INVITATION, email_verification=True)
    secret = secret_of(invite(dora, email="ANNA@example.test"))
    other = {**ANNA, "email": "boris@example.test", "invitation": secret}
    problem(stranger.send("POST", "/api/v1/users", other, status=400), "invitation_not_valid")
    given = {**ANNA, "invitation": secret}
    answer = stranger.send("POST", "/api/v1/users", given, status=202)
    assert answer.json == {"status": "accepted"}
    assert mailbox.take() == []
    assert stranger.sign_in("anna").json["user"]["email_verified"] is True


def test_who_sees_and_withdraws_what(
    app: Router, container: Container, dora: Browser, admin: Browser, stranger: Browser
) -> None:
    dina = with_role(app, container, "dina", Role.MODERATOR)
    made = invite(dora)
    invite(dina)
    path = f"{PATH}/{made['id']}"
    assert [found["id"] for found in dora.get(PATH).json["items"]] == [made["id"]]
    assert len(admin.get(PATH).json["items"]) == 2
    assert all(found["link"] is None for found in admin.get(PATH).json["items"])
    assert dora.get(path).headers["ETag"]
    problem(dina.get(path, status=404), "no_such_invitation")
    problem(dina.send("DELETE", path, status=404), "no_such_invitation")
    dora.send("DELETE", path, status=204)
    problem(dora.send("DELETE", path, status=404), "no_such_invitation")
    configure(container, registration=Registration.INVITATION)
    given = {**ANNA, "invitation": secret_of(made)}
    answer = stranger.send("POST", "/api/v1/users", given, status=400)
    problem(answer, "invitation_not_valid")


def test_invitations_are_paged(dora: Browser) -> None:
    made = [invite(dora, note=str(n))["id"] for n in range(5)]
    found: list[str] = []
    path = f"{PATH}?limit=2"
    while path:
        answer = dora.get(path)
        found += [one["id"] for one in answer.json["items"]]
        link = answer.headers.get("Link")
        path = link[1 : link.index(">")] if link else ""
    assert found == made[::-1]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": "x"}, "/email"),
        ({"note": "n" * 201}, "/note"),
        ({"note": "a\0b"}, "/note"),
        ({"note": 1}, "/note"),
    ],
)
def test_wrong_invitations(dora: Browser, body: dict[str, Any], pointer: str) -> None:
    answer = dora.send("POST", PATH, body, status=400)
    (error,) = problem(answer, "validation_failed")["errors"]
    assert error["pointer"] == pointer


def test_an_invitation_that_is_asked_for_twice_is_one(dora: Browser) -> None:
    answers = [
        dora.send("POST", PATH, {}, status=201, **{"Idempotency-Key": "k"}) for _ in range(2)
    ]
    # The answer is kept whole, link and all, under the key.
    assert answers[0].json == answers[1].json
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert len(dora.get(PATH).json["items"]) == 1


def test_inviting_and_registering_in_the_pages(
    app: Router, dora: Browser, container: Container, mailbox: Mailbox
) -> None:
    configure(container, registration=Registration.INVITATION, email_verification=True)
    page = dora.get("/").click("Invitations")
    form = page.forms["invite"]
    form["email"], form["note"] = "nobody", "for Anna"
    page = form.submit(status=400)
    assert page.html.select_one("#email-error")
    form = page.forms["invite"]
    form["email"] = "anna@example.test"
    page = form.submit()
    link = page.html.select_one("#link")["value"]
    assert "for Anna" in page
    assert link not in dora.get("/invitations")

    invited = Browser(app)
    assert not invited.get("/").html.select("a[href='/register']")
    assert "by invitation" in invited.get("/register")
    page = invited.get(link.removeprefix("http://localhost:6543"))
    assert page.headers["Referrer-Policy"] == "same-origin"
    form = page.forms[1]
    assert form["email"].value == "anna@example.test"
    form["display_name"], form["password"] = "Анна", PASSWORD
    assert form.submit(status=303).headers["Location"].endswith("/")
    assert invited.get("/api/v1/session").json["authenticated"]
    assert mailbox.take() == []
    assert "not valid any more" in Browser(app).get(link.removeprefix("http://localhost:6543"))
    page = dora.get("/invitations")
    assert "Used by Анна" in page
    page = next(f for f in page.forms.values() if "withdraw" in f.action).submit().follow()
    assert "The invitation is withdrawn." in page
    assert dora.get(PATH).json["items"] == []


def test_a_link_that_is_over_keeps_nobody_out_of_an_open_hub(
    stranger: Browser, container: Container
) -> None:
    form = stranger.get("/register?invitation=over").forms[1]
    form["display_name"], form["email"], form["password"] = "Анна", ANNA["email"], PASSWORD
    form.submit(status=303)
    assert stranger.get("/api/v1/session").json["authenticated"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/ban", {"reason": "spam"}, 400),
        ("PATCH", "", {"role": "member"}, 400),
        ("PATCH", "", {"role": "admin"}, 201),
    ],
)
def test_nobody_comes_by_a_former_moderators_invitation(
    stranger: Browser,
    dora: Browser,
    admin: Browser,
    container: Container,
    method: str,
    path: str,
    body: dict[str, str],
    status: int,
) -> None:
    configure(container, registration=Registration.INVITATION)
    secret = secret_of(invite(dora))
    admin.send(method, f"/api/v1/users/{dora.id}{path}", body, status=204)
    answer = stranger.send(
        "POST", "/api/v1/users", {**ANNA, "invitation": secret}, status=status
    )
    if status != 201:
        problem(answer, "invitation_not_valid")
