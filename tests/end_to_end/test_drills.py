"""The drills can be run; what many faults do to the hub is for them to count."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.end_to_end.hub import ROOT


def drilled(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_short_drill_of_uploads_loses_nothing() -> None:
    said = drilled("tests.drills.uploads", "--faults", "8", "--seed", "3")
    found = re.search(r"(\d+) files, (\d+) cuts, (\d+) kills: 0 acknowledged", said)
    assert found, said
    assert int(found[2]) + int(found[3]) >= 8


def test_a_short_drill_of_processing_breaks_no_promise() -> None:
    said = drilled("tests.drills.media", "--kills", "4", "--hits", "1", "--seed", "3")
    found = re.search(r"4 kills .*, 1 deleted, (\d+) fetches: 0 promises broken", said)
    assert found, said
    assert int(found[1]) > 100
