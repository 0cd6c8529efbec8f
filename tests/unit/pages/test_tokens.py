"""The colours of both themes can be read (WCAG 2.2 AA)."""

from __future__ import annotations

import re

import pytest

from entrypoints.http.pages.assets import STATIC, static_digest

TEXT = 4.5
EDGE = 3.0
PAIRS = [
    ("ink", "ground", TEXT),
    ("ink", "surface", TEXT),
    ("ink", "sunken", TEXT),
    ("ink-quiet", "ground", TEXT),
    ("ink-quiet", "surface", TEXT),
    ("ink-quiet", "sunken", TEXT),
    ("accent", "ground", TEXT),
    ("accent", "surface", TEXT),
    ("accent", "sunken", TEXT),
    ("accent", "accent-soft", TEXT),
    ("accent-hover", "ground", TEXT),
    ("accent-ink", "accent", TEXT),
    ("accent-ink", "accent-hover", TEXT),
    ("ink", "accent-soft", TEXT),
    ("bad", "ground", TEXT),
    ("bad", "surface", TEXT),
    ("bad", "bad-soft", TEXT),
    ("bad-ink", "bad", TEXT),
    ("bad-ink", "bad-hover", TEXT),
    ("line-strong", "surface", EDGE),
    ("line-strong", "ground", EDGE),
]


def themes() -> dict[str, dict[str, str]]:
    css = (STATIC / "tokens.css").read_text("utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    tokens = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
    of_light = dict(tokens.findall(light))
    return {"light": of_light, "dark": of_light | dict(tokens.findall(dark))}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_contrast(theme, front, back, least):
    tokens = themes()[theme]
    one, other = sorted((luminance(tokens[front]), luminance(tokens[back])), reverse=True)
    assert (one + 0.05) / (other + 0.05) >= least


def test_components_use_the_tokens():
    css = (STATIC / "hub.css").read_text("utf-8")
    known = set(re.findall(r"--([\w-]+):", (STATIC / "tokens.css").read_text("utf-8")))
    used = set(re.findall(r"var\(--([\w-]+)\)", css))
    assert used - known == {"hue"}
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", css)) <= {"#000"}, "only the fold's mask"
    assert "url(" not in css


def test_the_digest_follows_every_byte_and_name(tmp_path):
    (tmp_path / "a.css").write_text("x")
    first = static_digest(tmp_path)
    assert static_digest(tmp_path) == first
    (tmp_path / "a.css").write_text("y")
    second = static_digest(tmp_path)
    (tmp_path / "a.css").rename(tmp_path / "b.css")
    assert len({first, second, static_digest(tmp_path)}) == 3
