"""See how far an upload is."""

from __future__ import annotations

from collections.abc import Sequence

from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import UploadId
from videohub_core.videos.policies import resumable_upload, upload_view
from videohub_core.videos.ports import UploadStore, UploadView, VideosUnitOfWork


class ReadUpload:
    """Return one of the actor's uploads; raise NoSuchUpload."""

    def __init__(self, uow: VideosUnitOfWork, store: UploadStore, clock: Clock) -> None:
        self._uow = uow
        self._store = store
        self._clock = clock

    def __call__(self, *, actor: Actor, upload_id: UploadId) -> UploadView:
        with self._uow as uow:
            upload = resumable_upload(uow, actor, upload_id, self._clock.now())
            return upload_view(upload, self._store.length(upload_id))

    def all(self, *, actor: Actor) -> Sequence[UploadView]:
        """Return every one that can be gone on with, or is to become a video; newest first."""
        now = self._clock.now()
        with self._uow as uow:
            found = [
                upload_view(upload, self._store.length(upload.id))
                for upload in uow.uploads.of_user(actor.id)
                if upload.resumable and not upload.is_over(now)
            ]
        return sorted(found, key=lambda upload: (upload.created, upload.id), reverse=True)
