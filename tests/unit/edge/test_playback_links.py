"""Links that let a player watch for a while."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from entrypoints.edge.errors import PlaybackLinkInvalid
from entrypoints.edge.playback_links import carry_on, make_query, read_query
from videohub_core.shared.ids import VideoId

SECRET = b"a secret of thirty-two bytes....."
VIDEO = VideoId("video00000000001")
ANNA = "session-0123456789abcdef"


def read(
    query: dict[str, str], *, video: str = VIDEO, now: float = 999, secret: bytes = SECRET
) -> str:
    return read_query(secret, VideoId(video), query, now)


@pytest.fixture
def query() -> dict[str, str]:
    return dict(parse_qsl(make_query(SECRET, VIDEO, ANNA, 1000)))


def test_a_link_says_whose_it_is(query: dict[str, str]) -> None:
    assert read(query) == ANNA


def test_a_link_ends(query: dict[str, str]) -> None:
    with pytest.raises(PlaybackLinkInvalid):
        read(query, now=1000)


@pytest.mark.parametrize(
    "change",
    [
        {"by": "session-0123456789abcdee"},
        {"by": "../user"},
        {"by": ""},
        {"expires": "1001"},
        {"expires": "+1000"},
        {"expires": "1000 "},
        {"expires": "9" * 40},
        {"expires": "\u0661000"},
        {"signature": ""},
        {"signature": "\ud800"},
    ],
)
def test_nothing_of_a_link_can_be_changed(
    query: dict[str, str], change: dict[str, str]
) -> None:
    with pytest.raises(PlaybackLinkInvalid):
        read({**query, **change})


def test_a_link_is_for_one_video_of_one_hub(query: dict[str, str]) -> None:
    with pytest.raises(PlaybackLinkInvalid):
        read(query, video="video00000000002")
    with pytest.raises(PlaybackLinkInvalid):
        read(query, secret=b"another")


def test_playlists_carry_the_link_on() -> None:
    playlist = (
        "#EXTM3U\n"
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",URI="a-1-audio.m3u8"\n'
        '#EXT-X-MAP:URI="a-1-720p.mp4",BYTERANGE="9@0"\n'
        "a-1-720p.mp4\n"
        "#EXT-X-ENDLIST\n"
    )
    assert carry_on(playlist, {"by": "x", "expires": "1"}) == (
        "#EXTM3U\n"
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",URI="a-1-audio.m3u8?by=x&expires=1"\n'
        '#EXT-X-MAP:URI="a-1-720p.mp4?by=x&expires=1",BYTERANGE="9@0"\n'
        "a-1-720p.mp4?by=x&expires=1\n"
        "#EXT-X-ENDLIST\n"
    )


def test_storyboards_carry_the_link_on() -> None:
    track = "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\ns-1.webp#xywh=0,0,160,90\n"
    assert carry_on(track, {"by": "x"}) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\ns-1.webp?by=x#xywh=0,0,160,90\n"
    )


def test_nothing_but_the_link_is_carried_on() -> None:
    odd = 'x",URI="https://elsewhere.example/a\\g<0>#\n#EXT'
    carried = carry_on("a-1-720p.mp4\n", {"by": odd})
    assert carried.count("\n") == 1
    assert not set(carried) & set('"\\# ')
