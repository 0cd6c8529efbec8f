"""A video with its job, and a worker with fake tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.factories.entities import make_channel, make_job, make_user, make_video
from tests.fakes.files import FakeFiles
from tests.fakes.media_sandbox import FakeMedia, FakeMediaSandbox
from tests.fakes.simple import FakeClock
from tests.fakes.storage import FakeStorage
from videohub_core.jobs.entities import Job, Lease
from videohub_core.shared.actor import Actor
from videohub_core.videos.entities import MediaKey
from videohub_core.videos.use_cases.process_video import ProcessVideo


class Workshop:
    """One uploaded video, its job, and a worker."""

    def __init__(self, storage: FakeStorage, clock: FakeClock, folder: Path) -> None:
        self.storage = storage
        self.clock = clock
        self.files = FakeFiles()
        self.sandbox = FakeMediaSandbox(folder)
        user = make_user()
        channel = make_channel(user)
        video = make_video(channel)
        self.video_id = video.id
        self.owner = Actor(user.id)
        self.original = MediaKey(str(video.original))
        self.files.bytes[self.original] = b"original"
        self.job = make_job(subject=video.id, next_at=clock.now())
        with storage.uow() as uow:
            uow.users.add(user)
            uow.channels.add(channel)
            uow.videos.add(video)
            uow.jobs.add(self.job)
            uow.commit()

    @property
    def video(self) -> Any:
        return self.storage.rows.videos.get(self.video_id)

    def lease(self, job: Job | None = None) -> Lease:
        """Lease the job that is to process the video, or another."""
        with self.storage.uow() as uow:
            job = uow.jobs.get((job or self.job).id)
            assert job is not None
            lease = job.lease("worker", self.clock.now())
            uow.commit()
        return lease

    def process(self, lease: Lease | None = None) -> None:
        ProcessVideo(self.storage.uow(), self.sandbox, self.files, self.clock)(
            lease=lease or self.lease()
        )

    def holds(self, **media: Any) -> None:
        self.sandbox.found[self.original] = FakeMedia(**media)

    def made(self) -> list[str]:
        return list(self.files.of_video(self.video_id))
