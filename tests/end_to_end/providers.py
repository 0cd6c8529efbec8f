"""Real OpenID providers in processes of their own, and people who sign in there over HTTP.

`mock` is a package for tests. `certified` is what runs at real sites; it needs Node, so it is
among the providers where there is one.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from tests.end_to_end.hub import free_port
from tests.waiting import eventually

FOLDER = Path(__file__).parents[1] / "oidc"
NODE = shutil.which("node")
PROVIDERS = ("mock", "certified") if NODE else ("mock",)

CLIENT_ID = "videohub"
CLIENT_SECRET = "the secret of the hub: %/+"
AUDIENCE = "https://hub.example.test/api"

PEOPLE: dict[str, dict[str, Any]] = {
    "anna": {
        "email": "Anna@example.test",
        "email_verified": True,
        "name": "Анна Ёлкина",
        "locale": "ru",
    },
    "boris": {"email": "boris@example.test", "email_verified": True, "name": "Boris"},
    "clara": {"email": "clara@example.test", "email_verified": False, "name": "Clara"},
}


class Provider:
    """A running provider."""

    def __init__(self, kind: str, issuer: str) -> None:
        self.kind = kind
        self.issuer = issuer

    @property
    def settings(self) -> dict[str, str]:
        """What the hub is told of it."""
        return {
            "oidc_issuer": self.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
            "oidc_audience": AUDIENCE,
            "oidc_name": "School",
        }

    def sign_in(self, http: requests.Session, url: str, sub: str) -> str:
        """Sign in as somebody where a browser was sent; return where it is sent back."""
        page = self._until_a_page(http, url)
        form = {"sub": sub}
        if self.kind == "certified":
            form = {"prompt": "login", "login": sub, "password": "any"}
        sent = http.post(_action(page), data=form, allow_redirects=False, timeout=10)
        return self._until_elsewhere(http, sent)

    def sign_out(self, http: requests.Session, url: str) -> str:
        """Confirm that one wants to sign out; return where the browser is sent then."""
        page = self._until_a_page(http, url)
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        fields = {name: html.unescape(value) for name, value in fields.items()}
        sent = http.post(
            _action(page), data={**fields, "logout": "yes"}, allow_redirects=False, timeout=10
        )
        return self._until_elsewhere(http, sent)

    def _until_a_page(self, http: requests.Session, url: str) -> requests.Response:
        page = http.get(url, timeout=10)
        assert page.status_code == 200, page.text
        assert page.url.startswith(self.issuer)
        return page

    def _until_elsewhere(self, http: requests.Session, answer: requests.Response) -> str:
        while True:
            assert answer.is_redirect, answer.text
            target = urljoin(answer.url, answer.headers["Location"])
            if not target.startswith(self.issuer):
                return target
            answer = http.get(target, allow_redirects=False, timeout=10)


def _action(page: requests.Response) -> str:
    found = re.search(r'<form[^>]* action="([^"]*)"', page.text)
    return urljoin(page.url, html.unescape(found[1])) if found else page.url


def brought_back(url: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@contextmanager
def running_provider(kind: str, hub_url: str) -> Iterator[Provider]:
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    for sub, claims in PEOPLE.items():
        command += ["--user-claims", json.dumps({"sub": sub, **claims})]
    if kind == "certified":
        assert (FOLDER / "node_modules").exists(), "Install it: make test does."
        told = {
            "hub": hub_url,
            "clientId": CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
            "audience": AUDIENCE,
            "people": PEOPLE,
        }
        command = [str(NODE), "provider.mjs", json.dumps(told)]
    process = subprocess.Popen(
        command,
        cwd=FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        issuer = f"http://127.0.0.1:{port}"
        if kind == "certified":
            assert process.stdout
            issuer = process.stdout.readline().strip()
        eventually(lambda: _answers(issuer))
        yield Provider(kind, issuer)
    finally:
        process.kill()
        process.communicate(timeout=10)


def _answers(issuer: str) -> bool:
    with suppress(requests.ConnectionError):
        url = f"{issuer}/.well-known/openid-configuration"
        return requests.get(url, timeout=5).status_code == 200
    return False
