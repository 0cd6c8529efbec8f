"""Members report at a browser, and moderators look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyramid.router import Router

from entrypoints.container import Container
from tests.functional.browser import Browser
from tests.functional.test_governing_api import somebody
from videohub_core.shared.actor import Role

Store = Callable[..., Any]
REPORTS = "/moderation/reports"


@pytest.fixture
def keeper(app: Router, container: Container) -> Browser:
    """A moderator."""
    return somebody(app, container, "keeper", Role.MODERATOR)


def test_from_a_report_to_a_hidden_video_and_back(
    anna: Browser, boris: Browser, stranger: Browser, keeper: Browser, store_video: Store
) -> None:
    video = store_video(anna, title="Узлы <b>")
    watch = f"/watch/{video.id}"
    form = boris.get(watch).click(href="/report/").forms["report"]
    form["reason"], form["text"] = "copyright", "<i>mine</i>"
    assert form.submit(status=303).follow().html.select_one("[role=status]")
    page = keeper.get(REPORTS)
    (row,) = page.html.select(".entry")
    assert "Узлы <b>" in row.text
    assert "<i>mine</i>" in row.text
    form = page.click(href="/hide").forms["hide"]
    form["reason"] = "Not yours"
    hidden = form.submit(status=303).follow()
    assert "Not yours" in hidden
    assert "Not yours" in anna.get(watch)
    stranger.get(watch, status=404)
    decide = next(f for f in page.forms.values() if REPORTS in f.action and f.id != "filters")
    assert (
        "nobody has anything" in decide.submit("state", value="resolved", status=303).follow()
    )
    assert len(keeper.get(f"{REPORTS}?state=resolved").html.select(".entry")) == 1
    unhide = next(f for f in hidden.forms.values() if f.action.endswith("/unhide"))
    unhide.submit(status=303)
    stranger.get(watch)
    acts = [
        " ".join(row.text.split())
        for row in keeper.get("/moderation/audit").html.select(".entry")
    ]
    assert acts[0].startswith("Video shown again: Узлы <b> by keeper")
    assert acts[1].startswith("Video hidden: Узлы <b> Not yours by keeper")


def test_who_is_signed_out_signs_in_and_comes_back(
    anna: Browser, stranger: Browser, store_video: Store
) -> None:
    video = store_video(anna)
    answer = stranger.get(f"/watch/{video.id}").click(href="/report/")
    assert answer.status_int == 303
    assert f"return_to=%2Freport%2Fvideo%2F{video.id}" in answer.location


def test_a_report_without_a_reason_is_shown_again(anna: Browser, boris: Browser) -> None:
    path = f"/report/user/{anna.id}"
    given = {"csrf_token": boris.token(), "reason": "because", "text": "kept"}
    answer = boris.http.post(path, given, status=400)
    assert answer.forms["report"]["text"].value == "kept"
    boris.get("/report/planet/nothing000000000", status=404)


def test_members_see_no_reports(anna: Browser) -> None:
    anna.get(REPORTS, status=403)
