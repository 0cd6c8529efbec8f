"""The Swagger 2.0 document: Cornice's services and the operations of the streams.

cornice-swagger reads paths, methods and schemas from the services. What follows from how
an operation is declared (its errors, its security, who may call it) is added here, so
that no view has to repeat it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any

import colander
from cornice import Service
from cornice_swagger import CorniceSwagger
from cornice_swagger.converters.schema import TypeConversionDispatcher, TypeConverter
from cornice_swagger.swagger import ParameterHandler, ResponseHandler

from entrypoints.edge.csrf import HEADER
from entrypoints.edge.operations import (
    FILE,
    HEADERS,
    JSON,
    OPTIONAL_HEADERS,
    PROBLEM,
    STREAMED,
    Answer,
    answers,
    header_parameter,
    problem,
    security,
)
from entrypoints.edge.shapes import Shape
from entrypoints.http.service import (
    JSON_TYPES,
    Count,
    Moment,
    NeededWhole,
    Number,
    OptionalNumber,
    OptionalText,
    Strict,
    Text,
    Truth,
    Whole,
    YesOrNo,
)

PUBLIC = ("/api/v1/", "/health/", "/.well-known/")
"""Where the services of the public API are."""

Document = dict[str, Any]

_UNNAMED = (colander.MappingSchema, colander.SchemaNode, Shape, Strict)
# `{video_id:[0-9A-Za-z]{16}}` is `{video_id}` in Swagger.
_REGEX_OF_PATH = re.compile(r"\{(\w+):(?:[^{}]|\{[^{}]*\})*\}")
_CALLERS = {
    "anyone": "Anyone may do this.",
    "public": "Anyone may do this; no credential is looked at.",
    "alive": "Anyone may do this.",
    "sign_in": "Anyone may do this; an Authorization header is not looked at.",
    "sign_out": "Anyone may do this, a banned member too.",
    "recovery": "Anyone may do this, a banned member too; no credential is looked at.",
    "member": "This needs a signed-in member.",
    "upload": "This needs a signed-in member; a personal access token with `upload` will do.",
    "account": "This needs a signed-in member; a personal access token cannot do it.",
    "moderator": "This needs a signed-in moderator.",
    "admin": "This needs a signed-in admin.",
}

_FILE_BODY = {
    "name": "body",
    "in": "body",
    "required": True,
    "schema": {"type": "string", "format": "binary"},
}


class _Types(TypeConversionDispatcher):
    """Colander to JSON schema; each class of object becomes a definition."""

    def __init__(self, custom: dict[Any, Any], default: Any = None) -> None:
        ours = {
            Text: self.KNOWN[colander.String],
            OptionalText: self.KNOWN[colander.String],
            Count: self.KNOWN[colander.Integer],
            Whole: self.KNOWN[colander.Integer],
            NeededWhole: self.KNOWN[colander.Integer],
            Number: self.KNOWN[colander.Float],
            OptionalNumber: self.KNOWN[colander.Float],
            Truth: self.KNOWN[colander.Boolean],
            YesOrNo: self.KNOWN[colander.Boolean],
            Moment: self.KNOWN[colander.DateTime],
        }
        super().__init__({**custom, **ours}, default)
        self.definitions: dict[str, Document] = {}
        self._classes: dict[str, type] = {}

    KNOWN = TypeConversionDispatcher().converters

    def __call__(self, node: colander.SchemaNode) -> Document:
        converter: TypeConverter = self.converters[type(node.typ)](self)
        schema = converter(node)
        if "pattern" in schema:
            # Python's end of a text, which no other dialect of patterns has.
            schema["pattern"] = schema["pattern"].replace("\\Z", "$")
        # Colander makes titles of the names, which say it already.
        schema.pop("title", None)
        if schema.get("default", False) is None:
            del schema["default"]
        if getattr(node.typ, "unknown", None) == "raise":
            schema["additionalProperties"] = False
        if isinstance(node.typ, colander.Mapping) and type(node) not in _UNNAMED:
            schema = self._define(type(node), schema)
        if getattr(node, "nullable", False):
            schema = {"allOf": [schema]} if "$ref" in schema else schema
            schema["x-nullable"] = True
        return schema

    def _define(self, kind: type, schema: Document) -> Document:
        name = kind.__name__
        assert self._classes.setdefault(name, kind) is kind, f"{name} is the name of two"
        # What is said of one use of it is not said of all.
        self.definitions[name] = {k: v for k, v in schema.items() if k != "default"}
        return {"$ref": f"#/definitions/{name}"}


class _Parameters(ParameterHandler):
    """Path parameters with a whole pattern."""

    def from_path(self, path: str) -> list[Document]:
        found: list[Document] = super().from_path(path)
        for parameter in found:
            if "pattern" in parameter:
                parameter["pattern"] = f"^{parameter['pattern']}$"
        return found


class _Responses(ResponseHandler):
    """`Answer`s as responses."""

    def from_schema_mapping(self, mapping: dict[int, Answer]) -> Document:
        found: Document = {}
        for status, answer in mapping.items():
            found[str(status)] = self.response(answer)
            if answer is problem(status):
                found[str(status)] = self._ref(found[str(status)], f"Problem{status}")
        return found

    def response(self, answer: Answer) -> Document:
        found: Document = {"description": answer.description, "headers": {}}
        for name in answer.all_headers:
            required = {} if name in OPTIONAL_HEADERS else {"x-required": True}
            found["headers"][name] = HEADERS[name] | required
        if answer.body is FILE:
            found["schema"] = {"type": "file"}
        elif answer.body is not None:
            found["schema"] = self.type_converter(answer.body)
        return found


class HubSwagger(CorniceSwagger):
    """Generates the document."""

    type_converter = _Types
    parameters = _Parameters
    responses = _Responses

    def _extract_path_from_service(self, service: Service) -> tuple[str, Document]:
        path, found = super()._extract_path_from_service(service)
        return _REGEX_OF_PATH.sub(r"{\1}", path), found

    def _extract_operation_from_view(self, view: Any, args: Document) -> Document:
        # The answers need the path and the method as well: `complete` adds them.
        args = {name: value for name, value in args.items() if name != "response_schemas"}
        operation: Document = super()._extract_operation_from_view(view, args)
        return operation

    def complete(self, document: Document) -> None:
        """Add to Cornice's operations what follows from how they are declared."""
        definitions = self.parameters.type_converter.definitions
        document.setdefault("definitions", {})
        for service in self.services:
            path = _REGEX_OF_PATH.sub(r"{\1}", service.path)
            for method, view, args in service.definitions:
                if method in self.ignore_methods:
                    continue
                operation = document["paths"][path][method.lower()]
                types = args.get("body_types", ())
                body = _body(operation)
                operation |= _described(inspect.getdoc(view) or "", args["permission"])
                operation["security"] = security(
                    args["permission"], method, needs_csrf=args.get("require_csrf", True)
                )
                operation["produces"] = [JSON, PROBLEM]
                headers = args.get("request_headers", ())
                _add_headers(operation, headers)
                if types or body is not None:
                    operation["consumes"] = list(types) or _consumed(method)
                if types and body is None:
                    operation.setdefault("parameters", []).append(_FILE_BODY)
                self._refine(operation, body, args.get("field_rules", {}), definitions)
                operation["responses"] = self.responses.from_schema_mapping(
                    answers(
                        args.get("response_schemas", {}),
                        has_path="{" in path,
                        has_body=bool(types) or body is not None,
                        request_headers=headers,
                    )
                )

    def _refine(
        self, operation: Document, body: Document | None, rules: Document, definitions: Document
    ) -> None:
        fields = {p["name"]: p for p in operation.get("parameters", ()) if p is not body}
        if body is not None:
            body["name"] = "body"
            fields |= definitions[body["schema"]["$ref"].rpartition("/")[2]]["properties"]
        for name, rule in rules.items():
            fields[name].update(rule)

    def add_streamed(self, document: Document) -> None:
        """Add the operations that Tornado serves."""
        for declared in STREAMED:
            found = {
                "operationId": declared.operation_id,
                "tags": declared.tags,
                "parameters": list(declared.parameters),
                "produces": declared.produces,
                "security": security(declared.permission, declared.method),
                "responses": self.responses.from_schema_mapping(declared.answers()),
                **_described(inspect.cleandoc(declared.description), declared.permission),
            }
            _add_headers(found, declared.request_headers)
            if declared.consumes:
                found["consumes"] = list(declared.consumes)
            at = document["paths"].setdefault(declared.path, {})
            twice = declared.method in at
            assert twice == declared.is_in_both, f"{declared.path} is served twice"
            at[declared.method] = found
        document["definitions"] |= self.responses.type_converter.definitions
        document["responses"] = self.responses.response_registry


def make_document(services: Iterable[Service], *, session_cookie: str) -> Document:
    """Return the Swagger document of the public API."""
    public = [service for service in services if service.path.startswith(PUBLIC)]
    maker = HubSwagger(sorted(public, key=lambda service: service.path))
    document: Document = maker.generate(
        title="Video Hub",
        version="1",
        info={"description": _ABOUT},
        swagger={"securityDefinitions": _security_definitions(session_cookie)},
    )
    maker.complete(document)
    maker.add_streamed(document)
    document["tags"] = [tag for tag in _TAGS if _is_used(tag["name"], document)]
    return document


def _body(operation: Document) -> Document | None:
    return next((p for p in operation.get("parameters", ()) if p["in"] == "body"), None)


def _add_headers(operation: Document, names: Iterable[str]) -> None:
    if names:
        operation.setdefault("parameters", []).extend(map(header_parameter, names))


def _consumed(method: str) -> list[str]:
    # A merge patch is the better name of what PATCH reads.
    return sorted(JSON_TYPES, key=lambda kind: ("merge" in kind) != (method == "PATCH"))


def _described(docstring: str, permission: str) -> Document:
    summary, _, rest = docstring.partition("\n")
    description = "\n\n".join(filter(None, [rest.strip(), _CALLERS[permission]]))
    return {"summary": summary.replace("`", ""), "description": description}


def _is_used(tag: str, document: Document) -> bool:
    return any(
        tag in operation["tags"]
        for path in document["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
    )


def _security_definitions(cookie: str) -> Document:
    return {
        "session": {
            "type": "apiKey",
            "in": "header",
            "name": "Cookie",
            "description": f"The cookie `{cookie}` that signing in sets; browsers send it.",
        },
        "bearer": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Bearer` and an access token of `POST /api/v1/tokens`, or a "
            "personal access token with the scope that the operation needs.",
        },
        "csrf": {
            "type": "apiKey",
            "in": "header",
            "name": HEADER,
            "description": "The `csrf_token` of `GET /api/v1/csrf`, with the cookie it sets.",
        },
    }


_ABOUT = """Videos of a community that runs its own hub.

Errors are `application/problem+json` (RFC 9457) with a stable `code`. Lists are paged by
`cursor`, freshest first. Times are UTC. Unknown fields and query parameters are refused.
"""
_TAGS = [
    {"name": "session", "description": "Signing in and out"},
    {"name": "users", "description": "Accounts and profiles"},
    {"name": "recovery", "description": "Proving an e-mail, and forgotten passwords"},
    {"name": "invitations", "description": "Who may register"},
    {"name": "channels", "description": "Where a member's videos are"},
    {"name": "videos", "description": "Uploading, finding, editing"},
    {"name": "chat", "description": "Rooms to talk in, and what is said there"},
    {"name": "likes", "description": "What one likes"},
    {"name": "subscriptions", "description": "Channels that one follows"},
    {"name": "blocks", "description": "People whom one wants to hear nothing of"},
    {"name": "captions", "description": "Subtitles, by language"},
    {"name": "comments", "description": "What is said about videos, and replies to it"},
    {"name": "uploads", "description": "Files in several requests (tus 1.0.0)"},
    {"name": "search", "description": "Finding by words"},
    {"name": "media", "description": "The bytes of a video"},
    {"name": "moderation", "description": "Looking after the hub"},
    {"name": "health", "description": "Whether the hub works"},
]
