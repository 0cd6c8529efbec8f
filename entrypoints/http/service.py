"""Cornice's Service with the hub's ways: our JSON, our errors, strict input.

A view names its input as one Colander schema with the nodes `body` and `querystring`;
`validated` reads it. What a schema does not name is refused, and a view without a
schema takes no query and no body.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache, lru_cache, wraps
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import colander
import orjson
from cornice import Service as CorniceService
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from webob.acceptparse import create_accept_header

from entrypoints.edge import cursors
from entrypoints.edge.documents import encode
from entrypoints.edge.errors import BodyTooLarge, MalformedBody, NotAcceptable, UnknownField
from entrypoints.edge.limits import limit
from entrypoints.edge.problems import CONTENT_TYPE
from entrypoints.http.request import BODY_TOO_LARGE
from videohub_core.shared.errors import FieldError, InvalidInput, UnsupportedMediaType
from videohub_core.shared.ids import ID_PATTERN
from videohub_core.shared.paging import PAGE_LIMIT, PAGE_LIMIT_MOST, PageRequest, Position

DOCUMENTATION = (
    "tags",
    "operation_id",
    "request_headers",
    "field_rules",
    "response_schemas",
    "body_types",
)
"""Arguments of a view that only describe it."""

_WHOLE_MOST = 10**9

ERRORS_MOST = 50
"""More wrong fields than a person reads are not named."""

_JSON_TYPE = "application/json; charset=utf-8"
JSON_TYPES = ("application/json", "application/merge-patch+json")


def includeme(config: Configurator) -> None:
    for name in DOCUMENTATION:
        config.add_view_predicate(name, _AlwaysTrue)


class _AlwaysTrue:
    """A view predicate that lets Pyramid accept an argument and decides nothing by it."""

    def __init__(self, value: Any, _config: Any) -> None:
        self._value = value

    def text(self) -> str:
        return f"documented by {self._value}"

    def phash(self) -> str:
        return ""

    def __call__(self, _context: Any, _request: Request) -> bool:
        return True


class Service(CorniceService):
    """A resource and its methods; what a view returns is its answer as JSON."""

    def add_view(self, method: str, view: Any, **arguments: Any) -> None:
        # Pyramid asks the view with the most predicates first, and what describes a view
        # counts for one: with the same number each, reading comes before writing.
        same = {"request_headers": (), "field_rules": {}, "body_types": ()}
        super().add_view(method, _answering_json(view), **{**same, **arguments})


def _answering_json(view: Callable[[Request], Any]) -> Callable[[Request], Response]:
    """Decorate a view that returns a document, as it is or encoded; a response stays one.

    A renderer would do the same at the price of three events and a default page.
    """

    @wraps(view)
    def answering(request: Request) -> Response:
        response = request.response = Response(
            headerlist=[("Content-Type", _JSON_TYPE)], app_iter=()
        )
        document = view(request)
        if isinstance(document, Response):
            return document
        body = document if isinstance(document, bytes) else encode(document)
        response.app_iter = [body]
        response.headerlist.append(("Content-Length", str(len(body))))
        return response

    return answering


class Text(colander.String):
    """A string that was a string: colander would take a number for one."""

    def __init__(self) -> None:
        super().__init__(allow_empty=True)

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if cstruct is not colander.null and not isinstance(cstruct, str):
            raise colander.Invalid(node, "This has to be a string.")
        return super().deserialize(node, cstruct)


class OptionalText(Text):
    """A string, or null for none of it."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        return None if cstruct is None else super().deserialize(node, cstruct)


class Count(colander.Integer):
    """A number in plain digits: int() would take spaces, signs and other digits too."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if cstruct is colander.null:
            return cstruct
        if not isinstance(cstruct, str) or not re.fullmatch("[0-9]{1,9}", cstruct):
            raise colander.Invalid(node, "This has to be a whole number.")
        return int(cstruct)


class Whole(colander.Integer):
    """A number that was a whole number: int() would take texts and fractions too."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if cstruct is colander.null or cstruct is None:
            return None if cstruct is None else cstruct
        if type(cstruct) is not int or abs(cstruct) > _WHOLE_MOST:
            raise colander.Invalid(node, "This has to be a whole number.")
        return cstruct


class NeededWhole(Whole):
    """A whole number where null is none."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if cstruct is None:
            raise colander.Invalid(node, "This has to be a whole number.")
        return super().deserialize(node, cstruct)


class Number(colander.Float):
    """A number that was a number: float() would take texts too."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if cstruct is colander.null:
            return cstruct
        if type(cstruct) not in (int, float) or abs(cstruct) > _WHOLE_MOST:
            raise colander.Invalid(node, "This has to be a number.")
        return float(cstruct)


class OptionalNumber(Number):
    """A number, or null for none."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        return None if cstruct is None else super().deserialize(node, cstruct)


class Truth(colander.Boolean):
    """A truth value that was one: bool() would take anything."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if cstruct is colander.null:
            return cstruct
        if not isinstance(cstruct, bool):
            raise colander.Invalid(node, "This is true or false.")
        return cstruct


class YesOrNo(colander.Boolean):
    """`true` or `false` in a query, and nothing else."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if cstruct is colander.null:
            return cstruct
        if cstruct not in ("true", "false"):
            raise colander.Invalid(node, "This is true or false.")
        return cstruct == "true"


class Moment(colander.DateTime):
    """A time as RFC 3339 has it, with its zone; null is none."""

    def deserialize(self, node: colander.SchemaNode, cstruct: Any) -> Any:
        if cstruct is colander.null or cstruct is None:
            return None if cstruct is None else cstruct
        try:
            at = datetime.fromisoformat(cstruct) if isinstance(cstruct, str) else None
            # At the edge of the calendar a time has no UTC.
            in_utc = at.astimezone(UTC) if at is not None and at.tzinfo else None
        except (ValueError, OverflowError):
            in_utc = None
        if in_utc is None:
            raise colander.Invalid(node, "This has to be a time such as 2030-12-31T23:59:00Z.")
        return in_utc


class Strict(colander.MappingSchema):
    """An object that has no fields but these."""

    def schema_type(self) -> colander.Mapping:
        return colander.Mapping(unknown="raise")


def an_id(node: colander.SchemaNode, value: str | None) -> None:
    """Validator: an identifier, or null where that is allowed."""
    if value is not None:
        colander.Regex(f"^{ID_PATTERN}\\Z", "This is no id.")(node, value)


_NO_QUERY = Strict()


class PageQuery(Strict):
    """The query of a list."""

    limit = colander.SchemaNode(
        Count(),
        missing=PAGE_LIMIT,
        validator=colander.Range(min=1, max=PAGE_LIMIT_MOST),
    )
    cursor = colander.SchemaNode(Text(), missing=None)


def page_request(request: Request) -> PageRequest:
    """Return the page that a validated `PageQuery` asks for, or raise InvalidInput."""
    query = request.validated["querystring"]
    if query["cursor"] is None:
        return PageRequest(query["limit"])
    secret = request.container.secret()
    after = cursors.decode(secret, _name_of_list(request), query["cursor"])
    return PageRequest(query["limit"], after)


def _name_of_list(request: Request) -> str:
    """Return the address, and all that was asked for but which page."""
    query = request.validated["querystring"].items()
    asked = [f"{name}={value}" for name, value in query if name not in ("cursor", "limit")]
    return f"{request.path_info}?{'&'.join(asked)}"


def validated(request: Request, schema: Any = None, **_arguments: Any) -> None:
    """Cornice validator: fill `request.validated` or raise what is wrong with the input.

    It stands after the validators that decide whether the caller may know or do this.
    """
    read_input(request, schema)
    limit(
        request.container,
        kind="",
        caller=request.caller,
        address=request.client_addr,
        method=request.method,
    )


def read_input(request: Request, schema: Any) -> None:
    """Fill `request.validated` or raise what is wrong; nothing is counted."""
    # An empty Accept says as little as none.
    says = request.environ.get("HTTP_ACCEPT")
    if says and not _accepts_json(says):
        raise NotAcceptable
    nodes = _nodes(schema)
    query = nodes.get("querystring", _NO_QUERY)
    if "body" in nodes:
        body = nodes["body"]
        # What has a default may be left out as a whole.
        is_there = body.required or request.body
        request.validated["body"] = read(body, _json_body(request) if is_there else {})
    elif BODY_TOO_LARGE in request.environ:
        raise BodyTooLarge
    if request.environ["QUERY_STRING"]:
        request.validated["querystring"] = read(query, dict(request.GET.mixed()))
    else:
        request.validated["querystring"] = dict(_read_nothing(query))


def read(node: colander.SchemaNode, value: Any) -> Any:
    """Return a value as its schema has it; raise UnknownField or InvalidInput."""
    try:
        return node.deserialize(value)
    except colander.Invalid as invalid:
        errors = list(islice(_field_errors(invalid, ""), ERRORS_MOST))
    if any(error.code == "unknown_field" for error in errors):
        raise UnknownField(errors)
    raise InvalidInput(errors)


@cache
def _nodes(schema: Any) -> dict[str, colander.SchemaNode]:
    if schema is None:
        return {}
    made = schema() if isinstance(schema, type) else schema
    return {node.name: node for node in made.children}


@cache
def _read_nothing(query: colander.SchemaNode) -> dict[str, Any]:
    """Return what a query that is not there says: the defaults, which never change."""
    found: dict[str, Any] = read(query, {})
    return found


@lru_cache(1000)
def _accepts_json(header: str) -> bool:
    return bool(create_accept_header(header).acceptable_offers([JSON_TYPES[0], CONTENT_TYPE]))


def _json_body(request: Request) -> Any:
    if request.content_type not in JSON_TYPES:
        raise UnsupportedMediaType(f"Send one of {', '.join(JSON_TYPES)}.")
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise MalformedBody(f"This is not JSON: {error}.") from error


def _field_errors(invalid: colander.Invalid, pointer: str) -> Iterator[FieldError]:
    if isinstance(invalid, colander.UnsupportedFields):
        for name in invalid.fields:
            escaped = str(name).replace("~", "~0").replace("/", "~1")
            yield FieldError(
                f"{pointer}/{escaped}", "unknown_field", "This field is not known here."
            )
        return
    for child in invalid.children:
        name = child.node.name if child.pos is None else (child.node.name or child.pos)
        if invalid.node.typ.__class__ is colander.Sequence:
            name = child.pos
        yield from _field_errors(child, f"{pointer}/{name}")
    if invalid.msg is not None:
        required = invalid.msg == "Required"
        yield FieldError(
            pointer,
            "required" if required else "invalid",
            "This is needed." if required else _sentence(invalid),
        )


def _sentence(invalid: colander.Invalid) -> str:
    """Return what is wrong, without the value: it may be long, deep or personal."""
    if isinstance(invalid.node.typ, colander.Mapping):
        return "This has to be an object."
    if isinstance(invalid.node.typ, colander.Sequence):
        return "This has to be a list."
    values = getattr(invalid.msg, "mapping", None) or {}
    if "choices" in values:
        return f"This is one of: {values['choices']}."
    if "val" in values:
        return "This is not valid here."
    return str(invalid.msg.interpolate() if values else invalid.msg)


def list_of(
    request: Request, items: list[dict[str, Any]], following: Position | None
) -> dict[str, Any]:
    """Return the body of a list and set its `Link` header."""
    cursor = None
    if following is not None:
        secret = request.container.secret()
        cursor = cursors.encode(secret, _name_of_list(request), following)
        query = urlencode({**request.GET.mixed(), "cursor": cursor})
        request.response.headerlist.append(("Link", f'<{request.path}?{query}>; rel="next"'))
    return {"items": items, "next_cursor": cursor}
