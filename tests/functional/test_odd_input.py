"""Whatever is sent: an answer with a code, never a 500, and the same on both databases."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from entrypoints.container import build_container
from entrypoints.http.app import make_app
from entrypoints.settings import make_settings
from tests.factories.entities import NOW, make_video
from tests.fakes.simple import FakePasswords
from tests.functional.browser import Browser
from tests.postgres import Postgres
from videohub_core.moderation.entities import ReportKind, ReportReason, ReportState
from videohub_core.shared.actor import OPERATOR, Actor, Role
from videohub_core.shared.ids import RoomId, UserId
from videohub_core.shared.paging import PageRequest
from videohub_core.shared.rate_limit import Rate
from videohub_core.videos.entities import ProcessingState

EXAMPLES = hypothesis_settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# Each is sent to four addresses, on both databases.
FEW_EXAMPLES = hypothesis_settings(EXAMPLES, max_examples=12)

ODD = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "\0",
            "a\0b",
            "\ud800",
            "\udfff\ud800",
            "\u202e\u2066right to left",
            "\ufeff",
            "\uffff",
            "😀" * 50,
            "e\u0301" * 100,
            "' OR 1=1 --",
            "%_\\",
            '"; DROP TABLE videos; --',
            "{{7*7}}${7*7}<script>alert(1)</script>",
            "x" * 300,
            "x" * 1_000_000,
            "-1",
            "1e400",
            "NaN",
            "../../etc/passwd",
            "\r\nSet-Cookie: a=b",
        ]
    ),
)
HUGE = st.sampled_from([0, -1, 2**31, 2**63, 2**64, 10**400, -(10**400), 1e308, 0.1])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), HUGE, ODD),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = {
    "/api/v1/users": ["email", "password", "display_name", "invitation"],
    "/api/v1/session": ["email", "password"],
    "/api/v1/videos/{video}": ["title", "description", "tags", "visibility"],
    "/api/v1/channels/{channel}": ["title", "description"],
    "/api/v1/channels/{others_channel}/subscription": ["bell"],
    "/api/v1/videos/{video}/comments": ["text", "media_time", "reply_to"],
    "/api/v1/comments/{comment}": ["text"],
    "/api/v1/videos/{video}/poster": ["at"],
    "/api/v1/videos/{video}/playback-links": ["seconds"],
    "/api/v1/videos/{video}/views": ["seconds"],
    "/api/v1/tokens": ["email", "password"],
    "/api/v1/tokens/refresh": ["refresh_token"],
    "/api/v1/me/access-tokens": ["name", "scopes", "days"],
    "/api/v1/users/{other}/ban": ["reason", "until"],
    "/api/v1/users/{other}": ["role"],
    "/api/v1/me": ["display_name", "locale", "phone", "email", "current_password"],
    "/api/v1/me/password": ["current_password", "new_password"],
    "/api/v1/email-verifications": ["email"],
    "/api/v1/password-resets": ["email"],
    "/api/v1/password-resets/some-token": ["password"],
    "/api/v1/invitations": ["email", "note"],
    "/api/v1/reports": ["kind", "id", "reason", "text"],
    "/api/v1/moderation/reports/{report}": ["state", "note"],
    "/api/v1/moderation/videos/{video}/hidden": ["reason"],
    "/api/v1/chat/rooms": ["kind", "user_id", "title", "member_ids"],
    "/api/v1/chat/rooms/{group}": ["title", "slow_seconds"],
    "/api/v1/chat/rooms/{group}/members/{other}": ["role"],
    "/api/v1/chat/rooms/{video}/mutes/{other}": ["until"],
    "/api/v1/chat/rooms/{group}/messages": ["text", "client_id", "reply_to"],
    "/api/v1/chat/rooms/{group}/messages/1": ["text"],
    "/api/v1/chat/rooms/{group}/read": ["index"],
}
METHODS = {
    "/api/v1/videos/{video}": "PATCH",
    "/api/v1/channels/{channel}": "PATCH",
    "/api/v1/channels/{others_channel}/subscription": "PUT",
    "/api/v1/comments/{comment}": "PATCH",
    "/api/v1/videos/{video}/poster": "PUT",
    "/api/v1/users/{other}/ban": "PUT",
    "/api/v1/users/{other}": "PATCH",
    "/api/v1/me": "PATCH",
    "/api/v1/me/password": "PUT",
    "/api/v1/moderation/reports/{report}": "PATCH",
    "/api/v1/moderation/videos/{video}/hidden": "PUT",
    "/api/v1/chat/rooms/{group}": "PATCH",
    "/api/v1/chat/rooms/{group}/members/{other}": "PUT",
    "/api/v1/chat/rooms/{video}/mutes/{other}": "PUT",
    "/api/v1/chat/rooms/{group}/messages/1": "PATCH",
    "/api/v1/chat/rooms/{group}/read": "PUT",
}
FOR_STRANGERS = ("/api/v1/users",)
"""Where whoever is signed in is refused before anything is looked at."""
FORMS = {
    "/register": ["display_name", "email", "password", "return_to", "invitation"],
    "/auth/login": ["email", "password", "return_to"],
    "/auth/local": ["email", "password", "return_to"],
    "/verify-email": ["token"],
    "/verify-email/send": ["email"],
    "/forgot-password": ["email"],
    "/reset-password": ["token", "password"],
    "/settings/profile": ["display_name", "email", "phone", "locale", "current_password"],
    "/settings/password": ["current_password", "new_password"],
    "/settings/sessions/nothing000000000/end": [],
    "/settings/sessions/end-others": [],
    "/settings/access-tokens": ["name", "scopes", "days"],
    "/settings/access-tokens/nothing000000000/delete": [],
    "/settings/account": ["password"],
    "/moderation/users/{other}/ban": ["reason", "lasts"],
    "/moderation/users/{other}/unban": [],
    "/moderation/users/{other}/role": ["role"],
    "/moderation/users/nothing000000000/delete": [],
    "/invitations": ["email", "note"],
    "/invitations/nothing000000000/withdraw": [],
    "/auth/logout": [],
    "/report/video/{video}": ["reason", "text"],
    "/report/user/{other}": ["reason", "text"],
    "/moderation/reports/{report}": ["state", "note"],
    "/moderation/videos/{video}/hide": ["reason"],
    "/moderation/videos/{video}/unhide": [],
    "/watch/{video}/like": ["on"],
    "/channels/{others_channel}/subscription": ["on", "bell", "return_to"],
    "/channels/{channel}/edit": ["title", "description"],
    "/users/{other}/block": ["on", "return_to"],
    "/watch/{video}/comments": ["text", "at", "reply_to"],
    # From here on nobody may comment: a box that is not sent is not ticked.
    "/studio/{video}": ["title", "description", "tags", "visibility", "comments_allowed"],
    "/comments/{comment}/edit": ["text"],
    "/comments/nothing000000000/delete": [],
    "/studio/{video}/captions": ["language", "other_language", "captions"],
    "/studio/{video}/captions/delete": ["language"],
    "/studio/{video}/poster": ["at", "picture"],
    "/studio/nothing000000000/delete": [],
}
"""The pages that a plain form is sent to, and its fields."""
FORMS_OF_STRANGERS = ("/register", "/auth/login", "/auth/local", "/auth/logout")
QUERIES = {
    "/api/v1/videos/{video}/comments": ["limit", "cursor", "sort", "reply_to"],
    "/api/v1/comments/{comment}/history": ["limit", "cursor"],
    "/api/v1/videos": ["limit", "cursor", "sort", "channel", "tag"],
    "/api/v1/chat/rooms": ["limit", "cursor"],
    "/api/v1/chat/rooms/{group}/members": ["limit", "cursor"],
    "/api/v1/chat/rooms/{group}/messages": ["before", "after", "around", "limit"],
    "/api/v1/me/videos": ["limit", "cursor"],
    "/api/v1/videos/{video}/related": ["limit"],
    "/api/v1/search/videos": [
        *("q", "limit", "cursor", "sort", "channel", "tag"),
        *("duration_min", "duration_max", "published_after"),
    ],
    "/api/v1/search/suggestions": ["q"],
    "/api/v1/channels/{channel}/videos": ["limit", "cursor", "sort"],
    "/api/v1/me/likes": ["limit", "cursor"],
    "/api/v1/me/subscriptions": ["limit", "cursor"],
    "/api/v1/me/feed": ["limit", "cursor"],
    "/api/v1/me/blocks": ["limit", "cursor"],
    "/api/v1/users": ["search", "role", "banned", "limit", "cursor"],
    "/api/v1/moderation/audit": ["limit", "cursor"],
    "/api/v1/moderation/reports": ["state", "limit", "cursor"],
    "/api/v1/csrf": ["anything"],
    "/search": ["q", "cursor", "sort", "length", "age"],
    "/": ["cursor", "sort"],
    "/channels/{channel}": ["cursor", "sort"],
    "/subscriptions": ["cursor"],
    "/subscriptions/channels": ["cursor"],
    "/likes": ["cursor"],
    "/watch/{video}": ["t", "comment"],
    "/watch/{video}/comments": ["thread", "cursor"],
    "/upload": ["error"],
    "/auth/login": ["return_to"],
    "/auth/local": ["return_to"],
    "/register": ["return_to", "invitation"],
    "/verify-email": ["token", "sent"],
    "/reset-password": ["token"],
    "/api/v1/invitations": ["limit", "cursor"],
    "/invitations": ["cursor"],
    "/settings/sessions": ["ended", "ended_others"],
    "/settings/blocked": ["cursor"],
    "/moderation/users": ["q", "role", "banned", "cursor", "done", "user"],
    "/moderation/users/{other}/ban": ["q", "role", "banned"],
    "/moderation/audit": ["cursor"],
    "/moderation/reports": ["state", "cursor", "decided"],
    "/report/video/{video}": ["sent"],
    "/oembed": ["url", "format", "maxwidth", "maxheight"],
    "/sitemaps/videos.xml": ["after", "to"],
    "/sitemaps/channels.xml": ["after", "to"],
}


class Hub:
    """The application on one database, with a signed-in member who has a video."""

    def __init__(self, folder: Any, database_url: str) -> None:
        settings = make_settings(
            {
                "videohub.data_dir": str(folder),
                "videohub.development": "yes",
                "videohub.database_url": database_url,
            },
            {},
        )
        plenty = dict.fromkeys(settings.rate_limits, Rate(1_000_000, 1))
        self.container = build_container(replace(settings, rate_limits=plenty))
        self.container.migrate()
        self.container.passwords.override(FakePasswords())
        self.container.rotate_signing_key().if_there_is_none()
        app = make_app(self.container)
        other = Browser(app).register("other")
        self.browser = Browser(app).register("member")
        self.container.change_role()(actor=OPERATOR, user_id=self.browser.id, role=Role.ADMIN)
        self.browser.sign_in("member")
        self.token = self.browser.token()
        self.stranger = Browser(self.browser.http.app)
        self.strangers_token = self.stranger.token()
        with self.container.uow() as uow:
            channel = uow.channels.of_user(self.browser.id)
            ready = {"state": ProcessingState.READY, "published_at": NOW}
            video = make_video(channel, **ready)
            uow.videos.add(video)
            others_channel = uow.channels.of_user(other.id).id
            uow.commit()
        comment = self.container.add_comment()(
            actor=Actor(UserId(self.browser.id)), video_id=video.id, text="Да"
        )
        by_member = Actor(UserId(self.browser.id), Role.ADMIN)
        self.container.report_content()(
            actor=by_member,
            kind=ReportKind.VIDEO,
            subject_id=video.id,
            reason=ReportReason.SPAM,
            text="",
        )
        reports = self.container.list_reports()(
            actor=by_member, page=PageRequest(1), state=ReportState.OPEN
        )
        group = self.container.create_group()(actor=by_member, title="Узлы")
        self.container.post_message()(actor=by_member, room_id=RoomId(group.id), text="Да")
        self.names = {
            "group": group.id,
            "video": video.id,
            "channel": channel.id,
            "other": other.id,
            "others_channel": others_channel,
            "comment": comment.id,
            "report": reports.items[0].id,
        }

    def send(self, method: str, path: str, body: bytes, **headers: str) -> Any:
        by_stranger = path in FOR_STRANGERS
        sent = {
            "X-CSRF-Token": self.strangers_token if by_stranger else self.token,
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        browser = self.stranger if by_stranger else self.browser
        return browser.http.request(
            path, method=method, body=body, headers=sent, expect_errors=True
        )

    def submit(
        self, path: str, body: bytes, kind: str = "application/x-www-form-urlencoded"
    ) -> Any:
        """Send a form as a browser does, from somebody who is signed in."""
        if path in FORMS_OF_STRANGERS:
            browser = Browser(self.browser.http.app)
            token = browser.token()
        else:
            browser, token = self.browser, self.token
        headers = {"X-CSRF-Token": token, "Content-Type": kind, "Accept": "text/html"}
        return browser.http.request(
            path.format(**self.names),
            method="POST",
            body=body,
            headers=headers,
            expect_errors=True,
        )

    def close(self) -> None:
        self.container.database().close()
        self.container.hints().close()
        self.container.bus().close()


@pytest.fixture(scope="module")
def hubs(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: Postgres
) -> Iterator[list[Hub]]:
    name = postgres_server.create()
    made = [
        Hub(tmp_path_factory.mktemp("lite"), f"sqlite:///{tmp_path_factory.mktemp('db')}/hub"),
        Hub(tmp_path_factory.mktemp("large"), postgres_server.url(name)),
    ]
    yield made
    for hub in made:
        hub.close()
    postgres_server.drop(name)


def alike(answers: list[Any]) -> Any:
    """Check that both databases gave one answer, and that it is a decent one."""
    kinds = set()
    for answer in answers:
        assert answer.status_int < 500, answer.text
        code = None
        if answer.status_int >= 400 and answer.content_type == "application/problem+json":
            code = answer.json["code"]
            assert len(answer.body) < 20_000
        kinds.add((answer.status_int, code))
    assert len(kinds) == 1, kinds
    return answers[0]


def encode(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize("path", FIELDS)
@EXAMPLES
@given(data=st.data())
def test_json(hubs: list[Hub], path: str, data: st.DataObject) -> None:
    fields = data.draw(
        st.dictionaries(
            st.one_of(st.sampled_from(FIELDS[path]), st.text(max_size=8)), VALUES, max_size=4
        )
    )
    method = METHODS.get(path, "POST")
    body = encode(fields)
    alike([hub.send(method, path.format(**hub.names), body) for hub in hubs])


@pytest.mark.parametrize("path", FIELDS)
@EXAMPLES
@given(body=st.one_of(st.binary(max_size=200), VALUES.map(encode)))
def test_bodies(hubs: list[Hub], path: str, body: bytes) -> None:
    method = METHODS.get(path, "POST")
    alike([hub.send(method, path.format(**hub.names), body) for hub in hubs])


@pytest.mark.parametrize("depth", [10, 1_000, 100_000])
@pytest.mark.parametrize("kind", ["[]", '{"a":}'])
def test_depth(hubs: list[Hub], depth: int, kind: str) -> None:
    opening, closing = kind[:-1], kind[-1]
    body = (opening * depth + "1" + closing * depth).encode()
    for path in FIELDS:
        method = METHODS.get(path, "POST")
        answers = [hub.send(method, path.format(**hub.names), body) for hub in hubs]
        assert alike(answers).status_int == 400


@EXAMPLES
@given(title=ODD, description=ODD, tags=st.lists(ODD, max_size=3))
def test_text_is_stored_as_it_was_or_refused(
    hubs: list[Hub], title: str, description: str, tags: list[str]
) -> None:
    body = encode({"title": title, "description": description, "tags": tags})
    answers = [
        hub.send("PATCH", "/api/v1/videos/{video}".format(**hub.names), body) for hub in hubs
    ]
    if alike(answers).status_int != 200:
        return
    for hub in hubs:
        stored = hub.browser.get("/api/v1/videos/{video}".format(**hub.names)).json
        assert stored["title"] == title.strip()
        assert stored["description"] == description
        hub.browser.get("/watch/{video}".format(**hub.names))
        hub.browser.get("/")


@pytest.mark.parametrize("path", QUERIES)
@EXAMPLES
@given(data=st.data())
def test_queries(hubs: list[Hub], path: str, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([*QUERIES[path], "other"]))
    raw = data.draw(
        st.one_of(
            ODD.map(lambda text: quote(text[:5000].encode("utf-8", "surrogatepass"))),
            st.binary(max_size=20).map(quote),
            st.tuples(ODD, ODD).map(
                lambda pair: base64.urlsafe_b64encode(json.dumps(pair).encode()[:5000]).decode()
            ),
        )
    )
    alike([hub.send("GET", f"{path.format(**hub.names)}?{name}={raw}", b"") for hub in hubs])


@pytest.mark.parametrize("path", FORMS)
@EXAMPLES
@given(data=st.data())
def test_forms(hubs: list[Hub], path: str, data: st.DataObject) -> None:
    names = st.one_of(st.sampled_from([*FORMS[path], "other"]), st.text(max_size=6))
    pairs = data.draw(st.lists(st.tuples(names, ODD), max_size=5))
    fields = [
        (name.encode("utf-8", "surrogatepass"), value[:3000].encode("utf-8", "surrogatepass"))
        for name, value in pairs
    ]
    answer = alike([hub.submit(path, urlencode(fields).encode()) for hub in hubs])
    assert answer.content_type == "text/html" or answer.status_int == 303
    if answer.status_int == 303:
        # Never to another host, whatever `return_to` says.
        assert re.fullmatch(
            r"(http://localhost(:6543)?)?/(?![/\\]).*", answer.headers["Location"]
        )
    if answer.status_int in (200, 400, 409):
        assert "<script>alert(1)" not in answer.text


@pytest.mark.parametrize("path", FORMS)
@FEW_EXAMPLES
@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=utf-16",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "text/plain",
            "",
        ]
    ),
)
def test_form_bodies(hubs: list[Hub], path: str, body: bytes, kind: str) -> None:
    answer = alike([hub.submit(path, body, kind) for hub in hubs])
    assert answer.content_type == "text/html" or answer.status_int == 303


@EXAMPLES
@given(text=ODD)
def test_paths(hubs: list[Hub], text: str) -> None:
    # The client of these tests cannot send what is not UTF-8; test_videos_api does.
    raw = quote(text[:500].encode("utf-8", "ignore"))
    for before in (
        "/api/v1/videos/",
        "/api/v1/users/",
        "/watch/",
        "/problems/",
        "/",
        "/static/",
    ):
        alike([hub.browser.http.get(before + raw, expect_errors=True) for hub in hubs])


@pytest.mark.parametrize(
    "name",
    [
        "Accept",
        "Accept-Language",
        "Authorization",
        "Content-Type",
        "Cookie",
        "Idempotency-Key",
        "If-Match",
        "If-None-Match",
        "Origin",
        "Range",
        "X-CSRF-Token",
    ],
)
@FEW_EXAMPLES
@given(
    value=st.one_of(
        st.text(
            st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"),
            max_size=40,
        ),
        st.sampled_from(["*", '"', ",", ";q=", "a/b;q=x", "W/", '"a",*', "Bearer ", "=;=;"]),
    )
)
def test_headers(hubs: list[Hub], name: str, value: str) -> None:
    for method, path, body in (
        ("GET", "/api/v1/videos/{video}", b""),
        ("PATCH", "/api/v1/videos/{video}", b"{}"),
        ("POST", "/api/v1/session", b"{}"),
        ("GET", "/", b""),
    ):
        headers = {name: value}
        alike([hub.send(method, path.format(**hub.names), body, **headers) for hub in hubs])
