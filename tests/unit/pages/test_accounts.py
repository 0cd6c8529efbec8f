"""Sign in, register, sign out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http.pages.signing_in import own_path
from tests.unit.pages.stub_hub import make_id, make_video, make_viewer


def test_signing_in_goes_back_to_where_one_was(browse):
    browser = browse(viewer=None)
    form = browser.get("/auth/login?return_to=/upload").forms[1]
    form["email"] = "anna@example.org"
    form["password"] = "correct horse"
    assert form.submit(status=303).location == "http://localhost/upload"
    [signed_in] = browser.app.registry.sessions
    assert signed_in.token == "fresh"


def test_a_wrong_password_keeps_the_address_and_nothing_else(browse):
    form = browse("ru").get("/auth/login?return_to=/upload").forms[1]
    form["email"] = "anna@example.org"
    form["password"] = "wrong horse"
    page = form.submit(status=401)
    assert "Неверный адрес или пароль." in page
    assert page.forms[1]["email"].value == "anna@example.org"
    assert page.forms[1]["return_to"].value == "/upload"
    assert "wrong horse" not in page


def test_a_new_member_is_signed_in_at_once(browse):
    browser = browse()
    form = browser.get("/register?return_to=/upload").forms[1]
    form["display_name"] = "Борис"
    form["email"] = "boris@example.org"
    form["password"] = "a long one"
    assert form.submit(status=303).location == "http://localhost/upload"
    assert len(browser.app.registry.sessions) == 1


def test_registration_names_each_wrong_field_and_keeps_no_password(browse):
    form = browse("ru").get("/register").forms[1]
    form["display_name"] = ""
    form["email"] = "boris"
    form["password"] = "shorty7"
    page = form.submit(status=400)
    errors = {error["id"]: error.text for error in page.html.select(".field__error")}
    assert errors == {
        "display_name-error": "Введите имя, которое будут видеть другие.",
        "email-error": "Это не похоже на адрес электронной почты.",
        "password-error": "Нужно не меньше 8 символов.",
    }
    assert page.forms[1]["email"].value == "boris"
    assert "shorty7" not in page


def test_a_taken_address_is_said_beside_it(browse):
    form = browse().get("/register").forms[1]
    form["display_name"] = "Anna"
    form["email"] = "anna@example.org"
    form["password"] = "another one"
    page = form.submit(status=409)
    assert "already an account" in page.html.select_one("#email-error").text


@pytest.mark.parametrize("path", ["/auth/login", "/register"])
def test_who_is_signed_in_need_not_do_it_again(browse, path):
    response = browse(viewer=make_viewer()).get(f"{path}?return_to=/studio", status=303)
    assert response.location == "http://localhost/studio"


def test_who_is_signed_in_cannot_register_another_account(browse):
    browser = browse(viewer=make_viewer())
    account = {"email": "c@example.org", "password": "a long one", "display_name": "C"}
    browser.post("/register", account, status=403)
    assert browser.app.registry.stub.registered == []
    assert browser.app.registry.sessions == []


def test_signing_out_by_form_and_by_script(browse):
    browser = browse(viewer=make_viewer())
    assert browser.get("/").forms[1].submit(status=303).location == "http://localhost/"
    answer = browser.post("/auth/logout", headers={"Accept": "application/json"})
    assert answer.json == {"logout_url": "/"}
    assert browser.app.registry.sessions == ["ended", "ended"]
    assert answer.headers["Clear-Site-Data"] == '"cookies", "storage"'


def test_a_banned_member_can_sign_out_and_is_offered_nothing_else(browse):
    banned = make_viewer(is_banned=True)
    page = browse(viewer=banned, videos=[make_video()]).get("/").html
    assert page.select_one(".menu form")
    assert not page.select(".bar a[href='/upload'], .bar a[href='/studio']")


@pytest.mark.parametrize(
    "address",
    ["/", "/upload", "/studio?cursor=a%20b", f"/watch/{make_id('x')}?t=3", "/%D1%8F", "/a//b"],
)
def test_own_paths_are_returned_to(address):
    assert own_path(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "upload",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\\b",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "/a\r\nSet-Cookie: x=y",
        " /upload",
        "/ok\n",
        "/\x00",
        "/\x85",
    ],
)
def test_other_addresses_are_not(browse, address):
    assert own_path(address) == "/"
    if address and "\x00" not in address:
        page = browse().get("/auth/login", params={"return_to": address})
        assert page.forms[1]["return_to"].value == "/"


@given(st.text())
def test_whatever_is_returned_to_stays_on_this_host(address):
    path = own_path("/" + address)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert all(ord(character) > 0x20 for character in path)
