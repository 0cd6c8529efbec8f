"""What the commands share."""

from __future__ import annotations

from pathlib import Path

import click

from entrypoints.container import Container, build_container
from entrypoints.settings import WrongSettings


def open_container(config: Path) -> Container:
    """Return the container of a settings file; end the command if it is wrong."""
    try:
        return build_container(config)
    except WrongSettings as wrong:
        raise click.ClickException(str(wrong)) from None
