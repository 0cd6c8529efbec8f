"""A hub that is told of a provider, and whoever signs in through it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyramid.router import Router

from adapters.system_clock import SystemClock
from entrypoints.settings import Settings, make_settings
from tests.conftest import DEVELOPMENT
from tests.functional.browser import Browser
from tests.functional.identity.visitor import Visitor
from tests.rogue_provider import (
    AUDIENCE,
    CLIENT_ID,
    CLIENT_SECRET,
    RogueProvider,
    running_rogue,
)


@pytest.fixture
def rogue() -> Iterator[RogueProvider]:
    with running_rogue(SystemClock()) as rogue:
        yield rogue


@pytest.fixture
def settings(tmp_path: Path, rogue: RogueProvider) -> Settings:
    values = {
        "data_dir": str(tmp_path / "data"),
        "oidc_issuer": rogue.url,
        "oidc_client_id": CLIENT_ID,
        "oidc_client_secret": CLIENT_SECRET,
        "oidc_audience": AUDIENCE,
        "oidc_name": "School <account>",
    }
    given = {f"videohub.{name}": value for name, value in values.items()}
    return make_settings({**given, **DEVELOPMENT}, {})


@pytest.fixture
def visitor(app: Router, rogue: RogueProvider) -> Visitor:
    return Visitor(app, rogue)


@pytest.fixture
def anna_here(app: Router) -> Browser:
    """The member whose e-mail is that of the provider's Anna."""
    return Browser(app).register("anna")
