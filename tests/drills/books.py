"""What the rows say: which work waits, who has it, which files are named."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from adapters.persistence.jobs import jobs
from adapters.persistence.video_rows import videos
from entrypoints.container import build_container
from entrypoints.settings import make_settings
from videohub_core.jobs.entities import JobKind

_MAKES_FILES = (JobKind.PROCESS_VIDEO, JobKind.RENDER_VIDEO)


class Books:
    """The database of a hub that runs, read beside it."""

    def __init__(self, data_dir: Path) -> None:
        settings = make_settings({"videohub.data_dir": str(data_dir)}, {})
        self._container = build_container(settings)
        self._videos: dict[str, str] = {}

    def close(self) -> None:
        self._container.database().close()
        self._container.hints().close()

    def waiting(self) -> dict[str, str]:
        """Return the jobs that make something of a video, and of which."""
        query = select(jobs.c.id, jobs.c.subject).where(jobs.c.kind.in_(_MAKES_FILES))
        with self._container.database().reading() as connection:
            found = {row.id: row.subject for row in connection.execute(query)}
        self._videos |= found
        return found

    def leased(self) -> list[str]:
        """Return those of them that somebody works on, or did when he died."""
        query = select(jobs.c.id).where(
            jobs.c.kind.in_(_MAKES_FILES), jobs.c.leased_by.is_not(None)
        )
        with self._container.database().reading() as connection:
            return list(connection.scalars(query))

    def video_of(self, job: str) -> str | None:
        """Return which video a job was about, though its row may be gone."""
        return self._videos.get(job)

    def jobs_left(self) -> list[str]:
        with self._container.database().reading() as connection:
            return [str(row) for row in connection.execute(select(jobs))]

    def files(self) -> set[str]:
        """Return every file that a video names."""
        with self._container.database().reading() as connection:
            ids = list(connection.scalars(select(videos.c.id)))
        with self._container.uow() as uow:
            known = [uow.videos.get(video_id) for video_id in ids]
        return {key for video in known if video is not None for key in video.files}
