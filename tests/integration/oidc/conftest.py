"""A provider that says what it is told to, and the adapter that asks it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.identity.oidc import Client, OidcProvider
from tests.fakes.simple import FakeClock
from tests.rogue_provider import (
    AUDIENCE,
    CLIENT_ID,
    CLIENT_SECRET,
    RogueProvider,
    running_rogue,
)
from videohub_core.identity.ports import ProviderLogin

DISCOVERY = "/.well-known/openid-configuration"
VERIFIER = "v" * 43


@pytest.fixture
def rogue(clock: FakeClock) -> Iterator[RogueProvider]:
    with running_rogue(clock) as rogue:
        yield rogue


def make_client(rogue: RogueProvider, **fields: Any) -> Client:
    given = {
        "issuer": rogue.url,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "audience": AUDIENCE,
        "redirect_uri": "http://localhost:6543/auth/callback",
        "home": "http://localhost:6543/",
        "plain": True,
    }
    return Client(**{**given, **fields})


@pytest.fixture
def provider(rogue: RogueProvider, clock: FakeClock) -> OidcProvider:
    return OidcProvider(make_client(rogue), clock, seconds=1)


class Timer:
    """A monotonic clock to turn."""

    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return self.passed

    def pass_(self, seconds: float) -> None:
        self.passed += seconds


@pytest.fixture
def timer() -> Timer:
    return Timer()


def finish(provider: OidcProvider, rogue: RogueProvider, **given: Any) -> ProviderLogin:
    rogue.claims.setdefault("nonce", "n")
    back = {"code": "c", "nonce": "n", "verifier": VERIFIER, "issuer": None}
    return provider.finish(**{**back, **given})
