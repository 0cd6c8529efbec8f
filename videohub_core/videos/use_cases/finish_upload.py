"""Close a file that has arrived."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import UploadId
from videohub_core.videos.entities import Upload
from videohub_core.videos.errors import EmptyFile, UploadNotFinished
from videohub_core.videos.policies import own_upload
from videohub_core.videos.ports import UploadStore, VideosUnitOfWork


class FinishUpload:
    """Make the bytes durable and say so; doing it twice is doing it once.

    Raise EmptyFile if there are none, UploadNotFinished if some are still to come.
    """

    def __init__(self, uow: VideosUnitOfWork, store: UploadStore) -> None:
        self._uow = uow
        self._store = store

    def __call__(self, *, actor: Actor, upload_id: UploadId) -> int:
        """Return the length in bytes."""
        length = self._store.length(upload_id)
        with self._uow as uow:
            _check_whole(own_upload(uow, actor, upload_id), length)
        # It takes its time, so it stays outside the transaction.
        self._store.make_durable(upload_id)
        with self._uow as uow:
            own_upload(uow, actor, upload_id).finish(length)
            uow.commit()
        return length


def _check_whole(upload: Upload, length: int) -> None:
    if upload.resumable and length != upload.length:
        raise UploadNotFinished(f"{length} of {upload.length} bytes have arrived.")
    if not length:
        raise EmptyFile
