"""Decide what becomes of the file that was sent, once nothing is made of it any more."""

from __future__ import annotations

from videohub_core.jobs.entities import Lease
from videohub_core.shared.clock import Clock
from videohub_core.videos.errors import NoSuchVideo
from videohub_core.videos.ports import MediaStore, VideosUnitOfWork
from videohub_core.videos.use_cases.attempt import Attempt


class DropOriginal:
    """Job `settle_original` where originals are not kept: what plays stays.

    The file goes first, since no row would remember it; whoever asks for it meanwhile
    finds none, as they will from then on.
    """

    def __init__(self, uow: VideosUnitOfWork, media: MediaStore, clock: Clock) -> None:
        self._uow = uow
        self._media = media
        self._clock = clock

    def __call__(self, *, lease: Lease) -> None:
        attempt = Attempt(lease, self._uow, self._media, self._clock)
        try:
            with attempt.change() as video:
                original = video.original
            if original is not None:
                self._media.remove(original)
            with attempt.change(done=True) as video:
                video.drop_original()
        except NoSuchVideo:
            attempt.clear_away()
