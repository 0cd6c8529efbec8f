"""Pages of moderators and admins: the list of members, bans, roles, the audit log."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.pages.stub_accounts import NOW, make_act, make_listed
from tests.unit.pages.stub_hub import make_id, make_viewer
from tests.unit.pages.test_own_account import fill, form_to, stub_of
from videohub_core.accounts.errors import LastAdmin, NotYourself
from videohub_core.shared.actor import Role
from videohub_core.shared.errors import NotAllowed

USERS = "/moderation/users"
BORIS = make_id("boris")


@pytest.fixture
def open_hub(browse):
    def open_hub(role=Role.ADMIN, language="en"):
        browser = browse(language, viewer=make_viewer(role=role))
        found = [
            make_listed("boris"),
            make_listed("gleb", is_banned=True, ban_reason="spam"),
            make_listed("dora", role=Role.MODERATOR),
            make_listed("anna", role=role),
        ]
        stub_of(browser).users = {user.id: user for user in found}
        return browser

    return open_hub


def rows(page):
    return {row.select_one("bdi").text: row for row in page.html.select(".entry")}


def paths(row):
    return {
        *(link["href"].split("/")[-1] for link in row.select("a")),
        *(form["action"].split("/")[-1] for form in row.select("form")),
    }


def test_what_is_offered_goes_by_role(open_hub):
    for role, expected in (
        (Role.MODERATOR, {"Boris": {"ban"}, "Gleb": {"unban"}, "Dora": set(), "Anna": set()}),
        (
            Role.ADMIN,
            {
                "Boris": {"ban", "role", "delete"},
                "Gleb": {"unban", "role", "delete"},
                "Dora": {"ban", "role", "delete"},
                "Anna": {"role"},
            },
        ),
    ):
        page = open_hub(role).get(USERS)
        assert {name: paths(row) for name, row in rows(page).items()} == expected


def test_members_are_looked_for(open_hub):
    browser = open_hub()
    form = browser.get(USERS).forms["filters"]
    page = fill(form, q="BOR").submit()
    assert set(rows(page)) == {"Boris"}
    form = fill(page.forms["filters"], q="", banned=True)
    page = form.submit()
    assert set(rows(page)) == {"Gleb"}
    assert "spam" in rows(page)["Gleb"].text
    page = fill(browser.get(USERS).forms["filters"], role="moderator").submit()
    assert set(rows(page)) == {"Dora"}
    assert page.forms["filters"]["role"].value == "moderator"
    assert "Nobody fits." in browser.get(f"{USERS}?q=nobody")


@pytest.mark.parametrize(
    ("lasts", "until"),
    [
        ("1", NOW + timedelta(days=1)),
        ("7", NOW + timedelta(days=7)),
        ("30", NOW + timedelta(days=30)),
        ("forever", None),
    ],
)
def test_a_ban_and_back_to_the_list_as_it_was(open_hub, lasts, until):
    browser = open_hub(Role.MODERATOR)
    page = browser.get(f"{USERS}?q=boris").click(href="/ban")
    form = fill(form_to(page, f"{USERS}/{BORIS}/ban?q=boris"), reason="spam", lasts=lasts)
    page = form.submit(status=303).follow()
    assert page.request.GET["q"] == "boris"
    assert "Boris is banned." in page.html.select_one("[role=status]").text
    assert stub_of(browser).done == [("banned", (BORIS, {"reason": "spam", "until": until}))]


def test_a_ban_without_a_length_is_none(open_hub):
    browser = open_hub()
    page = browser.post(f"{USERS}/{BORIS}/ban", {"reason": "spam"}, status=400)
    assert page.html.select_one("#lasts-error")
    assert form_to(page, f"{USERS}/{BORIS}/ban")["reason"].value == "spam"
    given = {"reason": "r" * 501, "lasts": "1"}
    page = browser.post(f"{USERS}/{BORIS}/ban", given, status=400)
    assert "500" in page.html.select_one("#reason-error").text
    assert stub_of(browser).done == []


def test_a_ban_is_lifted(open_hub):
    browser = open_hub(Role.MODERATOR, "ru")
    form = form_to(browser.get(USERS), f"{USERS}/{make_id('gleb')}/unban")
    page = form.submit(status=303).follow()
    assert "Gleb: блокировка снята." in page
    assert stub_of(browser).done == [("unbanned", (make_id("gleb"), {}))]


def test_a_role_is_given(open_hub):
    browser = open_hub()
    page = browser.get(f"{USERS}/{BORIS}/role")
    form = form_to(page, f"{USERS}/{BORIS}/role")
    assert form["role"].value == "member"
    page = fill(form, role="moderator").submit(status=303).follow()
    assert "Boris has another role now" in page
    assert stub_of(browser).done == [("role", (BORIS, {"role": Role.MODERATOR}))]
    assert "has that role already" in form_to_same(browser).submit(status=303).follow()
    page = browser.post(f"{USERS}/{BORIS}/role", {"role": "root"}, status=400)
    assert page.html.select_one("#role-error")


def form_to_same(browser):
    return form_to(browser.get(f"{USERS}/{BORIS}/role"), f"{USERS}/{BORIS}/role")


def test_an_account_is_deleted_after_a_question(open_hub):
    browser = open_hub()
    page = browser.get(USERS).click(href=f"{BORIS}/delete")
    assert stub_of(browser).done == []
    page = form_to(page, f"{USERS}/{BORIS}/delete").submit(status=303).follow()
    assert "The account is deleted." in page
    assert stub_of(browser).done == [("deleted", BORIS)]


def test_ones_own_account_is_deleted_in_the_settings(open_hub):
    browser = open_hub(Role.ADMIN, "ru")
    page = browser.post(f"{USERS}/{make_id('anna')}/delete", status=409)
    assert "С собственным" in page.html.select_one("[role=alert]").text
    assert stub_of(browser).done == []


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (LastAdmin(), 409, "последний администратор"),
        (NotYourself(), 409, "С собственным"),
        (NotAllowed(), 403, "нельзя"),
    ],
)
def test_refusals_in_words(open_hub, error, status, text):
    browser = open_hub(Role.ADMIN, "ru")
    stub_of(browser).refuses = error
    for path, given in (
        ("ban", {"lasts": "1", "reason": "spam"}),
        ("role", {"role": "admin"}),
        ("delete", {}),
    ):
        page = browser.post(f"{USERS}/{BORIS}/{path}", given, status=status)
        said = page.html.select_one("[role=alert]").text
        assert text in said or status == 403
        assert len(said) > 20
    browser.post(f"{USERS}/{BORIS}/unban", status=status)


def test_the_audit_log_in_words(open_hub):
    browser = open_hub(Role.MODERATOR, "ru")
    boris = make_id("boris")
    stub_of(browser).acts = [
        make_act("ban", detail="until 2026-03-05T12:00:00+00:00: spam: links"),
        make_act("ban", detail="until 2026-03-05T12:00:00+00:00"),
        make_act("ban", detail="until the end of time"),
        make_act("ban", detail="until 0001-01-01T00:00:00+23:00: long ago"),
        make_act("unban", actor_name=None),
        make_act("change_role", detail="admin", actor_id="operator", actor_name=None),
        make_act("delete_account", subject_name=None),
        make_act("delete_account", actor_id=boris, actor_name=None, subject_name=None),
        make_act("brand_new", detail="what"),
    ]
    page = browser.get("/moderation/audit")
    told = [" ".join(row.text.split()) for row in page.html.select(".entry")]
    for row, texts in zip(
        told,
        [
            ("Блокировка: Boris spam: links до 5 марта 2026", "кто: Dora", "час"),
            ("Блокировка: Boris до 5 марта 2026",),
            ("Блокировка: Boris until the end of time",),
            ("Блокировка: Boris until 0001-01-01T00:00:00+23:00: long ago",),
            ("Блокировка снята: Boris", f"кто: {make_id('dora')}"),
            ("Смена роли: Boris → Администратор", "кто: владелец сервера"),
            (f"Аккаунт удалён: {boris}", "кто: Dora"),
            (f"Аккаунт удалён: {boris}", "по желанию владельца"),
            ("brand_new: Boris what",),
        ],
        strict=True,
    ):
        assert all(text in row for text in texts), row


def test_moderation_is_in_the_menu_of_those_who_do_it(browse):
    for role, count in ((Role.MEMBER, 0), (Role.MODERATOR, 1), (Role.ADMIN, 1)):
        page = browse(viewer=make_viewer(role=role)).get("/")
        assert len(page.html.select(f".menu a[href='{USERS}']")) == count
