"""Make a video of a file that has arrived."""

from __future__ import annotations

from videohub_core.shared.actor import Actor
from videohub_core.shared.clock import Clock
from videohub_core.shared.idempotency import Created, IdempotencyKey
from videohub_core.shared.ids import Ids, UploadId, VideoId
from videohub_core.videos.entities import Origin, Video, VideoDetails
from videohub_core.videos.errors import UploadNotFinished
from videohub_core.videos.policies import own_upload
from videohub_core.videos.ports import UploadStore, VideosUnitOfWork


class CreateVideo:
    """Turn a finished upload into a video on the actor's channel.

    The upload's row goes and the video's comes in one transaction; the bytes stay
    where they are, so there is no moment at which a row names a file that is not there.
    """

    def __init__(
        self, uow: VideosUnitOfWork, store: UploadStore, ids: Ids, clock: Clock
    ) -> None:
        self._uow = uow
        self._store = store
        self._ids = ids
        self._clock = clock

    def __call__(
        self,
        *,
        actor: Actor,
        upload_id: UploadId,
        details: VideoDetails,
        origin: Origin | None = None,
        once: IdempotencyKey | None = None,
    ) -> Created:
        """Return the new video's id; raise NoSuchUpload, UploadNotFinished or KeyReused.

        If an earlier request with the same key made the video, the upload is left to
        whoever sent it again. So it is with AlreadyImported, if there is a video of the
        origin.
        """
        now = self._clock.now()
        dated = origin.date_before(now) if origin else None
        with self._uow as uow:
            upload = own_upload(uow, actor, upload_id)
            if upload.size is None:
                raise UploadNotFinished
            if once is not None and (made := uow.idempotency.done(once)) is not None:
                return Created(made, replayed=True)
            video = Video(
                id=VideoId(self._ids.new()),
                channel_id=uow.channels.of_user(actor.id).id,
                owner_id=actor.id,
                title=details.title,
                description=details.description,
                tags=list(details.tags),
                visibility=details.visibility,
                comments_allowed=details.comments_allowed,
                upload_date=dated or now,
                size=upload.size,
                original=self._store.key(upload_id),
                origin=origin.key if origin else None,
                dated=dated,
            )
            video.created()
            uow.videos.add(video)
            uow.uploads.remove(upload)
            if once is not None:
                uow.idempotency.remember(once, video.id, now)
            uow.commit()
        return Created(video.id)
