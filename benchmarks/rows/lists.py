"""P6: lists in communities of all sizes, near the beginning and far from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlencode

import orjson

from benchmarks.harness import Row, Run, at_most, per_second
from benchmarks.hub import FilledHub, filled_hub
from benchmarks.rows.reads import FEED, LIST, most_commented, uncached
from videohub_core.shared.paging import PAGE_LIMIT, PAGE_LIMIT_MOST

FAR = 10_000
"""How many items are before the far page; of a shorter list it is the last but some."""


class _List(NamedTuple):
    what: str
    hub: FilledHub
    path: str
    query: Mapping[str, str] = MappingProxyType({})
    session: str | None = None

    def read(self, **query: str | int) -> Callable[[], bytes]:
        return uncached(self.hub, self.path, urlencode({**self.query, **query}), self.session)


def sizes(run: Run) -> Iterator[Row]:
    """P6: each list at the smallest size and at the others."""
    smallest, *larger = sorted(run.sizes)
    for kind in run.kinds:
        with filled_hub(run.folder, kind, smallest) as small:
            for size in larger:
                with filled_hub(run.folder, kind, size) as large:
                    yield from _compare(run, small, large)


def _compare(run: Run, small: FilledHub, large: FilledHub) -> Iterator[Row]:
    about = f"{large.community.videos:,} videos ({large.kind})"
    for theirs, ours in zip(_lists(small), _lists(large), strict=True):
        for place in (_first, _far):
            (their_page, their_read), (page, read) = place(theirs), place(ours)
            yield run.compare(
                "P6",
                f"{ours.what}, page {page}, {about}",
                unit="s",
                reference=(
                    f"page {their_page} of {small.community.videos:,}",
                    _latency(their_read),
                ),
                ours=_latency(read),
                aim=at_most(1.5),
            )


def _lists(hub: FilledHub) -> Iterator[_List]:
    yield _List("list by time", hub, LIST)
    yield _List("list by views", hub, LIST, {"sort": "-views"})
    yield _List("comments", hub, f"{LIST}/{most_commented(hub)}/comments")
    yield _List("feed of 1,000 channels", hub, FEED, session=hub.session_of_owner())


def _first(list_: _List) -> tuple[int, Callable[[], bytes]]:
    return 1, list_.read()


def _far(list_: _List) -> tuple[int, Callable[[], bytes]]:
    # One place more, so that there is a whole page behind the one that is taken.
    *_, (before, cursor), _last = islice(_places(list_), FAR // PAGE_LIMIT_MOST + 2)
    return before // PAGE_LIMIT + 1, list_.read(**cursor)


def _places(list_: _List) -> Iterator[tuple[int, dict[str, str]]]:
    """Go along the list by its cursors; yield how many items were before each."""
    before, cursor = 0, dict[str, str]()
    while True:
        yield before, cursor
        answer = orjson.loads(list_.read(limit=PAGE_LIMIT_MOST, **cursor)())
        if answer["next_cursor"] is None:
            return
        before, cursor = before + PAGE_LIMIT_MOST, {"cursor": answer["next_cursor"]}


def _latency(call: Callable[[], bytes]) -> Callable[[], float]:
    calls = per_second(call)
    return lambda: 1 / calls()
