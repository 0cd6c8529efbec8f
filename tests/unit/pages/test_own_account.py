"""Pages around the account: links of mails, profile, password, invitations."""

from __future__ import annotations

import pytest

from tests.unit.pages.stub_accounts import make_invitation
from tests.unit.pages.stub_hub import make_viewer
from videohub_core.invitations.entities import InvitationState, Registration
from videohub_core.shared.actor import Role


def stub_of(browser):
    return browser.app.registry.stub


def fill(form, **values):
    for name, value in values.items():
        form[name] = value
    return form


def form_to(page, action):
    return next(form for form in page.forms.values() if form.action == action)


def test_opening_a_link_confirms_nothing(browse):
    browser = browse()
    page = browser.get("/verify-email?token=good")
    assert stub_of(browser).done == []
    assert page.headers["Referrer-Policy"] == "same-origin"
    answer = form_to(page, "/verify-email").submit(status=303)
    assert answer.location == "http://localhost/auth/local?verified=1"
    assert stub_of(browser).done == [("confirmed", "good")]


def test_whoever_is_signed_in_is_told_in_their_profile(browse):
    browser = browse(viewer=make_viewer())
    page = browser.get("/verify-email?token=good")
    answer = form_to(page, "/verify-email").submit(status=303)
    assert answer.location == "http://localhost/settings/profile?verified=1"


def test_a_link_that_is_over_offers_another(browse):
    page = browse("ru").get("/verify-email?token=old")
    page = form_to(page, "/verify-email").submit(status=400)
    assert "Эта ссылка больше не действует." in page
    answer = fill(form_to(page, "/verify-email/send"), email="anna@example.org").submit()
    assert answer.location == "http://localhost/verify-email?sent=1"


@pytest.mark.parametrize("path", ["/verify-email", "/forgot-password"])
def test_what_is_no_address_is_said_beside_it(browse, path):
    action = f"{path}/send" if path == "/verify-email" else path
    page = form_to(browse("ru").get(path), action)
    page = fill(page, email="anna").submit(status=400)
    assert "не похоже на адрес" in page.html.select_one("#email-error").text
    assert form_to(page, action)["email"].value == "anna"


def test_a_forgotten_password_is_asked_for_in_the_pages_language(browse):
    browser = browse("ru")
    form = form_to(browser.get("/forgot-password"), "/forgot-password")
    answer = fill(form, email="anna@example.org").submit(status=303)
    assert answer.location == "http://localhost/forgot-password?sent=1"
    assert stub_of(browser).done == [("reset", ("anna@example.org", "ru"))]


def test_a_new_password_by_a_link(browse):
    browser = browse()
    page = browser.get("/reset-password?token=good")
    page = fill(form_to(page, "/reset-password"), password="short").submit(status=400)
    assert "Use at least 8 characters." in page.html.select_one("#password-error").text
    answer = fill(form_to(page, "/reset-password"), password="a long one").submit(status=303)
    assert answer.location == "http://localhost/auth/local?reset=1"
    assert stub_of(browser).done == [("reset", ("good", "a long one", "en"))]
    page = browser.get("/reset-password?token=old")
    page = fill(form_to(page, "/reset-password"), password="a long one").submit(status=400)
    assert page.html.select("main a[href='/forgot-password']")


def test_a_new_password_ends_the_session_here_too(browse):
    browser = browse(viewer=make_viewer())
    page = browser.get("/reset-password?token=good")
    fill(form_to(page, "/reset-password"), password="a long one").submit(status=303)
    assert browser.app.registry.sessions == ["ended"]


def test_a_hub_without_mail_says_so(browse):
    browser = browse()
    stub_of(browser).sends_mail = False
    for path in ("/verify-email", "/forgot-password"):
        assert "This hub cannot send mail." in browser.get(path)


def test_signing_in_unverified_offers_the_mail_again(browse):
    browser = browse("ru")
    stub_of(browser).unverified.add("anna@example.org")
    form = form_to(browser.get("/auth/login"), "/auth/login")
    page = fill(form, email="anna@example.org", password="correct horse").submit(status=403)
    assert "Ваш адрес ещё не подтверждён." in page
    form_to(page, "/verify-email/send").submit(status=303)
    assert stub_of(browser).done == [("verification", ("anna@example.org", "ru"))]
    wrong = fill(form_to(page, "/auth/login"), password="wrong horse").submit(status=401)
    assert not wrong.html.select("form[action='/verify-email/send']")


def test_a_browser_is_remembered_once_it_has_signed_in(browse):
    browser = browse()
    form = form_to(browser.get("/auth/login"), "/auth/login")
    fill(form, email="anna@example.org", password="wrong horse").submit(status=401)
    assert browser.app.registry.devices == []
    fill(form, email="anna@example.org", password="correct horse").submit(status=303)
    assert browser.app.registry.devices == ["anna@example.org"]


@pytest.mark.parametrize("known", [True, False])
def test_registering_leads_to_the_mail_whoever_it_is(browse, known):
    browser = browse()
    stub_of(browser).verification = True
    email = "anna@example.org" if known else "boris@example.org"
    form = fill(
        form_to(browser.get("/register"), "/register"),
        display_name="B",
        email=email,
        password="a long one",
    )
    assert form.submit(status=303).location == "http://localhost/verify-email?sent=1"
    assert browser.app.registry.sessions == []


def test_whoever_was_invited_by_address_is_in_at_once(browse):
    browser = browse()
    stub = stub_of(browser)
    stub.verification, stub.registration = True, Registration.INVITATION
    stub.invitations["secret"] = make_invitation(email="boris@example.org")
    page = browser.get("/register?invitation=secret&return_to=/upload")
    form = form_to(page, "/register")
    assert form["email"].value == "boris@example.org"
    answer = fill(form, display_name="B", password="a long one").submit(status=303)
    assert answer.location == "http://localhost/upload"
    assert len(browser.app.registry.sessions) == 1


@pytest.mark.parametrize(
    ("mode", "path", "text"),
    [
        ("closed", "/register", "Здесь нельзя зарегистрироваться."),
        ("closed", "/register?invitation=secret", "Здесь нельзя зарегистрироваться."),
        ("invitation", "/register", "Новые участники приходят по приглашению"),
        ("invitation", "/register?invitation=old", "Это приглашение больше не действует"),
    ],
)
def test_who_may_not_register_is_told_why(browse, mode, path, text):
    browser = browse("ru")
    stub_of(browser).registration = Registration(mode)
    stub_of(browser).invitations["secret"] = make_invitation()
    page = browser.get(path)
    assert text in page
    assert not page.html.select("form[action='/register'], .bar a[href='/register']")


def test_the_profile_keeps_what_was_typed(browse):
    browser = browse("ru", viewer=make_viewer("Анна", phone="+79123456789", locale="ru"))
    form = form_to(browser.get("/settings/profile"), "/settings/profile")
    assert (form["phone"].value, form["locale"].value) == ("+79123456789", "ru")
    page = fill(form, phone="nonsense", display_name="Аня").submit(status=400)
    form = form_to(page, "/settings/profile")
    assert (form["phone"].value, form["display_name"].value) == ("nonsense", "Аня")
    fill(form, phone="", locale="").submit(status=303)
    (_, changes) = stub_of(browser).done[-1]
    assert changes == {"display_name": "Аня", "phone": None, "locale": None}


def test_another_address_needs_the_password(browse):
    browser = browse(viewer=make_viewer())
    form = form_to(browser.get("/settings/profile"), "/settings/profile")
    page = fill(form, email="new@example.org").submit(status=403)
    assert page.html.select_one("#current_password-error")
    form = fill(form_to(page, "/settings/profile"), current_password="correct horse")
    form.submit(status=303)
    assert stub_of(browser).done[-1][1]["email"] == "new@example.org"
    assert "correct horse" not in page


def test_an_address_that_waits_is_shown_and_not_asked_for_again(browse):
    browser = browse(viewer=make_viewer(pending_email="new@example.org"))
    page = browser.get("/settings/profile")
    assert "until you follow the link in the mail to new@example.org" in page
    form_to(page, "/settings/profile").submit(status=303)
    assert "email" not in stub_of(browser).done[-1][1]


def test_the_password_is_changed_and_this_session_kept(browse):
    browser = browse(viewer=make_viewer())
    form = form_to(browser.get("/settings/password"), "/settings/password")
    page = fill(form, current_password="wrong", new_password="a long one").submit(status=403)
    assert page.html.select_one("#current_password-error")
    form = form_to(page, "/settings/password")
    form = fill(form, current_password="correct horse", new_password="a long one")
    answer = form.submit(status=303)
    assert answer.location == "http://localhost/settings/password?saved=1"
    assert stub_of(browser).done[-1] == ("password", ("a long one", "old"))


def test_an_invitation_shows_its_link_once(browse):
    browser = browse(viewer=make_viewer(role=Role.MODERATOR))
    form = form_to(browser.get("/invitations"), "/invitations")
    page = fill(form, note="for Boris").submit(status=200)
    link = page.html.select_one("#link")["value"]
    assert link == "https://hub.example.org/register?invitation=secret0"
    assert link not in browser.get("/invitations")
    page = browser.get("/invitations")
    withdraw = next(f for f in page.forms.values() if "withdraw" in f.action)
    assert withdraw.submit(status=303).location == "http://localhost/invitations?withdrawn=1"
    assert stub_of(browser).invitations == {}


def test_invitations_say_what_became_of_them(browse):
    browser = browse("ru", viewer=make_viewer(role=Role.ADMIN))
    stub_of(browser).invitations = {
        "a": make_invitation("a", note="Анне", email="anna@example.org"),
        "b": make_invitation(
            "b", state=InvitationState.USED, member="Борис", created_by="x", inviter="Дора"
        ),
        "c": make_invitation("c", state=InvitationState.EXPIRED),
    }
    rows = [row.text for row in browser.get("/invitations").html.select(".invitation-row")]
    for row, texts in zip(
        rows,
        [("Анне", "anna@example.org", "Ждёт"), ("Борис", "Дора"), ("Истекло",)],
        strict=True,
    ):
        assert all(text in row for text in texts)


def test_members_are_not_offered_to_invite(browse):
    for role, count in ((Role.MEMBER, 0), (Role.MODERATOR, 1), (Role.ADMIN, 1)):
        page = browse(viewer=make_viewer(role=role)).get("/")
        assert len(page.html.select(".menu a[href='/invitations']")) == count
        assert page.html.select(".menu a[href='/settings/profile']")
