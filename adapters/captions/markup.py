"""Make the text of a cue harmless: few tags, every character that means something escaped.

W3C, "WebVTT", sections 4.2.2 (cue text) and 6.4 (its tokenizer). A `<` that begins no tag is
a character here, as SubRip has it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

_TAG = re.compile(r"<(/?)([A-Za-z]{1,20})((?:[.\s/][^<>]{0,300})?)>|<(?:[0-9:.]{5,16}|/)>")
# Of SubRip's relatives, in braces: where to show a text, and how.
_OVERRIDE = re.compile(r"\{\\[^{}]{0,200}\}|\{[yYfFsScCpP]:[^{}]{0,100}\}")
_PLAIN = frozenset({"b", "i", "u", "ruby", "rt"})
_VOICE = "v"
_DEPTH_MOST = 10
_NAME_MOST = 100
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the text around them; WebVTT finds its direction from the letters."""
_INVISIBLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
_IN_NAMES = str.maketrans("", "", "<>\"'=&")


def clean(text: str) -> str:
    """Return the text of a cue as WebVTT, without blank lines; empty if nothing shows."""
    made: list[str] = []
    open_tags: list[str] = []
    text = _OVERRIDE.sub("", text)
    position = 0
    for tag in _TAG.finditer(text):
        made.append(_escaped(text[position : tag.start()]))
        position = tag.end()
        _take_tag(tag, made.append, open_tags)
    made.append(_escaped(text[position:]))
    made += [f"</{name}>" for name in reversed(open_tags)]
    lines = "".join(made).split("\n")
    whole = "\n".join(line.strip() for line in lines if line.strip())
    return whole if _shows(whole) else ""


def _take_tag(tag: re.Match[str], write: Callable[[str], None], open_tags: list[str]) -> None:
    """Write a tag that is allowed, and only where it closes what is open."""
    name = (tag[2] or "").lower()
    if name not in _PLAIN and name != _VOICE:
        return
    if not tag[1]:
        start = _start(name, tag[3])
        if start and len(open_tags) < _DEPTH_MOST:
            open_tags.append(name)
            write(start)
    elif name in open_tags:
        while open_tags:
            closed = open_tags.pop()
            write(f"</{closed}>")
            if closed == name:
                break


def _start(name: str, rest: str) -> str | None:
    """Return the start tag; a voice needs somebody's name."""
    if name != _VOICE:
        return f"<{name}>"
    # Classes stand before the first blank.
    annotation = re.sub(r"^[^\s]*", "", rest, count=1)
    who = " ".join(_characters(html.unescape(annotation)).translate(_IN_NAMES).split())
    return f"<v {who[:_NAME_MOST]}>" if who else None


def _escaped(text: str) -> str:
    return html.escape(_characters(html.unescape(text)), quote=False)


def _characters(text: str) -> str:
    """Return the text without characters that nobody sees but which do something."""
    text = text.replace("\t", " ").replace("\r", "\n")
    return "".join(
        character
        for character in text
        if character == "\n"
        or (
            unicodedata.category(character) not in _INVISIBLE
            and character not in _BIDI_CONTROLS
        )
    )


def _shows(text: str) -> bool:
    """Tell whether there is something to read between the tags."""
    return any(
        not character.isspace() for character in html.unescape(re.sub("<[^<>]*>", "", text))
    )
