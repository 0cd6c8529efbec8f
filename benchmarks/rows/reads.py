"""P5: what everybody reads, in process, against a bare function with the same SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select

from adapters.persistence.comments import statement as comments_statement
from adapters.persistence.feeds import statement as feed_statement
from adapters.persistence.likes import LIKED
from adapters.persistence.video_lists import FRESHEST, statement
from adapters.persistence.video_rows import videos
from adapters.persistence.videos import VIDEO
from benchmarks.bare import Bare, Rows, answering, comment_document, video_document
from benchmarks.harness import Row, Run, at_least, per_second
from benchmarks.hub import FilledHub, filled_hub
from entrypoints.edge import cursors
from videohub_core.comments.ports import CommentSort
from videohub_core.shared.paging import PAGE_LIMIT, Position
from videohub_core.videos.entities import Visibility

LIST = "/api/v1/videos"
NAME = f"{LIST}?sort=-published_at&channel=None&tag=None"
"""What cursors call it."""
FEED = "/api/v1/me/feed"


class _Read(NamedTuple):
    what: str
    theirs: Callable[[], bytes]
    ours: Callable[[], bytes]
    aim: float


def hot_reads(run: Run) -> Iterator[Row]:
    """P5: requests a second."""
    for kind in run.kinds:
        with filled_hub(run.folder, kind, min(100_000, max(run.sizes))) as hub:
            bare = Bare(hub.database)
            for one in (*_videos(hub, bare), *_comments(hub, bare), _feed(hub, bare)):
                assert orjson.loads(one.theirs()) == orjson.loads(one.ours()), one.what
                yield run.compare(
                    "P5",
                    f"{one.what} ({kind})",
                    unit="requests/s",
                    reference=(f"bare function, {kind}", per_second(one.theirs)),
                    ours=per_second(one.ours),
                    aim=at_least(one.aim),
                )
            bare.close()


def _videos(hub: FilledHub, bare: Bare) -> Iterator[_Read]:
    secret, now = hub.container.secret(), datetime.now(UTC)
    page = {"limit": PAGE_LIMIT + 1, "now": now}
    listed = bare.function(statement(FRESHEST).statement, page, list_document(secret))
    video_id = orjson.loads(listed())["items"][0]["id"]
    one = {"video_id": video_id}
    single = bare.function(VIDEO.statement, one, lambda rows: video_document(rows[0]))
    path = f"{LIST}/{video_id}"
    yield _Read("list, anew each time", listed, uncached(hub, LIST), 0.33)
    yield _Read("list, as strangers get it", listed, lambda: hub.get(LIST), 1)
    yield _Read("video, anew each time", single, uncached(hub, path), 0.33)
    yield _Read("video, as strangers get it", single, lambda: hub.get(path), 0.33)


def _comments(hub: FilledHub, bare: Bare) -> Iterator[_Read]:
    video_id = most_commented(hub)
    path = f"{LIST}/{video_id}/comments"
    document = list_document(
        hub.container.secret(),
        name=f"{path}?sort=-created&reply_to=None",
        time="created",
        item=comment_document,
    )
    said = comments_statement(CommentSort.FRESH, replies=False, continued=False)
    page = {"thread": video_id, "limit": PAGE_LIMIT + 1}
    theirs = bare.function(said.statement, page, document)
    yield _Read("comments, anew each time", theirs, uncached(hub, path), 0.33)
    yield _Read("comments, as strangers get them", theirs, lambda: hub.get(path), 1)


def _feed(hub: FilledHub, bare: Bare) -> _Read:
    """The feed of the member who follows a thousand channels; nobody else gets its answer."""
    session, user_id = hub.session_of_owner(), hub.community.owner_id
    found = orjson.loads(hub.get(FEED, session=session))["items"]
    page = {"user_id": user_id, "limit": PAGE_LIMIT + 1, "now": datetime.now(UTC)}
    feed = feed_statement(hub.database.is_sqlite, continued=False)
    shown = bare.query(feed.statement, page)
    marks = {"user_id": user_id, "video_ids": [video["id"] for video in found]}
    marked = bare.query(LIKED.statement, marks)
    secret = hub.container.secret()

    def document() -> dict[str, Any]:
        rows, liked = shown(), {row["video_id"] for row in marked()}
        return list_document(
            secret,
            name=f"{FEED}?",
            item=lambda row: video_document(row, liked=row["id"] in liked, subscribed=True),
        )(rows)

    return _Read(
        "feed of 1,000 channels",
        answering(document),
        lambda: hub.get(FEED, session=session),
        0.33,
    )


def most_commented(hub: FilledHub) -> str:
    """Return the public video that most is said about."""
    most = (
        select(videos.c.id)
        .where(videos.c.visibility == Visibility.PUBLIC)
        .order_by(videos.c.comments.desc(), videos.c.id)
        .limit(1)
    )
    with hub.database.reading() as connection:
        video_id: str = connection.execute(most).scalar_one()
    return video_id


def uncached(
    hub: FilledHub, path: str, query: str = "", session: str | None = None
) -> Callable[[], bytes]:
    """Return a call that is answered anew each time."""
    cache = hub.app.registry.shared_answers

    def anew() -> bytes:
        cache.clear()
        return hub.get(path, query, session)

    return anew


def list_document(
    secret: bytes,
    *,
    name: str = NAME,
    time: str = "published_at",
    item: Callable[[Mapping[str, Any]], dict[str, Any]] = video_document,
) -> Callable[[Rows], dict[str, Any]]:
    def document(rows: Rows) -> dict[str, Any]:
        following = None
        if len(rows) > PAGE_LIMIT:
            last = rows[PAGE_LIMIT - 1]
            following = cursors.encode(secret, name, Position(last[time], last["id"]))
        return {"items": [item(row) for row in rows[:PAGE_LIMIT]], "next_cursor": following}

    return document
