"""The upload page. What it sends is received by the streams, not here."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from entrypoints.http.pages.forms import Form
from entrypoints.http.pages.libraries import library_path
from entrypoints.http.pages.messages import (
    PROBLEMS,
    REFUSALS,
    VISIBILITY_CHOICES,
    problem_text,
    upload_field_texts,
)


@view_config(
    route_name="pages.upload",
    request_method="GET",
    renderer="templates/upload.jinja2",
    permission="member",
    ask_to_sign_in=True,
)
def upload(request: Request) -> dict[str, Any]:
    code = request.GET.get("error")
    problem = problem_text(request.translations, code) if code else None
    return {
        "form": Form(problem=problem),
        "choices": VISIBILITY_CHOICES,
        "storage": request.container.read_storage()(actor=request.actor),
        "tus": library_path(request, "tus.min.js"),
        "texts": {
            "problems": {
                known: problem_text(request.translations, known)
                for known in (*PROBLEMS, *REFUSALS)
            },
            "fields": upload_field_texts(request.translations),
        },
    }
