"""Begin to receive a file."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import Ids, UploadId
from videohub_core.videos.entities import UPLOAD_KEPT, Upload
from videohub_core.videos.errors import FileTooLarge, QuotaExceeded
from videohub_core.videos.ports import VideosUnitOfWork


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
        """Return the id of the upload; `length` in bytes may include what wraps the file.

        Raise FileTooLarge or QuotaExceeded.
        """
        if length > self._file_size_most:
            raise FileTooLarge(
                f"A file may have at most {self._file_size_most} bytes, this one has {length}."
            )
        now = self._clock.now()
        upload = Upload(
            id=UploadId(self._ids.new()),
            user_id=actor.id,
            created=now,
            expires_at=now + UPLOAD_KEPT,
            length=length,
        )
        with self._uow as uow:
            if uow.uploads.bytes_of(actor.id) + length > self._quota:
                raise QuotaExceeded
            uow.uploads.add(upload)
            uow.commit()
        return upload.id
