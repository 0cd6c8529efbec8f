"""The demo's members and videos, made through the hub's use cases, each once.

What is there is left as it is, so a run that was killed is gone on with by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from entrypoints.cli import demo_content
from entrypoints.cli.demo_content import DemoMember, DemoVideo
from entrypoints.cli.demo_pictures import PICTURES, make_graph
from entrypoints.cli.sending import send
from videohub_core.accounts.errors import EmailTaken, NoSuchUser
from videohub_core.accounts.ports import UserView
from videohub_core.shared.actor import Actor, Role
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import UserId, VideoId
from videohub_core.videos.entities import Origin, ProcessingState, VideoDetails
from videohub_core.videos.errors import AlreadyImported
from videohub_core.videos.ports import VideoView

_AT_ONCE = 2
_CHECK_SECONDS = 0.2
_OPERATOR = Actor(UserId("demo"), Role.ADMIN)
"""Whoever runs the hub may open accounts, whoever else may register."""
_SETTLED = (ProcessingState.READY, ProcessingState.FAILED)


class SetBackClock:
    """The hub's clock, set back by `back`: members of the demo have been here for a while."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.back = timedelta()

    def now(self) -> datetime:
        return self._clock.now() - self.back


@dataclass(frozen=True)
class Stored:
    """A video of the demo that is on the hub."""

    video: DemoVideo
    owner: UserView
    id: VideoId


class DemoHub:
    """Fills a hub; `check` is called often and may raise to end it."""

    def __init__(self, container: Any, check: Callable[[], None]) -> None:
        self._container = container
        self._check = check
        self._clock = SetBackClock(container.clock())
        container.clock.override(self._clock)
        self.owners: dict[str, UserView] = {}

    def add_members(self) -> int:
        """Register who is missing; return how many that were."""
        return sum(self._add_member(member) for member in demo_content.MEMBERS)

    def _add_member(self, member: DemoMember) -> bool:
        added = False
        try:
            user = self._find(member)
        except NoSuchUser:
            added = self._register(member)
            user = self._find(member)
        # Killed after the registration, the channel says nothing yet.
        if not self._container.read_channel()(channel_id=user.channel.id).description:
            self._container.edit_channel()(
                actor=user.actor, channel_id=user.channel.id, description=member.channel
            )
        self.owners[member.name] = user
        return added

    def _find(self, member: DemoMember) -> UserView:
        user: UserView = self._container.find_user()(whom=member.email)
        return user

    def _register(self, member: DemoMember) -> bool:
        self._check()
        self._clock.back = timedelta(days=member.days)
        try:
            self._container.register_user()(
                actor=_OPERATOR,
                email=member.email,
                password=demo_content.PASSWORD,
                display_name=member.display_name,
            )
        except EmailTaken:
            # Another demo was quicker.
            return False
        finally:
            self._clock.back = timedelta()
        return True

    def stored(self) -> list[Stored]:
        """Return the videos that are there already."""
        found = []
        for video in demo_content.VIDEOS:
            owner = self.owners[video.owner]
            key = _key(video)
            video_id = self._container.find_imported()(actor=owner.actor, key=key)
            if video_id is not None:
                found.append(Stored(video, owner, video_id))
        return found

    def add_videos(self, missing: list[DemoVideo], folder: Path) -> Iterator[Stored]:
        """Draw the videos and yield each once it is on the hub; raise RuntimeError."""
        pool = ThreadPoolExecutor(_AT_ONCE, "draw")
        try:
            drawn = {
                pool.submit(self._draw, video, folder): video
                for video in sorted(missing, key=lambda video: -video.days)
            }
            while drawn:
                self._check()
                done, _ = wait(drawn, _CHECK_SECONDS, FIRST_COMPLETED)
                for future in done:
                    # Ctrl-C ends ffmpeg as well, which is no fault of the picture.
                    self._check()
                    yield self._upload(drawn.pop(future), future)
        finally:
            pool.shutdown(cancel_futures=True)

    def _draw(self, video: DemoVideo, folder: Path) -> Path:
        picture = PICTURES[video.picture]
        path = folder / f"{video.picture}.mp4"
        self._container.draw_clip(make_graph(picture, video.tune), picture.seconds, path)
        return path

    def _upload(self, video: DemoVideo, drawn: Future[Path]) -> Stored:
        path = drawn.result()
        owner = self.owners[video.owner]
        date = self._clock.now() - timedelta(days=video.days)
        details = VideoDetails.checked(
            title=video.title, description=video.description, tags=video.tags
        )
        origin = Origin(_key(video), date)
        try:
            video_id = send(
                self._container,
                owner.actor,
                path,
                details,
                origin=lambda _digest: origin,
                step=lambda _count: None,
            )
        except AlreadyImported:
            # Another demo was quicker.
            video_id = self._container.find_imported()(actor=owner.actor, key=origin.key)
        path.unlink()
        return Stored(video, owner, video_id)

    def failure_of(self, stored: Stored) -> str | None:
        """Return why the video cannot be played, None if it can or may yet."""
        failure: str | None = self._view(stored).failure_detail
        return failure

    def is_settled(self, stored: Stored) -> bool:
        """Tell whether the video is processed, well or not."""
        return self._view(stored).state in _SETTLED

    def _view(self, stored: Stored) -> VideoView:
        video: VideoView = self._container.read_video()(
            actor=stored.owner.actor, video_id=stored.id
        )
        return video


def _key(video: DemoVideo) -> str:
    return f"demo:{video.picture}"
