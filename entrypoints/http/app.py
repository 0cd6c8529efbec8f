"""The Pyramid application."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson
from pyramid.config import Configurator
from pyramid.router import Router

from entrypoints.container import Container, build_container
from entrypoints.edge.logs import configure_logs
from entrypoints.settings import WrongSettings, make_settings


def paste_app(global_conf: dict[str, str], **values: str) -> Router:
    """`paste.app_factory`: build the process's only container and the application."""
    source = Path(global_conf["__file__"]) if "__file__" in global_conf else None
    try:
        settings = make_settings(values, source=source)
    except WrongSettings as wrong:
        sys.exit(str(wrong))
    configure_logs(settings)
    return make_app(build_container(settings))


def make_app(container: Container) -> Router:
    """Return the WSGI application over a container; it is on the registry."""
    # The error views are ours alone.
    config = Configurator(settings={"handle_exceptions": False})
    config.registry.container = container
    config.include("cornice")
    config.add_renderer("json", _JsonRenderer)
    config.add_tween("entrypoints.http.tweens.edge_tween_factory")
    for part in ("request", "security", "service", "errors", "pages", "swagger"):
        config.include(f"entrypoints.http.{part}")
    config.scan("entrypoints.http", ignore=["entrypoints.http.pages"])
    config.commit()
    app: Router = config.make_wsgi_app()
    return app


class _JsonRenderer:
    """Renderer factory: what a view returns as JSON bytes."""

    def __init__(self, _info: Any) -> None:
        pass

    def __call__(self, value: Any, system: dict[str, Any]) -> bytes:
        system["request"].response.content_type = "application/json"
        system["request"].response.charset = "utf-8"
        return orjson.dumps(value)
