"""Videos and channels as the caller sees them: what they like and follow is marked.

Two reads a page, whatever its length, and none for a stranger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from entrypoints.edge.presenters import present_channel, present_video
from videohub_core.channels.ports import ChannelView
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import ChannelId, VideoId
from videohub_core.videos.ports import VideoView


@dataclass(frozen=True)
class Marks:
    """What a member likes and follows of what they are shown."""

    liked: frozenset[VideoId] = frozenset()
    followed: frozenset[ChannelId] = frozenset()


_NONE = Marks()


def marks_of(container: Any, actor: Actor | None, videos: Sequence[VideoView]) -> Marks:
    """Return the caller's marks on some videos and their channels."""
    if actor is None or not videos:
        return _NONE
    video_ids = [video.id for video in videos]
    channel_ids = list({video.channel.id for video in videos})
    return Marks(
        container.list_liked()(actor=actor, video_ids=video_ids),
        frozenset(container.list_followed()(actor=actor, channel_ids=channel_ids)),
    )


def present_videos(
    container: Any, actor: Actor | None, videos: Sequence[VideoView]
) -> list[dict[str, Any]]:
    """Return videos as the caller sees them."""
    marks = marks_of(container, actor, videos)
    return [
        present_video(
            video,
            actor,
            liked=video.id in marks.liked,
            subscribed=video.channel.id in marks.followed,
        )
        for video in videos
    ]


def present_seen_video(container: Any, actor: Actor | None, video: VideoView) -> dict[str, Any]:
    """Return one video as the caller sees it."""
    return present_videos(container, actor, [video])[0]


def present_seen_channel(
    container: Any, actor: Actor | None, channel: ChannelView
) -> dict[str, Any]:
    """Return a channel as the caller sees it."""
    bell = None
    if actor is not None:
        followed = container.list_followed()(actor=actor, channel_ids=[channel.id])
        bell = followed.get(channel.id)
    return present_channel(channel, actor, bell)
