"""The studio: a member's own videos, in every state."""

from __future__ import annotations

import re
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.edge.language_names import language_name
from entrypoints.edge.presenters import present_captions
from entrypoints.http.pages.forms import Form, chosen, split_tags, typed
from entrypoints.http.pages.messages import (
    REFUSALS,
    STATES,
    VISIBILITIES,
    VISIBILITY_CHOICES,
    problem_text,
)
from entrypoints.http.pages.pagers import page_request, pager
from videohub_core.shared.errors import InvalidInput
from videohub_core.shared.ids import ID_PATTERN
from videohub_core.videos.entities import (
    CAPTIONS_FILE_MOST,
    PICTURE_FILE_MOST,
    ProcessingState,
)
from videohub_core.videos.ports import VideoView

EDIT = "templates/edit_video.jinja2"
LANGUAGES = (
    *("ru", "en", "uk", "be", "kk", "tt", "ky", "uz", "hy", "ka", "az"),
    *("de", "fr", "es", "it", "pt", "pl", "cs", "sr", "tr", "ar", "he", "hi", "zh", "ja", "ko"),
)
"""Those to choose from; every other one can be typed."""


@view_config(
    route_name="pages.studio",
    request_method="GET",
    renderer="templates/studio.jinja2",
    permission="member",
    ask_to_sign_in=True,
)
def studio(request: Request) -> dict[str, Any]:
    page = request.container.list_own_videos()(actor=request.actor, page=page_request(request))
    translations = request.translations
    uploaded = request.GET.get("uploaded", "")
    return {
        "videos": page.items,
        "can_retry": can_retry,
        "pager": pager(request, page),
        "uploaded": uploaded if re.fullmatch(ID_PATTERN, uploaded) else None,
        "deleted": "deleted" in request.GET,
        "states": {state: translations.gettext(text) for state, text in STATES.items()},
        "states_by_name": {
            state.value: translations.gettext(text) for state, text in STATES.items()
        },
        "visibilities": {
            choice: translations.gettext(text) for choice, text in VISIBILITIES.items()
        },
        "refusals": {code: problem_text(translations, code) for code in REFUSALS},
    }


@view_config(
    route_name="pages.studio.video",
    request_method="GET",
    renderer=EDIT,
    permission="member",
    ask_to_sign_in=True,
)
def edit_form(request: Request) -> dict[str, Any]:
    return edit_page(editable(request))


@view_config(
    route_name="pages.studio.video",
    request_method="POST",
    renderer=EDIT,
    permission="member",
    ask_to_sign_in=True,
)
def edit(request: Request) -> dict[str, Any] | Response:
    video = editable(request)
    form = Form(typed(request, "title", "description", "tags", "visibility"))
    allowed = "true" in chosen(request, "comments_allowed")
    form.values = {**form.values, "comments_allowed": "true" if allowed else ""}
    details = {**form.values, "tags": split_tags(form.values["tags"])}
    try:
        request.container.edit_video()(
            actor=request.actor,
            video_id=video.id,
            **{**details, "comments_allowed": allowed},
        )
    except InvalidInput as error:
        form.refuse(request, error)
        request.response.status_int = 400
        return edit_page(video, form)
    return HTTPSeeOther(
        request.route_path("pages.studio.video", video_id=video.id, _query={"saved": "1"})
    )


@view_config(
    route_name="pages.studio.retry",
    request_method="POST",
    permission="member",
    ask_to_sign_in=True,
)
def retry(request: Request) -> Response:
    request.container.retry_processing()(
        actor=request.actor, video_id=request.matchdict["video_id"]
    )
    return HTTPSeeOther(request.route_path("pages.studio"))


@view_config(
    route_name="pages.studio.delete",
    request_method="GET",
    renderer="templates/delete_video.jinja2",
    permission="member",
    ask_to_sign_in=True,
)
def confirm_delete(request: Request) -> dict[str, Any]:
    return {"video": editable(request)}


@view_config(
    route_name="pages.studio.delete",
    request_method="POST",
    permission="member",
    ask_to_sign_in=True,
)
def delete(request: Request) -> Response:
    video_id = request.matchdict["video_id"]
    request.container.delete_video()(actor=request.actor, video_id=video_id)
    return HTTPSeeOther(request.route_path("pages.studio", _query={"deleted": "1"}))


def can_retry(video: VideoView) -> bool:
    """Tell whether another try at processing may make a difference."""
    stopped = video.state in (ProcessingState.FAILED, ProcessingState.READY)
    has_source = video.original is not None or video.video_file is not None
    return video.failure is not None and stopped and has_source


def editable(request: Request) -> Any:
    return request.container.check_editable()(
        actor=request.actor, video_id=request.matchdict["video_id"]
    )


def edit_page(
    video: Any,
    form: Form | None = None,
    *,
    captions_form: Form | None = None,
    poster_form: Form | None = None,
) -> dict[str, Any]:
    """Return what the page of a video shows, with what is wrong in one of its forms."""
    values = {
        "title": video.title,
        "description": video.description,
        "tags": ", ".join(video.tags),
        "visibility": video.visibility.value,
        "comments_allowed": "true" if video.comments_allowed else "",
    }
    return {
        "video": video,
        "form": form or Form(values),
        "choices": VISIBILITY_CHOICES,
        "captions_form": captions_form or Form(),
        "poster_form": poster_form or Form(),
        "captions": [present_captions(video.id, one) for one in video.captions],
        "captions_most": CAPTIONS_FILE_MOST,
        "picture_most": PICTURE_FILE_MOST,
        "languages": {tag: language_name(tag) for tag in LANGUAGES},
    }
