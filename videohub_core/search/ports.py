"""What search needs from outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from videohub_core.jobs.ports import JobRepository
from videohub_core.search.entities import Document, Scope, Tier, VideoQuery
from videohub_core.shared.ids import ChannelId, VideoId
from videohub_core.shared.unit_of_work import UnitOfWork
from videohub_core.videos.ports import VideoRepository, VideoView


class Stemmer(Protocol):
    """Knows what the forms of a word have in common.

    It is asked for words of `words_of`, and a stem is such a word too.
    """

    def stem(self, word: str) -> str:
        """Return what is left of a word without its endings."""

    def kin(self, word: str) -> tuple[str, ...]:
        """Return the stems that other forms of the word may have, its own one first."""


class SearchIndex(Protocol):
    """What search knows of videos, inside one transaction.

    What is known of a video goes with it when it is deleted.
    """

    def put(self, documents: Sequence[Document]) -> None:
        """Replace what is known of videos. Their words can be told from mistyped ones.

        Once in a transaction: those who learn words at the same time do so in one order.
        """

    def remove(self, video_id: VideoId) -> None:
        """Forget a video; forgetting none is fine."""

    def captions_of(self, video_id: VideoId) -> tuple[str, ...] | None:
        """Return the captions of what was put, None if nothing was."""

    def channel_title(self, channel_id: ChannelId) -> str: ...

    def videos_of(
        self, channel_id: ChannelId, after: VideoId | None, limit: int
    ) -> Sequence[VideoId]:
        """Return some of a channel's public videos, in the order of their ids."""

    def videos(
        self, after: VideoId | None, limit: int, *, is_missing: bool = False
    ) -> Sequence[VideoId]:
        """Return some videos, in the order of their ids.

        All of them, or the public ones that nothing is known of.
        """


class SearchUnitOfWork(UnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def search_index(self) -> SearchIndex: ...

    @property
    def videos(self) -> VideoRepository: ...

    @property
    def jobs(self) -> JobRepository: ...


class Match(NamedTuple):
    """A video that has the words."""

    number: int
    """Grows with the time of publication (`microseconds`); no two videos have the same."""
    video_id: VideoId
    views: int


class Labels(NamedTuple):
    """What a video may be found by, as its owner wrote it."""

    title: str
    tags: Sequence[str]
    channel_id: ChannelId
    channel_title: str
    views: int


class VideoSearch(Protocol):
    """Finds videos that are listed: public, watchable, of nobody who is banned.

    What changes is found, and not found any more, from the commit on.
    """

    def matches(
        self, query: VideoQuery, where: Tier | Scope, *, below: int, limit: int
    ) -> Sequence[Match]:
        """Return the newest videos with all the terms that have numbers below one."""

    def shown(self, video_ids: Iterable[VideoId]) -> Sequence[VideoView]:
        """Return those of the videos that are listed, in any order."""

    def labels(self, query: VideoQuery, limit: int) -> Sequence[Labels]:
        """Return what the newest videos are called that have all the terms there."""

    def likely_words(self, word: str) -> Sequence[str]:
        """Return known words that somebody may have meant, the likeliest first.

        They go on as the word begins, or are one slip away from it. No video need have
        them any more.
        """
