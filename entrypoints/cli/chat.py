"""`videohub chat`: the chat in a process of its own, beside others that share its database."""

from __future__ import annotations

import os
from pathlib import Path

import click

from entrypoints.cli.parts import open_hub
from entrypoints.edge.data_lock import DataFolderInUse, DataLock
from entrypoints.edge.logs import configure_logs
from entrypoints.server.chat_process import serve_chat


@click.command()
@click.option("--listen", metavar="HOST:PORT", help="In the place of the setting `listen`.")
@click.pass_obj
def chat(config: Path, listen: str | None) -> None:
    """Serve the chat until stopped.

    A proxy sends it what is asked for under /websocket/.
    """
    if listen is not None:
        os.environ["VIDEOHUB_LISTEN"] = listen
    with open_hub(config) as container:
        settings = container.settings()
        configure_logs(settings)
        try:
            lock = DataLock(settings.data_dir, exclusive=False)
        except DataFolderInUse as in_use:
            raise click.ClickException(str(in_use)) from None
        try:
            serve_chat(container)
        finally:
            lock.release()
