"""`videohub doctor` says what is missing, and what to do about it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from adapters.limits.checkup import RedisCheck
from adapters.machine.checkup import FolderCheck, PortCheck, SecretCheck, SystemCheck
from adapters.media.checkup import MediaCheck, is_safe
from adapters.persistence.checkup import DatabaseCheck
from entrypoints.cli import doctor as doctor_module
from entrypoints.cli.contradictions import of_settings
from entrypoints.cli.findings import State
from entrypoints.cli.main import main
from entrypoints.edge import browser_code
from entrypoints.settings import Settings, make_settings

DEVELOPMENT = str(Path(__file__).parents[2] / "development.ini")
PARTS = ("network", "files", "calls", "limits")
ALL_HELD = dict.fromkeys(PARTS, True)
GOOD: dict[str, Any] = {
    "system": SystemCheck(
        python="3.11.7",
        python_is_new_enough=True,
        packages={"pyramid": "2.1"},
        unmet=(),
        certificates=True,
        time_zones=True,
    ),
    "folder": FolderCheck(problem=None, not_writable=(), free=100 << 30),
    "secret": SecretCheck(exists=True),
    "port": PortCheck(hub_answers=False),
    "database": DatabaseCheck("sqlite:///x", "SQLite 3.45", schema_is_current=True),
    "redis": None,
    "media": MediaCheck(
        ffmpeg="8.1.2", libav="8.1.2", starts=True, tone_maps=True, confined=ALL_HELD
    ),
}


class Container:
    """A container of which only the checks are asked."""

    def __init__(self, settings: Settings, found: dict[str, Any]) -> None:
        self.settings = lambda: settings
        for name, check in found.items():
            setattr(self, f"{name}_check", lambda check=check: check)


Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Run:
    """Run the command over good checks, with some of their fields, or whole ones, changed."""

    def run(
        *options: str,
        migrate_on_start: bool = False,
        missing: tuple[str, ...] = (),
        **changes: Any,
    ) -> Result:
        monkeypatch.setattr(browser_code, "missing", lambda: list(missing))
        found = dict(GOOD)
        for name, change in changes.items():
            found[name] = replace(found[name], **change) if isinstance(change, dict) else change
        container = Container(replace(settings, migrate_on_start=migrate_on_start), found)
        monkeypatch.setattr(doctor_module, "open_container", lambda _config: container)
        return CliRunner().invoke(main, ["-c", DEVELOPMENT, "doctor", *options])

    return run


def test_a_machine_that_has_everything(run: Run) -> None:
    result = run()
    assert result.exit_code == 0
    assert "FAIL" not in result.output
    assert "note" not in result.output


@pytest.mark.parametrize("part", PARTS)
def test_a_kernel_that_lacks_a_part_is_told(run: Run, part: str) -> None:
    result = run(media={"confined": {**ALL_HELD, part: False}})
    assert result.exit_code == 1
    assert result.output.count("FAIL") == 1


FAILS: dict[str, tuple[dict[str, Any], str]] = {
    "ffmpeg is old": ({"media": {"ffmpeg": "7.0.2-static"}}, "8.1.2 or newer"),
    "ffmpeg is missing": ({"media": {"ffmpeg": ""}}, "the system's packages do"),
    "libav is old": ({"media": {"libav": "6.1"}}, "8.1.2 or newer"),
    "ffmpeg does not start": ({"media": {"starts": False}}, "can be read by the hub's user"),
    "Python is old": ({"system": {"python_is_new_enough": False}}, "Install Python 3.11"),
    "a package is missing": ({"system": {"unmet": ("huey>=3.0",)}}, "huey>=3.0"),
    "the folder": ({"folder": {"problem": "Read-only file system"}}, "VIDEOHUB_DATA_DIR"),
    "somebody else's": ({"folder": {"not_writable": ("media", "lock")}}, "media, lock"),
    "no room": ({"folder": {"free": 1 << 29}}, "0.5 GiB are free"),
    "secret for all": ({"secret": {"is_private": False}}, "chmod 600"),
    "secret too short": ({"secret": {"is_long_enough": False}}, "Delete the file"),
    "secret unreadable": ({"secret": {"problem": "Permission denied"}}, "Permission denied"),
    "port": ({"port": {"problem": "Address already in use"}}, "set VIDEOHUB_LISTEN"),
    "database": ({"database": {"problem": "no route"}}, "does not answer: no route"),
    "old PostgreSQL": ({"database": {"is_new_enough": False}}, "PostgreSQL 13 or newer"),
    "old schema": ({"database": {"schema_is_current": False}}, "videohub migrate"),
    "no database": ({"database": {"exists": False}}, "videohub migrate"),
    "Redis": ({"redis": RedisCheck("redis://x", problem="refused")}, "leave VIDEOHUB_REDIS"),
}


@pytest.mark.parametrize("name", FAILS)
def test_what_is_needed_and_missing_is_told_with_advice(run: Run, name: str) -> None:
    changes, said = FAILS[name]
    result = run(**changes)
    assert result.exit_code == 1
    assert result.output.count("FAIL") == 1
    assert said in result.output


NOTES: dict[str, dict[str, Any]] = {
    "no tone mapping": {"media": {"tone_maps": False}},
    "no certificates": {"system": {"certificates": False}},
    "no time zones": {"system": {"time_zones": False}},
    "no browser code": {"missing": ("hls.js", "tus-js-client")},
    "little room": {"folder": {"free": 15 << 30}},
}


@pytest.mark.parametrize("name", NOTES)
def test_what_can_be_done_without_is_only_noted(run: Run, name: str) -> None:
    result = run(**NOTES[name])
    assert result.exit_code == 0
    assert result.output.count("note") == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"port": {"hub_answers": True}}, "a hub answers at 127.0.0.1:6543"),
        ({"secret": {"exists": False}}, "is made at the first start"),
        ({"redis": RedisCheck("redis://x", version="7.2")}, "the Redis at redis://x is 7.2"),
        ({"database": {"exists": False}, "migrate_on_start": True}, "the next start brings"),
        (
            {"database": {"schema_is_current": False}, "migrate_on_start": True},
            "the next start brings",
        ),
    ],
)
def test_what_is_well_is_said_too(run: Run, changes: dict[str, Any], said: str) -> None:
    result = run(**changes)
    assert result.exit_code == 0
    assert said in result.output


def test_the_findings_as_json(run: Run) -> None:
    result = run("--json", media={"starts": False, "tone_maps": False})
    assert result.exit_code == 1
    document = json.loads(result.output)
    assert document["ok"] is False
    states = [finding["state"] for finding in document["findings"]]
    assert (states.count("fail"), states.count("note")) == (1, 1)
    for finding in document["findings"]:
        assert set(finding) == {"area", "state", "what", "advice"}
        assert (finding["advice"] is None) is (finding["state"] == "ok")
    assert json.loads(run("--json").output)["ok"] is True


PRODUCTION = {
    "data_dir": "/data",
    "public_url": "https://videos.example.org",
    "trusted_proxies": "127.0.0.1",
}
CONTRADICTIONS: dict[str, tuple[dict[str, str], State, str]] = {
    "no public URL": (
        {"public_url": "", "trusted_proxies": ""},
        State.FAIL,
        "VIDEOHUB_PUBLIC_URL",
    ),
    "no proxy": ({"trusted_proxies": ""}, State.FAIL, "VIDEOHUB_TRUSTED_PROXIES"),
    "development": ({"development": "yes"}, State.FAIL, "VIDEOHUB_DEVELOPMENT=no"),
    "not encrypted": ({"public_url": "http://videos.example.org"}, State.NOTE, "https://"),
    "another port": (
        {"development": "yes", "public_url": "http://localhost:8000"},
        State.NOTE,
        "VIDEOHUB_LISTEN",
    ),
    "another machine": (
        {"development": "yes", "public_url": "http://hub.lan:6543", "trusted_proxies": ""},
        State.NOTE,
        "VIDEOHUB_LISTEN=0.0.0.0:PORT",
    ),
    "quota": ({"quota": "1G"}, State.NOTE, "VIDEOHUB_QUOTA"),
}


def found_in(**values: str) -> list[tuple[State, str]]:
    given = {**PRODUCTION, **values}
    settings = make_settings({f"videohub.{k}": v for k, v in given.items()}, {})
    return [(finding.state, finding.advice) for finding in of_settings(settings)]


def test_settings_that_agree() -> None:
    assert found_in() == [(State.OK, "")]
    at_home = {"development": "yes", "trusted_proxies": ""}
    for url in ("http://localhost:6543", "http://127.0.0.1:6543", "http://[::1]:6543"):
        assert found_in(**at_home, public_url=url) == [(State.OK, "")]
    lan = {"listen": "0.0.0.0:6543", "public_url": "http://hub.lan:6543"}
    assert found_in(**at_home, **lan) == [(State.OK, "")]


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_settings_that_contradict_each_other(name: str) -> None:
    values, state, said = CONTRADICTIONS[name]
    found = found_in(**values)
    assert state in [kind for kind, _ in found]
    assert said in " ".join(advice for kind, advice in found if kind is state)


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ("8.1.2", True),
        ("8.1.1", False),
        ("8.1", False),
        ("8.0.3", True),
        ("8.0.2", False),
        ("7.1.5-0ubuntu1", True),
        ("7.1.4", False),
        ("7.0.9", False),
        ("6.1.9", False),
        ("8.2", True),
        ("n9.0.2-17-g2a571b6068", True),
        ("N-120000-gabcdef", False),
        ("", False),
    ],
)
def test_which_releases_are_safe(version: str, safe: bool) -> None:
    assert is_safe(version) is safe


def test_this_machine_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEOHUB_DATA_DIR", str(tmp_path / "data"))
    result = CliRunner().invoke(main, ["-c", DEVELOPMENT, "doctor", "--json"])
    assert isinstance(result.exception, SystemExit | None)
    states = {found["what"]: found["state"] for found in json.loads(result.output)["findings"]}
    assert states["ffmpeg starts when it is locked in"] == "ok"
    assert states["packages are complete"] == "ok"
    assert states[f"the data folder {tmp_path}/data can be written"] == "ok"
    if sys.platform == "linux":
        assert states["the reading of media has no network"] == "ok"
    # Looking leaves nothing behind.
    assert list((tmp_path / "data").iterdir()) == []


def test_no_secret_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEOHUB_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("VIDEOHUB_DATABASE_URL", "postgresql+psycopg://hub:sesame@localhost:1/x")
    monkeypatch.setenv("VIDEOHUB_REDIS_URL", "redis://user:sesame@localhost:1/0")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret").write_text("sesame" * 10)
    for options in ([], ["--json"]):
        result = CliRunner().invoke(main, ["-c", DEVELOPMENT, "doctor", *options])
        assert result.exit_code == 1
        assert "localhost:1" in result.output
        assert "sesame" not in result.output


def test_a_data_folder_that_cannot_be_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("VIDEOHUB_DATA_DIR", str(tmp_path / "file" / "data"))
    result = CliRunner().invoke(main, ["-c", DEVELOPMENT, "doctor"])
    assert result.exit_code == 1
    assert "The data folder cannot be used" in result.output
