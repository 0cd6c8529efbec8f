"""`videohub reindex`: what search knows, made anew."""

from __future__ import annotations

from pathlib import Path

import click

from entrypoints.cli.parts import open_hub
from videohub_core.shared.errors import Unavailable


@click.command()
@click.option("--missing", is_flag=True, help="Only videos that search knows nothing of.")
@click.pass_obj
def reindex(config: Path, missing: bool) -> None:
    """Index every video anew while the hub serves.

    Each video is found as before until its turn comes. It may be interrupted and repeated.
    """
    done = 0
    with open_hub(config) as container:
        try:
            for done in container.rebuild_index()(only_missing=missing):
                click.echo(f"\r{done:,} videos", nl=False, err=True)
        except Unavailable as error:
            # Either of the two; the log has said which.
            raise click.ClickException(
                f"The database or the store does not answer: {error}"
            ) from None
    click.echo(f"\r{done:,} videos are indexed.")
