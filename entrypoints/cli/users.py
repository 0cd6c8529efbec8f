"""`videohub users`: who there is, and who may do what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from entrypoints.cli.parts import local_time, make_console, open_hub, printable
from entrypoints.edge.documents import encode
from entrypoints.edge.links import invitation_link
from videohub_core.accounts.entities import UserQuery
from videohub_core.accounts.ports import ListedUser
from videohub_core.shared.actor import OPERATOR, Role
from videohub_core.shared.paging import PAGE_LIMIT_MOST, PageRequest

ROLES = click.Choice([role.value for role in Role])
# A time without a zone is one of this machine's clock.
TIME = click.DateTime(
    ["%Y-%m-%d", *(f"%Y-%m-%dT%H:%M{rest}" for rest in ("", ":%S", "%z", ":%S%z"))]
)
TABLE_ROWS = 100


@click.group()
def users() -> None:
    """Look after accounts."""


@users.command()
@click.argument("whom", metavar="EMAIL")
@click.option("--role", type=ROLES, default=Role.ADMIN.value, show_default=True)
@click.pass_obj
def promote(config: Path, whom: str, role: str) -> None:
    """Give the account with this EMAIL, or with this id, a role."""
    with open_hub(config) as container:
        user = container.find_user()(whom=whom)
        container.change_role()(actor=OPERATOR, user_id=user.id, role=Role(role))
    click.echo(f"{whom} is now {role}.")


@users.command()
@click.argument("whom", metavar="EMAIL")
@click.option("--reason", help="Why; the member reads it too.")
@click.option(
    "--until",
    type=TIME,
    metavar="DATE",
    help="When it ends, such as 2030-12-31 or with THH:MM.",
)
@click.pass_obj
def ban(config: Path, whom: str, reason: str | None, until: datetime | None) -> None:
    """Keep the account with this EMAIL, or this id, out, at once and everywhere."""
    end = None if until is None else until.astimezone(UTC)
    with open_hub(config) as container:
        user = container.find_user()(whom=whom)
        container.ban_user()(actor=OPERATOR, user_id=user.id, reason=reason, until=end)
    click.echo(f"{whom} is banned{f' until {local_time(end)}' if end else ''}.")


@users.command()
@click.argument("whom", metavar="EMAIL")
@click.pass_obj
def unban(config: Path, whom: str) -> None:
    """Let the account with this EMAIL, or this id, in again."""
    with open_hub(config) as container:
        user = container.find_user()(whom=whom)
        container.unban_user()(actor=OPERATOR, user_id=user.id)
    click.echo(f"{whom} is not banned.")


@users.command()
@click.argument("email", required=False)
@click.option("--note", help="Who it is for, for those who run the hub.")
@click.pass_obj
def invite(config: Path, email: str | None, note: str | None) -> None:
    """Print a link that lets one person register, within 7 days.

    With an EMAIL, only this address can, and counts as confirmed.
    """
    with open_hub(config) as container:
        made = container.invite()(actor=None, email=email, note=note)
        click.echo(invitation_link(container.settings().public_url, made.token))


@users.command("list")
@click.option("--role", type=ROLES, help="Only those with this role.")
@click.option("--banned", is_flag=True, help="Only those who are banned.")
@click.option("--search", metavar="TEXT", default="", help="A part of the name or the e-mail.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, all of them.")
@click.pass_obj
def list_(
    config: Path, role: str | None, banned: bool, search: str, limit: int | None, as_json: bool
) -> None:
    """List accounts, the newest first."""
    query = UserQuery(role=Role(role) if role else None, banned=banned, text=search)
    with open_hub(config) as container:
        found = every(container, query)
        if as_json:
            for user in islice(found, limit):
                click.echo(encode(as_object(user)))
            return
        most = limit or TABLE_ROWS
        make_console().print(make_table(list(islice(found, most))))
        if limit is None and next(found, None) is not None:
            click.echo(f"These are the newest {most}; --limit shows more.")


def every(container: Any, query: UserQuery) -> Iterator[ListedUser]:
    """Yield every user that the query finds, reading page after page."""
    request: PageRequest | None = PageRequest(limit=PAGE_LIMIT_MOST)
    while request is not None:
        page = container.list_users()(actor=OPERATOR, query=query, page=request)
        yield from page.items
        request = PageRequest(limit=PAGE_LIMIT_MOST, after=page.next) if page.next else None


def as_object(user: ListedUser) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "display_name": user.display_name,
        "role": user.role.value,
        "is_banned": user.is_banned,
        "ban_reason": user.ban_reason if user.is_banned else None,
        "banned_until": user.banned_until if user.is_banned else None,
        "created": user.created,
        "videos": user.videos,
    }


def make_table(found: list[ListedUser]) -> Table:
    table = Table("E-mail", "Name", "Role", "Banned", "Created")
    table.add_column("Videos", justify="right")
    for user in found:
        cells = (
            user.email or user.id,
            user.display_name,
            user.role.value,
            ban_of(user),
            local_time(user.created),
            str(user.videos),
        )
        table.add_row(*(Text(printable(cell)) for cell in cells))
    return table


def ban_of(user: ListedUser) -> str:
    """Return whether, until when and why a user is banned, in a few words."""
    if not user.is_banned:
        return ""
    end = f"until {local_time(user.banned_until)}" if user.banned_until else "yes"
    return f"{end}: {user.ban_reason}" if user.ban_reason else end
