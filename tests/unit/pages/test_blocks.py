"""Blocking: what is offered to whom, and what it hides."""

from __future__ import annotations

import pytest

from tests.unit.pages.stub_accounts import make_listed
from tests.unit.pages.stub_hub import make_comment, make_id, make_video, make_viewer
from videohub_core.accounts.ports import ChannelRef, PublicUser

ANNA, BORIS = make_id("anna"), make_id("boris")
CHANNEL, WATCH = f"/channels/{make_id('annaschannel')}", f"/watch/{make_id('knots')}"
FORM = f"/users/{ANNA}/block"
VIEWER = make_viewer(id=BORIS)


def public(name: str) -> PublicUser:
    return PublicUser(make_id(name), name.title(), ChannelRef(make_id(f"of{name}"), name))


@pytest.fixture
def browser(browse):
    return browse(viewer=VIEWER, videos=[make_video()])


def test_a_channel_offers_to_block_and_to_unblock_its_owner(browser):
    html = browser.get(CHANNEL).html
    assert html.select_one(f"a[href='{FORM}']").text == "Block"
    assert html.select(f"form[action='{FORM}']") == []
    browser.app.registry.stub.blocked = {ANNA: public("anna")}
    html = browser.get(CHANNEL).html
    assert html.select(f"a[href='{FORM}']") == []
    form = html.select_one(f"form[action='{FORM}']")
    assert form.button.text == "Unblock: Anna Petrova"
    assert form.select_one("[name=on]")["value"] == "0"


def test_nobody_is_offered_to_block_themselves_or_while_signed_out(browse):
    for viewer in (None, make_viewer()):
        html = browse(viewer=viewer, videos=[make_video()]).get(CHANNEL).html
        assert html.select("[href$='/block'], [action$='/block']") == []
    answer = browse().get(FORM, status=303)
    assert "/auth/login" in answer.location


def test_it_is_asked_before_somebody_is_blocked(browser):
    browser.app.registry.stub.users = {ANNA: make_listed("anna")}
    html = browser.get(FORM).html
    assert html.h1.text == "Block Anna?"
    assert html.select_one("#block [name=on]")["value"] == "1"


def test_whom_one_has_blocked_is_listed(browser):
    stub = browser.app.registry.stub
    page = browser.get("/settings/blocked")
    assert "You have blocked nobody." in page.html.select_one(".empty").text
    stub.blocked = {make_id(f"clara{n:02}x"): public(f"clara{n:02}x") for n in range(25)}
    page = browser.get("/settings/blocked")
    rows = page.html.select(".entry")
    assert len(rows) == 24
    assert page.html.select_one("[data-load-more]") is not None
    form = rows[0].form
    assert form["action"] == f"/users/{make_id('clara00x')}/block"
    assert form.select_one("[name=return_to]")["value"] == "/settings/blocked"
    assert form.button.text == "Unblock: Clara00X"


def test_a_thread_is_not_shown_to_who_has_blocked_its_author(browser):
    stub = browser.app.registry.stub
    first = make_comment(replies=2, user=public("clara"))
    replies = [
        make_comment("reply", reply_to=first.id, user=public("dora")),
        make_comment("other", reply_to=first.id, user=public("anna")),
    ]
    stub.comments = {one.id: one for one in (first, *replies)}
    thread, asked = f"{WATCH}/comments?thread={first.id}", f"{WATCH}?comment={replies[0].id}"
    assert browser.get(asked).html.select_one(".comment--asked") is not None
    stub.blocked = {make_id("clara"): public("clara")}
    browser.get(thread, status=404)
    assert browser.get(asked).html.select_one(".comment--asked") is None


def test_a_reply_that_is_asked_for_is_not_added_for_who_has_blocked_its_author(browser):
    stub = browser.app.registry.stub
    first = make_comment(replies=21)
    replies = [
        make_comment(f"reply{n:02}x", reply_to=first.id, user=public("dora")) for n in range(21)
    ]
    stub.comments = {one.id: one for one in (first, *replies)}
    last = f"#comment-{replies[-1].id}"
    asked = f"{WATCH}?comment={replies[-1].id}"
    assert browser.get(asked).html.select_one(last) is not None
    stub.blocked = {make_id("dora"): public("dora")}
    html = browser.get(asked).html
    assert html.select_one(last) is None
    assert html.select_one(f"#comment-{first.id}") is not None
