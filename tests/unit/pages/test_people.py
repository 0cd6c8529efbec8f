"""The buttons to like and to follow, and what follows from them."""

from __future__ import annotations

import pytest

from tests.unit.pages.stub_hub import make_id, make_video, make_viewer
from videohub_core.subscriptions.entities import Bell

KNOTS, CHANNEL = make_id("knots"), make_id("annaschannel")
WATCH = f"/watch/{KNOTS}"
BORIS = make_viewer(id=make_id("boris"))


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 подписчиков"), (1, "1 подписчик"), (2, "2 подписчика"), (21, "21 подписчик")],
)
def test_subscribers_in_russian(browse, count, text):
    browser = browse("ru", videos=[make_video()])
    browser.app.registry.stub.subscribers = count
    for page in (WATCH, f"/channels/{CHANNEL}"):
        assert browser.get(page).html.select_one("[data-shows=subscription]").text == text


def test_whoever_is_signed_out_is_led_to_sign_in_and_back(browse):
    html = browse(videos=[make_video()]).get(WATCH).html
    assert html.select("form[method=post]") == []
    back = f"/auth/login?return_to=%2Fwatch%2F{KNOTS}"
    links = [
        link.text.split()[0] for link in html.select(".watch__row a") if link["href"] == back
    ]
    assert links == ["Subscribe", "Like"]


def test_buttons_say_what_is_and_what_would_be(browse):
    browser = browse(viewer=BORIS, videos=[make_video(likes=1234)])
    stub = browser.app.registry.stub
    stub.subscribers = 2
    html = browser.get(WATCH).html
    like, follow = html.select_one("#like"), html.select_one("#subscription")
    assert like.button["aria-pressed"] == "false"
    assert (
        like.select_one("[data-shows]").attrs.items()
        >= {
            "data-on": "1,235",
            "data-off": "1,234",
        }.items()
    )
    assert (like.select_one("[name=on]")["value"], follow.button.text) == ("1", "Subscribe")
    assert html.select_one("#bell").has_attr("hidden")
    stub.liked, stub.followed = [KNOTS], {CHANNEL: Bell.NONE}
    html = browser.get(WATCH).html
    like, bell = html.select_one("#like"), html.select_one("#bell")
    assert like.button["aria-pressed"] == "true"
    assert like.select_one("[data-shows]")["data-off"] == "1,233"
    assert html.select_one("#subscription").button.text == "Unsubscribe"
    assert html.select_one("p [data-shows], span [data-shows]")["data-off"] == "1 subscriber"
    assert not bell.has_attr("hidden")
    assert (bell.button["aria-pressed"], bell.select_one("[name=bell]")["value"]) == (
        "false",
        "all",
    )


def test_nobody_is_offered_to_follow_themselves(browse):
    html = browse(viewer=make_viewer(), videos=[make_video()]).get(f"/channels/{CHANNEL}").html
    assert html.select_one("#subscription") is None
    assert html.select_one(f"a[href='/channels/{CHANNEL}/edit']") is not None
    other = browse(viewer=BORIS, videos=[make_video()])
    assert other.get(f"/channels/{CHANNEL}").html.select_one("a[href$='/edit']") is None
    other.get(f"/channels/{CHANNEL}/edit", status=403)


def test_empty_lists_say_what_to_do_next(browse):
    browser = browse(viewer=BORIS, videos=[make_video()])
    assert (
        browser.get("/subscriptions").html.select_one(".empty .button").text == "Find channels"
    )
    for page in ("/likes", "/subscriptions/channels"):
        assert browser.get(page).html.select_one(".empty .button")["href"] == "/"
    stub = browser.app.registry.stub
    stub.liked, stub.followed = [KNOTS], {CHANNEL: Bell.ALL}
    for page in ("/subscriptions", "/likes"):
        assert browser.get(page).html.select_one(".video-card__title a")["href"] == WATCH


@pytest.mark.parametrize(
    "page", ["/subscriptions", "/subscriptions/channels", "/likes", f"/channels/{CHANNEL}/edit"]
)
def test_what_is_a_members_asks_strangers_to_sign_in(browse, page):
    answer = browse(videos=[make_video()]).get(page, status=303)
    assert answer.location.startswith("http://localhost/auth/login?return_to=")
