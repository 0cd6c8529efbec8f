"""`videohub worker`: a worker of its own, where `worker = external`."""

from __future__ import annotations

from pathlib import Path

import click

from entrypoints.cli.parts import open_container
from entrypoints.edge.data_lock import DataFolderInUse, DataLock
from entrypoints.worker.app import run_worker


@click.command()
@click.pass_obj
def worker(config: Path) -> None:
    """Work on jobs until stopped."""
    settings = open_container(config).settings()
    try:
        lock = DataLock(settings.data_dir, exclusive=False)
    except DataFolderInUse as in_use:
        raise click.ClickException(str(in_use)) from None
    run_worker(config, embedded=False)
    lock.release()
