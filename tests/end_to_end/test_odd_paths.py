"""Addresses and headers of all kinds where Tornado answers: never a 500, never a file."""

from __future__ import annotations

import http.client
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.end_to_end.hub import Hub

EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
ODD = st.one_of(
    st.text(max_size=20).map(lambda text: quote(text.encode("utf-8", "surrogatepass"))),
    st.binary(max_size=12).map(quote),
    st.sampled_from(
        [
            "../../secret",
            "..%2f..%2fsecret",
            "%2e%2e/%2e%2e/videohub.sqlite3",
            "....//....//secret",
            "nothing000000000/../../secret",
            "%00",
            "nothing000000000/video.mp4%00.jpg",
            "nothing000000000//video.mp4",
            "NOTHING000000000/VIDEO.MP4",
            "nothing000000000/video.mp4/",
            "nothing000000000/" + "a" * 3000 + ".mp4",
            "\\\\..\\\\secret",
            "nothing000000000/video.mp4;x=1",
        ]
    ),
)
HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


def ask(hub: Hub, method: str, path: str, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_paths_below_media(shared_hub: Hub, method: str) -> None:
    @EXAMPLES
    @given(rest=ODD)
    def send(rest: str) -> None:
        status, body = ask(shared_hub, method, f"/media/{rest}")
        assert status in (400, 404, 405), (rest, status)
        assert b"SQLite" not in body

    send()


@pytest.mark.parametrize("name", ["Range", "If-Range", "If-None-Match", "Cookie", "Accept"])
def test_headers_of_media(shared_hub: Hub, name: str) -> None:
    @EXAMPLES
    @given(value=HEADER)
    def send(value: str) -> None:
        path = "/media/nothing000000000/video.mp4"
        status, _ = ask(shared_hub, "GET", path, **{name.replace("-", "_"): value})
        assert status in (400, 404), (value, status)

    send()


def test_queries_of_media(shared_hub: Hub) -> None:
    @EXAMPLES
    @given(query=ODD)
    def send(query: str) -> None:
        status, _ = ask(shared_hub, "GET", f"/media/nothing000000000/video.mp4?a={query}")
        assert status in (400, 404), (query, status)

    send()
