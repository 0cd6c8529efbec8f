"""Single resources have a strong ETag: read again only what changed, overwrite nothing unseen.

The tag is a hash of the representation as this caller gets it (RFC 9110, section 8.8.3).
"""

from __future__ import annotations

import hashlib
from typing import Any

from pyramid.httpexceptions import HTTPNotModified
from pyramid.request import Request

from entrypoints.edge.documents import encode
from videohub_core.shared.errors import PreconditionFailed


def single(request: Request, document: dict[str, Any], *, version: str = "") -> Any:
    """Return a resource with its ETag, or 304 if the caller has it already.

    `version` tells states apart that the document does not: what it links to may change.
    """
    body = encode(document)
    tag = _tag(body, version)
    if "HTTP_IF_NONE_MATCH" in request.environ and tag in request.if_none_match:
        return HTTPNotModified(etag=(tag, True))
    return _with_tag(request, body, tag)


def changed_resource(request: Request, document: dict[str, Any], *, version: str = "") -> Any:
    """Return what a resource has become, with its new ETag."""
    body = encode(document)
    return _with_tag(request, body, _tag(body, version))


def check_unchanged(request: Request, document: dict[str, Any], *, version: str = "") -> None:
    """Raise PreconditionFailed if If-Match names another state than the present one."""
    if _tag(encode(document), version) not in request.if_match:
        raise PreconditionFailed


def _with_tag(request: Request, body: bytes, tag: str) -> bytes:
    request.response.headerlist.append(("ETag", f'"{tag}"'))
    return body


def _tag(body: bytes, version: str) -> str:
    return hashlib.sha256(body + version.encode()).hexdigest()[:32]
