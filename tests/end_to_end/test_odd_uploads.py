"""Multipart bodies of all kinds: an answer with a code, never a 500, nothing left behind."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.end_to_end.hub import Member, stored_files
from tests.end_to_end.test_uploads import BOUNDARY, END, part, send_body
from tests.waiting import eventually

EXAMPLES = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
NAMES = st.one_of(
    st.sampled_from(["title", "description", "tags", "visibility", "file", "csrf_token", ""]),
    st.text(st.characters(exclude_characters='"\r\n', exclude_categories=["Cs"]), max_size=8),
)
VALUES = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([b"x" * 70_000, b"\0", b"\xed\xa0\x80", b"private", b"a,b" * 30]),
)
FILE_NAMES = st.one_of(
    st.none(),
    st.sampled_from(["../../x.mp4", "a\0b", "C:\\x", "x" * 5000, "%2e%2e%2f", "\u202e4pm.exe"]),
    st.text(st.characters(exclude_characters='"\r\n', exclude_categories=["Cs"]), max_size=12),
)
PARTS = st.lists(st.tuples(NAMES, VALUES, FILE_NAMES), max_size=5)
ENDS = st.sampled_from([END, b"", END[:-4], END + b"more", f"--{BOUNDARY}".encode()])


def check(member: Member, body: bytes) -> None:
    answer = send_body(member, body)
    assert answer.status_code in (201, 400, 403, 413), answer.text
    if answer.status_code == 201:
        video_id = answer.json()["id"]
        assert member.send("DELETE", f"/api/v1/videos/{video_id}").status_code == 204
    else:
        assert answer.json()["code"]


def test_odd_parts(anna: Member, clip: Path) -> None:
    before = stored_files(anna.hub)

    @EXAMPLES
    @given(parts=PARTS, end=ENDS)
    def send(parts: list[tuple[str, bytes, str | None]], end: bytes) -> None:
        check(anna, b"".join(part(*one) for one in parts) + end)

    send()
    eventually(lambda: stored_files(anna.hub) == before, 30)


def test_odd_bodies(anna: Member) -> None:
    before = stored_files(anna.hub)

    @EXAMPLES
    @given(body=st.binary(max_size=300))
    def send(body: bytes) -> None:
        check(anna, body)
        check(anna, part("title", b"T") + body)

    send()
    eventually(lambda: stored_files(anna.hub) == before, 30)
