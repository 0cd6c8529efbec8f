"""The languages of the pages: which one a request gets, and its catalogue.

Message ids are the English sentences. The catalogues are compiled in memory when
the process starts, so the repository holds no compiled ones that could be stale.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import pass_context
from jinja2.runtime import Context
from pyramid.request import Request

from entrypoints.http.pages.signing_in import viewer_of
from videohub_core.shared.locales import LOCALES

DOMAIN = "videohub"
FOLDER = Path(__file__).parent / "locale"


def catalogue_file(locale: str) -> Path:
    """Return where the catalogue of a locale is."""
    return FOLDER / locale / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def catalogues() -> Mapping[str, gettext.NullTranslations]:
    """Return the translations of every locale."""
    return {locale: _compile(locale) for locale in LOCALES}


def _compile(locale: str) -> gettext.NullTranslations:
    compiled = BytesIO()
    with catalogue_file(locale).open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def negotiate(request: Request) -> str:
    """Return the member's own locale, else the browser's best, else English."""
    viewer = viewer_of(request)
    if viewer is not None and viewer.locale in LOCALES:
        return viewer.locale
    return request.accept_language.lookup(LOCALES, default="en") or "en"


def translations_of(request: Request) -> gettext.NullTranslations:
    """Return the catalogue of the request's locale."""
    return catalogues()[request.locale_name]


@pass_context
def gettext_of_page(context: Context, message: str) -> str:
    return str(context["request"].translations.gettext(message))


@pass_context
def ngettext_of_page(context: Context, singular: str, plural: str, n: int) -> str:
    return str(context["request"].translations.ngettext(singular, plural, n))
