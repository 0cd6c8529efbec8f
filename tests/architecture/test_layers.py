"""The house's walls: who may import whom, and what the core may import at all."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = sorted((ROOT / "videohub_core").rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            names.add(str(node.module))
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_core_imports_the_standard_library_alone(path: Path) -> None:
    assert imported(path) - {"videohub_core"} <= sys.stdlib_module_names


def test_there_is_a_core_to_look_at() -> None:
    assert len(CORE) > 40


def test_nobody_imports_a_sibling_test_package_named_like_ours() -> None:
    # The package `entrypoints` from the index would shadow or be shadowed by ours.
    import entrypoints

    assert Path(str(entrypoints.__file__)).parent == ROOT / "entrypoints"


def test_migrations_do_not_depend_on_todays_models() -> None:
    for path in (ROOT / "migrations" / "versions").glob("*.py"):
        assert imported(path) <= sys.stdlib_module_names | {"sqlalchemy", "alembic"}
