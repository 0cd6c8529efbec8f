"""Sessions, access tokens, leaving, and accounts without an e-mail or a password."""

from __future__ import annotations

import pytest

from entrypoints.http.pages.clients import CLIENT_MOST, client_name
from tests.unit.pages.stub_accounts import make_family, make_session, make_token
from tests.unit.pages.stub_hub import make_viewer
from tests.unit.pages.test_own_account import fill, form_to, stub_of
from videohub_core.accounts.errors import LastAdmin
from videohub_core.shared.actor import Role
from videohub_core.tokens.errors import TooManyTokens

LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
CHROMIUM = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"


@pytest.mark.parametrize(
    ("client", "name"),
    [
        (LINUX, "Firefox · Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0) {CHROMIUM} Safari/537.36", "Chrome · Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {CHROMIUM} Safari/537.36 Edg/142", "Edge · Windows"),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {CHROMIUM} YaBrowser/25 Safari/537.36",
            "Yandex Browser · Windows",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {CHROMIUM} Mobile Safari/537.36",
            "Chrome · Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari · iPhone",
        ),
        ("curl/8.11", "curl/8.11"),
        ("Mozilla/5.0", "Mozilla/5.0"),
        ("backup for Linux", "backup for Linux"),
        ("x" * CLIENT_MOST, "x" * CLIENT_MOST),
        ("x" * (CLIENT_MOST + 1), "x" * (CLIENT_MOST - 1) + "…"),
    ],
)
def test_a_client_by_the_name_people_know(client, name):
    assert client_name(client) == name


def test_sessions_of_both_kinds_with_this_one_first(browse):
    browser = browse("ru", viewer=make_viewer())
    stub = stub_of(browser)
    stub.sessions.insert(0, make_session(client="Mozilla/5.0 (iPad) Safari/604.1"))
    stub.families = [make_family()]
    page = browser.get("/settings/sessions")
    rows = [" ".join(row.text.split()) for row in page.html.select(".entry")]
    for row, texts in zip(
        rows,
        [("Firefox · Linux", "Этот"), ("Safari · iPad",), ("curl/8.11", "Клиент API")],
        strict=True,
    ):
        assert all(text in row for text in texts)
    assert "Завершить" not in rows[0]
    for ended in ("phone00000000000", "program000000000"):
        form = form_to(page, f"/settings/sessions/{ended}/end")
        answer = form.submit(status=303)
        assert answer.location == "http://localhost/settings/sessions?ended=1"
        # A second click, or one elsewhere, changes nothing.
        form.submit(status=303)
    assert [one.id for one in stub.sessions] == ["here000000000000"]
    assert stub.families == []
    assert not browser.get("/settings/sessions").html.select("form[action$='end-others']")


def test_all_other_sessions_end_at_once(browse):
    browser = browse(viewer=make_viewer())
    stub = stub_of(browser)
    stub.sessions += [make_session("phone"), make_session("tablet")]
    stub.families = [make_family()]
    form = form_to(browser.get("/settings/sessions"), "/settings/sessions/end-others")
    answer = form.submit(status=303)
    assert answer.location == "http://localhost/settings/sessions?ended_others=1"
    assert [one.id for one in stub.sessions] == ["here000000000000"]
    assert stub.families == []


def test_a_token_is_shown_once(browse):
    browser = browse(viewer=make_viewer())
    page = browser.get("/settings/access-tokens")
    form = fill(form_to(page, "/settings/access-tokens"), name="backup", days="365")
    form.set("scopes", True, index=1)
    page = form.submit(status=200)
    assert page.html.select_one("#token")["value"] == "vhp_secret"
    (_, details) = stub_of(browser).done[-1]
    assert [scope.value for scope in details.scopes] == ["read", "upload"]
    assert details.lasts.days == 365
    page = browser.get("/settings/access-tokens")
    assert "vhp_secret" not in page
    delete = next(f for f in page.forms.values() if f.action.endswith("/delete"))
    answer = delete.submit(status=303)
    assert answer.location == "http://localhost/settings/access-tokens?deleted=1"
    assert stub_of(browser).tokens == []
    delete.submit(status=404)


def test_a_token_that_never_ends_is_asked_for_by_name(browse):
    browser = browse(viewer=make_viewer())
    form = form_to(browser.get("/settings/access-tokens"), "/settings/access-tokens")
    fill(form, name="backup", days="never").submit(status=200)
    assert stub_of(browser).done[-1][1].lasts is None
    browser.post("/settings/access-tokens", {"name": "x", "scopes": "read"}, status=400)
    assert "does not expire" in browser.get("/settings/access-tokens")


def test_what_is_wrong_with_a_token_is_said_beside_it(browse):
    browser = browse("ru", viewer=make_viewer())
    form = form_to(browser.get("/settings/access-tokens"), "/settings/access-tokens")
    form.set("scopes", False, index=0)
    form["days"].force_value("1000")
    page = fill(form, name=" ").submit(status=400)
    assert page.html.select_one("#name-error").text == "Назовите токен."
    assert page.html.select_one("#scopes-error").text == "Отметьте, что токену разрешено."
    assert page.html.select_one("#days-error")
    form = fill(form_to(page, "/settings/access-tokens"), name="a" * 81, days="30")
    page = form.submit(status=400)
    assert "80" in page.html.select_one("#name-error").text
    assert stub_of(browser).done == []


def test_too_many_tokens(browse):
    browser = browse(viewer=make_viewer())
    stub_of(browser).refuses = TooManyTokens()
    form = form_to(browser.get("/settings/access-tokens"), "/settings/access-tokens")
    page = fill(form, name="backup").submit(status=409)
    assert "Delete one you no longer need" in page.html.select_one("[role=alert]").text
    assert form_to(page, "/settings/access-tokens")["name"].value == "backup"


def test_tokens_say_what_they_are_for(browse):
    browser = browse("ru", viewer=make_viewer())
    stub_of(browser).tokens = [make_token("копия", scopes=["write"], expires_at=None)]
    (row,) = browser.get("/settings/access-tokens").html.select(".entry")
    for text in ("копия", "Изменение", "бессрочный", "не использовался"):
        assert text in row.text


@pytest.mark.parametrize(("role", "count"), [(Role.MEMBER, 3), (Role.MODERATOR, 4)])
def test_moderating_is_offered_to_those_who_do(browse, role, count):
    page = browse(viewer=make_viewer(role=role)).get("/settings/access-tokens")
    assert len(page.html.select("input[name=scopes]")) == count


def test_leaving_takes_the_password(browse):
    browser = browse("ru", viewer=make_viewer())
    page = browser.get("/settings/account")
    assert page.html.select_one("a[href='/api/v1/me/export']").has_attr("download")
    form = form_to(page, "/settings/account")
    page = fill(form, password="wrong").submit(status=403)
    assert page.html.select_one("#password-error")
    assert browser.app.registry.sessions == []
    form = fill(form_to(page, "/settings/account"), password="correct horse")
    answer = form.submit(status=303)
    assert answer.location == "http://localhost/account-deleted"
    assert answer.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert browser.app.registry.sessions == ["ended"]
    assert stub_of(browser).done == [("left", make_viewer().id)]


def test_who_is_here_is_not_told_to_be_gone(browse):
    answer = browse(viewer=make_viewer()).get("/account-deleted", status=303)
    assert answer.location == "http://localhost/"
    assert "Ваш аккаунт удалён" in browse("ru").get("/account-deleted")


def test_the_last_admin_stays(browse):
    browser = browse("ru", viewer=make_viewer(role=Role.ADMIN))
    stub_of(browser).refuses = LastAdmin()
    form = form_to(browser.get("/settings/account"), "/settings/account")
    page = fill(form, password="correct horse").submit(status=409)
    said = page.html.select_one("[role=alert]").text
    assert "последний администратор" in said
    assert "назначьте" in said


def test_without_a_password_a_fresh_session_will_do(browse):
    browser = browse(viewer=make_viewer())
    stub_of(browser).password = None
    page = browser.get("/settings/account")
    assert not page.html.select("input[type=password]")
    form_to(page, "/settings/account").submit(status=303)
    browser = browse(viewer=make_viewer())
    stub_of(browser).password = None
    stub_of(browser).delete_account = lambda: refuse_password
    page = browser.get("/settings/account")
    page = form_to(page, "/settings/account").submit(status=403)
    assert "You signed in too long ago." in page.html.select_one("[role=alert]").text


def refuse_password(**_given):
    from videohub_core.accounts.errors import PasswordNeeded

    raise PasswordNeeded


def test_an_account_of_a_provider_without_an_address(browse):
    browser = browse(viewer=make_viewer(email=None))
    stub_of(browser).password = None
    page = browser.get("/settings/profile")
    form = form_to(page, "/settings/profile")
    assert not page.html.select_one("#email").has_attr("required")
    assert not page.html.select("input[type=password]")
    assert "None" not in page.html.main.text
    fill(form, display_name="Anna").submit(status=303)
    assert "email" not in stub_of(browser).done[-1][1]
    page = browser.get("/settings/password")
    assert not page.html.select("main form")
    assert page.html.select("main .actions a[href='/settings/profile']")


def test_an_account_without_a_password_gets_one_by_mail(browse):
    browser = browse(viewer=make_viewer())
    stub_of(browser).password = None
    page = browser.get("/settings/password")
    assert "anna@example.org" in page.html.main.text
    assert page.html.select("main .actions a[href='/forgot-password']")


def test_a_first_address_that_waits(browse):
    viewer = make_viewer(email=None, pending_email="new@example.org")
    page = browse(viewer=viewer).get("/settings/profile")
    assert "Your e-mail is new@example.org once" in page.html.select_one(".note").text


@pytest.mark.parametrize(
    "path",
    [
        *("/settings/profile", "/settings/password", "/settings/sessions"),
        *("/settings/access-tokens", "/settings/blocked", "/settings/account"),
    ],
)
def test_settings_are_one_place(browse, path):
    page = browse(viewer=make_viewer()).get(path)
    assert len(page.html.select(".tabs a")) == 6
    (current,) = page.html.select(".tabs a[aria-current=page]")
    assert current["href"] == path
    answer = browse().get(path, status=303)
    assert "/auth/login" in answer.location
