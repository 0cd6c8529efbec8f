"""The hub in this process, over a filled database."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from adapters.persistence import schema
from adapters.persistence.database import Database
from benchmarks.data import VERSION, Community, fill
from entrypoints.container import Container, build_container
from entrypoints.edge.logs import configure_logs
from entrypoints.http.app import make_app
from entrypoints.settings import make_settings
from tests.postgres import running_postgres
from videohub_core.accounts.policies import started_session
from videohub_core.shared.ids import UserId

_UNLIMITED = "read=100000000/second write=100000000/second"


@dataclass(frozen=True)
class FilledHub:
    """The application and what is in its database."""

    kind: str
    container: Container
    community: Community
    app: Any

    @property
    def database(self) -> Database:
        database: Database = self.container.database()
        return database

    def get(self, path: str, query: str = "", session: str | None = None) -> bytes:
        """Return the body of what the application answers; fail if it is not 200."""
        said: list[str] = []
        asked = environ(path, query)
        if session is not None:
            asked["HTTP_COOKIE"] = f"hub_session={session}"
        parts = self.app(asked, lambda status, _headers, _info=None: said.append(status))
        assert said[0].startswith("200"), said
        return b"".join(parts)

    def session_of_owner(self) -> str:
        """Sign in the member with the most videos, who follows the most channels too."""
        token: str = self.container.ids().secret()
        with self.container.uow() as uow:
            user = uow.users.get(UserId(self.community.owner_id))
            assert user is not None
            started_session(uow, user, token=token, now=self.container.clock().now())
            uow.commit()
        return token


def environ(path: str, query: str = "") -> dict[str, Any]:
    """Return a stranger's request as the server hands it on."""
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "6543",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost:6543",
        "HTTP_ACCEPT": "*/*",
        "HTTP_USER_AGENT": "benchmark",
        "CONTENT_LENGTH": "0",
        "REMOTE_ADDR": "127.0.0.1",
        "webob.is_body_seekable": True,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


@contextmanager
def filled_hub(folder: Path, kind: str, videos: int) -> Iterator[FilledHub]:
    """Lend a hub with so many videos; what is in SQLite is kept for the next time."""
    if kind == "postgres":
        with running_postgres(on_disk=True) as server:
            url = server.url(server.create())
            yield from _open(folder, kind, url, _fill(url, videos))
    else:
        path = folder / f"{videos}-v{VERSION}.sqlite3"
        url = f"sqlite:///{path}"
        yield from _open(folder, kind, url, _kept(path, url, videos))


def _open(folder: Path, kind: str, url: str, community: Community) -> Iterator[FilledHub]:
    values = {"data_dir": str(folder / "data"), "database_url": url, "rate_limits": _UNLIMITED}
    settings = make_settings({f"videohub.{name}": text for name, text in values.items()}, {})
    container = build_container(settings)
    with (settings.data_dir / "log").open("w") as log:
        configure_logs(settings)
        for handler in logging.getLogger().handlers:
            assert isinstance(handler, logging.StreamHandler)
            handler.setStream(log)
        try:
            yield FilledHub(kind, container, community, make_app(container))
        finally:
            logging.getLogger().handlers.clear()
            container.database().close()
            container.hints().close()
            container.bus().close()


def _kept(path: Path, url: str, videos: int) -> Community:
    about = path.with_suffix(".json")
    if path.exists() and about.exists():
        database = Database(url)
        schema.migrate(database)
        database.close()
        return Community(**json.loads(about.read_text()))
    for part in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        part.unlink(missing_ok=True)
    community = _fill(url, videos)
    about.write_text(json.dumps(asdict(community)))
    return community


def _fill(url: str, videos: int) -> Community:
    database = Database(url)
    print(f"filling {database.url.get_backend_name()}: {videos} videos …", file=sys.stderr)
    try:
        return fill(database, videos)
    finally:
        database.close()
