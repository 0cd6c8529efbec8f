"""Search: what was looked for, and what was found."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from entrypoints.http.pages.pagers import page_request, pager
from entrypoints.http.shared_answers import share
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.paging import Page


@view_config(
    route_name="pages.search",
    request_method="GET",
    renderer="templates/search.jinja2",
    permission="anyone",
)
def search(request: Request) -> dict[str, Any]:
    share(request)
    asked = request.GET.get("q", "").strip()
    where = page_request(request)
    try:
        page = request.container.search_videos()(text=asked, page=where)
    except InvalidInput:
        # Nothing, or more than anybody means: there is nothing to find.
        page = Page([], None)
    return {"asked": asked, "videos": page.items, "pager": pager(request, page, q=asked)}
