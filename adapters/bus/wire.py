"""Hints as text."""

from __future__ import annotations

import json
from collections.abc import Sequence

from videohub_core.shared.bus import Hint, Topic
from videohub_core.shared.ids import UserId

EVERYTHING = "*"
"""Says that there may have been any hint."""

_MOST = 100
"""Whoever is told more than this at once looks at everything as quickly."""


def encode(hints: Sequence[Hint]) -> list[str]:
    if len(hints) > _MOST:
        return [EVERYTHING]
    return [json.dumps(_fields(hint)) for hint in hints]


def decode(text: str) -> Hint | None:
    """Return the hint, or None for what is not one, as a later release may send."""
    try:
        topic, key, owner_id, *more = json.loads(text)
        return Hint(Topic(topic), key, UserId(owner_id), *map(int, more[:1]))
    except (TypeError, ValueError):
        return None


def _fields(hint: Hint) -> list[str | int]:
    fields: list[str | int] = [hint.topic.value, hint.key, hint.owner_id]
    return [*fields, hint.version] if hint.version else fields
