"""Kill what processes videos: what is offered stays there, and in the end all is tidy.

`make drill-media` kills 50 times (SIGKILL), at random moments: the worker, the child that
opens a file, or ffmpeg. Meanwhile a watcher plays every public video to its last segment,
and some videos are deleted in the middle of their processing.
"""

from __future__ import annotations

import contextlib
import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from pathlib import Path

import click
import psutil

from tests.drills.books import Books
from tests.drills.watcher import Watcher
from tests.end_to_end.hub import Hub, Member, running_hub, stored_files
from tests.samples import encode, make_clip
from tests.waiting import eventually
from videohub_core.jobs.entities import JobKind

ROLES = ("worker", "child", "ffmpeg")
AT_ONCE = 2
"""How many videos that may be hit there are at a time."""
WAITING_MOST = 12
_MODULES = {
    "worker": "entrypoints.worker",
    "child": "adapters.media.child",
    "ffmpeg": "adapters.media.confined_ffmpeg",
}
_ATTEMPTS = JobKind.PROCESS_VIDEO.attempts_most
_GIVEN_UP = ("processing_crashed", "renditions_failed")
_MOMENT_SECONDS = 1.0
_FIND_SECONDS = 15.0
_DELETES_EVERY = 15
_DELETED_SECONDS = 10.0
_END_SECONDS = 600.0
_TIDY_SECONDS = 60.0


class Drill:
    """Videos that are processed through kills, and what came of it."""

    def __init__(
        self, hub: Hub, clips: Sequence[Path], watcher: Watcher, seed: int, hits_most: int
    ) -> None:
        self.kills: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.videos: list[str] = []
        self.deleted: list[str] = []
        self.broken: list[str] = []
        self._hub = hub
        self._clips = cycle(clips)
        self._watcher = watcher
        self._random = random.Random(seed)
        self._hits_most = hits_most
        self._hits: Counter[str] = Counter()
        self._member = Member(hub, "drill")
        self._books = Books(hub.data_dir)
        self._pause = threading.Event()

    def run(self, kills: int) -> None:
        while (number := self.kills.total()) < kills:
            if self._kill(self._random.choice(ROLES)) and number % _DELETES_EVERY == 1:
                self._delete()
        self._finish()
        self._books.close()

    def _kill(self, role: str) -> bool:
        """Kill one at a random moment; tell whether there was one."""
        with contextlib.suppress(AssertionError):
            eventually(lambda: self._found(role), _FIND_SECONDS)
        self._pause.wait(self._random.uniform(0, _MOMENT_SECONDS))
        found = self._found(role)
        if not found:
            return False
        victim = self._random.choice(found)
        job = _job(victim)
        try:
            victim.kill()
        except psutil.NoSuchProcess:
            return False
        if role == "worker":
            victim.wait(10)
            # Its leases stay until the next one begins.
            self._hits.update(self._books.leased())
        else:
            self._hits[job] += 1
        self.kills[role] += 1
        return True

    def _found(self, role: str) -> list[psutil.Process]:
        """Return whom to kill, of what may be hit yet."""
        self._keep_busy()
        found = [process for process in self._tree() if _has(process, role)]
        if role != "worker":
            return [process for process in found if self._may_hit(_job(process))]
        leased = self._books.leased()
        return found if leased and all(map(self._may_hit, leased)) else []

    def _may_hit(self, job: str) -> bool:
        return bool(job) and self._hits[job] < self._hits_most

    def _keep_busy(self) -> None:
        waiting = self._books.waiting()
        fresh = [job for job in waiting if self._may_hit(job)]
        if len(fresh) < AT_ONCE and len(waiting) < WAITING_MOST:
            clip = next(self._clips)
            uploaded = self._member.upload(clip, clip.name)
            assert uploaded.status_code == 201, uploaded.text
            self.videos.append(uploaded.json()["id"])
            self._watcher.watch(self.videos[-1])

    def _tree(self) -> list[psutil.Process]:
        return psutil.Process(self._hub.process.pid).children(recursive=True)

    def _delete(self) -> None:
        """Delete a video that ffmpeg works on; soon nobody works on it."""
        job, video_id = eventually(lambda: next(self._encoded(), None), _TIDY_SECONDS)
        self._watcher.let_go(video_id)
        answer = self._member.send("DELETE", f"/api/v1/videos/{video_id}")
        assert answer.status_code == 204, answer.text
        self.deleted.append(video_id)
        self._expect(
            lambda: all(_job(process) != job for process in psutil.process_iter()),
            _DELETED_SECONDS,
            f"somebody works on {video_id}, which was deleted",
        )

    def _encoded(self) -> Iterator[tuple[str, str]]:
        """Yield the jobs that ffmpeg works on now, and the videos they are about."""
        self._keep_busy()
        waiting = self._books.waiting()
        for process in self._tree():
            job = _job(process)
            if _has(process, "ffmpeg") and job in waiting:
                yield job, waiting[job]

    def _finish(self) -> None:
        """Wait for the end of all work, and look at what is left."""
        books = self._books
        self._expect(lambda: not books.waiting(), _END_SECONDS, "jobs that nobody finishes")
        self._expect(lambda: not books.jobs_left(), _TIDY_SECONDS, "rows of jobs")
        self._expect(lambda: not list(self._untidy()), _TIDY_SECONDS, "files that are wrong")
        self.broken += self._untidy()
        spent = {books.video_of(job) for job, hits in self._hits.items() if hits >= _ATTEMPTS}
        for video_id in self.videos:
            if video_id not in self.deleted:
                outcome = self._outcome(video_id)
                self.outcomes[outcome] += 1
                given_up = outcome in _GIVEN_UP and video_id in spent
                if outcome != "ready" and not given_up:
                    self.broken.append(f"{video_id} ended as {outcome}")
        self._watcher.look_once()

    def _untidy(self) -> Iterator[str]:
        """Yield what lies there and should not, and what should and does not."""
        there, named = set(stored_files(self._hub)), self._books.files()
        yield from (f"no row names {name}" for name in sorted(there - named))
        yield from (f"{name} is missing" for name in sorted(named - there))

    def _outcome(self, video_id: str) -> str:
        """Return the code of what went wrong, else the state."""
        processing = self._member.get(f"/api/v1/videos/{video_id}").json()["processing"]
        return str(processing["code"] or processing["state"])

    def _expect(self, look: Callable[[], bool], seconds: float, otherwise: str) -> None:
        try:
            eventually(look, seconds)
        except AssertionError:
            self.broken.append(f"after {seconds:g} s: {otherwise}")


def make_clips(folder: Path) -> list[Path]:
    """Write one that is worth other qualities, one to encode, and one that plays as it is."""
    coding = ("-c:v", "mpeg4", "-q:v", "3", "-pix_fmt", "yuv420p", "-c:a", "libmp3lame")
    return [
        make_clip(folder / "wide.mp4", seconds=8, size=(854, 480)),
        encode(folder / "old.avi", *coding, seconds=8, size=(640, 360)),
        make_clip(folder / "small.mp4"),
    ]


def _has(process: psutil.Process, role: str) -> bool:
    """Tell whether a process plays a role; ffmpeg is a Python that locks itself in at first."""
    with contextlib.suppress(psutil.Error):
        became = role == "ffmpeg" and process.name().startswith("ffmpeg")
        return became or _MODULES[role] in process.cmdline()
    return False


def _job(process: psutil.Process) -> str:
    """Return whose job a process does: its folder is called by that and the attempt."""
    with contextlib.suppress(psutil.Error):
        return Path(process.cwd()).name.rpartition("-")[0]
    return ""


@click.command()
@click.option("--kills", default=50, show_default=True, help="How many.")
@click.option(
    "--hits",
    default=_ATTEMPTS,
    show_default=True,
    help="How many of them one job gets at most; with fewer, none is given up.",
)
@click.option("--seed", type=int, help="Kill in the same order again.")
def main(kills: int, hits: int, seed: int | None) -> None:
    """Process videos until so many kills have happened, and print what came of it."""
    seed = random.randrange(1 << 32) if seed is None else seed
    click.echo(f"seed {seed}")
    rates = "read=99999/second write=99999/second"
    with tempfile.TemporaryDirectory() as name:
        clips = make_clips(Path(name))
        with running_hub(Path(name), rate_limits=rates, quota="1T") as hub:
            with Watcher(hub) as watcher:
                drill = Drill(hub, clips, watcher, seed, hits)
                drill.run(kills)
            broken = Counter(drill.broken) + watcher.broken
            for promise, times in broken.items():
                click.echo(f"{promise} ({times} times)")
            click.echo(
                f"{len(drill.videos)} videos, {drill.kills.total()} kills "
                f"({_listed(drill.kills)}), {len(drill.deleted)} deleted, "
                f"{watcher.fetched} fetches: {len(broken)} promises broken; "
                f"{_listed(drill.outcomes)}"
            )
    sys.exit(1 if broken else 0)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


if __name__ == "__main__":
    main()
