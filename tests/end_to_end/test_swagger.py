"""Every documented operation, answered as documented; and the page that shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import Page, expect, sync_playwright

from tests.documented import Documented
from tests.end_to_end.hub import PASSWORD, Hub, Member
from tests.end_to_end.test_browser import ARGUMENTS, CHROMIUM
from tests.samples import encode, ffmpeg

_numbers = count(1)
NOBODY = "0" * 16
NEW_PASSWORD = {"current_password": PASSWORD, "new_password": "another long one"}
RESET = {"password": "yet another one"}
MAILED = ("verify-email", "reset-password")
KEY = {"name": "script", "scopes": ["read"]}


@dataclass
class World:
    """What the calls below need: members, a video, and one to lose."""

    hub: Hub
    owner: Member
    other: Member
    leaver: Member
    admin: Member
    lost: Member
    stranger: Member
    ids: dict[str, str]
    document: Documented

    def mailed(self, page: str) -> str:
        """Return the secret of the link to a page that was mailed last."""
        whom = self.owner if page == "verify-email" else self.lost
        return self.hub.mailed(whom.email, f"/{page}")


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that takes minutes to be made playable."""
    folder = tmp_path_factory.mktemp("slow")
    second = encode(folder / "second.avi", "-c:v", "mjpeg", "-an", size=(960, 540))
    ffmpeg("-stream_loop", "600", "-i", second, "-c", "copy", folder / "slow.avi")
    return folder / "slow.avi"


@pytest.fixture(scope="module")
def world(shared_hub: Hub, clip: Path, slow: Path) -> World:
    owner = Member(shared_hub, "olga-of-swagger")
    other = Member(shared_hub, "oleg-of-swagger")
    leaver = Member(shared_hub, "lena-of-swagger")
    admin = Member(shared_hub, "anton-of-swagger").promoted()
    lost = Member(shared_hub, "lev-of-swagger")
    stranger = object.__new__(Member)
    stranger.hub, stranger.http = shared_hub, requests.Session()
    stranger.csrf = stranger.token()
    made = owner.upload(clip).json()
    owner.processed(made["id"])
    account = owner.get("/api/v1/me").json()
    ids = {
        "video_id": made["id"],
        "lost_id": owner.upload(b"not a video").json()["id"],
        "channel_id": account["channel"]["id"],
        "user_id": account["id"],
        "lost_user_id": lost.get("/api/v1/me").json()["id"],
        "leaver_id": leaver.get("/api/v1/me").json()["id"],
        "session_id": open_session(owner),
        "token_id": owner.send("POST", "/api/v1/me/access-tokens", json=KEY).json()["id"],
        "invitation_id": admin.send("POST", "/api/v1/invitations", json={}).json()["id"],
        "report_id": reported(admin, made["id"]),
        "slow_id": owner.upload(slow, slow.name).json()["id"],
        "upload_id": begin_upload(owner),
        "comment_id": owner.send(
            "POST", f"/api/v1/videos/{made['id']}/comments", json={"text": "Да"}
        ).json()["id"],
        "other_id": other.get("/api/v1/me").json()["id"],
        "room_id": group_of(owner),
        "index": "1",
        "refresh": tokens_of(owner),
        "spent": tokens_of(owner),
    }
    document = requests.get(f"{shared_hub.url}/swagger/swagger.json", timeout=30).json()
    made_of = (shared_hub, owner, other, leaver, admin, lost, stranger)
    return World(*made_of, ids, Documented(document))


def reported(member: Member, video_id: str) -> str:
    """Report a video and return the report's id; the member is an admin."""
    body = {"kind": "video", "id": video_id, "reason": "spam"}
    member.send("POST", "/api/v1/reports", json=body)
    return str(member.get("/api/v1/moderation/reports").json()["items"][0]["id"])


def group_of(member: Member) -> str:
    """Make a group, in which something is said, and return its id."""
    body = {"kind": "group", "title": "Узлы"}
    room_id = str(member.send("POST", "/api/v1/chat/rooms", json=body).json()["id"])
    member.send("POST", f"/api/v1/chat/rooms/{room_id}/messages", json={"text": "Да"})
    return room_id


def tokens_of(member: Member) -> str:
    return str(member.send("POST", "/api/v1/tokens", json={}).json()["refresh_token"])


def begin_upload(member: Member) -> str:
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "3",
        "X-CSRF-Token": member.csrf,
    }
    answer = member.http.post(f"{member.hub.url}/api/v1/uploads", headers=headers, timeout=30)
    return str(answer.json()["id"])


def open_session(member: Member) -> str:
    """Sign a client in and return what its owner calls it."""
    tokens_of(member)
    items = member.get("/api/v1/me/sessions").json()["items"]
    return str(next(item["id"] for item in items if not item["current"]))


@dataclass(frozen=True)
class Call:
    """One call of an operation and its status."""

    operation: str
    status: int
    who: str = "stranger"
    ids: dict[str, str] = field(default_factory=dict)
    query: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    without_token: bool = False


def _json(**body: Any) -> dict[str, Any]:
    return {"json": body}


def _headers(**named: str) -> dict[str, Any]:
    return {"headers": {name.replace("_", "-"): value for name, value in named.items()}}


def _file(name: str = "file") -> dict[str, Any]:
    return {"files": [("title", (None, "Узлы")), (name, ("a.mp4", b"bytes", "video/mp4"))]}


def _tus(data: bytes | None = None, **named: str) -> dict[str, Any]:
    return {**_headers(Tus_Resumable="1.0.0", **named), "data": data}


AT_THE_BEGINNING = {
    "Upload_Offset": "0",
    "Content_Type": "application/offset+octet-stream",
}
RUSSIAN = {"language": "ru"}
CAPTIONS = {
    "data": "1\n00:00:00,000 --> 00:00:01,000\nДа\n".encode("cp1251"),
    **_headers(Content_Type="application/x-subrip"),
}
PICTURE = _headers(Content_Type="image/png")
LARGE = bytes(11 << 20)
LOST = {"video_id": "{lost_id}"}
SLOW = {"video_id": "{slow_id}"}
LOST_USER = {"user_id": "{lost_user_id}"}
OTHER = {"user_id": "{other_id}"}
CROWD = [f"{number:016}" for number in range(500)]
NO_VIDEO = {"video_id": NOBODY}
CALLS = (
    Call("check_liveness", 200),
    Call("check_liveness", 400, query="?x=1"),
    Call("check_readiness", 200),
    Call("check_readiness", 401, options=_headers(Authorization="Bearer x")),
    Call("get_csrf_token", 200),
    Call("get_csrf_token", 400, query="?x=1"),
    Call("get_session", 200),
    Call("get_session", 421, options=_headers(Host="evil.example")),
    Call(
        "sign_in", 201, options=_json(email="oleg-of-swagger@example.test", password=PASSWORD)
    ),
    Call("sign_in", 401, options=_json(email="x@example.test", password="wrong one")),
    Call("sign_in", 400, options=_json(email=1)),
    Call("sign_in", 415, options={"data": b"{}"}),
    Call("sign_out", 204, "other"),
    Call("sign_out", 403, "owner", without_token=True),
    Call(
        "register_user", 201, options=_json(email="{new}", password=PASSWORD, display_name="a")
    ),
    Call(
        "register_user", 409, options=_json(email="{old}", password=PASSWORD, display_name="a")
    ),
    Call("register_user", 413, options=_json(display_name="x" * (2 << 20))),
    Call("get_user", 200),
    Call("get_user", 404, ids={"user_id": NOBODY}),
    Call("get_me", 200, "owner"),
    Call("get_me", 304, "owner", options=_headers(If_None_Match="*")),
    Call("get_me", 401),
    Call("export_me", 200, "owner"),
    Call("export_me", 401),
    Call("edit_me", 200, "owner", options=_json(phone="87017075566", locale="ru")),
    Call("edit_me", 400, "owner", options=_json(phone="12")),
    Call("change_password", 204, "leaver", options=_json(**NEW_PASSWORD)),
    Call("change_password", 403, "leaver", options=_json(**NEW_PASSWORD)),
    Call("request_email_verification", 202, options=_json(email="{old}")),
    Call("request_email_verification", 400, options=_json(email=None)),
    Call("verify_email", 204, ids={"token": "{verify-email}"}),
    Call("verify_email", 400, ids={"token": "{verify-email}"}),
    Call("request_password_reset", 202, options=_json(email="{lost}")),
    Call("request_password_reset", 415, options={"data": b"{}"}),
    Call("reset_password", 204, ids={"token": "{reset-password}"}, options=_json(**RESET)),
    Call("reset_password", 400, ids={"token": "{reset-password}"}, options=_json(**RESET)),
    Call("invite", 201, "admin", options=_json(note="Лёва")),
    Call("invite", 400, "admin", options=_json(email="nobody")),
    Call("list_invitations", 200, "admin"),
    Call("list_invitations", 403, "owner"),
    Call("get_invitation", 200, "admin"),
    Call("get_invitation", 404, "admin", ids={"invitation_id": NOBODY}),
    Call("withdraw_invitation", 204, "admin"),
    Call("withdraw_invitation", 404, "admin", ids={"invitation_id": NOBODY}),
    Call("get_channel", 200),
    Call("get_channel", 404, ids={"channel_id": NOBODY}),
    Call("list_channel_videos", 200),
    Call("list_channel_videos", 400, query="?limit=0"),
    Call("edit_channel", 200, "owner", options=_json(description="Knots")),
    Call("edit_channel", 403, "other", options=_json(title="a")),
    Call("edit_channel", 412, "owner", options={**_json(), **_headers(If_Match='"old"')}),
    Call("follow_channel", 204, "other", options=_json(bell="none")),
    Call("follow_channel", 204, "other"),
    Call("follow_channel", 403, "owner"),
    Call("list_my_subscriptions", 200, "other"),
    Call("list_my_subscriptions", 401),
    Call("get_my_feed", 200, "other"),
    Call("get_my_feed", 400, "other", query="?cursor=x"),
    Call("unfollow_channel", 204, "other"),
    Call("unfollow_channel", 404, "other", ids={"channel_id": NOBODY}),
    Call("block_user", 204, "owner", ids=OTHER),
    Call("block_user", 409, "owner"),
    Call("list_my_blocks", 200, "owner"),
    Call("list_my_blocks", 400, "owner", query="?cursor=x"),
    Call("unblock_user", 204, "owner", ids=OTHER),
    Call("unblock_user", 404, "owner", ids={"user_id": NOBODY}),
    Call("like_video", 204, "other"),
    Call("like_video", 404, "other", ids=NO_VIDEO),
    Call("list_my_likes", 200, "other"),
    Call("list_my_likes", 401),
    Call("unlike_video", 204, "other"),
    Call("unlike_video", 401),
    Call("list_videos", 200),
    Call("list_videos", 400, query="?sort=x"),
    Call("list_videos", 406, options=_headers(Accept="image/png")),
    Call("search_videos", 200, query="?q=knots"),
    Call("search_videos", 400),
    Call("list_search_suggestions", 200, query="?q=knots"),
    Call("list_search_suggestions", 400),
    Call("list_my_videos", 200, "owner"),
    Call("list_my_videos", 401),
    Call("get_video", 200),
    Call("get_video", 404, ids=NO_VIDEO),
    Call("get_media", 200),
    Call("get_media", 206, options=_headers(Range="bytes=0-1")),
    Call("get_media", 416, options=_headers(Range="bytes=999999999-")),
    Call("get_media", 404, ids={"name": "none.mp4"}),
    Call("head_media", 200),
    Call("head_media", 404, ids=NO_VIDEO),
    Call("create_video", 201, "owner", options=_file()),
    Call("create_video", 400, "owner", options=_file("colour")),
    Call("create_video", 401, options=_file()),
    Call("create_video", 415, "owner", options=_headers(Content_Type="text/plain")),
    Call("list_uploads", 200, "owner"),
    Call("list_uploads", 401),
    Call("create_upload", 201, "owner", options=_tus(Upload_Length="3")),
    Call("create_upload", 412, "owner", options=_headers(Upload_Length="3")),
    Call("get_upload_offset", 200, "owner", options=_tus()),
    Call("get_upload_offset", 404, "other", options=_tus()),
    Call("append_to_upload", 204, "owner", options=_tus(b"abc", **AT_THE_BEGINNING)),
    Call("append_to_upload", 409, "owner", options=_tus(b"abc", **AT_THE_BEGINNING)),
    Call("delete_upload", 204, "owner", options=_tus()),
    Call("delete_upload", 404, "owner", options=_tus()),
    Call("edit_video", 200, "owner", options=_json(description="New")),
    Call("edit_video", 403, "other", options=_json(title="a")),
    Call("edit_video", 412, "owner", options={**_json(), **_headers(If_Match='"old"')}),
    Call("create_playback_link", 201, "other", options=_json(seconds=60)),
    Call("create_playback_link", 400, "other", options=_json(seconds=1)),
    Call("list_related_videos", 200),
    Call("list_related_videos", 400, query="?limit=51"),
    Call("record_playback", 204, "other", options=_json(seconds=12)),
    Call("record_playback", 400, "other", options=_json(seconds=-1)),
    Call("record_playback", 404, "other", ids=NO_VIDEO, options=_json(seconds=1)),
    Call("retry_processing", 202, "owner", ids=SLOW),
    Call("retry_processing", 409, "owner"),
    Call("retry_processing", 403, "other"),
    Call("put_captions", 201, "owner", ids=RUSSIAN, options=CAPTIONS),
    Call("put_captions", 200, "owner", ids=RUSSIAN, options=CAPTIONS),
    Call("put_captions", 400, "owner", ids=RUSSIAN, options={**CAPTIONS, "data": b"x"}),
    Call(
        "put_captions", 413, "owner", ids=RUSSIAN, options={**CAPTIONS, "data": bytes(3 << 20)}
    ),
    Call("put_captions", 415, "owner", ids=RUSSIAN, options=_json()),
    Call("list_captions", 200),
    Call("list_captions", 404, ids=NO_VIDEO),
    Call("get_captions", 200, ids=RUSSIAN),
    Call("get_captions", 404, ids={"language": "de"}),
    Call("get_media", 200, ids={"name": "captions-ru.vtt"}),
    Call("get_media", 404, ids={"name": "captions-de.vtt"}),
    Call("remove_captions", 204, "owner", ids=RUSSIAN),
    Call("remove_captions", 404, "owner", ids=RUSSIAN),
    Call("put_poster", 200, "owner", options=_json(at=0.5)),
    Call("put_poster", 400, "owner", options=_json(at=9999)),
    Call("put_poster", 400, "owner", options={**PICTURE, "data": b"x"}),
    Call("put_poster", 413, "owner", options={**PICTURE, "data": LARGE}),
    Call("put_poster", 415, "owner", options=CAPTIONS),
    Call("delete_video", 204, "owner", ids=SLOW),
    Call("delete_video", 204, "owner", ids=LOST),
    Call("delete_video", 404, "owner", ids=NO_VIDEO),
    Call("list_comments", 200),
    Call("list_comments", 400, query="?sort=x"),
    Call("add_comment", 201, "other", options=_json(text="Да", media_time=0.5)),
    Call("add_comment", 400, "other", options=_json(text="")),
    Call("add_comment", 401, options=_json(text="Да")),
    Call("get_comment", 200),
    Call("get_comment", 404, ids={"comment_id": NOBODY}),
    Call("edit_comment", 200, "owner", options=_json(text="Нет")),
    Call("edit_comment", 403, "other", options=_json(text="Нет")),
    Call("list_comment_history", 200, "owner"),
    Call("list_comment_history", 403, "other"),
    Call("delete_comment", 403, "other"),
    Call("delete_comment", 204, "owner"),
    Call("delete_comment", 404, "owner"),
    Call("list_rooms", 200, "owner"),
    Call("list_rooms", 401),
    Call("open_room", 201, "owner", options=_json(kind="private", user_id="{other_id}")),
    Call("open_room", 200, "owner", options=_json(kind="private", user_id="{other_id}")),
    Call("open_room", 201, "other", options=_json(kind="group", title="Узлы")),
    Call("open_room", 404, "owner", options=_json(kind="private", user_id=NOBODY)),
    Call("open_room", 409, "owner", options=_json(kind="group", title="a", member_ids=CROWD)),
    Call("get_room", 200, "owner"),
    Call("get_room", 404),
    Call("edit_room", 200, "owner", options=_json(title="Морские узлы")),
    Call("edit_room", 400, "owner", options=_json(slow_seconds=-1)),
    Call("put_member", 204, "owner", ids=OTHER, options=_json(role="moderator")),
    Call("put_member", 404, "owner", ids={"user_id": NOBODY}),
    Call("list_members", 200, "owner"),
    Call("list_members", 404),
    Call("list_messages", 200, "owner", query="?around=1"),
    Call("list_messages", 400, "owner", query="?around=1&before=2"),
    Call("post_message", 201, "owner", options=_json(text="Да", client_id="a")),
    Call("post_message", 200, "owner", options=_json(text="Да", client_id="a")),
    Call("post_message", 400, "owner", options=_json(text="")),
    Call("get_message", 200, "owner"),
    Call("get_message", 404, "owner", ids={"index": "99"}),
    Call("edit_message", 200, "owner", options=_json(text="Нет")),
    Call("edit_message", 403, "other", options=_json(text="Нет")),
    Call("mark_room_read", 204, "owner", options=_json(index=1)),
    Call("mark_room_read", 400, "owner", options=_json(index=-1)),
    Call("delete_message", 204, "owner"),
    Call("delete_message", 404, "owner"),
    Call("mute_user", 204, "owner", ids=OTHER),
    Call("mute_user", 403, "owner"),
    Call("unmute_user", 204, "owner", ids=OTHER),
    Call("unmute_user", 404, "owner", ids={"user_id": NOBODY}),
    Call("ban_from_room", 204, "owner", ids=OTHER),
    Call("ban_from_room", 403, "owner"),
    Call("let_into_room", 204, "owner", ids=OTHER),
    Call("let_into_room", 404, "owner", ids={"user_id": NOBODY}),
    Call("remove_member", 404, "owner", ids=OTHER),
    Call("put_member", 204, "owner", ids=OTHER),
    Call("put_member", 409, "owner", options=_json(role="member")),
    Call("remove_member", 204, "owner", ids=OTHER),
    Call("delete_room", 204, "owner"),
    Call("delete_room", 404, "owner"),
    Call("issue_tokens", 201, options=_json(email="{old}", password=PASSWORD)),
    Call("issue_tokens", 401, options=_json()),
    Call("refresh_tokens", 200, options=_json(refresh_token="{refresh}")),
    Call("refresh_tokens", 401, options=_json(refresh_token="{refresh}")),
    Call("revoke_tokens", 204, options=_json(refresh_token="{spent}")),
    Call("revoke_tokens", 415, options={"data": b"{}"}),
    Call("get_keys", 200),
    Call("get_keys", 401, options=_headers(Authorization="Bearer x")),
    Call("list_my_sessions", 200, "owner"),
    Call("list_my_sessions", 401),
    Call("end_session", 204, "owner"),
    Call("end_session", 404, "owner"),
    Call("list_access_tokens", 200, "owner"),
    Call("list_access_tokens", 401),
    Call("create_access_token", 201, "owner", options=_json(**KEY)),
    Call("create_access_token", 400, "owner", options=_json(name="", scopes=[])),
    Call("delete_access_token", 204, "owner"),
    Call("delete_access_token", 404, "owner"),
    Call("delete_me", 403, "leaver", options=_json(password="wrong one")),
    Call("delete_me", 204, "leaver", options=_json(password="another long one")),
    Call("list_users", 200, "admin", query="?search=swagger"),
    Call("list_users", 403, "owner"),
    Call("change_role", 204, "admin", ids=LOST_USER, options=_json(role="moderator")),
    Call("change_role", 400, "admin", ids=LOST_USER, options=_json(role="root")),
    Call("ban_user", 204, "admin", ids=LOST_USER, options=_json(reason="spam")),
    Call("ban_user", 409, "admin", ids={"user_id": "{admin_id}"}, options=_json(reason="a")),
    Call("unban_user", 204, "admin", ids=LOST_USER),
    Call("unban_user", 403, "owner", ids=LOST_USER),
    Call("report", 202, "owner", options=_json(kind="video", id="{video_id}", reason="spam")),
    Call("report", 404, "owner", options=_json(kind="video", id=NOBODY, reason="spam")),
    Call("list_reports", 200, "admin"),
    Call("list_reports", 400, "admin", query="?state=lost"),
    Call("decide_report", 200, "admin", options=_json(state="dismissed")),
    Call(
        "decide_report",
        404,
        "admin",
        ids={"report_id": NOBODY},
        options=_json(state="resolved"),
    ),
    Call("hide_video", 204, "admin", options=_json(reason="Not ours")),
    Call("hide_video", 403, "owner", options=_json(reason="Not ours")),
    Call("unhide_video", 204, "admin"),
    Call("unhide_video", 404, "admin", ids=NO_VIDEO),
    Call("read_audit", 200, "admin"),
    Call("read_audit", 401),
    Call("delete_user", 204, "admin", ids=LOST_USER),
    Call("delete_user", 404, "admin", ids=LOST_USER),
)


def filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: filled(inner, names) for key, inner in value.items()}
    return names.get(value, value) if isinstance(value, str) else value


def execute(world: World, call: Call) -> requests.Response:
    method, template, _ = world.document.operations()[call.operation]
    names = {
        **{f"{{{page}}}": world.mailed(page) for page in MAILED if page in str(call.ids)},
        "{lost_id}": world.ids["lost_id"],
        "{old}": world.owner.email,
        "{lost}": world.lost.email,
        "{admin_id}": world.admin.get("/api/v1/me").json()["id"],
        **{f"{{{name}}}": id_ for name, id_ in world.ids.items()},
        "{new}": f"new{next(_numbers)}@example.test",
    }
    ids = {**world.ids, "name": "video.mp4", **filled(call.ids, names)}
    who: Member = getattr(world, call.who)
    options = filled(call.options, names)
    token = {} if call.without_token else {"X-CSRF-Token": who.token()}
    headers = {**token, **options.pop("headers", {})}
    address = world.hub.url + template.format(**ids) + call.query
    return who.http.request(method, address, headers=headers, timeout=30, **options)


# In one test, since signing in and out and deleting come last for whoever they are of.
def test_every_operation_succeeds_and_fails_as_documented(world: World) -> None:
    done: dict[str, set[int]] = {id_: set() for id_ in world.document.operations()}
    ordered = sorted(CALLS, key=lambda call: call.operation in ("sign_in", "sign_out"))
    for call in sorted(ordered, key=lambda call: call.operation == "sign_out"):
        answer = execute(world, call)
        assert answer.status_code == call.status, f"{call}: {answer.text[:500]}"
        path = urlsplit(answer.url).path
        method = str(answer.request.method)
        world.document.check(method, path, call.status, answer.headers, answer.content)
        done[call.operation].add(call.status)
    for operation, statuses in done.items():
        assert any(status < 300 for status in statuses), f"{operation} never succeeds here"
        assert any(status >= 400 for status in statuses), f"{operation} never fails here"


@pytest.fixture
def page(shared_hub: Hub) -> Iterator[Page]:
    """A page that is quiet and stays at home."""
    said: list[str] = []
    hosts: set[str] = set()
    assert CHROMIUM, "These tests need Chromium: install your system's package chromium."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(base_url=shared_hub.url, locale="en-US")
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        yield page
        browser.close()
    assert said == []
    assert hosts == {urlsplit(shared_hub.url).netloc}


def try_out(page: Page, operation: str, body: str | None = None) -> str:
    block = page.locator(f"[id$=-{operation}]")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    if body is not None:
        block.locator("textarea").fill(body)
    block.get_by_role("button", name="Execute").click()
    status = block.locator(".live-responses-table tbody .response-col_status")
    return status.first.inner_text().strip()


def test_the_page_lists_and_tries_the_operations(page: Page, shared_hub: Hub) -> None:
    answer = page.goto("/swagger/")
    assert answer is not None
    assert "unsafe" not in answer.headers["content-security-policy"]
    document = requests.get(f"{shared_hub.url}/swagger/swagger.json", timeout=30).json()
    operations = Documented(document).operations().values()
    # One that has two tags is listed under both.
    listed = sum(len(found["tags"]) for _, _, found in operations)
    expect(page.locator(".opblock")).to_have_count(listed)
    assert try_out(page, "list_videos") == "200"
    # An unsafe method works only with the CSRF token that the page fetches.
    account = f'{{"email": "ui@example.test", "password": "{PASSWORD}", "display_name": "U"}}'
    assert try_out(page, "register_user", account) == "201"
