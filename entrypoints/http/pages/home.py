"""The front page: what is fresh, and what many watch and like now."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from entrypoints.http.pages import previews
from entrypoints.http.pages.pagers import page_request, pager, sort_of
from entrypoints.http.shared_answers import share
from videohub_core.videos.ports import VideoSort


@view_config(
    route_name="pages.home",
    request_method="GET",
    renderer="templates/home.jinja2",
    permission="anyone",
)
def home(request: Request) -> dict[str, Any]:
    share(request)
    sort = sort_of(request)
    page = request.container.list_videos()(page=page_request(request), sort=sort)
    kept = {} if sort is VideoSort.FRESH else {"sort": sort.value}
    return {
        "videos": page.items,
        "sort": sort,
        "pager": pager(request, page, **kept),
        "preview": previews.of_home(request),
    }
