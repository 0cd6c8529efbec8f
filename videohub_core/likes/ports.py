"""What likes need from outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from videohub_core.accounts.ports import UserRepository
from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import UserId, VideoId
from videohub_core.shared.paging import Page, PageRequest
from videohub_core.videos.ports import VideosUnitOfWork, VideoView


class Like(NamedTuple):
    """That somebody likes a video, which nobody else is told."""

    video_id: VideoId
    at: datetime


class LikeRepository(Protocol):
    """The likes inside one transaction; the videos they are of are locked by the caller."""

    def add(self, user_id: UserId, video_id: VideoId, now: datetime) -> bool:
        """Store a like; return False, changing nothing, if there is one."""

    def remove(self, user_id: UserId, video_id: VideoId) -> datetime | None:
        """Delete a like and return when it was given, None if there is none."""

    def remove_of(self, user_id: UserId) -> None:
        """Delete all likes of a user; the videos count them no more, and cool."""


class LikesUnitOfWork(VideosUnitOfWork, Protocol):
    """What one transaction of this area may touch."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def likes(self) -> LikeRepository: ...


class LikeReader(Protocol):
    """Reads likes for showing, outside any transaction."""

    def liked(self, user_id: UserId, video_ids: Sequence[VideoId]) -> frozenset[VideoId]:
        """Return which of these videos the user likes."""

    def videos(self, actor: Actor, request: PageRequest) -> Page[VideoView]:
        """Return the videos that the actor likes and may see, liked last first.

        Those of withheld channels are left out.
        """

    def of_user(self, user_id: UserId, request: PageRequest) -> Page[Like]:
        """Return all likes of a user, the last first, whatever has become of the videos."""
