"""The reference for reads: a WSGI function on the raw driver.

The same SQL, the same document, and nothing else: no routing, no check of anything, no
header but two, no log. It is what cannot be done without.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import psycopg
from sqlalchemy import Select

from adapters.persistence.database import Database

_OPTIONS = orjson.OPT_UTC_Z
_TIMES = {"upload_date", "published_at", "created", "edited_at"}

Rows = Sequence[Mapping[str, Any]]


class Bare:
    """One connection, and statements as text."""

    def __init__(self, database: Database, *, plan_anew: bool = False) -> None:
        self._dialect = database.reader.dialect
        self.is_sqlite = database.is_sqlite
        if self.is_sqlite:
            self._connection: Any = sqlite3.connect(str(database.url.database))
            return
        plain = database.url.set(drivername="postgresql")
        # Without a threshold it plans for the values at hand each time, as `plan_anew` does.
        self._connection = psycopg.connect(
            plain.render_as_string(hide_password=False),
            autocommit=True,
            prepare_threshold=None if plan_anew else 5,
        )

    def close(self) -> None:
        self._connection.close()

    def function(
        self,
        statement: Select[Any],
        values: Mapping[str, Any],
        document: Callable[[Rows], Any],
    ) -> Callable[[], bytes]:
        """Return a call of the WSGI function that answers the statement's rows as JSON."""
        rows = self.query(statement, values)
        return answering(lambda: document(rows()))

    def query(self, statement: Select[Any], values: Mapping[str, Any]) -> Callable[[], Rows]:
        """Return a call that reads the statement's rows."""
        compiled = statement.compile(dialect=self._dialect)
        named = compiled.construct_params(values)
        bound: Any = [named[name] for name in compiled.positiontup or ()] or dict(named)
        text = str(compiled)
        # The driver takes the text of an enum, not the member.
        bound = (
            [_plain(one) for one in bound]
            if isinstance(bound, list)
            else {name: getattr(one, "value", one) for name, one in bound.items()}
        )

        def read() -> Rows:
            cursor = self._connection.execute(text, bound)
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            if self.is_sqlite:
                _complete(rows)
            return rows

        return read


def answering(document: Callable[[], Any]) -> Callable[[], bytes]:
    """Return a call of the WSGI function that answers a document as JSON."""

    def wsgi(_environ: Mapping[str, Any], start_response: Any) -> list[bytes]:
        body = orjson.dumps(document(), option=_OPTIONS)
        start_response(
            "200 OK",
            [("Content-Type", "application/json"), ("Content-Length", str(len(body)))],
        )
        return [body]

    return lambda: b"".join(wsgi({}, lambda *_: None))


def _plain(value: Any) -> Any:
    """Return what the driver of SQLite takes."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, list):
        return orjson.dumps(value).decode()
    return getattr(value, "value", value)


def _complete(rows: list[dict[str, Any]]) -> None:
    """Turn into what they are what SQLite stores as text."""
    for row in rows:
        if "tags" in row:
            row["tags"] = orjson.loads(row["tags"])
        for name in row.keys() & _TIMES:
            at = row[name]
            row[name] = None if at is None else datetime.fromisoformat(f"{at}+00:00")


def video_document(
    row: Mapping[str, Any], *, liked: bool = False, subscribed: bool = False
) -> dict[str, Any]:
    """Return a video as the contract has it, in the plainest way."""
    media = f"/media/{row['id']}"
    file = f"{media}/video.mp4" if row["video_file"] else None
    return {
        "id": row["id"],
        "channel": {"id": row["channel_id"], "title": row["channel_title"]},
        "title": row["title"],
        "description": row["description"],
        "tags": row["tags"],
        "visibility": row["visibility"],
        "video_file": file,
        "upload_date": row["upload_date"],
        "published_at": row["published_at"],
        "duration": row["duration"],
        "width": row["width"],
        "height": row["height"],
        "size": row["size"],
        "poster": f"{media}/poster.jpg" if row["poster"] else None,
        "comments_allowed": bool(row["comments_allowed"]),
        "hidden": None,
        "counters": {
            "views": row["views"],
            "likes": row["likes"],
            "comments": row["comments"],
        },
        "viewer": {"liked": liked, "subscribed": subscribed, "can_edit": False},
        "processing": {
            "state": row["state"],
            "progress": None,
            "seconds_left": None,
            "code": row["failure"],
            "reason": row["failure_detail"],
            "renditions": [],
        },
        "playback": {"mp4": file, "hls": None, "storyboard": None, "captions": []},
    }


def comment_document(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a comment as the contract has it."""
    user = None
    if row["user_id"] is not None:
        user = {
            "id": row["user_id"],
            "display_name": row["display_name"],
            "channel": {"id": row["channel_id"], "title": row["title"]},
        }
    return {
        "id": row["id"],
        "video": {"id": row["video_id"]},
        "text": row["text"],
        "created": row["created"],
        "edited_at": row["edited_at"],
        "media_time": row["media_time"],
        "reply_to": row["reply_to"],
        "user": user,
        "replies": row["replies"],
        "deleted": bool(row["deleted"]),
        "viewer": {"can_edit": False, "can_delete": False},
    }
