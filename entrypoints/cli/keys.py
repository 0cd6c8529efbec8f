"""`videohub keys`: what access tokens are signed with."""

from __future__ import annotations

from pathlib import Path

import click

from entrypoints.cli.parts import open_hub


@click.group()
def keys() -> None:
    """Look after the keys that sign access tokens."""


@keys.command()
@click.option("--at-once", is_flag=True, help="Refuse what the keys before signed.")
@click.pass_obj
def rotate(config: Path, at_once: bool) -> None:
    """Sign with a fresh key from now on; what was signed before stays good until it ends."""
    with open_hub(config) as container:
        kid = container.rotate_signing_key()(at_once=at_once)
    click.echo(f"Access tokens are signed with the key {kid} now.")
