"""Files sent by nginx, with the configuration that the documentation has."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.end_to_end.hub import ROOT, Hub, Member, free_port, running_hub
from tests.waiting import eventually

CONFIG = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/a;
    proxy_temp_path {folder}/b;
    fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d;
    scgi_temp_path {folder}/e;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {hub};
            proxy_set_header Host $http_host;
        }}
        {documented}
    }}
}}
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed.")
    folder = tmp_path_factory.mktemp("accel-hub")
    with running_hub(folder, accel_redirect="/_stored") as hub:
        yield hub


@pytest.fixture(scope="module")
def proxy(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run nginx in front of the hub; lend its address."""
    folder = tmp_path_factory.mktemp("nginx")
    guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    (documented,) = re.findall(r"```nginx\n(.*?)```", guide, re.DOTALL)
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(
        CONFIG.format(
            folder=folder,
            port=port,
            hub=hub.url,
            documented=documented.replace("/var/lib/videohub", str(hub.data_dir)),
        )
    )
    command = ["nginx", "-p", folder, "-c", config, "-e", folder / "error.log"]
    process = subprocess.Popen(command)
    try:
        eventually(lambda: listens(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def listens(port: int) -> bool:
    with (
        contextlib.suppress(ConnectionRefusedError),
        socket.create_connection(("127.0.0.1", port), 1),
    ):
        return True
    return False


@pytest.fixture(scope="module")
def owner(hub: Hub) -> Member:
    return Member(hub, "owner")


@pytest.fixture(scope="module")
def video(owner: Member, clip: Path) -> Any:
    return owner.processed(owner.upload(clip).json()["id"])


def test_nginx_sends_the_same_bytes_with_the_same_protection(
    hub: Hub, proxy: str, video: Any
) -> None:
    (file,) = (hub.data_dir / "media" / video["id"]).glob("*-video.mp4")
    answer = requests.get(f"{proxy}{video['video_file']}", timeout=10)
    assert answer.content == file.read_bytes()
    assert "nginx" in answer.headers["Server"]
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Cache-Control"] == "public, max-age=5"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    part = requests.get(
        f"{proxy}{video['video_file']}", headers={"Range": "bytes=5-9"}, timeout=10
    )
    assert (part.status_code, part.content) == (206, file.read_bytes()[5:10])
    tag = {"If-None-Match": answer.headers["ETag"]}
    again = requests.get(f"{proxy}{video['video_file']}", headers=tag, timeout=10)
    assert (again.status_code, again.content) == (304, b"")
    assert requests.head(f"{proxy}{video['poster']}", timeout=10).status_code == 200
    track = requests.get(f"{proxy}{video['playback']['storyboard']}", timeout=10)
    assert track.text.startswith("WEBVTT")


def test_the_hub_goes_on_to_decide(hub: Hub, proxy: str, owner: Member, clip: Path) -> None:
    video = owner.processed(owner.upload(clip, visibility="private").json()["id"])
    cookies = owner.http.cookies.get_dict()
    for name in ("video.mp4", "poster.jpg", "original.bin"):
        address = f"{proxy}/media/{video['id']}/{name}"
        assert requests.get(address, timeout=10).status_code in (401, 404)
        mine = requests.get(address, cookies=cookies, timeout=10)
        assert mine.status_code == 200
        assert mine.headers["Cache-Control"] == "private, no-store"
        assert mine.headers["X-Content-Type-Options"] == "nosniff"
    assert mine.headers["Content-Disposition"] == "attachment"
    assert mine.content == clip.read_bytes()
    stored = next((hub.data_dir / "media" / video["id"]).iterdir())
    for path in (f"media/{video['id']}/{stored.name}", "secret", "videohub.sqlite3"):
        found = requests.get(f"{proxy}/_stored/{path}", cookies=cookies, timeout=10)
        assert found.status_code == 404
