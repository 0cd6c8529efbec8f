"""What every stranger is answered alike, kept for a moment.

The front page and the lists are asked for more often than anything else, mostly by people
who are not signed in, and each time the answer is the same. It is kept for a second, and
dropped before that when something happens: through this process at once, through another
one when its hint comes, and after the second if none does. Whoever brings a cookie or a
bearer token is answered anew.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge.actor import Caller
from entrypoints.edge.limits import limit
from videohub_core.shared.bus import Hint, Subscription, Topic

SECONDS = 1.0
ANSWERS_MOST = 500
BYTES_MOST = 200_000
"""A larger answer is not kept."""

_OK = 200
_SHAREABLE = "videohub.shareable"

_Key = tuple[str | None, ...]


class _Kept(NamedTuple):
    until: float
    count: int
    etag: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


class SharedAnswers:
    """The answers of one process."""

    def __init__(self, container: Any) -> None:
        self._container = container
        self._changes = container.changes()
        self._kept: dict[_Key, _Kept] = {}

    def get(self, request: Request) -> Response | None:
        """Return the answer to the request if it is kept, as often as the caller may ask."""
        key = _key(request.environ)
        kept = self._kept.get(key) if key else None
        if kept is None or kept.count != self._changes.count or kept.until < time.monotonic():
            return None
        limit(
            self._container,
            kind="read",
            caller=Caller(),
            address=request.client_addr,
        )
        seen = request.environ.get("HTTP_IF_NONE_MATCH")
        if seen and kept.etag in seen.replace("W/", "").split(", "):
            return Response(status=304, headerlist=[("ETag", kept.etag)])
        return Response(headerlist=list(kept.headers), app_iter=[kept.body])

    def put(self, request: Request, response: Response, count: int) -> None:
        """Keep an answer that a view said may be shared; `count` is from before it was made."""
        key = _key(request.environ)
        if key is None or not request.environ.get(_SHAREABLE) or response.status_int != _OK:
            return
        body = response.body
        if len(body) > BYTES_MOST or not _is_finished(request):
            return
        if len(self._kept) >= ANSWERS_MOST:
            # Old ones are not worth looking for: all of them are made again in no time.
            self._kept = {}
        etag = response.headers.get("ETag")
        if etag is None:
            etag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
            response.headerlist.append(("ETag", etag))
        until = time.monotonic() + SECONDS
        self._kept[key] = _Kept(until, count, etag, tuple(response.headerlist), body)

    @property
    def count(self) -> int:
        """How much has happened so far."""
        count: int = self._changes.count
        return count

    def clear(self) -> None:
        self._kept = {}


def heed_others(container: Any) -> Subscription:
    """Count what is hinted at, whichever process it happened through."""
    happened = container.changes().happened

    def hinted(hint: Hint) -> None:
        if hint.topic is Topic.VIDEO:
            happened()

    subscription: Subscription = container.bus().subscribe(hinted, happened)
    return subscription


def share(request: Request) -> None:
    """Say that the answer to this request is the same for every stranger."""
    request.environ[_SHAREABLE] = True


def _is_finished(request: Request) -> bool:
    """Tell whether nothing is added to the answer any more, as a stranger's own cookie is."""
    return all(call.__module__.startswith("cornice.") for call in request.response_callbacks)


def _key(environ: Mapping[str, Any]) -> _Key | None:
    if (
        environ["REQUEST_METHOD"] != "GET"
        or "HTTP_COOKIE" in environ
        or "HTTP_AUTHORIZATION" in environ
        # Whether that is so is for whoever made the answer to say.
        or ("HTTP_IF_MODIFIED_SINCE" in environ and "HTTP_IF_NONE_MATCH" not in environ)
    ):
        return None
    return (
        environ["PATH_INFO"],
        environ["QUERY_STRING"],
        environ.get("HTTP_ACCEPT"),
        environ.get("HTTP_ACCEPT_LANGUAGE"),
    )
