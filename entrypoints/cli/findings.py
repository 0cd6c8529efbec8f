"""What `videohub doctor` makes of what was looked at: what is well, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from entrypoints.settings import Settings

_GIB = 1 << 30
_ROOM_LEAST = 1 * _GIB
_CLOCKS_APART_MOST = 2
LOCKED = "Install what is locked: pip install --require-hashes --no-deps -r requirements.lock"


class State(Enum):
    """`NOTE` can be done without, `FAIL` cannot."""

    OK = "ok"
    NOTE = "note"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; advice is for where it is not well."""

    area: str
    what: str
    well: bool
    advice: str
    needed: bool = True

    @property
    def state(self) -> State:
        if self.well:
            return State.OK
        return State.FAIL if self.needed else State.NOTE


def of_system(check: Any) -> Iterator[Finding]:
    yield Finding(
        "system",
        f"Python {check.python}",
        check.python_is_new_enough,
        "Install Python 3.11 or newer.",
    )
    packages = ", ".join(f"{name} {version}" for name, version in check.packages.items())
    yield Finding("system", packages, well=True, advice="")
    missing = ", ".join(check.unmet)
    what = f"packages are missing or too old: {missing}" if missing else "packages are complete"
    yield Finding("system", what, not missing, LOCKED)
    yield Finding(
        "system",
        "certificates of well-known authorities",
        check.certificates,
        "Install the system's package ca-certificates, to reach others over TLS.",
        needed=False,
    )
    yield Finding(
        "system",
        "the world's time zones",
        check.time_zones,
        "Install the system's package tzdata.",
        needed=False,
    )


def of_browser_code(missing: list[str]) -> Iterator[Finding]:
    names = ", ".join(missing)
    yield Finding(
        "pages",
        f"browser code is missing: {names}" if missing else "browser code is complete",
        not missing,
        "Install Node, then run npm ci beside package.json and restart the hub. Until then, a"
        " file goes in one request and starts anew when that breaks, and browsers that play no"
        " HLS of their own get one quality.",
        needed=False,
    )


def of_folder(check: Any, settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    writable = "can be written" if check.problem is None else f"cannot be: {check.problem}"
    yield Finding(
        "files",
        f"the data folder {folder} {writable}",
        check.problem is None,
        "Give the folder to the hub's user, or name another one by VIDEOHUB_DATA_DIR.",
    )
    if check.not_writable:
        names = ", ".join(check.not_writable)
        yield Finding(
            "files",
            f"in it, these are somebody else's: {names}",
            well=False,
            advice=f"Give them to the hub's user: chown -R USER {folder}",
        )
    free = f"{check.free / _GIB:.1f} GiB are free there"
    yield Finding(
        "files", free, check.free >= _ROOM_LEAST, "Make room: uploads and processing need it."
    )
    if check.free >= _ROOM_LEAST:
        yield Finding(
            "files",
            f"the largest file of {settings.upload_size_most / _GIB:.1f} GiB finds room twice",
            # Beside the original there is what is made of it.
            check.free >= 2 * settings.upload_size_most,
            "Make room, or let VIDEOHUB_UPLOAD_SIZE_MOST be less.",
            needed=False,
        )


def of_secret(check: Any, settings: Settings) -> Iterator[Finding]:
    name = f"the secret {settings.secret_file}"
    if not check.exists:
        yield Finding("files", f"{name} is made at the first start", well=True, advice="")
    elif check.problem:
        yield Finding(
            "files",
            f"{name} cannot be read: {check.problem}",
            well=False,
            advice="Give the file to the hub's user.",
        )
    else:
        yield Finding(
            "files",
            f"{name} is for the hub's user alone",
            check.is_private,
            f"Take it from the others: chmod 600 {settings.secret_file}",
        )
        yield Finding(
            "files",
            f"{name} is long enough",
            check.is_long_enough,
            "Delete the file: the next start makes one. Open forms have to be opened again.",
        )


def of_database(check: Any, settings: Settings) -> Iterator[Finding]:
    if not check.exists:
        yield Finding("database", f"{check.server}, {check.url}", well=True, advice="")
    elif check.problem:
        yield Finding(
            "database",
            f"{check.url} does not answer: {check.problem}",
            well=False,
            advice="See whether it runs and whether VIDEOHUB_DATABASE_URL is right.",
        )
        return
    else:
        yield Finding(
            "database",
            f"{check.server} answers at {check.url}",
            check.is_new_enough,
            "Install PostgreSQL 13 or newer.",
        )
    made = check.exists and check.schema_is_current
    yield Finding(
        "database",
        "the database is at this release's schema"
        if made or not settings.migrate_on_start
        else "the next start brings the database to this release's schema",
        made or settings.migrate_on_start,
        "Run: videohub migrate",
    )


def of_redis(check: Any) -> Iterator[Finding]:
    if check is None:
        return
    said = f"does not answer: {check.problem}" if check.problem else f"is {check.version}"
    yield Finding(
        "redis",
        f"the Redis at {check.url} {said}",
        check.problem is None,
        "Start it, or leave VIDEOHUB_REDIS_URL out: then each process counts by itself.",
    )


def of_bucket(check: Any, settings: Settings) -> Iterator[Finding]:
    if check is None:
        return
    if check.problem:
        yield Finding(
            "bucket",
            f"the bucket {check.url} cannot be used: {check.problem}",
            well=False,
            advice="See whether VIDEOHUB_S3_URL is right, and whether its key may list, put,"
            " get and delete there.",
        )
        return
    yield Finding(
        "bucket", f"the bucket {check.url} takes, gives and deletes", well=True, advice=""
    )
    yield Finding(
        "bucket",
        f"its clock is {check.clock_seconds:.0f} s from this machine's",
        check.clock_seconds <= _CLOCKS_APART_MOST,
        "Set both by NTP: links to files are good for seconds only.",
        needed=settings.links_origin is not None,
    )
    yield Finding(
        "bucket",
        "it keeps what is deleted as versions" if check.versioned else "it deletes for good",
        not check.versioned,
        "Turn versioning off, or let a lifecycle rule end old versions: deleted videos stay.",
        needed=False,
    )
    if settings.links_origin is not None and check.readable_by_pages is not None:
        yield Finding(
            "bucket",
            "it lets pages of this hub read it"
            if check.readable_by_pages
            else f"its CORS rules do not let pages of {settings.public_url} read it",
            check.readable_by_pages,
            "Give it the CORS rules of docs/operations.md.",
            needed=False,
        )


def of_port(check: Any, settings: Settings) -> Iterator[Finding]:
    where = f"{settings.listen.host}:{settings.listen.port}"
    if check.hub_answers:
        yield Finding("port", f"a hub answers at {where}", well=True, advice="")
    elif check.problem is None:
        yield Finding("port", f"{where} is free", well=True, advice="")
    else:
        yield Finding(
            "port",
            f"{where} cannot be listened on: {check.problem}",
            well=False,
            advice="End what uses it, or set VIDEOHUB_LISTEN to another host:port.",
        )


CONFINEMENT = {
    "network": (
        "the reading of media has no network",
        "Allow user namespaces (unshare) or seccomp filters to the hub's processes.",
    ),
    "files": (
        "the reading of media sees only its own files (Landlock)",
        "Run Linux 5.13 or newer with Landlock on, and allow its system calls.",
    ),
    "calls": (
        "the reading of media makes no sockets and starts no programs (seccomp)",
        "Run Linux on x86_64 or aarch64, and allow seccomp filters.",
    ),
    "limits": (
        "the reading of media has limits on memory, time and output",
        "Raise the hard limits (ulimit -H) that the hub is started with.",
    ),
}


def of_media(check: Any) -> Iterator[Finding]:
    newer = "Install 7.1.5, 8.0.3, 8.1.2 or newer: earlier ones have faults that files can use."
    yield Finding(
        "media",
        f"ffmpeg {check.ffmpeg}" if check.ffmpeg else "no ffmpeg that says its version",
        check.ffmpeg_is_safe,
        f"{newer} Where imageio-ffmpeg has none for this system, the system's packages do;"
        " IMAGEIO_FFMPEG_EXE names another program.",
    )
    yield Finding("media", f"PyAV with ffmpeg {check.libav}", check.libav_is_safe, newer)
    yield Finding(
        "media",
        "ffmpeg starts when it is locked in",
        check.starts,
        "See whether the program and its libraries can be read by the hub's user.",
    )
    yield Finding(
        "media",
        "ffmpeg shows high dynamic range on ordinary screens",
        check.tone_maps,
        "Such videos are refused. A build with zscale and tonemap plays them.",
        needed=False,
    )
    for part, held in check.confined.items():
        what, advice = CONFINEMENT[part]
        yield Finding("media", what, held, advice)
