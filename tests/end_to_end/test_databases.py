"""The hub on PostgreSQL, and what it does while its database is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.end_to_end.hub import PASSWORD, Hub, Member, running_hub
from tests.postgres import Postgres, running_postgres
from tests.waiting import eventually


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A PostgreSQL of its own, since it is stopped and started."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def database(server: Postgres) -> str:
    return server.create()


@pytest.fixture
def hub(server: Postgres, database: str, tmp_path: Path) -> Iterator[Hub]:
    with running_hub(tmp_path, database_url=server.url(database)) as hub:
        yield hub


def assert_unavailable(response: requests.Response) -> None:
    assert response.status_code == 503, response.text
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "unavailable"


def listed(hub: Hub) -> list[str]:
    """Return the ids of the public list; nothing while there is no answer."""
    response = requests.get(f"{hub.url}/api/v1/videos", timeout=10)
    if response.status_code != 200:
        assert_unavailable(response)
        return []
    return [video["id"] for video in response.json()["items"]]


def let_leases_run_out(server: Postgres, database: str) -> None:
    with server.admin(database) as admin:
        admin.execute("UPDATE jobs SET next_at = now(), leased_until = now()")


def test_the_database_goes_away_and_comes_back(
    hub: Hub, server: Postgres, database: str, clip: Path, large_clip: Path
) -> None:
    stranger = requests.Session()
    token = stranger.get(f"{hub.url}/api/v1/csrf", timeout=10).json()["csrf_token"]
    anna = Member(hub, "anna")
    video_id = anna.upload(clip).json()["id"]
    assert anna.processed(video_id)["processing"]["state"] == "ready"
    assert listed(hub) == [video_id]
    worker = hub.worker()
    interrupted = anna.upload(large_clip).json()["id"]
    state = anna.processed(interrupted, until=("probing", "playable"))["processing"]["state"]

    server.stop(immediately=True)
    assert state in ("probing", "playable")
    said = "attempt 1 failed"
    eventually(lambda: said in hub.log.read_text())
    assert_unavailable(stranger.get(f"{hub.url}/api/v1/videos", timeout=10))
    assert_unavailable(stranger.get(f"{hub.url}/media/{video_id}/video.mp4", timeout=10))
    assert_unavailable(anna.get("/api/v1/videos"))
    assert_unavailable(anna.get(f"/media/{video_id}/video.mp4"))
    assert_unavailable(anna.upload(clip))
    assert_unavailable(
        anna.post("/api/v1/session", json={"email": anna.email, "password": PASSWORD})
    )
    assert_unavailable(
        stranger.post(
            f"{hub.url}/api/v1/session",
            json={"email": anna.email, "password": PASSWORD},
            headers={"X-CSRF-Token": token},
            timeout=10,
        )
    )
    assert_unavailable(stranger.get(f"{hub.url}/health/ready", timeout=10))
    assert stranger.get(f"{hub.url}/health/live", timeout=10).status_code == 200
    assert anna.get("/health/live").status_code == 200
    page = stranger.get(f"{hub.url}/", timeout=10, headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert page.headers["Content-Type"].startswith("text/html")
    assert int(page.headers["Retry-After"]) > 0
    assert worker.is_running()

    server.start()
    assert video_id in eventually(lambda: listed(hub), 5)
    assert anna.get("/api/v1/session").json()["authenticated"]
    assert anna.upload(clip).status_code == 201
    let_leases_run_out(server, database)
    assert anna.processed(interrupted)["processing"]["state"] == "ready"
    assert interrupted in listed(hub)
    assert hub.worker().pid == worker.pid


def test_the_hub_stops_in_time_without_its_database(
    hub: Hub, server: Postgres, clip: Path
) -> None:
    anna = Member(hub, "anna")
    anna.processed(anna.upload(clip).json()["id"])
    server.stop(immediately=True)
    assert hub.stop() == 0
