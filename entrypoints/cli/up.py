"""`videohub up`: the whole hub."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from pyramid.scripts.pserve import main as pserve


@click.command()
@click.option("--reload", is_flag=True, help="Start again when a source file changes.")
@click.pass_obj
def up(config: Path, *, reload: bool) -> None:
    """Start the hub: the same as `pserve FILE`."""
    sys.exit(pserve(["pserve", str(config), *(["--reload"] if reload else [])]))
