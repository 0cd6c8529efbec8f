"""What each error code means: the pages that `type` of a problem leads to."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

import videohub_core
from entrypoints.edge.problems import status_of
from entrypoints.http.pages.messages import REFUSALS, advice_text, problem_text
from videohub_core.shared.errors import DomainError, NotFound
from videohub_core.videos.errors import MediaRefused


@dataclass(frozen=True)
class KnownProblem:
    """An error code, or the reason for a refusal, with what it says in English."""

    code: str
    title: str
    status: int | None = None
    """The HTTP status; None for the reason of a refusal, which answers no request."""


def known_problems() -> dict[str, KnownProblem]:
    """Return every error code that the hub's areas and its edge define, by code."""
    _import_errors()
    found: dict[str, KnownProblem] = {}
    waiting = list(DomainError.__subclasses__())
    while waiting:
        kind = waiting.pop(0)
        waiting.extend(kind.__subclasses__())
        # Errors of tests and of libraries are none of the hub's.
        if kind.__module__.startswith((videohub_core.__name__, "entrypoints.")):
            status = None if issubclass(kind, MediaRefused) else status_of(kind.__new__(kind))
            found.setdefault(kind.code, KnownProblem(kind.code, kind.title, status))
    return dict(sorted(found.items()))


@cache
def _import_errors() -> None:
    for area in pkgutil.iter_modules(videohub_core.__path__, f"{videohub_core.__name__}."):
        if area.ispkg and find_spec(f"{area.name}.errors"):
            import_module(f"{area.name}.errors")


@view_config(
    route_name="pages.problems",
    request_method="GET",
    renderer="templates/problems.jinja2",
    permission="anyone",
)
def problems(request: Request) -> dict[str, Any]:
    def texts(codes: Any) -> list[tuple[str, str]]:
        return [(code, problem_text(request.translations, code)) for code in codes]

    known = known_problems()
    rows = [
        (known[code], problem_text(request.translations, code, known[code].title))
        for code in known
    ]
    return {"problems": rows, "refusals": texts(REFUSALS)}


@view_config(
    route_name="pages.problem",
    request_method="GET",
    renderer="templates/problem.jinja2",
    permission="anyone",
)
def problem(request: Request) -> dict[str, Any]:
    code = request.matchdict["code"]
    known = known_problems().get(code)
    if known is None and code in REFUSALS:
        known = KnownProblem(code, REFUSALS[code].text)
    if known is None:
        raise NotFound
    return {
        "problem": known,
        "text": problem_text(request.translations, code, known.title),
        "advice": advice_text(request.translations, code),
    }
