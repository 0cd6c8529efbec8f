"""What is looked at for the operator: folders, the secret, the port, the databases."""

from __future__ import annotations

import importlib.metadata
import json
import os
import socket
import ssl
import threading
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from adapters.limits.checkup import check_redis
from adapters.machine import checkup
from adapters.machine.checkup import (
    check_folder,
    check_port,
    check_secret,
    check_system,
)
from adapters.persistence.checkup import check_database
from adapters.persistence.database import Database
from tests.postgres import Postgres
from tests.redis_server import running_redis


def test_this_python_and_its_packages() -> None:
    found = check_system()
    assert found.python_is_new_enough
    assert set(found.packages) == set(checkup.KEY_PACKAGES)
    assert found.unmet == ()


def test_packages_that_are_missing_or_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [
        "nothing-like-it >=1",
        "click >=9999",
        "click >=8",
        "gone ; python_version < '3'",
    ]
    monkeypatch.setattr(checkup, "requires", lambda _name: wanted)
    assert check_system().unmet == ("nothing-like-it>=1", "click>=9999")

    def not_installed(_name: str) -> None:
        raise importlib.metadata.PackageNotFoundError

    monkeypatch.setattr(checkup, "requires", not_installed)
    assert check_system().unmet == ()


def test_a_system_without_certificates_or_time_zones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "empty"))
    assert ssl.get_default_verify_paths().cafile is None
    assert not check_system().certificates
    (tmp_path / "empty" / "0.pem").touch()
    assert check_system().certificates

    def unknown(name: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(checkup, "ZoneInfo", unknown)
    assert not check_system().time_zones


def test_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "media").mkdir()
    found = check_folder(tmp_path)
    assert found.problem is None
    assert found.not_writable == ()
    assert found.free > 0
    assert [path.name for path in tmp_path.iterdir()] == ["media"]
    may = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: Path(path).name != "media" and may(path, mode)
    )
    assert check_folder(tmp_path).not_writable == ("media",)


def test_a_folder_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(**_given: Any) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(checkup.tempfile, "TemporaryFile", read_only)
    assert check_folder(tmp_path).problem == "Read-only file system"


def test_a_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    assert not check_secret(path).exists
    path.write_bytes(b"s" * 32)
    path.chmod(0o600)
    found = check_secret(path)
    assert (found.exists, found.is_private, found.is_long_enough) == (True, True, True)
    path.chmod(0o640)
    assert not check_secret(path).is_private
    path.write_bytes(b"s" * 31 + b"\n")
    assert not check_secret(path).is_long_enough
    assert check_secret(tmp_path).problem == "Is a directory"


@contextmanager
def answering(headers: dict[str, str], body: bytes) -> Iterator[int]:
    """Serve one answer on a port, for who names `hub.test`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path == "/health/live" and self.headers["Host"] == "hub.test"
            self.send_response(200 if known else 421)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body if known else b"{}")

        def log_message(self, *_given: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


HUB = ({"X-Request-Id": "1"}, json.dumps({"status": "ok"}).encode())


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_hub_on_the_port(host: str) -> None:
    with answering(*HUB) as port:
        assert check_port(host, port, "hub.test").hub_answers


@pytest.mark.parametrize("answer", [({}, HUB[1]), (HUB[0], b"{}"), (HUB[0], b"<html>")])
def test_something_else_on_the_port(answer: tuple[dict[str, str], bytes]) -> None:
    with answering(*answer) as port:
        found = check_port("127.0.0.1", port, "hub.test")
    assert not found.hub_answers
    assert found.problem == "Address already in use"


def test_a_free_port_and_an_address_of_nobody() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert check_port("127.0.0.1", port, "hub.test").problem is None
    assert check_port("192.0.2.1", port, "hub.test").problem is not None


def test_a_database(database: Database) -> None:
    found = check_database(database.url.render_as_string(hide_password=False))
    assert found.problem is None
    assert found.server.startswith("SQLite 3." if database.is_sqlite else "PostgreSQL 1")
    assert (found.exists, found.is_new_enough, found.schema_is_current) == (True, True, True)


def test_a_database_of_nothing(tmp_path: Path, postgres_server: Postgres) -> None:
    found = check_database(f"sqlite:///{tmp_path}/new.sqlite3")
    assert (found.exists, found.problem) == (False, None)
    assert list(tmp_path.iterdir()) == []
    nowhere = check_database(f"sqlite:///{tmp_path}/nowhere/new.sqlite3")
    assert nowhere.problem == f"there is no folder {tmp_path}/nowhere"
    name = postgres_server.create()
    empty = check_database(postgres_server.url(name))
    assert (empty.problem, empty.schema_is_current) == (None, False)
    postgres_server.drop(name)


def test_databases_that_do_not_answer(tmp_path: Path) -> None:
    (tmp_path / "text.sqlite3").write_text("This is no database, whatever its name is.\n" * 99)
    assert check_database(f"sqlite:///{tmp_path}/text.sqlite3").problem is not None
    secrets = "hub:sesame@localhost:1/hub?password=sesame"
    away = check_database(f"postgresql+psycopg://{secrets}")
    assert away.url == "postgresql+psycopg://hub:***@localhost:1/hub"
    assert away.problem is not None
    assert "sesame" not in str(away)
    wrong = check_database("postgresql+psycopg://hub:sesame@localhost:port/hub")
    assert wrong.problem == "its address cannot be read"
    assert "sesame" not in str(wrong)


def test_a_redis(tmp_path: Path) -> None:
    assert check_redis(None) is None
    with running_redis(tmp_path) as server:
        found = check_redis(server.url)
    assert found is not None
    assert found.problem is None
    assert found.version[0].isdigit()
    for url in ("redis://user:sesame@localhost:1/0", "redis://:sesame@localhost:port"):
        away = check_redis(url)
        assert away is not None
        assert away.problem is not None
        assert "localhost" in away.url
        assert "sesame" not in str(away)
