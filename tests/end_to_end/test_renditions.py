"""Adaptive playback from the upload to the last segment, as a player asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import av
import pytest
import requests

from tests.end_to_end.hub import Hub, Member, running_hub
from tests.samples import make_clip
from tests.waiting import eventually


@pytest.fixture(scope="module")
def wide_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("wide") / "wide.mp4", seconds=6, size=(854, 480))


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running_hub(tmp_path_factory.mktemp("renditions-hub")) as hub:
        yield hub


@pytest.fixture(scope="module")
def owner(hub: Hub) -> Member:
    return Member(hub, "owner")


@pytest.fixture(scope="module")
def video(owner: Member, wide_clip: Path) -> Any:
    return owner.processed(owner.upload(wide_clip).json()["id"])


def addresses(playlist: str) -> list[str]:
    """Return what a playlist names, once each, in order."""
    quoted = re.findall(r'URI="([^"]+)"', playlist)
    lines = [line for line in playlist.splitlines() if line and not line.startswith("#")]
    return list(dict.fromkeys([*quoted, *lines]))


def everything(hub: Hub, video: Any) -> Iterator[str]:
    """Yield the address of every file that a player may come by."""
    for start in (video["playback"]["hls"], video["playback"]["storyboard"]):
        waiting = [start]
        while waiting:
            address = waiting.pop()
            yield address
            if address.endswith((".m3u8", ".vtt")):
                text = requests.get(hub.url + address, timeout=10).text
                named = addresses(text.replace(" --> ", "# --> "))
                parts = [name.partition("#")[0] for name in named]
                waiting += [
                    urljoin(address, name)
                    for name in parts
                    if re.fullmatch(r"[\w-]+\.(m3u8|mp4|webp)", name)
                ]
    yield from (video["video_file"], video["poster"])


def test_every_part_that_a_playlist_names_is_there(hub: Hub, video: Any) -> None:
    assert [one["name"] for one in video["processing"]["renditions"]] == ["480p", "360p"]
    master = requests.get(hub.url + video["playback"]["hls"], timeout=10)
    assert master.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    assert master.text.count("#EXT-X-STREAM-INF") == 2
    pictures = set()
    for name in addresses(master.text):
        address = urljoin(hub.url + video["playback"]["hls"], name)
        playlist = requests.get(address, timeout=10).text
        (file,) = {urljoin(address, part) for part in addresses(playlist)}
        whole = requests.get(file, timeout=10).content
        head = re.search(r'BYTERANGE="(\d+)@0"', playlist)
        ranges = re.findall(r"#EXT-X-BYTERANGE:(\d+)@(\d+)", playlist)
        assert head is not None
        joined = whole[: int(head[1])]
        for size, start in ranges:
            span = f"bytes={start}-{int(start) + int(size) - 1}"
            part = requests.get(file, headers={"Range": span}, timeout=10)
            assert (part.status_code, len(part.content)) == (206, int(size))
            joined += part.content
        assert joined == whole
        pictures.add(decoded(hub, whole))
    assert pictures == {("audio", 0), ("video", 480), ("video", 360)}


def decoded(hub: Hub, data: bytes) -> tuple[str, int]:
    path = hub.data_dir / "decoded.mp4"
    path.write_bytes(data)
    with av.open(str(path)) as container:
        (stream,) = container.streams
        assert sum(1 for _ in container.decode(stream)) > 100
        return stream.type, getattr(stream, "height", 0)


def test_one_quality_can_be_had_alone(hub: Hub, video: Any) -> None:
    address = f"{hub.url}/media/{video['id']}/master-360p.m3u8"
    text = requests.get(address, timeout=10).text
    assert text.count("#EXT-X-STREAM-INF") == 1
    assert "RESOLUTION=640x360" in text
    missing = requests.get(address.replace("360p", "361p"), timeout=10)
    assert (missing.status_code, missing.json()["code"]) == (404, "no_such_media")


def test_what_never_changes_is_kept_by_browsers_and_soon_forgotten_by_caches(
    hub: Hub, video: Any
) -> None:
    for address in everything(hub, video):
        found = requests.get(hub.url + address, timeout=10)
        assert found.status_code == 200, address
        lasting = re.search(r"-\d+-[\w-]+\.\w+$", address) is not None
        expected = "public, max-age=31536000, s-maxage=5, immutable"
        assert found.headers["Cache-Control"] == (expected if lasting else "public, max-age=5")
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        again = requests.get(
            hub.url + address, headers={"If-None-Match": found.headers["ETag"]}, timeout=10
        )
        assert (again.status_code, again.content) == (304, b"")


def test_private_means_every_part(hub: Hub, owner: Member, wide_clip: Path) -> None:
    video = owner.processed(owner.upload(wide_clip).json()["id"])
    parts = set(everything(hub, video))
    assert len(parts) >= 11
    path = f"/api/v1/videos/{video['id']}"
    assert owner.send("PATCH", path, json={"visibility": "private"}).status_code == 200
    stranger = Member(hub, "stranger")
    for address in parts:
        assert stranger.get(address).status_code == 404, address
        assert requests.get(hub.url + address, timeout=10).status_code == 404, address
        mine = owner.get(address)
        assert mine.status_code == 200
        assert mine.headers["Cache-Control"] == "private, no-store"
    owner.send("DELETE", path)
    for address in parts:
        assert owner.get(address).status_code == 404
    folder = hub.data_dir / "media" / video["id"]
    eventually(lambda: not folder.exists())


def playback_link(member: Member, video: Any, seconds: int = 600) -> Any:
    path = f"/api/v1/videos/{video['id']}/playback-links"
    made = member.send("POST", path, json={"seconds": seconds})
    assert made.status_code == 201, made.text
    return made.json()


def test_a_player_without_a_credential_plays_by_a_link(
    hub: Hub, owner: Member, wide_clip: Path
) -> None:
    video = owner.processed(owner.upload(wide_clip, visibility="private").json()["id"])
    link = playback_link(owner, video)
    # What a player knows is the one address: everything else it finds from there.
    with av.open(link["hls"]) as container:
        pictures, sound = container.streams.video[0], container.streams.audio[0]
        ends = dict.fromkeys((pictures.index, sound.index), 0.0)
        for packet in container.demux(pictures, sound):
            if packet.pts is not None:
                ends[packet.stream_index] = float(packet.pts * packet.time_base)
    assert list(ends.values()) == pytest.approx([6, 6], abs=0.2)
    assert requests.get(link["mp4"], timeout=10).status_code == 200
    sheet = requests.get(link["storyboard"], timeout=10).text.splitlines()[3].partition("#")[0]
    assert requests.get(urljoin(link["storyboard"], sheet), timeout=10).status_code == 200
    # It is good for nothing else, and not without its signature.
    other = owner.processed(owner.upload(wide_clip, visibility="private").json()["id"])
    for address in (
        link["mp4"].replace(video["id"], other["id"]),
        link["mp4"][:-1],
        link["mp4"].replace("expires=", "expires=9"),
        link["mp4"].split("&")[0],
        link["mp4"].replace("video.mp4", "original.bin").replace(video["id"], other["id"]),
    ):
        refused = requests.get(address, timeout=10)
        assert (refused.status_code, refused.json()["code"]) == (403, "playback_link_invalid")
    assert requests.get(f"{link['mp4']}&x=1", timeout=10).status_code == 400
    # It is for watching, even if its owner made it.
    original = requests.get(link["mp4"].replace("video.mp4", "original.bin"), timeout=10)
    assert (original.status_code, original.json()["code"]) == (403, "not_your_video")


def test_a_link_is_worth_what_its_member_may_see(
    hub: Hub, owner: Member, wide_clip: Path
) -> None:
    video = owner.processed(owner.upload(wide_clip, visibility="unlisted").json()["id"])
    friend = Member(hub, "friend")
    link = playback_link(friend, video)
    assert requests.get(link["hls"], timeout=10).status_code == 200
    owner.send("PATCH", f"/api/v1/videos/{video['id']}", json={"visibility": "private"})
    assert requests.get(link["hls"], timeout=10).status_code == 404


def test_a_link_ends_with_what_it_was_asked_for_by(hub: Hub, wide_clip: Path) -> None:
    anna = Member(hub, "anna")
    video = anna.processed(anna.upload(wide_clip, visibility="private").json()["id"])
    keys = "/api/v1/me/access-tokens"
    both = {"name": "A player", "scopes": ["read", "write"]}
    token = anna.send("POST", keys, json=both).json()
    blind = anna.send("POST", keys, json={"name": "No player", "scopes": ["write"]}).json()
    pair = anna.send("POST", "/api/v1/tokens", json={}).json()
    path = f"{hub.url}/api/v1/videos/{video['id']}/playback-links"

    def link_by(secret: str) -> str:
        bearer = {"Authorization": f"Bearer {secret}"}
        return str(requests.post(path, json={}, headers=bearer, timeout=10).json()["mp4"])

    links = {
        "session": playback_link(anna, video)["mp4"],
        "token": link_by(token["token"]),
        "client": link_by(pair["access_token"]),
    }

    def good() -> list[str]:
        return [n for n, link in links.items() if requests.get(link, timeout=10).ok]

    assert good() == ["session", "token", "client"]
    # Who may not read by a token may not by its link.
    unread = requests.get(link_by(blind["token"]), timeout=10)
    assert (unread.status_code, unread.json()["code"]) == (403, "insufficient_scope")
    anna.send("DELETE", f"{keys}/{token['id']}")
    assert good() == ["session", "client"]
    anna.send("POST", "/api/v1/tokens/revoke", json={"refresh_token": pair["refresh_token"]})
    assert good() == ["session"]
    anna.send("DELETE", "/api/v1/session")
    assert good() == []
