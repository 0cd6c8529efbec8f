"""`/swagger/`: the reference of the API, as a document and as a page to try it.

The page is Swagger UI from files of an installed package, so that it needs no other host.
"""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge.actor import session_cookie
from entrypoints.edge.errors import NoSuchAddress
from entrypoints.http.pages.assets import ImmutableAssets


def _dist() -> Path:
    """Return the folder of the wheel's files, without importing the wheel.

    Its code needs a framework that is not installed here.
    """
    spec = find_spec("flask_swagger_ui")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("Swagger UI is missing: install flask-swagger-ui.")
    return Path(spec.submodule_search_locations[0]) / "dist"


DIST = _dist()
FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
}
"""All that is served of Swagger UI."""


def includeme(config: Configurator) -> None:
    config.add_route("swagger.page", "/swagger/")
    config.add_route("swagger.document", "/swagger/swagger.json")
    config.add_route("swagger.file", "/swagger/ui/{digest:[0-9a-f]{16}}/{name:[a-z.-]+}")
    files = {name: (DIST / name).read_bytes() for name in FILES}
    config.registry.swagger_files = files
    digest = hashlib.sha256(b"\0".join(files[name] for name in sorted(files))).hexdigest()
    config.registry.swagger_digest = digest[:16]
    config.scan(__name__)


@view_config(
    route_name="swagger.page",
    request_method="GET",
    renderer="entrypoints.http.pages:templates/swagger.jinja2",
    permission="anyone",
)
def page(request: Request) -> dict[str, Any]:
    digest = request.registry.swagger_digest
    return {"ui": lambda name: request.route_path("swagger.file", digest=digest, name=name)}


@view_config(route_name="swagger.document", request_method="GET", permission="anyone")
def document(request: Request) -> Response:
    """The document; it is made once, when it is first asked for."""
    registry = request.registry
    if not hasattr(registry, "swagger_document"):
        # Loaded when somebody reads it, as the page's files are.
        from entrypoints.http.swagger_document import make_document

        cookie = session_cookie(behind_tls=request.settings.behind_tls)
        made = make_document(registry.cornice_services.values(), session_cookie=cookie)
        registry.swagger_document = orjson.dumps(made)
    body = registry.swagger_document
    response = Response(body=body, content_type="application/json", charset="utf-8")
    response.etag = hashlib.sha256(body).hexdigest()[:16]
    response.conditional_response = True
    response.cache_control = "no-cache"
    return response


@view_config(route_name="swagger.file", request_method="GET", permission="anyone")
def file(request: Request) -> Response:
    """A file of Swagger UI, at an address that changes with its content."""
    name = request.matchdict["name"]
    if name not in FILES or request.matchdict["digest"] != request.registry.swagger_digest:
        raise NoSuchAddress
    response = Response(
        body=request.registry.swagger_files[name],
        content_type=FILES[name],
        charset="utf-8",
    )
    response.cache_control = f"public, max-age={ImmutableAssets.MAX_AGE}, immutable"
    return response
