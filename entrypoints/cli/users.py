"""`videohub users`: who may do what."""

from __future__ import annotations

from pathlib import Path

import click

from entrypoints.cli.parts import open_container
from videohub_core.shared.actor import Role
from videohub_core.shared.errors import DomainError


@click.group()
def users() -> None:
    """Look after accounts."""


@users.command()
@click.argument("email")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.ADMIN.value,
    show_default=True,
)
@click.pass_obj
def promote(config: Path, email: str, role: str) -> None:
    """Give the account with this EMAIL a role."""
    container = open_container(config)
    try:
        container.change_role()(email=email, role=Role(role))
    except DomainError as error:
        raise click.ClickException(error.title) from None
    finally:
        container.database().close()
    click.echo(f"{email} is now {role}.")
