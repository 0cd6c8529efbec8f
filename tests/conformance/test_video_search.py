"""What search promises, whatever is below."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.factories.entities import NOW, make_channel, make_user, make_video
from videohub_core.search.entities import VideoQuery, words_of
from videohub_core.shared.paging import PageRequest
from videohub_core.videos.entities import ProcessingState, Visibility


@pytest.fixture
def channel(storage: Any) -> Any:
    user = make_user()
    channel = make_channel(user)
    with storage.uow() as uow:
        uow.users.add(user)
        uow.channels.add(channel)
        uow.commit()
    return channel


def store(storage: Any, channel: Any, text: str, **fields: Any) -> Any:
    ready = {"state": ProcessingState.READY, "published_at": NOW}
    video = make_video(channel, **{**ready, "title": text, **fields})
    with storage.uow() as uow:
        uow.videos.add(video)
        uow.search_index.put(video.id, words_of(text))
        uow.commit()
    return video


def found(storage: Any, text: str, **page: Any) -> list[str]:
    page_of = storage.video_search.find(VideoQuery.checked(text), PageRequest(**page))
    return [video.title for video in page_of.items]


def test_every_word_has_to_begin_a_word(storage: Any, channel: Any) -> None:
    store(storage, channel, "Морские узлы: Ёлочка, 100%")
    for text in ("узлы", "УЗ мор", "елоч", "ёлоч", "100", "морские, узлы!"):
        assert len(found(storage, text)) == 1, text
    for text in ("злы", "узлы сухопутные", "knots", "!?", "%", "_"):
        assert found(storage, text) == [], text


def test_only_what_everyone_may_watch_is_found(storage: Any, channel: Any) -> None:
    store(storage, channel, "word a", visibility=Visibility.PRIVATE)
    store(storage, channel, "word b", visibility=Visibility.UNLISTED)
    store(storage, channel, "word c", published_at=None, state=ProcessingState.FAILED)
    store(storage, channel, "word d")
    assert found(storage, "word") == ["word d"]


def test_words_are_replaced_and_go_with_their_video(storage: Any, channel: Any) -> None:
    video = store(storage, channel, "before")
    with storage.uow() as uow:
        uow.search_index.put(video.id, ["after"])
        uow.commit()
    assert found(storage, "before") == []
    assert found(storage, "after") == ["before"]
    with storage.uow() as uow:
        uow.videos.remove(uow.videos.get(video.id))
        uow.commit()
    assert found(storage, "after") == []


def test_the_freshest_come_first_page_by_page(storage: Any, channel: Any) -> None:
    for number in range(5):
        at = NOW + timedelta(seconds=number)
        store(storage, channel, f"same {number}", published_at=at)
    first = storage.video_search.find(VideoQuery.checked("same"), PageRequest(limit=3))
    assert [video.title for video in first.items] == ["same 4", "same 3", "same 2"]
    assert found(storage, "same", limit=3, after=first.next) == ["same 1", "same 0"]
