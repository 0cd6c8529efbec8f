"""Fills a database with a community of a given size: the same one every time.

The database is at the newest schema; rows go in by the driver's own bulk ways, since a
million of them through use cases would take hours. Popularity follows Zipf's law: a few
channels have most of the videos.
"""

from __future__ import annotations

import random
import sqlite3
import string
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from typing import Any

import orjson
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from adapters.persistence import schema
from adapters.persistence.database import Database
from adapters.persistence.mapping import metadata
from adapters.persistence.search import texts_of
from adapters.persistence.search_texts import COLUMNS
from benchmarks.crowd import Crowd
from benchmarks.indexed import Indexed, Place
from benchmarks.text import Writer
from videohub_core.videos.heat import LIKE, PUBLISHED, VIEW, warmth

VERSION = 5
"""Grows when the same size means another database than before."""

NEWEST = datetime(2026, 1, 1, tzinfo=UTC)
"""When the newest video was published; the others lie three years behind it."""

RARE_WORD = "бензоколонка"
RARE_MOST = 50
"""In so many titles, less those that are not public."""

_SPAN = timedelta(days=3 * 365)
_SEED = 20_260_101
_ALPHABET = string.digits + string.ascii_letters
_BATCH = 20_000
_USERS_LEAST, _USERS_MOST = 1_100, 10_000
_SHARE_PUBLIC, _SHARE_UNLISTED = 0.92, 0.97


@dataclass(frozen=True)
class Community:
    """Whom and what the rows of the benchmarks ask for."""

    videos: int
    users: int
    owner_id: str
    """The member with the most videos."""
    common_word: str
    rare_word: str
    """One that a few videos have, however many there are."""


def fill(database: Database, videos: int) -> Community:
    """Migrate the database and fill it; it has to be empty."""
    schema.migrate(database)
    maker = _Maker(videos)
    with _loading(database) as load:
        load("users", maker.users())
        load("channels", maker.channels())
        load("videos", maker.videos())
        texts = texts_of(database.reader.dialect.name)
        load("search_documents", maker.indexed.documents())
        for name in texts.tables:
            load(name, maker.indexed.texts(texts, name))
        load("search_words", maker.indexed.words())
        load("search_slips", maker.indexed.slips())
        load("video_tags", maker.tags())
        load("likes", maker.crowd.likes_of(maker.published))
        load("video_views", maker.crowd.views_of(maker.published))
        load("comments", maker.crowd.comments_of(maker.published))
        load("subscriptions", maker.crowd.subscriptions(NEWEST))
    return maker.community()


class _Maker:
    """Makes the rows of each table, in the order of its columns."""

    def __init__(self, videos: int) -> None:
        self._rng = random.Random(_SEED)
        self._writer = Writer(self._rng)
        self._count = videos
        users = min(max(videos, _USERS_LEAST), _USERS_MOST)
        self._users = [self._id() for _ in range(users)]
        self._channels = [self._id() for _ in range(users)]
        self._popular = list(accumulate(1 / rank for rank in range(1, users + 1)))
        self.indexed = Indexed()
        self._titles: list[str] = []
        self._tags: list[tuple[str, datetime, list[str]]] = []
        self.published: list[tuple[str, datetime]] = []
        """Every video and its time, in their order."""
        self.crowd = Crowd(videos, self._users, self._channels)

    def community(self) -> Community:
        return Community(
            videos=self._count,
            users=len(self._users),
            owner_id=self._users[0],
            common_word=self._writer.common_word(),
            rare_word=RARE_WORD,
        )

    def users(self) -> Iterator[dict[str, Any]]:
        for number, user_id in enumerate(self._users):
            yield {
                "id": user_id,
                "email": f"member{number}@example.org",
                "email_verified": True,
                "display_name": f"{self._writer.name()} {number}",
                "role": "member",
                "is_banned": False,
                "created": NEWEST - _SPAN,
            }

    def channels(self) -> Iterator[dict[str, Any]]:
        for number, (user_id, channel_id) in enumerate(
            zip(self._users, self._channels, strict=True)
        ):
            title = f"{self._writer.name()} {number}"
            self._titles.append(title)
            yield {
                "id": channel_id,
                "user_id": user_id,
                "title": title,
                "description": "",
                "created": NEWEST - _SPAN,
                "subscribers": self.crowd.subscribers[channel_id],
            }

    def videos(self) -> Iterator[dict[str, Any]]:
        step = _SPAN / self._count
        owners = self._rng.choices(
            range(len(self._users)), cum_weights=self._popular, k=self._count
        )
        counted = zip(self.crowd.views, self.crowd.likes, self.crowd.comments, strict=True)
        for number, (owner, (views, likes, comments)) in enumerate(
            zip(owners, counted, strict=True)
        ):
            at = NEWEST - step * (self._count - number)
            is_rare = number % (self._count // RARE_MOST) == 0
            yield {
                **self._video(owner, at, is_rare),
                "views": views,
                "likes": likes,
                "comments": comments,
                "heat": warmth(at, PUBLISHED + VIEW * views + LIKE * likes),
            }

    def _video(self, owner: int, at: datetime, is_rare: bool) -> dict[str, Any]:
        rng = self._rng
        video_id, language = self._id(), self._writer.language()
        title = self._writer.words(rng.randint(2, 7), language)
        description = self._writer.words(rng.randint(8, 60), language)
        if is_rare:
            title.append(RARE_WORD)
        duration = float(rng.randint(20, 3600))
        share = rng.random()
        public = share < _SHARE_PUBLIC
        folder = f"media/{video_id}"
        tags = list(dict.fromkeys(title[:2]))
        self.published.append((video_id, at))
        if public:
            self._tags.append((video_id, at, tags))
            place = Place(self._channels[owner], self._titles[owner], video_id, at, duration)
            self.indexed.add(place, title, description, len(tags))
        return {
            "id": video_id,
            "channel_id": self._channels[owner],
            "owner_id": self._users[owner],
            "title": " ".join(title).capitalize(),
            "description": " ".join(description),
            "tags": tags,
            "visibility": "public"
            if public
            else "unlisted"
            if share < _SHARE_UNLISTED
            else "private",
            "upload_date": at,
            "published_at": at if public else None,
            "state": "ready",
            "duration": duration,
            "width": 1920,
            "height": 1080,
            "size": rng.randint(10**6, 10**9),
            "original": f"originals/{video_id[:2]}/{video_id}",
            "video_file": f"{folder}/{video_id}-1.mp4",
            "poster": f"{folder}/{video_id}-1.jpg",
            "poster_chosen": False,
            "renditions": [],
            "captions": [],
            "video_file_size": 10**7,
            "stored": 10**7,
            "comments_allowed": True,
        }

    def tags(self) -> Iterator[dict[str, Any]]:
        for video_id, at, tags in self._tags:
            for tag in tags:
                yield {"video_id": video_id, "tag": tag, "published_at": at}

    def _id(self) -> str:
        return "".join(self._rng.choices(_ALPHABET, k=16))


@contextmanager
def _loading(database: Database) -> Iterator[Any]:
    """Lend a function that puts rows into a table; all are there at the end, or none."""
    kind = _SqliteLoader if database.is_sqlite else _PostgresLoader
    loader = kind(database)
    try:
        yield loader.load
        loader.finish()
    finally:
        loader.close()


class _SqliteLoader:
    def __init__(self, database: Database) -> None:
        self._connection = sqlite3.connect(str(database.url.database))
        # Nobody else is here, and what is lost is made again.
        for pragma in ("synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):
            self._connection.execute(f"PRAGMA {pragma}")

    def load(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        columns = _columns(table)
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        self._connection.executemany(
            statement, ([_in_sqlite(row.get(name)) for name in columns] for row in rows)
        )

    def finish(self) -> None:
        # No statistics: the hub makes none in SQLite, and they change its plans.
        self._connection.commit()
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self._connection.close()


class _PostgresLoader:
    def __init__(self, database: Database) -> None:
        plain = database.url.set(drivername="postgresql")
        self._connection = psycopg.connect(plain.render_as_string(hide_password=False))

    def load(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        columns = _columns(table)
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            for batch in _batches(rows):
                for row in batch:
                    copy.write_row([_in_postgres(row.get(name)) for name in columns])

    def finish(self) -> None:
        self._connection.commit()
        self._connection.autocommit = True
        self._connection.execute("VACUUM ANALYZE")

    def close(self) -> None:
        self._connection.close()


def _columns(table: str) -> Sequence[str]:
    if table in COLUMNS:
        return COLUMNS[table]
    return [column.name for column in metadata.tables[table].columns]


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, _BATCH)):
        yield batch


def _in_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return orjson.dumps(value).decode() if isinstance(value, list) else value


def _in_postgres(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, list) else value
