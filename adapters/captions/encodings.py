"""Find out how a file of subtitles is encoded: by its bytes, and by its language.

Unicode says what it is, or can hardly be anything else. Of the older encodings, those come
into question in which people write the language. Which Cyrillic one it is, its letters
tell: charset-normalizer is right about long texts, and wrong about most of three words.
"""

from __future__ import annotations

import codecs
from itertools import pairwise

from charset_normalizer import from_bytes

ENCODINGS = {
    "utf-8": "utf_8_sig",
    "utf-16": "utf_16",
    "utf-16le": "utf_16_le",
    "utf-16be": "utf_16_be",
    "windows-1251": "cp1251",
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "cp866": "cp866",
    "iso-8859-5": "iso8859_5",
    "windows-1252": "cp1252",
    "iso-8859-1": "latin_1",
    "iso-8859-15": "iso8859_15",
    "windows-1250": "cp1250",
    "iso-8859-2": "iso8859_2",
    "windows-1253": "cp1253",
    "windows-1254": "cp1254",
    "windows-1255": "cp1255",
    "windows-1256": "cp1256",
    "windows-1257": "cp1257",
    "windows-1258": "cp1258",
    "shift_jis": "cp932",
    "euc-jp": "euc_jp",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "euc-kr": "cp949",
}
"""What Python calls `CAPTION_ENCODINGS`."""

_CYRILLIC = ("cp1251", "koi8_u", "cp866", "iso8859_5")
_WESTERN = ("cp1252",)
_OF_LANGUAGES = {
    "ba be bg ce cv kk ky mk mn ru sah sr tg tk tt udm uk uz": _CYRILLIC,
    "bs cs hr hsb hu pl ro sk sl sq": ("cp1250", "iso8859_2", "cp852"),
    "el": ("cp1253", "iso8859_7"),
    "az tr": ("cp1254",),
    "he yi": ("cp1255",),
    "ar fa ps ur": ("cp1256", "iso8859_6"),
    "et lt lv": ("cp1257", "iso8859_13"),
    "vi": ("cp1258",),
    "ja": ("cp932", "euc_jp"),
    "yue zh": ("gb18030", "big5hkscs"),
    "ko": ("cp949",),
}
_CANDIDATES = {
    language: candidates
    for languages, candidates in _OF_LANGUAGES.items()
    for language in languages.split()
}
_MARKS = (
    (codecs.BOM_UTF8, "utf_8_sig"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)
_HEAD = 4096
_SAMPLE = 65_536
_MOSTLY = 0.3
_FREQUENT = frozenset("оеаинтсрвл")
_TYPOGRAPHY = frozenset("«»„“”’–—…№\xa0")


def decode(data: bytes, language: str, encoding: str | None = None) -> str | None:
    """Return the text, None if it is none that can be read.

    `encoding` is one of ENCODINGS; without it, the one is found out.
    """
    codec = ENCODINGS[encoding] if encoding else _unicode(data)
    if codec is not None:
        return _decoded(data, codec)
    text = _decoded(data, "utf_8")
    if text is not None:
        return text
    candidates = _CANDIDATES.get(language.partition("-")[0].lower(), _WESTERN)
    if candidates is _CYRILLIC:
        return _best_cyrillic(data)
    if len(candidates) > 1:
        found = from_bytes(data, cp_isolation=list(candidates)).best()
        return None if found is None else str(found)
    return _decoded(data, candidates[0])


def _unicode(data: bytes) -> str | None:
    """Return the kind of Unicode that a mark names, or that zero bytes give away."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return codec
    head = data[:_HEAD]
    # Times and line breaks are ASCII: in UTF-16 every second byte of them is zero.
    if head[1::2].count(0) > _MOSTLY * len(head) / 2:
        return "utf_16_le"
    if head[0::2].count(0) > _MOSTLY * len(head) / 2:
        return "utf_16_be"
    return None


def _decoded(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None


def _best_cyrillic(data: bytes) -> str | None:
    texts = [text for codec in _CYRILLIC if (text := _decoded(data, codec)) is not None]
    return max(texts, key=_russianness, default=None)


def _russianness(text: str) -> int:
    """Return how much a text looks like one in a Slavic language, for comparison only."""
    score = 0
    for before, character in pairwise(f" {text[:_SAMPLE]}"):
        if character.isascii() or character in _TYPOGRAPHY:
            continue
        lower = character.lower()
        if not "Ѐ" <= character <= "ӿ":
            score -= 2
        elif lower in _FREQUENT:
            score += 2
        elif "а" <= lower <= "я":
            score += 1
        # In the wrong encoding small letters are capitals, and the other way round.
        if character.isupper() and before.islower():
            score -= 3
    return score
