"""A folder's videos: which there are, and what becomes of each."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from entrypoints.cli.sending import Changed, Step, Unreadable, digest_of, send
from videohub_core.shared.actor import Actor
from videohub_core.videos.entities import TITLE_MOST, Origin, VideoDetails
from videohub_core.videos.errors import (
    AlreadyImported,
    EmptyFile,
    FileTooLarge,
    QuotaExceeded,
)

EXTENSIONS = frozenset(
    {
        *(".3g2", ".3gp", ".asf", ".avi", ".divx", ".f4v", ".flv", ".m2ts", ".m4v", ".mkv"),
        *(".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogm", ".ogv", ".ts", ".vob", ".webm"),
        ".wmv",
    }
)

REASONS: dict[type[Exception], str] = {
    QuotaExceeded: "over the member's quota",
    FileTooLarge: "too large for this hub",
    EmptyFile: "empty",
    Changed: "changed while it was read",
}


class Fate(Enum):
    """What became of a file."""

    IMPORTED = "imported"
    DUE = "would be imported"
    PRESENT = "already there"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """What became of which file, and if it failed, why."""

    path: Path
    fate: Fate
    reason: str = ""


@dataclass
class Found:
    """What a folder holds."""

    videos: dict[Path, int] = field(default_factory=dict)
    """The files that are taken for videos, in their order, with their sizes."""
    hidden: int = 0
    others: int = 0
    unreadable: list[Outcome] = field(default_factory=list)


def look_through(folder: Path, check: Callable[[], None]) -> Found:
    """Return what the folder and those in it hold, in the order of names.

    A hidden folder counts as one. Links to folders are not followed: they may go round in
    circles.
    """
    found = Found()

    def note(error: OSError) -> None:
        found.unreadable.append(_unreadable(Path(error.filename), error.strerror))

    for place, folders, names in os.walk(folder, onerror=note):
        check()
        found.hidden += sum(name.startswith(".") for name in folders)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            _note_file(found, Path(place) / name)
    return found


def _note_file(found: Found, path: Path) -> None:
    if path.name.startswith("."):
        found.hidden += 1
    elif path.suffix.lower() not in EXTENSIONS:
        found.others += 1
    else:
        try:
            status = path.stat()
        except OSError as error:
            found.unreadable.append(_unreadable(path, error.strerror))
            return
        if stat.S_ISREG(status.st_mode):
            found.videos[path] = status.st_size
        else:
            found.others += 1


def _unreadable(path: Path, why: object) -> Outcome:
    return Outcome(path, Fate.FAILED, f"unreadable: {why}")


def title_of(path: Path) -> str:
    """Return a file's name as a title: dashes and underscores are spaces, and it fits."""
    # Some systems store an accent apart from its letter, and any byte may be in a name.
    name = unicodedata.normalize("NFC", path.stem).replace("_", " ").replace("-", " ")
    shown = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in name)
    return " ".join(shown.split())[:TITLE_MOST].strip() or "Video"


def date_of(path: Path) -> datetime | None:
    """Return when the file was last changed, None if that is no time."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return None


class Importer:
    """Makes a video of a file, unless its owner has one of these very bytes.

    Killed at any point it leaves a file either as a video with its digest, or as an
    unfinished upload that the sweep takes away: the next run imports what is missing.
    """

    def __init__(
        self,
        container: Any,
        actor: Actor,
        *,
        visibility: str,
        tags: tuple[str, ...],
        keep_dates: bool,
        dry_run: bool,
    ) -> None:
        self._container = container
        self._actor = actor
        # Wrong tags are said before the first file.
        self._like = VideoDetails.checked(title="Video", tags=tags, visibility=visibility)
        self._keep_dates = keep_dates
        self._dry_run = dry_run
        self._due: set[str] = set()

    def __call__(self, path: Path, checking: Step, sending: Step) -> Outcome:
        """Return what became of the file; raise what concerns the others as well."""
        try:
            return Outcome(path, self._import(path, checking, sending))
        except AlreadyImported:
            # Another import was quicker.
            return Outcome(path, Fate.PRESENT)
        except Unreadable as error:
            return _unreadable(path, error)
        except tuple(REASONS) as error:
            return Outcome(path, Fate.FAILED, REASONS[type(error)])

    def _import(self, path: Path, checking: Step, sending: Step) -> Fate:
        digest, size = digest_of(path, checking)
        key = _key(digest)
        there = self._container.find_imported()(actor=self._actor, key=key) is not None
        if there or key in self._due:
            return Fate.PRESENT
        if self._dry_run:
            self._check_size(size)
            self._due.add(key)
            return Fate.DUE
        date = date_of(path) if self._keep_dates else None
        send(
            self._container,
            self._actor,
            path,
            replace(self._like, title=title_of(path)),
            # Of what was sent, were it not what was looked for.
            lambda digest: Origin(_key(digest), date),
            sending,
        )
        return Fate.IMPORTED

    def _check_size(self, size: int) -> None:
        if not size:
            raise EmptyFile
        if size > self._container.settings().upload_size_most:
            raise FileTooLarge


def _key(digest: str) -> str:
    return f"sha256:{digest}"
