"""The front page: what is fresh."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from entrypoints.http.pages import previews
from entrypoints.http.pages.pagers import page_request, pager
from entrypoints.http.shared_answers import share


@view_config(
    route_name="pages.home",
    request_method="GET",
    renderer="templates/home.jinja2",
    permission="anyone",
)
def home(request: Request) -> dict[str, Any]:
    share(request)
    page = request.container.list_videos()(page=page_request(request))
    return {
        "videos": page.items,
        "pager": pager(request, page),
        "preview": previews.of_home(request),
    }
