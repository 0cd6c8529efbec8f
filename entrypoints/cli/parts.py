"""What the commands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from entrypoints.container import Container, build_container
from entrypoints.settings import WrongSettings
from videohub_core.shared.errors import DomainError, InvalidInput, Unavailable

DATABASE_AWAY = "The database does not answer. Is VIDEOHUB_DATABASE_URL right?"
OLD_SCHEMA = "The database is not at this release's schema. Run: videohub migrate"

_UNBROKEN = 10_000


def open_container(config: Path) -> Container:
    """Return the container of a settings file; end the command if it is wrong."""
    try:
        return build_container(config)
    except WrongSettings as wrong:
        raise click.ClickException(str(wrong)) from None
    except OSError as error:
        raise click.ClickException(f"The data folder cannot be used: {error}") from None


@contextmanager
def open_hub(config: Path) -> Iterator[Container]:
    """Lend a container whose database is at this release's schema, and close it.

    What the hub refuses meanwhile ends the command with status 1, in words.
    """
    container = open_container(config)
    try:
        if container.settings().migrate_on_start:
            container.migrate()
        elif not container.schema_is_current():
            raise click.ClickException(OLD_SCHEMA)
        yield container
    except Unavailable:
        raise click.ClickException(DATABASE_AWAY) from None
    except DomainError as error:
        raise click.ClickException(in_words(error)) from None
    finally:
        container.bus().close()
        container.database().close()


def in_words(error: DomainError) -> str:
    """Return what is wrong; of wrong input, every part of it."""
    if isinstance(error, InvalidInput) and error.errors:
        return "\n".join(f"{wrong.pointer[1:]}: {wrong.detail}" for wrong in error.errors)
    return error.detail or error.title


def make_console(*, stderr: bool = False) -> Console:
    """Return where tables and bars go; a line is only broken for a terminal."""
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _UNBROKEN
    return console


def printable(text: str) -> str:
    """Escape what could pass for a command to a terminal, or cannot be shown."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def local_time(at: datetime) -> str:
    """Return a time as the clock on this machine's wall shows it."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
