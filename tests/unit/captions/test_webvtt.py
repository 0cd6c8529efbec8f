"""Captions as people and programs write them, and as their enemies do."""

from __future__ import annotations

import pytest

from adapters.captions.encodings import ENCODINGS
from adapters.captions.languages import LangcodesTags
from adapters.captions.webvtt import WebVttReader
from videohub_core.videos.entities import CAPTION_ENCODINGS, CAPTIONS_FILE_MOST
from videohub_core.videos.errors import CaptionsRefused

RUSSIAN = """1
00:00:01,000 --> 00:00:02,500
Добрый вечер!

2
00:00:03,000 --> 00:00:04,000
- Вы не видели мой кот?
- НЕТ.
"""
RUSSIAN_VTT = """WEBVTT

00:00:01.000 --> 00:00:02.500
Добрый вечер!

00:00:03.000 --> 00:00:04.000
- Вы не видели мой кот?
- НЕТ.
"""


def read(text: str | bytes, language: str = "ru", encoding: str | None = None) -> str:
    data = text.encode() if isinstance(text, str) else text
    return WebVttReader().read(data, language, encoding).decode()


def cue(text: str, settings: str = "") -> str:
    """Return what becomes of the text of one cue."""
    made = read(f"WEBVTT\n\n00:01.000 --> 00:02.000{settings}\n{text}\n")
    head, _, body = made.partition("\n\n")
    assert head == "WEBVTT"
    timing, _, shown = body.removesuffix("\n").partition("\n")
    assert timing.startswith("00:00:01.000 --> 00:00:02.000")
    return shown


def refusal(text: str | bytes, language: str = "ru") -> tuple[str, str]:
    with pytest.raises(CaptionsRefused) as refused:
        read(text, language)
    (error,) = refused.value.errors
    return error.code, error.pointer


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "codec",
    [
        *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"),
        *("cp1251", "koi8-r", "cp866", "iso8859-5"),
    ],
)
def test_russian_subrip_in_any_encoding_becomes_webvtt(codec: str, line_end: str) -> None:
    data = RUSSIAN.replace("\n", line_end).encode(codec)
    assert read(data) == RUSSIAN_VTT


@pytest.mark.parametrize(
    ("language", "codec", "words"),
    [
        ("uk", "cp1251", "Її ґанок – це Європа"),
        ("uk-UA", "koi8-u", "Є їжа і вода"),
        ("fr", "cp1252", "Où est l’été ? « Là-bas… »"),
        ("en", "latin-1", "Déjà vu"),
        ("pl", "cp1250", "Zażółć gęślą jaźń, proszę"),
        ("pl", "iso8859-2", "Zażółć gęślą jaźń, proszę"),
        ("tr", "cp1254", "Işık ve gölge"),
        ("ja", "cp932", "こんにちは、世界。お元気ですか"),
        ("zh-Hans", "gb18030", "你好，世界。今天很好"),
    ],
)
def test_the_language_tells_which_older_encoding_it_is(
    language: str, codec: str, words: str
) -> None:
    data = f"WEBVTT\n\n00:01.000 --> 00:02.000\n{words}\n".encode(codec)
    assert words in read(data, language)


def test_the_encoding_can_be_named() -> None:
    assert tuple(ENCODINGS) == CAPTION_ENCODINGS
    data = RUSSIAN.encode("cp1251")
    assert read(data, "en", "windows-1251") == RUSSIAN_VTT
    assert read(data, "en") != RUSSIAN_VTT
    with pytest.raises(CaptionsRefused):
        read(data, "ru", "utf-8")


def test_dirty_subrip() -> None:
    dirty = (
        "\n\n1\n00:00:05,5 -->00:00:06,25  X1:1 X2:2\n{\\an8}<font color='red'>Вверх</font>\n"
        "\nещё строка\n\n2\n0:0:1.000 --> 0:0:2.000\nраньше\n3\n00:00:03 --> 00:00:04\n1945"
    )
    assert read(dirty) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nраньше\n\n"
        "00:00:03.000 --> 00:00:04.000\n1945\n\n"
        "00:00:05.500 --> 00:00:06.250\nВверх\nещё строка\n"
    )


def test_styles_regions_comments_and_whatever_stands_outside_cues_are_left_out() -> None:
    made = read(
        "WEBVTT - a title\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n"
        "STYLE\n::cue { background: url(https://evil.example/x) }\n\n"
        "REGION\nid:fred\nwidth:40%\n\nNOTE\n00:09.000 --> 00:10.000\nsecret\n\n"
        "an id\n00:01.000 --> 00:02.000 region:fred line:0 line:9 size:200% align:start "
        "onclick:alert\nA\n\nstray\n"
    )
    assert made == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:0 align:start\nA\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert(1)</script>", "alert(1)"),
        ("<img src=x onerror=alert(1)>A", "A"),
        ("<v onclick=alert(1)>A", "<v onclickalert(1)>A</v>"),
        ('<v.loud Anna "&lt;b&gt;">A</v>', "<v Anna b>A</v>"),
        ("<v>A", "A"),
        ("<c.yellow.bg_blue>A</c> <lang en>B</lang> <00:01.500>C", "A B C"),
        ("&lt;script&gt; &amp; &#60;b&#62;", "&lt;script&gt; &amp; &lt;b&gt;"),
        ("AT&T, 1 < 2 > 0, <3", "AT&amp;T, 1 &lt; 2 &gt; 0, &lt;3"),
        ("<b>A <i>B</b> C</i>", "<b>A <i>B</i></b> C"),
        ("<B><b>A", "<b><b>A</b></b>"),
        ("<ruby>漢<rt>かん</rt></ruby>", "<ruby>漢<rt>かん</rt></ruby>"),
        ("<<b>script>A", "&lt;<b>script&gt;A</b>"),
        ("A\x00\x07\u202eB\u2066C\u2028", "ABC"),
        ("--&gt; A", "--&gt; A"),
        ("A&#10;&#10;B", "A\nB"),
        ("\u05e1\u05e8\u05d8\u200f", "\u05e1\u05e8\u05d8\u200f"),
    ],
)
def test_a_text_keeps_its_words_and_loses_what_could_act(text: str, shown: str) -> None:
    assert cue(text) == shown


def test_tags_are_not_nested_without_end() -> None:
    assert cue("<b>" * 100 + "A").count("<b>") == 10


def test_cues_are_in_order_and_those_that_show_nothing_are_gone() -> None:
    made = read(
        "WEBVTT\n\n00:03.000 --> 00:04.000\nC\n\n00:01.000 --> 00:09.000\nA\n\n"
        "00:01.000 --> 00:01.000\nno time\n\n00:02.000 --> 00:03.000\n<b>&nbsp;</b>\n\n"
        "00:01.500 --> 00:02.000\nB\n"
    )
    assert [line for line in made.split("\n") if line in "ABC" and line] == ["A", "B", "C"]
    assert made.count("-->") == 3
    assert read(made) == made


@pytest.mark.parametrize(
    ("text", "code", "pointer"),
    [
        ("", "no_cues", "/captions"),
        ("just some words", "no_cues", "/captions"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "no_cues", "/captions"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "no_cues", "/captions"),
        ("<!-- a page -->\n<p>", "bad_time", "/captions/1"),
        ("WEBVTT\n\n00:01.000 --> never\nA", "bad_time", "/captions/3"),
        ("WEBVTT\n\n00:61.000 --> 01:02.000\nA", "bad_time", "/captions/3"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nA", "ends_too_early", "/captions/3"),
        ("WEBVTT\n\n12:00:00.000 --> 12:00:01.000\nA", "time_too_late", "/captions/3"),
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "a" * (1 << 20),
            "line_too_long",
            "/captions/4",
        ),
        ("WEBVTT\n\n00:01.000 --> 00:02.000" + " x" * (1 << 19), "bad_time", "/captions/3"),
        ("00:01.000 --> 00:02.000\nA\n\n" * 20_001, "too_many_cues", "/captions/60001"),
    ],
)
def test_nonsense_is_refused_with_its_line(text: str | bytes, code: str, pointer: str) -> None:
    assert refusal(text) == (code, pointer)


def test_what_cannot_be_decoded_is_refused() -> None:
    assert refusal(b"00:01.000 --> 00:02.000\n\x81\x8d", "en") == (
        "unknown_encoding",
        "/captions",
    )


def test_a_file_may_not_grow_without_bound() -> None:
    block = "00:01.000 --> 00:02.000\n" + ("&" * 1900 + "\n") * 20 + "\n"
    text = "WEBVTT\n\n" + block * (CAPTIONS_FILE_MOST // len(block))
    assert len(text) <= CAPTIONS_FILE_MOST
    assert refusal(text)[0] == "captions_too_long"


@pytest.mark.parametrize(
    ("tag", "normal"),
    [
        ("ru", "ru"),
        ("RU", "ru"),
        ("pt-br", "pt-BR"),
        ("zh-hans", "zh-Hans"),
        ("rus", "ru"),
        ("sr-Latn-RS", "sr-Latn-RS"),
    ],
)
def test_a_language_tag_has_one_spelling(tag: str, normal: str) -> None:
    assert LangcodesTags().normalise(tag) == normal


@pytest.mark.parametrize(
    "tag", ["", "xx", "ru_", "ru-", "русский", "en-" + "x" * 40, "../x", "a"]
)
def test_what_is_no_language_tag_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="language tag"):
        LangcodesTags().normalise(tag)
