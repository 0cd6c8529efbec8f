"""What the sandbox's child answers, checked: it has read untrusted bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.media.child_process import SandboxDied
from adapters.media.description import Described
from adapters.media.encoding import made_file
from adapters.media.formats import SIDE_MOST
from adapters.media.job_folder import COLUMNS, COUNT_MOST, ROWS, SHEET
from adapters.media.recipe import Recipe
from videohub_core.videos.ports import MadeStoryboard

SHOWN_SIDE_MOST = 8 * SIDE_MOST
"""Pixels may be wide."""
SHEET_MOST = 16 << 20


def duration(answer: object, most: float) -> float:
    if not isinstance(answer, float) or not 0 < answer <= most:
        raise SandboxDied("The child named an impossible duration.")
    return answer


def side(answer: object) -> int:
    return _count(answer, SHOWN_SIDE_MOST)


def recipe(answer: object) -> Recipe:
    try:
        return Recipe.checked(answer if isinstance(answer, dict) else {})
    except (TypeError, ValueError) as error:
        raise SandboxDied("The child named a recipe that cannot be.") from error


def described(answer: Mapping[str, Any], duration_most: float) -> Described:
    upright, has_sound = answer.get("upright"), answer.get("has_sound")
    if not isinstance(upright, bool) or not isinstance(has_sound, bool):
        raise SandboxDied("The child did not describe the file.")
    return Described(
        duration=duration(answer.get("duration"), duration_most),
        width=side(answer.get("width")),
        height=side(answer.get("height")),
        upright=upright,
        has_sound=has_sound,
    )


def storyboard(answer: object, made: Path, duration_most: float) -> MadeStoryboard | None:
    if answer is None:
        return None
    if not isinstance(answer, dict):
        raise SandboxDied("The child did not describe the storyboard.")
    count = _count(answer.get("count"), COUNT_MOST)
    sheets = _count(answer.get("sheets"), -(-count // (COLUMNS * ROWS)))
    return MadeStoryboard(
        sheets=tuple(
            made_file(made / SHEET.format(number + 1), SHEET_MOST) for number in range(sheets)
        ),
        columns=COLUMNS,
        rows=ROWS,
        width=side(answer.get("width")),
        height=side(answer.get("height")),
        count=min(count, sheets * COLUMNS * ROWS),
        interval=duration(answer.get("interval"), duration_most),
    )


def _count(answer: object, most: int) -> int:
    # JSON's true is an int to Python.
    if type(answer) is not int or not 0 < answer <= most:
        raise SandboxDied("The child named an impossible number.")
    return answer
