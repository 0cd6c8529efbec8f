"""Fixtures that several kinds of tests use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyramid.router import Router

from adapters.change_counter import ChangeCounter
from adapters.persistence import schema
from adapters.persistence.accounts import SqlAccountReader
from adapters.persistence.blocks import SqlBlockReader
from adapters.persistence.channels import SqlChannelReader
from adapters.persistence.chat_messages import SqlMessageReader
from adapters.persistence.chat_posts import SqlPostStore
from adapters.persistence.chat_views import SqlRoomReader
from adapters.persistence.comments import SqlCommentReader
from adapters.persistence.database import Database
from adapters.persistence.invitations import SqlInvitationReader
from adapters.persistence.likes import SqlLikeReader
from adapters.persistence.moderation import SqlAuditReader
from adapters.persistence.sitemaps import SqlSitemapReader
from adapters.persistence.subscriptions import SqlSubscriptionReader
from adapters.persistence.tokens import SqlTokenReader
from adapters.persistence.unit_of_work import SqlUnitOfWork
from adapters.persistence.video_search import SqlVideoSearch
from adapters.persistence.videos import SqlVideoReader
from entrypoints.container import Container, build_container, reactions
from entrypoints.http.app import make_app
from entrypoints.http.shared_answers import SharedAnswers
from entrypoints.settings import Settings, make_settings
from tests.fakes.bus import FakeBus
from tests.fakes.files import FakeFiles
from tests.fakes.simple import FakeClock, FakeHints, FakeIds, FakePasswords
from tests.fakes.storage import FakeStorage
from tests.postgres import Postgres, running_postgres
from tests.s3_server import S3Server, running_s3
from tests.samples import make_clip, make_large_clip
from videohub_core.shared.unit_of_work import Reactions

DEVELOPMENT = {"videohub.development": "yes"}


def followed_by(ids: FakeIds, clock: FakeClock) -> Reactions:
    """Return the hub's own reactions; only the names of files are asked of the store."""
    return reactions(ids, clock, FakeFiles(), keeps_originals=True)


class SqlStorage:
    """The same face as `FakeStorage`, over a database."""

    def __init__(
        self,
        database: Database,
        followed_by: Any,
        hints: FakeHints,
        clock: FakeClock,
        bus: Any = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self._reactions = followed_by
        self._hints = hints
        self.bus = bus or FakeBus()
        self.changes = ChangeCounter()
        self.account_reader = SqlAccountReader(database, clock)
        self.invitation_reader = SqlInvitationReader(database, clock)
        self.channel_reader = SqlChannelReader(database)
        self.video_reader = SqlVideoReader(database, clock)
        self.like_reader = SqlLikeReader(database, clock)
        self.subscription_reader = SqlSubscriptionReader(database, clock)
        self.block_reader = SqlBlockReader(database)
        self.comment_reader = SqlCommentReader(database)
        self.room_reader = SqlRoomReader(database)
        self.message_reader = SqlMessageReader(database)
        self.post_store = SqlPostStore(database, clock, self.bus)
        self.sitemap_reader = SqlSitemapReader(database, clock)
        self.video_search = SqlVideoSearch(database, clock)
        self.token_reader = SqlTokenReader(database, self.account_reader, clock)
        self.audit_reader = SqlAuditReader(database)

    def uow(self) -> SqlUnitOfWork:
        return SqlUnitOfWork(
            self.database, self._reactions, self._hints, self.changes, self.bus
        )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ids() -> FakeIds:
    return FakeIds()


@pytest.fixture
def hints() -> FakeHints:
    return FakeHints()


@pytest.fixture
def fake_storage(ids: FakeIds, clock: FakeClock, hints: FakeHints) -> FakeStorage:
    return FakeStorage(followed_by(ids, clock), hints, clock)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A migrated database as bytes: copying it is quicker than migrating each time."""
    path = tmp_path_factory.mktemp("schema") / "empty.sqlite3"
    database = Database(f"sqlite:///{path}")
    schema.migrate(database)
    database.close()
    return path.read_bytes()


@pytest.fixture
def sqlite(tmp_path: Path, empty_sqlite: bytes) -> Iterator[Database]:
    path = tmp_path / "hub.sqlite3"
    path.write_bytes(empty_sqlite)
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def sqlite_storage(
    sqlite: Database, ids: FakeIds, clock: FakeClock, hints: FakeHints
) -> SqlStorage:
    return SqlStorage(sqlite, followed_by(ids, clock), hints, clock)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(scope="session")
def empty_postgres(postgres_server: Postgres) -> str:
    """The name of a migrated database: copying it is quicker than migrating each time."""
    name = postgres_server.create()
    database = Database(postgres_server.url(name))
    schema.migrate(database)
    database.close()
    return name


@pytest.fixture
def postgres(postgres_server: Postgres, empty_postgres: str) -> Iterator[Database]:
    name = postgres_server.create(empty_postgres)
    database = Database(postgres_server.url(name))
    yield database
    database.close()
    postgres_server.drop(name)


@pytest.fixture
def postgres_storage(
    postgres: Database, ids: FakeIds, clock: FakeClock, hints: FakeHints
) -> SqlStorage:
    return SqlStorage(postgres, followed_by(ids, clock), hints, clock)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Any:
    """Each migrated, empty database in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def sql_storage(
    database: Database, ids: FakeIds, clock: FakeClock, hints: FakeHints
) -> SqlStorage:
    return SqlStorage(database, followed_by(ids, clock), hints, clock)


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def storage(request: pytest.FixtureRequest) -> Any:
    """Each storage in turn: what is promised by one is promised by all."""
    return request.getfixturevalue(f"{request.param}_storage")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings({"videohub.data_dir": str(tmp_path / "data"), **DEVELOPMENT}, {})


@pytest.fixture
def container(settings: Settings, empty_sqlite: bytes) -> Iterator[Container]:
    """The real container over a fresh data folder; passwords are hashed in no time."""
    built = build_container(settings)
    (settings.data_dir / "videohub.sqlite3").write_bytes(empty_sqlite)
    built.passwords.override(FakePasswords())
    yield built
    built.database().close()
    built.hints().close()
    built.bus().close()


@pytest.fixture(scope="session")
def any_app(tmp_path_factory: pytest.TempPathFactory) -> Router:
    """An application to lend: configuring it takes longer than most tests."""
    values = {"videohub.data_dir": str(tmp_path_factory.mktemp("any"))}
    return make_app(build_container(make_settings({**values, **DEVELOPMENT}, {})))


@pytest.fixture
def app(any_app: Router, container: Container) -> Router:
    """The Pyramid application over the test's own container, without a server."""
    any_app.registry.container = container
    any_app.registry.shared_answers = SharedAnswers(container)
    return any_app


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight seconds of H.264 and AAC."""
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=8)


@pytest.fixture(scope="session")
def large_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 100 MB of H.264 and AAC."""
    return make_large_clip(tmp_path_factory.mktemp("large") / "large.mp4", 100)
