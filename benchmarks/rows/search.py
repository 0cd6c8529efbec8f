"""P7: search in communities of all sizes, and P5: search against its SQL alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import orjson

from adapters.persistence.video_search import SHOWN, statement
from benchmarks.bare import Bare
from benchmarks.harness import Aim, Row, Run, at_least, at_most, per_second
from benchmarks.hub import FilledHub, filled_hub
from benchmarks.rows.reads import list_document, uncached
from videohub_core.search.entities import Tier, VideoQuery, microseconds
from videohub_core.search.use_cases.ranking import BLOCK
from videohub_core.shared.paging import PAGE_LIMIT

PATH = "/api/v1/search/videos"


def sizes(run: Run) -> Iterator[Row]:
    """P7: each kind of query at the smallest size and at the others."""
    smallest, *larger = sorted(run.sizes)
    for kind in run.kinds:
        with filled_hub(run.folder, kind, smallest) as small:
            for size in larger:
                with filled_hub(run.folder, kind, size) as large:
                    yield from _compare(run, small, large)


def _compare(run: Run, small: FilledHub, large: FilledHub) -> Iterator[Row]:
    rare, common = large.community.rare_word, large.community.common_word
    queries: dict[str, tuple[str, Aim | None]] = {
        "rare word": (rare, at_most(2)),
        "common word": (common, None),
        "two words": (f"{common} база", None),
        "typo": (rare.replace("зо", "оз"), at_most(2)),
        "Russian word forms": ("бензоколонками", at_most(2)),
    }
    for what, (text, aim) in queries.items():
        yield run.compare(
            "P7",
            f"{what}, {large.community.videos:,} videos ({large.kind})",
            unit="s",
            reference=(f"{small.community.videos:,}", _latency(small, text)),
            ours=_latency(large, text),
            aim=aim,
        )


def _latency(hub: FilledHub, text: str) -> Callable[[], float]:
    calls = per_second(_search(hub, text))
    return lambda: 1 / calls()


def _search(hub: FilledHub, text: str) -> Callable[[], bytes]:
    return uncached(hub, PATH, urlencode({"q": text}))


def against_sql(run: Run) -> Iterator[Row]:
    """P5: a common word against a bare function with the same two selects."""
    for kind in run.kinds:
        with filled_hub(run.folder, kind, min(100_000, max(run.sizes))) as hub:
            bare = Bare(hub.database, plan_anew=True)
            text = hub.community.common_word
            ours = _search(hub, text)
            found = [item["id"] for item in orjson.loads(ours())["items"]]
            yield run.compare(
                "P5",
                f"search, anew each time ({kind})",
                unit="requests/s",
                reference=(
                    f"bare function, {kind}",
                    per_second(_selects(hub, bare, text, found)),
                ),
                ours=per_second(ours),
                aim=at_least(0.33),
            )
            bare.close()


def _selects(hub: FilledHub, bare: Bare, text: str, found: list[str]) -> Callable[[], bytes]:
    """Return a call of what the hub asks the database for, ranking aside."""
    search, stemmer = hub.container.video_search(), hub.container.stemmer()
    now = hub.container.clock().now()
    query = VideoQuery.checked(text, stemmer.kin)
    below = microseconds(now) + 1
    values = search.values(query, Tier.TITLE, below=below, limit=BLOCK)
    dialect = hub.database.reader.dialect.name
    matching = bare.function(statement(dialect, Tier.TITLE).statement, values, len)
    showing = bare.function(SHOWN.statement, {"ids": found, "now": now}, list_document(b""))

    def both() -> bytes:
        assert matching() != b"0"
        return showing()

    assert len(found) == PAGE_LIMIT
    return both
