"""What search promises, whatever is below."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.search_stems import SnowballStemmer
from tests.factories.entities import NOW, make_channel, make_user, make_video
from tests.fakes.simple import FakeClock
from videohub_core.search.entities import Filters, Sort
from videohub_core.search.use_cases.documents import document_of
from videohub_core.search.use_cases.search_videos import Found, SearchVideos
from videohub_core.search.use_cases.suggest_searches import SuggestSearches
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.paging import PageRequest
from videohub_core.videos.entities import ProcessingState, Visibility

STEMMER = SnowballStemmer()


@pytest.fixture
def channel(storage: Any, clock: FakeClock) -> Any:
    clock.pass_(timedelta(seconds=1))
    return open_channel(storage, "Мастерская")


def open_channel(storage: Any, title: str) -> Any:
    user = make_user()
    channel = make_channel(user, title=title)
    with storage.uow() as uow:
        uow.users.add(user)
        uow.channels.add(channel)
        uow.commit()
    return channel


def store(storage: Any, channel: Any, title: str, captions: str = "", **fields: Any) -> Any:
    ready = {"state": ProcessingState.READY, "published_at": NOW, "duration": 60.0}
    video = make_video(channel, **{**ready, "title": title, **fields})
    said = tuple(map(STEMMER.stem, captions.split()))
    with storage.uow() as uow:
        uow.videos.add(video)
        if video.published_at is not None:
            uow.search_index.put([document_of(video, channel.title, said, STEMMER.stem)])
        uow.commit()
    return video


def search(storage: Any, text: str, **asked: Any) -> Found:
    page = PageRequest(**{key: asked.pop(key) for key in ("limit", "after") if key in asked})
    find = SearchVideos(storage.video_search, STEMMER, storage.clock)
    return find(text=text, page=page, **asked)


def found(storage: Any, text: str, **asked: Any) -> list[str]:
    return [one.video.title for one in search(storage, text, **asked).items]


def test_words_are_found_in_all_their_forms(storage: Any, channel: Any) -> None:
    store(storage, channel, "Сборник видеороликов: Ёлочка, 100%")
    store(storage, channel, "She runs every morning")
    for text in ("видео", "видеоролик", "ВИДЕОРОЛИКИ", "елочки", "Ёлочка", "100", "сборники!"):
        assert found(storage, text) == ["Сборник видеороликов: Ёлочка, 100%"], text
    for text in ("running", "run", "RUNS mornings", "mor"):
        assert found(storage, text) == ["She runs every morning"], text


@pytest.mark.parametrize(
    "text", ["ролик", "сборник каша", "knots", "!?", "%", "_", '""', "-", "*", "🪢"]
)
def test_what_nothing_has_is_not_found(storage: Any, channel: Any, text: str) -> None:
    store(storage, channel, "Сборник видеороликов: 100% 🪢")
    assert found(storage, text) == []


def test_the_better_match_comes_first(storage: Any, channel: Any) -> None:
    older = {"published_at": NOW - timedelta(days=300)}
    store(storage, channel, "captions", captions="о том как вязать узел")
    store(storage, channel, "description", description="здесь узлы")
    store(storage, channel, "tags", tags=["узел"])
    store(storage, channel, "Узелковое письмо")
    store(storage, channel, "Узел", **older)
    order = ["Узел", "tags", "Узелковое письмо", "description", "captions"]
    assert found(storage, "узел") == order
    assert found(storage, "узел", limit=2) == order[:2]


def test_the_fresher_of_two_alike_comes_first(storage: Any, channel: Any) -> None:
    for days in (400, 0, 30):
        store(storage, channel, f"Узел {days}", published_at=NOW - timedelta(days=days))
    assert found(storage, "узел") == ["Узел 0", "Узел 30", "Узел 400"]


def test_all_words_may_be_in_different_places(storage: Any, channel: Any) -> None:
    store(storage, channel, "Узлы", description="для моряков", tags=["досуг"])
    assert found(storage, "моряк узел") == ["Узлы"]
    assert found(storage, "досуг мастерская узел") == ["Узлы"]
    assert found(storage, "моряк узел горы") == []


def test_a_phrase_is_found_where_its_words_follow_each_other(
    storage: Any, channel: Any
) -> None:
    store(storage, channel, "Морские узлы", tags=["ремесло", "верёвка"])
    store(storage, channel, "Узлы и морские волки", description="вечные узлы")
    assert found(storage, '"морской узел"') == ["Морские узлы"]
    assert found(storage, "«морские узлы»") == ["Морские узлы"]
    assert sorted(found(storage, "морской узел")) == ["Морские узлы", "Узлы и морские волки"]
    for apart in ('"ремесло верёвка"', '"узлы ремесло"', '"волки вечные"', '"узлы морские"'):
        assert found(storage, apart) == [], apart


def test_only_what_is_listed_is_found(storage: Any, channel: Any) -> None:
    store(storage, channel, "word a", visibility=Visibility.PRIVATE)
    store(storage, channel, "word b", visibility=Visibility.UNLISTED)
    store(storage, channel, "word c", published_at=None, state=ProcessingState.FAILED)
    store(storage, channel, "word d")
    for sort in Sort:
        assert found(storage, "word", sort=sort) == ["word d"]
    suggest = SuggestSearches(storage.video_search, STEMMER)
    assert [one.text for one in suggest(text="word")] == ["word d"]


def test_nothing_of_a_channel_that_is_withheld_is_found(storage: Any, channel: Any) -> None:
    store(storage, channel, "word")
    with storage.uow() as uow:
        uow.channels.of_user(channel.user_id).withheld_until = NOW + timedelta(days=1)
        uow.commit()
    suggest = SuggestSearches(storage.video_search, STEMMER)
    assert found(storage, "word") == found(storage, "wrod") == suggest(text="wo") == []
    storage.clock.pass_(timedelta(days=2))
    assert found(storage, "word") == ["word"]


def test_words_are_replaced_and_go_with_their_video(storage: Any, channel: Any) -> None:
    video = store(storage, channel, "before")
    with storage.uow() as uow:
        video = uow.videos.get(video.id)
        video.title = "after"
        uow.search_index.put([document_of(video, channel.title, ("said",), STEMMER.stem)])
        uow.commit()
    assert found(storage, "before") == []
    assert found(storage, "after") == found(storage, "said") == ["after"]
    with storage.uow() as uow:
        assert uow.search_index.captions_of(video.id) == ("said",)
        uow.videos.remove(uow.videos.get(video.id))
        uow.commit()
    assert found(storage, "after") == []


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_neither_repeat_nor_skip(storage: Any, channel: Any, sort: Sort) -> None:
    for number in range(3):
        store(storage, channel, f"same {number}", published_at=NOW - timedelta(days=number))
        store(storage, channel, f"other {number}", description="same", published_at=NOW)
    whole = found(storage, "same", sort=sort)
    assert len(whole) == 6
    pages, after = [], None
    while True:
        page = search(storage, "same", sort=sort, limit=2, after=after)
        pages += [one.video.title for one in page.items]
        store(storage, channel, "same, later", published_at=NOW + timedelta(seconds=1))
        after = page.next
        if after is None:
            break
    assert pages == whole


def test_the_newest_come_first_if_asked_for(storage: Any, channel: Any) -> None:
    store(storage, channel, "old knots", published_at=NOW - timedelta(days=2))
    store(storage, channel, "new", description="knots", published_at=NOW)
    assert found(storage, "knots", sort=Sort.NEWEST) == ["new", "old knots"]
    assert found(storage, "knots") == ["old knots", "new"]


def test_filters(storage: Any, channel: Any) -> None:
    other = open_channel(storage, "Другой")
    store(storage, channel, "knots 10", duration=10.0, tags=["sea"])
    store(storage, channel, "knots 100", duration=100.0, published_at=NOW - timedelta(days=9))
    store(storage, other, "knots 1000", duration=1000.0, tags=["sea", "air"])
    for filters, titles in (
        (Filters(), {"10", "100", "1000"}),
        (Filters(channel_id=channel.id), {"10", "100"}),
        (Filters(tag="sea"), {"10", "1000"}),
        (Filters(tag=" AIR "), {"1000"}),
        (Filters(tag="earth"), set()),
        (Filters(duration_min=100), {"100", "1000"}),
        (Filters(duration_max=100), {"10", "100"}),
        (Filters(duration_min=10.5, duration_max=999), {"100"}),
        (Filters(duration_min=100, duration_max=10), set()),
        (Filters(published_after=NOW - timedelta(days=9)), {"10", "1000"}),
        (Filters(published_after=NOW - timedelta(days=10), tag="sea"), {"10", "1000"}),
    ):
        for sort in Sort:
            names = found(storage, "knots", filters=filters, sort=sort)
            assert {name.removeprefix("knots ") for name in names} == titles, filters


def test_a_mistyped_word_is_corrected_if_nothing_has_it(storage: Any, channel: Any) -> None:
    store(storage, channel, "Программирование на Python")
    for text in ("програмирование", "Прогрраммирование", "рпограммирование", "питон pyhton"):
        answer = search(storage, text)
        assert len(answer.items) == ("питон" not in text), text
    answer = search(storage, "програмирование pyton")
    assert answer.corrected == "программирование python"
    assert len(answer.items) == 1
    assert search(storage, "программирование").corrected is None


def test_pages_of_a_corrected_query_go_on(storage: Any, channel: Any) -> None:
    for number in range(3):
        store(storage, channel, f"Knotting {number}")
    first = search(storage, "kntting", limit=2)
    rest = search(storage, "kntting", limit=2, after=first.next)
    assert first.corrected == rest.corrected == "knotting"
    assert len({one.video.id for one in (*first.items, *rest.items)}) == 3


def test_nothing_hidden_shows_in_corrections_and_suggestions(
    storage: Any, channel: Any
) -> None:
    video = store(storage, channel, "Сокровище", tags=["тайник"])
    suggest = SuggestSearches(storage.video_search, STEMMER)
    assert search(storage, "сокровще").corrected == "сокровище"
    assert {one.text for one in suggest(text="та")} == {"тайник"}
    with storage.uow() as uow:
        uow.videos.get(video.id).visibility = Visibility.PRIVATE
        uow.commit()
    assert search(storage, "сокровще").corrected is None
    assert suggest(text="та") == suggest(text="сокр") == []


def test_suggestions(storage: Any, channel: Any) -> None:
    store(storage, channel, "Морские узлы", tags=["море", "узлы"])
    store(storage, channel, "Мороз", tags=["зима"], description="море")
    suggest = SuggestSearches(storage.video_search, STEMMER)
    texts = {(one.kind, one.text) for one in suggest(text="мор")}
    assert texts == {("title", "Морские узлы"), ("tag", "море"), ("title", "Мороз")}
    assert [one.text for one in suggest(text="морские у")] == ["Морские узлы"]
    (workshop,) = suggest(text="мастер")
    assert (workshop.kind, workshop.channel_id) == ("channel", channel.id)
    assert len(suggest(text="м")) == 4
    assert suggest(text="?") == []


def test_marks(storage: Any, channel: Any) -> None:
    long = "слово " * 60 + "Узлы — это просто. " + "слово " * 60
    store(storage, channel, "Морской узел", description=long)
    (item,) = search(storage, "узлы").items
    assert [tuple(part) for part in item.title] == [("Морской ", False), ("узел", True)]
    assert [part.text for part in item.description if part.mark] == ["Узлы"]
    assert len("".join(part.text for part in item.description)) < 250
    assert item.description[0].text == item.description[-1].text == "…"


WRITTEN = st.characters(exclude_categories=["Cc", "Cs"])
ODD = st.one_of(
    st.text(max_size=200),
    st.text(
        alphabet="\"*-:()'{}^+\\|&!<>~ aабNEAROT%_\u202e\u0301ё🪢\ue000\ue001", max_size=60
    ),
    st.sampled_from(
        [
            "NEAR(a b)",
            "a AND",
            "title:a",
            "{title} : a",
            "a*",
            '"',
            '""" "',
            "^a",
            "a -b",
            "a:*",
        ]
    ),
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=ODD)
def test_any_text_is_a_safe_query(storage: Any, channel: Any, text: str) -> None:
    suggest = SuggestSearches(storage.video_search, STEMMER)
    with suppress(InvalidInput):
        suggest(text=text[:100])
        search(storage, text)


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(title=st.text(WRITTEN, min_size=1, max_size=60), description=st.text(WRITTEN))
def test_any_text_can_be_indexed(
    storage: Any, channel: Any, title: str, description: str
) -> None:
    video = make_video(channel, title=title, description=description, published_at=NOW)
    with storage.uow() as uow:
        uow.videos.add(video)
        uow.search_index.put([document_of(video, channel.title, (), STEMMER.stem)])
