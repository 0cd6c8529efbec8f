"""The scripts of `docs/scripting.md`, as they stand there, one after the other."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from entrypoints.server.worker_process import STOP_SECONDS, worker_command
from tests.end_to_end.hub import ROOT

SCRIPTS = re.findall(
    r"^```python\n(.*?)^```$",
    (ROOT / "docs" / "scripting.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)
# Runs a script as its own program, then says what of the web came along.
RUN = """
import runpy, sys
runpy.run_path(sys.argv[1], run_name="__main__")
WEB = {"pyramid", "cornice", "colander", "webob", "tornado", "jinja2"}
assert not WEB & set(sys.modules), WEB & set(sys.modules)
"""


class Folder:
    """A folder as a newcomer has it: settings, a clip, no environment."""

    def __init__(self, path: Path, clip: Path) -> None:
        self.path = path
        shutil.copy(ROOT / "development.ini", path)
        shutil.copy(clip, path / "clip.mp4")
        self._environ = {k: v for k, v in os.environ.items() if not k.startswith("VIDEOHUB_")}

    def run(self, script: str) -> str:
        file = self.path / "script.py"
        file.write_text(script, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", RUN, file.name],
            cwd=self.path,
            env={**self._environ, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def worker(self) -> Iterator[None]:
        with subprocess.Popen(
            worker_command(self.path / "development.ini"),
            env=self._environ,
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            yield
            process.communicate(timeout=STOP_SECONDS + 5)


def test_every_script_does_what_it_says(tmp_path: Path, clip: Path) -> None:
    register, wait, show, edit = SCRIPTS
    folder = Folder(tmp_path, clip)
    assert re.fullmatch(r"made [0-9A-Za-z]{16}\n", folder.run(register))
    with folder.worker():
        assert folder.run(wait) == "Узлы и петли is ready \n"
    shown = folder.run(show).splitlines()
    assert shown[0].endswith(" Anna Узлы и петли")
    assert shown[1:] == ["found Узлы и петли"]
    assert folder.run(edit) == "edited Узлы и петли\n"
    tags = "print(*hub.read_video()(actor=anna, video_id=page.items[0].id).tags)"
    assert folder.run(f"{edit}{tags}").endswith("knots sea 2026\n")


def test_they_are_short() -> None:
    for script in SCRIPTS:
        lines = [line for line in script.splitlines() if line]
        assert len([line for line in lines if not line.startswith(("from ", "import "))]) <= 12
