"""Who may send and get bytes: the rows of the matrix that the streams serve."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from entrypoints.container import build_container
from entrypoints.settings import make_settings
from tests.end_to_end.hub import Hub, Member, running_hub
from videohub_core.shared.actor import Role

# A nobody, O another member, W the owner, B banned, D moderator, S admin, X a bad bearer.
WHO = "AOWBDSX"
MATRIX = [
    ("POST", "/api/v1/videos", "401 201 201 403 201 201 401"),
    ("GET", "/media/{public}/video.mp4", "200 200 200 403 200 200 401"),
    ("HEAD", "/media/{public}/poster.jpg", "200 200 200 403 200 200 401"),
    ("GET", "/media/{unlisted}/video.mp4", "200 200 200 403 200 200 401"),
    ("GET", "/media/{private}/video.mp4", "404 404 200 403 404 200 401"),
    ("HEAD", "/media/{private}/video.mp4", "404 404 200 403 404 200 401"),
    ("GET", "/media/{private}/poster.jpg", "404 404 200 403 404 200 401"),
    ("GET", "/media/{public}/original.bin", "403 403 200 403 403 200 401"),
    ("GET", "/media/{private}/original.bin", "404 404 200 403 404 200 401"),
    ("GET", "/api/v1/me/export", "401 200 200 403 200 200 401"),
    # Who may is asked before how: the version is missing.
    ("POST", "/api/v1/uploads", "401 412 412 403 412 412 401"),
    ("PATCH", "/api/v1/uploads/nothing000000000", "401 412 412 403 412 412 401"),
    ("DELETE", "/api/v1/uploads/nothing000000000", "401 412 412 403 412 412 401"),
    ("GET", "/api/v1/uploads", "401 200 200 403 200 200 401"),
    ("GET", "/media/nothing000000000/video.mp4", "404 404 404 403 404 404 401"),
    ("PUT", "/media/{private}/video.mp4", "405 405 405 405 405 405 405"),
]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running_hub(tmp_path_factory.mktemp("matrix")) as hub:
        yield hub


@pytest.fixture(scope="module")
def callers(hub: Hub) -> dict[str, Member]:
    made = {who: Member(hub, f"caller-{who.lower()}") for who in "OWBDS"}
    container = build_container(make_settings({"videohub.data_dir": str(hub.data_dir)}, {}))
    with container.uow() as uow:
        for who, change in (("B", "ban"), ("D", Role.MODERATOR), ("S", Role.ADMIN)):
            user = uow.users.by_email(made[who].email)
            assert user is not None
            if isinstance(change, Role):
                user.role = change
            else:
                user.is_banned = True
        uow.commit()
    container.database().close()
    return made


@pytest.fixture(scope="module")
def videos(callers: dict[str, Member], clip: Path) -> dict[str, str]:
    owner = callers["W"]
    return {
        name: owner.processed(owner.upload(clip, visibility=name).json()["id"])["id"]
        for name in ("public", "unlisted", "private")
    }


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("method", "path", "statuses"), MATRIX)
def test_who_may_send_and_get_bytes(
    hub: Hub,
    callers: dict[str, Member],
    videos: dict[str, str],
    clip: Path,
    method: str,
    path: str,
    statuses: str,
    who: str,
) -> None:
    import requests

    expected = dict(zip(WHO, map(int, statuses.split()), strict=True))[who]
    member = callers.get(who)
    http = member.http if member else requests.Session()
    headers = {"X-CSRF-Token": member.csrf if member else "none"}
    if who == "X":
        headers["Authorization"] = "Bearer expired"
    options: dict[str, Any] = {}
    if method == "POST":
        options["files"] = [("title", (None, "T")), ("file", ("a.mp4", clip.read_bytes()))]
    answer = http.request(
        method, hub.url + path.format(**videos), headers=headers, timeout=20, **options
    )
    assert answer.status_code == expected
    if expected >= 400 and method != "HEAD":
        assert answer.json()["status"] == expected
