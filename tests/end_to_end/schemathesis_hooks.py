"""What Schemathesis has to know besides the document; it loads this into its process."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st

from tests.documented import Documented
from videohub_core.shared.paging import Position

URL = os.environ["HUB_URL"]
VIDEO_ID = os.environ["HUB_VIDEO_ID"]
CSRF_COOKIE = os.environ["HUB_CSRF_COOKIE"]
OWNER = {"Cookie": os.environ["HUB_COOKIE"], "X-CSRF-Token": os.environ["HUB_CSRF_TOKEN"]}
CREDENTIALS = {"email": os.environ["HUB_EMAIL"], "password": os.environ["HUB_PASSWORD"]}

_letters = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
_ids = st.text("0123456789ABCXYZabcxyz", min_size=16, max_size=16)
_times = st.datetimes(
    datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2030-01-01")
)

# A cursor is opaque, so the document cannot say which text is one.
schemathesis.openapi.format(
    "cursor",
    st.builds(lambda at, id_: Position(at.replace(tzinfo=UTC), id_).encode(), _times, _ids),
)
# A schema can limit letters, not words.
schemathesis.openapi.format("words", st.lists(_letters, min_size=1, max_size=10).map(" ".join))
# An address has a domain that could exist, which the format `email` does not ask for.
schemathesis.openapi.format("email", _letters.map(lambda name: f"{name}@example.test"))

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
    elif operation == "delete_video" and case.path_parameters.get("video_id") == VIDEO_ID:
        case.path_parameters["video_id"] = _new_video()
    elif operation == "create_video" and isinstance(case.body, dict) and "file" in case.body:
        # The document's order says it, and Schemathesis makes one of its own.
        case.body["file"] = case.body.pop("file")


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
    made = requests.post(f"{URL}/api/v1/videos", files=parts, headers=OWNER, timeout=30)
    made.raise_for_status()
    return str(made.json()["id"])
