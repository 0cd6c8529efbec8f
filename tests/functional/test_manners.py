"""The conventions of the contract that hold for every resource."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pyramid.router import Router

from entrypoints.container import Container
from entrypoints.http.app import make_app
from tests.functional.browser import PASSWORD, Browser, problem
from videohub_core.shared.errors import Unavailable
from videohub_core.shared.rate_limit import Rate
from videohub_core.videos.entities import VideoDetails

Store = Callable[..., Any]


def paths(anna: Browser, video: Any) -> list[str]:
    me = anna.get("/api/v1/me").json
    return [
        f"/api/v1/videos/{video.id}",
        f"/api/v1/channels/{me['channel']['id']}",
        f"/api/v1/users/{me['id']}",
        "/api/v1/me",
    ]


def test_single_resources_are_sent_again_only_when_they_changed(
    anna: Browser, store_video: Store
) -> None:
    for path in paths(anna, store_video(anna)):
        tag = anna.get(path).headers["ETag"]
        assert tag.startswith('"')
        unchanged = anna.get(path, status=304, If_None_Match=tag)
        assert (unchanged.body, unchanged.headers["ETag"]) == (b"", tag)
        anna.get(path, If_None_Match='"another"')


def test_an_edit_of_what_changed_meanwhile_is_refused(
    anna: Browser, store_video: Store
) -> None:
    path = f"/api/v1/videos/{store_video(anna).id}"
    tag = anna.get(path).headers["ETag"]
    changed = anna.send("PATCH", path, {"title": "First"}, If_Match=tag)
    assert changed.headers["ETag"] == anna.get(path).headers["ETag"] != tag
    for method in ("PATCH", "DELETE"):
        answer = anna.send(method, path, {"title": "Second"}, status=412, If_Match=tag)
        problem(answer, "precondition_failed")
    # What is wrong with the input comes first, and a stranger learns nothing.
    problem(anna.send("PATCH", path, {"x": 1}, status=400, If_Match=tag), "unknown_field")
    assert anna.get(path).json["title"] == "First"
    anna.send("DELETE", path, status=204, If_Match="*")


def test_a_change_between_the_check_and_the_write_is_found(
    anna: Browser, store_video: Store, container: Container
) -> None:
    from videohub_core.shared.actor import Actor
    from videohub_core.shared.ids import UserId
    from videohub_core.videos.errors import VideoChanged

    video = store_video(anna)
    seen = VideoDetails("Not what it is", "", (), video.visibility)
    for use_case in (container.edit_video(), container.delete_video()):
        with pytest.raises(VideoChanged):
            use_case(actor=Actor(UserId(anna.id)), video_id=video.id, seen=seen)


def test_a_repeated_registration_with_its_key_is_done_once(stranger: Browser) -> None:
    body = {"email": "a@example.test", "password": PASSWORD, "display_name": "A"}
    first = stranger.send("POST", "/api/v1/users", body, status=201, Idempotency_Key="k1")
    again = stranger.send("POST", "/api/v1/users", body, status=201, Idempotency_Key="k1")
    assert again.json == first.json
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    other = {**body, "email": "b@example.test"}
    answer = stranger.send("POST", "/api/v1/users", other, status=422, Idempotency_Key="k1")
    problem(answer, "idempotency_key_reused")
    stranger.send("POST", "/api/v1/users", other, status=201, Idempotency_Key="k2")


def test_a_repeated_request_gets_the_first_answer_whatever_happened_since(
    stranger: Browser, anna: Browser, container: Container
) -> None:
    body = {"email": "a@example.test", "password": PASSWORD, "display_name": "A"}
    first = stranger.send("POST", "/api/v1/users", body, status=201, Idempotency_Key="k1")
    with container.uow() as uow:
        user = uow.users.get(first.json["id"])
        assert user is not None
        user.display_name = "Changed since"
        uow.commit()
    again = stranger.send("POST", "/api/v1/users", body, status=201, Idempotency_Key="k1")
    assert again.body == first.body
    assert stranger.get(f"/api/v1/users/{first.json['id']}").json["display_name"] != "A"


def test_what_was_made_is_answered_where_no_answer_was_kept(
    stranger: Browser, container: Container
) -> None:
    """The hub was killed between making it and answering."""
    answers = container.kept_answers()
    body = {"email": "a@example.test", "password": PASSWORD, "display_name": "A"}
    container.kept_answers.override(AwayAnswers())
    first = stranger.send("POST", "/api/v1/users", body, status=201, Idempotency_Key="k1")
    container.kept_answers.override(answers)
    again = stranger.send("POST", "/api/v1/users", body, status=201, Idempotency_Key="k1")
    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")
    third = stranger.send("POST", "/api/v1/users", body, status=201, Idempotency_Key="k1")
    assert third.json == first.json


class AwayAnswers:
    """Answers that cannot be kept, as when the database goes away after the commit."""

    def get(self, _key: Any) -> None:
        return None

    def keep(self, _key: Any, _answer: bytes) -> None:
        raise Unavailable


def test_a_repeated_sign_in_starts_one_session(app: Router, anna: Browser) -> None:
    body = {"email": "anna@example.test", "password": PASSWORD}
    browser, copy = Browser(app), Browser(app)
    first = browser.send("POST", "/api/v1/session", body, status=201, Idempotency_Key="k")
    cookie = browser.http.cookies["hub_session"]
    for repeated in (browser, copy):
        again = repeated.send("POST", "/api/v1/session", body, status=201, Idempotency_Key="k")
        assert again.json == first.json
        assert again.headers["Idempotent-Replayed"] == "true"
        assert repeated.http.cookies["hub_session"] == cookie
        assert repeated.get("/api/v1/me").json["id"] == anna.id
    wrong = {**body, "password": "a guess"}
    answer = copy.send("POST", "/api/v1/session", wrong, status=422, Idempotency_Key="k")
    problem(answer, "idempotency_key_reused")


def test_a_refusal_is_not_kept(stranger: Browser, anna: Browser) -> None:
    wrong = {"email": "anna@example.test", "password": "not hers"}
    for _ in range(2):
        answer = stranger.send(
            "POST", "/api/v1/session", wrong, status=401, Idempotency_Key="k"
        )
        assert "Idempotent-Replayed" not in answer.headers


def test_a_key_is_of_one_browser(app: Router) -> None:
    body = {"email": "a@example.test", "password": PASSWORD, "display_name": "A"}
    one, two = Browser(app), Browser(app)
    one.send("POST", "/api/v1/users", body, status=201, Idempotency_Key="k1")
    two.send("POST", "/api/v1/users", body, status=409, Idempotency_Key="k1")


@pytest.mark.parametrize("key", ["", "k" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(stranger: Browser, key: str) -> None:
    body = {"email": "a@example.test", "password": PASSWORD, "display_name": "A"}
    answer = stranger.send("POST", "/api/v1/users", body, status=400, Idempotency_Key=key)
    problem(answer, "validation_failed")


@pytest.mark.parametrize("accept", ["text/html", "image/png", "application/xml;q=0.9"])
def test_what_has_no_acceptable_form_is_406(stranger: Browser, accept: str) -> None:
    problem(stranger.get("/api/v1/videos", status=406, Accept=accept), "not_acceptable")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html, */*;q=0.1", ""])
def test_what_has_one_is_answered(stranger: Browser, accept: str) -> None:
    stranger.get("/api/v1/videos", Accept=accept)


def set_rate(container: Container, kind: str, rate: Rate) -> None:
    rates = {**container.settings().rate_limits, kind: rate}
    container.settings.override(replace(container.settings(), rate_limits=rates))


def test_too_many_requests_are_told_when_to_come_back(
    container: Container, stranger: Browser
) -> None:
    set_rate(container, "read", Rate(5, 60))
    for _ in range(5):
        stranger.get("/api/v1/videos")
    answer = stranger.get("/api/v1/videos", status=429)
    problem(answer, "too_many_requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    # What is wrong with a request is said all the same.
    stranger.get("/api/v1/videos?x=1", status=400)


def test_guessing_passwords_is_slow_for_one_account_and_not_for_others(
    container: Container, stranger: Browser, anna: Browser
) -> None:
    set_rate(container, "sign_in", Rate(3, 60))

    def sign_in(email: str, status: int) -> Any:
        credentials = {"email": email, "password": "wrong one"}
        return stranger.send("POST", "/api/v1/session", credentials, status=status)

    for _ in range(3):
        sign_in("anna@example.test", 401)
    problem(sign_in(" ANNA@example.test", 429), "too_many_requests")
    sign_in("boris@example.test", 401)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("узлы", ["Морские узлы"]),
        ("УЗЛ мор", ["Морские узлы"]),
        ("елка", ["Ёлка"]),
        ("ёлка", ["Ёлка"]),
        ("завязать", ["Морские узлы"]),
        ("злы", []),
        ("узлы ёлка", []),
        ("knots", []),
        ("100%", ["100 _дней_"]),
        ("_дней_", ["100 _дней_"]),
        ("%", []),
        ("' OR 1=1 --", []),
        ("*", []),
        ("privat", []),
    ],
)
def test_search_finds_words(
    anna: Browser, stranger: Browser, store_video: Store, text: str, found: list[str]
) -> None:
    for title, description in (
        ("Морские узлы", "Как завязать"),
        ("Ёлка", ""),
        ("100 _дней_", ""),
        ("Privat", ""),
    ):
        video = store_video(anna)
        visibility = "private" if title == "Privat" else "public"
        change = {"title": title, "description": description, "visibility": visibility}
        anna.send("PATCH", f"/api/v1/videos/{video.id}", change)
    answer = stranger.http.get("/api/v1/search/videos", params={"q": text}).json
    assert [item["title"] for item in answer["items"]] == found
    assert answer["next_cursor"] is None


def test_search_forgets_what_changed(
    anna: Browser, stranger: Browser, store_video: Store
) -> None:
    path = f"/api/v1/videos/{store_video(anna).id}"

    def found(word: str) -> int:
        return len(stranger.get(f"/api/v1/search/videos?q={word}").json["items"])

    anna.send("PATCH", path, {"title": "before"})
    assert found("before") == 1
    anna.send("PATCH", path, {"title": "after"})
    assert (found("before"), found("after")) == (0, 1)
    anna.send("PATCH", path, {"visibility": "unlisted"})
    assert found("after") == 0
    anna.send("PATCH", path, {"visibility": "public"})
    assert found("after") == 1
    anna.send("DELETE", path, status=204)
    assert found("after") == 0


def test_search_pages(anna: Browser, stranger: Browser, store_video: Store) -> None:
    for _ in range(3):
        video = store_video(anna)
        anna.send("PATCH", f"/api/v1/videos/{video.id}", {"title": "same words"})
    first = stranger.get("/api/v1/search/videos?q=same&limit=2")
    rest = stranger.get(first.headers["Link"].partition("<")[2].partition(">")[0])
    ids = [item["id"] for item in first.json["items"] + rest.json["items"]]
    assert len(set(ids)) == 3
    assert rest.json["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("", "/q", "required"),
        ("q=", "/q", "required"),
        ("q=%20", "/q", "required"),
        ("q=" + "a" * 201, "/q", "too_long"),
        ("q=" + "+".join("abcdefghijk"), "/q", "too_many"),
        ("q=%00", "/q", "invalid_character"),
        ("q=a&sort=likes", "/sort", "invalid"),
        ("q=a&duration_min=-1", "/duration_min", "invalid"),
        ("q=a&duration_max=1.5", "/duration_max", "invalid"),
        ("q=a&published_after=yesterday", "/published_after", "invalid"),
        ("q=a&channel=..", "/channel", "invalid"),
        ("q=a&tag=", "/tag", "required"),
        ("q=a&tag=" + "a" * 51, "/tag", "too_long"),
        ("q=a&tag=a%09b", "/tag", "invalid_character"),
        ("q=a&cursor=WzEsIjEiXQ", "/cursor", "invalid_cursor"),
        ("q=" + "a" * 10_000, "/q", "too_long"),
    ],
)
def test_wrong_searches(stranger: Browser, query: str, pointer: str, code: str) -> None:
    answer = stranger.get(f"/api/v1/search/videos?{query}", status=400)
    (error,) = problem(answer, "validation_failed")["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)


def test_search_marks_corrects_and_suggests(
    anna: Browser, stranger: Browser, store_video: Store
) -> None:
    video = store_video(anna)
    change = {"title": "Морские узлы", "description": "<b>узел</b>", "tags": ["море"]}
    anna.send("PATCH", f"/api/v1/videos/{video.id}", change)
    answer = stranger.http.get("/api/v1/search/videos", params={"q": "моррские узел"}).json
    assert answer["corrected"] == "морские узел"
    (item,) = answer["items"]
    marked = [part["text"] for part in item["snippets"]["title"] if part["mark"]]
    assert marked == ["Морские", "узлы"]
    assert item["snippets"]["description"][0] == {"text": "<b>", "mark": False}
    found = stranger.http.get("/api/v1/search/suggestions", params={"q": "мор"}).json["items"]
    assert {one["text"] for one in found} == {"Морские узлы", "море"}


def test_a_cursor_of_another_search_is_none_of_this(
    anna: Browser, stranger: Browser, store_video: Store
) -> None:
    for _ in range(2):
        video = store_video(anna)
        anna.send("PATCH", f"/api/v1/videos/{video.id}", {"title": "same words"})
    cursor = stranger.get("/api/v1/search/videos?q=same&limit=1").json["next_cursor"]
    stranger.get(f"/api/v1/search/videos?q=same&limit=1&cursor={cursor}")
    for other in ("q=words", "q=same&sort=-views", "q=same&duration_min=1"):
        answer = stranger.get(f"/api/v1/search/videos?{other}&cursor={cursor}", status=400)
        assert problem(answer, "validation_failed")["errors"][0]["code"] == "invalid_cursor"


FRIEND = "https://app.example.org"


@pytest.fixture
def friendly(container: Container) -> Browser:
    container.settings.override(replace(container.settings(), cors_origins=(FRIEND,)))
    return Browser(make_app(container))


def test_a_page_of_an_allowed_origin_may_read_and_act(friendly: Browser) -> None:
    answer = friendly.get("/api/v1/videos", Origin=FRIEND)
    assert answer.headers["Access-Control-Allow-Origin"] == FRIEND
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in answer.headers["Vary"]
    refused = friendly.get("/api/v1/videos?x=1", status=400, Origin=FRIEND)
    assert refused.headers["Access-Control-Allow-Origin"] == FRIEND
    friendly.send(
        "POST",
        "/api/v1/users",
        {"email": "a@example.test", "password": PASSWORD, "display_name": "A"},
        status=201,
        Origin=FRIEND,
    )


def test_a_preflight_is_answered_without_doing_anything(friendly: Browser) -> None:
    headers = {"Origin": FRIEND, "Access-Control-Request-Method": "DELETE"}
    answer = friendly.http.options("/api/v1/session", headers=headers, status=204)
    assert "DELETE" in answer.headers["Access-Control-Allow-Methods"]
    assert int(answer.headers["Access-Control-Max-Age"]) <= 7200
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://app.example.org.evil.example",
        "http://app.example.org",
        "https://x",
        "*",
    ],
)
def test_no_other_origin_is_told_anything(friendly: Browser, origin: str) -> None:
    answer = friendly.get("/api/v1/videos", Origin=origin)
    assert not [name for name in answer.headers if name.startswith("Access-Control")]
    headers = {"Origin": origin, "Access-Control-Request-Method": "DELETE"}
    friendly.http.options("/api/v1/session", headers=headers, status=405)
