"""Take note that somebody watches a video."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import VideoId
from videohub_core.videos.policies import visible_video
from videohub_core.videos.ports import VideoReader
from videohub_core.views.entities import Viewing, is_enough, pseudonym
from videohub_core.views.ports import Programs, ViewLog


class RecordPlayback:
    """Take a heartbeat of a playback; it is a view by the published rule or nothing."""

    def __init__(
        self,
        reader: VideoReader,
        log: ViewLog,
        programs: Programs,
        secret: bytes,
        clock: Clock,
    ) -> None:
        self._reader = reader
        self._log = log
        self._programs = programs
        self._secret = secret
        self._clock = clock

    def __call__(
        self,
        *,
        actor: Actor | None,
        video_id: VideoId,
        seconds: float,
        address: str,
        client: str,
    ) -> None:
        """Raise NoSuchVideo or Unavailable; `seconds` is what the playback showed so far."""
        video = visible_video(self._reader, actor, video_id)
        if actor is not None and actor.id == video.owner_id:
            return
        if not is_enough(seconds, video.duration) or self._programs.is_program(client):
            return
        viewer = pseudonym(self._secret, actor.id if actor else None, address, client)
        self._log.add(Viewing(video.id, viewer, self._clock.now()))
