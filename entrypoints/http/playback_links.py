"""Links by which a player without a credential may watch for a while."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import colander
from pyramid.request import Request

from entrypoints.edge import fields, shapes
from entrypoints.edge.credentials import name_of
from entrypoints.edge.operations import CREATED, Answer
from entrypoints.edge.playback_links import (
    SECONDS_LEAST,
    SECONDS_MOST,
    SECONDS_USUAL,
    make_query,
)
from entrypoints.edge.presenters import present_video
from entrypoints.http.creation import created
from entrypoints.http.service import Service, Strict, Whole, validated
from entrypoints.http.videos import visible_video
from videohub_core.shared.ids import ID_PATTERN
from videohub_core.videos.errors import NoSuchMedia

playback_links = Service(
    name="videos.playback_links",
    path=f"/api/v1/videos/{{video_id:{ID_PATTERN}}}/playback-links",
    description="Links for players that send no credential",
)


_RANGE = colander.Range(SECONDS_LEAST, SECONDS_MOST)


class PlaybackLink(Strict):
    seconds = colander.SchemaNode(
        Whole(),
        missing=None,
        validator=lambda node, value: value is None or _RANGE(node, value),
    )


class PlaybackLinkInput(colander.MappingSchema):
    body = PlaybackLink()


@playback_links.post(
    schema=PlaybackLinkInput(),
    permission="member",
    validators=(visible_video, validated),
    tags=["videos"],
    operation_id="create_playback_link",
    field_rules=fields.PLAYBACK_LINK,
    response_schemas={201: Answer("The links.", shapes.PlaybackLinks(), CREATED)},
)
def post_playback_link(request: Request) -> dict[str, Any]:
    """Make links for players that cannot send a cookie or a token.

    Whoever has them may watch as the caller may: no longer than that, and until they expire.
    """
    found = request.validated["video"]
    playback = present_video(found, request.actor)["playback"]
    if playback["mp4"] is None:
        raise NoSuchMedia
    now = int(request.container.clock().now().timestamp())
    expires = now + (request.validated["body"]["seconds"] or SECONDS_USUAL)
    credential = name_of(
        request.container, request.caller, request.headers.get("Authorization")
    )
    query = make_query(request.container.secret(), found.id, credential, expires)
    public_url = request.settings.public_url

    def signed(address: str | None) -> str | None:
        return None if address is None else f"{public_url}{address}?{query}"

    created(request, f"{playback['mp4']}?{query}")
    return {
        "mp4": signed(playback["mp4"]),
        "hls": signed(playback["hls"]),
        "storyboard": signed(playback["storyboard"]),
        "captions": [{**one, "url": signed(one["url"])} for one in playback["captions"]],
        "expires_at": datetime.fromtimestamp(expires, UTC),
    }
