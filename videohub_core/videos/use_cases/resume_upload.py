"""Go on with an upload where it ended."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.ids import UploadId
from videohub_core.videos.errors import WrongOffset
from videohub_core.videos.policies import resumable_upload, upload_view
from videohub_core.videos.ports import UploadStore, UploadView, VideosUnitOfWork


class ResumeUpload:
    """Let the actor send the bytes from `offset` on, and wait for them anew."""

    def __init__(self, uow: VideosUnitOfWork, store: UploadStore, clock: Clock) -> None:
        self._uow = uow
        self._store = store
        self._clock = clock

    def __call__(self, *, actor: Actor, upload_id: UploadId, offset: int) -> UploadView:
        """Return the upload; raise NoSuchUpload or WrongOffset."""
        now = self._clock.now()
        with self._uow as uow:
            upload = resumable_upload(uow, actor, upload_id, now)
            # What an earlier request left unverified is nobody's.
            self._store.drop(upload_id)
            length = self._store.length(upload_id)
            if offset != length:
                raise WrongOffset(f"The upload has {length} bytes.")
            upload.go_on(now)
            view = upload_view(upload, length)
            uow.commit()
        return view
