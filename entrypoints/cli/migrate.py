"""`videohub migrate`: bring the database to this release's schema."""

from __future__ import annotations

from pathlib import Path

import click

from entrypoints.cli.parts import open_container


@click.command()
@click.pass_obj
def migrate(config: Path) -> None:
    """Bring the database to this release's schema."""
    container = open_container(config)
    container.migrate()
    container.database().close()
    click.echo("The database is at this release's schema.")
