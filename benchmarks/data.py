"""Fills a database with a community of a given size: the same one every time.

The database is at the newest schema; rows go in by the driver's own bulk ways, since a
million of them through use cases would take hours. Popularity follows Zipf's law: a few
channels have most of the videos.
"""

from __future__ import annotations

import random
import sqlite3
import string
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from typing import Any, NamedTuple

import orjson
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from adapters.persistence import schema
from adapters.persistence.database import Database
from adapters.persistence.mapping import metadata
from adapters.persistence.search import is_told_apart, slips_of, texts_of
from adapters.persistence.search_texts import COLUMNS, Texts
from adapters.search_stems import SnowballStemmer
from benchmarks.text import Writer
from videohub_core.search.entities import (
    GAP,
    Document,
    filter_tokens,
    microseconds,
    words_of,
)
from videohub_core.shared.ids import ChannelId, VideoId

VERSION = 3
"""Grows when the same size means other rows than before."""

NEWEST = datetime(2026, 1, 1, tzinfo=UTC)
"""When the newest video was published; the others lie three years behind it."""

RARE_WORD = "бензоколонка"
RARE_MOST = 50
"""How many videos have it, less those that are not public."""

_STEMMER = SnowballStemmer()
_SPAN = timedelta(days=3 * 365)
_SEED = 20_260_101
_ALPHABET = string.digits + string.ascii_letters
_BATCH = 20_000
_VIDEOS_PER_USER = 100
_USERS_LEAST = 100
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
        load("search_documents", maker.documents())
        for name in texts.tables:
            load(name, maker.texts(texts, name))
        load("search_words", maker.known_words())
        load("search_slips", maker.slips())
    return maker.community()


class _Text(NamedTuple):
    """What search knows of a video, in little room: a million of them are held at once."""

    key: int
    video_id: str
    owner: int
    duration: float
    title: int
    """How many of the words are its title."""
    words: array[int]


class _Maker:
    """Makes the rows of each table, in the order of its columns."""

    def __init__(self, videos: int) -> None:
        self._rng = random.Random(_SEED)
        self._writer = Writer(self._rng)
        self._count = videos
        users = max(videos // _VIDEOS_PER_USER, _USERS_LEAST)
        self._users = [self._id() for _ in range(users)]
        self._channels = [self._id() for _ in range(users)]
        self._popular = list(accumulate(1 / rank for rank in range(1, users + 1)))
        self._stems: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._spelt: list[str] = []
        self._titles: list[str] = []
        self._texts: list[_Text] = []

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
            self._titles.append(f"{self._writer.name()} {number}")
            yield {
                "id": channel_id,
                "user_id": user_id,
                "title": self._titles[-1],
                "description": "",
                "created": NEWEST - _SPAN,
            }

    def videos(self) -> Iterator[dict[str, Any]]:
        step = _SPAN / self._count
        owners = self._rng.choices(
            range(len(self._users)), cum_weights=self._popular, k=self._count
        )
        for number, owner in enumerate(owners):
            is_rare = number % (self._count // RARE_MOST) == 0
            yield self._video(owner, NEWEST - step * (self._count - number), is_rare)

    def _video(self, owner: int, at: datetime, is_rare: bool) -> dict[str, Any]:
        rng = self._rng
        video_id, language = self._id(), self._writer.language()
        title = self._writer.words(rng.randint(2, 7), language)
        description = self._writer.words(rng.randint(8, 60), language)
        share = rng.random()
        public = share < _SHARE_PUBLIC
        duration = float(rng.randint(20, 3600))
        if is_rare:
            title.append(RARE_WORD)
        if public:
            words = array("I", map(self._number, title + description))
            key = microseconds(at)
            self._texts.append(_Text(key, video_id, owner, duration, len(title), words))
        folder = f"media/{video_id}"
        return {
            "id": video_id,
            "channel_id": self._channels[owner],
            "owner_id": self._users[owner],
            "title": " ".join(title).capitalize(),
            "description": " ".join(description),
            "tags": list(dict.fromkeys(title[:2])),
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
        }

    def documents(self) -> Iterator[dict[str, Any]]:
        for one in self._texts:
            yield {"doc": one.key, "video_id": one.video_id, "captions": ""}

    def texts(self, texts: Texts, name: str) -> Iterator[dict[str, Any]]:
        for one in self._texts:
            yield texts.rows(one.key, self._document(one))[name]

    def known_words(self) -> Iterator[dict[str, Any]]:
        for word in filter(is_told_apart, self._numbers):
            yield {"word": word}

    def slips(self) -> Iterator[dict[str, Any]]:
        for word in filter(is_told_apart, self._numbers):
            for typed in slips_of(word):
                yield {"typed": typed, "word": word}

    def _document(self, one: _Text) -> Document:
        words = [self._spelt[number] for number in one.words]
        stems = tuple(map(self._stem, words))
        title, description = stems[: one.title], stems[one.title :]
        tags = dict.fromkeys(words[: min(2, one.title)])
        labels = [*map(self._stem, words_of(self._titles[one.owner]))]
        for tag in tags:
            labels += [GAP, self._stem(tag)]
        return Document(
            video_id=VideoId(one.video_id),
            published_at=NEWEST,
            title=title,
            labels=tuple(labels),
            description=description,
            captions=(),
            tokens=filter_tokens(ChannelId(self._channels[one.owner]), tags, one.duration),
            vocabulary=frozenset(),
        )

    def _stem(self, word: str) -> str:
        found = self._stems.get(word)
        if found is None:
            found = self._stems[word] = _STEMMER.stem(word)
        return found

    def _number(self, word: str) -> int:
        (word,) = words_of(word)
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self._spelt)
            self._spelt.append(word)
        return number

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
        self._connection.commit()
        self._connection.execute("ANALYZE")
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
