"""The pages about errors, and error pages."""

from __future__ import annotations

import pytest
from pyramid.request import Request, apply_request_extensions

from entrypoints.http.pages.errors import render_error_page
from entrypoints.http.pages.problems import known_problems
from tests.unit.pages.stub_hub import make_hub, make_viewer


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_code_has_its_page(browse, language):
    browser = browse(language)
    listed = [link["href"] for link in browser.get("/problems/").html.select(".code-list a")]
    assert "/problems/no_such_video" in listed
    assert "/problems/csrf_failed" in listed
    assert len(listed) > len(known_problems())
    for address in listed:
        page = browser.get(address)
        assert address.rsplit("/", 1)[1] in page


def test_a_problem_names_its_status(browse):
    assert "<code>409</code>" in browse().get("/problems/email_taken")
    assert "<code>413</code>" in browse().get("/problems/quota_exceeded")


@pytest.mark.parametrize("code", ["nope", "x" * 65, "A", "a-b", "a/b", "%00"])
def test_an_unknown_code_is_404(browse, code):
    browse().get(f"/problems/{code}", status="4*")


def blank(viewer=None, path="/studio?a=1", **environ):
    """Return a request as an exception view has it."""
    app = make_hub(viewer=viewer)
    request = app.request_factory.blank(path, environ=environ)
    request.registry = app.registry
    apply_request_extensions(request)
    return request


def text_of(request: Request, status: int, code: str) -> str:
    response = render_error_page(request, status, code)
    assert response.status_int == status
    assert response.content_type == "text/html"
    return response.text


def test_our_own_fault_names_the_request_and_offers_another_try():
    page = text_of(blank(), 500, "internal_error")
    assert "0123456789abcdef" in page
    assert 'href="/studio?a=1"' in page


def test_an_error_page_for_a_path_that_is_no_text():
    request = blank()
    request.environ["PATH_INFO"] = "/\xff"
    assert "There is no page at this address." in text_of(request, 404, "no_such_address")


def test_a_ban_leaves_the_way_out():
    page = text_of(blank(make_viewer(is_banned=True)), 403, "account_banned")
    assert page.count('action="/auth/logout"') == 2
    assert "This account is banned." in page


def test_signing_in_is_offered_where_it_helps():
    page = text_of(blank(), 401, "unauthenticated")
    assert 'href="/auth/login?return_to=%2Fstudio%3Fa%3D1"' in page


def test_an_unknown_code_still_makes_a_page():
    assert "Something went wrong." in text_of(blank(), 418, "brand_new")


def test_an_error_page_survives_a_database_that_is_gone(monkeypatch):
    request = blank()

    def gone(_request):
        raise RuntimeError("no database")

    monkeypatch.setattr(type(request), "viewer", property(gone), raising=False)
    assert "something went wrong" in text_of(request, 500, "internal_error").lower()
