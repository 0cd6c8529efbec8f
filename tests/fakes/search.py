"""Search in memory: every document is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from videohub_core.search.entities import (
    GAP,
    Document,
    Scope,
    Term,
    Tier,
    VideoQuery,
    microseconds,
)
from videohub_core.search.ports import Labels, Match
from videohub_core.shared.ids import ChannelId, VideoId
from videohub_core.videos.entities import Video
from videohub_core.videos.ports import VideoView


class FakeSearchIndex:
    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def put(self, documents: Sequence[Document]) -> None:
        self._rows.documents |= {document.video_id: document for document in documents}

    def remove(self, video_id: VideoId) -> None:
        self._rows.documents.pop(video_id, None)

    def captions_of(self, video_id: VideoId) -> tuple[str, ...] | None:
        document = self._rows.documents.get(video_id)
        return None if document is None else document.captions

    def channel_title(self, channel_id: ChannelId) -> str:
        title: str = self._rows.channels[channel_id].title
        return title

    def videos_of(
        self, channel_id: ChannelId, after: VideoId | None, limit: int
    ) -> Sequence[VideoId]:
        rows = self._rows.videos.values()
        return _some(
            [one for one in rows if one.channel_id == channel_id and one.is_listed],
            after,
            limit,
        )

    def videos(
        self, after: VideoId | None, limit: int, *, is_missing: bool = False
    ) -> Sequence[VideoId]:
        rows = self._rows.videos.values()
        if is_missing:
            rows = [o for o in rows if o.is_listed and o.id not in self._rows.documents]
        return _some(rows, after, limit)


class FakeVideoSearch:
    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def matches(
        self, query: VideoQuery, where: Tier | Scope, *, below: int, limit: int
    ) -> Sequence[Match]:
        listed = {view.id: view for view in self._storage.video_reader.published()}
        found = [
            Match(number, document.video_id, 0)
            for number, document in _numbered(self._storage.rows.documents.values())
            if document.video_id in listed
            and _passes(listed[document.video_id], query)
            and query.terms
            and (tier := _tier(document, query.terms)) is not None
            and where in (Scope.ALL, tier)
        ]
        below_ = [match for match in found if match.number < below]
        return sorted(below_, reverse=True)[:limit]

    def shown(self, video_ids: Iterable[VideoId]) -> Sequence[VideoView]:
        wanted = set(video_ids)
        return [one for one in self._storage.video_reader.published() if one.id in wanted]

    def labels(self, query: VideoQuery, limit: int) -> Sequence[Labels]:
        documents = self._storage.rows.documents
        return [
            Labels(view.title, view.tags, view.channel.id, view.channel.title, 0)
            for view in self._storage.video_reader.published()
            if view.id in documents and _in_head(documents[view.id], query.terms)
        ][:limit]

    def likely_words(self, word: str) -> Sequence[str]:
        known = {o for one in self._storage.rows.documents.values() for o in one.vocabulary}
        near = [one for one in known if _slips(one) & _slips(word) and one != word]
        longer = [one for one in known if one.startswith(word) and one != word]
        return sorted(near, key=lambda one: (len(one), one)) + sorted(longer)


def _numbered(documents: Iterable[Document]) -> list[tuple[int, Document]]:
    """Return documents with the numbers of their times, or ones just before these."""
    taken: dict[int, Document] = {}
    for document in documents:
        number = microseconds(document.published_at)
        while number in taken:
            number -= 1
        taken[number] = document
    return list(taken.items())


def _some(videos: Iterable[Video], after: VideoId | None, limit: int) -> list[VideoId]:
    return sorted(video.id for video in videos if video.id > (after or ""))[:limit]


def _slips(word: str) -> set[str]:
    if len(word) < 4:
        return set()
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _passes(view: VideoView, query: VideoQuery) -> bool:
    wanted = query.filters
    seconds = view.duration or 0
    after = wanted.published_after
    return (
        wanted.channel_id in (None, view.channel.id)
        and (wanted.tag is None or wanted.tag in view.tags)
        and (wanted.duration_min or 0) <= seconds
        and (wanted.duration_max is None or seconds <= wanted.duration_max)
        and (after is None or (view.published_at is not None and view.published_at > after))
    )


def _tier(document: Document, terms: Sequence[Term]) -> Tier | None:
    """Return the first tier that has all the terms."""
    head = (*document.title, GAP, *document.labels)
    told = (*head, GAP, *document.description)
    everything = (*told, GAP, *document.captions)
    for tier, stems, exactly in (
        (Tier.TITLE, document.title, True),
        (Tier.LABELS, head, True),
        (Tier.BEGINNINGS, head, False),
        (Tier.DESCRIPTION, told, True),
        (Tier.DESCRIPTION_BEGINNINGS, told, False),
        (Tier.CAPTIONS, everything, False),
    ):
        if _has(stems, terms, exactly):
            return tier
    return None


def _in_head(document: Document, terms: Sequence[Term]) -> bool:
    return _has((*document.title, GAP, *document.labels), terms, False)


def _has(stems: Sequence[str], terms: Sequence[Term], exactly: bool) -> bool:
    return all(
        any(_has_phrase(stems, row) for row in term.stems)
        or bool(
            not exactly and term.beginning and any(s.startswith(term.beginning) for s in stems)
        )
        for term in terms
    )


def _has_phrase(stems: Sequence[str], phrase: Sequence[str]) -> bool:
    size = len(phrase)
    return any(tuple(stems[at : at + size]) == tuple(phrase) for at in range(len(stems)))
