"""What search knows of videos, as rows: documents, and the words that people use.

The texts themselves are where the database searches them (`search_texts`). They go with
their document, and it goes with its video.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    delete,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from adapters.persistence.channels import channels
from adapters.persistence.metadata import id_column_type, mapper_registry
from adapters.persistence.search_texts import PostgresTexts, SqliteTexts, Texts
from adapters.persistence.video_lists import FOR_EVERYONE, IS_PUBLISHED
from adapters.persistence.video_rows import videos
from videohub_core.search.entities import WORD_MOST, Document, microseconds
from videohub_core.shared.ids import ChannelId, VideoId

search_documents = Table(
    "search_documents",
    mapper_registry.metadata,
    # With this type SQLite has the rows under it, and no other index is needed.
    Column(
        "doc",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    Column(
        "video_id",
        id_column_type(),
        ForeignKey("videos.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    # Their stems, so that an edit need not read files.
    Column("captions", Text, nullable=False, server_default=""),
)

_WORD = String(WORD_MOST).with_variant(String(WORD_MOST, collation="C"), "postgresql")

search_words = Table(
    "search_words", mapper_registry.metadata, Column("word", _WORD, primary_key=True)
)

search_slips = Table(
    "search_slips",
    mapper_registry.metadata,
    Column("typed", _WORD, primary_key=True),
    Column("word", _WORD, primary_key=True),
)
"""What is left of each word when one of its letters is left out."""

TYPED_LEAST, TYPED_MOST = 4, 24
"""How long a word is that is told from a mistyped one."""
_SECOND = 1_000_000
_LEARNED_AT_ONCE = 1000
_ATTEMPTS = 100


def texts_of(dialect_name: str) -> Texts:
    return SqliteTexts() if dialect_name == "sqlite" else PostgresTexts()


def slips_of(word: str) -> set[str]:
    """Return a word, and what is left of it when one of its letters is left out."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def is_told_apart(word: str) -> bool:
    return TYPED_LEAST <= len(word) <= TYPED_MOST and word.isalpha()


class SqlSearchIndex:
    """`SearchIndex` over one ORM session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._dialect = session.get_bind().dialect.name
        self._texts = texts_of(self._dialect)

    def put(self, documents: Sequence[Document]) -> None:
        for document in documents:
            self.remove(document.video_id)
            key = self._add(document)
            self._texts.put(self._session, key, document)
        self._learn(word for document in documents for word in document.vocabulary)

    def remove(self, video_id: VideoId) -> None:
        self._session.execute(
            delete(search_documents).where(search_documents.c.video_id == video_id)
        )

    def captions_of(self, video_id: VideoId) -> tuple[str, ...] | None:
        found = self._session.scalar(
            select(search_documents.c.captions).where(search_documents.c.video_id == video_id)
        )
        return None if found is None else tuple(found.split())

    def channel_title(self, channel_id: ChannelId) -> str:
        title: str = self._session.execute(
            select(channels.c.title).where(channels.c.id == channel_id)
        ).scalar_one()
        return title

    def videos_of(
        self, channel_id: ChannelId, after: VideoId | None, limit: int
    ) -> Sequence[VideoId]:
        found = select(videos.c.id).where(
            videos.c.channel_id == channel_id,
            *FOR_EVERYONE,
            IS_PUBLISHED,
            videos.c.id > (after or ""),
        )
        return self._session.scalars(found.order_by(videos.c.id).limit(limit)).all()

    def videos(
        self, after: VideoId | None, limit: int, *, is_missing: bool = False
    ) -> Sequence[VideoId]:
        found = select(videos.c.id).where(videos.c.id > (after or ""))
        if is_missing:
            known = select(search_documents.c.doc).where(
                search_documents.c.video_id == videos.c.id
            )
            found = found.where(*FOR_EVERYONE, IS_PUBLISHED, ~known.exists())
        return self._session.scalars(found.order_by(videos.c.id).limit(limit)).all()

    def _add(self, document: Document) -> int:
        """Store a document under the moment of its publication, or one just before it."""
        captions = " ".join(document.captions)
        for attempt in range(_ATTEMPTS):
            key = key_of(document, attempt)
            added = self._session.execute(
                self._insert(search_documents)
                .values(doc=key, video_id=document.video_id, captions=captions)
                .on_conflict_do_nothing(index_elements=["doc"])
                .returning(search_documents.c.doc)
            )
            if added.first() is not None:
                return key
        raise RuntimeError("too many videos were published within a second")

    def _learn(self, words: Iterable[str]) -> None:
        # In one order, so that two who learn at once do not wait for each other.
        told_apart = sorted({word for word in words if is_told_apart(word)})
        for start in range(0, len(told_apart), _LEARNED_AT_ONCE):
            self._learn_some(told_apart[start : start + _LEARNED_AT_ONCE])

    def _learn_some(self, words: Sequence[str]) -> None:
        known = self._session.scalars(
            select(search_words.c.word).where(search_words.c.word.in_(words))
        ).all()
        new = sorted({*words}.difference(known))
        if not new:
            return
        self._session.execute(
            self._insert(search_words).on_conflict_do_nothing(),
            [{"word": word} for word in new],
        )
        slips = [(typed, word) for word in new for typed in sorted(slips_of(word))]
        self._session.execute(
            self._insert(search_slips).on_conflict_do_nothing(),
            [{"typed": typed, "word": word} for typed, word in slips],
        )

    def _insert(self, into: Table) -> sqlite.Insert | postgresql.Insert:
        return sqlite.insert(into) if self._dialect == "sqlite" else postgresql.insert(into)


def key_of(document: Document, attempt: int = 0) -> int:
    """Return the key of a document: the first one that is free.

    Many may have the same date, if they came from elsewhere.
    """
    key = microseconds(document.published_at)
    if attempt:
        digest = hashlib.blake2b(f"{document.video_id} {attempt}".encode(), digest_size=8)
        key -= 1 + int.from_bytes(digest.digest(), "big") % (_SECOND - 1)
    return key
