"""`videohub doctor` says what is missing, and what to do about it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from adapters.media.checkup import MediaCheck, is_safe
from entrypoints.cli import doctor as doctor_module
from entrypoints.cli.main import main

DEVELOPMENT = str(Path(__file__).parents[2] / "development.ini")
PARTS = ("network", "files", "calls", "limits")
ALL_HELD = dict.fromkeys(PARTS, True)
GOOD = {
    "ffmpeg": "8.1.2",
    "libav": "8.1.2",
    "starts": True,
    "tone_maps": True,
    "confined": ALL_HELD,
}


class Container:
    def __init__(self, check: MediaCheck) -> None:
        self._check = check

    def media_check(self) -> MediaCheck:
        return self._check


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(**found: Any) -> Result:
        container = Container(MediaCheck(**{**GOOD, **found}))
        monkeypatch.setattr(doctor_module, "open_container", lambda _config: container)
        return CliRunner().invoke(main, ["-c", DEVELOPMENT, "doctor"])

    return run


def test_a_machine_that_has_everything(run: Any) -> None:
    result = run()
    assert result.exit_code == 0
    assert "FAIL" not in result.output


@pytest.mark.parametrize("part", PARTS)
def test_a_kernel_that_lacks_a_part_is_told(run: Any, part: str) -> None:
    result = run(confined={**ALL_HELD, part: False})
    assert result.exit_code == 1
    assert result.output.count("FAIL") == 1


@pytest.mark.parametrize(
    "found", [{"ffmpeg": "7.0.2-static"}, {"ffmpeg": ""}, {"libav": "6.1"}, {"starts": False}]
)
def test_an_unsafe_ffmpeg_is_told(run: Any, found: dict[str, Any]) -> None:
    result = run(**found)
    assert result.exit_code == 1
    assert result.output.count("FAIL") == 1


def test_what_can_be_done_without_is_only_noted(run: Any) -> None:
    result = run(tone_maps=False)
    assert result.exit_code == 0
    assert "note" in result.output


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
    result = CliRunner().invoke(main, ["-c", DEVELOPMENT, "doctor"])
    assert isinstance(result.exception, SystemExit | None)
    assert "ok    ffmpeg starts when it is locked in" in result.output
    if sys.platform == "linux":
        assert "ok    the reading of media has no network" in result.output
