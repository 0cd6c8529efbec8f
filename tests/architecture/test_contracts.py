"""Promises over all routes, errors and tables at once."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from dependency_injector.providers import BaseSingleton, ThreadSafeSingleton
from pyramid.interfaces import IRoutesMapper
from pyramid.router import Router
from pyramid.static import static_view

from adapters.persistence.database import Database
from adapters.persistence.mapping import map_entities, metadata
from adapters.persistence.search_texts import is_of_models
from entrypoints.container import Container
from entrypoints.edge.actor import PERMISSIONS
from entrypoints.edge.problems import STATUS, status_of
from entrypoints.edge.streamed import ADDRESSES
from entrypoints.http.security import UNDECLARED
from videohub_core.shared.errors import DomainError

# The whole list of addresses, so that a new or changed one is seen in review.
ROUTES = (Path(__file__).parent / "routes.txt").read_text(encoding="utf-8").split("\n")


def introspected(app: Router, category: str) -> list[dict[str, Any]]:
    found = app.registry.introspector.get_category(category) or []
    return [entry["introspectable"] for entry in found]


def views(app: Router) -> list[dict[str, Any]]:
    return [view for view in introspected(app, "views") if view["route_name"]]


def declared_permissions(app: Router) -> dict[Any, str]:
    """What each view says for itself; Pyramid notes no default here."""
    return {
        view.discriminator: permission["introspectable"]["value"]
        for permission in app.registry.introspector.get_category("permissions") or []
        for view in permission["related"]
        if view.category_name == "views"
    }


def test_every_route_declares_its_permission(app: Router) -> None:
    declared = declared_permissions(app)
    seen = 0
    for view in views(app):
        name = getattr(view["callable"], "__name__", "")
        if name == "_fallback_view" or isinstance(view["callable"], static_view):
            # Cornice's 405 for methods that nobody declared, and the style sheets.
            continue
        seen += 1
        address = f"{view['request_methods']} {view['route_name']}"
        assert declared.get(view.discriminator) in PERMISSIONS, f"{address} declares none"
    assert seen > 20


def test_a_route_without_a_permission_is_for_nobody(app: Router) -> None:
    from pyramid.interfaces import IDefaultPermission

    assert app.registry.getUtility(IDefaultPermission) == UNDECLARED
    assert UNDECLARED not in PERMISSIONS


def test_the_list_of_addresses(app: Router) -> None:
    mapper = app.registry.getUtility(IRoutesMapper)
    found: set[str] = set()
    patterns = {route.name: route.pattern for route in mapper.get_routes()}
    for view in views(app):
        pattern = re.sub(r":\[0-9A-Za-z\]\{16\}", "", patterns[view["route_name"]])
        pattern = re.sub(r"static/[0-9a-f]+/", "static/DIGEST/", pattern)
        methods = view["request_methods"] or ()
        for method in [methods] if isinstance(methods, str) else methods:
            if method != "HEAD":
                found.add(f"{method} /{pattern.lstrip('/')}")
    found |= {f"{method} {path}" for methods, path in ADDRESSES for method in methods}
    found |= {"GET /media/{video_id}/{name}"}
    assert sorted(found) == [line for line in ROUTES if line]


def leaves(kind: type[DomainError]) -> list[type[DomainError]]:
    return [kind, *(leaf for child in kind.__subclasses__() for leaf in leaves(child))]


def test_every_error_has_a_code_of_its_own() -> None:
    kinds = [kind for kind in leaves(DomainError) if kind is not DomainError]
    codes = [kind.__dict__.get("code") for kind in kinds]
    assert None not in codes, "an error inherits its code"
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z][a-z_]*", str(code)) for code in codes)
    assert all(kind.__doc__ for kind in kinds)


def test_families_do_not_overlap() -> None:
    for kind in leaves(DomainError):
        families = [family for family in STATUS if issubclass(kind, family)]
        assert len(families) <= 1, f"{kind.__name__} has the status of {families}"
        assert 400 <= status_of(kind.__new__(kind)) < 600


def test_the_migrations_make_the_tables_of_the_models(sqlite: Database) -> None:
    map_entities()
    with sqlite.writer.connect() as connection:
        opts = {"compare_type": True, "include_name": is_of_models}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def test_every_constraint_has_a_name() -> None:
    map_entities()
    for table in metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name, f"{table.name} has an unnamed {constraint!r}"


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_have_hashes_and_name_no_host(name: str) -> None:
    text = (Path(__file__).parents[2] / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index" not in io.StringIO(text).readline()
    packages = re.findall(r"^[a-z0-9].*$", text, re.MULTILINE | re.IGNORECASE)
    assert packages
    assert all("==" in line and line.endswith("\\") for line in packages)
    assert not re.search(r"^entrypoints==", text, re.MULTILINE)


FLOORS = {
    "authlib": (1, 7, 1),
    "tornado": (6, 5, 3),
    "pyramid": (2, 0, 2),
    "webob": (1, 8, 8),
    "jinja2": (3, 1, 6),
    "pillow": (12, 1, 1),
}


@pytest.mark.parametrize("package", FLOORS)
def test_versions_are_above_their_security_floor(package: str) -> None:
    from importlib.metadata import version

    found = tuple(int(part) for part in version(package).split(".")[:3])
    assert found >= FLOORS[package]


def test_threads_that_ask_at_once_share_one_of_each_part() -> None:
    kept = [
        provider
        for provider in Container.providers.values()
        if isinstance(provider, BaseSingleton)
    ]
    assert len(kept) > 20
    assert all(isinstance(provider, ThreadSafeSingleton) for provider in kept)
