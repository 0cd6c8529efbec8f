"""`videohub import`: a folder's videos become a member's."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from entrypoints.cli.import_progress import ImportProgress
from entrypoints.cli.importing import Fate, Found, Importer, Outcome, look_through
from entrypoints.cli.interruption import Interrupted, Interruption
from entrypoints.cli.parts import DATABASE_AWAY, make_console, open_hub, printable
from entrypoints.edge.data_lock import embedded_worker_runs
from videohub_core.accounts.errors import AccountBanned
from videohub_core.shared.actor import Actor
from videohub_core.shared.errors import OutOfSpace, Unavailable
from videohub_core.videos.entities import Visibility


@click.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--as", "email", required=True, metavar="EMAIL", help="Whose videos they become.")
@click.option(
    "--visibility",
    type=click.Choice([visibility.value for visibility in Visibility]),
    default=Visibility.PUBLIC.value,
    show_default=True,
)
@click.option("--tag", "tags", multiple=True, help="A tag for all of them; may be repeated.")
@click.option("--keep-dates", is_flag=True, help="Date each video as its file.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.pass_obj
def import_folder(
    config: Path, folder: Path, email: str, dry_run: bool, **options: Any
) -> None:
    """Upload all videos in FOLDER and the folders in it.

    A file whose very bytes the member has imported before is left out, so the same
    command goes on where an earlier run stopped.
    """
    console = make_console()
    with open_hub(config) as container:
        importer = Importer(container, owner(container, email), dry_run=dry_run, **options)
        if not dry_run:
            # What an earlier run left behind when it was killed takes room no longer.
            container.discard_expired_uploads()()
        outcomes, status = run(console, importer, folder)
        if any(outcome.fate is Fate.IMPORTED for outcome in outcomes):
            say_who_processes(console, container)
    sys.exit(status)


def owner(container: Any, email: str) -> Actor:
    """Return whose the videos will be; raise NoSuchUser or AccountBanned."""
    user = container.find_user()(whom=email)
    if user.is_banned:
        raise AccountBanned(user.ban_reason, user.banned_until)
    actor: Actor = user.actor
    return actor


def run(console: Console, importer: Importer, folder: Path) -> tuple[list[Outcome], int]:
    """Import the folder, show what became of it, and return that and the exit status."""
    outcomes: list[Outcome] = []
    found, stopped, status = Found(), "", 0
    with Interruption() as interruption:
        try:
            found = look_through(folder, interruption.check)
            with ImportProgress(console, found, interruption.check) as progress:
                for outcome in import_all(importer, found, progress):
                    outcomes.append(outcome)
        except Interrupted:
            stopped, status = "Stopped.", Interruption.EXIT_STATUS
        except Unavailable:
            stopped, status = DATABASE_AWAY, 1
        except OutOfSpace as error:
            stopped, status = error.title, 1
        except OSError as error:
            stopped, status = f"The hub cannot store files: {error}", 1
    console.print(summary(found, outcomes))
    if stopped:
        console.print(Text(f"{stopped} Run the same command again to go on."))
    failed = any(outcome.fate is Fate.FAILED for outcome in outcomes)
    return outcomes, status or int(failed)


def import_all(importer: Importer, found: Found, progress: ImportProgress) -> Iterator[Outcome]:
    for outcome in found.unreadable:
        progress.end(outcome)
        yield outcome
    for path in found.videos:
        checking, sending = progress.begin(path)
        outcome = importer(path, checking, sending)
        progress.end(outcome)
        yield outcome


def summary(found: Found, outcomes: list[Outcome]) -> Table:
    """Return how many files came to what, and why."""
    fates = Counter(outcome.fate for outcome in outcomes)
    reasons = Counter(outcome.reason for outcome in outcomes if outcome.fate is Fate.FAILED)
    left = len(found.videos) + len(found.unreadable) - len(outcomes)
    done = Fate.DUE if Fate.DUE in fates else Fate.IMPORTED
    rows = [(fate.value, fates[fate], "") for fate in (done, Fate.PRESENT)]
    kinds = {"hidden": found.hidden, "of other kinds": found.others}
    named = ", ".join(f"{number} {kind}" for kind, number in kinds.items() if number)
    rows.append(("skipped", sum(kinds.values()), named))
    rows.append((Fate.FAILED.value, fates[Fate.FAILED], ""))
    rows += [("", number, reason) for reason, number in reasons.most_common()]
    rows += [("not reached", left, "")] if left else []
    table = Table("", title_justify="left")
    table.add_column("Files", justify="right")
    table.add_column("Why")
    for what, number, why in rows:
        table.add_row(what, str(number), Text(printable(why)))
    return table


def say_who_processes(console: Console, container: Any) -> None:
    """Say who goes on with what was imported, if nobody in sight does."""
    settings = container.settings()
    if settings.worker == "external":
        console.print("The videos are processed by the workers: videohub worker")
    elif not embedded_worker_runs(settings.data_dir):
        console.print("The videos will be processed when the hub runs: videohub up")
