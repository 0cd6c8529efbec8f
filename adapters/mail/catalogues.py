"""The words of mails in every language, compiled in memory as those of the pages are."""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from videohub_core.shared.locales import LOCALES

DOMAIN = "mail"
FOLDER = Path(__file__).parent / "locale"


def catalogue_file(locale: str) -> Path:
    """Return where the catalogue of a locale is."""
    return FOLDER / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def translations(locale: str) -> gettext.NullTranslations:
    """Return the catalogue of a locale of the hub's."""
    compiled = BytesIO()
    with catalogue_file(locale).open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def spoken(locale: str | None) -> str:
    """Return the language in which to write to whoever asked for one, or for none."""
    return locale if locale in LOCALES else LOCALES[0]
