"""Rules for text that people write: what is stored is what was written, or nothing is."""

from __future__ import annotations

import unicodedata

from videohub_core.shared.errors import FieldError

# Tab and line breaks are the only control characters with a meaning in prose.
_ALLOWED_CONTROLS = "\t\n\r"


def text_error(
    pointer: str, text: str, *, least: int = 0, most: int, one_line: bool = False
) -> FieldError | None:
    """Return what is wrong with a text of `least` to `most` characters, or None.

    Control characters and lone surrogates are refused, since no two databases
    agree on them; a one-line text has no line breaks either.
    """
    if len(text) < least:
        if not text:
            return FieldError(pointer, "required", "This may not be empty.")
        return FieldError(pointer, "too_short", f"This needs at least {least} characters.")
    if len(text) > most:
        return FieldError(pointer, "too_long", f"This may have at most {most} characters.")
    allowed = "" if one_line else _ALLOWED_CONTROLS
    for character in text:
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character not in allowed):
            return FieldError(
                pointer,
                "invalid_character",
                f"The character U+{ord(character):04X} is not allowed here.",
            )
    return None
