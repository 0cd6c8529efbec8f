"""`videohub doctor`: whether this machine has what the hub needs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from entrypoints.cli.parts import open_container


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; advice is shown where it is not well."""

    what: str
    well: bool
    advice: str
    needed: bool = True


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


@click.command()
@click.pass_obj
def doctor(config: Path) -> None:
    """Say whether this machine has what the hub needs; end with status 1 if not."""
    findings = list(look(open_container(config)))
    for finding in findings:
        mark = "ok  " if finding.well else ("FAIL" if finding.needed else "note")
        click.echo(f"{mark}  {finding.what}")
        if not finding.well:
            click.echo(f"      {finding.advice}")
    sys.exit(any(finding.needed and not finding.well for finding in findings))


def look(container: Any) -> Iterator[Finding]:
    media = container.media_check()
    newer = "Install 7.1.5, 8.0.3, 8.1.2 or newer: earlier ones have faults that files can use."
    yield Finding(
        f"ffmpeg {media.ffmpeg or 'of an unknown version'}",
        media.ffmpeg_is_safe,
        f"{newer} IMAGEIO_FFMPEG_EXE names another program.",
    )
    yield Finding(f"PyAV with ffmpeg {media.libav}", media.libav_is_safe, newer)
    yield Finding(
        "ffmpeg starts when it is locked in",
        media.starts,
        "See whether the program and its libraries can be read by the hub's user.",
    )
    yield Finding(
        "ffmpeg shows high dynamic range on ordinary screens",
        media.tone_maps,
        "Such videos are refused. A build with zscale and tonemap plays them.",
        needed=False,
    )
    for part, held in media.confined.items():
        what, advice = CONFINEMENT[part]
        yield Finding(what, held, advice)
