"""Search: what was looked for, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from entrypoints.http.pages.pagers import page_request, pager
from entrypoints.http.shared_answers import share
from videohub_core.search.entities import QUERY_MOST, Filters, Sort
from videohub_core.search.use_cases.search_videos import Found
from videohub_core.shared.errors import InvalidInput

SORTS = (Sort.RELEVANCE, Sort.NEWEST, Sort.VIEWS)
LENGTHS: Mapping[str, Mapping[str, float]] = {
    "short": {"duration_max": 4 * 60},
    "medium": {"duration_min": 4 * 60, "duration_max": 20 * 60},
    "long": {"duration_min": 20 * 60},
}
AGES = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
    "year": timedelta(days=365),
}
_DEFAULT = Sort.RELEVANCE.value


@view_config(
    route_name="pages.search",
    request_method="GET",
    renderer="templates/search.jinja2",
    permission="anyone",
)
def search(request: Request) -> dict[str, Any]:
    share(request)
    asked = request.GET.get("q", "").strip()[:QUERY_MOST]
    chosen = {
        name: value
        for name, known in (("sort", [sort.value for sort in SORTS]), ("length", LENGTHS))
        if (value := request.GET.get(name, "")) in known and value != _DEFAULT
    }
    if (age := request.GET.get("age", "")) in AGES:
        chosen["age"] = age
    where = page_request(request)
    try:
        found = request.container.search_videos()(
            text=asked,
            page=where,
            sort=Sort(chosen.get("sort", _DEFAULT)),
            filters=_filters(request, chosen),
        )
    except InvalidInput:
        # Nothing, or more than anybody means: there is nothing to find.
        found = Found([], None)
    return {
        "asked": asked,
        "found": found,
        "chosen": chosen,
        "pager": pager(request, found, q=asked, **chosen),
    }


def _filters(request: Request, chosen: Mapping[str, str]) -> Filters:
    age = AGES.get(chosen.get("age", ""))
    return Filters(
        published_after=None if age is None else request.container.clock().now() - age,
        **LENGTHS.get(chosen.get("length", ""), {}),
    )
