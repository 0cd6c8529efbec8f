"""A provider that is down, slow, or says rubbish; and then is back."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from adapters.identity import kept
from adapters.identity.door import ANSWER_MOST
from adapters.identity.oidc import OidcProvider
from tests.fakes.simple import FakeClock
from tests.integration.oidc.conftest import DISCOVERY, VERIFIER, Timer, finish, make_client
from tests.rogue_provider import (
    RogueProvider,
    running_rogue,
)
from videohub_core.identity.errors import ProviderUnavailable


@pytest.mark.parametrize(
    ("path", "document"),
    [
        (DISCOVERY, []),
        (DISCOVERY, b""),
        (DISCOVERY, b'{"issuer": "http'),
        (DISCOVERY, b"\xff\xfe"),
        (DISCOVERY, b"[" * 100_000),
        (DISCOVERY, {}),
        (DISCOVERY, {"issuer": "https://evil.example"}),
        (DISCOVERY, {"issuer": 7}),
        ("/jwks", []),
        ("/jwks", {}),
        ("/jwks", {"keys": {}}),
        ("/jwks", {"keys": []}),
        ("/jwks", {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}),
        ("/token", b"access_token=x"),
        ("/token", []),
        (DISCOVERY, b" " * (ANSWER_MOST + 1)),
        ("/jwks", b" " * (ANSWER_MOST + 1)),
        ("/token", b" " * (ANSWER_MOST + 1)),
    ],
)
def test_rubbish_is_no_answer(
    provider: OidcProvider, rogue: RogueProvider, path: str, document: Any
) -> None:
    rogue.breaks(path, document)
    with pytest.raises(ProviderUnavailable):
        finish(provider, rogue)
    del rogue.answers[path]
    # It recovers by itself, as soon as it is asked again.
    assert finish(OidcProvider(make_client(rogue), provider._clock), rogue).identity.sub == "7"


@pytest.mark.parametrize("path", [DISCOVERY, "/jwks", "/token"])
@pytest.mark.parametrize(
    "how",
    [
        {"status": 500},
        {"status": 503, "content_type": "text/html"},
        {"status": 404, "content_type": "text/html"},
        {"content_type": "text/html"},
        {"status": 302, "Location": "/elsewhere"},
        {"status": 307, "Location": "https://evil.example/"},
        {"Content_Encoding": "gzip"},
    ],
)
def test_an_answer_of_another_kind_is_none(
    provider: OidcProvider, rogue: RogueProvider, path: str, how: dict[str, Any]
) -> None:
    rogue.breaks(path, {"error": "x", "keys": []}, **how)
    with pytest.raises(ProviderUnavailable):
        finish(provider, rogue)
    assert rogue.count("/elsewhere") == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("authorization_endpoint", None),
        ("token_endpoint", None),
        ("jwks_uri", None),
        ("token_endpoint", "http://192.0.2.1/token"),
        ("token_endpoint", "file:///etc/passwd"),
        ("token_endpoint", "javascript:alert(1)"),
        ("token_endpoint", "https://user:password@example.test/token"),
        ("token_endpoint", "https://example.test/token#x"),
        ("token_endpoint", "https://example.test:port/token"),
        ("token_endpoint", "https://exam\nple.test/token"),
        ("token_endpoint", ["https://example.test/token"]),
        ("token_endpoint", "https://example.test/" + "x" * 3000),
        ("jwks_uri", "http://169.254.169.254/keys"),
        ("userinfo_endpoint", "http://example.test/"),
        ("end_session_endpoint", "javascript:alert(1)"),
        ("id_token_signing_alg_values_supported", ["HS256", "none"]),
    ],
)
def test_a_provider_that_says_odd_things_of_itself(
    provider: OidcProvider, rogue: RogueProvider, name: str, value: Any
) -> None:
    rogue.metadata[name] = value
    with pytest.raises(ProviderUnavailable):
        provider.begin(state="s", nonce="n", verifier=VERIFIER)


def drip(rogue: RogueProvider, *, headers: bool) -> Any:
    """Return an answer that never ends, a byte at a time."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if not headers:
            handler.send_response(200)
            handler.send_header("Content-Type", "application/json")
            handler.end_headers()
        else:
            handler.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
        try:
            while not rogue.closing.wait(0.05):
                handler.wfile.write(b"x")
                handler.wfile.flush()
        except OSError:
            pass

    return answer


def hang(rogue: RogueProvider) -> Any:
    return lambda _handler: rogue.closing.wait(30)


@pytest.mark.parametrize("path", [DISCOVERY, "/jwks", "/token"])
@pytest.mark.parametrize("how", ["hangs", "drips a header", "drips a body"])
def test_a_provider_that_is_slow_is_left_alone(
    rogue: RogueProvider, clock: FakeClock, path: str, how: str
) -> None:
    provider = OidcProvider(make_client(rogue), clock, seconds=0.2)
    rogue.answers[path] = (
        hang(rogue) if how == "hangs" else drip(rogue, headers=how == "drips a header")
    )
    done = threading.Event()
    found: list[BaseException] = []

    def ask() -> None:
        try:
            finish(provider, rogue)
        except ProviderUnavailable as error:
            found.append(error)
        done.set()

    threading.Thread(target=ask, daemon=True).start()
    assert done.wait(5), "it still waits"
    assert len(found) == 1


def test_a_provider_that_cuts_the_answer(provider: OidcProvider, rogue: RogueProvider) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"issuer"')

    rogue.answers[DISCOVERY] = cut
    with pytest.raises(ProviderUnavailable):
        provider.begin(state="s", nonce="n", verifier=VERIFIER)


def test_a_provider_that_is_down_and_comes_back(
    rogue: RogueProvider, clock: FakeClock, timer: Timer
) -> None:
    provider = OidcProvider(make_client(rogue), clock, timer=timer)
    rogue.breaks(DISCOVERY, {}, 503)
    for _ in range(5):
        with pytest.raises(ProviderUnavailable):
            provider.begin(state="s", nonce="n", verifier=VERIFIER)
    # A crowd does not ask one by one.
    assert rogue.count(DISCOVERY) == 1
    rogue.answers.clear()
    timer.pass_(kept.FAILURE_SECONDS)
    assert provider.begin(state="s", nonce="n", verifier=VERIFIER)


def test_nobody_listens(clock: FakeClock) -> None:
    with running_rogue(clock) as rogue:
        gone = make_client(rogue)
    with pytest.raises(ProviderUnavailable):
        OidcProvider(gone, clock).begin(state="s", nonce="n", verifier=VERIFIER)


def test_https_is_the_only_way_out(rogue: RogueProvider, clock: FakeClock) -> None:
    provider = OidcProvider(make_client(rogue, plain=False), clock)
    with pytest.raises(ProviderUnavailable):
        provider.begin(state="s", nonce="n", verifier=VERIFIER)
    assert rogue.asked == []
