"""What speakers call their language."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError

_KEPT = 1000


@lru_cache(_KEPT)
def language_name(tag: str) -> str:
    """Return the language's own name, with a capital as in a list; else the tag itself."""
    parts = tag.split("-")
    # What a tag says besides (a script, a region) may be more than the names know.
    for length in range(len(parts), 0, -1):
        try:
            name = Locale.parse("-".join(parts[:length]), sep="-").get_display_name()
        except (UnknownLocaleError, ValueError):
            continue
        if name:
            return f"{name[0].upper()}{name[1:]}"
    return tag
