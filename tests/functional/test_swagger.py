"""The Swagger document: valid, complete, and of the same operations as both routers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pyramid.router import Router
from tornado.web import RequestHandler

from entrypoints.container import Container
from entrypoints.edge.operations import STREAMED
from entrypoints.edge.streamed import is_streamed
from entrypoints.http.swagger import FILES
from entrypoints.streams.app import make_streams
from tests.documented import Documented
from tests.functional.browser import Browser, problem

PUBLIC = ("/api/", "/health/", "/.well-known/")
WITHOUT_COOKIES = {"issue_tokens", "refresh_tokens", "revoke_tokens"}


@pytest.fixture
def document(stranger: Browser) -> dict[str, Any]:
    found: dict[str, Any] = stranger.get("/swagger/swagger.json").json
    return found


@pytest.fixture
def documented(document: dict[str, Any]) -> Documented:
    return Documented(document)


@pytest.mark.filterwarnings("ignore:jsonschema.(RefResolver|exceptions):DeprecationWarning")
def test_it_is_valid_swagger(document: dict[str, Any]) -> None:
    from swagger_spec_validator.validator20 import validate_spec

    validate_spec(document)
    assert document["swagger"] == "2.0"


def of_pyramid(app: Router) -> set[tuple[str, str]]:
    """Return methods and paths as Pyramid routes them."""
    introspector = app.registry.introspector
    routes = {
        route["introspectable"]["name"]: route["introspectable"]["pattern"]
        for route in introspector.get_category("routes")
    }
    found = set()
    for view in introspector.get_category("views"):
        about = view["introspectable"]
        pattern = "/" + routes.get(about["route_name"], "").lstrip("/")
        methods = about["request_methods"] or ()
        for method in [methods] if isinstance(methods, str) else methods:
            if pattern.startswith(PUBLIC) and method not in ("HEAD", "OPTIONS"):
                found.add((method, re.sub(r"\{(\w+):.*?\}(?=/|$)", r"{\1}", pattern)))
    return found


def of_tornado(container: Container) -> set[tuple[str, str]]:
    """Return methods and paths as Tornado routes them; `{}` for what a path captures."""
    found = set()
    for rule in make_streams(container, None).default_router.rules[0].target.rules:  # type: ignore[arg-type]
        path = re.sub(r"\(.*?\)(?=/|\$)", "{}", rule.matcher.regex.pattern).rstrip("$")
        for method in RequestHandler.SUPPORTED_METHODS:
            handler = getattr(rule.target, method.lower())
            served = handler is not RequestHandler._unimplemented_method
            if served and method in rule.target.methods and "*" not in path:
                found.add((method, path))
    return found


def test_it_has_the_operations_of_both_routers(
    documented: Documented, app: Router, container: Container
) -> None:
    listed = {(method.upper(), path) for method, path, _ in documented.operations().values()}
    streamed = {(operation.method.upper(), operation.path) for operation in STREAMED}
    assert listed == of_pyramid(app) | streamed
    pages = {("POST", "/upload")}
    assert {
        (method, re.sub(r"\{\w+\}", "{}", path)) for method, path in streamed
    } == of_tornado(container) - pages
    for method, path in streamed:
        assert is_streamed(
            method, path.format(video_id="v" * 16, upload_id="u" * 16, name="video.mp4")
        )


def parameters_of(documented: Documented, path: str, found: dict[str, Any]) -> list[Any]:
    return [
        *documented.document["paths"][path].get("parameters", []),
        *found.get("parameters", []),
    ]


def test_every_operation_is_described(documented: Documented) -> None:
    operations = documented.operations()
    assert len(operations) == sum(
        len(set(item) - {"parameters"}) for item in documented.document["paths"].values()
    )
    tags = {tag["name"] for tag in documented.document["tags"]}
    for id_, (method, path, found) in operations.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", id_), f"{method} {path} needs an id"
        assert found["tags"], id_
        assert set(found["tags"]) <= tags, id_
        assert found["summary"].endswith("."), id_
        assert found["description"], id_
        assert found["produces"][-1] == "application/problem+json", id_
        parameters = parameters_of(documented, path, found)
        named = set(re.findall(r"\{(\w+)\}", path))
        assert {p["name"] for p in parameters if p["in"] == "path"} == named, id_
        assert all("pattern" in p for p in parameters if p["in"] == "path"), id_
        has_body = any(p["in"] in ("body", "formData") for p in parameters)
        assert has_body == bool(found.get("consumes")), id_


def test_every_operation_says_what_it_needs(documented: Documented) -> None:
    for id_, (method, _, found) in documented.operations().items():
        needed = {name for one in found["security"] for name in one}
        assert needed <= set(documented.document["securityDefinitions"])
        unsafe = method not in ("get", "head") and id_ not in WITHOUT_COOKIES
        assert ("csrf" in needed) == unsafe, id_
        assert ("session" in needed) == ("signed-in" in found["description"]), id_


def names_something(documented: Documented, path: str, found: dict[str, Any]) -> bool:
    """Say whether a caller can name what there is not: in the path, or by an id sent."""
    bodies = [p["schema"] for p in parameters_of(documented, path, found) if p["in"] == "body"]
    names = [body["$ref"].rpartition("/")[2] for body in bodies if "$ref" in body]
    definitions = documented.document["definitions"]
    ids = {"id", "user_id"}
    return "{" in path or any(ids & {*definitions[name]["properties"]} for name in names)


def test_every_answer_is_described(documented: Documented) -> None:
    for id_, (method, path, found) in documented.operations().items():
        statuses = {int(status) for status in found["responses"]}
        assert {400, 401, 403, 421, 429, 500, 503} <= statuses, id_
        assert any(status < 300 for status in statuses), id_
        assert (404 in statuses) == names_something(documented, path, found), id_
        assert ({413, 415} <= statuses) == bool(found.get("consumes")), id_
        for status in statuses:
            answer = documented.answer(found, status)
            assert answer["description"], id_
            assert "X-Request-Id" in answer["headers"], id_
            if status >= 400:
                assert answer["schema"] == {"$ref": "#/definitions/Problem"}, id_
            elif status < 300:
                without_body = status == 204 or method == "head"
                assert ("schema" in answer) != without_body, id_


def test_strict_input_is_documented_as_strict(documented: Documented) -> None:
    for id_, (_, path, found) in documented.operations().items():
        for parameter in parameters_of(documented, path, found):
            if parameter["in"] == "body" and parameter["schema"].get("format") != "binary":
                name = parameter["schema"]["$ref"].rpartition("/")[2]
                schema = documented.document["definitions"][name]
                assert schema["additionalProperties"] is False, id_
                assert schema["properties"], id_


def test_limits_of_the_core_are_documented(documented: Documented) -> None:
    properties = documented.document["definitions"]["VideoChange"]["properties"]
    assert properties["title"]["maxLength"] == 200
    assert properties["visibility"]["enum"] == ["public", "unlisted", "private"]
    assert properties["tags"]["x-nullable"]
    limit = documented.operations()["list_videos"][2]["parameters"][0]
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 100, 20)


GOOD = {"X-Request-Id": "1", "Content-Type": "application/json", "ETag": '"1"'}
ME = b'{"status": "ok"}'


@pytest.mark.parametrize(
    ("method", "path", "status", "headers", "body"),
    [
        ("GET", "/api/v1/nothing", 200, GOOD, ME),
        ("PUT", "/health/live", 200, GOOD, ME),
        ("GET", "/health/live", 418, GOOD, ME),
        ("GET", "/health/live", 200, {}, ME),
        ("GET", "/health/live", 200, {**GOOD, "Content-Type": "text/html"}, ME),
        ("GET", "/health/live", 200, GOOD, b'{"status": "bad"}'),
        ("GET", "/health/live", 200, GOOD, b'{"status": "ok", "more": 1}'),
        ("GET", "/health/live", 200, GOOD, b"{}"),
        ("GET", "/health/live", 400, GOOD, ME),
        ("DELETE", "/api/v1/session", 204, {**GOOD, "Clear-Site-Data": "*"}, ME),
    ],
)
def test_what_is_not_documented_is_found(
    documented: Documented,
    method: str,
    path: str,
    status: int,
    headers: dict[str, str],
    body: bytes,
) -> None:
    documented.check("GET", "/health/live", 200, GOOD, ME)
    with pytest.raises(AssertionError):
        documented.check(method, path, status, headers, body)


def test_the_document_is_asked_for_once(stranger: Browser) -> None:
    first = stranger.get("/swagger/swagger.json")
    assert first.content_type == "application/json"
    stranger.get(
        "/swagger/swagger.json", status=304, **{"If-None-Match": first.headers["ETag"]}
    )


def test_the_page_and_its_files(stranger: Browser) -> None:
    page = stranger.get("/swagger/").text
    assert "<script>" not in page
    assert "style=" not in page
    files = re.findall(r'"(/swagger/ui/[0-9a-f]{16}/([^"]+))"', page)
    assert {name for _, name in files} == set(FILES)
    for address, name in files:
        answer = stranger.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.content_type == FILES[name]
    stale = re.sub("[0-9a-f]{16}", "0" * 16, files[0][0])
    for missing in (stale, files[0][0].replace(files[0][1], "index.css")):
        answer = stranger.get(missing, status=404, Accept="application/problem+json")
        problem(answer, "no_such_address")
