"""`videohub doctor`: whether this machine has what the hub needs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson
from rich.table import Table
from rich.text import Text

from entrypoints.cli import findings
from entrypoints.cli.contradictions import of_settings
from entrypoints.cli.findings import Finding, State
from entrypoints.cli.parts import make_console, open_container, printable
from entrypoints.edge import browser_code
from entrypoints.settings import Settings

_STYLES = {State.OK: "green", State.NOTE: "yellow", State.FAIL: "bold red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.pass_obj
def doctor(config: Path, as_json: bool) -> None:
    """Say whether this machine has what the hub needs; end with status 1 if not."""
    found = list(look(open_container(config)))
    well = not any(finding.state is State.FAIL for finding in found)
    if as_json:
        document = {"ok": well, "findings": [as_object(finding) for finding in found]}
        click.echo(orjson.dumps(document))
    else:
        make_console().print(make_table(found))
    sys.exit(0 if well else 1)


def look(container: Any) -> Iterator[Finding]:
    """Yield all findings; the slow ones come last."""
    settings: Settings = container.settings()
    yield from findings.of_system(container.system_check())
    yield from findings.of_browser_code(browser_code.missing())
    yield from of_settings(settings)
    yield from findings.of_folder(container.folder_check(), settings)
    yield from findings.of_secret(container.secret_check(), settings)
    yield from findings.of_port(container.port_check(), settings)
    yield from findings.of_database(container.database_check(), settings)
    yield from findings.of_redis(container.redis_check())
    yield from findings.of_media(container.media_check())


def as_object(finding: Finding) -> dict[str, str | None]:
    return {
        "area": finding.area,
        "state": finding.state.value.lower(),
        "what": finding.what,
        "advice": None if finding.well else finding.advice,
    }


def make_table(found: list[Finding]) -> Table:
    table = Table("", "Area", "What", "What to do")
    for finding in found:
        table.add_row(
            Text(finding.state.value, style=_STYLES[finding.state]),
            finding.area,
            Text(printable(finding.what)),
            Text("" if finding.well else printable(finding.advice)),
        )
    return table
