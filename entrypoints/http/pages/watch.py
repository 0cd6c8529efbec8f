"""The page a video is watched on."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from entrypoints.edge.presenters import present_video
from entrypoints.http.pages import descriptions, previews
from entrypoints.http.pages.assets import STATIC
from entrypoints.http.pages.comments import conversation
from entrypoints.http.pages.libraries import library_path
from entrypoints.http.pages.messages import STATES, VISIBILITIES, advice_text, problem_text
from entrypoints.http.pages.people import following_of
from entrypoints.http.shared_answers import share
from videohub_core.shared.actor import Role
from videohub_core.videos.policies import may_edit
from videohub_core.videos.ports import VideoView

ENGINE = "hls.min.mjs"
"""What plays HLS where the browser does not."""
MODULES = tuple(
    f"{__package__}:static/js/player/{path.name}"
    for path in sorted((STATIC / "js" / "player").glob("*.js"))
)
"""The player's scripts, to be asked for at once rather than as each names the next."""

# Longer than any video the hub takes, and short enough to be a number everywhere.
_START_DIGITS = 6
_RELATED = 12


@view_config(
    route_name="pages.watch",
    request_method="GET",
    renderer="templates/watch.jinja2",
    permission="anyone",
)
def watch(request: Request) -> dict[str, Any]:
    share(request)
    video_id = request.matchdict["video_id"]
    video = request.container.read_video()(actor=request.actor, video_id=video_id)
    channel = request.container.read_channel()(channel_id=video.channel.id)
    watch_path = request.route_path("pages.watch", video_id=video.id)
    return {
        "video": video,
        "can_edit": may_edit(request.actor, video),
        "moderates": request.actor is not None and request.actor.role.includes(Role.MODERATOR),
        "is_liked": is_liked(request, video),
        "following": following_of(request, channel),
        "modules": MODULES if video.state.can_be_watched else (),
        "shown": shown_by_player(request, video),
        "start": start_second(request.GET.get("t"), video.duration),
        "description": descriptions.linked(
            video.description, watch_path=watch_path, duration=video.duration
        ),
        "preview": previews.of_video(request, video),
        "related": request.container.list_related()(
            actor=request.actor, video_id=video.id, limit=_RELATED
        ),
        "is_long": descriptions.is_long(video.description),
        "visibility": request.translations.gettext(VISIBILITIES[video.visibility]),
        **state_texts(request, video),
        **conversation(request, video),
    }


def is_liked(request: Request, video: VideoView) -> bool:
    """Tell whether the viewer likes the video."""
    if request.actor is None:
        return False
    liked = request.container.list_liked()(actor=request.actor, video_ids=[video.id])
    return video.id in liked


def shown_by_player(request: Request, video: VideoView) -> dict[str, Any]:
    """Return what the player has to know of a video, as the API says it, and its engine."""
    presented = present_video(video, request.actor)
    known = ("id", "title", "duration", "width", "height", "poster", "playback")
    return {
        **{name: presented[name] for name in known},
        "channel": video.channel.title,
        "state": video.state.value,
        "renditions": presented["processing"]["renditions"],
        "address": request.route_path("pages.watch", video_id=video.id),
        "engine": library_path(request, ENGINE),
    }


def start_second(text: str | None, duration: float | None) -> int:
    """Return the second that `?t=` asks for; 0 for what is none, or not within the video."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > _START_DIGITS:
        return 0
    second = int(text)
    return second if duration is None or second < duration else 0


def state_texts(request: Request, video: VideoView) -> dict[str, str]:
    """Return how far a video is, and why it failed if it did, in words."""
    translations = request.translations
    texts = {"state": translations.gettext(STATES[video.state])}
    if video.failure is not None:
        texts["reason"] = problem_text(translations, video.failure, video.failure_detail)
        texts["advice"] = advice_text(translations, video.failure)
    return texts
