"""XML documents: any text of the hub is text in them.

Names are written with their prefixes; the root says what these stand for.
"""

from __future__ import annotations

import re

# Nothing is parsed with it.
from xml.etree.ElementTree import Element, SubElement, tostring  # nosec B405

# What no XML 1.0 document can hold, escaped or not (its section 2.2).
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    """Add an element with a text and attributes."""
    made = SubElement(parent, name, {k: possible(v) for k, v in attributes.items()})
    if text:
        made.text = possible(text)
    return made


def written(root: Element) -> bytes:
    """Return a document as UTF-8."""
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def possible(text: str) -> str:
    """Return a text with U+FFFD for each character that XML does not have."""
    return _IMPOSSIBLE.sub("\ufffd", text)
