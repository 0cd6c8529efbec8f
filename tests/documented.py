"""Holds answers to the Swagger document: its statuses, headers, types and schemas."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cornice import Service
from jsonschema import Draft4Validator, FormatChecker

from entrypoints.http.swagger_document import make_document

METHODS = ("get", "head", "post", "put", "patch", "delete")

_formats = FormatChecker(formats=())


@_formats.checks("date-time", raises=ValueError)
def _is_utc_time(value: Any) -> bool:
    if not isinstance(value, str):
        return True
    return value.endswith("Z") and datetime.fromisoformat(value).tzinfo is not None


class Documented:
    """A Swagger document to hold answers to."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._schemas = _strict(document["definitions"])
        self._validators: dict[str, Draft4Validator] = {}
        self._paths = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in document["paths"]
        ]

    def operations(self) -> dict[str, tuple[str, str, dict[str, Any]]]:
        """Return method, path and declaration of every operation by its id."""
        return {
            found["operationId"]: (method, path, found)
            for path, item in self.document["paths"].items()
            for method, found in item.items()
            if method in METHODS
        }

    def template(self, path: str) -> str | None:
        return next((known for regex, known in self._paths if regex.fullmatch(path)), None)

    def answer(self, operation: dict[str, Any], status: int) -> dict[str, Any]:
        """Return how an operation answers with a status."""
        found: dict[str, Any] = operation["responses"][str(status)]
        if "$ref" in found:
            found = self.document["responses"][found["$ref"].rpartition("/")[2]]
        return found

    def check(
        self, method: str, path: str, status: int, headers: Mapping[str, str], body: bytes
    ) -> None:
        """Assert that the document has this answer of the operation at the path."""
        place = f"{method} {path} -> {status}"
        template = self.template(path)
        if template is None:
            assert status in (404, 421), f"{place}: the path is not documented"
            return
        item = self.document["paths"][template]
        asked = method.lower()
        operation = item.get(asked) or (item.get("get") if asked == "head" else None)
        if method == "OPTIONS" and status == 204:
            # A preflight, which is of the Fetch standard and not of this API.
            return
        if operation is None:
            # 404 is for a path whose parameter has the wrong form.
            assert status in (404, 405, 421), f"{place}: the method is not documented"
            return
        assert str(status) in operation["responses"], f"{place}: the status is not documented"
        answer = self.answer(operation, status)
        for name, about in answer["headers"].items():
            assert name in headers or not about.get("x-required"), f"{place}: no {name}"
        if asked == "head" or "schema" not in answer:
            assert not body, f"{place}: no body is documented"
            return
        kind = headers["Content-Type"].partition(";")[0]
        assert kind in operation["produces"], f"{place}: {kind} is not documented"
        assert (kind == "application/problem+json") == (status >= 400), f"{place}: {kind}"
        if answer["schema"].get("type") != "file":
            self._check_body(place, answer["schema"], body)

    def _check_body(self, place: str, schema: dict[str, Any], body: bytes) -> None:
        key = json.dumps(schema)
        if key not in self._validators:
            whole = {**_strict(schema), "definitions": self._schemas}
            self._validators[key] = Draft4Validator(whole, format_checker=_formats)
        error = next(self._validators[key].iter_errors(json.loads(body)), None)
        assert error is None, f"{place}: {error.json_path}: {error.message}"


def _strict(schema: Any) -> Any:
    """Return a schema in which null is a type and what is not documented is wrong."""
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _strict(part) for name, part in schema.items()}
    if isinstance(found.get("properties"), dict) and "type" in found:
        found["additionalProperties"] = False
    if found.pop("x-nullable", False) is True:
        return {"anyOf": [found, {"type": "null"}]}
    return found


_made: dict[tuple[str, ...], Documented] = {}


def documented(services: Iterable[Service]) -> Documented:
    """Return the document of an application's services, made once for all tests."""
    services = list(services)
    key = tuple(sorted(service.path for service in services))
    if key not in _made:
        _made[key] = Documented(make_document(services, session_cookie="hub_session"))
    return _made[key]
