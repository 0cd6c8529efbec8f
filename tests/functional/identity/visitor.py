"""Somebody with an account at the provider."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from pyramid.router import Router
from webtest import TestResponse

from tests.functional.browser import Browser
from tests.rogue_provider import RogueProvider

HOME = "http://localhost:6543"


class Visitor(Browser):
    """A browser whose owner has an account at the provider."""

    def __init__(self, app: Router, rogue: RogueProvider) -> None:
        super().__init__(app)
        self.rogue = rogue

    def go(self, return_to: str = "/upload") -> dict[str, str]:
        """Go to the provider; return what it is asked."""
        answer = self.get(f"/auth/login?return_to={quote(return_to)}", status=303)
        url = urlsplit(answer.location)
        assert f"{url.scheme}://{url.netloc}" == self.rogue.url
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.rogue.claims["nonce"] = asked["nonce"]
        return asked

    def come_back(self, status: int = 303, accept: str = "text/html", **back: str) -> Any:
        query = "&".join(f"{name}={quote(value)}" for name, value in back.items())
        return self.get(f"/auth/callback?{query}", status=status, Accept=accept)

    def sign_in_there(self, return_to: str = "/upload", status: int = 303) -> TestResponse:
        asked = self.go(return_to)
        return self.come_back(status, state=asked["state"], code="c")

    def me(self) -> Any:
        return self.get("/api/v1/me").json


def cookies(answer: TestResponse) -> dict[str, str]:
    return {c.partition("=")[0]: c for c in answer.headers.getall("Set-Cookie")}


def links(answer: TestResponse) -> list[str]:
    return [a["href"] for a in answer.html.select("main a")]
