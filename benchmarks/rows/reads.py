"""P5 and P6: what everybody reads, in process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import select

from adapters.persistence.video_lists import FRESHEST, statement
from adapters.persistence.video_rows import videos
from adapters.persistence.videos import VIDEO
from benchmarks.bare import Bare, video_document
from benchmarks.harness import Row, Run, at_least, at_most, per_second
from benchmarks.hub import FilledHub, filled_hub
from entrypoints.edge import cursors
from videohub_core.shared.paging import Position
from videohub_core.videos.entities import Visibility

LIST = "/api/v1/videos"
NAME = f"{LIST}?sort=-published_at&channel=None&tag=None"
"""What cursors call it."""
PAGE = 20
FAR = 500
"""The page that is far from the first; a community that has fewer shows its last but some."""
FAR_SHARE = 0.85
"""How far that is in a small one: some of its videos are not public."""


def hot_reads(run: Run) -> Iterator[Row]:
    """P5: requests a second against a bare function with the same SQL."""
    for kind in run.kinds:
        with filled_hub(run.folder, kind, min(100_000, max(run.sizes))) as hub:
            yield from _hot_reads(run, hub)


def _hot_reads(run: Run, hub: FilledHub) -> Iterator[Row]:
    bare, secret = Bare(hub.database), hub.container.secret()
    listed = bare.function(
        statement(FRESHEST).statement,
        {"limit": PAGE + 1, "now": datetime.now(UTC)},
        list_document(secret),
    )
    video_id = orjson.loads(listed())["items"][0]["id"]
    one = {"video_id": video_id}
    single = bare.function(VIDEO.statement, one, lambda rows: video_document(rows[0]))
    path = f"{LIST}/{video_id}"
    name = f"bare function, {hub.kind}"
    cache = hub.app.registry.shared_answers
    for what, theirs, ours, aim in (
        ("list, anew each time", listed, uncached(cache, lambda: hub.get(LIST)), 0.33),
        ("list, as strangers get it", listed, lambda: hub.get(LIST), 1.0),
        ("video, anew each time", single, uncached(cache, lambda: hub.get(path)), 0.33),
        ("video, as strangers get it", single, lambda: hub.get(path), 0.33),
    ):
        assert orjson.loads(theirs()) == orjson.loads(ours()), what
        yield run.compare(
            "P5",
            f"{what} ({hub.kind})",
            unit="requests/s",
            reference=(name, per_second(theirs)),
            ours=per_second(ours),
            aim=at_least(aim),
        )
    bare.close()


def uncached(cache: Any, call: Callable[[], bytes]) -> Callable[[], bytes]:
    def anew() -> bytes:
        cache.clear()
        return call()

    return anew


def list_document(secret: bytes) -> Callable[[Sequence[Mapping[str, Any]]], dict[str, Any]]:
    def document(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        following = None
        if len(rows) > PAGE:
            last = rows[PAGE - 1]
            following = cursor_after(secret, last["published_at"], last["id"])
        return {
            "items": [video_document(row) for row in rows[:PAGE]],
            "next_cursor": following,
        }

    return document


def cursor_after(secret: bytes, at: datetime, video_id: str) -> str:
    return cursors.encode(secret, NAME, Position(at, video_id))


def sizes(run: Run) -> Iterator[Row]:
    """P6: the same list in communities of all sizes, near its beginning and far from it."""
    smallest, *larger = sorted(run.sizes)
    for kind in run.kinds:
        with filled_hub(run.folder, kind, smallest) as small:
            for size in larger:
                with filled_hub(run.folder, kind, size) as large:
                    yield from _compare_sizes(run, small, large)


def _compare_sizes(run: Run, small: FilledHub, large: FilledHub) -> Iterator[Row]:
    def latency(hub: FilledHub, query: str) -> Callable[[], float]:
        calls = per_second(
            uncached(hub.app.registry.shared_answers, lambda: hub.get(LIST, query))
        )
        return lambda: 1 / calls()

    last = int(small.community.videos / PAGE * FAR_SHARE)
    for page, theirs in ((1, 1), (FAR, min(FAR, last))):
        yield run.compare(
            "P6",
            f"list, page {page}, {large.community.videos:,} videos ({large.kind})",
            unit="s",
            reference=(
                f"page {theirs} of {small.community.videos:,}",
                latency(small, _query(small, theirs)),
            ),
            ours=latency(large, _query(large, page)),
            aim=at_most(1.5),
        )


def _query(hub: FilledHub, page: int) -> str:
    """Return the query of a page, as the one before it has it in `next_cursor`."""
    if page == 1:
        return ""
    public = videos.c.visibility == Visibility.PUBLIC
    newest = (videos.c.published_at.desc(), videos.c.id.desc())
    last = (
        select(videos.c.published_at, videos.c.id)
        .where(public)
        .order_by(*newest)
        .offset((page - 1) * PAGE - 1)
        .limit(1)
    )
    with hub.database.reading() as connection:
        at, video_id = connection.execute(last).one()
    return f"cursor={cursor_after(hub.container.secret(), at, video_id)}"
