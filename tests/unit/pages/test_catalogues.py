"""The catalogues: complete, current, and grammatical about numbers."""

from __future__ import annotations

import re

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from entrypoints.http.pages import languages
from entrypoints.http.pages.messages import (
    PROBLEMS,
    REFUSALS,
    field_text,
    problem_text,
)
from entrypoints.http.pages.problems import known_problems
from videohub_core.shared.errors import FieldError
from videohub_core.videos import errors as video_errors

PAGES = languages.FOLDER.parent
PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def messages_of_pages() -> set[str | tuple[str, ...]]:
    with (PAGES / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {"_": None, "gettext": None, "N_": None, "NN_": (1, 2), "ngettext": (1, 2)}
    found = extract_from_dir(PAGES, methods, options, keywords)
    return {message for _, _, message, _, _ in found if message}


def catalogue(locale: str):
    with languages.catalogue_file(locale).open("rb") as file:
        return read_po(file, locale=locale)


def ids(messages) -> set[str]:
    return {message[0] if isinstance(message, tuple) else message for message in messages}


def test_every_message_is_in_the_template_and_both_catalogues():
    used = ids(messages_of_pages())
    assert len(used) > 100
    with (languages.FOLDER / "videohub.pot").open("rb") as file:
        assert ids(message.id for message in read_po(file) if message.id) == used
    for locale in languages.LOCALES:
        assert ids(message.id for message in catalogue(locale) if message.id) == used


def test_every_message_is_translated_into_russian_with_the_same_places():
    for message in catalogue("ru"):
        if not message.id:
            continue
        plural = isinstance(message.id, tuple)
        texts = message.string if plural else (message.string,)
        assert len(texts) == (3 if plural else 1)
        assert not message.fuzzy
        for text in texts:
            assert text, message.id
            source = message.id[1] if plural else message.id
            assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(source)), message.id


def test_no_translation_is_left_over():
    for locale in languages.LOCALES:
        assert not catalogue(locale).obsolete


@pytest.mark.parametrize(
    ("num", "text"),
    [(1, "символа"), (21, "символа"), (2, "символов"), (5, "символов"), (11, "символов")],
)
def test_russian_plural_forms(num, text):
    translations = languages.catalogues()["ru"]
    found = translations.ngettext("At least %(num)d character.", "", num) % {"num": num}
    assert found == f"Не меньше {num} {text}."


def test_english_plural_forms():
    translations = languages.catalogues()["en"]
    one, many = "At least %(num)d character.", "At least %(num)d characters."
    assert translations.ngettext(one, many, 1) == one
    assert translations.ngettext(one, many, 8) == many


def test_every_error_code_is_explained():
    assert set(known_problems()) - set(PROBLEMS) == set()


def test_every_refusal_is_explained():
    assert set(video_errors.REFUSALS) == set(REFUSALS)


def test_a_code_without_an_entry_falls_back_to_its_sentence():
    russian = languages.catalogues()["ru"]
    assert problem_text(russian, "brand_new", "A new sentence.") == "A new sentence."
    assert problem_text(russian, "brand_new") == "Что-то пошло не так."
    error = FieldError("/field", "brand_new", "A new sentence.")
    assert field_text(russian, error) == "A new sentence."
