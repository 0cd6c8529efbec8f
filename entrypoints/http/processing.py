"""The owner asks for another try at processing."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request

from entrypoints.edge import shapes
from entrypoints.edge.operations import Answer, problem
from entrypoints.edge.viewing import present_seen_video
from entrypoints.http.service import Service, validated
from entrypoints.http.videos import editable_video
from videohub_core.shared.ids import ID_PATTERN

processing = Service(
    name="videos.processing",
    path=f"/api/v1/videos/{{video_id:{ID_PATTERN}}}/processing",
    description="How a video is processed",
)


@processing.post(
    permission="member",
    validators=(editable_video, validated),
    tags=["videos"],
    operation_id="retry_processing",
    response_schemas={
        202: Answer("The video, which waits its turn.", shapes.Video()),
        409: problem(409),
    },
)
def post_processing(request: Request) -> dict[str, Any]:
    """Try again: process a failed video anew, or make the renditions that one lacks."""
    video_id = request.matchdict["video_id"]
    request.container.retry_processing()(actor=request.actor, video_id=video_id)
    video = request.container.read_video()(actor=request.actor, video_id=video_id)
    request.response.status_int = 202
    return present_seen_video(request.container, request.actor, video)
