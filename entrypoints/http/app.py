"""The Pyramid application."""

from __future__ import annotations

import sys
from pathlib import Path

from pyramid.config import Configurator
from pyramid.router import Router

from entrypoints.container import Container, build_container
from entrypoints.edge.logs import configure_logs
from entrypoints.http.request import execution_policy
from entrypoints.http.shared_answers import SharedAnswers
from entrypoints.settings import WrongSettings, make_settings

_SCANNED_LATER = [f"entrypoints.http.{part}" for part in ("feeds", "pages", "swagger")]


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
    config.registry.shared_answers = SharedAnswers(container)
    config.include("cornice")
    config.add_tween("entrypoints.http.tweens.edge_tween_factory")
    for part in ("request", "security", "service", "errors"):
        config.include(f"entrypoints.http.{part}")
    # Routes are looked through in this order: what programs ask for comes first.
    config.scan("entrypoints.http", ignore=_SCANNED_LATER)
    for part in ("feeds", "pages", "swagger"):
        config.include(f"entrypoints.http.{part}")
    config.commit()
    config.set_execution_policy(execution_policy(config.registry))
    app: Router = config.make_wsgi_app()
    return app
