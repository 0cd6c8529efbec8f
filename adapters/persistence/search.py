"""Search in a table of words: a scan of the public list, correct and simple.

Every word of the query is looked for at the beginnings of words, so `узл` finds `узлы`.
The words are stored in the one form of `videohub_core.search.entities`, since SQLite
folds the case of ASCII letters only.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    tuple_,
)
from sqlalchemy.orm import Session

from adapters.persistence.database import Database
from adapters.persistence.metadata import UtcDateTime, id_column_type, mapper_registry
from adapters.persistence.video_lists import LISTED, paged
from adapters.persistence.video_rows import video_view, videos
from videohub_core.search.entities import VideoQuery
from videohub_core.shared.clock import Clock
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

_SEARCHED = (
    LISTED.join(video_words, video_words.c.video_id == videos.c.id)
    .order_by(videos.c.published_at.desc(), videos.c.id.desc())
    .limit(bindparam("limit"))
)
_AFTER = tuple_(videos.c.published_at, videos.c.id) < tuple_(
    bindparam("at", type_=UtcDateTime), bindparam("id", type_=String)
)


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

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def find(self, query: VideoQuery, page: PageRequest) -> Page[VideoView]:
        if not query.words:
            return Page([], None)
        statement = _SEARCHED.where(
            *(video_words.c.words.contains(f" {word}", autoescape=True) for word in query.words)
        )
        values: dict[str, object] = {"limit": page.limit + 1, "now": self._clock.now()}
        if page.after is not None:
            statement = statement.where(_AFTER)
            values |= {"at": page.after.at, "id": page.after.id}
        with self._database.reading() as connection:
            found = [video_view(row) for row in connection.execute(statement, values)]
        return paged(found, page.limit, lambda video: video.published_at)
