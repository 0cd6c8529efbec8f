"""Close a file that has arrived."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import UploadId
from videohub_core.videos.errors import EmptyFile
from videohub_core.videos.policies import own_upload
from videohub_core.videos.ports import UploadStore, VideosUnitOfWork


class FinishUpload:
    """Make the bytes durable and say so; raise EmptyFile if there are none."""

    def __init__(self, uow: VideosUnitOfWork, store: UploadStore) -> None:
        self._uow = uow
        self._store = store

    def __call__(self, *, actor: Actor, upload_id: UploadId) -> int:
        """Return the length in bytes."""
        length = self._store.length(upload_id)
        if not length:
            raise EmptyFile
        self._store.make_durable(upload_id)
        with self._uow as uow:
            own_upload(uow, actor, upload_id).finish(length)
            uow.commit()
        return length
