"""The studio: a video's subtitles and its poster."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from entrypoints.http.pages.forms import Form, file_of, limit_form, typed
from entrypoints.http.pages.messages import problem_text
from entrypoints.http.pages.studio import EDIT, edit_page, editable
from videohub_core.shared.errors import (
    Conflict,
    DomainError,
    FieldError,
    InvalidInput,
    OutOfSpace,
    TooLarge,
    Unavailable,
)
from videohub_core.videos.entities import CAPTIONS_FILE_MOST, PICTURE_FILE_MOST
from videohub_core.videos.errors import FileTooLarge, NoSuchCaptions

_PASSING = (Conflict, TooLarge, OutOfSpace, Unavailable)
_TIME = re.compile(r"(?:(?:([0-9]{1,2}):)?([0-9]{1,3}):)?([0-9]{1,5}(?:[.,][0-9]{1,6})?)")


@view_config(
    route_name="pages.studio.captions",
    request_method="POST",
    renderer=EDIT,
    permission="member",
    ask_to_sign_in=True,
)
def put_captions(request: Request) -> dict[str, Any] | Response:
    limit_form(request)
    video = editable(request)
    form = Form(typed(request, "language", "other_language"))
    data = file_of(request, "captions")
    try:
        language = form.values["other_language"].strip() or form.values["language"]
        _check(language, "/language")
        _check_file(data, "/captions", CAPTIONS_FILE_MOST)
        request.container.put_captions()(
            actor=request.actor, video_id=video.id, language=language, data=data
        )
    except InvalidInput as error:
        form.refuse(request, error)
    except _PASSING as error:
        _say(request, form, error)
    else:
        return _back(request, video, "subtitles")
    request.response.status_int = 400
    return edit_page(video, captions_form=form)


@view_config(
    route_name="pages.studio.captions.delete",
    request_method="POST",
    permission="member",
    ask_to_sign_in=True,
)
def remove_captions(request: Request) -> Response:
    limit_form(request)
    video = editable(request)
    language = typed(request, "language")["language"]
    # Removed in another window, it is as it should be.
    with suppress(NoSuchCaptions):
        request.container.remove_captions()(
            actor=request.actor, video_id=video.id, language=language
        )
    return _back(request, video, "subtitles")


@view_config(
    route_name="pages.studio.poster",
    request_method="POST",
    renderer=EDIT,
    permission="member",
    ask_to_sign_in=True,
)
def choose_poster(request: Request) -> dict[str, Any] | Response:
    limit_form(request)
    video = editable(request)
    form = Form(typed(request, "at"))
    choose = request.container.choose_poster()
    try:
        if form.values["at"]:
            seconds = _seconds(form.values["at"])
            choose.at(actor=request.actor, video_id=video.id, seconds=seconds)
        else:
            data = file_of(request, "picture")
            _check_file(data, "/picture", PICTURE_FILE_MOST)
            choose.picture(actor=request.actor, video_id=video.id, data=data)
    except InvalidInput as error:
        form.refuse(request, error)
    except _PASSING as error:
        _say(request, form, error)
    else:
        return _back(request, video, "poster")
    request.response.status_int = 400
    return edit_page(video, poster_form=form)


def _check(value: str | bytes, pointer: str) -> None:
    if not value:
        raise InvalidInput([FieldError(pointer, "required", "This is needed.")])


def _check_file(data: bytes, pointer: str, most: int) -> None:
    _check(data, pointer)
    if len(data) > most:
        raise FileTooLarge


def _seconds(text: str) -> float:
    """Return a time that was typed as 83, 1:23 or 0:01:23.5; raise InvalidInput."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise InvalidInput([FieldError("/at", "not_a_time", "This is not a time.")])
    hours, minutes, seconds = (
        float((part or "0").replace(",", ".")) for part in found.groups()
    )
    return (hours * 60 + minutes) * 60 + seconds


def _say(request: Request, form: Form, error: DomainError) -> None:
    form.problem = problem_text(request.translations, error.code, error.detail)


def _back(request: Request, video: Any, section: str) -> Response:
    return HTTPSeeOther(
        request.route_path(
            "pages.studio.video", video_id=video.id, _query={"saved": section}, _anchor=section
        )
    )
