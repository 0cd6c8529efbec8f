"""An account that is there already, and somebody who says that it is theirs."""

from __future__ import annotations

from pyramid.router import Router

from entrypoints.container import Container
from tests.functional.browser import PASSWORD, Browser, problem
from tests.functional.identity.visitor import HOME, Visitor, cookies, links
from tests.rogue_provider import RogueProvider
from videohub_core.shared.actor import OPERATOR
from videohub_core.shared.ids import UserId


def test_an_account_is_linked_by_its_password(
    app: Router, visitor: Visitor, rogue: RogueProvider, anna_here: Browser
) -> None:
    answer = visitor.sign_in_there()
    assert answer.location == f"{HOME}/auth/link"
    assert "HttpOnly" in cookies(answer)["hub_link"]
    assert "hub_session" not in cookies(answer)
    page = visitor.get("/auth/link", Accept="text/html")
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "anna@example.test" in page
    assert "School &lt;account&gt;" in page
    form = page.forms[1]
    form["password"] = "not this one"
    wrong = form.submit(status=401)
    assert "The password is wrong." in wrong
    assert not visitor.get("/api/v1/session").json["authenticated"]
    form = wrong.forms[1]
    form["password"] = PASSWORD
    done = form.submit(status=303)
    assert done.location == f"{HOME}/upload"
    assert "Max-Age=0" in cookies(done)["hub_link"]
    assert visitor.me()["id"] == anna_here.id
    assert (visitor.me()["sub"], visitor.me()["email_verified"]) == ("7", True)
    # From now on the provider is enough, and the password still is.
    other = Visitor(app, rogue)
    other.sign_in_there()
    assert other.me()["id"] == anna_here.id
    Browser(app).sign_in("anna")


def test_a_link_is_of_the_browser_that_began_it(
    app: Router, visitor: Visitor, anna_here: Browser
) -> None:
    visitor.sign_in_there()
    other = Browser(app)
    problem(other.get("/auth/link", status=400, Accept="application/json"), "invalid_login")
    other.http.set_cookie("hub_link", "x" * 43)
    problem(other.get("/auth/link", status=400, Accept="application/json"), "invalid_login")


def test_passwords_are_not_guessed_there_either(
    visitor: Visitor, anna_here: Browser, container: Container
) -> None:
    visitor.sign_in_there()
    form = visitor.get("/auth/link", Accept="text/html").forms[1]
    form["password"] = "not this one"
    most = container.settings().rate_limits["sign_in"].times
    for _ in range(most):
        form.submit(status=401)
    form["password"] = PASSWORD
    form.submit(status=429)


def test_linking_needs_the_token_of_the_page(visitor: Visitor, anna_here: Browser) -> None:
    visitor.sign_in_there()
    visitor.http.post("/auth/link", {"password": PASSWORD}, status=403)


def test_an_email_that_nobody_vouches_for_links_nothing(
    visitor: Visitor, rogue: RogueProvider, anna_here: Browser, container: Container
) -> None:
    rogue.knows(email_verified=False)
    answer = visitor.sign_in_there(status=409)
    assert "There is already an account with your e-mail." in answer
    assert links(answer) == ["/auth/local?return_to=%2Fupload"]
    assert container.account_reader().by_identity(rogue.url, "7") is None
    assert container.account_reader().user(UserId(anna_here.id)).sub is None


def test_a_banned_account_is_not_linked(
    visitor: Visitor, anna_here: Browser, container: Container
) -> None:
    with container.uow() as uow:
        uow.users.get(UserId(anna_here.id)).ban(OPERATOR.id, None, None)
        uow.commit()
    visitor.sign_in_there()
    form = visitor.get("/auth/link", Accept="text/html").forms[1]
    form["password"] = PASSWORD
    assert "This account is banned." in form.submit(status=403)
    assert container.account_reader().user(UserId(anna_here.id)).sub is None
