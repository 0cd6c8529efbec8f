"""Search."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.request import Request

from entrypoints.edge import fields, shapes
from entrypoints.edge.operations import Answer
from entrypoints.edge.viewing import present_videos
from entrypoints.http.service import (
    PageQuery,
    Service,
    Text,
    list_of,
    page_request,
    validated,
)
from entrypoints.http.shared_answers import share

search_videos = Service(
    name="search.videos", path="/api/v1/search/videos", description="Videos found by words"
)


class SearchQuery(PageQuery):
    q = colander.SchemaNode(Text())
    sort = colander.SchemaNode(
        Text(), missing="-published_at", validator=colander.OneOf(["-published_at"])
    )


class SearchInput(colander.MappingSchema):
    querystring = SearchQuery()


@search_videos.get(
    schema=SearchInput(),
    permission="anyone",
    validators=(validated,),
    tags=["search"],
    operation_id="search_videos",
    field_rules=fields.SEARCH,
    request_headers=("If-None-Match",),
    response_schemas={200: Answer("A page of videos.", shapes.VideoList(), ("Link",))},
)
def get_search_videos(request: Request) -> dict[str, Any]:
    """Public videos whose title or description has every word, freshest first.

    A word is found at the beginning of words, in any case, `ё` and `е` alike.
    """
    share(request)
    query = request.validated["querystring"]
    page = request.container.search_videos()(text=query["q"], page=page_request(request))
    items = present_videos(request.container, request.actor, page.items)
    return list_of(request, items, page.next)
