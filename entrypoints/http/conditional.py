"""Single resources have a strong ETag: read again only what changed, overwrite nothing unseen.

The tag is a hash of the representation as this caller gets it (RFC 9110, section 8.8.3).
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from pyramid.httpexceptions import HTTPNotModified
from pyramid.request import Request

from videohub_core.shared.errors import PreconditionFailed


def single(request: Request, body: dict[str, Any]) -> Any:
    """Return a resource with its ETag, or 304 if the caller has it already."""
    tag = etag_of(body)
    if tag in request.if_none_match and "If-None-Match" in request.headers:
        return HTTPNotModified(etag=(tag, True))
    request.response.etag = (tag, True)
    return body


def check_unchanged(request: Request, body: dict[str, Any]) -> None:
    """Raise PreconditionFailed if If-Match names another state than the present one."""
    if etag_of(body) not in request.if_match:
        raise PreconditionFailed


def etag_of(body: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(body)).hexdigest()[:32]
