"""An OpenID provider on loopback that says, signs and refuses whatever a test wants."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwk, jws, jwt

from tests.fakes.simple import FakeClock

CLIENT_ID = "hub"
CLIENT_SECRET = "s3cret:/+ %"
AUDIENCE = "https://hub.example.test/api"

Answer = Callable[[BaseHTTPRequestHandler], None]


@cache
def key(name: str, kind: str = "RSA", size: Any = 2048) -> Any:
    """Return the private key of that name; making one takes a while."""
    return jwk.JWKRegistry.generate_key(kind, size, {"kid": name, "use": "sig"})


class _AnyAlgorithm(jws.JWSRegistry):
    """Signs as it is told, without a warning."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def reply(
    handler: BaseHTTPRequestHandler,
    document: Any,
    status: int = 200,
    content_type: str = "application/json",
    **headers: str,
) -> None:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", content_type)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


class RogueProvider:
    """Behaves well until told otherwise: `answers` replaces what a path says."""

    def __init__(self, clock: Any, tls: ssl.SSLContext | None = None) -> None:
        self.clock = clock
        self.keys = [key("one")]
        self.metadata: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        """What the next id_token says, on top of what is right."""
        self.header: dict[str, Any] = {}
        self.id_token: str | None = None
        self.token_answer: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str], dict[str, list[str]]]] = []
        """Path, headers and form of each request."""
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
            self.url = f"https://localhost:{self._server.server_port}"

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def count(self, path: str) -> int:
        return [asked for asked, *_ in self.asked].count(path)

    def form(self, path: str = "/token") -> dict[str, str]:
        """Return what was last sent to a path."""
        found = [form for asked, _, form in self.asked if asked == path][-1]
        return {name: values[0] for name, values in found.items()}

    def headers(self, path: str) -> dict[str, str]:
        return [headers for asked, headers, _ in self.asked if asked == path][-1]

    def breaks(self, path: str, document: Any, status: int = 200, **how: str) -> None:
        """Answer a path with this from now on."""
        self.answers[path] = lambda handler: reply(handler, document, status, **how)

    def knows(self, **claims: Any) -> None:
        """Let the next who signs in be this one."""
        self.claims |= claims

    def now(self) -> int:
        return int(self.clock.now().timestamp())

    def right_claims(self) -> dict[str, Any]:
        return {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": "7",
            "exp": self.now() + 300,
            "iat": self.now(),
            "email": "anna@example.test",
            "email_verified": True,
            "name": "Анна Ёлкина",
        }

    def signed(
        self, claims: dict[str, Any], key: Any = None, alg: str = "RS256", **header: Any
    ) -> str:
        """Return a token with these claims, whatever they are."""
        signer = key or self.keys[0]
        names = {"alg": alg, "typ": "JWT", "kid": signer.kid, **header}
        names = {name: value for name, value in names.items() if value is not None}
        registry = _AnyAlgorithm(strict_check_header=False)
        return jwt.encode(names, claims, signer, registry=registry, default_type=None)

    def access_token(self, key: Any = None, alg: str = "RS256", **changes: Any) -> str:
        """Return an access token for the hub's audience, with changes to its claims."""
        header = {"typ": "at+jwt", **changes.pop("header", {})}
        claims = {**self.right_claims(), "aud": AUDIENCE, "scope": "openid", **changes}
        claims = {name: value for name, value in claims.items() if value is not None}
        return self.signed(claims, key, alg, **header)

    def _discovery(self, handler: BaseHTTPRequestHandler) -> None:
        document = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "end_session_endpoint": f"{self.url}/logout",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            **self.metadata,
        }
        reply(handler, {k: v for k, v in document.items() if v is not None})

    def _jwks(self, handler: BaseHTTPRequestHandler) -> None:
        reply(handler, {"keys": [key.as_dict(private=False) for key in self.keys]})

    def _token(self, handler: BaseHTTPRequestHandler) -> None:
        # Who comes with a code of its own gets it as its nonce.
        nonce = {"nonce": handler.form["code"][0]}  # type: ignore[attr-defined]
        claims = {**self.right_claims(), **nonce, **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        token = self.id_token or self.signed(claims, **self.header)
        answer = {"access_token": "opaque", "token_type": "Bearer", "id_token": token}
        reply(handler, {**answer, **self.token_answer})

    def _userinfo(self, handler: BaseHTTPRequestHandler) -> None:
        claims = {**self.right_claims(), **self.claims, **self.userinfo}
        reply(handler, {name: claims[name] for name in claims if name not in ("aud", "exp")})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        rogue = self
        pages: dict[str, Answer] = {
            "/.well-known/openid-configuration": self._discovery,
            "/jwks": self._jwks,
            "/token": self._token,
            "/userinfo": self._userinfo,
        }

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                length = int(self.headers.get("Content-Length") or 0)
                self.form = parse_qs(self.rfile.read(length).decode())
                rogue.asked.append((path, dict(self.headers), self.form))
                answer = rogue.answers.get(path) or pages.get(path)
                if answer is None:
                    reply(self, {}, 404)
                else:
                    answer(self)

            do_POST = do_GET  # noqa: N815 - the library's name

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@contextmanager
def running_rogue(
    clock: Any | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[RogueProvider]:
    rogue = RogueProvider(clock or FakeClock(), tls)
    thread = threading.Thread(target=rogue.serve)
    thread.start()
    try:
        yield rogue
    finally:
        rogue.close()
        thread.join(5)
