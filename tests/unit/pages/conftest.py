"""The pages over a stub hub, for a visitor and for a member, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from webtest import TestApp

from tests.unit.pages.stub_hub import make_hub

Browse = Callable[..., TestApp]


@pytest.fixture
def browse() -> Browse:
    """Return a function that opens a browser of a language on a hub of its own."""

    def browse(language: str = "en", **hub: object) -> TestApp:
        environ = {"HTTP_ACCEPT_LANGUAGE": language}
        return TestApp(make_hub(**hub), extra_environ=environ, lint=True)

    return browse
