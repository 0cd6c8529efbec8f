"""The command group and what its commands share."""

from __future__ import annotations

from pathlib import Path

import click

from entrypoints.cli.chat import chat
from entrypoints.cli.demo import demo
from entrypoints.cli.doctor import doctor
from entrypoints.cli.import_folder import import_folder
from entrypoints.cli.keys import keys
from entrypoints.cli.migrate import migrate
from entrypoints.cli.recount import recount
from entrypoints.cli.reindex import reindex
from entrypoints.cli.storage import storage
from entrypoints.cli.up import up
from entrypoints.cli.users import users
from entrypoints.cli.worker import worker


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-c",
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    default="development.ini",
    envvar="VIDEOHUB_CONFIG",
    show_default=True,
    help="The settings file.",
)
@click.pass_context
def main(context: click.Context, config: Path) -> None:
    """Video Hub: a video community that an organisation runs for itself."""
    if not config.is_file():
        raise click.UsageError(f"There is no settings file {config}. Name it with --config.")
    context.obj = config


for command in (
    *(up, worker, chat, migrate, users, keys, storage),
    *(reindex, recount, import_folder, demo, doctor),
):
    main.add_command(command)
