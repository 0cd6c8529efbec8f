"""Descriptions become links and stay harmless."""

from __future__ import annotations

from html.parser import HTMLParser
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoints.http.pages.descriptions import linked, seconds_of

WATCH = "/watch/knots00000000000"


def shown(text: str, duration: float | None = None) -> str:
    return str(linked(text, watch_path=WATCH, duration=duration))


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def links(text: str, duration: float | None = None) -> Links:
    parser = Links()
    parser.feed(shown(text, duration))
    parser.close()
    return parser


def test_a_time_code_leads_to_its_second():
    expected = f'<a class="time-code" href="{WATCH}?t=83" data-seconds="83">1:23</a> knot'
    assert shown("1:23 knot") == expected


@pytest.mark.parametrize(("code", "seconds"), [("0:07", 7), ("59:59", 3599), ("1:02:03", 3723)])
def test_seconds(code, seconds):
    assert seconds_of(code) == seconds
    assert f'data-seconds="{seconds}"' in shown(code)


@pytest.mark.parametrize(
    "text", ["1:75", "12:3", "1:2:3", "v1:23", "1:23:45:01", "99:99", "::"]
)
def test_what_is_no_time_code(text):
    assert "<a" not in shown(text)


def test_a_time_beyond_the_end_is_a_time_of_day():
    assert "<a" not in shown("We meet at 18:30", duration=600)
    assert "<a" in shown("5:00", duration=600)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see https://example.org/a.", "https://example.org/a"),
        ("(https://example.org/a)", "https://example.org/a"),
        ("https://example.org/a_(b), ok", "https://example.org/a_(b)"),
        ("https://example.org/?a=1&b=2!", "https://example.org/?a=1&b=2"),
        ("https://пример.рф/путь", "https://пример.рф/путь"),
        ("https://example.org/1:23", "https://example.org/1:23"),
    ],
)
def test_an_address_becomes_a_link_without_the_sentences_punctuation(text, address):
    [(tag, attributes)] = links(text).tags
    assert tag == "a"
    assert attributes == {"href": address, "rel": "nofollow ugc noopener"}
    assert links(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "https://x/<script>alert(1)</script>",
        "https://x/'onmouseover='alert(1)",
        'https://x/"onmouseover="alert(1)',
        "javascript:alert(1)",
        "data:text/html,<b>",
        "http://",
        "1:23<img src=x onerror=alert(1)>",
        "&lt;b&gt; &amp; {{ 7*7 }} {% raw %} %(num)d %s {0}",
    ],
)
def test_hostile_text_is_shown_as_it_is(text):
    page = links(text)
    assert page.text == text
    for tag, attributes in page.tags:
        assert tag == "a"
        assert set(attributes) <= {"href", "rel", "class", "data-seconds"}
        assert attributes["href"].startswith(("http://", "https://", WATCH))


@given(st.text(alphabet=st.sampled_from("<>\"'&:/.()1239 ahtps\n\u202e{}%"), max_size=80))
def test_any_text_is_shown_as_it_is(text):
    page = links(text)
    assert page.text == text
    assert {tag for tag, _ in page.tags} <= {"a"}


@pytest.mark.parametrize("part", ["https://", "1:", "1:23", "(" * 9, "https://a)"])
def test_the_longest_description_is_quick(part):
    started = perf_counter()
    shown((part * 10_000)[:10_000])
    assert perf_counter() - started < 1
