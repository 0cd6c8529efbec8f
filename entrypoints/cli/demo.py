"""`videohub demo`: a small living hub to look around in."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table

from entrypoints.cli import demo_content
from entrypoints.cli.demo_hub import DemoHub, Stored
from entrypoints.cli.demo_progress import DemoProgress
from entrypoints.cli.interruption import Interrupted, Interruption
from entrypoints.cli.parts import make_console, open_hub
from entrypoints.cli.worker_at_hand import WorkerAtHand, WorkerDied
from entrypoints.settings import Settings

NOT_HERE = (
    "This hub is not for development, and everybody may know the password of the demo's "
    "members. To fill it all the same: videohub demo --yes-in-production"
)
PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.2


@click.command()
@click.option(
    "--yes-in-production", is_flag=True, help="Also where the hub is not for development."
)
@click.pass_obj
def demo(config: Path, yes_in_production: bool) -> None:
    """Fill the hub with members and videos to look around in.

    What is there stays as it is: a second run adds only what is missing.
    """
    console = make_console()
    with open_hub(config) as container:
        settings: Settings = container.settings()
        if not (settings.development or yes_in_production):
            raise click.ClickException(NOT_HERE)
        with Interruption() as interruption, WorkerAtHand(settings) as worker:

            def check() -> None:
                interruption.check()
                worker.check()

            try:
                done = fill(console, DemoHub(container, check), check)
            except Interrupted:
                click.echo("Stopped. Run the same command again to go on.")
                sys.exit(Interruption.EXIT_STATUS)
            except WorkerDied as died:
                raise click.ClickException(f"The worker ended by itself:\n{died}") from None
            except RuntimeError as error:
                raise click.ClickException(
                    f"ffmpeg did not draw a clip: {error}\nTry: videohub doctor"
                ) from None
            start = "Start the hub with: videohub up\n" if worker.is_own else ""
    click.echo(f"{start}Look around at {settings.public_url}")
    sys.exit(0 if done else 1)


def fill(console: Console, hub: DemoHub, check: Callable[[], None]) -> bool:
    """Add what is missing and wait until all can be watched; tell whether it can."""
    members = hub.add_members()
    found = hub.stored()
    there = {stored.video for stored in found}
    missing = [video for video in demo_content.VIDEOS if video not in there]
    with DemoProgress(console, hub, len(missing)) as progress:
        progress.waiting = [stored for stored in found if not hub.is_settled(stored)]
        with TemporaryDirectory() as folder:
            for stored in hub.add_videos(missing, Path(folder)):
                found.append(stored)
                progress.drew(stored)
                progress.look()
        wait(progress, check)
    if members or missing:
        click.echo(f"New here: {members} members, {len(missing)} videos.")
    else:
        click.echo("Everything is there already: nothing was added.")
    console.print(members_table())
    click.echo(f"Everybody's password is: {demo_content.PASSWORD}")
    return say_what_is_amiss(hub, found, progress.waiting)


def wait(progress: DemoProgress, check: Callable[[], None]) -> None:
    """Return when all is processed, or when nobody gets on with it."""
    pause = threading.Event()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while progress.waiting and time.monotonic() < deadline:
        check()
        if progress.look():
            deadline = time.monotonic() + PATIENCE_SECONDS
        pause.wait(_LOOK_SECONDS)


def members_table() -> Table:
    table = Table("Name", "E-mail")
    for member in demo_content.MEMBERS:
        table.add_row(member.display_name, member.email)
    return table


def say_what_is_amiss(hub: DemoHub, found: list[Stored], waiting: list[Stored]) -> bool:
    """Name the videos that cannot be watched; tell whether there are none."""
    failed = [(stored, why) for stored in found if (why := hub.failure_of(stored))]
    for stored, why in failed:
        click.echo(f"Cannot be played: {stored.video.title}: {why}")
    for stored in waiting:
        click.echo(f"Not processed yet: {stored.video.title}")
    if waiting:
        click.echo("Nothing has moved for a while. Is the hub's worker at work?")
    return not (failed or waiting)
