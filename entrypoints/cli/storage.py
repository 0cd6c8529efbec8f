"""`videohub storage`: whether files and rows agree."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click
import orjson
from rich.table import Table
from rich.text import Text

from entrypoints.cli.parts import local_time, make_console, open_hub, printable
from videohub_core.shared.errors import Conflict, Unavailable
from videohub_core.videos.use_cases.check_storage import Fault, StorageFinding

TABLE_ROWS = 1000
_STYLES = {Fault.MISSING: "bold red", Fault.ORPHAN: "yellow"}


@click.group()
def storage() -> None:
    """Look after the files of videos."""


@storage.command()
@click.option("--repair", is_flag=True, help="Delete files that nothing names; never a row.")
@click.option(
    "--even-most", is_flag=True, help="Delete them even if they are most of all files."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@click.pass_obj
def check(config: Path, repair: bool, even_most: bool, as_json: bool) -> None:
    """Find files that are missing, and files that nothing names; end with status 1 if any.

    What is younger than an hour is left alone, so a hub may be at work meanwhile.
    """
    tell = _tell_as_json if as_json else _tell_in_a_table
    with open_hub(config) as container:
        try:
            left = tell(container.check_storage()(repair=repair, even_most=even_most))
        except Conflict as error:
            raise click.ClickException(
                f"{error} Are VIDEOHUB_DATABASE_URL, VIDEOHUB_DATA_DIR and VIDEOHUB_S3_URL of"
                " one hub? Nothing was deleted; --even-most deletes them."
            ) from None
        except Unavailable as error:
            # Either of the two; the log has said which.
            raise click.ClickException(
                f"The database or the store does not answer: {error}"
            ) from None
    sys.exit(1 if left else 0)


Tell = Callable[[Iterable[StorageFinding]], int]
"""Show the findings as they come and return how many are left."""


def _tell_as_json(findings: Iterable[StorageFinding]) -> int:
    left = 0
    for finding in findings:
        click.echo(
            orjson.dumps(
                {
                    "fault": finding.fault.value,
                    "name": finding.name,
                    "video": finding.video_id,
                    "size": finding.size,
                    "modified": finding.modified,
                    "removed": finding.removed,
                }
            )
        )
        left += not finding.removed
    return left


def _tell_in_a_table(findings: Iterable[StorageFinding]) -> int:
    table = Table("", "File", "Video", "Bytes", "Written", "")
    found = left = size = 0
    for finding in findings:
        found += 1
        left += not finding.removed
        size += finding.size
        if found <= TABLE_ROWS:
            table.add_row(
                Text(finding.fault.value, style=_STYLES[finding.fault]),
                Text(printable(finding.name)),
                finding.video_id or "",
                f"{finding.size:,}" if finding.modified else "",
                local_time(finding.modified) if finding.modified else "",
                "deleted" if finding.removed else "",
            )
    if not found:
        click.echo("Files and rows agree.")
        return 0
    make_console().print(table)
    if found > TABLE_ROWS:
        click.echo(f"{found - TABLE_ROWS} more are not shown; --json shows all.")
    click.echo(f"{found} found, {found - left} deleted; {size:,} bytes that nothing names.")
    return left
