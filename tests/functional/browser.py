"""A browser over the WSGI application: keeps cookies and sends the CSRF token."""

from __future__ import annotations

from typing import Any

from pyramid.router import Router
from webtest import TestApp, TestResponse

from tests.documented import documented

PASSWORD = "long enough"


class DocumentedApp(TestApp):
    """Holds every answer of the API to the Swagger document."""

    def do_request(self, req: Any, *arguments: Any, **options: Any) -> TestResponse:
        answer = super().do_request(req, *arguments, **options)
        path = req.environ["PATH_INFO"]
        if path.startswith(("/api/", "/health/")):
            document = documented(self.app.registry.cornice_services.values())
            document.check(req.method, path, answer.status_int, answer.headers, answer.body)
        return answer


class Browser:
    """Somebody at a browser, signed in or not."""

    def __init__(self, app: Router) -> None:
        # As the server does: WebOb need not copy a body that can be read again.
        environ = {"HTTP_HOST": "localhost:6543", "webob.is_body_seekable": True}
        self.http = DocumentedApp(app, extra_environ=environ)
        self.id = ""
        self.csrf = ""
        """The token of the session, for who cannot ask for it any more."""

    def token(self) -> str:
        return str(self.get("/api/v1/csrf").json["csrf_token"])

    def get(self, path: str, status: int = 200, **headers: str) -> TestResponse:
        return self.http.get(path, status=status, headers=_named(headers))

    def send(
        self, method: str, path: str, body: Any = None, status: int = 200, **headers: str
    ) -> TestResponse:
        """Send JSON with an unsafe method."""
        headers = {"X-CSRF-Token": self.token(), **_named(headers)}
        call = getattr(self.http, f"{method.lower()}_json")
        given = {} if body is None else {"params": body}
        return call(path, status=status, headers=headers, **given)

    def register(self, name: str, **fields: str) -> Browser:
        given = {"email": f"{name}@example.test", "password": PASSWORD, "display_name": name}
        answer = self.send("POST", "/api/v1/users", {**given, **fields}, status=201)
        self.id = answer.json["id"]
        return self

    def sign_in(self, name: str, status: int = 201) -> TestResponse:
        credentials = {"email": f"{name}@example.test", "password": PASSWORD}
        return self.send("POST", "/api/v1/session", credentials, status=status)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def problem(answer: TestResponse, code: str) -> dict[str, Any]:
    """Check that an answer is a problem of ours and return it."""
    assert answer.content_type == "application/problem+json"
    document: dict[str, Any] = answer.json
    assert document["code"] == code
    assert document["status"] == answer.status_int
    assert document["type"].endswith(f"/problems/{code}")
    assert document["title"]
    assert document["request_id"] == answer.headers["X-Request-Id"]
    return document
