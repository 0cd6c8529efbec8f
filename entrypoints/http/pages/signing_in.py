"""Pages that need a member, and the way there and back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response

from videohub_core.accounts.ports import UserView

View = Callable[[Any, Request], Response]

# What a browser would take for another host, or drop from the address, is refused:
# "//evil", "/\evil", and "/<tab>/evil", which browsers read without the tab.
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\x9f]*")


def own_path(address: str | None) -> str:
    """Return the address if it is a path of this hub, else the front page."""
    if not address or not _OWN_PATH.fullmatch(address):
        return "/"
    # A header holds ASCII only; what is encoded already stays as it is.
    return quote(address, safe="/?#[]@!$&'()*+,;=:~%", errors="replace")


def viewer_of(request: Request) -> UserView | None:
    """Return who is signed in, None if nobody is or if that cannot be told.

    The frame of a page asks for it, error pages included: what failed once, like the
    database, must not fail again while the page says so.
    """
    try:
        viewer: UserView | None = request.viewer
    except Exception:  # see above
        return None
    return viewer


def ask_to_sign_in(view: View, info: Any) -> View:
    """Send strangers from pages with `ask_to_sign_in=True` to the sign-in page."""
    if not info.options.get("ask_to_sign_in"):
        return view

    def asking(context: Any, request: Request) -> Response:
        if request.viewer is None:
            return HTTPSeeOther(sign_in_path(request))
        return view(context, request)

    return asking


ask_to_sign_in.options = ("ask_to_sign_in",)  # type: ignore[attr-defined]


def sign_in_path(request: Request) -> str:
    """Return the sign-in page's address that leads back to this request's page."""
    return str(request.route_path("pages.sign_in", _query={"return_to": own_address(request)}))


def own_address(request: Request) -> str:
    """Return the path and query to come back to; the front page where that cannot be."""
    try:
        return own_path(request.path_qs)
    except UnicodeDecodeError:  # the path is not UTF-8
        return "/"
