"""`videohub migrate`: bring the database to this release's schema."""

from __future__ import annotations

from pathlib import Path

import click

from entrypoints.cli.parts import DATABASE_AWAY, open_container
from videohub_core.shared.errors import Unavailable


@click.command()
@click.pass_obj
def migrate(config: Path) -> None:
    """Bring the database to this release's schema."""
    container = open_container(config)
    try:
        container.migrate()
    except Unavailable:
        raise click.ClickException(DATABASE_AWAY) from None
    container.database().close()
    click.echo("The database is at this release's schema.")
