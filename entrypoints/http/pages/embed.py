"""The page that other sites show in a frame: the player, and the way to the hub.

It looks at no cookie and has nothing that changes anything, so that nobody can be made to do
something by what lies over it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pyramid.renderers import render_to_response
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge import links
from entrypoints.edge.headers import embed_headers
from entrypoints.http.pages.messages import problem_text
from entrypoints.http.pages.watch import MODULES, shown_by_player, start_second
from entrypoints.http.shared_answers import share
from videohub_core.videos.entities import Visibility
from videohub_core.videos.errors import NoSuchVideo
from videohub_core.videos.ports import VideoView

_TEMPLATE = "entrypoints.http.pages:templates/embed.jinja2"


@view_config(route_name="pages.embed", request_method="GET", permission="public")
def embed(request: Request) -> Response:
    share(request)
    video_id = request.matchdict["video_id"]
    try:
        video = request.container.read_video()(actor=None, video_id=video_id)
    except NoSuchVideo as error:
        missing = problem_text(request.translations, error.code)
        values = {"missing": missing, "watch": f"{request.settings.public_url}/"}
        response = render_to_response(_TEMPLATE, values, request=request)
        response.status_int = HTTPStatus.NOT_FOUND
    else:
        response = render_to_response(_TEMPLATE, _values(request, video), request=request)
    response.headers.update(embed_headers(request.settings))
    return response


def _values(request: Request, video: VideoView) -> dict[str, Any]:
    start = start_second(request.GET.get("t"), video.duration)
    watch = links.watch_link(request.settings.public_url, video.id)
    return {
        "video": video,
        "watch": f"{watch}?t={start}" if start else watch,
        "modules": MODULES,
        "shown": {**shown_by_player(request, video), "address": watch},
        "start": start,
        "is_indexed": video.visibility is Visibility.PUBLIC,
    }
