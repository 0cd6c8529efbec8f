"""What Schemathesis has to know besides the document; it loads this into its process."""

from __future__ import annotations

import io
import os
from functools import cache
from itertools import count
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st
from PIL import Image

from tests.documented import Documented

URL = os.environ["HUB_URL"]
VIDEO_ID = os.environ["HUB_VIDEO_ID"]
USER_ID = os.environ["HUB_USER_ID"]
COMMENT_ID = os.environ["HUB_COMMENT_ID"]
CHANNEL_ID = os.environ["HUB_CHANNEL_ID"]
NOTHING = os.environ["HUB_NOTHING"]
UPLOAD_LENGTH = 100_000
UPLOADING = ("create_upload", "append_to_upload")
CSRF_COOKIE = os.environ["HUB_CSRF_COOKIE"]
OWNER = {"Cookie": os.environ["HUB_COOKIE"], "X-CSRF-Token": os.environ["HUB_CSRF_TOKEN"]}
CREDENTIALS = {"email": os.environ["HUB_EMAIL"], "password": os.environ["HUB_PASSWORD"]}

_numbers = count(1)
_letters = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)

# A cursor is opaque: those that are made up are left out below.
schemathesis.openapi.format(
    "cursor",
    _letters,
)
# A schema can limit letters, not words.
schemathesis.openapi.format("words", st.lists(_letters, min_size=1, max_size=10).map(" ".join))
# An address has a domain that could exist, which the format `email` does not ask for.
schemathesis.openapi.format("email", _letters.map(lambda name: f"{name}@example.test"))

_PIXEL = io.BytesIO()
Image.new("RGB", (2, 2)).save(_PIXEL, "PNG")
_CAPTIONS = "WEBVTT\n\n00:01.000 --> 00:02.000\nA\n"
_WANTED = {"put_captions": _CAPTIONS, "put_poster": {"at": 0}}


@schemathesis.serializer("image/jpeg", "image/png", "image/webp")
def _as_picture(_context: Any, value: Any) -> bytes:
    """Send a picture where the document has the other thing that may be sent."""
    is_wanted = repr(value) == repr(_WANTED["put_poster"])
    return _PIXEL.getvalue() if is_wanted else str(value).encode()


@schemathesis.serializer("application/offset+octet-stream", "text/vtt", "application/x-subrip")
def _as_bytes(_context: Any, value: Any) -> bytes:
    """Send whatever is made up as bytes of a file."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


_documented = Documented(requests.get(f"{URL}/swagger/swagger.json", timeout=30).json())


@schemathesis.check
def answered_as_documented(_context: Any, response: Any, case: Any) -> None:
    """Hold the answer to the document the way the functional tests do."""
    path = response.request.path_url.partition("?")[0]
    first = {name: values[0] for name, values in response.headers.items()}
    headers = requests.structures.CaseInsensitiveDict(first)
    method = response.request.method
    _documented.check(method, path, response.status_code, headers, response.content)


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Give a case what the document cannot: cookies, an order, something to destroy."""
    operation = case.operation.definition.raw.get("operationId")
    if "X-CSRF-Token" in case.headers and "Cookie" not in case.headers:
        # The token goes with a cookie, which only has to be sent where it says who asks.
        case.headers["Cookie"] = CSRF_COOKIE
    if operation == "sign_out" and case.headers.get("Cookie") == OWNER["Cookie"]:
        _sign_in_apart(case)
    for name, (given, make) in _TO_LOSE.get(operation, {}).items():
        if case.path_parameters.get(name) == given:
            case.path_parameters[name] = make()
    if case.meta.generation.mode.is_positive:
        # The hub alone makes cursors.
        case.query.pop("cursor", None)
        if operation == "list_messages":
            # One of them will do, which no schema says.
            for name in ("before", "after"):
                case.query.pop(name, None)
    if operation in UPLOADING and case.meta.generation.mode.is_positive:
        # The checksum of made-up bytes is not made up.
        case.headers.pop("Upload-Checksum", None)
        case.headers.pop("Upload-Metadata", None)
        if "Upload-Length" in case.headers:
            case.headers["Upload-Length"] = str(UPLOAD_LENGTH)
    if operation in _WANTED and case.meta.generation.mode.is_positive:
        # What a schema says of them is too little.
        case.body = _WANTED[operation]
        # It is in one encoding, whatever the query says.
        case.query.pop("encoding", None)
    elif isinstance(case.body, dict):
        _complete_body(case, operation)


def _complete_talk(body: dict[str, Any], operation: str | None) -> None:
    if operation == "open_room":
        # What goes with which kind of room, no schema says.
        body.clear()
        body.update({"kind": "group", "title": "To be deleted"})
    if operation == "post_message":
        body["reply_to"] = None


def _complete_body(case: Any, operation: str | None) -> None:
    """Make a body right that the document allows and the hub does not."""
    body = case.body
    if operation == "create_video" and "file" in body:
        # The document's order says it, and Schemathesis makes one of its own.
        body["file"] = body.pop("file")
    if not case.meta.generation.mode.is_positive:
        return
    if operation == "create_video":
        # A schema cannot say that a file has something in it.
        file = body["file"]
        if not getattr(file, "data", file):
            body["file"] = "x"
    if operation == "register_user" and "invitation" in body:
        link = _sent("POST", "/api/v1/invitations", json={})["link"]
        body["invitation"] = link.rpartition("=")[2]
    if operation == "add_comment":
        # What it answers, and how long the video is, no schema knows.
        body.pop("reply_to", None)
        body["media_time"] = None
    if operation == "edit_me" and body.get("phone") is not None:
        body["phone"] = "+77017075566"
    if operation == "report":
        body["kind"], body["id"] = "video", VIDEO_ID
    _complete_talk(body, operation)
    if operation in ("ban_user", "mute_user", "ban_from_room") and body.get("until"):
        body["until"] = "2999-01-01T00:00:00Z"
    if operation == "issue_tokens" and len(body) == 1:
        # Both or none, which no schema of Swagger 2.0 can say.
        body.clear()
    if operation == "refresh_tokens":
        body["refresh_token"] = _sent("POST", "/api/v1/tokens", json={})["refresh_token"]


def _sent(method: str, path: str, **options: Any) -> Any:
    """Return the answer to what the owner sends."""
    answer = requests.request(method, URL + path, headers=OWNER, timeout=30, **options)
    answer.raise_for_status()
    return answer.json()


def _sign_in_apart(case: Any) -> None:
    """Let the case end a session that no other case needs."""
    with requests.Session() as http:
        token = http.get(f"{URL}/api/v1/csrf", timeout=30).json()["csrf_token"]
        answer = http.post(
            f"{URL}/api/v1/session",
            json=CREDENTIALS,
            headers={"X-CSRF-Token": token},
            timeout=30,
        )
        answer.raise_for_status()
        case.headers["Cookie"] = f"hub_session={http.cookies['hub_session']}"
        if "X-CSRF-Token" in case.headers:
            case.headers["X-CSRF-Token"] = answer.json()["csrf_token"]


def _new_video() -> str:
    parts: Any = [("title", (None, "To be deleted")), ("file", ("x.mp4", b"x", "video/mp4"))]
    return str(_sent("POST", "/api/v1/videos", files=parts)["id"])


@cache
def _spare_video() -> str:
    """Return a video that no other operation needs to be seen, or talked about."""
    return _new_video()


def _new_user() -> str:
    given = {
        "email": f"lost{os.getpid()}-{next(_numbers)}@example.test",
        "password": "long enough",
    }
    return str(_sent("POST", "/api/v1/users", json={**given, "display_name": "Lost"})["id"])


@cache
def _spare_user() -> str:
    """Return somebody whom no other operation needs to be on speaking terms with."""
    return _new_user()


def _new_session() -> str:
    """Sign a client in and return what its owner calls it: the one used last is first."""
    _sent("POST", "/api/v1/tokens", json={})
    items = _sent("GET", "/api/v1/me/sessions")["items"]
    return str(next(item["id"] for item in items if item["kind"] == "client"))


def _new_upload() -> str:
    headers = {**OWNER, "Tus-Resumable": "1.0.0", "Upload-Length": str(UPLOAD_LENGTH)}
    answer = requests.post(f"{URL}/api/v1/uploads", headers=headers, timeout=30)
    answer.raise_for_status()
    return str(answer.json()["id"])


def _new_captions() -> str:
    """Return a language in which the video has captions to lose."""
    headers = {**OWNER, "Content-Type": "text/vtt"}
    address = f"{URL}/api/v1/videos/{VIDEO_ID}/captions/eo"
    requests.put(address, _CAPTIONS, headers=headers, timeout=30)
    return "eo"


def _new_comment() -> str:
    path = f"/api/v1/videos/{VIDEO_ID}/comments"
    return str(_sent("POST", path, json={"text": "To be deleted"})["id"])


def _new_group() -> str:
    body = {"kind": "group", "title": "To be deleted", "member_ids": [USER_ID]}
    return str(_sent("POST", "/api/v1/chat/rooms", json=body)["id"])


def _new_message() -> str:
    path = f"/api/v1/chat/rooms/{VIDEO_ID}/messages"
    return str(_sent("POST", path, json={"text": "To be deleted"})["index"])


def _new_access_token() -> str:
    found = _sent("GET", "/api/v1/me/access-tokens")["items"]
    if found:
        # There may only be so many, and other cases make some.
        return str(found[-1]["id"])
    body = {"name": "To be deleted", "scopes": ["read"]}
    return str(_sent("POST", "/api/v1/me/access-tokens", json=body)["id"])


def _others_channel() -> str:
    return str(_sent("GET", f"/api/v1/users/{USER_ID}")["channel"]["id"])


_TO_LOSE = {
    # Nobody follows their own.
    "follow_channel": {"channel_id": (CHANNEL_ID, _others_channel)},
    "edit_video": {"video_id": (VIDEO_ID, _spare_video)},
    "hide_video": {"video_id": (VIDEO_ID, _spare_video)},
    "delete_video": {"video_id": (VIDEO_ID, _new_video)},
    "delete_comment": {"comment_id": (COMMENT_ID, _new_comment)},
    # The room beside a video has its id, no members, and is never deleted.
    "delete_room": {"room_id": (VIDEO_ID, _new_group)},
    "put_member": {"room_id": (VIDEO_ID, _new_group)},
    "remove_member": {"room_id": (VIDEO_ID, _new_group)},
    "delete_message": {"index": ("1", _new_message)},
    "delete_user": {"user_id": (USER_ID, _new_user)},
    "block_user": {"user_id": (USER_ID, _spare_user)},
    "end_session": {"session_id": (NOTHING, _new_session)},
    **{
        operation: {"upload_id": (NOTHING, _new_upload)}
        for operation in ("get_upload_offset", "append_to_upload", "delete_upload")
    },
    "remove_captions": {"language": ("ru", _new_captions)},
    "delete_access_token": {"token_id": (NOTHING, _new_access_token)},
}
"""What an operation takes away: the configured id, and what makes another in its place."""
