"""The drills can be run; what many faults do to the hub is for them to count."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.end_to_end.hub import ROOT


def test_a_short_drill_of_uploads_loses_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.drills.uploads", "--faults", "8", "--seed", "3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"(\d+) files, (\d+) cuts, (\d+) kills: 0 acknowledged", done.stdout)
    assert found, done.stdout
    assert int(found[2]) + int(found[3]) >= 8
