"""The hub runs on what requirements.lock names, and on nothing that only tests need."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import setuptools

ROOT = Path(__file__).parents[2]
VENDORED = {path.name for path in (Path(setuptools.__file__).parent / "_vendor").iterdir()}

PROGRAM = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

MISSING = set(sys.argv[2].split(","))
sys.meta_path.insert(0, Missing())

from pathlib import Path
from adapters.identity import oidc
from entrypoints.cli.main import main
from entrypoints.container import build_container
from entrypoints.http.app import make_app
from entrypoints.server import runner
from entrypoints.settings import make_settings
from entrypoints.worker import app

make_app(build_container(make_settings({"videohub.data_dir": sys.argv[1]}, {})))
print("it runs")
"""


LATE = """
import sys
from entrypoints.container import build_container
from entrypoints.http.app import make_app
from entrypoints.settings import make_settings

values = {"data_dir": sys.argv[1], "oidc_issuer": "https://login.example.test"}
values["oidc_client_id"] = "hub"
settings = make_settings({f"videohub.{k}": v for k, v in values.items()}, {})
make_app(build_container(settings))
print(*{"authlib", "boto3", "botocore", "joserfc", "requests"} & set(sys.modules))
"""


def locked(name: str) -> set[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {found.lower() for found in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def test_the_hub_needs_nothing_but_its_own_lock(tmp_path: Path) -> None:
    for_tests = locked("requirements-dev.lock") - locked("requirements.lock")
    assert {"flask", "pytest", "hypothesis"} <= for_tests
    modules = [
        module
        for module, names in packages_distributions().items()
        if all(name.lower().replace("_", "-") in for_tests for name in names)
        # setuptools carries copies of these, which pkg_resources falls back to.
        and module not in VENDORED
    ]
    assert "flask" in modules
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), ",".join(modules)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.stdout.strip().endswith("it runs"), done.stderr


def test_what_speaks_with_a_provider_is_loaded_when_somebody_signs_in(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LATE, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout.strip() == ""
