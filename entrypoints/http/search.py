"""Search."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.request import Request

from entrypoints.edge import fields, shapes
from entrypoints.edge.operations import Answer
from entrypoints.edge.presenters import present_snippets, present_suggestion
from entrypoints.edge.viewing import present_videos
from entrypoints.http.service import (
    Count,
    Moment,
    PageQuery,
    Service,
    Strict,
    Text,
    list_of,
    page_request,
    validated,
)
from entrypoints.http.shared_answers import share
from videohub_core.search.entities import Filters, Sort
from videohub_core.shared.ids import ID_PATTERN

search_videos = Service(
    name="search.videos", path="/api/v1/search/videos", description="Videos found by words"
)
suggestions = Service(
    name="search.suggestions",
    path="/api/v1/search/suggestions",
    description="What somebody who types may be looking for",
)


class SearchQuery(PageQuery):
    q = colander.SchemaNode(Text())
    sort = colander.SchemaNode(
        Text(),
        missing=Sort.RELEVANCE.value,
        validator=colander.OneOf([sort.value for sort in Sort]),
    )
    channel = colander.SchemaNode(
        Text(), missing=None, validator=colander.Regex(f"^{ID_PATTERN}\\Z")
    )
    tag = colander.SchemaNode(Text(), missing=None)
    duration_min = colander.SchemaNode(Count(), missing=None)
    duration_max = colander.SchemaNode(Count(), missing=None)
    published_after = colander.SchemaNode(Moment(), missing=None)


class SearchInput(colander.MappingSchema):
    querystring = SearchQuery()


class SuggestionsQuery(Strict):
    q = colander.SchemaNode(Text())


class SuggestionsInput(colander.MappingSchema):
    querystring = SuggestionsQuery()


@search_videos.get(
    schema=SearchInput(),
    permission="anyone",
    validators=(validated,),
    tags=["search"],
    operation_id="search_videos",
    field_rules=fields.SEARCH,
    request_headers=("If-None-Match",),
    response_schemas={200: Answer("A page of videos.", shapes.FoundVideoList(), ("Link",))},
)
def get_search_videos(request: Request) -> dict[str, Any]:
    """Public videos that have every word in their texts, their captions included.

    A word is found in all its forms and as the beginning of words, in any case, `ё` and `е`
    alike. Where nothing has a word, a likely one is looked for instead (`corrected`).
    """
    share(request)
    query = request.validated["querystring"]
    names = ("tag", "duration_min", "duration_max", "published_after")
    found = request.container.search_videos()(
        text=query["q"],
        page=page_request(request),
        sort=Sort(query["sort"]),
        filters=Filters(query["channel"], **{name: query[name] for name in names}),
    )
    videos = [one.video for one in found.items]
    seen = present_videos(request.container, request.actor, videos)
    items = [
        {**video, "snippets": present_snippets(one)}
        for video, one in zip(seen, found.items, strict=True)
    ]
    return {**list_of(request, items, found.next), "corrected": found.corrected}


@suggestions.get(
    schema=SuggestionsInput(),
    permission="anyone",
    validators=(validated,),
    tags=["search"],
    operation_id="list_search_suggestions",
    field_rules=fields.SUGGESTIONS,
    request_headers=("If-None-Match",),
    response_schemas={200: Answer("Some texts, the likeliest first.", shapes.SuggestionList())},
)
def get_suggestions(request: Request) -> dict[str, Any]:
    """Titles, tags and channels of public videos that go on as the text begins."""
    share(request)
    found = request.container.suggest_searches()(text=request.validated["querystring"]["q"])
    return {"items": [present_suggestion(one) for one in found]}
