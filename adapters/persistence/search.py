"""Search in a table of words: a scan of the public list, correct and simple.

Every word of the query is looked for at the beginnings of words, so `узл` finds `узлы`.
The words are stored in the one form of `videohub_core.search.entities`, since SQLite
folds the case of ASCII letters only.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text, delete, insert
from sqlalchemy.orm import Session

from adapters.persistence.database import Database
from adapters.persistence.metadata import id_column_type, mapper_registry
from adapters.persistence.videos import (
    AFTER_PUBLISHED,
    PUBLIC_VIDEOS,
    paged_videos,
    video_view,
    videos,
)
from videohub_core.search.entities import VideoQuery
from videohub_core.shared.ids import VideoId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.videos.ports import VideoView

video_words = Table(
    "video_words",
    mapper_registry.metadata,
    Column(
        "video_id",
        id_column_type(),
        ForeignKey("videos.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    # Each word has a space before it, so that the first is found like any other.
    Column("words", Text, nullable=False),
)

_SEARCHED = PUBLIC_VIDEOS.join(video_words, video_words.c.video_id == videos.c.id)


class SqlSearchIndex:
    """`SearchIndex` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, video_id: VideoId, words: list[str]) -> None:
        text = "".join(f" {word}" for word in words)
        self._session.execute(delete(video_words).where(video_words.c.video_id == video_id))
        self._session.execute(insert(video_words).values(video_id=video_id, words=text))


class SqlVideoSearch:
    """`VideoSearch` by comparing words."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, query: VideoQuery, page: PageRequest) -> Page[VideoView]:
        if not query.words:
            return Page([], None)
        statement = _SEARCHED.where(
            *(video_words.c.words.contains(f" {word}", autoescape=True) for word in query.words)
        )
        values: dict[str, object] = {"limit": page.limit + 1}
        if page.after is not None:
            statement = statement.where(AFTER_PUBLISHED)
            values |= {"at": page.after.at, "id": page.after.id}
        with self._database.reading() as connection:
            found = [video_view(row) for row in connection.execute(statement, values)]
        return paged_videos(found, page.limit, lambda video: video.published_at)
