"""What a bus promises: in memory, on one machine, through PostgreSQL and through Redis."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy.orm import Session

from adapters.bus.opening import open_bus
from adapters.persistence.database import Database
from tests.conftest import SqlStorage
from tests.factories.entities import make_channel, make_user, make_video
from tests.fakes.bus import FakeBus
from tests.fakes.simple import FakeClock, FakeHints
from tests.postgres import Postgres
from tests.redis_server import RedisServer, running_redis
from tests.waiting import eventually
from videohub_core.shared.bus import Hint, Topic
from videohub_core.shared.ids import UserId
from videohub_core.videos.entities import Video

ROOT = Path(__file__).parents[2]
ONE, TWO, THREE = (
    Hint(Topic.VIDEO, f"video{number:011}", UserId("user000000000001")) for number in (1, 2, 3)
)
ANOTHER_PROCESS = """
import sys
from pathlib import Path
from sqlalchemy.orm import Session
from adapters.bus.opening import open_bus
from adapters.persistence.database import Database
from videohub_core.shared.bus import Hint, Topic
from videohub_core.shared.ids import UserId

redis_url, database_url, folder, key = sys.argv[1:]
database = Database(database_url)
bus = open_bus(redis_url or None, database, Path(folder))
hint = Hint(Topic.PROGRESS, key, UserId("user"))
with Session(database.writer) as session, bus.leaving(session, [hint]):
    session.commit()
"""


class Ears:
    """Somebody who subscribes and remembers what they were told."""

    def __init__(self, bus: Any, *, fails: bool = False) -> None:
        self.hints: list[Hint] = []
        self.refills = 0
        self._fails = fails
        self.subscription = bus.subscribe(self._hinted, self._refill)

    def _hinted(self, hint: Hint) -> None:
        self.hints.append(hint)
        if self._fails:
            raise RuntimeError("deaf")

    def _refill(self) -> None:
        self.refills += 1

    def hear(self, *hints: Hint) -> None:
        """Wait until exactly these have come since the last time."""
        eventually(lambda: len(self.hints) >= len(hints))
        heard, self.hints = self.hints, []
        assert heard == list(hints)


@dataclass
class Place:
    """Two processes' ends of one bus."""

    here: Any
    there: Any
    database: Database
    redis_url: str
    folder: Path

    def leave(self, *hints: Hint, bus: Any = None) -> None:
        bus = bus or self.there
        with Session(self.database.writer) as session, bus.leaving(session, hints):
            session.commit()

    def stored_video(self) -> tuple[SqlStorage, Video]:
        storage = SqlStorage(self.database, {}, FakeHints(), FakeClock(), self.there)
        user = make_user()
        channel = make_channel(user)
        video = make_video(channel)
        with storage.uow() as uow:
            uow.users.add(user)
            uow.channels.add(channel)
            uow.videos.add(video)
            uow.commit()
        return storage, video


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    # A socket's path has to be short.
    with tempfile.TemporaryDirectory() as folder, running_redis(Path(folder)) as server:
        yield server


@pytest.fixture(params=["fake", "sqlite", "postgres", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    kind = request.param
    database = request.getfixturevalue("postgres" if kind == "postgres" else "sqlite")
    redis_url = request.getfixturevalue("server").url if kind == "redis" else ""
    if kind == "fake":
        bus = FakeBus()
        yield Place(bus, bus, database, redis_url, tmp_path)
        return
    here, there = (open_bus(redis_url or None, database, tmp_path) for _ in range(2))
    yield Place(here, there, database, redis_url, tmp_path)
    here.close()
    there.close()


@pytest.fixture
def subscribe() -> Iterator[Callable[..., Ears]]:
    """Subscribe, and return once hints arrive."""
    made: list[Ears] = []

    def subscribe(bus: Any, **options: Any) -> Ears:
        made.append(Ears(bus, **options))
        eventually(lambda: made[-1].refills == 1)
        return made[-1]

    yield subscribe
    for ears in made:
        ears.subscription.close()


Subscribe = Callable[..., Ears]


def listeners() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "bus"]


def test_hints_arrive_in_order_here_and_there(place: Place, subscribe: Subscribe) -> None:
    here, there = subscribe(place.here), subscribe(place.there)
    place.leave(ONE, TWO)
    place.leave()
    place.leave(THREE)
    here.hear(ONE, TWO, THREE)
    there.hear(ONE, TWO, THREE)


@pytest.mark.parametrize("place", ["sqlite", "postgres", "redis"], indirect=True)
def test_a_hint_of_another_process_arrives(place: Place, subscribe: Subscribe) -> None:
    ears = subscribe(place.here)
    command = [place.redis_url, place.database.url.render_as_string(), place.folder, "вид/1"]
    subprocess.run([sys.executable, "-c", ANOTHER_PROCESS, *command], cwd=ROOT, check=True)
    ears.hear(Hint(Topic.PROGRESS, "вид/1", UserId("user")))


def test_what_no_commit_is_about_arrives_too(place: Place, subscribe: Subscribe) -> None:
    here, there = subscribe(place.here), subscribe(place.there)
    place.there.send([])
    place.there.send([ONE, TWO])
    for ears in (here, there) if place.here is not place.there else (here,):
        ears.hear(ONE, TWO)


def test_nothing_arrives_before_the_commit(place: Place, subscribe: Subscribe) -> None:
    ears = subscribe(place.here)
    with Session(place.database.writer) as session, place.there.leaving(session, [ONE]):
        place.leave(TWO, bus=place.here)
        ears.hear(TWO)
        session.commit()
    ears.hear(ONE)


def test_what_is_rolled_back_leaves_no_hint(place: Place, subscribe: Subscribe) -> None:
    ears = subscribe(place.here)
    with (
        pytest.raises(RuntimeError),
        Session(place.database.writer) as session,
        place.there.leaving(session, [ONE]),
    ):
        raise RuntimeError
    place.leave(TWO)
    ears.hear(TWO)


def test_a_commit_hints_at_each_video_once(place: Place, subscribe: Subscribe) -> None:
    storage, video = place.stored_video()
    ears = subscribe(place.here)
    with storage.uow() as uow:
        found = uow.videos.get(video.id)
        assert found is not None
        found.created()
        found.want_renditions()
        uow.commit()
    ears.hear(Hint(Topic.VIDEO, video.id, video.owner_id))
    assert storage.changes.count == 1


def test_how_far_processing_is_is_hinted_at_but_does_not_show(
    place: Place, subscribe: Subscribe
) -> None:
    storage, video = place.stored_video()
    ears = subscribe(place.here)
    with storage.uow() as uow:
        found = uow.videos.get(video.id)
        assert found is not None
        found.report(0.5, 10)
        uow.commit()
    ears.hear(Hint(Topic.PROGRESS, video.id, video.owner_id))
    assert storage.changes.count == 0


@pytest.mark.parametrize("place", ["sqlite", "postgres", "redis"], indirect=True)
def test_too_many_hints_at_once_are_a_refill(place: Place, subscribe: Subscribe) -> None:
    ears = subscribe(place.here)
    place.leave(*[Hint(Topic.VIDEO, str(number), UserId("user")) for number in range(1000)])
    eventually(lambda: ears.refills == 2)
    place.leave(ONE)
    ears.hear(ONE)


def test_closing_the_last_subscription_ends_the_thread(
    place: Place, subscribe: Subscribe
) -> None:
    first, second = subscribe(place.here), subscribe(place.here)
    first.subscription.close()
    place.leave(ONE)
    second.hear(ONE)
    assert first.hints == []
    second.subscription.close()
    second.subscription.close()
    assert not listeners()
    again = subscribe(place.here)
    place.leave(TWO)
    again.hear(TWO)


def test_nothing_runs_that_nobody_subscribed_to(place: Place) -> None:
    place.leave(ONE)
    assert not listeners()


@pytest.mark.parametrize("place", ["sqlite", "postgres", "redis"], indirect=True)
def test_a_subscriber_that_fails_does_not_disturb_others(
    place: Place, subscribe: Subscribe, caplog: pytest.LogCaptureFixture
) -> None:
    broken, ears = subscribe(place.here, fails=True), subscribe(place.here)
    place.leave(ONE)
    place.leave(TWO)
    ears.hear(ONE, TWO)
    broken.hear(ONE, TWO)
    assert "a subscriber of the bus failed" in caplog.text


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
def test_a_connection_to_postgresql_that_was_ended_is_made_again(
    place: Place, subscribe: Subscribe, postgres_server: Postgres
) -> None:
    ears = subscribe(place.here)
    with postgres_server.admin(place.database.url.database or "") as admin:
        ended = admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
            " AND datname = current_database()"
        ).fetchall()
    assert ended == [(True,)]
    eventually(lambda: ears.refills == 2)
    place.leave(ONE)
    ears.hear(ONE)


@pytest.mark.parametrize("place", ["redis"], indirect=True)
def test_a_connection_to_redis_that_was_ended_is_made_again(
    place: Place, subscribe: Subscribe
) -> None:
    ears = subscribe(place.here)
    with redis.Redis.from_url(place.redis_url) as client:
        assert client.execute_command("CLIENT", "KILL", "TYPE", "pubsub") == 1
    eventually(lambda: ears.refills == 2)
    place.leave(ONE)
    ears.hear(ONE)


def test_redis_goes_away_and_comes_back(
    subscribe: Subscribe, sqlite: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer(Path(folder))
        bus = open_bus(server.url, sqlite, Path(folder))
        place = Place(bus, bus, sqlite, server.url, Path(folder))
        place.leave(ONE)
        assert "hints were not taken" in caplog.text
        early = Ears(bus)
        eventually(lambda: "hints are not heard" in caplog.text)
        assert early.refills == 0
        server.start()
        try:
            eventually(lambda: early.refills == 1)
            server.stop()
            place.leave(ONE)
            server.start()
            eventually(lambda: early.refills == 2)
            place.leave(TWO)
            early.hear(TWO)
        finally:
            early.subscription.close()
            server.stop()
            bus.close()


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_whoever_is_too_far_behind_refills(place: Place, subscribe: Subscribe) -> None:
    busy, free = threading.Event(), threading.Event()

    def hinted(hint: Hint) -> None:
        busy.set()
        free.wait(10)

    slow = place.here.subscribe(hinted, lambda: None)
    ears = subscribe(place.here)
    place.leave(ONE)
    assert busy.wait(10)
    for _ in range(11):
        place.leave(*[TWO] * 100)
    free.set()
    eventually(lambda: ears.refills == 2)
    slow.close()
    with place.there._open() as connection:
        (kept,) = connection.execute("SELECT count(*) FROM hints").fetchone()
    connection.close()
    assert kept == 1000


def test_a_file_that_cannot_be_used_costs_nothing_but_hints(
    sqlite: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "hints.sqlite3").mkdir()
    bus = open_bus(None, sqlite, tmp_path)
    place = Place(bus, bus, sqlite, "", tmp_path)
    place.leave(ONE)
    assert "hints were not taken" in caplog.text
    ears = Ears(bus)
    eventually(lambda: "hints are not heard" in caplog.text)
    (tmp_path / "hints.sqlite3").rmdir()
    eventually(lambda: ears.refills == 1)
    place.leave(TWO)
    ears.hear(TWO)
    ears.subscription.close()
    bus.close()


@pytest.mark.parametrize("place", ["redis"], indirect=True)
def test_what_is_no_hint_is_passed_over(place: Place, subscribe: Subscribe) -> None:
    ears = subscribe(place.here)
    with redis.Redis.from_url(place.redis_url) as client:
        for text in ("?", "[]", '["unheard-of", "1", "2"]', "7", b"\xff"):
            client.publish("videohub-hints-0", text)
    place.leave(ONE)
    eventually(lambda: ears.hints or ears.refills > 1)
    place.leave(TWO)
    eventually(lambda: TWO in ears.hints)
