"""Begin to receive a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, UploadId
from videohub_core.videos.entities import RESUMABLE_KEPT, UPLOAD_KEPT, Upload
from videohub_core.videos.errors import EmptyFile, FileTooLarge, QuotaExceeded
from videohub_core.videos.policies import upload_view
from videohub_core.videos.ports import UploadView, VideosUnitOfWork


class StartUpload:
    """Make room for a file, refusing before its first byte what would not fit."""

    def __init__(
        self,
        uow: VideosUnitOfWork,
        ids: Ids,
        clock: Clock,
        file_size_most: int,
        quota: int,
    ) -> None:
        self._uow = uow
        self._ids = ids
        self._clock = clock
        self._file_size_most = file_size_most
        self._quota = quota

    def __call__(self, *, actor: Actor, length: int) -> UploadId:
        """Return the id of an upload by one request.

        `length` in bytes may include what wraps the file. Raise FileTooLarge or
        QuotaExceeded.
        """
        return self._start(actor, length, UPLOAD_KEPT).id

    def resumable(self, *, actor: Actor, length: int, metadata: str | None) -> UploadView:
        """Return an upload of exactly `length` bytes, by as many requests as it takes.

        Raise EmptyFile too.
        """
        if not length:
            raise EmptyFile
        upload = self._start(actor, length, RESUMABLE_KEPT, resumable=True, metadata=metadata)
        return upload_view(upload, 0)

    def _start(self, actor: Actor, length: int, kept: timedelta, **about: Any) -> Upload:
        if length > self._file_size_most:
            raise FileTooLarge(
                f"A file may have at most {self._file_size_most} bytes, this one has {length}."
            )
        now = self._clock.now()
        upload = Upload(
            id=UploadId(self._ids.new()),
            user_id=actor.id,
            created=now,
            expires_at=now + kept,
            length=length,
            **about,
        )
        with self._uow as uow:
            if uow.uploads.bytes_of(actor.id) + length > self._quota:
                raise QuotaExceeded
            uow.uploads.add(upload)
            uow.commit()
        return upload
