"""What every request here has in common: no query but what is known, and a limit."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.request import Request

from entrypoints.edge.limits import limit
from entrypoints.http.service import Strict, read

_NONE = Strict()


def known_query(request: Request, schema: colander.SchemaNode = _NONE) -> dict[str, Any]:
    """Return the query as its schema has it, and count the request.

    Raise UnknownField, InvalidInput or TooManyRequests.
    """
    query: dict[str, Any] = read(schema, dict(request.GET.mixed()))
    limit(request.container, kind="read", caller=request.caller, address=request.client_addr)
    return query
