"""Bearer tokens: a client's pair, personal ones, and what each is good for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count
from threading import Barrier, Thread
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from pyramid.router import Router

from entrypoints.container import Container
from entrypoints.edge.operations import STREAMED
from tests.documented import documented
from tests.functional.browser import PASSWORD, Browser, problem
from videohub_core.shared.actor import OPERATOR, Role
from videohub_core.shared.rate_limit import Rate
from videohub_core.tokens.entities import ACCESS_LASTS, REFRESH_LASTS

RIGHT = {"email": "anna@example.test", "password": PASSWORD}


@pytest.fixture(autouse=True)
def signing_key(container: Container) -> None:
    container.rotate_signing_key().if_there_is_none()


class Client:
    """A program that keeps no cookies."""

    def __init__(self, app: Router, token: str = "") -> None:
        self.http = Browser(app).http
        self.pair: dict[str, Any] = {}
        self.bearer = token

    def sign_in(self) -> Client:
        self.pair = self.http.post_json("/api/v1/tokens", RIGHT, status=201).json
        self.bearer = self.pair["access_token"]
        return self

    def send(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        headers = {"Authorization": f"Bearer {self.bearer}"}
        if method == "GET":
            return self.http.get(path, headers=headers, status=status)
        call = getattr(self.http, f"{method.lower()}_json")
        given = {} if body is None else {"params": body}
        return call(path, headers=headers, status=status, **given)

    def refresh(self, token: str, status: int = 200) -> Any:
        body = {"refresh_token": token}
        return self.http.post_json("/api/v1/tokens/refresh", body, status=status)


@pytest.fixture
def client(app: Router, anna: Browser) -> Client:
    return Client(app).sign_in()


def personal(browser: Browser, *scopes: str, **given: Any) -> dict[str, Any]:
    body = {"name": "script", "scopes": list(scopes), **given}
    made: dict[str, Any] = browser.send(
        "POST", "/api/v1/me/access-tokens", body, status=201
    ).json
    return made


def test_a_client_signs_in_and_needs_neither_cookie_nor_csrf_token(
    client: Client, anna: Browser, store_video: Any
) -> None:
    assert client.pair["token_type"] == "Bearer"
    assert client.pair["expires_in"] == ACCESS_LASTS.total_seconds()
    me = client.send("GET", "/api/v1/me")
    assert me.json["id"] == anna.id
    assert "Set-Cookie" not in me.headers
    video = store_video(anna)
    client.send("PATCH", f"/api/v1/videos/{video.id}", {"title": "By a program"})
    assert client.send("GET", "/api/v1/session").json["authenticated"]


def test_a_token_is_verified_by_the_published_keys(client: Client) -> None:
    answer = client.http.get("/.well-known/jwks.json")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    keys = KeySet.import_key_set(answer.json)
    token = jwt.decode(client.bearer, keys, algorithms=["RS256"])
    assert token.header["typ"] == "at+jwt"
    assert token.claims["iss"] == token.claims["aud"] == "http://localhost:6543"


@pytest.mark.parametrize("password", ["wrong one", "p" * 73, "п" * 1000])
def test_wrong_credentials_get_no_tokens(stranger: Browser, password: str) -> None:
    for email in ("anna@example.test", "nobody@example.test"):
        body = {"email": email, "password": password}
        problem(
            stranger.http.post_json("/api/v1/tokens", body, status=401), "wrong_credentials"
        )


def test_attempts_are_limited_as_they_are_at_the_sign_in_page(
    anna: Browser, container: Container
) -> None:
    settings = container.settings()
    limits = {**settings.rate_limits, "sign_in": Rate(2, 60)}
    container.settings.override(replace(settings, rate_limits=limits))
    wrong = {**RIGHT, "password": "wrong one"}
    for _ in range(2):
        anna.http.post_json("/api/v1/tokens", wrong, status=401)
    answer = anna.http.post_json("/api/v1/tokens", RIGHT, status=429)
    problem(answer, "too_many_requests")


def test_a_browser_gets_a_pair_for_its_session_with_the_csrf_token(
    anna: Browser, app: Router
) -> None:
    problem(anna.http.post_json("/api/v1/tokens", {}, status=403), "csrf_failed")
    pair = anna.send("POST", "/api/v1/tokens", {}, status=201).json
    client = Client(app, pair["access_token"])
    assert client.send("GET", "/api/v1/me").json["id"] == anna.id
    problem(Browser(app).http.post_json("/api/v1/tokens", {}, status=401), "unauthenticated")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({"email": "a@example.test"}, "/password"), ({"password": "x"}, "/email")],
)
def test_half_of_the_credentials_is_not_enough(
    stranger: Browser, body: dict[str, str], pointer: str
) -> None:
    answer = stranger.http.post_json("/api/v1/tokens", body, status=400)
    assert problem(answer, "validation_failed")["errors"][0]["pointer"] == pointer


def test_refreshing_rotates_and_reuse_ends_the_family(client: Client) -> None:
    second = client.refresh(client.pair["refresh_token"]).json
    assert second["refresh_token"] != client.pair["refresh_token"]
    problem(client.refresh(client.pair["refresh_token"], status=401), "invalid_refresh_token")
    problem(client.refresh(second["refresh_token"], status=401), "invalid_refresh_token")
    for bearer in (second["access_token"], client.bearer):
        client.bearer = bearer
        problem(client.send("GET", "/api/v1/videos", status=401), "invalid_token")


def test_of_two_that_refresh_at_once_one_gets_a_pair(
    client: Client, container: Container
) -> None:
    together = Barrier(4)
    answers: list[str] = []

    def refresh() -> None:
        use_case = container.refresh_tokens()
        together.wait()
        try:
            use_case(refresh_token=client.pair["refresh_token"])
            answers.append("pair")
        except Exception as error:
            answers.append(getattr(error, "code", repr(error)))

    threads = [Thread(target=refresh) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["invalid_refresh_token"] * 3 + ["pair"]
    problem(client.send("GET", "/api/v1/me", status=401), "invalid_token")


def test_the_kinds_are_not_interchangeable(client: Client, anna: Browser) -> None:
    access, refresh = client.pair["access_token"], client.pair["refresh_token"]
    key = personal(anna, "read")["token"]
    session = anna.http.cookies["hub_session"]
    for token in (access, key, session, anna.token(), "", "x" * 100_000):
        problem(client.refresh(token, status=401), "invalid_refresh_token")
    for token in (refresh, session, anna.token(), f"vhp_{refresh}", access[:-1], "vhp_"):
        client.bearer = token
        problem(client.send("GET", "/api/v1/videos", status=401), "invalid_token")
    for token in (access, refresh, key):
        stranger = Client(anna.http.app).http
        stranger.set_cookie("hub_session", token)
        assert not stranger.get("/api/v1/session").json["authenticated"]


def test_of_two_credentials_the_bearer_counts(client: Client, anna: Browser) -> None:
    headers = {"Authorization": f"Bearer {client.bearer}x"}
    problem(anna.http.get("/api/v1/videos", headers=headers, status=401), "invalid_token")
    # A page of another site cannot send the header, so that no CSRF token is asked for.
    headers = {"Authorization": f"Bearer {client.bearer}"}
    anna.http.delete_json(
        "/api/v1/me/access-tokens/nothing000000000", headers=headers, status=404
    )


def test_revoking_ends_the_client_and_never_fails(client: Client) -> None:
    for token in (client.pair["refresh_token"], client.pair["refresh_token"], "unknown"):
        body = {"refresh_token": token}
        client.http.post_json("/api/v1/tokens/revoke", body, status=204)
    problem(client.send("GET", "/api/v1/me", status=401), "invalid_token")
    problem(client.refresh(client.pair["refresh_token"], status=401), "invalid_refresh_token")


def test_sessions_and_clients_are_listed_and_ended(
    client: Client, anna: Browser, app: Router
) -> None:
    elsewhere = Browser(app)
    elsewhere.http.extra_environ["HTTP_USER_AGENT"] = "Firefox elsewhere"
    elsewhere.sign_in("anna")
    items = anna.get("/api/v1/me/sessions").json["items"]
    assert [(item["kind"], item["current"]) for item in items] == [
        ("browser", False),
        ("browser", True),
        ("client", False),
    ]
    assert items[0]["client"] == "Firefox elsewhere"
    assert anna.http.cookies["hub_session"] not in str(items)
    for item in (items[0], items[2]):
        anna.send("DELETE", f"/api/v1/me/sessions/{item['id']}", status=204)
        again = anna.send("DELETE", f"/api/v1/me/sessions/{item['id']}", status=404)
        problem(again, "no_such_session")
    elsewhere.get("/api/v1/me", status=401)
    client.send("GET", "/api/v1/me", status=401)
    assert len(anna.get("/api/v1/me/sessions").json["items"]) == 1
    anna.send("DELETE", f"/api/v1/me/sessions/{items[1]['id']}", status=204)
    anna.get("/api/v1/me", status=401)


def test_nobody_ends_anothers_session(client: Client, anna: Browser, boris: Browser) -> None:
    for item in anna.get("/api/v1/me/sessions").json["items"]:
        answer = boris.send("DELETE", f"/api/v1/me/sessions/{item['id']}", status=404)
        problem(answer, "no_such_session")
    assert len(anna.get("/api/v1/me/sessions").json["items"]) == 2


def test_a_personal_token_is_shown_once_and_deleted(anna: Browser, app: Router) -> None:
    made = personal(anna, "read", days=30)
    listed = anna.get("/api/v1/me/access-tokens")
    assert made["token"] not in listed.text
    (item,) = listed.json["items"]
    assert item == {key: value for key, value in made.items() if key != "token"}
    client = Client(app, made["token"])
    assert client.send("GET", "/api/v1/me").json["id"] == anna.id
    assert anna.get("/api/v1/me/access-tokens").json["items"][0]["last_used"]
    anna.send("DELETE", f"/api/v1/me/access-tokens/{made['id']}", status=204)
    problem(client.send("GET", "/api/v1/videos", status=401), "invalid_token")
    again = anna.send("DELETE", f"/api/v1/me/access-tokens/{made['id']}", status=404)
    problem(again, "no_such_token")


def test_a_personal_token_of_another_is_none(anna: Browser, boris: Browser) -> None:
    made = personal(anna, "read")
    answer = boris.send("DELETE", f"/api/v1/me/access-tokens/{made['id']}", status=404)
    problem(answer, "no_such_token")
    assert boris.get("/api/v1/me/access-tokens").json["items"] == []


def test_making_a_token_twice_with_one_key_makes_one(anna: Browser) -> None:
    body = {"name": "script", "scopes": ["read"]}
    answers = [
        anna.send("POST", "/api/v1/me/access-tokens", body, status=201, Idempotency_Key="k")
        for _ in range(2)
    ]
    assert answers[0].json == answers[1].json
    assert len(anna.get("/api/v1/me/access-tokens").json["items"]) == 1


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["root"]}, "/scopes/0"),
        ({"scopes": "read"}, "/scopes"),
        ({"days": 0}, "/days"),
        ({"days": 1.5}, "/days"),
        ({"days": True}, "/days"),
        ({"days": "1"}, "/days"),
    ],
)
def test_a_personal_token_that_cannot_be(
    anna: Browser, wrong: dict[str, Any], pointer: str
) -> None:
    body = {"name": "script", "scopes": ["read"], **wrong}
    answer = anna.send("POST", "/api/v1/me/access-tokens", body, status=400)
    assert problem(answer, "validation_failed")["errors"][0]["pointer"] == pointer
    assert anna.get("/api/v1/me/access-tokens").json["items"] == []


def test_scopes_are_asked_for(
    anna: Browser, app: Router, container: Container, store_video: Any
) -> None:
    container.change_role()(actor=OPERATOR, user_id=anna.id, role=Role.MODERATOR)
    anna.sign_in("anna")
    video = f"/api/v1/videos/{store_video(anna).id}"
    calls = {
        "read": ("GET", video, None, 200),
        "write": ("PATCH", video, {"title": "New"}, 200),
        "moderate": ("GET", "/api/v1/users", None, 200),
    }
    for held in ("read", "upload", "write", "moderate"):
        client = Client(app, personal(anna, held)["token"])
        for needed, (method, path, body, status) in calls.items():
            if held == needed:
                client.send(method, path, body, status)
                continue
            answer = client.send(method, path, body, 403)
            document = problem(answer, "insufficient_scope")
            assert document["detail"] == f"The scope {needed} is needed."
            challenge = answer.headers["WWW-Authenticate"]
            assert challenge == 'Bearer error="insufficient_scope"'


def test_a_personal_token_for_reading_does_nothing_else(
    anna: Browser, app: Router, container: Container, store_video: Any
) -> None:
    """Whatever changes something, of every operation there is, is not for it."""
    container.change_role()(actor=OPERATOR, user_id=anna.id, role=Role.ADMIN)
    anna.sign_in("anna")
    token = personal(anna, "read")["token"]
    ids = {"video_id": store_video(anna).id, "user_id": anna.id, "index": "1"}
    client = Client(app, token)
    document = documented(app.registry.cornice_services.values())
    asked = 0
    for operation, (method, template, described) in document.operations().items():
        # The streams' part is asked end to end, with the matrix of theirs.
        streamed = operation in {one.operation_id for one in STREAMED}
        if method.upper() in ("GET", "HEAD") or streamed or _of_cookies(described):
            continue
        path = template.format_map(_Ids(ids))
        answer = client.send(method.upper(), path, None, 403)
        assert answer.json["code"] in ("insufficient_scope", "not_with_this_token"), operation
        asked += 1
    assert asked >= 8
    assert anna.get(f"/api/v1/videos/{ids['video_id']}").json["title"] == "Узлы / Knots"


class _Ids(dict[str, str]):
    def __missing__(self, _name: str) -> str:
        return "nothing000000000"


def _of_cookies(described: dict[str, Any]) -> bool:
    """Tell whether a bearer is not looked at: signing in and out are about the cookie."""
    return not any("bearer" in way for way in described.get("security", []))


def test_a_role_ends_clients_and_sessions_and_leaves_personal_tokens(
    client: Client, anna: Browser, app: Router, container: Container
) -> None:
    token = personal(anna, "read", "moderate")["token"]
    container.change_role()(actor=OPERATOR, user_id=anna.id, role=Role.MODERATOR)
    assert not anna.get("/api/v1/session").json["authenticated"]
    client.send("GET", "/api/v1/me", status=401)
    assert Client(app, token).send("GET", "/api/v1/users").json["items"]


def test_tokens_end_with_their_time(
    client: Client, anna: Browser, app: Router, container: Container
) -> None:
    token = personal(anna, "read", days=1)["token"]
    clock = container.clock()
    times = count()

    class Later:
        def now(self) -> Any:
            next(times)
            return clock.now() + ACCESS_LASTS + timedelta(minutes=2)

    # The signer keeps the clock that it was made with.
    signer = container.signer()
    signer._clock = Later()
    problem(client.send("GET", "/api/v1/videos", status=401), "invalid_token")
    assert next(times) > 0
    client.refresh(client.pair["refresh_token"])
    with container.uow() as uow:
        for listed in container.list_access_tokens()(actor=anna_actor(container, anna)):
            stored = uow.access_tokens.get(listed.id)
            assert stored is not None
            stored.expires_at = clock.now()
        for family in container.list_families()(actor=anna_actor(container, anna)):
            kept = uow.families.get(family.id)
            assert kept is not None
            kept.last_used = clock.now() - REFRESH_LASTS
        uow.commit()
    problem(Client(app, token).send("GET", "/api/v1/videos", status=401), "invalid_token")


def anna_actor(container: Container, anna: Browser) -> Any:
    return container.account_reader().user(anna.id).actor


@pytest.mark.parametrize("path", ["/settings/profile", "/settings/password"])
def test_a_personal_token_is_not_for_the_pages_of_the_account(
    anna: Browser, app: Router, path: str
) -> None:
    token = personal(anna, "read", "write")["token"]
    program = Browser(app).http
    program.authorization = ("Bearer", token)
    program.get(path, status=403)
    fields = {"display_name": "Eve", "email": RIGHT["email"], "locale": "", "phone": ""}
    passwords = {"current_password": PASSWORD, "new_password": "another long one"}
    program.post(path, {**fields, **passwords}, status=403)
    assert anna.get("/api/v1/me").json["display_name"] == "anna"


def test_a_moderators_token_moderates_only_if_it_says_so(
    anna: Browser, boris: Browser, app: Router, container: Container, store_video: Any
) -> None:
    video = store_video(boris)
    path = f"/api/v1/videos/{video.id}/comments"
    said = boris.send("POST", path, {"text": "Да"}, 201).json["id"]
    container.change_role()(actor=OPERATOR, user_id=anna.id, role=Role.MODERATOR)
    anna.sign_in("anna")
    lesser, full = (
        Client(app, personal(anna, "read", "write", *more)["token"])
        for more in ((), ("moderate",))
    )
    lesser.send("GET", f"/api/v1/comments/{said}/history", None, 403)
    lesser.send("DELETE", f"/api/v1/comments/{said}", None, 403)
    full.send("DELETE", f"/api/v1/comments/{said}", None, 204)
