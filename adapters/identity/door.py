"""The hub's only way out to the identity provider.

Its answers are small JSON documents that come within seconds. What is longer, slower,
elsewhere (no redirect is followed) or something else is no answer. Certificates are
checked, and proxies are taken from the environment as usual; `.netrc` is not looked at.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

SECONDS = 5.0
ANSWER_MOST = 256 << 10
URL_MOST = 2000
REFUSALS = (400, 401, 403)
"""Answers that say no, for good."""

_AT_ONCE = 8
_WAIT_SECONDS = 2.0
_BLOCK = 64 << 10
_JSON = ("application/json", "application/jwk-set+json")
_REDIRECTS = range(300, 400)


class NoAnswer(Exception):
    """The provider has not answered, or not with what it should; says what is wrong."""


def is_loopback(host: str | None) -> bool:
    """Tell whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def is_allowed(url: object, *, plain: bool) -> bool:
    """Tell whether the hub may ask this URL: https, or with `plain` http on this machine."""
    if not isinstance(url, str) or len(url) > URL_MOST or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    if not parts.hostname or parts.fragment or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (
        plain and parts.scheme == "http" and is_loopback(parts.hostname)
    )


class Door:
    """Asks the provider; `plain` lets http to this machine through, for development."""

    def __init__(self, *, plain: bool, seconds: float = SECONDS) -> None:
        self._transport = _Transport(plain, seconds)
        self._plain = plain

    def get(self, url: str, bearer: str | None = None) -> tuple[int, dict[str, Any]]:
        """Return the status and the JSON object of an answer; raise NoAnswer.

        A refusal may say why in any way: the object is empty then.
        """
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        session = self.opened(requests.Session())
        # With an own way to authenticate, nobody looks for another one in .netrc.
        session.auth = _as_it_is
        with translated_errors():
            answer = session.get(url, headers=headers)
            document = {} if answer.status_code in REFUSALS else answer.json()
        if not isinstance(document, dict):
            raise NoAnswer("the answer is no JSON object")
        return answer.status_code, document

    def opened(self, session: requests.Session) -> requests.Session:
        """Return a session with no other way out than this one."""
        # Adapters are looked for by the beginning of a URL, the longest first.
        for prefix in list(session.adapters):
            session.mount(prefix, self._transport)
        # The proxies of the environment do not lead to this machine.
        session.trust_env = not self._plain
        session.headers.update(
            {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close"}
        )
        return session


@contextlib.contextmanager
def translated_errors() -> Any:
    """Turn whatever goes wrong while asking into NoAnswer."""
    try:
        yield
    except (requests.RequestException, HTTPError, OSError) as error:
        # Their words may hold the URL, and that a code.
        raise NoAnswer(type(error).__name__) from error
    except (ValueError, RecursionError) as error:
        raise NoAnswer("the answer is no JSON") from error


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class _Transport(HTTPAdapter):
    """Sends one request and reads its whole answer, or raises NoAnswer."""

    def __init__(self, plain: bool, seconds: float) -> None:
        super().__init__(max_retries=0)
        self._plain = plain
        self._seconds = seconds
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> Any:
        if not is_allowed(request.url, plain=self._plain):
            raise NoAnswer("the hub does not ask this address")
        # A provider that hangs must not hold all the threads that answer everybody else.
        if not self._places.acquire(timeout=_WAIT_SECONDS):
            raise NoAnswer("too many wait for the provider already")
        try:
            return self._send(request, options.get("verify", True), options.get("proxies"))
        finally:
            self._places.release()

    def _send(self, request: requests.PreparedRequest, verify: Any, proxies: Any) -> Any:
        deadline = time.monotonic() + 2 * self._seconds
        answer = super().send(
            request, stream=True, timeout=self._seconds, verify=verify, proxies=proxies
        )
        with contextlib.closing(answer):
            if answer.status_code in _REDIRECTS:
                raise NoAnswer("the answer is a redirect")
            kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if kind not in _JSON and answer.status_code not in REFUSALS:
                raise NoAnswer(f"HTTP {answer.status_code}, and the answer is no JSON")
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise NoAnswer("the answer is encoded")
            content = bytearray()
            while block := answer.raw.read1(_BLOCK, decode_content=False):
                content += block
                if len(content) > ANSWER_MOST:
                    raise NoAnswer("the answer is too long")
                if time.monotonic() > deadline:
                    raise NoAnswer("the answer takes too long")
        answer._content = bytes(content)
        return answer


class _Watched:
    """A connection that is cut if its answer does not begin in time.

    The time-out of a socket is for each read: a drip keeps it from ever coming.
    """

    sock: Any
    timeout: Any
    _watch: threading.Timer | None = None

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self._watch = threading.Timer(2 * (self.timeout or SECONDS), _cut, [self.sock])
        self._watch.daemon = True
        self._watch.start()

    def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().close()  # type: ignore[misc]


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class _HttpConnection(_Watched, HTTPConnection):
    pass


class _HttpsConnection(_Watched, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls: Any = _HttpConnection


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls: Any = _HttpsConnection
