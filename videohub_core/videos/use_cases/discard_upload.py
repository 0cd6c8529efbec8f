"""Forget a file that did not arrive."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.ids import UploadId
from videohub_core.videos.policies import own_upload
from videohub_core.videos.ports import UploadStore, VideosUnitOfWork


class DiscardUpload:
    """Delete the bytes, then the row: killed in between, the sweep does it again."""

    def __init__(self, uow: VideosUnitOfWork, store: UploadStore) -> None:
        self._uow = uow
        self._store = store

    def __call__(self, *, actor: Actor, upload_id: UploadId) -> None:
        with self._uow as uow:
            if uow.uploads.get(upload_id) is None:
                # The sweep had the row already; what came after it goes as well.
                self._store.remove(upload_id)
                return
            upload = own_upload(uow, actor, upload_id)
            self._store.remove(upload_id)
            uow.uploads.remove(upload)
            uow.commit()

    def unless_used(self, *, actor: Actor, upload_id: UploadId) -> None:
        """Delete an upload that is one still; raise NoSuchUpload if it became a video.

        Its bytes are the video's then, and a missing row says nothing about whose they are.
        """
        with self._uow as uow:
            upload = own_upload(uow, actor, upload_id)
            self._store.remove(upload_id)
            uow.uploads.remove(upload)
            uow.commit()
