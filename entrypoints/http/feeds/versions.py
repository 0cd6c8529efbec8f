"""Documents for everybody, of which only what has changed is sent (RFC 9110, section 13).

Whoever sends the time of the last change back has what there is, unless two versions share
it. Any other time is answered in full: it may be of another process.
"""

from __future__ import annotations

import hashlib
from typing import Any
from wsgiref.handlers import format_date_time

from pyramid.request import Request
from pyramid.response import Response

from entrypoints.edge.headers import open_headers


def versioned(request: Request, body: bytes, content_type: str) -> Response:
    """Return a document for everybody, or 304 if the caller has it already."""
    digest = hashlib.sha256(body).hexdigest()[:32]
    now = request.container.clock().now()
    version = request.container.versions().seen(request.path_qs, digest, now)
    headers = {
        **open_headers(),
        "Cache-Control": "no-cache",
        "ETag": f'"{digest}"',
        "Last-Modified": format_date_time(version.since),
    }
    if _has_it(request, version, headers["Last-Modified"]):
        return Response(status=304, headerlist=list(headers.items()))
    response = Response(body=body, content_type=content_type, charset="utf-8")
    response.headers.update(headers)
    return response


def _has_it(request: Request, version: Any, modified: str) -> bool:
    if "HTTP_IF_NONE_MATCH" in request.environ:
        return version.digest in request.if_none_match
    return version.is_alone and request.headers.get("If-Modified-Since") == modified
