"""P11: the processor time that renditions take, against ffmpeg alone."""

from __future__ import annotations

import resource
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import imageio_ffmpeg

from adapters.media.recipe import THREADS
from benchmarks.harness import Row, Run, at_most
from entrypoints.container import Container, build_container
from entrypoints.settings import make_settings
from tests.factories.entities import make_channel, make_job, make_user, make_video
from tests.samples import make_clip
from videohub_core.jobs.entities import JobKind, Lease
from videohub_core.shared.ids import JobId
from videohub_core.videos.entities import MediaKey, Video
from videohub_core.videos.ports import Rung
from videohub_core.videos.use_cases.ladder import ladder_of

SECONDS = 60
_ROUNDS = 3


def renditions(run: Run) -> Iterator[Row]:
    """P11: every quality of a minute of 1080p, the best one copied by both."""
    clip = _clip(run.folder)
    with tempfile.TemporaryDirectory(dir=run.folder) as name:
        kitchen = Kitchen(Path(name), clip)
        made = Path(name) / "plain"
        made.mkdir()
        command = _plain(clip, made, kitchen.rungs)
        yield run.compare(
            "P11",
            f"renditions of {SECONDS} s of 1080p, processor time",
            unit="s",
            reference=("ffmpeg, the same in one process", lambda: _plain_time(command)),
            ours=kitchen.render,
            aim=at_most(1.1),
            rounds=_ROUNDS,
            note=f"{', '.join(rung.name for rung in kitchen.rungs)} and sound",
        )
        assert kitchen.names == {file.stem for file in made.glob("*.mp4")}
        kitchen.close()


class Kitchen:
    """A video that plays, and a worker in this process that makes its renditions."""

    def __init__(self, folder: Path, clip: Path) -> None:
        self.names: set[str] = set()
        settings = make_settings({"videohub.data_dir": str(folder / "data")}, {})
        self._container: Container = build_container(settings)
        self._container.migrate()
        self._video_id = _store(self._container, settings.data_dir, clip)
        self._container.process_video()(lease=self._lease(JobKind.PROCESS_VIDEO))

    @property
    def video(self) -> Video:
        with self._container.uow() as uow:
            video: Video | None = uow.videos.get(self._video_id)
        assert video is not None
        return video

    @property
    def rungs(self) -> Sequence[Rung]:
        return ladder_of(self.video)

    def render(self) -> float:
        """Return the processor time that all of the job takes, its processes included."""
        lease = self._lease(JobKind.RENDER_VIDEO)
        before = _spent()
        self._container.render_video()(lease=lease)
        spent = _spent() - before
        self._start_over()
        return spent

    def close(self) -> None:
        self._container.database().close()
        self._container.hints().close()

    def _lease(self, kind: JobKind) -> Lease:
        with self._container.uow() as uow:
            (job_id,) = uow.jobs.due(self._container.clock().now(), 1, kind)
        lease: Lease = self._container.lease_job()(job_id=JobId(job_id), worker="benchmark")
        return lease

    def _start_over(self) -> None:
        """Forget the renditions; their files go as leftovers of an earlier attempt do."""
        with self._container.uow() as uow:
            video = uow.videos.get(self._video_id)
            self.names = {rendition.name for rendition in video.renditions}
            video.renditions = ()
            video.want_renditions()
            uow.commit()


def _store(container: Container, data_dir: Path, clip: Path) -> str:
    user = make_user()
    channel = make_channel(user)
    key = MediaKey("originals/mi/minute")
    video = make_video(channel, original=key, size=clip.stat().st_size)
    (data_dir / key).parent.mkdir(parents=True)
    (data_dir / key).hardlink_to(clip)
    with container.uow() as uow:
        uow.users.add(user)
        uow.channels.add(channel)
        uow.videos.add(video)
        uow.jobs.add(make_job(subject=video.id, next_at=container.clock().now()))
        uow.commit()
    return video.id


def _clip(folder: Path) -> Path:
    """Write what cameras and phones send: a grain that is never the same."""
    clip = folder / f"{SECONDS}s-1080p.mp4"
    if not clip.exists():
        unfinished = folder / "unfinished.mp4"
        grain = ",noise=alls=8:allf=t"
        make_clip(unfinished, seconds=SECONDS, size=(1920, 1080), bitrate="5M", picture=grain)
        unfinished.rename(clip)
    return clip


def _plain(clip: Path, folder: Path, rungs: Sequence[Rung]) -> list[str]:
    """Return the command that does all of it by itself."""
    best, *others = rungs
    splits = "".join(f"[in{rung.name}]" for rung in others)
    graph = [f"[0:v:0]split={len(others)}{splits}"]
    outputs = ["-map", "0:v:0", "-c:v", "copy", *_hls(folder, best.name)]
    outputs += ["-map", "0:a:0", "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000"]
    outputs += _hls(folder, "audio")
    for rung in others:
        scale = f"scale={rung.width}:{rung.height},format=yuv420p"
        graph.append(f"[in{rung.name}]{scale}[out{rung.name}]")
        outputs += [
            *("-map", f"[out{rung.name}]", "-c:v", "libx264", "-preset", "veryfast"),
            *("-crf", "23", "-profile:v", "high", "-threads:v", str(THREADS)),
            *("-maxrate", str(rung.bits), "-bufsize", str(2 * rung.bits)),
            *("-force_key_frames", "expr:gte(t,n_forced*2)"),
            *_hls(folder, rung.name),
        ]
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y"]
    graphs = ["-filter_complex", ";".join(graph)]
    return [*program, "-threads", str(THREADS), "-i", str(clip), *graphs, *outputs]


def _hls(folder: Path, name: str) -> list[str]:
    return [
        *("-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod"),
        *("-hls_flags", "single_file", "-hls_segment_type", "fmp4"),
        *("-hls_segment_filename", str(folder / f"{name}.mp4"), str(folder / f"{name}.m3u8")),
    ]


def _plain_time(command: Sequence[str]) -> float:
    before = _spent()
    subprocess.run(command, check=True)
    return _spent() - before


def _spent() -> float:
    """Return the seconds of processor time of this process and all that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
