"""`videohub recount`: whether counters say what their rows do."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import orjson

from entrypoints.cli.parts import open_hub


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; end with status 1 if any differs.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@click.pass_obj
def recount(config: Path, check: bool, as_json: bool) -> None:
    """Count views, likes, comments, replies and subscribers anew; put right what differs.

    A hub may be at work meanwhile.
    """
    found = 0
    with open_hub(config) as container:
        for one in container.recount()(repair=not check):
            found += 1
            if as_json:
                click.echo(orjson.dumps({**one._asdict(), "repaired": not check}))
            else:
                click.echo(f"{one.counter} of {one.id}: {one.kept}, counted {one.counted}")
    if not as_json:
        done = "differ" if check else "put right"
        click.echo(f"{found} {done}." if found else "Counters and rows agree.")
    sys.exit(1 if found and check else 0)
